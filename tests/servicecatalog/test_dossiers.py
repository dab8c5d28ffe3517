"""Dossiers: what follows from their updates, whatever the order in which these arrive."""

import random
import unittest
from datetime import date, datetime
from itertools import pairwise
from unittest import mock

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.models import PortalSite, UnitSuccession
from servicecatalog.dossiers import recording
from servicecatalog.dossiers.derived_state import derived_state_of
from servicecatalog.dossiers.recording import Standing, record, standing_of
from servicecatalog.dossiers.states import NEXT, RUNNING, STANDING_STILL, may_follow
from servicecatalog.models import DossierEvent, DossierStatus, DossierSummary
from tests.city import CityTestCase
from tests.servicecatalog.cast import a_procedure
from tests.servicecatalog.dossier_cast import CODE, any_history, at, code, history, update
from vietnam import workdays
from workflows import deadlines

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def three_days(_code, _channel, moment):
    return deadlines.workdays_after(moment, 3)


class States(CityTestCase):
    def test_are_ten_and_follow_one_another_as_the_standard_says(self):
        self.assertEqual(sorted(NEXT), DossierStatus.values)
        for before, following in (
            (1, {2, 3, 7}),
            (2, {4, 5, 7}),
            (3, set()),
            (4, {5, 6, 7, 8, 9}),
            (5, {4, 7, 8}),
            (6, {4, 7, 8}),
            (7, set()),
            (8, set()),
            (9, {10}),
            (10, set()),
            (None, {1, 2}),
        ):
            with self.subTest(before):
                self.assertEqual({after for after in NEXT if may_follow(before, after)}, following)


class Courses(CityTestCase):
    """The days of June 2020: the 1st was a Monday, no holiday among them."""

    def course(self, updates, until=None):
        with deadlines.calendar_held():
            return derived_state_of(updates, three_days, until)

    def test_end_with_the_last_allowed_step(self):
        course = self.course(history((1, 1), (2, 2), (4, 3), (9, 4), (10, 5)))

        self.assertEqual(course.status, DossierStatus.RETURNED)
        self.assertEqual(
            (course.registered_at, course.received_at, course.finished_at, course.ended_at, course.returned_at),
            (at(1), at(2), at(4), at(4), at(5)),
        )
        self.assertEqual(course.set_aside, {})

    def test_set_aside_what_is_no_allowed_step_and_say_why(self):
        updates = [*history((1, 1), (4, 2), (2, 3)), update(2, at(4), "lap"), update(10, at(5), "nhay")]

        course = self.course(updates)

        self.assertEqual(course.status, DossierStatus.RECEIVED)
        self.assertEqual(sorted(course.set_aside), ["1", "lap", "nhay"])
        self.assertIn("không chuyển thẳng", course.set_aside["1"])
        self.assertIn("đã ở trạng thái", course.set_aside["lap"])
        self.assertIn("«Đã trả kết quả»", course.set_aside["nhay"])

    def test_count_a_step_once_what_was_missing_before_it_has_arrived(self):
        late = history((2, 1), (4, 2), (9, 3))

        self.assertEqual(self.course(late[1:]).set_aside.keys(), {"1", "2"})
        self.assertEqual(self.course(late).status, DossierStatus.FINISHED)

    def test_take_the_day_promised_before_the_limit_of_the_procedure(self):
        self.assertEqual(self.course(history((2, 1))).due_on, date(2020, 6, 4))
        self.assertEqual(self.course(history((2, 1), promised_on=date(2020, 6, 9))).due_on, date(2020, 6, 9))

    def test_move_the_last_day_by_the_working_days_for_which_payment_was_waited(self):
        course = self.course(history((2, 1), (4, 2), (6, 3), (4, 9), (9, 10)))

        self.assertEqual(course.due_on, date(2020, 6, 10))
        self.assertIsNone(course.stopped_at)

    def test_start_the_limit_again_when_the_papers_are_complete(self):
        by_limit = self.course(history((2, 1), (5, 2), (4, 15)))
        by_promise = self.course(history((2, 1), (5, 2), (4, 15), promised_on=date(2020, 6, 8)))

        self.assertEqual(by_limit.due_on, date(2020, 6, 18))
        self.assertEqual(by_promise.due_on, date(2020, 6, 22))
        self.assertEqual(by_promise.counted_from, at(15))

    def test_put_a_dossier_off_once(self):
        letters = [
            update(None, at(3), "thu-1", reappointed_on=date(2020, 6, 10)),
            update(None, at(9), "thu-2", reappointed_on=date(2020, 6, 20)),
        ]

        course = self.course([*history((2, 1), (4, 1)), *letters])

        self.assertEqual((course.reappointed_on, course.apologised_at), (date(2020, 6, 10), at(3)))
        self.assertEqual(course.due_on, date(2020, 6, 4))
        self.assertIn("chỉ được hẹn lại một lần", course.set_aside["thu-2"])

    def test_put_off_only_what_was_received_and_only_beyond_the_last_day(self):
        early = update(None, at(1, 8), "som", reappointed_on=date(2020, 6, 10))
        before = update(None, at(2), "truoc-han", reappointed_on=date(2020, 6, 4))

        course = self.course([*history((2, 1)), early, before])

        self.assertEqual(course.set_aside.keys(), {"som", "truoc-han"})

    def test_are_told_as_they_were_at_a_moment(self):
        updates = history((2, 1), (4, 2), (6, 3), (4, 9), (9, 10))

        self.assertEqual(self.course(updates, until=at(3)).status, DossierStatus.PAYMENT_WANTED)
        self.assertEqual(self.course(updates, until=at(9)).due_on, date(2020, 6, 10))


