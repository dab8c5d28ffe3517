from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_seed_page_templates")]

    operations = [
        migrations.AddField(
            model_name="livefinding",
            name="topic",
            field=models.CharField(blank=True, default="", max_length=10, verbose_name="về"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="OutsideLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="mã băm")),
                ("address", models.TextField(verbose_name="địa chỉ")),
                ("host", models.CharField(max_length=255, verbose_name="máy chủ")),
                ("seen_at", models.DateTimeField(db_index=True, verbose_name="thấy trong nội dung lúc")),
                ("asked_at", models.DateTimeField(db_index=True, null=True, verbose_name="kiểm tra lúc")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Chưa kiểm tra"),
                            ("works", "Mở được"),
                            ("unsure", "Máy chủ không cho chương trình xem"),
                            ("fails", "Không mở được"),
                            ("closed", "Không phải địa chỉ công khai"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="kết quả",
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="mã trả lời")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="lý do")),
                ("failing_since", models.DateTimeField(null=True, verbose_name="không mở được từ lúc")),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, verbose_name="số lần liền không mở được"),
                ),
            ],
            options={
                "verbose_name": "liên kết ra ngoài",
                "verbose_name_plural": "liên kết ra ngoài",
                "ordering": ["pk"],
            },
        ),
    ]
