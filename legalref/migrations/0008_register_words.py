"""Where the words of the register are looked up: GIN indexes on PostgreSQL, an FTS5 table on SQLite.

Not the words themselves: `manage.py rebuild_register` writes those of documents that were public before.
"""

import re

from django.db import migrations

from vietnam import text

MADE = {
    # Without a list of pending words, which every search would read until the next clean-up.
    "postgresql": [
        "CREATE INDEX legalref_register_title ON legalref_registerentry USING gin (title) WITH (fastupdate = off)",
        "CREATE INDEX legalref_register_words ON legalref_registerentry USING gin (words) WITH (fastupdate = off)",
    ],
    "sqlite": [
        "CREATE VIRTUAL TABLE IF NOT EXISTS legalref_registerwords_fts "
        "USING fts5 (title, words, tokenize = 'unicode61 remove_diacritics 0')"
    ],
}
REMOVED = {
    "postgresql": ["DROP INDEX IF EXISTS legalref_register_title", "DROP INDEX IF EXISTS legalref_register_words"],
    "sqlite": ["DROP TABLE IF EXISTS legalref_registerwords_fts"],
}


def make(apps, schema_editor):
    for statement in MADE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    for statement in REMOVED[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


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
