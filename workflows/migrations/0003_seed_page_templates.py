import json
from pathlib import Path

from django.db import migrations
from django.utils import timezone

# The templates the portal begins with; editors keep others and let these go on the screen «Mẫu bài».
SEEDS = Path(__file__).parent.parent / "data" / "page_templates.json"


def seed(apps, schema_editor):
    model = apps.get_model("workflows", "PageTemplate")
    for row in json.loads(SEEDS.read_text(encoding="utf-8")):
        # A version keeps a stream as text.
        content = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
            for name, value in row["content"].items()
        }
        model.objects.get_or_create(
            owner_site=None, name=row["name"], page_type=row["page_type"],
            defaults={"description": row["description"], "content": content, "made_at": timezone.now()},
        )


def remove(apps, schema_editor):
    names = [row["name"] for row in json.loads(SEEDS.read_text(encoding="utf-8"))]
    apps.get_model("workflows", "PageTemplate").objects.filter(owner_site=None, made_by=None, name__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [("workflows", "0002_seed_retention_classes")]

    operations = [migrations.RunPython(seed, remove)]
