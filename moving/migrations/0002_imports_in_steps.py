"""When the work of an import was asked for; how far its links are compared."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moving', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='siteimport',
            name='asked_at',
            field=models.DateTimeField(null=True, verbose_name='giao việc lúc'),
        ),
        migrations.AddField(
            model_name='siteimport',
            name='rows_linked',
            field=models.PositiveIntegerField(default=0, verbose_name='số mục đã so liên kết'),
        ),
    ]
