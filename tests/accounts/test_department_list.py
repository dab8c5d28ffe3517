"""The list for the department: who is in it, what changed since the last one, the files, the letter."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts import appointments, department_list, persons
from accounts.models import AppointmentDecision, DepartmentList
from base.gate import Refused
from base.models import AuditEntry
from tests.accounts.decisions import TODAY, WithDecisions


class Listing(WithDecisions):
    def make(self, **fields):
        return department_list.make_list(**{"by": self.cast.standing_office, **fields})

    def sent(self):
        return department_list.send_list(
            self.make(), by=self.cast.standing_office, sent_on=TODAY, letter="9/VHTT", with_decisions=False
        )

    def changes(self, made):
        return [(row["kind"], row["name"]) for row in made.changes]

    def test_names_everybody_in_force_the_city_first_with_the_decision(self):
        self.appoint("ward_approver")

        made = self.make()

        names = [row["name"] for row in made.members]
        self.assertEqual(len(names), 12)
        self.assertNotIn("Cán bộ mẫu 52", names)
        self.assertEqual(made.members[0]["site"], self.city.site.name)
        self.assertEqual(made.members[-1]["decision"], "01/QĐ-UBND ngày 12/06/2020")

    def test_names_what_changed_since_the_list_that_was_sent_last(self):
        self.sent()
        self.appoint()
        appointments.revoke(
            self.of(self.cast.contributor), by=self.admin, decision=self.decision("end", "30/QĐ-UBND"), reason="Thôi"
        )
        persons.change_account(
            self.cast.editor,
            by=self.admin,
            full_name="Cán bộ mẫu 04",
            position="Chuyên viên",
            email=self.cast.editor.email,
        )
        self.make()  # not sent: the next one is compared with the one that was

        made = self.make()

        self.assertEqual(
            self.changes(made), [("Thêm", "Cán bộ mẫu 52"), ("Thôi", "Cán bộ mẫu 01"), ("Sửa", "Cán bộ mẫu 04")]
        )
        self.assertIn("30/QĐ-UBND", made.changes[1]["what"])
        self.assertEqual(made.changes[2]["what"], "Chức vụ: (trống) → Chuyên viên")

    def cells(self, made) -> list[list[str]]:
        """The text of every cell of the list's two sheets; the file itself bears the second at which it was written."""
        book = openpyxl.load_workbook(BytesIO(department_list.as_xlsx(made)))
        self.assertEqual(book.sheetnames, ["Thành viên", "Thay đổi"])
        return [[str(cell.value or "") for row in sheet.iter_rows() for cell in row] for sheet in book]

    def test_stays_what_it_was_when_made(self):
        made = self.make()
        before = self.cells(made)
        self.appoint()

        self.assertEqual(self.cells(DepartmentList.objects.get(pk=made.pk)), before)

    def test_the_spreadsheet_has_members_and_changes(self):
        self.sent()
        self.appoint()
        cells = self.cells(self.make())

        self.assertIn("Cán bộ mẫu 52", cells[0])
        self.assertEqual([text for text in cells[1] if text in ("Thêm", "Cán bộ mẫu 52")], ["Thêm", "Cán bộ mẫu 52"])

    def test_both_files_are_given_out_and_written_down(self):
        made = self.make()
        self.client.force_login(self.cast.head)

        for extension, start in (("xlsx", b"PK"), ("pdf", b"%PDF-")):
            with self.subTest(extension):
                response = self.client.get(reverse(f"accounts_list_{extension}", args=[made.pk]))
                self.assertTrue(response.content.startswith(start))
                self.assertIn(f"danh-sach-phan-cong-2026-03-02.{extension}", response.headers["Content-Disposition"])
                self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(AuditEntry.objects.filter(action="export.made").count(), 2)

    def test_sending_it_marks_the_decisions_that_went_along(self):
        decision = self.decision()
        made = self.make()
        later = self.decision(number="16/QĐ-UBND", on=timezone.now() + timedelta(minutes=1))

        department_list.send_list(made, by=self.cast.standing_office, sent_on=TODAY, letter="9/VHTT")

        decision.refresh_from_db()
        later.refresh_from_db()
        self.assertEqual((decision.sent_to_department_on, decision.sent_by_letter), (TODAY, "9/VHTT"))
        self.assertIsNone(later.sent_to_department_on)
        with self.assertRaises(Refused):
            department_list.send_list(made, by=self.cast.standing_office, sent_on=TODAY, letter="10/VHTT")

    def test_needs_a_letter_and_a_day_that_can_be(self):
        made = self.make()

        for fields in ({"letter": " "}, {"sent_on": date(2026, 3, 1)}, {"sent_on": date(2026, 3, 3)}):
            with self.subTest(fields=fields), self.assertRaises(ValidationError):
                department_list.send_list(
                    made, by=self.cast.standing_office, **{"sent_on": TODAY, "letter": "9/VHTT", **fields}
                )

    def test_is_made_by_the_standing_office_or_the_admin_alone(self):
        for who in ("head", "deputy", "unit_head", "contributor", "superuser"):
            with self.subTest(who), self.assertRaises(Refused):
                self.make(by=getattr(self.cast, who))
        self.assertEqual(self.make(by=self.admin).recorded_by, self.admin)

    def test_the_screens_make_it_and_write_down_the_letter(self):
        self.client.force_login(self.cast.standing_office)

        self.client.post(reverse("accounts_lists"))
        made = DepartmentList.objects.get()
        self.client.post(
            reverse("accounts_list", args=[made.pk]),
            {"sent_on": "02/03/2026", "letter": "9/VHTT", "with_decisions": "on"},
        )

        made.refresh_from_db()
        self.assertEqual((made.sent_on, made.letter), (TODAY, "9/VHTT"))
        self.assertFalse(AppointmentDecision.objects.filter(sent_to_department_on=None).exists())
        self.assertContains(self.client.get(reverse("accounts_list", args=[made.pk])), "Đã gửi Sở ngày 02/03/2026")
