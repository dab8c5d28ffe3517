"""Tables that only grow: the database itself refuses to change or delete their rows.

A model says so with `append_only = True`. With `disposal_table`, a row may be deleted once its `retention_until` has
passed and a row of that table names it by `copy_id`. The triggers are made anew after every `migrate`, because SQLite
rebuilds tables in migrations. Days are those of Việt Nam (UTC+7, no summer time).
"""

from django.apps import apps
from django.db import connections

MESSAGE = "append-only"


def append_only_models() -> list:
    """Return the models whose tables only grow."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def install(using: str = "default") -> None:
    """Make the triggers of every append-only table that exists; safe to run again."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in append_only_models():
            if model._meta.db_table in tables:
                for statement in _statements(connection.vendor, model):
                    cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Take the triggers away; for the tests that must empty tables."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in append_only_models():
            table = model._meta.db_table
            if table not in tables:
                continue
            for event in ("update", "delete", "truncate"):
                if connection.vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event} ON {table}")


def installed(using: str = "default") -> set[str]:
    """Return the names of the triggers that stand in the database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%_no_%'")
        return {row[0] for row in cursor.fetchall()}


def missing(using: str = "default") -> list[str]:
    """Return the append-only tables that lack a trigger, sorted; [] when the database guards all of them."""
    events = ("update", "delete") if connections[using].vendor == "sqlite" else ("update", "delete", "truncate")
    standing = installed(using)
    tables = [model._meta.db_table for model in append_only_models()]
    return sorted(table for table in tables if any(f"{table}_no_{event}" not in standing for event in events))


def _statements(vendor: str, model) -> list[str]:
    table = model._meta.db_table
    disposal = getattr(model, "disposal_table", "")
    if vendor == "sqlite":
        allowed = (
            "WHEN NOT (OLD.retention_until IS NOT NULL AND OLD.retention_until < date('now', '+7 hours') AND EXISTS "
            f"(SELECT 1 FROM {disposal} d WHERE d.copy_id = OLD.id))"
            if disposal
            else ""
        )
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_update",
            f"DROP TRIGGER IF EXISTS {table}_no_delete",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {table}'); END",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {allowed} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {table}'); END",
        ]
    allowed = (
        "IF TG_OP = 'DELETE' AND OLD.retention_until IS NOT NULL "
        "AND OLD.retention_until < (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AND EXISTS "
        f"(SELECT 1 FROM {disposal} d WHERE d.copy_id = OLD.id) THEN RETURN OLD; END IF; "
        if disposal
        else ""
    )
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$ BEGIN {allowed}"
        f"RAISE EXCEPTION '{MESSAGE}: {table}'; END; $$ LANGUAGE plpgsql",
        f"CREATE OR REPLACE FUNCTION {table}_refuse_truncate() RETURNS trigger AS $$ BEGIN "
        f"RAISE EXCEPTION '{MESSAGE}: {table}'; END; $$ LANGUAGE plpgsql",
        f"DROP TRIGGER IF EXISTS {table}_no_update ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_delete ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_refuse_truncate()",
    ]
