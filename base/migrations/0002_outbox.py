import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(blank=True, max_length=120, verbose_name="khóa")),
                ("message_id", models.CharField(max_length=200, verbose_name="mã thư")),
                ("sender", models.CharField(max_length=320, verbose_name="người gửi")),
                ("recipient", models.CharField(blank=True, max_length=320, verbose_name="người nhận")),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="tiêu đề")),
                ("message", models.BinaryField(default=b"", verbose_name="nội dung thư")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Chờ gửi"),
                            ("sending", "Đang gửi"),
                            ("sent", "Đã gửi"),
                            ("dead", "Không gửi được"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="tình trạng",
                    ),
                ),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now, verbose_name="gửi từ lúc")),
                (
                    "trying_since",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="bắt đầu thử lúc"),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="số lần thử")),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="lỗi lần cuối")),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="nhận gửi lúc")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="viết lúc")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="gửi lúc")),
                ("dismissed_at", models.DateTimeField(blank=True, null=True, verbose_name="bỏ qua lúc")),
            ],
            options={
                "verbose_name": "thư gửi đi",
                "verbose_name_plural": "thư gửi đi",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["state", "not_before"], name="outgoing_mail_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("key", "recipient"),
                        name="outgoing_mail_once_a_key",
                    )
                ],
            },
        ),
    ]
