"""The register of training: what was held, who was there, who is due this year."""

from datetime import date
from io import BytesIO

import openpyxl
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import appointments
from accounts.models import Attendance, BoardMember, Training
from accounts.registers import board, training
from base.gate import Refused
from tests.accounts.decisions import TODAY, WithDecisions


class WithTraining(WithDecisions):
    def held(self, **fields):
        known = {
            "by": self.cast.standing_office,
            "title": "Biên tập tin bài",
            "field": "editing",
            "document": "Kế hoạch 12/KH-VHTT",
            "organiser": "Phòng Văn hóa và Thông tin",
            "held_from": date(2026, 2, 10),
            "held_to": date(2026, 2, 11),
        }
        return training.record(**{**known, **fields})

    def key(self, user) -> str:
        return f"person-{user.pk}"

    def due(self) -> set[str]:
        return {trainee.name for trainee in training.people_due(TODAY)}


class Due(WithTraining):
    def test_who_edits_or_administers_is_due_until_they_attended_this_year(self):
        made = self.held()

        training.attend(made, by=self.cast.standing_office, results={self.key(self.cast.contributor): "attended"})

        self.assertNotIn(self.cast.contributor.get_full_name(), self.due())
        self.assertIn(self.cast.editor.get_full_name(), self.due())
        self.assertIn(self.cast.technical_admin.get_full_name(), self.due())

    def test_an_accountant_and_who_has_no_appointment_are_not_to_be_trained(self):
        self.assertNotIn(self.cast.accountant.get_full_name(), self.due())
        self.assertNotIn(self.newcomer.get_full_name(), self.due())

    def test_a_training_of_last_year_leaves_them_due(self):
        made = self.held(held_from=date(2025, 12, 30), held_to=date(2025, 12, 31))

        training.attend(made, by=self.cast.standing_office, results={self.key(self.cast.editor): "certified"})

        self.assertIn(self.cast.editor.get_full_name(), self.due())

    def test_who_was_absent_is_due(self):
        made = self.held()

        training.attend(made, by=self.cast.standing_office, results={self.key(self.cast.editor): "absent"})

        self.assertIn(self.cast.editor.get_full_name(), self.due())

    def test_a_member_of_the_board_without_an_account_is_to_be_trained_too(self):
        decision = self.decision("board", "20/QĐ-UBND")
        member = board.enter(
            decision, by=self.admin, rank=BoardMember.Rank.MEMBER, name="Cán bộ mẫu 60", valid_from=date(2026, 2, 20)
        )
        self.assertIn("Cán bộ mẫu 60", self.due())

        made = self.held(held_from=date(2026, 2, 25), held_to=date(2026, 2, 25))
        training.attend(made, by=self.admin, results={f"member-{member.pk}": "attended"})

        self.assertNotIn("Cán bộ mẫu 60", self.due())

    def test_a_member_with_an_account_is_counted_once(self):
        decision = self.decision("board", "20/QĐ-UBND")
        board.enter(
            decision, by=self.admin, rank=BoardMember.Rank.HEAD, person=self.cast.head, valid_from=date(2026, 2, 20)
        )

        names = [trainee.name for trainee in training.trainees(TODAY)]

        self.assertEqual(names.count(self.cast.head.get_full_name()), 1)

    def test_the_year_has_its_figures(self):
        made = self.held()
        training.attend(made, by=self.admin, results={self.key(self.cast.editor): "attended"})

        found = training.of_year(2026)

        self.assertEqual((found.held, found.trained), (1, 1))
        self.assertEqual(found.people, len(training.trainees(TODAY)))

    def test_the_list_costs_the_same_however_many_people(self):
        self.held()
        with self.assertNumQueries(3):
            training.trainees(TODAY)


class Recording(WithTraining):
    def test_what_is_missing_or_to_come_is_named_at_its_field(self):
        with self.assertRaises(ValidationError) as refused:
            self.held(title=" ", field="?", held_to=date(2026, 3, 9))

        self.assertEqual(set(refused.exception.message_dict), {"title", "field", "held_to"})

    def test_only_standing_office_and_technical_admin_write(self):
        made = self.held()
        for who in ("head", "editor", "contributor"):
            with self.subTest(who), self.assertRaises(Refused):
                self.held(by=getattr(self.cast, who))
            with self.subTest(who), self.assertRaises(Refused):
                training.attend(made, by=getattr(self.cast, who), results={})

    def test_what_is_recorded_again_replaces_what_was(self):
        made = self.held()
        key = self.key(self.cast.editor)
        training.attend(made, by=self.admin, results={key: "absent"})

        training.attend(made, by=self.admin, results={key: "certified"})

        self.assertEqual(Attendance.objects.get(training=made).result, "certified")

    def test_it_can_be_corrected_when_the_person_has_left(self):
        made = self.held()
        key = self.key(self.cast.contributor)
        training.attend(made, by=self.admin, results={key: "attended"})
        appointments.revoke(
            self.of(self.cast.contributor), by=self.admin, decision=self.decision("end", "30/QĐ-UBND"), reason="Thôi"
        )

        training.attend(made, by=self.admin, results={key: "absent"})

        self.assertEqual(Attendance.objects.get(training=made).result, "absent")

    def test_a_stranger_is_refused(self):
        with self.assertRaises(Refused):
            training.attend(self.held(), by=self.admin, results={self.key(self.newcomer): "attended"})


class Screens(WithTraining):
    def test_a_training_and_its_people_are_recorded_on_two_screens(self):
        self.client.force_login(self.cast.standing_office)

        answer = self.client.post(
            reverse("accounts_training_record"),
            {
                "title": "An toàn thông tin",
                "field": "security",
                "document": "Công văn 5/VHTT",
                "organiser": "Sở",
                "held_from": "01/02/2026",
                "held_to": "02/02/2026",
                "hours": "16",
            },
            follow=True,
        )
        made = Training.objects.get()
        self.assertContains(answer, "An toàn thông tin")
        answer = self.client.post(
            reverse("accounts_training", args=[made.pk]), {self.key(self.cast.editor): "certified"}, follow=True
        )

        self.assertContains(answer, f"{self.cast.editor.get_full_name()}: có dự, được cấp chứng nhận")
        self.assertEqual(made.attendances.count(), 1)
        answer = self.client.get(reverse("accounts_trainings"))
        self.assertContains(answer, "chưa dự lớp nào trong năm 2026")

    def test_the_head_reads_it_and_is_offered_no_form(self):
        made = self.held()
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("accounts_training", args=[made.pk]))

        self.assertContains(answer, "Biên tập tin bài")
        self.assertNotContains(answer, "<h2>Ghi người dự</h2>")
        self.assertNotContains(self.client.get(reverse("accounts_trainings")), "Ghi lớp đã tổ chức")

    def test_the_year_is_taken_as_a_spreadsheet(self):
        self.held()
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("accounts_trainings_xlsx"), {"nam": "2026"})

        book = openpyxl.load_workbook(BytesIO(answer.content))
        self.assertEqual(book.sheetnames, ["Các lớp", "Người thuộc diện"])
        self.assertIn("Biên tập tin bài", [cell.value for row in book["Các lớp"].iter_rows() for cell in row])
