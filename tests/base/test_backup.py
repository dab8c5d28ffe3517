"""Backups: what is in one, what makes one fail, what stays how long; putting one back: `tests/home/test_restore.py`."""

import errno
import io
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import time_machine
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from base.operations import health
from base.operations.backup import age_file, age_keys, checking, freshness, restoring, retention, secret_keys, taking
from base.operations.backup.target import Backup, BackupFailed, Target, digest_of, read

from .own_backups import IDENTITIES, PRIVATE, OwnBackups

NOW = datetime(2026, 3, 2, 1, 40, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")


class BackupCase(OwnBackups, TestCase):
    def take(self, on: datetime = NOW) -> taking.Taken:
        with time_machine.travel(on, tick=False):
            return taking.take(on=on)

    def refused(self, part: str, on: datetime = NOW) -> None:
        with self.assertRaises(BackupFailed) as caught:
            self.take(on)
        self.assertIn(part, str(caught.exception))

    def names(self) -> list[str]:
        return [backup.name for backup in Target(self.folder).backups()]


class Taking(BackupCase):
    def test_it_holds_database_files_archive_seals_and_journals(self):
        for name in ("media/a/anh.jpg", "archive/ab/cd", "seals/tips-2026-03.log", "gone/entries/7.json"):
            self.put(name, name.encode())
        self.put("gone-shared/ended-2026-03.log", b"{}\n")

        taken = self.take()

        facts, files = checking.contents(taken.backup, IDENTITIES)
        self.assertEqual(
            {f"{file['area']}/{file['path']}" for file in files if not file["path"].endswith(".portal")},
            {
                "media/a/anh.jpg",
                "archive/ab/cd",
                "seals/tips-2026-03.log",
                "gone/7.json",
                "gone-shared/ended-2026-03.log",
            },
        )
        self.assertEqual(facts["database"], connection.vendor)
        self.assertGreater(facts["counts"]["wagtailcore_page"], 0)
        self.assertNotIn("django_session", facts["counts"])

    def test_nothing_in_it_can_be_read_without_the_private_key(self):
        self.put("media/don-thu.txt", "Nguyễn Văn Mẫu, 0900 000 000".encode())

        self.take()

        everything = b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())
        for word in (b"don-thu", "Nguyễn".encode(), b"0900 000 000", b"wagtailcore_page", PRIVATE.encode()):
            self.assertNotIn(word, everything)

    def test_a_content_lies_there_once_and_is_not_written_again(self):
        self.put("media/a.txt", b"mot")
        self.put("media/b.txt", b"mot")
        first = self.take()
        self.put("media/c.txt", b"hai")

        second = self.take(NOW + timedelta(days=1))

        self.assertEqual((first.written, second.written), (2, 1))
        self.assertEqual(len(self.objects()), 3)

    def test_a_file_that_has_not_changed_is_not_read_again(self):
        self.put("media/a.txt", b"mot")
        self.take()

        with mock.patch.object(taking, "file_digest", wraps=taking.file_digest) as reading:
            self.take(NOW + timedelta(days=1))

        self.assertEqual([call for call in reading.call_args_list if "media" in call.args[0].parts], [])

    def test_a_file_whose_content_changed_is_in_the_next_one(self):
        path = self.put("media/a.txt", b"mot")
        first = self.take()
        path.write_bytes(b"hai")

        second = self.take(NOW + timedelta(days=1))

        def content(backup):
            _facts, files = checking.contents(backup, IDENTITIES)
            (file,) = [file for file in files if file["path"] == "a.txt"]
            return b"".join(checking.content_of(Target(self.folder), file, IDENTITIES))

        self.assertEqual((content(first.backup), content(second.backup)), (b"mot", b"hai"))

    def test_the_command_says_what_it_wrote_and_lists_and_checks_it(self):
        self.put("media/a.txt")
        out = io.StringIO()

        call_command("backup", stdout=out)
        call_command("backup", "--list", stdout=out)
        call_command("backup", "--check", stdout=out)
        call_command("backup", "--check", "--identity", self.private_key(), stdout=out)

        text = out.getvalue()
        for words in ("đã đọc lại", connection.vendor, "chưa thử giải mã", "giải mã được cả bản"):
            self.assertIn(words, text)

    def test_a_new_key_is_shown_and_written_nowhere(self):
        out = io.StringIO()

        call_command("backup", "--new-key", stdout=out)

        (key,) = age_keys.read_private_file(out.getvalue())
        self.assertIn(age_keys.public_of(out.getvalue().splitlines()[-1]), out.getvalue())
        self.assertNotIn(key.private_bytes_raw().hex(), str(list(self.own.rglob("*"))))


