"""The column of the tokens of a text (`vietnam/analysis.py`), for an index of words."""

from django.db import models


class TokensField(models.Field):
    """The tokens of a text: a tsvector on PostgreSQL; on SQLite they are in an FTS5 table and the column is empty."""

    def db_type(self, connection):
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value, compiler, connection):
        return "array_to_tsvector(%s::text[])" if connection.vendor == "postgresql" else "%s"

    def get_db_prep_value(self, value, connection, prepared=False):
        return sorted(value or ()) if connection.vendor == "postgresql" else None
