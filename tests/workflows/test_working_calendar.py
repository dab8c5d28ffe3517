"""The working calendar as a year: how it looks, how it is changed, what is shown before it counts."""

from datetime import date

import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase
from django.urls import reverse

from base.gate import Refused
from tests import factories
from tests.city import CityTestCase, fresh
from tests.working_days import set_day
from vietnam.workdays import Calendar
from workflows import deadlines
from workflows.deadlines import calendar_changes, working_year
from workflows.models import CalendarDay, CalendarVersion, EmergencyAct, RecordChange
from workflows.publishing import approval, record_changes
from workflows.templatetags.last_days import last_day

HEAD = "ngày,loại,tên,căn cứ,đã công bố"
SWAP = "23/11/2026,Nghỉ hoán đổi,Nghỉ hoán đổi,Thông báo thử,có"


class Year(CityTestCase):
    def cell(self, year, month, day):
        found = working_year.year(year).months[month - 1]
        return next(cell for week in found.weeks for cell in week if cell and cell.on.day == day)

    def test_has_twelve_months_from_monday_to_sunday_and_the_official_sum(self):
        year = working_year.year(2026)

        self.assertEqual(len(year.months), 12)
        self.assertTrue(all(len(week) == 7 for month in year.months for week in month.weeks))
        self.assertEqual(year.working_days, 249)
        self.assertEqual([cell and cell.on.day for cell in year.months[10].weeks[0]], [None] * 6 + [1])

    def test_each_kind_of_day_has_a_word_and_a_colour_of_its_own(self):
        for day, mark, style in (
            (date(2026, 2, 17), "lễ", "holiday"),
            (date(2026, 4, 27), "bù", "substitute"),
            (date(2026, 8, 31), "đổi", "swap-off"),
            (date(2026, 8, 22), "làm", "make-up-working"),
            (date(2026, 8, 29), "", "weekend"),
            (date(2026, 8, 28), "", "work"),
        ):
            with self.subTest(day=day):
                cell = self.cell(day.year, day.month, day.day)
                self.assertEqual((cell.mark, cell.style), (mark, style))

    def test_what_is_only_expected_is_marked_in_the_cell_and_said(self):
        self.client.force_login(self.cast.contributor)

        answer = self.client.get(reverse("workflows_calendar_year", args=[2027]))

        self.assertContains(answer, "Lịch của năm này mới là dự kiến")
        self.assertContains(answer, "lễ?")
        self.assertContains(answer, "portal-day--doubt")
        self.assertFalse(working_year.year(2027).is_confirmed)

    def test_a_year_without_any_day_says_so_and_years_have_ends(self):
        self.client.force_login(self.cast.contributor)

        self.assertContains(self.client.get(reverse("workflows_calendar_year", args=[2035])), "Chưa có lịch của năm")
        self.assertEqual(self.client.get(reverse("workflows_calendar_year", args=[1999])).status_code, 404)
        self.assertNotContains(self.client.get(reverse("workflows_calendar_year", args=[2099])), 'rel="next"')

    def test_only_those_who_keep_it_may_open_a_day(self):
        address = reverse("workflows_calendar_day", args=[2026, 11, 23])
        for user, shown in ((self.cast.head, False), (self.cast.standing_office, True)):
            with self.subTest(user.username):
                self.client.force_login(user)
                year = self.client.get(reverse("workflows_calendar_year", args=[2026]))
                self.assertEqual(f'href="{address}"' in year.content.decode(), shown)
                self.assertEqual(self.client.get(address).status_code, 200 if shown else 302)
        self.client.force_login(self.cast.standing_office)
        for wrong in ("2026/2/30", f"2026/{10**20}/1", "1999/1/1"):
            self.assertEqual(self.client.get(f"/quan-tri/lich-lam-viec/{wrong}/").status_code, 404)


