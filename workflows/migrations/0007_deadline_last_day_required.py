"""Every clock has its last day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0006_deadline_last_day")]

    operations = [
        migrations.AlterField("deadline", "last_day", models.DateField(verbose_name="hạn hiện hành")),
    ]
