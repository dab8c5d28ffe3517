"""Encrypt the forms that were kept in the clear; those that are no editor's are their writers' alone from now on.

Backwards they lie in the clear again. What no key opens is taken along as it lies, and is whole again once it is
sealed anew: a key that comes back later opens it.
"""

import json
import re

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Cast

from base.operations.encryption import UNREADABLE

# The addresses of the editors of pages and records: what is typed there is meant to become public.
OF_CONTENT = re.compile(r"^/quan-tri/(?:pages/(?:add/|\d+/edit/)|snippets/.+/(?:add|edit)/)")


# The name of the one field of a form that no key opened; its value is the token.
SEALED = "(biểu mẫu mã hóa, thiếu khóa)"


def seal(apps, schema_editor):
    texts = apps.get_model("accounts", "RescuedText").objects
    for text in texts.all().iterator():
        if text.sealed_fields:
            continue
        if len(text.fields) == 1 and text.fields[0][0] == SEALED:
            token = Value(text.fields[0][1], output_field=models.TextField())
            is_personal = OF_CONTENT.match(text.path) is None
            texts.filter(pk=text.pk).update(sealed_fields=token, is_personal=is_personal, fields=[])
            continue
        text.sealed_fields = json.dumps(text.fields, ensure_ascii=False)
        text.is_personal = OF_CONTENT.match(text.path) is None
        if text.is_personal:
            text.label = f"Biểu mẫu tại {text.path or 'trang quản trị'}"[:255]
        text.fields = []
        text.save()


def open_again(apps, schema_editor):
    texts = apps.get_model("accounts", "RescuedText").objects
    for text in texts.annotate(token=Cast("sealed_fields", models.TextField())).iterator():
        is_lost = text.sealed_fields == UNREADABLE
        fields = [[SEALED, text.token]] if is_lost else json.loads(text.sealed_fields or "[]")
        texts.filter(pk=text.pk).update(fields=fields)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_rescued_text_sealed")]

    operations = [migrations.RunPython(seal, open_again)]
