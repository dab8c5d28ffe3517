from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("legalref", "0011_status_caution")]

    operations = [
        migrations.AddField(
            model_name="documentrelation",
            name="tasks_opened_on",
            field=models.DateField(editable=False, null=True, verbose_name="đã tìm trang dẫn ngày"),
        ),
    ]
