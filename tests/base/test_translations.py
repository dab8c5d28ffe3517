"""Every phrase of the public pages has its English, and the English asks for the same values."""

import ast
import re
from pathlib import Path

import polib
from django.conf import settings
from django.test import SimpleTestCase
from django.utils.translation.template import templatize

from workflows.models import TakeDown

ROOMS = ("base", "sections", "home", "search", "personaldata", "faq", "servicecatalog", "legalref", "subscriptions")
CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATES = re.compile(rf"\b(?:gettext|_|ngettext)\s*\({STRING}")
FUNCTIONS = {"_", "gettext", "gettext_lazy"}
VALUE = re.compile(r"%\((\w+)\)s")


def phrases() -> dict[str, str]:
    """Every message id of the public rooms with the file it stands in."""
    found = {}
    for room in ROOMS:
        folder = Path(settings.BASE_DIR) / room
        for path in sorted(folder.rglob("*.html")):
            # Wagtail's own screens with a change of ours: their English is Wagtail's.
            if {"wagtailadmin", "wagtailimages"} & {*path.parts}:
                continue
            for match in IN_TEMPLATES.finditer(templatize(path.read_text(encoding="utf-8"))):
                found.setdefault(ast.literal_eval(match.group(1)), path.name)
        for path in sorted(folder.rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in FUNCTIONS
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                ):
                    found.setdefault(node.args[0].value, path.name)
    return found


class EnglishCatalogue(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.entries = {entry.msgid: entry for entry in polib.pofile(str(CATALOGUE))}

    def test_has_every_phrase_of_the_public_pages(self):
        missing = {phrase: place for phrase, place in phrases().items() if phrase not in self.entries}

        self.assertEqual(missing, {})

    def test_has_the_grounds_that_the_address_of_a_removed_page_names(self):
        missing = [str(label) for label in TakeDown.Ground.labels if str(label) not in self.entries]

        self.assertEqual(missing, [])

    def test_leaves_no_phrase_empty(self):
        empty = [entry.msgid for entry in self.entries.values() if not entry.translated()]

        self.assertEqual(empty, [])

    def test_uses_the_values_of_the_vietnamese(self):
        for entry in self.entries.values():
            for english in [entry.msgstr, *entry.msgstr_plural.values()]:
                if english:
                    with self.subTest(phrase=entry.msgid):
                        self.assertEqual(set(VALUE.findall(english)), set(VALUE.findall(entry.msgid)))
