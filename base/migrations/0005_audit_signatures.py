"""Each entry of the audit trail is signed by the portal, and once only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0004_file_scans_and_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="signature",
            field=models.CharField(blank=True, max_length=80, verbose_name="chữ ký của cổng"),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("signature", ""), _negated=True), fields=("signature",), name="audit_signed_once"
            ),
        ),
    ]
