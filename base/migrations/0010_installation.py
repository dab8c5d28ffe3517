from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0009_leases_and_lanes")]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, unique=True, verbose_name="Tên của cổng")),
                ("audit_keys", models.JSONField(default=list, verbose_name="Khóa ký nhật ký")),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="Khởi động lần đầu")),
            ],
            options={"verbose_name": "Cổng đã cài đặt", "verbose_name_plural": "Cổng đã cài đặt"},
        ),
    ]
