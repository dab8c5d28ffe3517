"""Clocks that stand still, that were promised, extended, or are late beyond the second threshold."""

import random
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page

from base.gate import Refused
from tests.working_days import set_day
from workflows import deadlines
from workflows.deadlines import Standing
from workflows.models import CalendarDay, Deadline, DeadlinePause, DeadlineRule

from .test_deadlines import Running, Seeded, make_rule

ASKER = DeadlinePause.Category.MORE_INFORMATION
# A question received on Monday 01/06/2026 is due on Monday 22/06/2026; no holiday until 31/08/2026.
RECEIVED, DUE = date(2026, 6, 1), date(2026, 6, 22)


class Pausing(Running):
    """A question received on 01/06/2026, seen on 30/06/2026 unless a test says another day."""

    today = "2026-06-12 09:00 +0700"

    def setUp(self):
        traveller = time_machine.travel(self.today)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.deadline = self.begin(on=RECEIVED)
        assert self.deadline.due_on == DUE

    def stop(self, on=date(2026, 6, 10), deadline=None, **fields):
        known = {"category": ASKER, "reason": "Chưa rõ thửa đất nào", "by": self.office}
        return deadlines.pause(deadline or self.deadline, on=on, **{**known, **fields})

    def go_on(self, on=date(2026, 6, 12), deadline=None):
        return deadlines.resume(deadline or self.deadline, on=on, by=self.office)


class StoppingTheClock(Pausing):
    def test_is_refused_without_category_reason_or_date(self):
        for field, bad in {"category": {"category": ""}, "reason": {"reason": "  "}, "on": {"on": None}}.items():
            with self.subTest(field=field), pytest.raises(ValidationError) as refusal:
                self.stop(**bad)
            assert list(refusal.value.message_dict) == [field]

    def test_is_refused_before_the_receipt_and_in_the_future(self):
        for day, words in {date(2026, 5, 29): "trước ngày tiếp nhận", date(2026, 6, 15): "chưa đến"}.items():
            with self.subTest(day=day), pytest.raises(ValidationError, match=words) as refusal:
                self.stop(on=day)
            assert list(refusal.value.message_dict) == ["on"]

    def test_is_refused_when_already_stopped_and_before_the_last_restart(self):
        self.stop(on=date(2026, 6, 3))
        with pytest.raises(Refused, match="đã tạm dừng từ 03/06/2026"):
            self.stop()
        self.go_on(on=date(2026, 6, 8))

        with pytest.raises(ValidationError, match="tính tiếp lần trước"):
            self.stop(on=date(2026, 6, 5))

    def test_is_refused_for_an_ended_clock_and_for_a_rule_without_pauses(self):
        other = self.begin("DL-STAT", on=RECEIVED)

        with pytest.raises(Refused, match="không được tạm dừng"):
            self.stop(deadline=other)
        with pytest.raises(Refused, match="đã kết thúc"):
            self.stop(deadline=deadlines.meet(self.deadline, on=date(2026, 6, 9)))

    def test_a_refusal_leaves_nothing_behind(self):
        with pytest.raises(ValidationError):
            self.stop(on=date(2026, 6, 15))

        self.deadline.refresh_from_db()
        assert (self.deadline.paused_on, self.deadline.last_day, DeadlinePause.objects.count()) == (None, DUE, 0)

    def test_success_is_logged_without_the_reason(self):
        self.stop()

        entry = ModelLogEntry.objects.for_instance(self.deadline).get(action="portal.deadline.pause")
        assert entry.user == self.office
        assert entry.data == {"rule": "DL-QA-ANSWER", "on": "2026-06-10", "category": ASKER}

    def test_the_database_refuses_a_second_open_pause(self):
        self.stop()

        with pytest.raises(IntegrityError), transaction.atomic():
            DeadlinePause.objects.create(
                deadline=self.deadline, category=ASKER, reason="x", stopped_on=date(2026, 6, 11)
            )

    def test_a_late_clock_is_not_stopped(self):
        with time_machine.travel("2026-06-24 09:00 +0700"), pytest.raises(Refused, match="không xóa được"):
            self.stop(on=date(2026, 6, 23))

    def test_a_pause_recorded_after_the_last_day_does_not_undo_the_delay(self):
        with time_machine.travel("2026-06-24 09:00 +0700"):
            self.stop(on=date(2026, 6, 18))
            deadline = self.go_on(on=date(2026, 6, 24))

            assert deadline.last_day == date(2026, 6, 26)
            assert deadlines.is_late(deadline)


