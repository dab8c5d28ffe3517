"""Drills: a portal is backed up, goes on, and is put back from the older copy elsewhere, as a process of its own.

On SQLite the copy goes into SQLite, on PostgreSQL into PostgreSQL; the rows of SQLite into PostgreSQL are tried there,
too.
"""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg2
import time_machine
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone

from accounts import appointments, decisions
from accounts.models import Appointment
from accounts.signin import passwords
from base.chain import tips
from base.models import PortalSite
from base.operations import append_only
from base.operations.backup import moving, restoring, taking
from base.operations.backup.target import BackupFailed, Target
from home import restored
from personaldata import retention
from tests.base.own_backups import IDENTITIES, OwnBackups
from tests.city import CityTestCase, build_city, publish
from tests.faq.cast import a_question
from tests.workflows.drafts import article, on_city_host
from workflows.drafts import previews
from workflows.publishing import takedown
from workflows.upkeep import invariants

# Asked of the portal that was put back, in one process.
ASK = """
import json
from django.test import Client
from accounts.models import Appointment, PortalSession, User
from base.models import AuditEntry
from base.public.page_cache import read_generations
from faq.models import QuestionContact
client = Client(SERVER_NAME="localhost")
contact = QuestionContact.objects.get(question={question})
print(json.dumps({{
    "removed": client.get("{removed}").status_code,
    "stays": client.get("{stays}").status_code,
    "erased": [contact.purged_at is not None, contact.name, contact.email],
    "appointment": Appointment.objects.get(pk={appointment}).state,
    "password": User.objects.get(pk={changed}).has_usable_password(),
    "sessions": PortalSession.objects.filter(ended=None).count(),
    "generation": min(value for value, _urgent in read_generations().values()) >= 1_000_000,
    "recorded": AuditEntry.objects.filter(action="portal.restored").count(),
}}))
"""


class Drill(OwnBackups, TransactionTestCase):
    def setUp(self):
        super().setUp()
        with transaction.atomic():
            self.city = build_city()
            self.cast = self.city.cast
            self.removed, self.stays = (
                publish(article(self.city, self.city.my_long, by=self.cast.contributor, title=title))
                for title in ("Bài sẽ bị gỡ", "Bài ở lại")
            )
            self.question = a_question(self.city, state="replied")
            self.appointment = Appointment.objects.get(person=self.cast.contributor_my_xuyen)
        self.addresses = {name: on_city_host(self.city, getattr(self, name)) for name in ("removed", "stays")}
        self.put("media/tai-lieu/tep.txt", "Tệp của cổng".encode())
        tips.write_tips()

    def go_on(self) -> None:
        """What happens after the backup."""
        takedown.emergency_remove(self.removed, by=self.cast.head, reason="Sai số liệu")
        with transaction.atomic():
            retention.purge_record(self.question, by=self.cast.standing_office)
        decision = decisions.record_decision(
            number="30/QĐ-UBND",
            kind="end",
            signed_on=date(2026, 2, 20),
            issuing_body="Ủy ban nhân dân thành phố Long Xuyên",
            title="Thu hồi",
            by=self.cast.technical_admin,
        )
        appointments.revoke(
            self.appointment, by=self.cast.technical_admin, decision=decision, reason="Tài khoản ở tay người khác"
        )
        with transaction.atomic():
            person = self.cast.deputy
            passwords.change_password(person, "Cau.Rong-7.Bac", by=person, on=timezone.now())

    def other_database(self) -> str:
        """The address of an empty database beside that of the tests; "" for SQLite."""
        if connection.vendor == "sqlite":
            return ""
        name, server = f"{connection.settings_dict['NAME']}_restored", os.environ["DATABASE_URL"]

        def run(statement):
            with contextlib.closing(psycopg2.connect(server)) as there:
                there.autocommit = True
                there.cursor().execute(statement)

        run(f'DROP DATABASE IF EXISTS "{name}"')
        run(f'CREATE DATABASE "{name}"')
        self.addCleanup(run, f'DROP DATABASE "{name}" WITH (FORCE)')
        return server.replace("/postgres?", f"/{name}?")

    def in_portal(self, environment: dict, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", *arguments],
            env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "PORTAL_HTTPS": "false"},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_an_older_copy_is_put_back_and_what_went_since_goes_again(self):
        self.assertEqual(self.client.get(self.addresses["removed"]).status_code, 200)
        backup = taking.take().backup
        # What the small city lacks, so does its copy.
        lacking = set(invariants.violations())
        self.go_on()
        into, url = self.own / "restored", self.other_database()

        environment = restoring.restore(
            Target(self.folder),
            backup,
            into,
            url,
            IDENTITIES,
            key_file=self.own / "keys" / "portal-keys.age",
            journals=[self.var],
        )
        done = self.in_portal(environment, "finish_restore")

        wrong = {line.removeprefix("SAI: ") for line in done.stderr.splitlines() if line.startswith("SAI: ")}
        self.assertEqual(wrong - lacking, set())
        self.assertNotIn("CẦN NGƯỜI LÀM", done.stdout)
        self.assertIn("Đã làm lại 4 việc", done.stdout)
        self.assertIn("Đã mở 10 trang", done.stdout)
        self.assertEqual((into / "media/tai-lieu/tep.txt").read_text(), "Tệp của cổng")
        code = ASK.format(
            **self.addresses, question=self.question.pk, appointment=self.appointment.pk, changed=self.cast.deputy.pk
        )
        found = json.loads(self.in_portal(environment, "shell", "-v0", "-c", code).stdout)
        self.assertEqual(
            found,
            {
                "removed": 410,
                "stays": 200,
                "erased": [True, "", ""],
                "appointment": "revoked",
                "password": False,
                "sessions": 0,
                "generation": True,
                "recorded": 1,
            },
        )

    def test_a_newer_backup_of_the_folder_says_what_went_since(self):
        """The machine is lost; the last night's backup knows more than the one that is put back."""
        older = taking.take().backup
        self.go_on()
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            taking.take()

        restoring.restore(Target(self.folder), older, self.own / "restored", self.other_database(), IDENTITIES)

        self.assertEqual(len(list((self.own / "restored/gone/entries").glob("*.json"))), 1)
        (log,) = (self.own / "restored/gone-shared").glob("ended-*.log")
        self.assertEqual(log.read_bytes().count(b"done"), 3)

    def test_a_row_that_is_missing_is_named(self):
        backup = taking.take().backup
        into = self.own / "restored"
        restoring.restore(Target(self.folder), backup, into, self.other_database(), IDENTITIES)
        plan = json.loads((into / restoring.PLAN).read_text())
        plan["counts"]["wagtailcore_page"] += 1
        found = restored.Found()

        restored._compare_rows(restoring.Plan(**plan), found)

        (line,) = [line for line in found.wrong if "wagtailcore_page" in line]
        self.assertIn(f"bản sao lưu có {plan['counts']['wagtailcore_page']}", line)

    def test_a_portal_that_was_not_put_back_is_not_finished(self):
        with self.assertRaisesMessage(BackupFailed, "restore.json"):
            restored.complete(on=timezone.now())


