from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0008_mail_forgotten_at_once")]

    operations = [
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lane", models.CharField(max_length=40, unique=True, verbose_name="Làn việc")),
                ("owner", models.CharField(blank=True, max_length=200, verbose_name="Tiến trình đang giữ")),
                ("fence", models.BigIntegerField(default=0, verbose_name="Lần giữ thứ")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="Giữ đến")),
            ],
            options={
                "verbose_name": "Quyền chạy việc định kỳ",
                "verbose_name_plural": "Quyền chạy việc định kỳ",
                "ordering": ["lane"],
            },
        ),
        migrations.AddField(
            model_name="jobheartbeat",
            name="progress",
            field=models.JSONField(blank=True, default=dict, verbose_name="Đã làm đến đâu"),
        ),
        migrations.AddField(
            model_name="jobheartbeat",
            name="lane",
            field=models.CharField(blank=True, max_length=40, verbose_name="Làn việc"),
        ),
        migrations.AddField(
            model_name="jobheartbeat",
            name="fence",
            field=models.BigIntegerField(default=0, verbose_name="Lần giữ làn thứ"),
        ),
    ]
