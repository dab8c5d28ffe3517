"""The register of the Editorial Board: what a decision says, of a day, and where the appointments say otherwise."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from accounts.models import BoardMember
from accounts.registers import board
from accounts.roles import may
from base.gate import Refused
from tests.accounts.decisions import BODY, TODAY, WithDecisions

Rank = BoardMember.Rank


class WithBoard(WithDecisions):
    def founding(self):
        return self.decision("board", "20/QĐ-UBND", title="Thành lập Ban Biên tập")

    def enter(self, rank=Rank.MEMBER, **fields):
        known = {"by": self.cast.standing_office, "valid_from": TODAY, **fields}
        return board.enter(self.founding(), rank=rank, **known)


class Members(WithBoard):
    def test_a_member_with_an_account_has_its_name_and_post(self):
        member = self.enter(Rank.HEAD, person=self.cast.head)

        self.assertEqual((member.name, member.person), (self.cast.head.get_full_name(), self.cast.head))

    def test_a_member_without_an_account_is_entered_by_name_and_gets_no_right(self):
        member = self.enter(name="  Cán bộ   mẫu 60 ", post="Trưởng phòng", agency="Phòng Y tế")

        self.assertEqual((member.name, member.person), ("Cán bộ mẫu 60", None))
        self.assertEqual([str(row) for row in board.members_on(TODAY)], ["Cán bộ mẫu 60, Thành viên"])

    def test_to_be_entered_gives_an_account_no_right(self):
        self.enter(Rank.DEPUTY, person=self.cast.contributor)

        self.assertFalse(may(self.cast.contributor, "approve", self.city.site))

    def test_there_is_one_head_and_one_row_a_person(self):
        self.enter(Rank.HEAD, person=self.cast.head)

        with self.assertRaises(ValidationError) as refused:
            self.enter(Rank.HEAD, person=self.cast.deputy)
        self.assertIn("rank", refused.exception.message_dict)
        with self.assertRaises(ValidationError) as refused:
            self.enter(person=self.cast.head)
        self.assertIn("person", refused.exception.message_dict)

    def test_what_is_missing_is_named_at_its_field(self):
        with self.assertRaises(ValidationError) as refused:
            board.enter(self.founding(), by=self.admin, rank=9, valid_from=date(2026, 1, 1))

        self.assertEqual(set(refused.exception.message_dict), {"rank", "name", "valid_from"})

    def test_only_standing_office_and_technical_admin_write(self):
        for who in ("head", "deputy", "editor", "contributor", "unit_head"):
            with self.subTest(who), self.assertRaises(Refused):
                self.enter(name="Cán bộ mẫu 60", by=getattr(self.cast, who))
        for who in ("standing_office", "technical_admin"):
            with self.subTest(who):
                self.assertIsNotNone(self.enter(name="Cán bộ mẫu 60", by=getattr(self.cast, who)).pk)

    def test_the_standing_office_records_a_decision_about_the_board_and_no_other(self):
        self.decision("board", "21/QĐ-UBND", by=self.cast.standing_office)

        with self.assertRaises(Refused):
            self.decision("appoint", "22/QĐ-UBND", by=self.cast.standing_office)

    def test_rows_are_ended_never_deleted(self):
        member = self.enter(name="Cán bộ mẫu 60")

        with self.assertRaises(Refused):
            member.delete()
        with self.assertRaises(Refused):
            BoardMember.objects.all().delete()


class Changes(WithBoard):
    def test_who_left_is_shown_up_to_their_last_day(self):
        member = self.enter(name="Cán bộ mẫu 60", valid_from=TODAY)

        board.end(member, by=self.admin, decision=self.founding(), last_day=TODAY + timedelta(days=9))

        self.assertTrue(board.members_on(TODAY + timedelta(days=9)).exists())
        self.assertFalse(board.members_on(TODAY + timedelta(days=10)).exists())
        with self.assertRaises(Refused):
            board.end(member, by=self.admin, decision=self.founding(), last_day=TODAY)

    def test_a_new_head_may_come_once_the_old_one_left(self):
        head = self.enter(Rank.HEAD, person=self.cast.head)
        board.end(head, by=self.admin, decision=self.founding(), last_day=TODAY)

        self.assertEqual(self.enter(Rank.HEAD, person=self.cast.deputy).rank, Rank.HEAD)

    def test_a_delegation_has_both_days_and_ends_with_its_giver(self):
        giver, taker = self.enter(Rank.HEAD, name="Cán bộ mẫu 60"), self.enter(Rank.DEPUTY, name="Cán bộ mẫu 61")
        until = TODAY + timedelta(days=30)
        made = board.delegate(
            giver,
            by=self.admin,
            decision=self.founding(),
            taker=taker,
            scope="Duyệt tin bài",
            valid_from=TODAY,
            valid_to=until,
        )
        self.assertEqual(list(board.delegations_on(until)), [made])

        board.end(giver, by=self.admin, decision=self.founding(), last_day=TODAY + timedelta(days=3))

        self.assertEqual(list(board.delegations_on(until)), [])
        self.assertEqual(list(board.delegations_on(TODAY + timedelta(days=3))), [made])

    def test_a_delegation_that_would_begin_after_either_has_left_never_does(self):
        giver, taker = self.enter(Rank.HEAD, name="Cán bộ mẫu 60"), self.enter(Rank.DEPUTY, name="Cán bộ mẫu 61")
        later = TODAY + timedelta(days=20)
        made = board.delegate(
            giver,
            by=self.admin,
            decision=self.founding(),
            taker=taker,
            scope="Duyệt tin bài",
            valid_from=later,
            valid_to=later + timedelta(days=5),
        )
        for member in (giver, taker):
            with self.subTest(member=member.name):
                assert list(board.delegations_on(later)) == [made]
                with transaction.atomic():
                    board.end(member, by=self.admin, decision=self.founding(), last_day=TODAY + timedelta(days=3))
                    assert list(board.delegations_on(later)) == []
                    transaction.set_rollback(True)

    def test_no_member_delegates_to_themselves_or_without_an_end(self):
        giver = self.enter(Rank.HEAD, name="Cán bộ mẫu 60")

        with self.assertRaises(ValidationError) as refused:
            board.delegate(
                giver,
                by=self.admin,
                decision=self.founding(),
                taker=giver,
                scope=" ",
                valid_from=TODAY,
                valid_to=None,
            )

        self.assertEqual(set(refused.exception.message_dict), {"taker", "scope", "valid_to"})


class Disagreements(WithBoard):
    def test_name_each_role_of_the_board_without_its_member(self):
        found = " ".join(board.disagreements(TODAY))

        for who in ("head", "deputy", "editor"):
            self.assertIn(getattr(self.cast, who).get_full_name(), found)
        self.assertIn("chưa có Trưởng ban", found)

    def test_are_gone_when_the_register_says_what_the_appointments_say(self):
        self.enter(Rank.HEAD, person=self.cast.head)
        self.enter(Rank.DEPUTY, person=self.cast.deputy)
        self.enter(Rank.MEMBER, person=self.cast.editor)

        self.assertEqual(board.disagreements(TODAY), [])

    def test_name_a_member_of_another_rank(self):
        self.enter(Rank.HEAD, name="Cán bộ mẫu 60")
        self.enter(Rank.MEMBER, person=self.cast.head)

        self.assertTrue(any("là Thành viên nhưng giữ vai trò" in line for line in board.disagreements(TODAY)))


class Screens(WithBoard):
    def form(self, *rows, **fields):
        data = {
            "number": "20/QĐ-UBND",
            "signed_on": "20/02/2026",
            "issuing_body": BODY,
            "title": "Thành lập Ban Biên tập",
            "kind": "board",
            "form-TOTAL_FORMS": str(len(rows)),
            "form-INITIAL_FORMS": "0",
            **fields,
        }
        for place, row in enumerate(rows):
            data |= {f"form-{place}-{name}": value for name, value in row.items()}
        return data

    def test_a_decision_with_all_its_members_is_one_form(self):
        self.client.force_login(self.cast.standing_office)

        answer = self.client.post(
            reverse("accounts_board_record"),
            self.form(
                {"rank": "1", "person": str(self.cast.head.pk), "valid_from": "01/03/2026"},
                {"rank": "4", "name": "Cán bộ mẫu 60", "agency": "Phòng Y tế", "valid_from": "01/03/2026"},
            ),
            follow=True,
        )

        self.assertContains(answer, "2 thành viên")
        self.assertContains(answer, "Cán bộ mẫu 60")
        self.assertEqual(BoardMember.objects.count(), 2)

    def test_a_wrong_row_writes_nothing_and_loses_nothing(self):
        self.client.force_login(self.cast.standing_office)

        answer = self.client.post(
            reverse("accounts_board_record"),
            self.form(
                {"rank": "1", "person": str(self.cast.head.pk), "valid_from": "01/03/2026"},
                {"rank": "", "name": "Cán bộ mẫu 60", "valid_from": "01/03/2026"},
            ),
        )

        self.assertContains(answer, '<a href="#id_form-1-rank">Chức danh, người thứ 2</a>: Hãy chọn chức danh')
        self.assertContains(answer, "Cán bộ mẫu 60")
        self.assertFalse(BoardMember.objects.exists())

    def test_of_an_account_that_is_on_the_board_already_that_alone_is_said(self):
        self.enter(Rank.HEAD, person=self.cast.head)
        self.client.force_login(self.cast.standing_office)

        answer = self.client.post(
            reverse("accounts_board_record"),
            self.form({"rank": "2", "person": str(self.cast.head.pk), "valid_from": "01/03/2026"}),
        )

        self.assertEqual(list(answer.context["rows"].forms[0].errors), ["person"])

    def test_a_row_in_which_nothing_is_written_does_not_count(self):
        self.client.force_login(self.cast.standing_office)
        row = {"rank": "4", "name": "Cán bộ mẫu 60", "valid_from": "01/03/2026"}

        self.client.post(reverse("accounts_board_record"), self.form(row, {"name": ""}, **{"form-INITIAL_FORMS": "2"}))

        self.assertEqual(BoardMember.objects.get().name, "Cán bộ mẫu 60")

    def test_one_more_row_is_a_button_without_script(self):
        self.client.force_login(self.cast.standing_office)

        answer = self.client.post(reverse("accounts_board_record"), self.form({"name": "Nửa chừng"}, add_row="1"))

        self.assertContains(answer, "Nửa chừng")
        self.assertContains(answer, "Người thứ 2")

    def test_end_and_delegate_are_pressed_on_their_screens(self):
        giver, taker = self.enter(Rank.HEAD, name="Cán bộ mẫu 60"), self.enter(Rank.DEPUTY, name="Cán bộ mẫu 61")
        self.client.force_login(self.cast.standing_office)
        decision = {**self.form(), "number": "25/QĐ-UBND", "title": "Kiện toàn Ban Biên tập"}

        self.client.post(
            reverse("accounts_board_delegate", args=[giver.pk]),
            {
                **decision,
                "taker": taker.pk,
                "scope": "Duyệt tin bài",
                "valid_from": "02/03/2026",
                "valid_to": "31/03/2026",
            },
        )
        self.client.post(reverse("accounts_board_end", args=[taker.pk]), {**decision, "last_day": "15/03/2026"})

        taker.refresh_from_db()
        self.assertEqual(taker.valid_to, date(2026, 3, 15))
        self.assertEqual(taker.delegations_taken.get().valid_to, date(2026, 3, 15))
        answer = self.client.get(reverse("accounts_board_end", args=[taker.pk]))
        self.assertContains(answer, "đã thôi, đến hết ngày 15/03/2026")

    def test_the_board_of_a_day_is_shown_and_taken_as_a_spreadsheet(self):
        self.enter(name="Cán bộ mẫu 60")
        self.client.force_login(self.cast.head)

        self.assertContains(self.client.get(reverse("accounts_board")), "Cán bộ mẫu 60")
        self.assertNotContains(self.client.get(reverse("accounts_board"), {"ngay": "01/03/2026"}), "Cán bộ mẫu 60")
        self.assertContains(self.client.get(reverse("accounts_board"), {"ngay": "31/02/2026"}), "31/02/2026 không có")
        answer = self.client.get(reverse("accounts_board_xlsx"))
        book = openpyxl.load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content))
        self.assertEqual(book.sheetnames, ["Ban Biên tập", "Ủy quyền"])

    def test_the_list_costs_the_same_however_many_members(self):
        for number in range(60, 66):
            self.enter(name=f"Cán bộ mẫu {number}")

        with self.assertNumQueries(1):
            shown = [(str(member.decision), member.person, member.ended_by) for member in board.members_on(TODAY)]

        self.assertEqual(len(shown), 6)