class RestartingTheClock(Pausing):
    def test_is_refused_without_date_before_the_stop_and_in_the_future(self):
        self.stop(on=date(2026, 6, 10))

        for day, words in {
            None: "ngày tính tiếp",
            date(2026, 6, 9): "trước ngày tạm dừng",
            date(2026, 6, 15): "chưa đến",
        }.items():
            with self.subTest(day=day), pytest.raises(ValidationError, match=words) as refusal:
                self.go_on(on=day)
            assert list(refusal.value.message_dict) == ["on"]

    def test_is_refused_when_the_clock_is_not_stopped(self):
        with pytest.raises(Refused, match="không tạm dừng"):
            self.go_on()

        self.stop()
        self.go_on()
        with pytest.raises(Refused, match="không tạm dừng"):
            self.go_on()

    def test_moves_the_last_day_by_the_working_days_not_by_the_calendar_days(self):
        # Friday to Monday: three calendar days, one working day.
        with time_machine.travel("2026-06-15 09:00 +0700"):
            self.stop(on=date(2026, 6, 12))
            deadline = self.go_on(on=date(2026, 6, 15))

        assert deadline.last_day == date(2026, 6, 23)
        assert (deadline.paused_workdays, deadline.due_on) == (1, DUE)

    def test_on_the_same_day_moves_nothing(self):
        self.stop(on=date(2026, 6, 10))

        assert self.go_on(on=date(2026, 6, 10)).last_day == DUE

    def test_success_is_logged_with_the_old_and_the_new_day(self):
        self.stop()
        self.go_on()

        entry = ModelLogEntry.objects.for_instance(self.deadline).get(action="portal.deadline.resume")
        assert (entry.data["on"], entry.data["to"]) == ("2026-06-12", "2026-06-24")
        assert DeadlinePause.objects.get().resumed_by == self.office


