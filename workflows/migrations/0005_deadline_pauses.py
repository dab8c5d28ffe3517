"""Pauses of a clock, days that were promised, and what boards and reminders go by as data of the rule.

`extended_when_late` becomes `was_late`: read by `workflows/deadlines.py` and the querysets only. `last_day` is filled
in 0006 and required from 0007.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0007_file_texts"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("workflows", "0004_file_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeadlinePause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("more_information", "chờ người gửi bổ sung thông tin"),
                            ("identity", "chờ người gửi xác nhận thông tin liên hệ"),
                            ("their_wish", "người gửi đề nghị tạm dừng"),
                        ],
                        max_length=20,
                        verbose_name="loại",
                    ),
                ),
                ("reason", models.TextField(verbose_name="lý do")),
                ("stopped_on", models.DateField(verbose_name="tạm dừng từ ngày")),
                ("resumed_on", models.DateField(blank=True, null=True, verbose_name="tính tiếp từ ngày")),
            ],
            options={
                "verbose_name": "lần tạm dừng",
                "verbose_name_plural": "các lần tạm dừng",
                "ordering": ["stopped_on", "pk"],
            },
        ),
        migrations.RemoveIndex(
            model_name="deadline",
            name="deadline_open_due",
        ),
        migrations.RenameField("deadline", "extended_when_late", "was_late"),
        migrations.AddField(
            model_name="deadline",
            name="extensions",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="số lần gia hạn"),
        ),
        migrations.AddField(
            model_name="deadline",
            name="last_day",
            field=models.DateField(null=True, verbose_name="hạn hiện hành"),
        ),
        migrations.AddField(
            model_name="deadline",
            name="paused_on",
            field=models.DateField(blank=True, null=True, verbose_name="đang tạm dừng từ ngày"),
        ),
        migrations.AddField(
            model_name="deadline",
            name="paused_workdays",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="số ngày làm việc đã tạm dừng"),
        ),
        migrations.AddField(
            model_name="deadline",
            name="until",
            field=models.DateField(blank=True, null=True, verbose_name="ngày đã hẹn"),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="was_late",
            field=models.BooleanField(default=False, verbose_name="đã quá hạn khi gia hạn, tạm dừng"),
        ),
        migrations.AddField(
            model_name="deadlinerule",
            name="extension_workdays",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Khi có số này, mỗi lần gia hạn phải đúng bằng ngần ấy ngày làm việc kể từ hạn hiện hành.",
                null=True,
                verbose_name="mỗi lần gia hạn (ngày làm việc)",
            ),
        ),
        migrations.AddField(
            model_name="deadlinerule",
            name="pause_limit",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Hết tổng số ngày này thời hạn tự tính tiếp. Để trống: không được tạm dừng.",
                null=True,
                verbose_name="tạm dừng tối đa (ngày làm việc)",
            ),
        ),
        migrations.AddField(
            model_name="deadlinerule",
            name="reminders",
            field=models.CharField(
                blank=True,
                default="-3,-1,0,1,5",
                help_text="Số ngày làm việc so với hạn cuối, cách nhau bằng dấu phẩy: -3 là trước hạn 3 ngày, 0 là ngày hạn cuối, 1 là sau hạn 1 ngày. Để trống: không nhắc.",
                max_length=60,
                verbose_name="nhắc việc vào các ngày",
            ),
        ),
        migrations.AddField(
            model_name="deadlinerule",
            name="soon_within",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="Còn từ ngần ấy ngày làm việc trở xuống.",
                verbose_name="sắp đến hạn khi còn (ngày làm việc)",
            ),
        ),
        migrations.AddField(
            model_name="deadlinerule",
            name="very_late_after",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="Quá hạn nhiều hơn ngần ấy ngày làm việc.",
                verbose_name="quá hạn lâu sau (ngày làm việc)",
            ),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="due_on",
            field=models.DateField(verbose_name="hạn theo quy tắc"),
        ),
        migrations.AlterField(
            model_name="deadlinerule",
            name="unit",
            field=models.CharField(
                choices=[
                    ("working_day", "ngày làm việc"),
                    ("calendar_day", "ngày"),
                    ("hour", "giờ"),
                    ("immediate", "ngay, chậm nhất ngày làm việc kế tiếp"),
                    ("fixed", "theo ngày đã hẹn"),
                ],
                max_length=20,
                verbose_name="đơn vị",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("cancelled", False), ("met_on", None)),
                fields=["last_day"],
                name="deadline_open_last_day",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["started_on"], name="deadline_started_on"),
        ),
        migrations.AddField(
            model_name="deadlinepause",
            name="deadline",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pauses",
                to="workflows.deadline",
                verbose_name="thời hạn",
            ),
        ),
        migrations.AddField(
            model_name="deadlinepause",
            name="resumed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="người cho tính tiếp",
            ),
        ),
        migrations.AddField(
            model_name="deadlinepause",
            name="stopped_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="người tạm dừng",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlinepause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resumed_on", None)), fields=("deadline",), name="one_open_pause"
            ),
        ),
    ]
