"""Mails to citizens are emptied as soon as they left, not after the days the others stay for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0007_file_texts")]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="forget",
            field=models.BooleanField(default=False, verbose_name="xóa ngay khi gửi xong"),
        ),
    ]