class Replaying(OwnBackups, CityTestCase):
    def test_links_to_drafts_end_and_a_copy_older_than_the_journals_is_refused(self):
        """One that was revoked since the copy would be open again."""
        page = article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài đang soạn")
        link = previews.make_link(page, by=self.cast.contributor, recipient="Phòng Tư pháp", reason="xin ý kiến")
        now = timezone.now()
        plan = restoring.Plan("ban", (now - timedelta(days=401)).isoformat(), {}, {}, False)
        found = restored.Found()

        restored._replay(plan, found, now)

        link.refresh_from_db()
        self.assertEqual((link.ended_at, previews.version_of(link)), (now, None))
        self.assertIn("Đã kết thúc 1 liên kết xem trước.", found.done)
        (line,) = found.wrong
        self.assertIn("cũ hơn 400 ngày", line)


class Moving(OwnBackups, TransactionTestCase):
    """A SQLite file with the rows of the small city, as SQLite stores them, into the database that migrations made."""

    def setUp(self):
        super().setUp()
        with transaction.atomic():
            city = build_city()
            publish(article(city, city.my_long, by=city.cast.contributor, title="Tết «Nguyên đán», 100 %\n\\N"))
            a_question(city)
        self.file = self.own / "old.sqlite3"
        self.tables = moving.tables_to_copy()
        self.rows = {table: self.read(table) for table in self.tables}
        self.write()

    def read(self, table: str) -> tuple[list[str], list[tuple]]:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            return [column.name for column in cursor.description], [tuple(map(plain, row)) for row in cursor.fetchall()]

    def write(self) -> None:
        with contextlib.closing(sqlite3.connect(self.file)) as there:
            for table, (columns, rows) in self.rows.items():
                names = ", ".join(f'"{name}"' for name in columns)
                there.execute(f'CREATE TABLE "{table}" ({names})')
                marks = ", ".join("?" * len(columns))
                there.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [[*map(as_sqlite, row)] for row in rows])
            there.commit()

    def test_every_row_of_every_table_arrives_and_keys_go_on(self):
        before = PortalSite.objects.get(slug="my-long")
        with transaction.atomic():
            append_only.remove()
            PortalSite.objects.filter(pk=before.pk).update(name="Tên khác")
            ContentType.objects.filter(model="article").update(model="khac")
            append_only.install()

        counts = moving.move(self.file)

        self.assertEqual({table: self.read(table) for table in self.tables}, self.rows)
        self.assertEqual(counts, {table: len(rows) for table, (_columns, rows) in self.rows.items()})
        self.assertEqual(append_only.missing(), [])
        added = ContentType.objects.create(app_label="thu", model="thu")
        self.assertGreater(added.pk, max(row[0] for row in self.rows["django_content_type"][1]))

    def test_a_table_with_other_columns_moves_nothing(self):
        with contextlib.closing(sqlite3.connect(self.file)) as there:
            there.execute("ALTER TABLE base_portalsite ADD COLUMN cot_la")
            there.commit()

        with self.assertRaisesMessage(BackupFailed, "cot_la"):
            moving.move(self.file)

        self.assertEqual({table: self.read(table) for table in self.tables}, self.rows)
        self.assertEqual(append_only.missing(), [])


def plain(value):
    """A value that can be compared."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def as_sqlite(value):
    """A value as Django stores it in SQLite."""
    match value:
        case bool():
            return int(value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S.%f}"
        case UUID():
            return value.hex
        case timedelta():
            return int(value / timedelta(microseconds=1))
        case Decimal():
            return float(value)
        case memoryview():
            return bytes(value)
        case None | int() | float() | str() | bytes():
            return value
        case _:
            return str(value)
