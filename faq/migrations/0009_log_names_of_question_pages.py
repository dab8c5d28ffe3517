"""Call the pages of questions by their number in the log that is not chained; what the audit trail says is shown so."""

from django.db import migrations
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat


def name_by_number(apps, schema_editor):
    kinds = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="faq", model="faqpage")
    PageLogEntry = apps.get_model("wagtailcore", "PageLogEntry")
    entries = PageLogEntry.objects.filter(content_type__in=kinds.values("pk"))
    entries.update(label=Concat(Value("Trang hỏi đáp số "), Cast("page_id", CharField())))
    for entry in entries.filter(action__in=["wagtail.rename", "wagtail.copy", "wagtail.copy_for_translation"]):
        kept = {key: value for key, value in (entry.data or {}).items() if key not in ("title", "slug")}
        for key in ("page", "source"):
            if isinstance(kept.get(key), dict) and entry.action != "wagtail.rename":
                kept[key] = {**kept[key], "title": entry.label}
        PageLogEntry.objects.filter(pk=entry.pk).update(data=kept)


class Migration(migrations.Migration):
    dependencies = [
        ("faq", "0008_books_of_one_series_go"),
        ("wagtailcore", "0098_apitoken"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(name_by_number, migrations.RunPython.noop)]
