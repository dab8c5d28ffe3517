"""What the role that the portal runs with may do in PostgreSQL, table by table.

Another role owns the tables: it runs `migrate`, which makes and changes them and the triggers of `append_only.py`. The
portal's own (PORTAL_DATABASE_ROLE) can lift no trigger, empty no table and make none. 1. What only grows takes new rows
and no other change; it loses rows where their disposal is decided, which the trigger asks for. 2. What never loses a
row may change. 3. All else is read and written. 4. Which migrations were applied is only read.
"""

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from .append_only import guarded_models

EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")


def rights_of(model) -> tuple[str, ...]:
    """Return what the portal's role may do with the rows of a model."""
    if getattr(model, "append_only", False):
        return ("SELECT", "INSERT", "DELETE") if getattr(model, "disposal_table", "") else ("SELECT", "INSERT")
    if getattr(model, "never_deleted", False):
        return ("SELECT", "INSERT", "UPDATE")
    return EVERYTHING


def grant(role: str, using: str = "default") -> None:
    """Give a role what the portal needs, and take from it what it had beyond; safe to run again.

    One transaction: servers that run meanwhile never miss a right. On SQLite, which has no roles, nothing is done.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    name = connection.ops.quote_name(role)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in _statements(connection, name):
            cursor.execute(statement)


def owned() -> list[str]:
    """Return the guarded tables that the portal's own role owns, sorted: it could lift their triggers.

    [] as it has to be, and where the settings name no role. After a restore by that role they are its own.
    """
    if connection.vendor != "postgresql" or not settings.PORTAL_DATABASE_ROLE:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tableowner = %s",
            [settings.PORTAL_DATABASE_ROLE],
        )
        found = {table for (table,) in cursor.fetchall()}
    return sorted(found & {model._meta.db_table for model in guarded_models()})


def _statements(connection, role: str) -> list[str]:
    quoted, tables = connection.ops.quote_name, set(connection.introspection.table_names())
    narrower = {model._meta.db_table: rights_of(model) for model in guarded_models() if model._meta.db_table in tables}
    narrower[MigrationRecorder.Migration._meta.db_table] = ("SELECT",)
    taken = {
        table: ", ".join(right for right in EVERYTHING if right not in rights) for table, rights in narrower.items()
    }
    return [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT {', '.join(EVERYTHING)} ON ALL TABLES IN SCHEMA public TO {role}",
        *(f"REVOKE {rights} ON {quoted(table)} FROM {role}" for table, rights in sorted(taken.items())),
        f"REVOKE UPDATE ON ALL SEQUENCES IN SCHEMA public FROM {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]
