from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0021_facts_of_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="sitelook",
            name="licence",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=255, verbose_name="giấy phép thiết lập trang"
            ),
        ),
    ]
