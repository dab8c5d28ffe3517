"""The judge of mails (`letters.py`) finds English, and what it judges exists."""

from importlib import import_module

from django.core.mail import EmailMessage
from django.test import SimpleTestCase

from tests.language.letters import CAUSES, english_in, taken_down


class Mails(SimpleTestCase):
    def test_in_english_would_be_found(self):
        with taken_down() as mails:
            EmailMessage(
                "Page approved", "Kính gửi,\n\nYour page has been approved.", None, ["a@example.invalid"]
            ).send()

        self.assertEqual(len(english_in(mails)), 2)

    def test_are_caused_by_tests_that_there_are(self):
        for module, names in CAUSES.items():
            for name in names.split():
                case, test = name.split(".")
                self.assertTrue(hasattr(getattr(import_module(module), case), test), f"{module}.{name}")