class StandingStill(Pausing):
    def test_the_days_left_stand_still_and_go_on(self):
        left = deadlines.days_left(self.deadline, date(2026, 6, 10))
        stopped = self.stop(on=date(2026, 6, 10))

        assert [deadlines.days_left(stopped, date(2026, 6, day)) for day in (10, 11, 15)] == [left, left, left]
        going = self.go_on(on=date(2026, 6, 12))
        assert deadlines.days_left(going, date(2026, 6, 12)) == left
        assert deadlines.days_left(going, date(2026, 6, 15)) == left - 1

    def test_is_never_late_while_the_limit_lasts_and_goes_on_by_itself_after_it(self):
        deadline = self.stop(on=date(2026, 6, 10))

        # Ten working days after 10/06: the pause ends with 24/06, eight were left, the last day is 06/07.
        assert deadline.last_day == date(2026, 7, 6)
        assert deadlines.is_paused(deadline, date(2026, 6, 23))
        assert not deadlines.is_paused(deadline, date(2026, 6, 24))
        assert deadlines.days_left(deadline, date(2026, 6, 24)) == 8
        assert deadlines.days_left(deadline, date(2026, 6, 25)) == 7
        assert not deadlines.is_late(deadline, date(2026, 7, 6))
        assert deadlines.is_late(deadline, date(2026, 7, 7))
        assert deadline in Deadline.objects.late(date(2026, 7, 7))
        assert deadline not in Deadline.objects.late(date(2026, 7, 6))

    def test_a_restart_after_the_limit_gives_the_limit_and_a_further_pause_is_refused(self):
        self.stop(on=date(2026, 6, 10))
        with time_machine.travel("2026-06-30 09:00 +0700"):
            deadline = self.go_on(on=date(2026, 6, 30))

            assert (deadline.last_day, deadline.paused_workdays) == (date(2026, 7, 6), 10)
            with pytest.raises(Refused, match="dùng hết 10 ngày"):
                self.stop(on=date(2026, 6, 30))

    def test_two_pauses_add_up(self):
        self.stop(on=date(2026, 6, 2)), self.go_on(on=date(2026, 6, 4))
        self.stop(on=date(2026, 6, 9))

        assert self.go_on(on=date(2026, 6, 12)).last_day == date(2026, 6, 29)

    def test_the_explanation_tells_of_pauses_and_not_of_their_reasons(self):
        stopped = self.stop(on=date(2026, 6, 10))
        assert deadlines.explain(stopped, date(2026, 6, 11)).endswith(
            "đang tạm dừng từ thứ Tư 10/06/2026 (chờ người gửi bổ sung thông tin); "
            "hạn cuối chậm nhất thứ Hai 06/07/2026"
        )

        going = self.go_on(on=date(2026, 6, 12))

        assert deadlines.explain(going, date(2026, 6, 12)) == (
            "tiếp nhận thứ Hai 01/06/2026; không tính ngày tiếp nhận; hạn cuối thứ Hai 22/06/2026; "
            "tạm dừng từ 10/06/2026 đến 12/06/2026 (chờ người gửi bổ sung thông tin), 2 ngày làm việc; "
            "hạn cuối thứ Tư 24/06/2026"
        )

    def test_answering_while_stopped_ends_the_pause_and_is_in_time(self):
        self.stop(on=date(2026, 6, 10))
        with time_machine.travel("2026-06-23 09:00 +0700"):
            met = deadlines.meet(self.deadline, on=date(2026, 6, 23))

        assert met.paused_on is None
        assert met.last_day == date(2026, 7, 3)
        assert DeadlinePause.objects.get().resumed_on == date(2026, 6, 23)
        assert not deadlines.is_late(met)

    def test_cancelling_while_stopped_ends_the_pause(self):
        self.stop(on=date(2026, 6, 10))

        deadlines.cancel_for(self.home, reason="Người hỏi rút câu hỏi")

        assert not DeadlinePause.objects.filter(resumed_on=None).exists()

    def test_a_change_of_the_calendar_moves_a_paused_clock_by_its_pauses_and_its_days(self):
        self.stop(on=date(2026, 6, 10)), self.go_on(on=date(2026, 6, 12))
        off = CalendarDay(date=date(2026, 6, 11), kind="swap_off", name="Nghỉ hoán đổi")
        assert deadlines.affected_by([off]) == []  # one day fewer was paused, one day fewer was worked

        later = CalendarDay(date=date(2026, 6, 18), kind="swap_off", name="Nghỉ hoán đổi")
        assert deadlines.affected_by([later]) == [(self.deadline, date(2026, 6, 25))]
        set_day(date(2026, 6, 18), kind="swap_off", name="Nghỉ hoán đổi", by=self.office)

        self.deadline.refresh_from_db()
        assert (self.deadline.due_on, self.deadline.last_day) == (date(2026, 6, 23), date(2026, 6, 25))

    def test_whatever_was_paused_is_given_back_to_the_day(self):
        chance = random.Random(2020)
        with time_machine.travel("2026-12-31 09:00 +0700"):
            for _ in range(12):
                sound = transaction.savepoint()
                begin = RECEIVED + timedelta(days=chance.randrange(0, 21))
                end = begin + timedelta(days=chance.randrange(0, 12))
                left = deadlines.days_left(self.deadline, begin)
                Deadline.objects.filter(pk=self.deadline.pk).update(was_late=False)
                self.stop(on=begin)
                deadline = self.go_on(on=end)
                paused = deadlines.workdays_between([(begin, end)])[0]
                with self.subTest(begin=begin, end=end):
                    assert deadlines.days_left(deadline, end) == left
                    assert deadline.last_day == deadlines.workdays_after(DUE, paused)
                    assert deadlines.is_working_day(deadline.last_day)
                transaction.savepoint_rollback(sound)

    def test_pauses_before_an_extension_are_in_its_day_and_those_after_move_it(self):
        self.stop(on=date(2026, 6, 2)), self.go_on(on=date(2026, 6, 4))
        deadline = deadlines.extend(
            self.deadline, to=date(2026, 6, 30), reason="Cần xác minh", by=self.head, on=date(2026, 6, 5)
        )
        assert deadline.last_day == date(2026, 6, 30)

        self.stop(on=date(2026, 6, 8))
        deadline = self.go_on(on=date(2026, 6, 9))

        assert deadline.last_day == date(2026, 7, 1)
        assert deadlines.explain(deadline, date(2026, 6, 9)).endswith("hạn cuối thứ Tư 01/07/2026")
        with pytest.raises(ValidationError, match="ngày gia hạn"):
            Deadline.objects.filter(pk=deadline.pk).update(extended_on=date(2026, 6, 11))
            self.stop(on=date(2026, 6, 10))

    def test_how_it_stands(self):
        assert deadlines.standing(self.deadline, date(2026, 6, 12)) == Standing.RUNNING
        assert deadlines.standing(self.deadline, date(2026, 6, 17)) == Standing.SOON
        stopped = self.stop(on=date(2026, 6, 10))
        assert deadlines.standing(stopped, date(2026, 6, 12)) == Standing.PAUSED
        going = self.go_on(on=date(2026, 6, 12))
        assert deadlines.standing(going, date(2026, 6, 24)) == Standing.SOON
        assert deadlines.standing(going, date(2026, 6, 25)) == Standing.LATE
        assert deadlines.standing(deadlines.meet(going, on=date(2026, 6, 24))) == Standing.MET


