"""The chain of the audit trail: what is sealed, what is stated outside, and what `verify` finds."""

import json
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import time_machine
from django.conf import settings
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import TestCase, override_settings

from accounts.models import User
from base.audit import sealing, verifying
from base.audit import trail as audit
from base.chain import keys as audit_keys
from base.chain import tips
from base.models import AuditChain, AuditEntry, AuditSeal
from base.operations import append_only

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


class ChainTestCase(TestCase):
    """A chain of its own, with its seals and keys in a folder that is thrown away."""

    def setUp(self):
        folder = Path(tempfile.mkdtemp(prefix="seals-"))
        self.addCleanup(shutil.rmtree, folder)
        self.folder = folder / "seals"
        places = override_settings(PORTAL_SEALS=self.folder, PORTAL_AUDIT_KEYS=folder / "audit_keys")
        places.enable()
        self.addCleanup(places.disable)
        tips._last_written.clear()
        clock = time_machine.travel(NOON, tick=False)
        self.clock = clock.start()
        self.addCleanup(clock.stop)

    def write(self, count: int = 1) -> list[AuditEntry]:
        """Write entries and seal each by itself, a second apart."""
        entries = []
        for number in range(count):
            entries.append(audit.record("draft.seen", actor_name=f"Cán bộ mẫu {number:02}", object_label="Bài thử"))
            sealing.seal()
            self.clock.shift(1)
        return entries

    def first_fault(self, minutes: int = 5) -> verifying.LinkViolation | None:
        return verifying.verify(on=NOON + timedelta(minutes=minutes)).first

    def by_force(self, statement: str, *values) -> None:
        """What somebody with the database's password does."""
        append_only.remove()
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        append_only.install()


class Seal(ChainTestCase):
    def test_counts_without_a_gap_and_binds_each_link_to_the_one_before(self):
        self.write(3)

        links = list(AuditSeal.objects.order_by("sequence"))

        self.assertEqual([link.sequence for link in links], [1, 2, 3])
        self.assertEqual([link.previous_seal for link in links], ["", links[0].seal, links[1].seal])
        self.assertEqual(AuditChain.objects.get().seal, links[2].seal)
        self.assertIsNone(self.first_fault())

    def test_an_entry_that_is_committed_late_gets_a_later_link(self):
        first, second, third = (audit.record("draft.seen", actor_name=name) for name in "abc")
        self.by_force("DELETE FROM base_auditentry WHERE id = %s", first.pk)
        sealing.seal()
        first.save(force_insert=True)

        sealing.seal()

        order = AuditSeal.objects.order_by("sequence").values_list("entry_id", flat=True)
        self.assertEqual(list(order), [second.pk, third.pk, first.pk])
        self.assertIsNone(self.first_fault())

    def test_costs_little_when_nothing_is_new(self):
        self.write()

        with self.assertNumQueries(5):  # the last number, newer ones, late ones, two tips
            self.assertEqual(sealing.seal(), 0)

    def test_entries_and_links_cannot_be_changed_or_deleted(self):
        entry = self.write()[0]
        for statement in (
            "UPDATE base_auditentry SET action = 'x'",
            "DELETE FROM base_auditentry",
            "UPDATE base_auditseal SET seal = 'x'",
            "DELETE FROM base_auditseal",
        ):
            with self.subTest(statement), self.assertRaises(DatabaseError), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement)
        self.assertTrue(AuditEntry.objects.filter(pk=entry.pk, action="draft.seen").exists())


