"""`manage.py migrate` on a database that another release of the portal made."""

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase


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
