"""Where the words of the register are looked up: GIN indexes on PostgreSQL, an FTS5 table on SQLite.

Not the words themselves: `manage.py rebuild_register` writes those of documents that were public before.
"""

import re

from django.db import migrations

from vietnam import text

TABLE = "legalref_registerwords_fts"


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for column in ("title", "words"):
            # Without a list of pending words, which every search would read until the next clean-up.
            schema_editor.execute(
                f"CREATE INDEX legalref_register_{column} ON legalref_registerentry USING gin ({column}) "
                "WITH (fastupdate = off)"
            )
    elif schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5 (title, words, tokenize = 'unicode61 remove_diacritics 0')"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for column in ("title", "words"):
            schema_editor.execute(f"DROP INDEX IF EXISTS legalref_register_{column}")
    elif schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def fill_suffixes(apps, schema_editor):
    documents = apps.get_model("legalref", "LegalDocument").objects
    for suffix in documents.exclude(suffix="").values_list("suffix", flat=True).order_by().distinct():
        documents.filter(suffix=suffix).update(suffix_key=re.sub(r"[^a-z0-9]+", "", text.fold(suffix)))


def leave_the_other_index(apps, schema_editor):
    """Take the documents out of Wagtail's index."""
    kind = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="legalref", model="legaldocument").first()
    if kind:
        apps.get_model("wagtailsearch", "IndexEntry").objects.filter(content_type_id=kind.pk).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("legalref", "0007_register_entries"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailsearch", "0010_add_text_fields"),
    ]

    operations = [
        migrations.RunPython(make, remove),
        migrations.RunPython(fill_suffixes, migrations.RunPython.noop),
        migrations.RunPython(leave_the_other_index, migrations.RunPython.noop),
    ]
