"""Who acts under a rule and is reminded, and which reminders went out."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0007_deadline_last_day_required"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadlinerule",
            name="acting",
            field=models.CharField(
                choices=[
                    ("write", "Người soạn bài của trang"),
                    ("approve", "Người duyệt của trang"),
                    ("decide_takedown", "Người quyết định gỡ bỏ của trang"),
                    ("dispatch", "Cơ quan Thường trực Ban Biên tập"),
                    ("administer", "Cán bộ quản trị kỹ thuật"),
                ],
                default="write",
                help_text="Ai thấy việc ở mục «Chờ tôi làm» và được nhắc, khi việc chưa giao cho một người.",
                max_length=20,
                verbose_name="việc chờ",
            ),
        ),
        migrations.CreateModel(
            name="DeadlineReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.SmallIntegerField(verbose_name="ngày so với hạn")),
                ("last_day", models.DateField(verbose_name="hạn khi nhắc")),
                ("reminded_on", models.DateField(db_index=True, verbose_name="nhắc ngày")),
                (
                    "deadline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="workflows.deadline"
                    ),
                ),
            ],
            options={
                "verbose_name": "lần nhắc việc",
                "verbose_name_plural": "các lần nhắc việc",
                "constraints": [
                    models.UniqueConstraint(fields=("deadline", "level", "last_day"), name="one_reminder_a_level")
                ],
            },
        ),
    ]