class Promising(Running):
    """An interim notice of 10/06/2026 that names the day of the answer."""

    def promise(self, until=date(2026, 7, 15), on=date(2026, 6, 10), **fields):
        return deadlines.start_until(self.home, "DL-QA-PROMISED", on=on, until=until, site=self.site, **fields)

    def test_a_promised_day_is_the_last_day_whatever_the_rule(self):
        deadline = self.promise(title="Câu hỏi số 1", by=self.office)

        assert (deadline.due_on, deadline.last_day, deadline.until) == (date(2026, 7, 15),) * 3
        assert deadline.explanation == (
            "thông báo quá trình xử lý thứ Tư 10/06/2026; hẹn ngày trả lời; hạn cuối thứ Tư 15/07/2026"
        )
        assert deadlines.days_left(deadline, date(2026, 7, 14)) == 1
        assert deadlines.is_late(deadline, date(2026, 7, 16))

    def test_the_same_promise_is_kept_and_another_one_is_refused_until_it_is_met(self):
        first = self.promise()

        assert self.promise() == first
        with pytest.raises(Refused, match="lời hẹn đến 15/07/2026"):
            self.promise(until=date(2026, 7, 20))
        deadlines.meet_for(self.home, on=date(2026, 6, 30), rule="DL-QA-PROMISED")
        assert self.promise(until=date(2026, 7, 20), on=date(2026, 6, 30)) != first

    def test_a_day_before_the_event_or_off_is_refused(self):
        for day in (date(2026, 6, 9), date(2026, 7, 18)):
            with self.subTest(day=day), pytest.raises(ValidationError) as refusal:
                self.promise(until=day)
            assert list(refusal.value.message_dict) == ["until"]

    def test_a_new_day_off_moves_a_promise_only_when_it_falls_on_it(self):
        deadline = self.promise()
        set_day(date(2026, 6, 24), kind="swap_off", name="Nghỉ hoán đổi", by=self.office)
        deadline.refresh_from_db()
        assert deadline.last_day == date(2026, 7, 15)

        set_day(date(2026, 7, 15), kind="swap_off", name="Nghỉ hoán đổi", by=self.office)

        deadline.refresh_from_db()
        assert deadline.last_day == date(2026, 7, 16)
        assert "hẹn đến thứ Tư 15/07/2026, nay không phải ngày làm việc" in deadline.explanation

    def test_a_rule_for_promised_days_has_no_period_of_its_own(self):
        with pytest.raises(deadlines.NoDeadline, match="ngày hẹn"):
            deadlines.start(self.home, "DL-QA-PROMISED", on=date(2026, 6, 10))


