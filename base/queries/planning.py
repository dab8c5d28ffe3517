"""What the database plans queries by: indexes of ours on tables of libraries, and how many rows its tables have.

1. `install_indexes` after every migration: SQLite makes a table anew to change it, and only with the indexes that its
   model names.
2. `count_rows`, a job: SQLite chooses between indexes by guesses until `ANALYZE` was run, and reads 20,000 pages to
   find the one notice of an outage. PostgreSQL counts by itself.
3. `compile_no_queries` after every migration: PostgreSQL compiles a query that it thinks dear (JIT), and thinks so of
   small tables that it has never counted. With the columns of four tables that takes seconds, each time.
"""

from django.db import connection, connections

# (name, table, columns, kind on PostgreSQL) of each: the page at an address; the children of a page, whose path begins
# as that of all below them does. An address may be longer than what PostgreSQL puts into an ordered index.
INDEXES = (
    ("portal_page_url_path", "wagtailcore_page", "url_path", "hash"),
    ("portal_page_children", "wagtailcore_page", "depth, path", "btree"),
)
# Only who owns a database may set what holds for it.
COMPILING_OFF = """
DO $$ BEGIN
    IF (SELECT pg_has_role(current_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()) THEN
        EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
    END IF;
END $$
"""
# Rows of each index that are looked at, at most.
SAMPLE_ROWS = 400


def install_indexes(using: str = "default") -> None:
    """Make the indexes that are not there; safe to run again."""
    database = connections[using]
    tables = set(database.introspection.table_names())
    with database.cursor() as cursor:
        for name, table, columns, kind in INDEXES:
            using_kind = f"USING {kind} " if database.vendor == "postgresql" else ""
            if table in tables:
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} {using_kind}({columns})")


def compile_no_queries(using: str = "default") -> None:
    """Let PostgreSQL compile no query of this database, on this connection and on all that are opened from now on."""
    database = connections[using]
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute(COMPILING_OFF)
            cursor.execute("SET jit = off")


def count_rows() -> None:
    """Let SQLite count what its tables hold: a tenth of a second for 20,000 pages. A job."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {SAMPLE_ROWS}")
            cursor.execute("ANALYZE")
