"""Encrypt the forms that were kept in the clear; those that are no editor's are their writers' alone from now on."""

import json
import re

from django.db import migrations

# The addresses of the editors of pages and records: what is typed there is meant to become public.
OF_CONTENT = re.compile(r"^/quan-tri/(?:pages/(?:add/|\d+/edit/)|snippets/.+/(?:add|edit)/)")


def seal(apps, schema_editor):
    for text in apps.get_model("accounts", "RescuedText").objects.all().iterator():
        if text.sealed_fields:
            continue
        text.sealed_fields = json.dumps(text.fields, ensure_ascii=False)
        text.is_personal = OF_CONTENT.match(text.path) is None
        if text.is_personal:
            text.label = f"Biểu mẫu tại {text.path or 'trang quản trị'}"[:255]
        text.fields = []
        text.save()


def open_again(apps, schema_editor):
    for text in apps.get_model("accounts", "RescuedText").objects.all().iterator():
        text.fields = json.loads(text.sealed_fields or "[]")
        text.save()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_rescued_text_sealed")]

    operations = [migrations.RunPython(seal, open_again)]
