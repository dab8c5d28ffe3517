"""Backups and object stores: of a portal whose files lie in one, and such as go to one beside the folder."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings

from base.models import Installation
from base.operations import health
from base.operations.backup import bucket, checking, freshness, restoring, taking
from base.operations.backup.target import BackupFailed, Target
from tests import object_store

from .own_backups import IDENTITIES, OwnBackups
from .test_backup import NOW

pytest.importorskip("boto3", reason="of requirements-s3.txt")


class OfAStore(OwnBackups, TestCase):
    def setUp(self):
        super().setUp()
        self.store = self.enterContext(object_store.running())
        self.enterContext(object_store.files_in(self.store))
        for key in ("media/a/anh.jpg", "media/a/ban-do.pdf", "archive/ab/cd"):
            self.store.put(key, key.encode())

    def take(self) -> taking.Taken:
        with time_machine.travel(NOW, tick=False):
            return taking.take(on=NOW)

    def test_it_holds_what_is_in_the_bucket_and_reads_nothing_twice(self):
        taken = self.take()

        _facts, files = checking.contents(taken.backup, IDENTITIES)
        found = {f"{file['area']}/{file['path']}": file["size"] for file in files}
        found = {name: size for name, size in found.items() if name.startswith(("media/", "archive/"))}
        self.assertEqual(found, {"media/a/anh.jpg": 15, "media/a/ban-do.pdf": 18, "archive/ab/cd": 13})
        texts = [b"".join(checking.content_of(taking.target(), file, IDENTITIES)) for file in files]
        self.assertIn(b"media/a/ban-do.pdf", texts)

        self.store.asked.clear()
        with time_machine.travel(NOW.replace(day=3), tick=False):
            again = taking.take(on=NOW.replace(day=3))
        self.assertEqual(again.written, 0)
        self.assertEqual([path for method, path in self.store.asked if "list-type" not in path], [])

    def test_is_put_back_into_folders(self):
        taken = self.take()
        _facts, files = checking.contents(taken.backup, IDENTITIES)

        restoring._put_back(taking.target(), files, self.own / "new", IDENTITIES)

        self.assertEqual((self.own / "new" / "media" / "a" / "anh.jpg").read_bytes(), b"media/a/anh.jpg")
        environment = restoring.environment(self.own / "new", "", {"SECRET_KEY": "a", "PORTAL_PERSONAL_KEYS": []})
        self.assertEqual(environment["PORTAL_S3_BUCKET"], "")

    def test_a_store_that_is_away_is_the_reason_and_leaves_the_backup_before(self):
        before = self.take().backup
        self.store.is_away = True

        with time_machine.travel(NOW.replace(day=3), tick=False), self.assertRaises(BackupFailed) as caught:
            taking.take(on=NOW.replace(day=3))

        self.assertIn("Kho tệp (S3) không trả lời", str(caught.exception))
        self.assertEqual([backup.name for backup in taking.target().backups()], [before.name])

    def test_the_files_of_another_portal_are_named_in_a_sentence(self):
        Installation.objects.all().delete()
        self.store.put("media.portal", b"cong-khac")

        with self.assertRaisesMessage(CommandError, "mang dấu của một cổng khác"):
            call_command("backup")


class InABucket(OwnBackups, TestCase):
    """A second place for backups: `PORTAL_BACKUP_S3_BUCKET`."""

    def setUp(self):
        super().setUp()
        self.store = self.enterContext(object_store.running())
        self.enterContext(object_store.backups_in(self.store))
        self.put("media/a/anh.jpg", b"anh mau")

    def take(self, on: datetime = NOW) -> taking.Taken:
        with time_machine.travel(on, tick=False):
            return taking.take(on=on)

    def names(self) -> list[str]:
        """The backups of the bucket, by their manifests."""
        paths = [Path(key) for key in self.store.contents()]
        return sorted(path.parent.name for path in paths if path.name == "manifest.json")

    def contents(self) -> set[str]:
        return {key for key in self.store.contents() if "/objects/" in key}

    def test_each_goes_there_as_it_lies_in_the_folder_encrypted(self):
        taken = self.take()

        there = {key.removeprefix("portal-backups/"): content for key, content in self.store.contents().items()}
        del there["portal-backups.portal"]
        here = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for place in ("backups", "objects")
            for path in (self.folder / place).rglob("*")
            if path.is_file()
        }
        self.assertEqual(there, here)
        self.assertEqual(self.names(), [taken.backup.name])
        self.assertFalse([key for key, content in there.items() if b"anh mau" in content])

    def test_the_next_one_sends_what_is_new_alone(self):
        self.take()
        before = self.contents()
        self.put("media/a/moi.jpg", b"moi")
        self.store.asked.clear()

        self.take(NOW + timedelta(days=1))

        written = [path for method, path in self.store.asked if method == "PUT" and "/objects/" in path]
        self.assertEqual(len(written), len(self.contents() - before))
        self.assertLess(len(written), len(before))

    @override_settings(PORTAL_BACKUP_TERMS=["1", "0", "0"])
    def test_what_is_older_than_the_terms_goes_with_what_no_other_one_needs(self):
        self.take()
        (self.var / "media/a/anh.jpg").unlink()
        self.put("media/a/moi.jpg", b"moi")

        taken = self.take(NOW + timedelta(days=1))

        self.assertEqual(self.names(), [taken.backup.name])
        self.assertEqual(
            {Path(key).name for key in self.contents()}, {f"{name}.age" for name, _size in taken.backup.objects()}
        )

    def test_a_folder_that_was_emptied_empties_no_bucket(self):
        first = self.take()
        for backup in Target(self.folder).folders():
            backup.rename(self.own / backup.name)

        second = self.take(NOW + timedelta(days=1))

        self.assertEqual(self.names(), [first.backup.name, second.backup.name])

    def test_a_store_that_is_away_fails_the_run_and_the_folder_has_the_backup(self):
        self.store.is_away = True

        with self.assertRaises(BackupFailed) as caught:
            self.take()

        self.assertIn("đã có trong thư mục nhưng chưa gửi trọn", str(caught.exception))
        self.assertEqual(len(Target(self.folder).backups()), 1)

    def test_the_bucket_of_another_portal_is_left_alone(self):
        self.store.put("portal-backups.portal", b"cong khac")

        with self.assertRaises(BackupFailed) as caught:
            self.take()

        self.assertIn("của một cổng khác", str(caught.exception))
        self.assertEqual(self.names(), [])

    def test_one_is_fetched_into_a_folder_that_is_a_place_of_backups(self):
        taken = self.take()
        into = self.own / "fetched"

        call_command("backup", fetch="", into=str(into))

        there = Target(into)
        self.assertEqual([backup.name for backup in there.backups()], [taken.backup.name])
        self.assertGreater(checking.check(there, there.named(""), IDENTITIES), 0)
        there.demand(taking.portal_key())
        other = self.own / "other"
        for name, place, said in (("", into, "không trống"), ("20000101-000000", other, "không có bản này")):
            with self.subTest(said), self.assertRaisesMessage(CommandError, said):
                call_command("backup", fetch=name, into=str(place))

    def test_the_age_of_the_one_in_the_bucket_counts(self):
        self.assert_found(health.FAILED, "Chưa có bản sao lưu", NOW)
        self.take()
        self.assert_found(health.OK, "Trong kho S3", NOW + timedelta(hours=1))
        with object_store.running() as empty, object_store.backups_in(empty):
            self.assert_found(health.FAILED, "Kho S3 chưa có bản sao lưu nào do cổng này ký", NOW + timedelta(hours=1))
            empty.is_away = True
            self.assert_found(health.FAILED, "Không đọc được kho S3 sao lưu", NOW + timedelta(hours=1))
        self.assert_found(health.WARNING, "Trong kho S3", NOW + timedelta(hours=27))

    def assert_found(self, state: str, said: str, on: datetime) -> None:
        with time_machine.travel(on, tick=False):
            found = freshness.check()
        self.assertEqual((found.state, found.stops_serving and state != health.OK), (state, False), found.detail)
        self.assertIn(said, found.detail)

    def test_without_the_setting_nothing_is_sent(self):
        with override_settings(PORTAL_BACKUP_S3_BUCKET=""):
            self.assertFalse(bucket.is_set())
            self.take()

        self.assertEqual(self.store.asked, [])
