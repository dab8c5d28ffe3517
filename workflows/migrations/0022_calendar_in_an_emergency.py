"""A day of the calendar may be changed by the head alone, too: a new kind of emergency act; no column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0021_archive_by_version")]

    operations = [
        migrations.AlterField(
            "emergencyact",
            "kind",
            models.CharField(
                choices=[
                    ("publish", "Đăng khẩn cấp"),
                    ("remove", "Gỡ khẩn cấp"),
                    ("calendar", "Sửa lịch làm việc khẩn cấp"),
                ],
                max_length=10,
                verbose_name="loại",
            ),
        )
    ]
