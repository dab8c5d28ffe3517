"""Where the words of the register are looked up: GIN indexes on PostgreSQL, an FTS5 table on SQLite.

Not the words themselves: `manage.py rebuild_register` writes them anew.
"""

from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [
        ("legalref", "0002_document_types"),
    ]

    operations = [migrations.RunPython(make, remove)]
