"""The column of the clear text goes: since 0009 it is empty, and `RescuedText.fields` reads the encrypted one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_seal_rescued_texts")]

    operations = [migrations.RemoveField("rescuedtext", "fields")]