class Tips(ChainTestCase):
    def test_a_signed_line_is_flushed_outside_the_database_after_every_batch(self):
        self.write(2)

        lines = [json.loads(line) for line in (self.folder / "tips-2026-11.log").read_text().splitlines()]

        trail = [line for line in lines if line["chain"] == "audit"]
        self.assertEqual([line["count"] for line in trail], [1, 2])
        self.assertEqual(trail[1]["seal"], AuditSeal.objects.get(sequence=2).seal)
        self.assertTrue(all(audit_keys.is_genuine(line, audit_keys.keys()) for line in lines))

    def test_a_tip_that_was_not_written_is_caught_up(self):
        self.write(2)
        (self.folder / "tips-2026-11.log").unlink()
        tips._last_written.clear()

        sealing.seal()

        self.assertIsNone(self.first_fault())

    @override_settings(PORTAL_AUDIT_MAIL=["kiem-tra@example.invalid"])
    def test_the_day_has_a_signed_file_and_a_mail(self):
        self.write(2)

        path = tips.write_daily_tips(on=NOON)

        self.assertEqual(path.name, "2026-11-25.json")
        self.assertTrue(audit_keys.is_genuine(json.loads(path.read_text()), audit_keys.keys()))
        self.assertIn(AuditSeal.objects.get(sequence=2).seal, mail.outbox[0].body)

    def test_a_daily_file_that_is_gone_or_was_exchanged_is_named(self):
        self.write(1)
        first = tips.write_daily_tips(on=NOON)
        kept = first.read_text()
        self.write(1)
        tips.write_daily_tips(on=NOON + timedelta(hours=1))
        self.assertIsNone(self.first_fault())

        first.write_text(kept)
        self.assertIn("2026-11-25.json: không phải tệp đã ghi trong ngày", str(self.first_fault()))
        first.unlink()
        self.assertIn("2026-11-25.json: thiếu tệp", str(self.first_fault()))

    def test_two_processes_that_need_the_first_key_make_one(self):
        made = [self.first_key_of_another_process() for _ in range(4)]
        for process in made:
            process.wait()

        (number,) = audit_keys.keys()
        self.assertRegex(number, r"^k1-[0-9a-f]{8}$")

    def first_key_of_another_process(self) -> subprocess.Popen:
        """A process that needs the signing key, with this test's file."""
        statement = (
            "from pathlib import Path; from django.conf import settings;"
            f"settings.PORTAL_AUDIT_KEYS = Path({str(self.folder.parent / 'audit_keys')!r});"
            "from base.chain import keys; keys._signing_key()"
        )
        return subprocess.Popen([sys.executable, "-c", statement], cwd=settings.BASE_DIR)

    def test_lines_of_an_old_key_go_on_counting_after_a_new_one(self):
        self.write()
        call_command("rotate_audit_key", stdout=StringIO())
        self.write()

        keys = {json.loads(line)["key"] for line in (self.folder / "tips-2026-11.log").read_text().splitlines()}

        self.assertEqual(sorted(key.partition("-")[0] for key in keys), ["k1", "k2"])
        self.assertIsNone(self.first_fault())

    def test_entries_of_a_machine_with_another_key_are_told_from_forged_ones(self):
        self.write()
        settings.PORTAL_AUDIT_KEYS.rename(self.folder.parent / "away")
        audit_keys.demand()

        self.assertRegex(str(self.first_fault()), r"tệp khóa của máy này thiếu khóa k1-[0-9a-f]{8}")

    def test_the_keys_are_readable_by_the_service_alone(self):
        self.write()

        path = self.folder.parent / "audit_keys"

        self.assertEqual(path.stat().st_mode & 0o777, 0o600)


class Verify(ChainTestCase):
    def test_names_the_entry_that_was_changed(self):
        entries = self.write(4)
        self.by_force("UPDATE base_auditentry SET actor_name = 'Cán bộ mẫu 99' WHERE id = %s", entries[2].pk)

        fault = self.first_fault()

        self.assertEqual((fault.place, fault.entry_id), (3, entries[2].pk))
        self.assertIn("đã bị sửa", fault.message)

    def test_names_the_entry_that_was_deleted(self):
        entries = self.write(3)
        self.by_force("DELETE FROM base_auditentry WHERE id = %s", entries[1].pk)

        fault = self.first_fault()

        self.assertEqual((fault.place, fault.entry_id), (2, entries[1].pk))
        self.assertIn("đã bị xóa", fault.message)

    def test_names_the_place_of_a_dropped_link(self):
        self.write(4)
        self.by_force("DELETE FROM base_auditseal WHERE sequence = 2")

        self.assertEqual(self.first_fault().place, 2)

    def test_names_the_cut_tail(self):
        entries = self.write(5)
        kept = AuditSeal.objects.get(sequence=3)
        self.by_force("DELETE FROM base_auditseal WHERE sequence > 3")
        self.by_force("DELETE FROM base_auditentry WHERE id > %s", entries[2].pk)
        AuditChain.objects.update(count=3, seal=kept.seal)

        fault = self.first_fault()

        self.assertEqual(fault.place, 4)
        self.assertIn("mất 2 mắt xích cuối", fault.message)

    def test_names_the_first_link_of_a_chain_that_was_written_anew(self):
        entries = self.write(5)
        self.by_force("UPDATE base_auditentry SET object_label = 'Bài khác' WHERE id = %s", entries[1].pk)
        write_anew(self, from_sequence=2)

        fault = self.first_fault()

        self.assertEqual((fault.place, fault.entry_id), (2, entries[1].pk))
        self.assertIn("viết lại", " ".join(map(str, verifying.verify(on=NOON).violations)))

    def test_names_the_entry_even_when_a_whole_batch_was_written_anew(self):
        entries = [audit.record("draft.seen", object_label=f"Bài {number}") for number in range(5)]
        sealing.seal()
        self.by_force("UPDATE base_auditentry SET object_label = 'Bài khác' WHERE id = %s", entries[3].pk)
        write_anew(self, from_sequence=4)

        fault = self.first_fault()

        self.assertEqual((fault.place, fault.entry_id), (4, entries[3].pk))

    def test_names_an_entry_that_the_portal_did_not_write_though_it_was_sealed(self):
        self.write(2)
        AuditEntry.objects.create(action="portal.publish", actor_name="Cán bộ mẫu 99", at=NOON)
        self.write(1)

        fault = self.first_fault()

        self.assertEqual(fault.place, 3)
        self.assertIn("không do cổng ghi", fault.message)

    def test_names_an_entry_that_was_put_in_twice(self):
        entry = self.write(2)[0]
        self.by_force("DROP INDEX audit_signed_once")
        entry.pk = None
        entry.save(force_insert=True)
        sealing.seal()

        fault = self.first_fault()

        self.assertEqual((fault.place, fault.entry_id), (3, entry.pk))
        self.assertIn("bản chép lại", fault.message)

    def test_entries_of_the_time_before_signatures_are_no_fault(self):
        AuditEntry.objects.create(action="draft.seen", at=NOON)
        self.write(2)

        self.assertIsNone(self.first_fault())

    def test_names_the_tail_without_seals_after_a_minute(self):
        self.write(2)
        entry = audit.record("draft.seen")

        self.assertIsNone(self.first_fault(minutes=0))
        fault = self.first_fault(minutes=5)

        self.assertEqual(fault.entry_id, entry.pk)
        self.assertIn("chưa niêm phong", fault.message)

    def test_finds_a_file_of_tips_that_was_changed(self):
        self.write(3)
        path = self.folder / "tips-2026-11.log"
        lines = path.read_text().splitlines(keepends=True)

        path.write_text("".join([lines[0], *lines[2:]]))
        self.assertIn("thiếu dòng", self.first_fault().message)
        path.write_text("".join(lines).replace('"count":2', '"count":9'))
        self.assertIn("chữ ký sai", "".join(map(str, verifying.verify(on=NOON).violations)))
        path.unlink()
        self.assertIn("không có đầu chuỗi nào ký bên ngoài", self.first_fault().message)

    def test_a_line_cut_off_by_a_crash_is_no_fault(self):
        self.write(2)
        with (self.folder / "tips-2026-11.log").open("a") as file:
            file.write('{"chain":"audit","cou')
        self.write(1)

        self.assertIsNone(self.first_fault())

    def test_finds_triggers_that_were_taken_away(self):
        self.write(1)
        append_only.remove()

        messages = " ".join(map(str, verifying.verify(on=NOON).violations))
        append_only.install()

        self.assertIn("base_auditentry", messages)

    def test_the_command_exits_with_1_and_names_the_first_bad_entry(self):
        entries = self.write(2)
        out, err = StringIO(), StringIO()
        call_command("verify_audit", stdout=out)
        self.assertIn("2 mắt xích nguyên vẹn", out.getvalue())
        self.by_force("UPDATE base_auditentry SET result = 'failed' WHERE id = %s", entries[0].pk)

        with self.assertRaises(SystemExit) as stopped:
            call_command("verify_audit", stdout=out, stderr=err)

        self.assertEqual(stopped.exception.code, 1)
        self.assertIn(f"DÒNG SAI ĐẦU TIÊN: mắt xích 1, dòng nhật ký {entries[0].pk}", err.getvalue())


