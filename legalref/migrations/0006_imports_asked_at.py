"""When the work of an import was asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('legalref', '0005_kinds_of_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='asked_at',
            field=models.DateTimeField(null=True, verbose_name='giao việc lúc'),
        ),
    ]
