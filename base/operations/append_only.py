"""Tables that only grow: the database itself refuses to change or delete their rows.

A model says so with `append_only = True`. With `disposal_table`, a row may be deleted once its `retention_until` has
passed and a row of that table names it by `copy_id`. A model with `never_deleted = True` may change its rows, but lose
none. The triggers are made anew after every `migrate`, because SQLite rebuilds tables in migrations. Days are those of
Việt Nam (UTC+7, no summer time).
"""

from django.apps import apps
from django.db import connections

MESSAGE = "append-only"


def append_only_models() -> list:
    """Return the models whose tables only grow."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def never_deleted_models() -> list:
    """Return the models whose rows may change and never go."""
    return [model for model in apps.get_models() if getattr(model, "never_deleted", False)]


def guarded_models() -> list:
    """Return the models whose tables have triggers."""
    return [*append_only_models(), *never_deleted_models()]


def install(using: str = "default") -> None:
    """Make the triggers of every guarded table that exists; safe to run again."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in guarded_models():
            if model._meta.db_table in tables:
                for statement in _statements(connection.vendor, model):
                    cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Take the triggers away; for the tests that must empty tables."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in guarded_models():
            table = model._meta.db_table
            if table not in tables:
                continue
            for event in ("update", "delete", "truncate"):
                if connection.vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event} ON {table}")


def installed(using: str = "default") -> set[str]:
    """Return the names of the triggers that exist in the database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%_no_%'")
        return {row[0] for row in cursor.fetchall()}


def missing(using: str = "default") -> list[str]:
    """Return the guarded tables that lack a trigger, sorted; [] when the database guards all of them."""
    standing = installed(using)
    vendor = connections[using].vendor
    return sorted(
        model._meta.db_table
        for model in guarded_models()
        if any(f"{model._meta.db_table}_no_{event}" not in standing for event in events_of(model, vendor))
    )


def events_of(model, vendor: str) -> list[str]:
    """Return what the triggers of a table refuse."""
    refused = ["update"] if getattr(model, "append_only", False) else []
    return [*refused, "delete"] if vendor == "sqlite" else [*refused, "delete", "truncate"]


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
        statements = []
        for event in events_of(model, vendor):
            condition = allowed if event == "delete" else ""
            statements += [
                f"DROP TRIGGER IF EXISTS {table}_no_{event}",
                f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {table}'); END",
            ]
        return statements
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
        *(
            statement
            for event in events_of(model, vendor)
            for statement in (
                f"DROP TRIGGER IF EXISTS {table}_no_{event} ON {table}",
                f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
                + ("" if event == "truncate" else "FOR EACH ROW ")
                + f"EXECUTE FUNCTION {table}_refuse{'_truncate' if event == 'truncate' else ''}()",
            )
        ),
    ]
