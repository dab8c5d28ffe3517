from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("legalref", "0010_relations_of_two_persons")]

    operations = [
        migrations.AddField(
            "documentstatus", "caution", models.CharField(blank=True, max_length=300, verbose_name="lưu ý")
        ),
    ]
