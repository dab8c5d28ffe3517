from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("home", "0003_first_step_ticks")]

    operations = [
        migrations.AddField(
            model_name="opening",
            name="versions",
            field=models.JSONField(blank=True, default=list, verbose_name="phiên bản đã gửi"),
        ),
    ]
