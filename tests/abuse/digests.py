"""A digest of the whole database, table by table, to be compared before and after an attempt.

What an attempt may leave behind stands in `MAY_GROW`: sessions, the record of who tried what, counters of limits.
"""

from django.db import connection

# Records of attempts and of presence; never content.
MAY_GROW = frozenset(
    {
        "django_session",
        "django_migrations",
        "wagtailadmin_editingsession",
        "wagtailcore_pagesubscription",
        "base_auditentry",
        "base_auditseal",
        "base_auditchain",
        "base_auditbound",
        "base_jobheartbeat",
        "base_ratelevel",
        "accounts_portalsession",
        "accounts_attemptcount",
        "accounts_recoverycode",
        "otp_totp_totpdevice",
    }
)
# Columns that a sign-in itself changes.
MAY_CHANGE = {"accounts_user": ("last_login",)}


def digest() -> dict[str, str]:
    """Return for each table a digest of all its rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall() if name not in MAY_GROW]
        parts = []
        for table in tables:
            row = "to_jsonb(x)" + "".join(f" - '{column}'" for column in MAY_CHANGE.get(table, ()))
            parts.append(
                f"SELECT '{table}', count(*) || ':' || md5(coalesce(string_agg(md5(({row})::text), '' "
                f"ORDER BY md5(({row})::text)), '')) FROM \"{table}\" x"
            )
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the tables that differ, with their row counts."""
    return [
        f"{table} ({before.get(table, '0:').split(':')[0]} → {after.get(table, '0:').split(':')[0]} rows)"
        for table in sorted({*before, *after})
        if before.get(table) != after.get(table)
    ]
