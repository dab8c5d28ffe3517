"""The catalogues keep to the words of the glossary."""

from unittest import mock

import polib
from django.test import SimpleTestCase

from tests.language import glossary
from tests.language.glossary import exceptions, said_otherwise, terms


def entry(english, vietnamese):
    return polib.POEntry(msgid=english, msgstr=vietnamese)


class Glossary(SimpleTestCase):
    def test_has_one_translation_a_term(self):
        words = [(term.english.lower(), term.at_the_start) for term in terms()]

        self.assertGreaterEqual(len({term.vietnamese for term in terms()}), 60)
        self.assertEqual(len(words), len(set(words)))

    def test_is_kept_by_every_entry_of_the_catalogues(self):
        excepted = exceptions()
        wrong = [found for found in said_otherwise() if found[:2] not in excepted]

        self.assertEqual(wrong, [])

    def test_gives_a_reason_for_each_exception_and_keeps_none_that_is_over(self):
        needed = {found[:2] for found in said_otherwise()}

        self.assertEqual([where for where, reason in exceptions().items() if not reason.strip()], [])
        self.assertEqual([where for where in exceptions() if where not in needed], [])


class AnotherWord(SimpleTestCase):
    """What the test above would say to catalogues that say it otherwise."""

    def found(self, *entries):
        with mock.patch.object(glossary, "own", lambda domain: list(entries) if domain == "django" else []):
            return [(term, text) for term, text, _vietnamese in said_otherwise()]

    def test_is_found_alone_and_in_a_sentence(self):
        found = self.found(entry("Publish", "Xuất bản"), entry("The draft was published.", "Bản thảo đã được đăng."))

        self.assertEqual(found, [("publish", "Publish"), ("draft", "The draft was published.")])

    def test_is_found_in_the_plural_whatever_the_letters(self):
        self.assertEqual(self.found(entry("WORKFLOWS", "Quy trình")), [("workflow", "WORKFLOWS")])

    def test_is_not_looked_for_in_values_and_markup(self):
        self.assertEqual(
            self.found(entry('See <a href="%(page)s">%(draft)s</a>', 'Xem <a href="%(page)s">%(draft)s</a>')), []
        )

    def test_goes_by_the_longer_term(self):
        self.assertEqual(self.found(entry("Unlock", "Mở khóa"), entry("Child pages", "Trang con")), [])
        self.assertEqual(self.found(entry("Child pages", "Trang dưới")), [("child page", "Child pages")])

    def test_of_a_verb_counts_where_the_text_begins_with_it(self):
        found = self.found(entry("Save now", "Ghi ngay"), entry("Before you save", "Trước khi ghi"))

        self.assertEqual(found, [("Save", "Save now")])
