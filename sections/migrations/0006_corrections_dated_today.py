import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sections', '0005_word_upload'),
    ]

    operations = [
        migrations.AlterField(
            model_name='articlecorrection',
            name='corrected_on',
            field=models.DateField(default=django.utils.timezone.localdate, verbose_name='ngày đính chính'),
        ),
    ]
