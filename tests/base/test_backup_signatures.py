"""Who wrote a backup: only what the portal's own keys signed is believed, whatever its checksums say."""

import io
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import time_machine
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings

from base.chain import keys
from base.operations import health
from base.operations.backup import checking, freshness, restoring, secret_keys, taking
from base.operations.backup.target import Backup, BackupFailed, Target, digest_of, read, write_manifest

from .own_backups import IDENTITIES, OwnBackups

NOW = datetime(2026, 3, 2, 1, 40, tzinfo=UTC)


class Signed(OwnBackups, TestCase):
    def setUp(self):
        super().setUp()
        self.put("media/a.txt", b"mot")
        self.backup = self.take()

    def take(self, on: datetime = NOW) -> Backup:
        with time_machine.travel(on, tick=False):
            return taking.take(on=on).backup

    def found(self) -> str:
        with self.assertRaises(BackupFailed) as caught:
            checking.check(Target(self.folder), Target(self.folder).named(""), IDENTITIES)
        return str(caught.exception)

    def test_a_manifest_that_another_one_wrote_is_refused(self):
        """A public key lets anyone encrypt; only the portal signs."""
        manifest = {**self.backup.manifest, "made_at": NOW.isoformat(), "files": 9}
        forged = Backup(self.backup.folder, {**manifest, "digest": digest_of(manifest)})

        with self.assertRaisesMessage(BackupFailed, "không do cổng này ký"):
            checking.check(Target(self.folder), forged, IDENTITIES)

    def forged(self, made_at: datetime = NOW, name: str = "") -> Backup:
        """Write a whole manifest anew that names a key of which the portal does not know."""
        folder = self.backup.folder.with_name(name) if name else self.backup.folder
        if name:
            shutil.copytree(self.backup.folder, folder)
        manifest = {**self.backup.manifest, "made_at": made_at.isoformat(), "key": "k9-00000000", "signature": "é"}
        write_manifest(folder, {**manifest, "digest": digest_of(manifest)})
        return read(folder)

    def test_a_manifest_that_names_another_key_or_none_is_refused_as_well(self):
        self.forged()
        self.assertIn("thiếu khóa (--keys)", self.found())
        for name in ("key", "signature"):
            with self.subTest(name):
                left = {one: value for one, value in self.backup.manifest.items() if one != name}
                write_manifest(self.backup.folder, left)
                self.assertIn("không do cổng này ký", self.found())

    def test_it_is_not_put_back_either(self):
        forged = self.forged(NOW + timedelta(days=1))

        with self.assertRaisesMessage(BackupFailed, "không do cổng này ký"):
            restoring.restore(Target(self.folder), forged, self.own / "moi", "", IDENTITIES)
        self.assertFalse((self.own / "moi").exists())

    def test_journals_of_a_newer_one_are_not_taken_and_a_person_hears_of_it(self):
        known = keys.keys()
        second = self.take(NOW + timedelta(days=1))
        self.forged(name="20260304-014000")
        (third := self.backup.folder.with_name("20260305-014000")).mkdir()
        (third / "manifest.json").write_text("{}")

        newer, passed = restoring._newer(Target(self.folder), self.backup, known)

        self.assertEqual(newer.name, second.name)
        self.assertEqual([line.split(";")[0][-15:] for line in passed], ["20260305-014000", "20260304-014000"])
        self.assertEqual(restoring._newer(Target(self.folder), second, known)[0], None)

    def test_freshness_believes_the_portal_alone(self):
        self.forged(NOW + timedelta(days=30), name="20260401-014000")

        with time_machine.travel(NOW + timedelta(days=30), tick=False):
            self.assertEqual(freshness.check().state, health.FAILED)
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            self.assertEqual(freshness.check().state, health.OK)

    def test_a_machine_without_the_keys_needs_their_file(self):
        keys_file, identity = str(self.own / "keys" / secret_keys.FILE), self.private_key()
        to = {"into": self.own / "moi", "url": "postgres://x/y", "identities": IDENTITIES}
        there = Target(self.folder)
        with override_settings(PORTAL_AUDIT_KEYS=self.own / "khong-co"):
            with self.assertRaisesMessage(BackupFailed, "thiếu khóa (--keys)"):
                restoring.restore(there, self.backup, **to)
            # What comes behind the signature.
            with mock.patch.object(restoring, "is_empty", return_value=False):
                with self.assertRaisesMessage(BackupFailed, "đích không trống"):
                    restoring.restore(there, self.backup, **to, key_file=Path(keys_file))
            said = [
                self.checked(),
                self.checked("--identity", identity),
                self.checked("--identity", identity, "--keys", keys_file),
            ]
            with self.assertRaisesMessage(CommandError, "--identity"):
                self.checked("--keys", keys_file)

        self.assertEqual(["chưa kiểm được chữ ký" in text for text in said], [True, True, False])
        self.assertEqual(["do cổng này ký" in text for text in said], [False, False, True])

    def checked(self, *arguments: str) -> str:
        out = io.StringIO()
        call_command("backup", "--check", *arguments, stdout=out)
        return out.getvalue()
