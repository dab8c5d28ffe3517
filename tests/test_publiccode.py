"""What `publiccode.yml` says of the software: the keys that its standard demands, and what is true of the code."""

import re
import tomllib
from pathlib import Path

import yaml
from django.conf import settings
from django.test import SimpleTestCase

ROOT = Path(__file__).resolve().parent.parent
STATUSES = {"concept", "development", "beta", "stable", "obsolete"}
TYPES = {
    "standalone/mobile",
    "standalone/iot",
    "standalone/desktop",
    "standalone/web",
    "standalone/backend",
    "standalone/other",
    "addon",
    "library",
    "configurationFiles",
}
MAINTENANCE = {"internal", "contract", "community", "none"}
MOST_OF_SHORT, LEAST_OF_LONG, MOST_OF_LONG = 150, 150, 10_000


class PubliccodeTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
        cls.project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    def test_every_key_that_the_standard_demands_is_there(self):
        for key in (
            "publiccodeYmlVersion",
            "name",
            "url",
            "platforms",
            "developmentStatus",
            "softwareType",
            "description",
            "legal",
            "maintenance",
            "localisation",
        ):
            with self.subTest(key):
                self.assertTrue(self.data.get(key))
        self.assertTrue(self.data["legal"]["license"])
        self.assertIn(self.data["developmentStatus"], STATUSES)
        self.assertIn(self.data["softwareType"], TYPES)
        self.assertIn(self.data["maintenance"]["type"], MAINTENANCE)
        self.assertIs(self.data["localisation"]["localisationReady"], True)

    def test_it_is_described_in_each_language_within_the_bounds(self):
        languages = {code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES}

        self.assertEqual(set(self.data["description"]), languages)
        self.assertEqual(set(self.data["localisation"]["availableLanguages"]), languages)
        for language, words in self.data["description"].items():
            with self.subTest(language):
                self.assertLessEqual(len(words["shortDescription"]), MOST_OF_SHORT)
                self.assertTrue(LEAST_OF_LONG <= len(words["longDescription"]) <= MOST_OF_LONG)
                self.assertTrue(words["features"])

    def test_what_it_says_of_versions_is_that_of_the_project(self):
        (python,) = [one["versionMin"] for one in self.data["dependsOn"]["open"] if one["name"] == "Python"]

        self.assertEqual(self.data["softwareVersion"], self.project["version"])
        self.assertEqual(f">={python}", self.project["requires-python"])

    def test_no_person_and_no_address_is_invented(self):
        text = (ROOT / "publiccode.yml").read_text(encoding="utf-8")
        addresses = re.findall(r'url: "?(\S+?)"?$', text, re.MULTILINE)

        self.assertNotIn("contacts", self.data["maintenance"])
        self.assertTrue(all("//example.invalid/" in address for address in addresses), addresses)
        self.assertNotIn("@", text)
