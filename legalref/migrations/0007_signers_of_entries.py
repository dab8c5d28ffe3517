"""Who signed each document, in the entries of the register."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('legalref', '0006_imports_asked_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='registerentry',
            name='signer',
            field=models.CharField(blank=True, db_default='', max_length=301),
        ),
    ]
