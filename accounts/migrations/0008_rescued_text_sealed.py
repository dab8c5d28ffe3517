"""The form that was kept when a session ended lies encrypted, and says whether data of citizens may stand in it."""

from django.db import migrations, models

import base.operations.encryption


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_drop_tables_of_axes")]

    operations = [
        migrations.AddField(
            "rescuedtext",
            "sealed_fields",
            base.operations.encryption.EncryptedTextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField("rescuedtext", "is_personal", models.BooleanField(default=False)),
    ]
