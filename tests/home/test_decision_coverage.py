"""What the documents name is there: every screen and test of the table of articles, every name of the code."""

import re
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase
from django.urls import resolve

from tests.isolation.addresses import addresses

ROOT = Path(settings.BASE_DIR)
QUOTED = re.compile(r"`([^`]+)`")


def rows() -> list[list[str]]:
    """The cells of the table: article, what it asks, screens, tests."""
    lines = (ROOT / "docs/decision-coverage.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| Điều")]


# Names of other programs and of Django: their settings, directives and units.
OF_OTHERS = {
    "ExecStart",
    "hot_standby",
    "key_file",
    "known_hosts_file",
    "MaxFileSize",
    "MaxScanSize",
    "SECRET_KEY_FALLBACKS",
    "pg_archivecleanup",
    "pg_verifybackup",
}
NAME = re.compile(r"`([A-Za-z]\w*(?:\.\w+)*)`")
SPELLED_AS_CODE = re.compile(r"_|[a-z][A-Z]")


class Names(SimpleTestCase):
    def test_every_name_of_the_code_in_a_document_is_one_of_the_code(self):
        # Not what is installed, what runs write, or what others own: names of theirs would count as ours.
        ours = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in ("var", "node_modules", ".venv")]
        code = [path for kind in ("*.py", "*.html", "*.js", "*.toml") for folder in ours for path in folder.rglob(kind)]
        known = {word for path in code for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
        known |= {path.stem for path in code} | OF_OTHERS
        for document in [*ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md")]:
            for name in sorted(set(NAME.findall(document.read_text(encoding="utf-8")))):
                missing = [part for part in name.split(".") if SPELLED_AS_CODE.search(part) and part not in known]
                with self.subTest(document=document.name, name=name):
                    self.assertEqual(missing, [])


class Table(SimpleTestCase):
    def test_every_screen_named_is_there(self):
        names = {address.name for address in addresses()}
        for article, _asks, screens, _tests in rows():
            found = QUOTED.findall(screens)
            self.assertTrue(found, article)
            for screen in found:
                with self.subTest(article, screen=screen):
                    if screen.startswith("/"):
                        resolve(screen)
                    else:
                        self.assertIn(screen, names)

    def test_every_test_named_is_there(self):
        for article, _asks, _screens, tests in rows():
            found = QUOTED.findall(tests)
            self.assertTrue(found, article)
            for test in found:
                with self.subTest(article, test=test):
                    path, *inside = test.split("::")
                    self.assertTrue((ROOT / path).exists())
                    text = (ROOT / path).read_text(encoding="utf-8")
                    for name in inside:
                        self.assertRegex(text, rf"(class|def) {re.escape(name)}\b")