class AcceptRestore(ChainTestCase):
    def setUp(self):
        super().setUp()
        self.superuser = User.objects.create_superuser("sieu-quan-tri", full_name="Cán bộ mẫu 12")
        entries = self.write(4)
        kept = AuditSeal.objects.get(sequence=3)
        self.by_force("DELETE FROM base_auditseal WHERE sequence > 3")
        self.by_force("DELETE FROM base_auditentry WHERE id > %s", entries[2].pk)
        AuditChain.objects.update(count=3, seal=kept.seal)

    def test_the_chain_goes_on_from_the_older_copy_and_says_so(self):
        self.assertIn("cắt đuôi", self.first_fault().message)

        lost = sealing.accept_restore(by=self.superuser, reason="Khôi phục từ bản sao lưu sáng nay, đĩa hỏng")
        self.write(2)

        self.assertGreater(lost, 0)
        self.assertIsNone(self.first_fault())
        self.assertEqual(AuditEntry.objects.filter(action="audit.restored").count(), 1)

    def test_nobody_else_may_and_not_without_a_reason(self):
        with self.assertRaises(PermissionDenied):
            sealing.accept_restore(by=User(username="khac"), reason="Khôi phục từ bản sao lưu")
        with self.assertRaises(CommandError):
            call_command("accept_restore", by="sieu-quan-tri", reason="x")
        self.assertIn("cắt đuôi", self.first_fault().message)


def write_anew(case: ChainTestCase, *, from_sequence: int) -> None:
    """Compute the chain anew from a link on, as a forger without the signing key would."""
    links = list(AuditSeal.objects.order_by("sequence"))
    previous = links[from_sequence - 2].seal if from_sequence > 1 else ""
    append_only.remove()
    for link in links[from_sequence - 1 :]:
        row = AuditEntry.objects.filter(pk=link.entry_id).values(*sealing.FIELDS).get()
        link.digest, link.previous_seal = sealing.entry_digest(row), previous
        seal = link.computed_seal()
        AuditSeal.objects.filter(pk=link.pk).update(digest=link.digest, seal=seal, previous_seal=previous)
        previous = seal
    append_only.install()
    AuditChain.objects.update(seal=previous)
