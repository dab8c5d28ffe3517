from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0016_takedown_of_records'),
    ]

    operations = [
        migrations.AddField(
            model_name='declaration',
            name='files',
            field=models.JSONField(blank=True, null=True, verbose_name='ảnh và tệp lúc gửi'),
        ),
    ]
