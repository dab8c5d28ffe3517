"""`manage.py migrate` on a database that another release of the portal made."""

from datetime import date
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase

from workflows import seeding
from workflows.models import DeadlineRule


class AnotherReleasesDatabase(TestCase):
    def test_is_left_as_it_is_with_a_word_on_what_to_do(self):
        MigrationRecorder(connection).record_applied("faq", "0009_log_names_of_question_pages")

        with self.assertRaisesMessage(CommandError, "faq.0009_log_names_of_question_pages"):
            call_command("migrate", verbosity=0)

    def test_is_known_by_its_tables_too_where_the_migrations_have_the_names_of_ours(self):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE base_outgoingmail RENAME COLUMN purge_when_sent TO forget")

        with self.assertRaisesMessage(CommandError, "base_outgoingmail"):
            call_command("migrate", verbosity=0)

    def test_our_own_is_migrated_again_without_a_word(self):
        for library in ("a_library_that_left", "wagtailcore"):
            MigrationRecorder(connection).record_applied(library, "0001_of_before")

        call_command("migrate", verbosity=0)


class NewRules(TestCase):
    """A release brings deadline rules to a portal that stands; `migrate` adds them."""

    def migrate(self) -> str:
        out = StringIO()
        call_command("migrate", verbosity=0, stdout=out)
        return out.getvalue()

    def test_are_added_and_named(self):
        seeding.load_rules()
        DeadlineRule.objects.filter(code="DL-OUTCOME").delete()

        said = self.migrate()

        self.assertTrue(DeadlineRule.objects.filter(code="DL-OUTCOME").exists())
        self.assertIn("Quy tắc thời hạn mới: DL-OUTCOME", said)
        self.assertNotIn("Quy tắc", self.migrate())

    def test_leave_what_the_board_keeps_as_it_is(self):
        seeding.load_rules()
        rule = DeadlineRule.objects.get(code="DL-REVIEW")
        rule.amount, rule.valid_from = 5, date(2021, 1, 1)
        rule.save()
        before = list(DeadlineRule.objects.order_by("pk").values())

        self.assertNotIn("Quy tắc", self.migrate())

        self.assertEqual(list(DeadlineRule.objects.order_by("pk").values()), before)

    def test_wait_on_an_empty_portal_for_its_setup(self):
        self.migrate()

        self.assertFalse(DeadlineRule.objects.exists())
