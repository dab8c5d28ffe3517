"""The public index, and where its words are looked up: GIN indexes on PostgreSQL, an FTS5 table on SQLite.

Without the rows: `manage.py migrate` writes them from what is public (`public/index/rebuilding.py`).
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import base.models.tokens

# Without a list of pending words, which every search would read until the next clean-up.
MADE = {
    "postgresql": [
        "CREATE INDEX base_item_title ON base_publicitem USING gin (title_words) WITH (fastupdate = off)",
        "CREATE INDEX base_item_words ON base_publicitem USING gin (words) WITH (fastupdate = off)",
    ],
    "sqlite": [
        "CREATE VIRTUAL TABLE IF NOT EXISTS base_publicwords_fts "
        "USING fts5 (title_words, words, tokenize = 'unicode61 remove_diacritics 0')"
    ],
}
REMOVED = {
    "postgresql": ["DROP INDEX IF EXISTS base_item_title", "DROP INDEX IF EXISTS base_item_words"],
    "sqlite": ["DROP TABLE IF EXISTS base_publicwords_fts"],
}


def make(apps, schema_editor):
    for statement in MADE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    for statement in REMOVED[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0001_initial'),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('language', models.CharField(max_length=10)),
                ('kind', models.CharField(max_length=80)),
                ('sub_kind', models.CharField(blank=True, max_length=60)),
                ('translation_key', models.CharField(blank=True, max_length=36)),
                ('title', models.TextField()),
                ('summary', models.TextField(blank=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField(null=True)),
                ('year', models.PositiveSmallIntegerField(null=True)),
                ('starts_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('stands_first', models.BooleanField(default=False)),
                ('in_feed', models.BooleanField(default=False)),
                ('facts', models.TextField(blank=True)),
                ('title_words', base.models.tokens.TokensField(null=True)),
                ('words', base.models.tokens.TokensField(null=True)),
                ('image', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='base.portalimage')),
                ('page', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.WAGTAIL_PAGE_MODEL)),
                ('section', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.WAGTAIL_PAGE_MODEL)),
                ('site', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='base.portalsite')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='base.organisationunit')),
            ],
            options={
                'verbose_name': 'mục của chỉ mục công khai',
                'verbose_name_plural': 'chỉ mục công khai',
                'indexes': [models.Index(fields=['section', '-published_at', '-page'], name='item_newest_of_section'), models.Index(fields=['section', 'kind', 'year', 'unit', 'sub_kind'], name='item_facets'), models.Index(condition=models.Q(('stands_first', True)), fields=['section'], name='item_first'), models.Index(condition=models.Q(('in_feed', True)), fields=['site', 'language', '-published_at'], name='item_feed'), models.Index(fields=['kind', 'language', '-published_at'], name='item_newest_of_kind'), models.Index(fields=['site', 'language', 'kind', '-published_at'], name='item_of_site'), models.Index(fields=['page'], name='item_of_page')],
                'constraints': [models.UniqueConstraint(fields=('key', 'language'), name='one_item_a_language')],
            },
        ),
        migrations.RunPython(make, remove),
    ]