class Extending(Running):
    """A question received on 01/06/2026, due on 22/06/2026."""

    def extend(self, deadline, to=date(2026, 6, 30), reason="Cần xác minh", by=None, on=date(2026, 6, 10)):
        return deadlines.extend(deadline, to=to, reason=reason, by=by or self.office, on=on)

    def test_is_refused_without_a_day_or_a_reason_and_before_the_present_deadline(self):
        deadline = self.begin(on=RECEIVED)
        for field, bad in (
            ("extended_to", {"to": None}),
            ("extended_to", {"to": date(9999, 12, 31)}),
            ("extended_to", {"to": date(2026, 6, 19)}),
            ("extended_to", {"to": DUE}),
            ("extension_reason", {"reason": " "}),
        ):
            with self.subTest(bad=bad), pytest.raises(ValidationError) as refusal:
                self.extend(deadline, **bad)
            assert list(refusal.value.message_dict) == [field]

    def test_is_refused_for_another_period_than_the_rule_fixes(self):
        deadline = deadlines.start(self.home, make_rule("X-15", 15, extension_workdays=5), on=RECEIVED, site=self.site)

        with pytest.raises(ValidationError, match="5 ngày làm việc: hãy chọn thứ Hai 29/06/2026"):
            self.extend(deadline, to=date(2026, 6, 30))
        assert self.extend(deadline, to=date(2026, 6, 29)).last_day == date(2026, 6, 29)

    def test_the_officer_extends_once_and_after_that_only_the_head_of_the_board(self):
        deadline = self.extend(self.begin(on=RECEIVED))

        with pytest.raises(Refused, match="chỉ Trưởng ban"):
            self.extend(deadline, to=date(2026, 7, 7))
        assert self.extend(deadline, to=date(2026, 7, 7), by=self.head).extensions == 2

    def test_an_item_that_was_extended_is_not_shown_as_overdue(self):
        deadline = self.extend(self.begin(on=RECEIVED))

        assert deadline not in Deadline.objects.late(date(2026, 6, 30))
        assert deadline in Deadline.objects.late(date(2026, 7, 1))

    def test_a_transaction_that_fails_changes_nothing(self):
        deadline = self.begin(on=RECEIVED)

        with pytest.raises(RuntimeError), transaction.atomic():
            self.extend(deadline)
            raise RuntimeError

        deadline.refresh_from_db()
        assert (deadline.extended_to, deadline.last_day, deadline.extensions) == (None, DUE, 0)
        assert not ModelLogEntry.objects.for_instance(deadline).filter(action="portal.deadline.extend").exists()

    def test_a_stopped_clock_goes_on_before_it_is_extended(self):
        with time_machine.travel("2026-06-12 09:00 +0700"):
            deadline = self.begin(on=RECEIVED)
            deadlines.pause(deadline, category=ASKER, reason="Thiếu địa chỉ", on=date(2026, 6, 10), by=self.office)

            with pytest.raises(Refused, match="đang tạm dừng"):
                self.extend(deadline)


