from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def date_contents(apps, schema_editor):
    """The present content of a file dates from its last replacement, otherwise from the upload."""
    files, versions = apps.get_model("base", "PortalFile"), apps.get_model("base", "FileVersion")
    last = versions.objects.filter(file_type="base.PortalFile", file_id=OuterRef("pk")).order_by("-replaced_at")
    files.objects.filter(content_at=None).update(
        content_at=Coalesce(Subquery(last.values("replaced_at")[:1]), F("created_at"))
    )


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0020_refusals_of_wards"),
    ]

    operations = [
        migrations.AddField(
            model_name="portalfile",
            name="content_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="nội dung từ"),
        ),
        migrations.AddField(
            model_name="portalfile",
            name="pages",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name="số trang"),
        ),
        migrations.RunPython(date_contents, migrations.RunPython.noop),
    ]
