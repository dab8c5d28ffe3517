"""The role that the portal runs with: what only grows is beyond it, and a day's work is not."""

from unittest import mock

from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import SimpleTestCase, override_settings
from django.utils import timezone

from base.models import AuditEntry, AuditSeal, FileEdit, OutgoingMail
from base.operations import append_only, database_roles, health
from home.jobs import JOBS
from tests.city import CityTestCase, publish
from tests.workflows.drafts import article, on_city_host
from tests.workflows.test_disposal import decision, kept_long_ago
from workflows.archive import disposal
from workflows.models import ArchiveCopy, Declaration, TakeDown
from workflows.publishing import takedown

ROLE = "portal-thu"


class Rights(SimpleTestCase):
    def test_follow_from_what_a_table_may_lose(self):
        for model, rights in (
            (AuditEntry, ("SELECT", "INSERT")),
            (ArchiveCopy, ("SELECT", "INSERT", "DELETE")),
            (TakeDown, ("SELECT", "INSERT", "UPDATE")),
            (OutgoingMail, ("SELECT", "INSERT", "UPDATE", "DELETE")),
        ):
            with self.subTest(model=model.__name__):
                self.assertEqual(database_roles.rights_of(model), rights)

    def test_migrate_grants_them_to_the_role_that_the_settings_name(self):
        for role, calls in (("", []), (ROLE, [mock.call(ROLE, "default")])):
            with (
                self.subTest(role=role),
                override_settings(PORTAL_DATABASE_ROLE=role),
                mock.patch("django.core.management.commands.migrate.Command.handle"),
                mock.patch.multiple(
                    "base.management.commands.migrate",
                    unknown_migrations=mock.Mock(return_value=[]),
                    other_tables=mock.Mock(return_value=[]),
                    fill_public_index=mock.DEFAULT,
                    upgrading=mock.DEFAULT,
                ),
                mock.patch.object(database_roles, "grant") as grant,
            ):
                call_command("migrate")
                self.assertEqual(grant.mock_calls, calls)


# SQLite has no roles.
if connection.vendor == "postgresql":

    class AsThePortal(CityTestCase):
        """Everything in a test runs as the role of the portal, in the transaction of the test."""

        def setUp(self):
            self.old = kept_long_ago(self.city)
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE ROLE "{ROLE}"')
                database_roles.grant(ROLE)
                # A second time: a release that brings tables grants anew.
                database_roles.grant(ROLE)
                cursor.execute(f'SET LOCAL ROLE "{ROLE}"')

        def is_allowed(self, statement: str) -> bool:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement)
            except ProgrammingError as error:
                self.assertEqual(error.__cause__.pgcode, "42501", statement)
                return False
            return True

        def test_what_only_grows_can_neither_be_changed_nor_emptied(self):
            for model in (AuditEntry, AuditSeal, FileEdit, Declaration, ArchiveCopy):
                table, key = model._meta.db_table, model._meta.pk.column
                with self.subTest(table=table):
                    self.assertTrue(self.is_allowed(f"SELECT count(*) FROM {table}"))
                    self.assertFalse(self.is_allowed(f"UPDATE {table} SET {key} = {key}"))
                    self.assertFalse(self.is_allowed(f"TRUNCATE {table}"))
            for model in (AuditEntry, AuditSeal, FileEdit, Declaration, TakeDown):
                with self.subTest(deleted_from=model._meta.db_table):
                    self.assertFalse(self.is_allowed(f"DELETE FROM {model._meta.db_table}"))

        def test_no_table_is_emptied_and_no_trigger_lifted_and_nothing_made(self):
            table = ArchiveCopy._meta.db_table
            for statement in (
                f"TRUNCATE {OutgoingMail._meta.db_table} CASCADE",
                f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                f"DROP TRIGGER {table}_no_update ON {table}",
                "CREATE TABLE cua_ai (a int)",
                "DELETE FROM django_migrations",
                "SET session_replication_role = replica",
            ):
                with self.subTest(statement=statement):
                    self.assertFalse(self.is_allowed(statement))

        def test_every_guarded_table_has_no_more_than_its_rights(self):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s",
                    [ROLE],
                )
                held = {}
                for table, right in cursor.fetchall():
                    held.setdefault(table, set()).add(right)

            for model in append_only.guarded_models():
                with self.subTest(table=model._meta.db_table):
                    self.assertEqual(held[model._meta.db_table], set(database_roles.rights_of(model)))

        def test_tables_that_it_owns_as_after_a_restore_by_it_are_warned_of(self):
            with override_settings(PORTAL_DATABASE_ROLE=ROLE):
                before = database_roles.owned()
                with connection.cursor() as cursor:
                    cursor.execute("RESET ROLE")
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute(f'ALTER TABLE {AuditSeal._meta.db_table} OWNER TO "{ROLE}"')
                owned, finding = database_roles.owned(), health.check_audit()

            self.assertEqual((before, owned), ([], [AuditSeal._meta.db_table]))
            self.assertEqual((finding.state, finding.detail.split(" ")[0]), (health.WARNING, "1"))

        def test_a_page_is_published_and_taken_down(self):
            page = publish(article(self.city, self.city.my_long, by=self.cast.contributor))
            address = on_city_host(self.city, page)
            self.assertEqual(self.client.get(address).status_code, 200)

            [row] = takedown.propose(page, TakeDown.Ground.POLICY_REPEALED, by=self.cast.contributor)
            takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)

            self.assertEqual(self.client.get(address).status_code, 410)

        def test_an_archive_copy_is_destroyed_once_two_have_decided_it(self):
            row = disposal.propose([self.old], by=self.cast.standing_office, reason="Hết thời hạn")

            disposal.decide(row, by=self.cast.head, **decision())

            self.assertFalse(ArchiveCopy.objects.filter(pk=self.old.pk).exists())

        def test_each_job_has_the_rights_that_it_needs(self):
            for job in JOBS:
                if job.name == "back_up":
                    continue
                with self.subTest(job=job.name):
                    try:
                        with transaction.atomic():
                            job.run(timezone.now(), {}) if job.in_steps else job.run(timezone.now())
                    except ProgrammingError as error:
                        self.fail(f"{job.name}: {error}")