class WorkingDaysAndDeadlines(Seeded):
    """What the portals of other countries test of their deadlines."""

    def test_received_on_a_monday_twenty_working_days_on_the_day_of_receipt_not_counted(self):
        assert deadlines.due_date(make_rule("X-20", 20), date(2026, 6, 1)) == date(2026, 6, 29)

    def test_received_at_a_weekend_is_due_with_the_friday_before(self):
        rule = make_rule("X-20", 20)

        assert {deadlines.due_date(rule, date(2026, 6, day)) for day in (5, 6, 7)} == {date(2026, 7, 3)}

    def test_still_late_on_the_last_day_of_the_second_threshold_and_very_late_the_day_after(self):
        deadline = deadlines.start(self.home, make_rule("X-20", 20, very_late_after=20), on=date(2026, 6, 1))
        fortieth = deadlines.workdays_after(date(2026, 6, 1), 40)

        assert deadlines.standing(deadline, date(2026, 6, 29)) == Standing.SOON
        assert deadlines.standing(deadline, date(2026, 6, 30)) == Standing.LATE
        assert deadlines.standing(deadline, fortieth) == Standing.LATE
        assert deadlines.standing(deadline, fortieth + timedelta(days=1)) == Standing.VERY_LATE

    def test_internal_escalation_and_external_deadlines_are_computed_apart_from_the_same_start(self):
        received = date(2026, 6, 1)
        unit = deadlines.start(self.home, "DL-QA-SUB", on=received, site=self.site)
        board = deadlines.start(self.home, "DL-QA-ANSWER", on=received, site=self.site)

        assert (unit.last_day, board.last_day) == (date(2026, 6, 15), date(2026, 6, 22))
        deadlines.meet_for(self.home, on=date(2026, 6, 12), rule="DL-QA-SUB")
        board.refresh_from_db()
        assert board.is_open

    def test_a_substituted_monday_is_off_and_a_make_up_saturday_counts(self):
        # Giỗ Tổ fell on Sunday 10/04/2022; Saturday 22/08/2026 was worked for 31/08.
        assert deadlines.due_date(make_rule("X-1", 1), date(2022, 4, 8)) == date(2022, 4, 12)
        assert deadlines.due_date(make_rule("X-1B", 1), date(2026, 8, 21)) == date(2026, 8, 22)

    def test_the_table_spans_three_years_including_this_one(self):
        confirmed = deadlines.calendar().confirmed_years

        assert {2024, 2025, 2026} <= confirmed

    def test_a_calendar_that_cannot_be_read_is_an_error_and_never_an_empty_one(self):
        deadlines.reread_calendar()
        with transaction.atomic():

            def broken(execute, sql, params, many, context):
                if "workflows_calendarday" in sql:
                    raise RuntimeError("không đọc được lịch")
                return execute(sql, params, many, context)

            with connection.execute_wrapper(broken), pytest.raises(RuntimeError, match="không đọc được lịch"):
                deadlines.due_date("DL-DOC-OWN", date(2026, 6, 1))
        assert deadlines.due_date("DL-DOC-OWN", date(2026, 6, 1)) == date(2026, 6, 3)


class Moved(Seeded):
    """A host whose clock and time zone are not those of Việt Nam."""

    def test_not_late_on_the_due_date_and_late_from_midnight_in_viet_nam_on_a_host_in_utc(self):
        deadline = deadlines.start(Page.get_first_root_node(), "DL-DOC-OWN", on=date(2026, 2, 13))
        assert deadline.last_day == date(2026, 2, 24)  # over Tết: 16–20/02

        for moment, late in (
            ("2026-02-24 16:59:59 +0000", False),
            ("2026-02-24 17:00:00 +0000", True),
            ("2026-02-24 14:59:59 +0000", False),
            ("2026-02-24 19:00:00 +0000", True),
        ):
            for zone in ("UTC", "America/New_York", "Asia/Ho_Chi_Minh"):
                with self.subTest(moment=moment, zone=zone), time_machine.travel(moment), timezone.override(zone):
                    assert deadlines.is_late(deadline) is late
                    assert (deadlines.days_left(deadline) < 0) is late
                    assert Deadline.objects.late(deadlines.today()).filter(pk=deadline.pk).exists() is late

    def test_the_last_second_of_a_year_belongs_to_it(self):
        with time_machine.travel("2026-12-31 16:59:59 +0000"):
            assert deadlines.today() == date(2026, 12, 31)
        with time_machine.travel("2026-12-31 17:00:00 +0000"):
            assert deadlines.today() == date(2027, 1, 1)


class RuleData(Seeded):
    def test_reminder_days_are_numbers_in_order(self):
        rule = DeadlineRule.objects.get(code="DL-QA-ANSWER")
        rule.reminders = " 5, -3,0 ,0"
        rule.full_clean()

        assert (rule.reminders, rule.reminder_days) == ("-3,0,5", [-3, 0, 5])
        for bad in ("một", "-3;0", "99"):
            rule.reminders = bad
            with self.subTest(bad=bad), pytest.raises(ValidationError) as refusal:
                rule.full_clean()
            assert list(refusal.value.message_dict) == ["reminders"]

    def test_requests_about_personal_data_are_answered_in_two_working_days(self):
        assert deadlines.due_date("DL-DSR", date(2026, 2, 13)) == date(2026, 2, 24)
