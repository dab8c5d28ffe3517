"""Wrong passwords are counted here too: all accounts that one network tried, by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_signin")]

    operations = [
        migrations.AddField(
            model_name="attemptcount",
            name="network",
            field=models.CharField(blank=True, default="", max_length=45),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="attemptcount",
            index=models.Index(fields=["scope", "network", "last_at"], name="counts_of_a_network"),
        ),
    ]
