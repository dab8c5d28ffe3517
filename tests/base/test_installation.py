"""Several web servers are one portal: a machine with folders or keys of its own does not start."""

import shutil
import tempfile
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import TestCase, TransactionTestCase, override_settings

from base.chain import keys
from base.models import AuditEntry, Installation
from base.operations import installation
from tests.side_by_side import at_once


class Machine:
    """The folders of one machine, in the settings while it is entered."""

    def __init__(self, test, share=None):
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        test.addCleanup(shutil.rmtree, self.folder)
        if share is not None:
            shutil.copytree(share.folder, self.folder, dirs_exist_ok=True)

    def __enter__(self):
        cache = {**settings.CACHES["default"], "BACKEND": "django.core.cache.backends.filebased.FileBasedCache"}
        self._settings = override_settings(
            MEDIA_ROOT=self.folder / "media",
            ARCHIVE_ROOT=self.folder / "archive",
            PORTAL_SEALS=self.folder / "seals",
            PORTAL_GONE_SHARED=self.folder / "gone-shared",
            PORTAL_AUDIT_KEYS=self.folder / "audit_keys",
            CACHES={**settings.CACHES, "default": {**cache, "LOCATION": self.folder / "cache"}},
        )
        self._settings.enable()
        return self

    def __exit__(self, *_):
        self._settings.disable()

    def start(self) -> str:
        """Start a server here; return "" or why it does not start."""
        with self:
            try:
                installation.demand()
            except ImproperlyConfigured as reason:
                return str(reason)
        return ""


class Starting(TestCase):
    def setUp(self):
        self.first = Machine(self)
        self.assertEqual(self.first.start(), "")

    def test_the_machine_that_began_starts_again(self):
        self.assertEqual(self.first.start(), "")
        self.assertEqual(Installation.objects.count(), 1)

    def test_a_machine_that_shares_folders_and_keys_starts(self):
        self.assertEqual(Machine(self, share=self.first).start(), "")

    def test_a_machine_with_folders_and_keys_of_its_own_does_not_and_each_is_named(self):
        reason = Machine(self).start()

        for name in (
            "tệp tải lên",
            "kho lưu trữ",
            "niêm phong",
            "bộ nhớ đệm chung",
            "sổ chung",
            "thiếu 1 khóa",
            "adopt_folders",
        ):
            self.assertIn(name, reason)

    def test_one_folder_of_its_own_is_enough(self):
        other = Machine(self, share=self.first)
        shutil.rmtree(other.folder / "media")

        reason = other.start()

        self.assertIn("tệp tải lên", reason)
        self.assertNotIn("kho lưu trữ", reason)

    def test_a_machine_of_another_portal_does_not_take_over_its_folders(self):
        Installation.objects.all().delete()

        self.assertIn("mang dấu của một cổng khác", self.first.start())

    def test_a_key_that_was_added_is_the_portal_s_from_the_next_start_on(self):
        behind = Machine(self, share=self.first)
        with self.first:
            keys.rotate()
        self.assertEqual(self.first.start(), "")

        self.assertIn("thiếu 1 khóa", behind.start())

    def test_a_cleared_cache_keeps_the_mark(self):
        (self.first.folder / "cache" / "x.djcache").write_text("x")
        for file in (self.first.folder / "cache").glob("*.djcache"):
            file.unlink()

        self.assertEqual(self.first.start(), "")

    def test_what_was_put_back_is_adopted_by_a_person_and_written_down(self):
        other = Machine(self)
        out = StringIO()
        with other:
            call_command("adopt_folders", stdout=out)

        self.assertIn("tệp tải lên", out.getvalue())
        self.assertEqual(other.start(), "")
        self.assertTrue(AuditEntry.objects.filter(action="portal.folders_adopted").exists())


class FirstStart(TransactionTestCase):
    def test_all_processes_of_the_first_start_name_one_portal(self):
        machine = Machine(self)
        with machine:
            results = at_once([installation.demand] * 6)

        self.assertEqual((results, Installation.objects.count()), ([None] * 6, 1))
        self.assertEqual((machine.folder / "media" / ".portal").read_text().strip(), Installation.objects.get().key)