class KeysApart(BackupCase):
    def test_the_keys_lie_elsewhere_encrypted(self):
        self.take()

        held = secret_keys.read(self.own / "keys" / secret_keys.FILE, IDENTITIES)
        self.assertEqual(held["SECRET_KEY"], settings.SECRET_KEY)
        self.assertEqual(held["audit_keys"], settings.PORTAL_AUDIT_KEYS.read_text())
        self.assertNotIn(settings.SECRET_KEY.encode(), (self.own / "keys" / secret_keys.FILE).read_bytes())

    def test_other_keys_take_a_new_file_and_the_earlier_ones_stay_under_their_day(self):
        self.take()
        self.take(NOW + timedelta(days=1))
        self.assertEqual(len(list((self.own / "keys").glob("*.age"))), 1)

        with override_settings(PORTAL_PERSONAL_KEYS=["khac"]):
            self.take(NOW + timedelta(days=2))

        day = timezone.localdate()
        (other,) = (self.own / "keys").glob(f"portal-keys-{day:%Y-%m-%d}-????????.age")
        earlier, now = (secret_keys.read(path, IDENTITIES) for path in (other, self.own / "keys" / secret_keys.FILE))
        self.assertEqual(earlier["PORTAL_PERSONAL_KEYS"], list(settings.PORTAL_PERSONAL_KEYS))
        self.assertEqual(now["PORTAL_PERSONAL_KEYS"], ["khac"])

    def test_keys_beside_the_data_are_refused(self):
        for folder in (self.folder, self.folder / "khoa", self.own):
            with self.subTest(folder=folder), override_settings(PORTAL_BACKUP_KEYS=str(folder)):
                self.refused("nơi khác hẳn")

    @override_settings(PORTAL_BACKUP_KEYS="")
    def test_without_a_place_for_them_they_are_not_written(self):
        taken = self.take()

        self.assertFalse((self.own / "keys").exists())
        everything = b"".join(
            b"".join(age_file.decrypt(io.BytesIO(path.read_bytes()), IDENTITIES)) for path in self.objects()
        )
        self.assertNotIn(settings.SECRET_KEY.encode(), everything)
        self.assertTrue(taken.backup.folder.exists())