class Written(SimpleTestCase):
    def test_a_last_day_is_marked_while_its_year_is_not_official(self):
        known = deadlines.WorkingCalendar(1, Calendar(), frozenset({2026}), frozenset({date(2026, 11, 23)}))
        for day, words in (
            (date(2026, 6, 5), "05/06/2026"),
            (date(2027, 1, 5), "05/01/2027 (dự kiến)"),
            (date(2026, 11, 23), "23/11/2026 (dự kiến)"),
            (None, ""),
        ):
            with self.subTest(day=day):
                self.assertEqual(last_day(day, known), words)


class Changing(CityTestCase):
    """One open clock that is due on 25/11/2026, before somebody orders 23/11/2026 to be off."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        page = factories.notice(cls.city.section(cls.city.site), by=cls.cast.editor)
        cls.deadline = deadlines.start(
            page, "DL-DOC-OWN", on=date(2026, 11, 20), site=cls.city.site, title="Đăng văn bản"
        )

    def setUp(self):
        traveller = time_machine.travel("2026-11-20 09:00 +0700", tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.client.force_login(self.cast.standing_office)

    def confirm(self) -> None:
        """Another person lets what waits come true."""
        change = RecordChange.objects.get(decided_at=None)
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

    def last_day(self) -> date:
        self.deadline.refresh_from_db()
        return self.deadline.last_day


class OneDay(Changing):
    address = "/quan-tri/lich-lam-viec/2026/11/23/"

    def send(self, **fields):
        known = {"kind": "swap_off", "name": "Nghỉ hoán đổi", "legal_source": "Thông báo thử", "confirmed": "on"}
        return self.client.post(self.address, {**known, **fields})

    def version(self) -> str:
        return str(deadlines.calendar().version)

    def test_what_moves_is_shown_first_and_nothing_is_written(self):
        answer = self.send()

        self.assertContains(answer, "Thời hạn đang mở sẽ dời: 1")
        self.assertContains(answer, "Đăng văn bản")
        self.assertContains(answer, "25/11/2026")
        self.assertContains(answer, "26/11/2026")
        self.assertEqual(self.last_day(), date(2026, 11, 25))
        self.assertFalse(CalendarDay.objects.filter(date=date(2026, 11, 23)).exists())

    def test_sent_it_waits_and_confirmed_by_another_it_counts_with_a_version_and_the_clock_has_its_new_day(self):
        before = self.version()

        answer = self.send(**{"xac-nhan": "1", "version": before})

        change = RecordChange.objects.get()
        self.assertRedirects(answer, reverse("workflows_record_change", args=[change.pk]))
        self.assertEqual((self.last_day(), self.version()), (date(2026, 11, 25), before))
        self.client.force_login(self.cast.head)
        screen = self.client.get(reverse("workflows_record_change", args=[change.pk]))
        self.assertContains(screen, "ngày bình thường</td><td>Nghỉ hoán đổi, Nghỉ hoán đổi, Thông báo thử")
        self.assertContains(screen, "Số thời hạn đang mở sẽ đổi hạn cuối")
        self.client.post(
            reverse("workflows_record_change", args=[change.pk]), {"accepted": "yes", "digest": change.digest}
        )
        self.assertEqual(self.last_day(), date(2026, 11, 26))
        self.assertNotEqual(self.version(), before)
        self.assertContains(self.client.get(reverse("workflows_calendar_versions")), "23/11/2026: Nghỉ hoán đổi")

    def test_another_change_in_between_is_seen_first(self):
        before = self.version()
        set_day(date(2026, 12, 24), kind="holiday", name="Ngày thử", by=self.cast.technical_admin)

        answer = self.send(**{"xac-nhan": "1", "version": before})

        self.assertContains(answer, "xem trước lại rồi xác nhận")
        self.assertEqual(self.last_day(), date(2026, 11, 25))

    def test_a_confirmation_without_a_preview_is_refused(self):
        self.assertContains(self.send(**{"xac-nhan": "1"}), "xem trước lại rồi xác nhận")

    def test_going_back_keeps_what_was_typed(self):
        answer = self.send(**{"sua-lai": "1", "name": "Tên dở dang"})

        self.assertContains(answer, 'value="Tên dở dang"')
        self.assertNotContains(answer, "Thời hạn đang mở sẽ dời")

    def test_is_not_confirmed_by_whoever_proposed_it_nor_without_the_right(self):
        change = self.proposed()
        for user in (self.cast.standing_office, self.cast.technical_admin, self.cast.contributor, self.cast.superuser):
            with self.subTest(user.username), self.assertRaises(Refused):
                record_changes.confirm(change, by=fresh(user), digest=change.digest)

        self.assertEqual(self.last_day(), date(2026, 11, 25))

    def test_nothing_is_changed_by_one_person_past_the_screens_either(self):
        day = CalendarDay(date=date(2026, 11, 23), kind="swap_off", name="Nghỉ")
        for second in (None, self.cast.standing_office):
            with self.subTest(second=str(second)), self.assertRaisesMessage(Refused, "hai người khác nhau"):
                deadlines.change_days([day], by=self.cast.standing_office, agreed_by=second)

    def test_is_refused_when_the_day_was_changed_since_and_confirmed_when_another_was(self):
        change = self.proposed()
        set_day(date(2026, 11, 27), kind="holiday", name="Ngày khác", by=self.cast.technical_admin)
        row = set_day(date(2026, 11, 23), kind="holiday", name="Ngày thử", by=self.cast.technical_admin)
        with self.assertRaisesMessage(Refused, "từ lúc đề nghị"):
            record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)
        row.delete()

        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

        self.assertTrue(CalendarDay.objects.filter(date=date(2026, 11, 23), kind="swap_off").exists())

    def test_a_day_that_waits_is_not_proposed_twice_but_may_be_withdrawn(self):
        change = self.proposed()
        self.assertContains(self.send(**{"xac-nhan": "1", "version": self.version()}), "đang chờ người thứ hai")

        record_changes.withdraw(change, by=self.cast.standing_office)

        self.assertEqual(self.send(**{"xac-nhan": "1", "version": self.version()}).status_code, 302)

    def proposed(self) -> RecordChange:
        self.send(**{"xac-nhan": "1", "version": self.version()})
        return RecordChange.objects.get(decided_at=None)

    def test_a_day_becomes_ordinary_again(self):
        address = "/quan-tri/lich-lam-viec/2026/11/24/"
        self.assertContains(self.client.post(address, {"kind": "ordinary"}), "24/11/2026")

        self.client.post(address, {"kind": "ordinary", "xac-nhan": "1", "version": self.version()})
        self.confirm()

        self.assertEqual(self.last_day(), date(2026, 11, 24))

    def test_what_makes_no_sense_is_named(self):
        for fields, words in (
            ({"name": ""}, "Hãy ghi tên"),
            ({"legal_source": ""}, "phải có căn cứ"),
            ({"kind": "make_up_working"}, "thứ Bảy hoặc Chủ nhật"),
        ):
            with self.subTest(words):
                answer = self.send(**fields)
                self.assertContains(answer, words)
                self.assertNotContains(answer, "Thời hạn đang mở sẽ dời")

    def test_a_technical_administrator_learns_no_title_of_a_draft(self):
        self.client.force_login(self.cast.technical_admin)

        answer = self.send()

        self.assertContains(answer, "(việc của trang khác)")
        self.assertNotContains(answer, "Đăng văn bản</td>")

    def test_others_may_not(self):
        self.client.force_login(self.cast.head)

        self.assertEqual(self.send(**{"xac-nhan": "1", "version": self.version()}).status_code, 302)
        self.assertEqual(self.last_day(), date(2026, 11, 25))


class AtOnce(Changing):
    """A day off that is declared the same day: the head alone, with a reason, and a second person looks at it."""

    address = "/quan-tri/lich-lam-viec/2026/11/23/khan-cap/"

    def setUp(self):
        super().setUp()
        self.client.force_login(self.cast.head)

    def send(self, **fields):
        known = {"kind": "holiday", "name": "Nghỉ tránh bão", "legal_source": "Công điện thử", "confirmed": "on"}
        return self.client.post(self.address, {**known, "reason": "Bão đổ bộ chiều nay", **fields})

    def at_once(self):
        return self.send(**{"xac-nhan": "1", "version": str(deadlines.calendar().version)})

    def test_it_counts_at_once_and_stays_open_until_a_second_has_looked(self):
        self.assertContains(self.client.get(reverse("workflows_calendar_year", args=[2026])), self.address)
        self.assertContains(self.send(), "Thời hạn đang mở sẽ dời: 1")

        answer = self.at_once()

        self.assertEqual(answer.status_code, 302)
        self.assertEqual(self.last_day(), date(2026, 11, 26))
        act = EmergencyAct.objects.get()
        self.assertEqual((act.kind, act.acted_by, act.is_open), ("calendar", self.cast.head, True))
        self.assertIn("Nghỉ tránh bão", act.object_label)
        with self.assertRaises(Refused):
            approval.second_look(act, by=fresh(self.cast.head), accepted=True)
        self.client.force_login(self.cast.deputy)
        self.assertContains(self.client.get(reverse("workflows_queue")), "Nghỉ tránh bão")
        approval.second_look(act, by=fresh(self.cast.deputy), accepted=True)

    def test_without_a_reason_nothing_is_done_and_what_was_typed_stays(self):
        answer = self.send(reason="")

        self.assertContains(answer, "Hãy ghi lý do")
        self.assertContains(answer, "Nghỉ tránh bão")
        with self.assertRaises(ValidationError):
            calendar_changes.change_at_once([], [date(2026, 11, 24)], by=fresh(self.cast.head), reason=" ")
        self.assertEqual(self.last_day(), date(2026, 11, 25))

    def test_nobody_but_the_head_may(self):
        for user in (self.cast.standing_office, self.cast.deputy, self.cast.technical_admin, self.cast.editor):
            with self.subTest(user.username):
                self.client.force_login(user)
                self.at_once()
                with self.assertRaises(Refused):
                    calendar_changes.change_at_once([], [date(2026, 11, 24)], by=fresh(user), reason="Gấp")

        self.assertFalse(EmergencyAct.objects.exists())
        self.assertEqual(self.last_day(), date(2026, 11, 25))

    def test_one_act_changes_the_calendar_once(self):
        self.at_once()
        act = EmergencyAct.objects.get()
        approval.second_look(act, by=fresh(self.cast.deputy), accepted=True)

        with self.assertRaises(Refused):
            deadlines.change_days([], [date(2026, 11, 24)], by=fresh(self.cast.head), act=EmergencyAct.objects.get())


class FromTable(Changing):
    address = "/quan-tri/lich-lam-viec/2026/nhap/"

    def send(self, *lines, **fields):
        return self.client.post(self.address, {"text": "\n".join([HEAD, *lines]), **fields})

    def test_shows_what_would_change_and_move_then_writes_it_as_one_version(self):
        before = CalendarVersion.objects.count()
        lines = [SWAP, "28/11/2026,Làm bù,Làm bù cho 23/11/2026,Thông báo thử,có"]

        answer = self.send(*lines)
        self.assertContains(answer, "Thay đổi: 2 ngày")
        self.assertContains(answer, "26/11/2026")
        self.assertFalse(CalendarDay.objects.filter(date=date(2026, 11, 28)).exists())
        self.send(*lines, **{"xac-nhan": "1", "version": str(deadlines.calendar().version)})
        self.assertEqual(CalendarVersion.objects.count(), before)
        self.confirm()

        self.assertEqual(self.last_day(), date(2026, 11, 26))
        self.assertTrue(deadlines.is_working_day(date(2026, 11, 28)))
        self.assertEqual(CalendarVersion.objects.count(), before + 1)

    def test_one_wrong_line_and_nothing_is_written(self):
        before = CalendarDay.objects.count()

        answer = self.send(
            SWAP,
            "31/11/2026,Nghỉ bù,Không có ngày này,,có",
            "25/11/2026,Nghỉ chơi,Loại lạ,,có",
            "26/11/2026,Nghỉ bù,,,có",
            "27/11/2026,Nghỉ bù,Tên,,có lẽ",
            "30/11/2026,Làm bù,Ngày thường,,có",
            SWAP,
        )

        for words in (
            "Bảng có 6 lỗi; chưa ghi gì vào lịch.",
            "Dòng 3: Cột «ngày»: Ngày “31/11/2026” không có trong lịch",
            "Dòng 4: Cột «loại»: không có loại «Nghỉ chơi»",
            "Dòng 5: Cột «tên»",
            "Dòng 6: Cột «đã công bố»",
            "Dòng 7: Cột «ngày»: Ngày làm bù phải là thứ Bảy hoặc Chủ nhật",
            "Dòng 8: Ngày 23/11/2026 đã có ở một dòng trên",
        ):
            with self.subTest(words):
                self.assertContains(answer, words)
        self.assertContains(answer, "31/11/2026,Nghỉ bù")  # to be mended in place
        self.assertEqual(CalendarDay.objects.count(), before)
        self.send(SWAP, SWAP, **{"xac-nhan": "1", "version": str(deadlines.calendar().version)})
        self.assertEqual(CalendarDay.objects.count(), before)

    def test_takes_only_the_days_of_the_year_and_names_the_others(self):
        answer = self.send(SWAP, "04/01/2027,Nghỉ bù,Năm sau,,có")

        self.assertContains(answer, "Bỏ qua 1 ngày ngoài năm 2026")
        self.assertContains(answer, "Thay đổi: 1 ngày")

    def test_a_missing_an_unreadable_and_an_empty_table_are_reported(self):
        def upload(content, name="lich.csv"):
            return self.client.post(self.address, {"file": SimpleUploadedFile(name, content, "text/csv")})

        for answer, words in (
            (self.client.post(self.address, {}), "Bảng trống"),
            (upload("ngày,loại\n".encode()), "Thiếu cột «tên»"),
            (upload(HEAD.encode()), "Bảng không có ngày nào của năm 2026"),
            (upload(HEAD.encode(), "lich.xlsx"), "Hãy chọn tệp .csv"),
        ):
            with self.subTest(words):
                self.assertContains(answer, words)
        self.assertNotContains(upload(HEAD.encode("utf-16")), "Thời hạn đang mở sẽ dời")

    def test_lines_that_no_reader_takes_are_named(self):
        self.assertContains(self.send("x" * 150_000), "Không đọc được bảng")

    def test_a_file_is_read_like_what_is_pasted_with_commas_or_semicolons(self):
        for text in (f"{HEAD}\n{SWAP}", f"{HEAD}\n{SWAP}".replace(",", ";")):
            with self.subTest(text[4:5]):
                file = SimpleUploadedFile("lich.csv", text.encode("utf-8-sig"), "text/csv")
                self.assertContains(self.client.post(self.address, {"file": file}), "Thay đổi: 1 ngày")

    def test_what_is_downloaded_can_be_read_in_again_and_changes_nothing(self):
        table = self.client.get(reverse("workflows_calendar_table", args=[2026])).content.decode("utf-8-sig")

        answer = self.client.post(self.address, {"text": table, "replaces": "on"})

        self.assertContains(answer, "Thay đổi: 0 ngày")
        self.assertEqual(len(working_year.read(table, 2026).days), CalendarDay.objects.filter(date__year=2026).count())

    def test_days_that_a_table_does_not_name_go_only_when_asked(self):
        self.assertContains(self.send(SWAP), "Thay đổi: 1 ngày")

        answer = self.send(SWAP, replaces="on")

        self.assertContains(answer, "24/11/2026: Nghỉ lễ, tết")
        self.assertContains(answer, "ngày bình thường")
