"""Fill the types of documents (Luật Ban hành văn bản quy phạm pháp luật; Nghị định 30/2020/NĐ-CP Điều 7)."""

from django.db import migrations

from vietnam import text
from vietnam.document_numbers import DOCUMENT_TYPES


def fill(apps, schema_editor):
    document_type = apps.get_model("legalref", "DocumentType")
    for place, kind in enumerate(DOCUMENT_TYPES):
        document_type.objects.get_or_create(
            name=kind.name,
            defaults={
                "slug": text.slug(kind.name),
                "abbr": kind.abbr,
                "family": kind.family,
                "is_published": kind.is_published,
                "sort_order": place,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("legalref", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
