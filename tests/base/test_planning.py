"""The database plans the queries of public pages by what its tables hold, on both databases."""

from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import TestCase

from base.queries import planning


def plan_of(statement: str, parameters=()) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # So few rows are read whole otherwise.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {statement}", parameters)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(str(column) for row in cursor.fetchall() for column in row)


class Planning(TestCase):
    STATEMENT = "SELECT id FROM wagtailcore_page WHERE url_path = %s AND live"

    def test_the_page_at_an_address_is_found_by_an_index(self):
        self.assertIn("portal_page_url_path", plan_of(self.STATEMENT, ["/home/tin-tuc/"]))

    def test_the_children_of_a_page_are_found_without_all_that_is_below_them(self):
        statement = "SELECT id FROM wagtailcore_page WHERE depth = %s AND path BETWEEN %s AND %s"

        self.assertIn("portal_page_children", plan_of(statement, [3, "000100010001", "00010001zzzz"]))

    def test_an_index_that_a_migration_lost_comes_back_with_the_next(self):
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX portal_page_url_path")
        self.assertNotIn("portal_page_url_path", plan_of(self.STATEMENT, ["/home/tin-tuc/"]))

        post_migrate.send(
            sender=apps.get_app_config("base"), app_config=apps.get_app_config("base"), using="default", verbosity=0
        )

        self.assertIn("portal_page_url_path", plan_of(self.STATEMENT, ["/home/tin-tuc/"]))

    def test_the_rows_are_counted_where_nothing_else_counts_them(self):

        planning.count_rows()
        planning.count_rows()

        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'wagtailcore_page'")
                self.assertGreater(cursor.fetchone()[0], 0)


class Compiling(TestCase):
    """Of PostgreSQL alone: SQLite compiles no query."""

    def settings_of_the_database(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase"
                " WHERE datname = current_database() AND setrole = 0"
            )
            return [row[0] for row in cursor.fetchall()]

    def test_no_query_is_compiled_after_a_migration(self):
        with connection.cursor() as cursor:
            cursor.execute("SET jit = on")
            base = apps.get_app_config("base")
            post_migrate.send(sender=base, app_config=base, using="default", verbosity=0)
            cursor.execute("SHOW jit")
            [here] = cursor.fetchone()

        self.assertEqual(here, "off")
        self.assertIn("jit=off", self.settings_of_the_database())
