"""The working calendar and the deadlines, by the official calendar and the worked examples."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import holidays
import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import SimpleTestCase, TestCase
from wagtail.models import ModelLogEntry, Page

from base.gate import Refused
from base.models import OrganisationUnit, PortalSite
from base.operations import upgrading
from tests.city import appointed
from tests.working_days import remove_day, set_day
from vietnam import workdays
from workflows import deadlines
from workflows.models import CalendarDay, CalendarVersion, Deadline, DeadlineRule
from workflows.seeding import load_calendar, load_rules

# start, working days, due, what a count without holidays would say
WORKED_EXAMPLES = [
    (date(2020, 6, 5), 2, date(2020, 6, 9), date(2020, 6, 9)),
    (date(2020, 6, 5), 10, date(2020, 6, 19), date(2020, 6, 19)),
    (date(2020, 1, 17), 20, date(2020, 2, 21), date(2020, 2, 14)),
    (date(2020, 1, 22), 2, date(2020, 1, 31), date(2020, 1, 24)),
    (date(2021, 2, 5), 15, date(2021, 3, 5), date(2021, 2, 26)),
    (date(2020, 4, 29), 2, date(2020, 5, 5), date(2020, 5, 1)),
    (date(2022, 4, 8), 2, date(2022, 4, 13), date(2022, 4, 12)),
    (date(2023, 4, 28), 2, date(2023, 5, 5), date(2023, 5, 2)),
    (date(2024, 4, 26), 10, date(2024, 5, 14), date(2024, 5, 10)),
    (date(2025, 4, 25), 15, date(2025, 5, 20), date(2025, 5, 16)),
    (date(2025, 8, 28), 10, date(2025, 9, 15), date(2025, 9, 11)),
    (date(2020, 9, 1), 2, date(2020, 9, 4), date(2020, 9, 3)),
    (date(2025, 12, 31), 2, date(2026, 1, 6), date(2026, 1, 2)),
    (date(2026, 2, 10), 20, date(2026, 3, 17), date(2026, 3, 10)),
    (date(2026, 4, 24), 10, date(2026, 5, 13), date(2026, 5, 8)),
    (date(2026, 8, 21), 10, date(2026, 9, 8), date(2026, 9, 4)),
    (date(2026, 11, 20), 2, date(2026, 11, 25), date(2026, 11, 24)),
    (date(2020, 6, 6), 2, date(2020, 6, 9), date(2020, 6, 9)),
    (date(2024, 5, 4), 15, date(2024, 5, 24), date(2024, 5, 24)),
]
WORKING_DAYS_BY_YEAR = {2019: 252, 2020: 252, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 250, 2026: 249}


def make_rule(code, amount, unit="working_day", **fields):
    """A rule of the tests, told apart from the official ones by its code."""
    return DeadlineRule.objects.create(
        code=code,
        label=code,
        amount=amount,
        unit=unit,
        legal_source="thử",
        valid_from=date(2011, 8, 1),
        **{"start_event": "tiếp nhận", **fields},
    )


class Seeded(TestCase):
    """A portal with its calendar and rules, a city site, and one user for each right that matters here."""

    @classmethod
    def setUpTestData(cls):
        with time_machine.travel("2026-03-02 08:00 +0700"):
            load_rules()
            load_calendar()
        unit = OrganisationUnit.objects.create(name="UBND thành phố Long Xuyên", slug="long-xuyen", kind="city")
        cls.home = Page.get_first_root_node()
        cls.site = PortalSite.objects.create(
            unit=unit, kind="city", name="Long Xuyên", slug="long-xuyen", home_key=cls.home.translation_key
        )
        cls.head = cls.person("head")
        cls.office = cls.person("standing_office")
        cls.contributor = cls.person("contributor")

    @classmethod
    def person(cls, role):
        user = get_user_model().objects.create_user(username=role, password="x")
        appointed(user, role, cls.site)
        return user


class Arithmetic(Seeded):
    def test_the_worked_examples_are_due_when_the_law_says(self):
        for start, amount, due, weekend_only in WORKED_EXAMPLES:
            with self.subTest(start=start, amount=amount):
                rule = DeadlineRule(code="X", amount=amount, unit="working_day", start_event="tiếp nhận")

                assert deadlines.due_date(rule, start) == due
                assert workdays.add_working_days(start, amount, workdays.Calendar()) == weekend_only

    def test_every_year_has_its_official_number_of_working_days(self):
        days = deadlines.calendar().days
        for year, total in WORKING_DAYS_BY_YEAR.items():
            with self.subTest(year=year):
                first, last = date(year - 1, 12, 31), date(year, 12, 31)

                assert workdays.working_days_between(first, last, days) == total

    def test_the_swap_the_package_misses_is_in_the_calendar(self):
        package = holidays.country_holidays("VN", years=2026)

        assert package.is_working_day(date(2026, 1, 2))
        assert not package.is_working_day(date(2026, 1, 10))
        assert not deadlines.is_working_day(date(2026, 1, 2))
        assert deadlines.is_working_day(date(2026, 1, 10))

    def test_saturday_is_due_with_friday(self):
        friday, saturday = date(2020, 6, 5), date(2020, 6, 6)

        assert deadlines.due_date("DL-QA-ANSWER", friday) == deadlines.due_date("DL-QA-ANSWER", saturday)

    def test_an_event_late_in_the_evening_belongs_to_its_own_day_in_viet_nam(self):
        # 23:50 on Friday 05/06/2020 in Việt Nam
        evening = datetime(2020, 6, 5, 16, 50, tzinfo=UTC)
        after_midnight = evening + timedelta(minutes=20)

        assert deadlines.local_date(evening) == date(2020, 6, 5)
        assert deadlines.local_date(after_midnight) == date(2020, 6, 6)

    def test_calendar_days_that_end_on_a_day_off_end_on_the_next_working_day(self):
        assert deadlines.due_date("DL-ERR", date(2026, 2, 2)) == date(2026, 2, 23)

    def test_at_once_means_the_next_working_day_at_the_latest(self):
        assert deadlines.due_date("DL-QA-REJECT", date(2020, 1, 22)) == date(2020, 1, 30)

    def test_a_notice_before_an_event_counts_back(self):
        assert deadlines.due_date("DL-DOWNTIME", date(2026, 9, 8)) == date(2026, 8, 25)

    def test_the_yearly_report_is_due_before_the_first_of_december(self):
        assert deadlines.due_date("DL-REPORT", date(2025, 12, 1)) == date(2025, 11, 28)

    def test_hours_run_from_the_hour_and_from_the_end_of_a_day_without_one(self):
        rule = make_rule("X-24H", 24, unit="hour")
        noon = datetime(2020, 6, 2, 5, 0, tzinfo=UTC)

        assert deadlines.due_date(rule, noon) == date(2020, 6, 3)
        assert deadlines.due_date(rule, date(2020, 6, 2)) == date(2020, 6, 3)

    def test_counting_the_first_day_is_one_working_day_earlier(self):
        rule = make_rule("X-FIRST", 2, count_first_day=True)

        assert deadlines.due_date(rule, date(2020, 6, 5)) == date(2020, 6, 8)

    def test_waits_use_the_same_calendar(self):
        assert deadlines.workdays_after(date(2020, 1, 22), 2) == date(2020, 1, 31)


class Rules(Seeded):
    def test_the_rule_in_force_on_the_day_of_the_event_applies(self):
        DeadlineRule.objects.filter(code="DL-STAT").update(valid_to=date(2030, 12, 31))
        DeadlineRule.objects.create(
            code="DL-STAT",
            label="mới",
            amount=5,
            unit="working_day",
            start_event="quyết định công bố",
            legal_source="thử",
            valid_from=date(2031, 1, 1),
        )

        assert deadlines.find_rule("DL-STAT", date(2030, 12, 31)).amount == 10
        assert deadlines.find_rule("DL-STAT", date(2031, 1, 1)).amount == 5

    def test_an_event_older_than_every_rule_falls_under_the_first(self):
        assert deadlines.find_rule("DL-DOC-OWN", date(2006, 6, 29)).amount == 2

    def test_an_ended_rule_is_no_rule(self):
        DeadlineRule.objects.filter(code="DL-STAT").update(valid_to=date(2025, 12, 31))

        with pytest.raises(deadlines.NoDeadline, match="DL-STAT"):
            deadlines.due_date("DL-STAT", date(2026, 1, 5))

    def test_an_unknown_rule_says_how_to_mend_it(self):
        with pytest.raises(deadlines.NoDeadline, match="seed_deadlines"):
            deadlines.due_date("DL-NONE", date(2026, 1, 5))

    def test_a_period_nobody_set_gives_no_date(self):
        with pytest.raises(deadlines.NoDeadline, match="chưa đặt số ngày"):
            deadlines.due_date("DL-FRESH", date(2026, 1, 5))

    def test_two_rules_of_one_code_never_begin_on_one_day(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_rule("DL-STAT", 3)


class Explanation(Seeded):
    def explained(self, rule, day) -> str:
        """What a clock that this day started says of itself; no other of its rule runs beside it."""
        deadline = deadlines.start(self.home, rule, on=day, site=self.site)
        deadline.delete()
        return deadline.explanation

    def test_names_the_days_off(self):
        rule = make_rule("X-2", 2)

        assert self.explained(rule, date(2020, 1, 22)) == (
            "tiếp nhận thứ Tư 22/01/2020; không tính ngày tiếp nhận; nghỉ 23–24/01, 27–29/01; "
            "hạn cuối thứ Sáu 31/01/2020"
        )

    def test_names_the_saturday_that_is_worked(self):
        rule = make_rule("X-10", 10)

        assert self.explained(rule, date(2024, 4, 26)) == (
            "tiếp nhận thứ Sáu 26/04/2024; không tính ngày tiếp nhận; nghỉ 29/04–01/05; làm bù 04/05; "
            "hạn cuối thứ Ba 14/05/2024"
        )

    def test_says_which_day_is_the_first_after_a_weekend(self):
        assert "ngày thứ nhất là thứ Hai 08/06/2020" in self.explained("DL-QA-ANSWER", date(2020, 6, 6))

    def test_says_when_the_last_of_the_calendar_days_was_off(self):
        sentence = self.explained("DL-ERR", date(2026, 2, 2))

        assert "ngày thứ 15 là thứ Ba 17/02/2026, không phải ngày làm việc" in sentence
        assert sentence.endswith("hạn cuối thứ Hai 23/02/2026")

    def test_marks_a_year_that_is_not_official_as_expected(self):
        sentence = self.explained("DL-QA-ANSWER", date(2027, 6, 1))

        assert "dự kiến, vì lịch nghỉ năm 2027 chưa có văn bản công bố" in sentence

    def test_marks_a_stretch_that_runs_into_a_year_without_any_calendar(self):
        assert "dự kiến" in self.explained("DL-QA-ANSWER", date(2040, 6, 1))
        assert "dự kiến" not in self.explained("DL-QA-ANSWER", date(2026, 6, 1))

    def test_marks_only_the_stretch_that_meets_an_expected_day(self):
        set_day(date(2026, 11, 23), kind="swap_off", name="Đề xuất hoán đổi", confirmed=False, by=self.office)

        assert "dự kiến" in self.explained("DL-DOC-OWN", date(2026, 11, 20))
        assert "dự kiến" not in self.explained("DL-DOC-OWN", date(2026, 11, 2))

    def test_a_notice_names_the_days_off_before_the_event(self):
        sentence = self.explained("DL-DOWNTIME", date(2026, 9, 8))

        assert "trước 7 ngày làm việc" in sentence
        assert "nghỉ 31/08–02/09" in sentence

    def test_every_rule_of_the_law_has_an_explanation(self):
        for rule in DeadlineRule.objects.exclude(code__in=["DL-FRESH", "DL-OUTCOME", "DL-QA-PROMISED"]):
            with self.subTest(rule=rule.code):
                sentence = self.explained(rule, date(2026, 2, 10))

                assert sentence.startswith(f"{rule.start_event} thứ Ba 10/02/2026; ")


class Running(Seeded):
    """One clock on the home page, by default of a question received on the last day before Tết 2020."""

    def begin(self, rule="DL-QA-ANSWER", on=date(2020, 1, 22), **fields):
        return deadlines.start(self.home, rule, on=on, site=self.site, **fields)


class Clock(Running):
    def test_starting_stores_the_due_date_its_explanation_and_the_version(self):
        deadline = self.begin(title="Câu hỏi số 1", unit=self.site.unit)

        assert deadline.due_on == date(2020, 2, 19)
        assert deadline.calendar_version == CalendarVersion.objects.latest("pk").pk
        assert deadline.explanation.endswith("hạn cuối thứ Tư 19/02/2020")
        assert (deadline.title, deadline.subject) == ("Câu hỏi số 1", self.home)

    def test_starting_twice_gives_the_running_clock(self):
        assert self.begin() == self.begin(on=date(2020, 3, 2))

    def test_the_database_refuses_a_second_running_clock(self):
        for site in (self.site, None):
            with self.subTest(site=site):
                deadline = deadlines.start(self.home, "DL-ERR", on=date(2020, 1, 22), site=site)
                deadline.pk = None

                with pytest.raises(IntegrityError), transaction.atomic():
                    deadline.save(force_insert=True)

    def test_a_new_clock_may_start_when_the_first_has_ended(self):
        first = deadlines.meet(self.begin(), on=date(2020, 2, 1))

        assert self.begin(on=date(2020, 3, 2)) != first

    def test_is_not_late_on_the_last_day_but_from_the_next_midnight_in_viet_nam(self):
        deadline = self.begin()

        with time_machine.travel("2020-02-19 23:59:59 +0700"):
            assert not deadlines.is_late(deadline)
            assert deadlines.days_left(deadline) == 0
        with time_machine.travel("2020-02-20 00:00 +0700"):
            assert deadlines.is_late(deadline)
            assert deadlines.days_left(deadline) == -1
            assert deadlines.explain(deadline).endswith("đã quá hạn")

    def test_counts_the_working_days_left(self):
        deadline = self.begin()

        assert deadlines.days_left(deadline, date(2020, 1, 22)) == 15
        assert deadlines.days_left(deadline, date(2020, 1, 29)) == 15
        assert deadlines.days_left(deadline, date(2020, 1, 30)) == 14

    def test_counts_calendar_days_for_rules_in_calendar_days(self):
        deadline = self.begin("DL-ERR", on=date(2026, 2, 2))

        assert deadlines.days_left(deadline, date(2026, 2, 13)) == 10

    def test_what_is_left_is_said_in_the_rules_unit_and_the_last_day_in_one_wording(self):
        deadline = self.begin()
        in_calendar_days = self.begin("DL-ERR", on=date(2026, 2, 2))

        for found, day, words in (
            (deadline, date(2020, 1, 30), "còn 14 ngày làm việc"),
            (deadline, date(2020, 2, 19), "hạn cuối hôm nay"),
            (deadline, date(2020, 2, 21), "quá hạn 2 ngày làm việc"),
            (in_calendar_days, date(2026, 2, 13), "còn 10 ngày"),
            (in_calendar_days, date(2026, 2, 25), "quá hạn 2 ngày"),
        ):
            with self.subTest(words):
                assert deadlines.time_left(found, day) == words

    def test_late_before_a_working_day_has_passed_is_late_without_a_number(self):
        deadline = self.begin(on=date(2020, 1, 22))
        Deadline.objects.filter(pk=deadline.pk).update(last_day=date(2020, 2, 22))
        deadline.refresh_from_db()

        assert deadlines.time_left(deadline, date(2020, 2, 23)) == "đã quá hạn"

    def test_meeting_ends_it_and_a_second_time_changes_nothing(self):
        deadline = deadlines.meet(self.begin(), on=date(2020, 2, 19))

        again = deadlines.meet(deadline, on=date(2020, 3, 2))

        assert again.met_on == date(2020, 2, 19)
        assert not deadlines.is_late(again)
        assert deadlines.days_left(again) is None

    def test_meeting_after_the_last_day_stays_late(self):
        deadline = deadlines.meet(self.begin(), on=date(2020, 2, 20))

        assert deadlines.is_late(deadline)
        assert deadlines.explain(deadline).endswith("hoàn thành thứ Năm 20/02/2020 (quá hạn)")

    def test_meeting_for_a_subject_ends_all_its_clocks_or_those_of_one_rule(self):
        self.begin(), self.begin("DL-STAT")

        assert [met.rule.code for met in deadlines.meet_for(self.home, rule="DL-STAT")] == ["DL-STAT"]
        assert [met.rule.code for met in deadlines.meet_for(self.home)] == ["DL-QA-ANSWER"]
        assert deadlines.meet_for(self.home) == []

    def test_every_step_is_logged(self):
        deadline = self.begin()
        deadlines.extend(deadline, to=date(2020, 2, 24), reason="Cần xác minh", by=self.head, on=date(2020, 2, 3))
        deadlines.meet(deadline, on=date(2020, 2, 20))

        actions = ModelLogEntry.objects.for_instance(deadline).order_by("pk").values_list("action", flat=True)

        assert list(actions) == ["portal.deadline.start", "portal.deadline.extend", "portal.deadline.meet"]


class Extension(Running):
    def extend(self, deadline, to=date(2020, 2, 26), reason="Cần xác minh", by=None, on=date(2020, 2, 3)):
        return deadlines.extend(deadline, to=to, reason=reason, by=by or self.head, on=on)

    def test_an_extended_clock_is_not_late_until_the_new_day_has_passed(self):
        deadline = self.extend(self.begin())

        assert not deadlines.is_late(deadline, date(2020, 2, 26))
        assert deadlines.is_late(deadline, date(2020, 2, 27))
        assert "gia hạn đến thứ Tư 26/02/2020: Cần xác minh" in deadlines.explain(deadline, date(2020, 2, 20))

    def test_an_extension_after_the_last_day_does_not_undo_the_delay(self):
        deadline = self.extend(self.begin(), on=date(2020, 2, 20))

        assert deadlines.is_late(deadline, date(2020, 2, 21))

    def test_refuses_what_makes_no_sense_and_changes_nothing(self):
        deadline = self.begin()
        for field, bad in {
            "extension_reason": {"reason": "  "},
            "extended_to": {"to": date(2020, 2, 19)},
        }.items():
            with self.subTest(field=field), pytest.raises(ValidationError) as refusal:
                self.extend(deadline, **bad)
            assert field in refusal.value.message_dict
        with pytest.raises(ValidationError, match="thứ Bảy 22/02/2020 không phải ngày làm việc"):
            self.extend(deadline, to=date(2020, 2, 22))
        deadline.refresh_from_db()
        assert deadline.extended_to is None

    def test_refuses_people_without_the_right_and_ended_clocks(self):
        deadline = self.begin()
        superuser = get_user_model().objects.create_superuser(username="root", password="x")

        for person in (self.contributor, superuser):
            with self.subTest(person=person.username), pytest.raises(Refused):
                self.extend(deadline, by=person)
        with pytest.raises(Refused, match="đã kết thúc"):
            self.extend(deadlines.meet(deadline, on=date(2020, 2, 3)))

    def test_a_cancelled_clock_is_never_late(self):
        deadline = deadlines.cancel(self.begin(), reason="Người hỏi rút câu hỏi", by=self.office)

        assert not deadlines.is_late(deadline, date(2021, 1, 4))
        assert deadlines.explain(deadline).endswith("đã hủy")

    def test_cancelling_needs_a_reason(self):
        self.begin()

        with pytest.raises(ValidationError, match="lý do hủy"):
            deadlines.cancel_for(self.home, reason=" ")


class Lists(Seeded):
    def test_open_clocks_come_soonest_first_and_extended_ones_by_their_new_day(self):
        answer = deadlines.start(self.home, "DL-QA-ANSWER", on=date(2020, 6, 1))
        stat = deadlines.start(self.home, "DL-STAT", on=date(2020, 6, 1))
        own = deadlines.start(self.home, "DL-DOC-OWN", on=date(2020, 6, 1))
        deadlines.extend(own, to=date(2020, 6, 30), reason="Chờ bản ký", by=self.head, on=date(2020, 6, 2))

        assert list(Deadline.objects.open()) == [stat, answer, own]

    def test_late_clocks_are_those_that_is_late_says(self):
        on_time = deadlines.start(self.home, "DL-QA-ANSWER", on=date(2020, 6, 1))
        running = deadlines.start(self.home, "DL-DOC-OWN", on=date(2020, 6, 1))
        met_late = deadlines.meet(deadlines.start(self.home, "DL-PLAN", on=date(2020, 5, 4)), on=date(2020, 6, 1))
        extended_late = deadlines.start(self.home, "DL-STAT", on=date(2020, 5, 4))
        deadlines.extend(extended_late, to=date(2020, 12, 1), reason="Chờ số liệu", by=self.head, on=date(2020, 6, 1))
        deadlines.cancel(deadlines.start(self.home, "DL-SCI", on=date(2020, 1, 2)), reason="Nhập nhầm", by=self.head)

        late = set(Deadline.objects.late(date(2020, 6, 8)))

        assert late == {running, met_late, extended_late}
        assert on_time not in late
        assert all(deadlines.is_late(deadline, date(2020, 6, 8)) for deadline in late)


class ChangingTheCalendar(Seeded):
    def swap(self, **fields):
        return set_day(
            date(2026, 11, 23),
            kind="swap_off",
            name="Nghỉ hoán đổi",
            legal_source="Thông báo thử",
            **{"by": self.office, **fields},
        )

    def test_open_clocks_are_recomputed_with_a_log_line_and_closed_ones_never(self):
        running = deadlines.start(self.home, "DL-DOC-OWN", on=date(2026, 11, 20))
        closed = deadlines.meet(
            deadlines.start(self.home, "DL-ATI-DEFAULT", on=date(2026, 11, 20)), on=date(2026, 11, 25)
        )
        before = closed.due_on

        self.swap()

        running.refresh_from_db(), closed.refresh_from_db()
        assert running.due_on == date(2026, 11, 26)
        assert "nghỉ 23–24/11" in running.explanation
        assert running.calendar_version == deadlines.calendar().version
        assert closed.due_on == before
        entry = ModelLogEntry.objects.for_instance(running).get(action="portal.deadline.recompute")
        assert (entry.data["from"], entry.data["to"]) == ("2026-11-25", "2026-11-26")
        assert entry.user == self.office

    def test_what_would_move_can_be_seen_first(self):
        running = deadlines.start(self.home, "DL-DOC-OWN", on=date(2026, 11, 20))
        proposal = CalendarDay(date=date(2026, 11, 23), kind="swap_off", name="Đề xuất")

        assert deadlines.affected_by([proposal]) == [(running, date(2026, 11, 26))]
        assert deadlines.affected_by([], removed=[date(2026, 11, 24)]) == [(running, date(2026, 11, 24))]
        running.refresh_from_db()
        assert running.due_on == date(2026, 11, 25)

    def test_removing_a_day_makes_it_ordinary_again(self):
        self.swap()

        remove_day(date(2026, 11, 23), by=self.office)

        assert deadlines.is_working_day(date(2026, 11, 23))
        with pytest.raises(Refused):
            remove_day(date(2026, 11, 23), by=self.office)

    def test_each_change_makes_a_version(self):
        before = deadlines.calendar().version

        self.swap()

        assert deadlines.calendar().version > before
        assert "23/11/2026" in CalendarVersion.objects.latest("pk").change

    def test_only_the_office_and_the_technical_administrator_may(self):
        with pytest.raises(Refused):
            self.swap(by=self.contributor)

        assert not CalendarDay.objects.filter(date=date(2026, 11, 23)).exists()

    def test_a_make_up_day_must_fall_on_a_weekend(self):
        with pytest.raises(ValidationError) as refusal:
            set_day(date(2026, 11, 23), kind="make_up_working", name="Làm bù", by=self.office)

        assert "date" in refusal.value.message_dict

    def test_a_held_calendar_answers_a_whole_list_without_another_query(self):
        with deadlines.calendar_held(), self.assertNumQueries(0):
            self.assertEqual([deadlines.workdays_after(date(2024, 1, 22), n) for n in (1, 2)][-1], date(2024, 1, 24))
        with self.assertNumQueries(1):
            deadlines.calendar()

    def test_the_calendar_is_read_once_per_version(self):
        deadlines.calendar()

        with self.assertNumQueries(1):
            deadlines.calendar()

    def test_a_change_that_was_rolled_back_leaves_no_trace(self):
        with pytest.raises(RuntimeError), transaction.atomic():
            self.swap()
            assert not deadlines.is_working_day(date(2026, 11, 23))
            raise RuntimeError

        assert deadlines.is_working_day(date(2026, 11, 23))

    def test_a_missing_year_is_reported_from_november(self):
        assert deadlines.years_without_calendar(date(2026, 10, 31)) == []
        assert deadlines.years_without_calendar(date(2026, 11, 1)) == [2027]
        assert deadlines.years_without_calendar(date(2027, 1, 4)) == [2027]


class Seeding(TestCase):
    def test_the_official_table_is_loaded_as_it_stands(self):
        load_calendar(years=[])

        assert CalendarDay.objects.filter(kind="make_up_working").count() == 6
        assert set(CalendarDay.objects.filter(confirmed=False).dates("date", "year")) == {date(2027, 1, 1)}
        assert not CalendarDay.objects.filter(legal_source="").exists()

    def test_every_deadline_of_the_regulation_is_loaded(self):
        load_rules()

        codes = set(DeadlineRule.objects.values_list("code", flat=True))
        assert codes >= {
            *("DL-LAW-INFO", "DL-DOC-OWN", "DL-DOC-SCOPE", "DL-PLAN", "DL-SCI", "DL-STAT", "DL-QA-ANSWER"),
            *("DL-QA-REJECT", "DL-FRESH", "DL-SVC", "DL-ERR", "DL-ATI-DEFAULT", "DL-REPORT", "DL-DOWNTIME"),
        }
        for rule in DeadlineRule.objects.all():
            with self.subTest(rule=rule.code):
                rule.full_clean()

    def test_years_after_the_table_come_from_the_package_as_unconfirmed(self):
        load_calendar(years=[2028, 2026])

        assert CalendarDay.objects.get(date=date(2028, 1, 3)).kind == "substitute"
        assert not CalendarDay.objects.filter(date__year=2028, confirmed=True).exists()
        assert CalendarDay.objects.get(date=date(2026, 1, 2)).kind == "swap_off"

    def test_running_again_changes_nothing(self):
        load_rules(), load_calendar(years=[2028])
        before = CalendarVersion.objects.count()

        assert load_rules() == []
        assert load_calendar(years=[2028]) == []
        assert CalendarVersion.objects.count() == before

    def test_an_empty_portal_waits_to_be_set_up(self):
        assert upgrading.run_steps() == []
        assert not DeadlineRule.objects.exists()

    def test_a_release_adds_rules_that_are_new_by_their_code_and_none_that_the_board_keeps(self):
        load_rules()
        DeadlineRule.objects.filter(code="DL-SVC").delete()
        # The board let the rule begin another day: the row of the release is not wanted beside it.
        kept = DeadlineRule.objects.filter(code="DL-ERR")
        kept.update(valid_from=date(2024, 3, 1))

        assert [line.partition(",")[0] for line in upgrading.run_steps()] == ["Quy tắc thời hạn mới: DL-SVC"]
        assert upgrading.run_steps() == []
        assert [rule.valid_from for rule in kept.all()] == [date(2024, 3, 1)]

    def test_the_command_of_the_first_day_follows_the_same_rule_later(self):
        call_command("seed_deadlines", stdout=StringIO())
        kept = DeadlineRule.objects.filter(code="DL-ERR")
        kept.update(valid_from=date(2024, 3, 1))

        call_command("seed_deadlines", stdout=StringIO())

        assert [rule.valid_from for rule in kept.all()] == [date(2024, 3, 1)]

    def test_what_people_entered_or_removed_stays(self):
        CalendarDay.objects.create(date=date(2026, 11, 24), kind="holiday", name="Tên do người nhập")
        load_calendar(years=[])
        CalendarDay.objects.get(date=date(2027, 9, 3)).delete()

        load_calendar(years=[])

        assert CalendarDay.objects.get(date=date(2026, 11, 24)).name == "Tên do người nhập"
        assert not CalendarDay.objects.filter(date=date(2027, 9, 3)).exists()

    def test_clocks_started_without_a_calendar_are_put_right(self):
        load_rules()
        deadline = deadlines.start(Page.get_first_root_node(), "DL-DOC-OWN", on=date(2020, 1, 22))
        assert (deadline.due_on, "dự kiến" in deadline.explanation) == (date(2020, 1, 24), True)

        load_calendar(years=[])

        deadline.refresh_from_db()
        assert (deadline.due_on, "dự kiến" in deadline.explanation) == (date(2020, 1, 31), False)

    def test_the_command_says_what_it_added(self):
        out = StringIO()

        with time_machine.travel("2026-03-02 08:00 +0700"):
            call_command("seed_deadlines", stdout=out)

        assert "29 quy tắc thời hạn" in out.getvalue()
        assert CalendarDay.objects.filter(date__year=2028).exists()


class RuleNames(SimpleTestCase):
    def test_a_period_reads_as_people_say_it(self):
        for amount, unit, words in [
            (15, "working_day", "15 ngày làm việc"),
            (-7, "working_day", "trước 7 ngày làm việc"),
            (15, "calendar_day", "15 ngày"),
            (None, "calendar_day", "chưa đặt"),
            (None, "immediate", "ngay, chậm nhất ngày làm việc kế tiếp"),
        ]:
            with self.subTest(words=words):
                assert DeadlineRule(amount=amount, unit=unit).period == words