WITHOUT_HOLIDAYS = deadlines.WorkingCalendar(1, workdays.Calendar(), frozenset(), frozenset())


@mock.patch("workflows.deadlines.working_calendar.calendar", lambda: WITHOUT_HOLIDAYS)
@mock.patch("workflows.deadlines.due.calendar", lambda: WITHOUT_HOLIDAYS)
class AnyHistory(unittest.TestCase):
    """What holds for any updates at all."""

    @QUICK
    @given(any_history(), st.randoms(use_true_random=False))
    def test_has_one_outcome_in_whatever_order_and_how_often_it_is_told(self, updates, chance):
        told = [*updates, *chance.sample(updates, len(updates) // 2)]
        chance.shuffle(told)
        with deadlines.calendar_held():
            once = derived_state_of(updates, three_days)
            known = {}
            for item in told:
                known.setdefault(item.key, item)

            self.assertEqual(derived_state_of(known.values(), three_days), once)

    @QUICK
    @given(any_history())
    def test_takes_only_allowed_steps(self, updates):
        with deadlines.calendar_held():
            course = derived_state_of(updates, three_days)
        taken = sorted(
            (item for item in updates if item.status and item.key not in course.set_aside),
            key=lambda item: (item.at, item.sequence, item.key),
        )

        for before, after in pairwise([None, *(item.status for item in taken)]):
            self.assertTrue(may_follow(before, after), (before, after))
        self.assertEqual(course.status, taken[-1].status if taken else None)

    @QUICK
    @given(any_history())
    def test_lets_the_clock_stand_still_while_the_citizen_is_waited_for(self, updates):
        with deadlines.calendar_held():
            moments = sorted({item.at for item in updates})
            for moment, following in pairwise(moments):
                course = derived_state_of(updates, three_days, until=moment)
                if course.status not in STANDING_STILL:
                    self.assertIsNone(course.stopped_at)
                    continue
                day, later = moment.date(), following.date()
                self.assertEqual(standing_of(course, day).days_left, standing_of(course, later).days_left)
                self.assertEqual(standing_of(course, day).is_late, standing_of(course, later).is_late)

    @QUICK
    @given(any_history())
    def test_loses_no_day_of_the_limit_to_a_wait_for_payment(self, updates):
        with deadlines.calendar_held():
            for moment in sorted({item.at for item in updates}):
                before = derived_state_of(
                    updates, three_days, until=moment.replace(microsecond=0) - (moment.resolution)
                )
                after = derived_state_of(updates, three_days, until=moment)
                was_waiting = before.status == DossierStatus.PAYMENT_WANTED
                if was_waiting and after.status in RUNNING and before.due_on and after.status_since == moment:
                    day = moment.date()
                    left = standing_of(before, day).days_left
                    if left >= 0:
                        self.assertEqual(standing_of(after, day).days_left, left)


class Recording(CityTestCase):
    def rows(self):
        fields = [name for name in recording.FOLLOWING if name != "updated_at"]
        return list(DossierSummary.objects.order_by("code").values("code", *fields))

    def test_keeps_an_update_once_however_often_it_comes(self):
        updates = history((2, 1), (4, 2))
        first = record(updates, site=self.city.my_long)
        again = record(updates, site=self.city.my_long)

        self.assertEqual([item.is_repeat for item in first], [False, False])
        self.assertEqual([item.is_repeat for item in again], [True, True])
        self.assertEqual(DossierEvent.objects.count(), 2)
        self.assertEqual(again[0].dossier.status, DossierStatus.IN_PROGRESS)

    def test_ends_in_the_same_rows_in_random_order_with_repeats_as_in_order_and_once(self):
        a_procedure(self.city, code="1.000001")
        told = [
            item
            for number in range(1, 9)
            for item in history(
                *[(2, 1), (4, 2), (6, 3), (4, 9), (9, 9 + number), (10, 19)][: number + 1],
                code=code(number),
                procedure_code="1.000001",
                channel="online",
            )
        ]
        for item in told:
            record([item], site=self.city.my_long)
        wanted, asides = self.rows(), list(DossierEvent.objects.values_list("key", "set_aside").order_by("key"))
        DossierSummary.objects.all().delete()
        chance = random.Random(5)
        mixed = [*told, *chance.sample(told, 15)]
        chance.shuffle(mixed)
        while mixed:
            size = chance.randint(1, 7)
            batch, mixed = mixed[:size], mixed[size:]
            record(batch, site=self.city.my_long)

        self.assertEqual(self.rows(), wanted)
        self.assertEqual(list(DossierEvent.objects.values_list("key", "set_aside").order_by("key")), asides)
        self.assertEqual(wanted[0]["due_on"], date(2020, 6, 4))

    def test_refuses_all_of_a_batch_that_contradicts_what_is_kept(self):
        record(history((2, 1)), site=self.city.my_long)
        for updates, field in (
            ([update(2, at(2), key="0"), update(4, at(3))], "key"),
            ([update(4, at(3), code=code(9)), update(5, at(4))], "code"),
        ):
            site = self.city.my_long if field == "key" else self.city.my_xuyen
            with self.subTest(field), self.assertRaises(recording.Conflict) as caught:
                record(updates, site=site)
            self.assertEqual([problem[1] for problem in caught.exception.problems], [field])
        self.assertEqual(DossierEvent.objects.count(), 1)
        self.assertEqual(DossierSummary.objects.get().status, DossierStatus.RECEIVED)

    def test_lets_the_successor_of_a_merged_ward_go_on_with_its_dossiers_and_nobody_else(self):
        record(history((2, 1)), site=self.city.dong_xuyen)
        further = [update(4, at(2), "x")]
        UnitSuccession.objects.create(
            predecessor=self.city.dong_xuyen.unit,
            successor=self.city.my_long.unit,
            effective_on=date(2020, 6, 1),
            legal_act="Nghị quyết thử",
        )
        with self.assertRaises(recording.Conflict):
            record(further, site=self.city.my_long)
        PortalSite.objects.filter(pk=self.city.dong_xuyen.pk).update(state=PortalSite.State.FROZEN)
        with self.assertRaises(recording.Conflict):
            record(further, site=self.city.my_xuyen)

        record(further, site=self.city.my_long)

        found = DossierSummary.objects.get()
        self.assertEqual((found.owner_site, found.status), (self.city.my_long, DossierStatus.IN_PROGRESS))

    def test_names_what_does_not_count_and_takes_it_when_the_rest_has_come(self):
        updates = history((2, 1), (4, 2))
        (early,) = record(updates[1:], site=self.city.my_long)
        (then,) = record(updates[:1], site=self.city.my_long)

        self.assertIn("Chưa có lần đăng ký", early.reason)
        self.assertEqual((then.reason, then.dossier.status, then.dossier.set_aside), ("", 4, 0))
        self.assertEqual(DossierEvent.objects.exclude(set_aside="").count(), 0)

    def test_asks_as_much_of_the_database_for_many_as_for_few(self):
        a_procedure(self.city, code="1.000001")
        few = [update(2, at(1), code=code(n), procedure_code="1.000001") for n in range(1, 3)]
        many = [update(2, at(1), code=code(n), procedure_code="1.000001") for n in range(10, 40)]
        deadlines.calendar()
        with self.assertNumQueries(11):
            record(few, site=self.city.my_long)
        with self.assertNumQueries(11):
            record(many, site=self.city.my_long)

    def test_reads_open_dossiers_anew_at_night(self):
        record(history((2, 1), procedure_code="1.000001"), site=self.city.my_long)
        self.assertIsNone(DossierSummary.objects.get().due_on)
        procedure = a_procedure(self.city, code="1.000001")

        self.assertEqual(recording.refresh(), 1)

        found = DossierSummary.objects.get()
        self.assertEqual((found.procedure, found.due_on), (procedure, date(2020, 6, 4)))


class Stands(CityTestCase):
    def stand(self, updates, day):
        record(updates, site=self.city.my_long)
        return standing_of(DossierSummary.objects.get(code=CODE), date(2020, 6, day))

    def test_say_the_days_left_and_late_from_the_day_after_the_last(self):
        updates = history((2, 1), promised_on=date(2020, 6, 4))
        for day, left, standing in (
            (2, 2, Standing.RUNNING),
            (4, 0, Standing.RUNNING),
            (5, -1, Standing.LATE),
            (8, -2, Standing.LATE),
        ):
            with self.subTest(day):
                stand = self.stand(updates, day)
                self.assertEqual((stand.days_left, stand.standing), (left, standing))
                self.assertEqual(stand.must_apologise, standing == Standing.LATE)

    def test_stand_still_while_papers_are_waited_for(self):
        updates = history((2, 1), (5, 2), promised_on=date(2020, 6, 4))

        self.assertEqual(self.stand(updates, 2), self.stand(updates, 30))
        self.assertEqual(self.stand(updates, 30).standing, Standing.STOPPED)

    def test_tell_an_apology_in_time_from_a_late_one(self):
        letter = update(None, at(4), "thu", reappointed_on=date(2020, 6, 10))
        late = self.stand([*history((2, 1), promised_on=date(2020, 6, 4)), letter], 5)

        self.assertTrue(late.apology_was_late)
        self.assertFalse(late.must_apologise)
        self.assertTrue(self.stand([letter], 11).is_past_reappointment)

    def test_of_what_has_ended_compare_its_day_with_the_last_day(self):
        for number, (day, standing) in enumerate(
            ((3, Standing.ENDED_EARLY), (4, Standing.ENDED_IN_TIME), (5, Standing.ENDED_LATE)), 1
        ):
            own = code(number)
            record(history((2, 1), (4, 2), (9, day), code=own, promised_on=date(2020, 6, 4)), site=self.city.my_long)
            with self.subTest(day):
                self.assertEqual(standing_of(DossierSummary.objects.get(code=own)).standing, standing)

    def test_of_today_follow_the_clock_of_vietnam(self):
        record(history((2, 1), promised_on=date(2020, 6, 4)), site=self.city.my_long)
        found = DossierSummary.objects.get()
        with time_machine.travel(datetime(2020, 6, 4, 23, 59, tzinfo=at(1).tzinfo), tick=False):
            self.assertFalse(standing_of(found).is_late)
        with time_machine.travel(datetime(2020, 6, 5, 0, 0, tzinfo=at(1).tzinfo), tick=False):
            self.assertTrue(standing_of(found).is_late)