class Refused(BackupCase):
    def test_each_reason_says_what_to_do(self):
        for change, words in (
            ({"PORTAL_BACKUP": ""}, "PORTAL_BACKUP"),
            ({"PORTAL_BACKUP_RECIPIENTS": []}, "--new-key"),
            ({"PORTAL_BACKUP_RECIPIENTS": ["age1sai"]}, "PORTAL_BACKUP_RECIPIENTS"),
            ({"PORTAL_BACKUP": str(self.own / "chua-gan")}, "--prepare"),
        ):
            with self.subTest(change=change), override_settings(**change):
                self.refused(words)

    def test_the_folder_of_another_portal_or_one_with_other_things_is_not_taken(self):
        (self.folder / ".portal-backup").write_text("khac\n")
        self.refused("cổng khác")

        with override_settings(PORTAL_BACKUP=str(self.put("khac/tep").parent)), self.assertRaises(BackupFailed):
            taking.prepare()

    def test_of_two_at_once_the_second_is_refused(self):
        with Target(self.folder).held():
            self.refused("đang chạy")

        self.assertTrue(self.take().backup.folder.exists())

    def test_without_room_nothing_is_begun(self):
        with mock.patch.object(shutil, "disk_usage", return_value=Usage(10**12, 10**12, 10**6)):
            self.refused("chỉ còn 0 MB")

        self.assertEqual(self.names(), [])

    def test_a_disk_that_fills_up_leaves_the_last_one_as_it_was(self):
        self.put("media/a.txt", b"mot")
        first = self.take()
        self.put("media/b.txt", b"hai")

        with mock.patch.object(taking._Hashing, "write", side_effect=OSError(errno.ENOSPC, "No space left")):
            self.refused("Hết chỗ", NOW + timedelta(days=1))

        self.assertEqual(self.names(), [first.backup.name])
        self.assertFalse((self.folder / "unfinished").exists())
        self.assertGreater(checking.check(Target(self.folder), first.backup, IDENTITIES), 0)

    def test_a_clock_that_went_back_makes_no_backup_that_looks_older(self):
        self.take()

        self.refused("đồng hồ", NOW - timedelta(days=1))

    def test_what_a_killed_run_left_is_cleared_away_and_not_trusted(self):
        self.put("media/a.txt", b"mot")
        killed = (
            "import os, signal, django; django.setup()\n"
            "from base.operations.backup import taking, target\n"
            "there = target.Target(os.environ['TARGET'])\n"
            "with there.held():\n"
            "    (there.unfinished / 'backup').mkdir()\n"
            "    (there.unfinished / 'object').write_bytes(b'nua')\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        environment = {**os.environ, "TARGET": str(self.folder), "PORTAL_VAR": str(self.own / "other")}
        died = subprocess.run([sys.executable, "-c", killed], env=environment, cwd=settings.BASE_DIR, check=False)
        self.assertEqual(died.returncode, -9)
        self.assertTrue((self.folder / "unfinished" / "object").exists())
        # An object that was renamed, but may not have reached the disk before the machine went down.
        content = "4b4b09f8c5ba35e9a9d4f6bd1f3ab45fdd5a4e4bb1ae3e17e3d52b8e1c8d1f5a"
        place = self.folder / "objects" / content[:2]
        place.mkdir()
        (place / f"{content}.{'0' * 32}.age").write_bytes(b"")

        taken = self.take()

        self.assertEqual(taken.written, 2)
        self.assertGreater(checking.check(Target(self.folder), taken.backup, IDENTITIES), 0)
        self.assertFalse((place / f"{content}.{'0' * 32}.age").exists())


class Tampered(BackupCase):
    def setUp(self):
        super().setUp()
        self.put("media/a.txt", b"mot")
        self.backup = self.take().backup

    def change(self, path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    def found(self) -> str:
        with self.assertRaises(BackupFailed) as caught:
            checking.check(Target(self.folder), Target(self.folder).named(""), IDENTITIES)
        return str(caught.exception)

    def test_a_changed_byte_is_found_in_every_part(self):
        for name in ("database.age", "contents.age", "objects.txt", "manifest.json"):
            with self.subTest(name=name):
                before = (self.backup.folder / name).read_bytes()
                self.change(self.backup.folder / name)
                self.assertRegex(self.found(), "hỏng|sửa")
                (self.backup.folder / name).write_bytes(before)

    def test_a_damaged_object_is_put_aside_and_the_next_run_writes_it_anew(self):
        damaged = self.objects()[0]
        self.change(damaged)
        self.assertIn("để riêng ra", self.found())

        self.take(NOW + timedelta(days=1))

        there = Target(self.folder)
        self.assertGreater(checking.check(there, there.backups()[0], IDENTITIES), 0)
        self.assertTrue(damaged.with_suffix(".damaged").exists())

    def test_a_run_reads_older_objects_in_turns(self):
        self.change(self.objects()[0])

        found = 0
        for day in range(1, checking.TURNS + 1):
            try:
                self.take(NOW + timedelta(days=day))
            except BackupFailed:
                found += 1

        self.assertEqual(found, 1)

    def test_another_private_key_opens_nothing(self):
        stranger = [age_keys.read_private(age_keys.new_private_key())]

        with self.assertRaisesMessage(BackupFailed, "Khóa riêng không mở được"):
            checking.check(Target(self.folder), self.backup, stranger)

    def test_a_backup_of_another_format_is_refused(self):
        text = (self.backup.folder / "manifest.json").read_text()
        manifest = {**self.backup.manifest, "format": 99}
        self.assertIn('"format": 1', text)

        with mock.patch("json.loads", return_value={**manifest, "digest": digest_of(manifest)}):
            with self.assertRaisesMessage(BackupFailed, "một bản khác của cổng"):
                read(self.backup.folder)


class Staying(SimpleTestCase):
    def backups(self, days: int) -> list[Backup]:
        made = [NOW - timedelta(days=ago) for ago in range(days)][::-1]
        return [Backup(Path(f"{moment:%Y%m%d}"), {"made_at": moment.isoformat()}) for moment in made]

    @override_settings(PORTAL_BACKUP_TERMS=["7", "5", "12"])
    def test_a_year_of_nights_leaves_days_weeks_and_months(self):
        backups = self.backups(400)

        going = {backup.name for backup in retention.expired(backups)}

        staying = [backup.name for backup in backups if backup.name not in going]
        self.assertEqual(staying[-7:], [f"{NOW - timedelta(days=ago):%Y%m%d}" for ago in range(6, -1, -1)])
        self.assertEqual(len(staying), 7 + 3 + 10)
        self.assertEqual(staying[0], "20250430")

    @override_settings(PORTAL_BACKUP_TERMS=["1", "0", "0"])
    def test_the_newest_always_stays(self):
        self.assertEqual(len(retention.expired(self.backups(3))), 2)
        self.assertEqual(retention.expired(self.backups(1)), [])

    def test_no_term_is_longer_than_the_journals_of_what_went(self):
        for terms, is_fine in (
            ("7,5,12", True),
            ("400,0,0", True),
            ("7,57,0", True),
            ("7,5,13", False),
            ("401,0,0", False),
        ):
            with self.subTest(terms), override_settings(PORTAL_BACKUP_TERMS=terms.split(",")):
                with nullcontext() if is_fine else self.assertRaisesMessage(ImproperlyConfigured, "400 ngày"):
                    retention.terms()


class Terms(BackupCase):
    @override_settings(PORTAL_BACKUP_TERMS=["2", "0", "0"])
    def test_what_goes_takes_only_the_contents_that_no_other_needs(self):
        gone = self.put("media/a.txt", b"chi ngay dau")
        self.put("media/b.txt", b"moi ngay")
        self.take()
        gone.unlink()
        self.take(NOW + timedelta(days=1))

        taken = self.take(NOW + timedelta(days=2))

        self.assertEqual(len(taken.removed), 1)
        self.assertEqual(len(self.names()), 2)
        self.assertGreater(checking.check(Target(self.folder), Target(self.folder).named(""), IDENTITIES), 0)
        self.assertEqual(len(self.objects()), 2)

    @override_settings(PORTAL_BACKUP_TERMS=["1", "0", "0"])
    def test_beside_a_damaged_manifest_nothing_goes(self):
        first = self.take().backup
        (first.folder / "manifest.json").write_text("{}")

        self.take(NOW + timedelta(days=1))

        self.assertTrue(first.folder.exists())
        self.assertEqual(len(Target(self.folder).folders()), 2)


class Readiness(BackupCase):
    def state(self, on: datetime = NOW) -> tuple[str, str]:
        with time_machine.travel(on, tick=False):
            found = freshness.check()
        self.assertFalse(found.state == health.FAILED and found.stops_serving)
        return found.state, found.detail

    def test_it_names_the_age_and_grows_worse(self):
        self.assertEqual(self.state()[0], health.FAILED)
        self.take()

        states = [self.state(NOW + timedelta(hours=hours))[0] for hours in (1, 25, 27, 51)]

        self.assertEqual(states, [health.OK, health.OK, health.WARNING, health.FAILED])
        self.assertIn("08:40 02/03/2026", self.state()[1])

    def test_a_disk_that_is_not_there_is_a_failure(self):
        with override_settings(PORTAL_BACKUP=str(self.own / "chua-gan")):
            self.assertEqual(self.state()[0], health.FAILED)

    @override_settings(PORTAL_BACKUP="")
    def test_no_place_is_a_warning_but_for_a_demonstration(self):
        self.assertEqual(self.state()[0], health.WARNING)
        with override_settings(PORTAL_DEMO=True):
            self.assertEqual(self.state()[0], health.OK)


class Targets(BackupCase):
    """What is refused before anything is written; the drills are in `tests/home/test_restore.py`."""

    def setUp(self):
        super().setUp()
        self.put("media/a.txt", b"mot")
        self.backup = self.take().backup

    def refused(self, words: str, into: Path, url: str = "postgres://x/y", identities=None) -> None:
        with mock.patch.object(restoring, "is_empty", return_value=False), self.assertRaises(BackupFailed) as caught:
            restoring.restore(Target(self.folder), self.backup, into, url, identities or IDENTITIES)
        self.assertIn(words, str(caught.exception))

    def test_a_folder_or_database_that_is_not_empty_is_left_alone(self):
        self.refused("không trống", self.var)
        self.refused("Cơ sở dữ liệu đích không trống", self.own / "moi")
        self.assertFalse((self.own / "moi").exists())

    def test_a_wrong_key_a_wrong_address_and_no_room_are_named(self):
        into = self.own / "moi"
        self.refused("Khóa riêng", into, identities=[age_keys.read_private(age_keys.new_private_key())])
        self.refused("postgres://", into, url="mysql://x/y")
        with mock.patch.object(restoring, "_demand_empty"):
            with mock.patch.object(shutil, "disk_usage", return_value=Usage(1, 1, 0)):
                self.refused("Chưa ghi gì", into)
        self.assertFalse(into.exists())

    def test_the_command_needs_a_folder_of_backups_and_one_of_its_names(self):
        arguments = ["restore", "--into", str(self.own / "moi"), "--identity", self.private_key()]
        with override_settings(PORTAL_BACKUP=""), self.assertRaisesMessage(CommandError, "--from"):
            call_command(*arguments)
        with self.assertRaisesMessage(CommandError, "đang có"):
            call_command(*arguments, "--backup", "2020")

    def test_the_command_takes_the_database_from_the_settings_and_no_password_from_its_line(self):
        arguments = ["restore", "--into", str(self.own / "moi"), "--identity", self.private_key()]
        secret = "postgres://cong:mat-khau@may/ten"
        with mock.patch.object(restoring, "restore", side_effect=BackupFailed("hỏi")) as asked:
            for given in (secret, "postgres://may/ten?password=mat-khau"):
                with self.assertRaisesMessage(CommandError, "PORTAL_RESTORE_DATABASE_URL"):
                    call_command(*arguments, "--database", given)
            self.assertEqual(asked.call_count, 0)

            for given, url in (([], secret), (["--database", "postgres://may/ten"], "postgres://may/ten")):
                with self.subTest(url), override_settings(PORTAL_RESTORE_DATABASE_URL=secret):
                    with self.assertRaisesMessage(CommandError, "hỏi"):
                        call_command(*arguments, *given)
                    self.assertEqual(asked.call_args.args[3], url)
