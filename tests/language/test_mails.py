"""The judge of mails (`letters.py`) finds English, and what it judges exists."""

from importlib import import_module

from django.test import SimpleTestCase

from base.operations.notices import Kind, Notice, registered_kinds
from tests.language.letters import CAUSES, english_in


class Mails(SimpleTestCase):
    def test_in_english_would_be_found(self):
        notice = Notice(Kind("x"), (), "", "Page approved", "Kính gửi,\n\nYour page has been approved.")

        self.assertEqual(len(english_in([notice])), 2)

    def test_of_every_kind_are_caused_by_tests_that_there_are(self):
        self.assertEqual({kind for kinds in CAUSES.values() for kind in kinds}, set(registered_kinds()))
        for module, kinds in CAUSES.items():
            for name in " ".join(kinds.values()).split():
                case, test = name.split(".")
                self.assertTrue(hasattr(getattr(import_module(module), case), test), f"{module}.{name}")
