from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sections", "0011_announced_releases"),
    ]

    operations = [
        migrations.AddField(
            model_name="articlepage",
            name="formerly_published_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="đăng ở cổng cũ lúc"),
        ),
    ]
