"""Figures of dossiers: each by its definition, and the identities of the report for any history at all."""

import io
import unittest
from datetime import date, datetime, timedelta
from unittest import mock

import hypothesis.extra.django
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from base.gate import Refused
from servicecatalog.dossiers import figures as dossier_figures
from servicecatalog.dossiers import periods, recording
from servicecatalog.dossiers import sheet as dossier_sheet
from servicecatalog.dossiers.figures import Figures, Mismatch, of_period, of_services
from servicecatalog.dossiers.periods import Kind, calendar_year, period
from servicecatalog.models import DossierSummary, Satisfaction, ServiceField
from tests.city import CityTestCase, build_city
from tests.servicecatalog.cast import a_procedure, an_offering
from tests.servicecatalog.dossier_cast import VIETNAM, any_history, at, code, history

PAGE = "/my-long/dich-vu-cong/tinh-hinh-ho-so/"


def june():
    return period(Kind.MONTH, 2020, 6)


class Counting(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.one = a_procedure(cls.city, code="1.000001")
        cls.two = a_procedure(cls.city, code="1.000002", field=ServiceField.objects.get(slug="dat-dai"))

    def record(self, number, *steps, promised=4, month=6, site=None, procedure="1.000001", channel="in_person", **more):
        updates = history(
            *steps,
            code=code(number),
            procedure_code=procedure,
            channel=channel,
            promised_on=date(2020, month, promised),
            **more,
        )
        recording.record(updates, site=site or self.city.my_long)

    def figures(self, site=None, of=None):
        report = of_period(site or self.city.my_long, of or june())
        return {dossier_figures.name_of(field): row for field, row in report.rows} | {"": report.total}

    def test_counts_each_dossier_by_its_definition(self):
        done = lambda day: ((2, 1), (4, 1), (9, day))  # noqa: E731
        self.record(1, *done(3))
        self.record(2, *done(4), channel="online")
        self.record(3, *done(5), channel="post")
        self.record(4, (2, 1), (4, 2), promised=30, channel="online")
        self.record(5, (2, 1), (4, 2), promised=29)
        self.record(6, (2, 1), (4, 2), (6, 3))
        self.record(7, (2, 1), (7, 2))
        self.record(8, (1, 1), (3, 2))
        self.record(9, (1, 1), (7, 2))
        self.record(10, *done(3), procedure="1.000002")
        self.record(11, *done(3), procedure="1.999999")
        self.record(12, *done(3), site=self.city.my_xuyen)

        found = self.figures()

        self.assertEqual(
            found["Hộ tịch"],
            Figures(received=7, online=2, other=5, ended=4, early=2, in_time=1, late=1, pending=3, within=2, overdue=1),
        )
        self.assertEqual(found["Đất đai"], Figures(received=1, other=1, ended=1, early=1))
        self.assertEqual(found["Chưa rõ lĩnh vực"], found["Đất đai"])
        self.assertEqual(found[""].received, 9)
        self.assertEqual(self.figures(self.city.site)[""].received, 10)
        self.assertEqual(found["Hộ tịch"].share_on_time, 75)

    def test_carries_over_what_was_open_when_the_period_began(self):
        self.record(1, (2, 29), (4, 30), promised=30)
        self.record(2, (2, 29), (4, 29), (9, 30), promised=30)
        recording.record([recording.Update(key="x", code=code(1), at=at(2, month=7), status=9)], site=self.city.my_long)
        june_, july = self.figures()[""], self.figures(of=period(Kind.MONTH, 2020, 7))[""]

        self.assertEqual((june_.received, june_.ended, june_.pending), (2, 1, 1))
        self.assertEqual((july.received, july.carried, july.in_period, july.late), (1, 1, 0, 1))

    def test_tells_a_past_period_as_it_stood_on_its_last_day(self):
        # Late at the end of June; waiting for payment in July moves its last day only then.
        self.record(1, (2, 1), (4, 2), promised=26)
        recording.record(
            [
                recording.Update(key=f"x{status}", code=code(1), at=at(day, month=7), status=status)
                for status, day in ((6, 1), (4, 20))
            ],
            site=self.city.my_long,
        )
        self.record(2, (2, 1), (4, 2), (6, 3), promised=26)
        recording.record(
            [recording.Update(key="x4", code=code(2), at=at(20, month=7), status=4)], site=self.city.my_long
        )

        found = self.figures()[""]

        self.assertEqual((found.pending, found.within, found.overdue), (2, 1, 1))

    def test_a_mismatch_is_an_error_that_names_the_rows(self):
        self.record(1, (2, 10), (4, 11), (9, 12), promised=30)
        # No history gives this; a row that was changed by hand would.
        DossierSummary.objects.update(ended_at=at(1, month=5))
        with self.assertRaisesRegex(Mismatch, "Hộ tịch: tiếp nhận ≠ trong kỳ"):
            self.figures()
        with self.assertRaisesRegex(Mismatch, "Đất đai: tiếp nhận ≠ trong kỳ"):
            dossier_figures.check(
                [("Đất đai", Figures(received=2, online=1, pending=2, within=2))],
                {"received": 2, "ended": 0, "pending": 2},
                Figures(received=2, pending=2),
            )

    def test_by_service_tells_the_year_up_to_a_day_with_satisfaction(self):
        self.record(1, (2, 1), (4, 1), (9, 3), channel="online")
        self.record(2, (2, 1), (4, 1), (9, 5), channel="online")
        self.record(3, (2, 2), promised=30)
        page = an_offering(self.city.my_long, self.one)
        for step, count in ((3, 2), (2, 1), (1, 1)):
            Satisfaction.objects.create(page_id=page.pk, day=date(2020, 6, 4), step=step, count=count)

        (found,) = of_services(self.city.my_long, 2020, date(2020, 6, 30))

        self.assertEqual(
            (
                found.procedure,
                found.received,
                found.received_online,
                found.ended_online,
                found.share_on_time,
                found.share_satisfied,
            ),
            (self.one, 3, 2, 2, 50, 75),
        )
        self.assertEqual(of_services(self.city.my_long, 2020, date(2020, 6, 1))[0].received, 2)
        self.assertEqual(of_services(self.city.my_xuyen, 2020, date(2020, 6, 30)), [])

    def test_asks_the_database_a_fixed_number_of_questions(self):
        for number in range(1, 4):
            self.record(number, (2, 1), (4, 2))
        chosen = june()
        with self.assertNumQueries(8):
            of_period(self.city.my_long, chosen)
        for number in range(4, 12):
            self.record(number, (2, 1), (4, 2), procedure=f"1.00000{number % 2 + 1}")
        with self.assertNumQueries(8):
            of_period(self.city.my_long, chosen)

    def test_fills_the_form_with_numbers_of_its_rows_and_days(self):
        self.record(1, (2, 1), (4, 1), (9, 3))
        report = of_period(self.city.my_long, june())

        sheet = load_workbook(io.BytesIO(dossier_sheet.as_xlsx(report, self.city.my_long))).active
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]

        self.assertIn("Biểu số II.06", rows[0][0])
        self.assertIn("từ ngày 01/06/2020 đến ngày 30/06/2020", rows[3][0])
        self.assertEqual(rows[6], ["1", "Hộ tịch", "1", "0", "1", "0", "1", "1", "0", "0", "0", "0", "0", "100"])
        self.assertEqual(rows[7][1:3], ["Tổng số", "1"])

    def test_page_draws_and_tabulates_and_offers_files(self):
        self.record(1, (2, 1), (4, 1), (9, 3))
        with time_machine.travel(at(20), tick=False):
            page = self.client.get(PAGE)
            table = self.client.get(f"{PAGE}csv/").content.decode("utf-8-sig")
            sheet = self.client.get(f"{PAGE}xlsx/?nam=2020")
            empty = self.client.get("/my-xuyen/dich-vu-cong/tinh-hinh-ho-so/")
            other = self.client.get(f"{PAGE}pdf/")

        self.assertContains(page, '<svg class="chart ', count=6)
        self.assertContains(page, "Hộ tịch")
        self.assertEqual((page["X-Portal-Cache"], page["X-Portal-Max-Age"]), ("public", "600"))
        self.assertIn("Hộ tịch,1,0,1,0,1,1,0,0,0,0,0,100", table)
        self.assertIn("spreadsheetml", sheet["Content-Type"])
        self.assertContains(empty, "Chưa có hồ sơ nào trong năm này")
        self.assertEqual(other.status_code, 404)

    def test_page_shows_no_figures_that_contradict_one_another(self):
        self.record(1, (2, 10), (4, 11), (9, 12))
        DossierSummary.objects.update(ended_at=at(1).replace(year=2019))
        with (
            time_machine.travel(at(20), tick=False),
            self.assertLogs("servicecatalog.dossiers.report", "ERROR") as logs,
        ):
            page = self.client.get(PAGE)

        self.assertContains(page, "Số liệu đang được đối chiếu")
        self.assertIn("Hộ tịch", logs.output[0])


class AnyHistories(hypothesis.extra.django.TestCase):
    """The identities hold whatever happened; two sites, a period that cuts through the histories."""

    def setUp(self):
        self.city = build_city()

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(any_history(), min_size=1, max_size=6), st.integers(0, 100), st.integers(1, 60))
    def test_give_figures_whose_identities_hold(self, histories, first, length):
        for number, updates in enumerate(histories, 1):
            own = [recording.Update(**{**vars(item), "code": code(number)}) for item in updates]
            if own:
                recording.record(own, site=(self.city.my_long, self.city.my_xuyen)[number % 2])
        day = date(2020, 5, 20) + timedelta(days=first)
        chosen = periods.Period(Kind.MONTH, 2020, 6, day, day + timedelta(days=length))
        whole, own, other = (
            of_period(site, chosen).total for site in (self.city.site, self.city.my_long, self.city.my_xuyen)
        )

        self.assertEqual(own + other, whole)
        # Counted by hand from the histories themselves, as of the last moment of the period.
        with mock.patch.object(recording, "Limits", lambda _codes: lambda *_given: None):
            then = recording.as_of(list(DossierSummary.objects.all()), chosen.ends_before - timedelta(microseconds=1))
        before = [course for course in then.values() if course.received_at]
        pending = [course for course in before if course.ended_at is None]
        late = [course for course in pending if recording.standing_of(course, chosen.last_day).is_late]
        ended = [course for course in before if course.ended_at and course.ended_at >= chosen.begins_at]
        self.assertEqual(
            (whole.pending, whole.overdue, whole.ended, whole.received),
            (len(pending), len(late), len(ended), len(pending) + len(ended)),
        )


class Periods(CityTestCase):
    def days(self, *named):
        found = period(*named)
        return found.first_day, found.last_day

    def test_end_with_the_calendar_unless_reports_close_earlier(self):
        for named, first, last in (
            ((Kind.MONTH, 2020, 2), date(2020, 2, 1), date(2020, 2, 29)),
            ((Kind.QUARTER, 2020, 1), date(2020, 1, 1), date(2020, 3, 31)),
            ((Kind.HALF, 2020, 2), date(2020, 7, 1), date(2020, 12, 31)),
            ((Kind.YEAR, 2020, 1), date(2020, 1, 1), date(2020, 12, 31)),
        ):
            with self.subTest(named):
                self.assertEqual(self.days(*named), (first, last))

    def test_begin_the_day_after_the_one_before_closed_also_when_the_rule_changes(self):
        office = self.cast.standing_office
        periods.set_closing(valid_from=date(2020, 3, 1), closing_day=14, legal_source="TT 01/2020/TT-VPCP", by=office)
        for named, first, last in (
            ((Kind.QUARTER, 2020, 1), date(2020, 1, 1), date(2020, 3, 14)),
            ((Kind.QUARTER, 2020, 2), date(2020, 3, 15), date(2020, 6, 14)),
            ((Kind.MONTH, 2020, 3), date(2020, 3, 1), date(2020, 3, 14)),
            ((Kind.HALF, 2021, 1), date(2020, 12, 15), date(2021, 6, 14)),
            ((Kind.YEAR, 2021, 1), date(2020, 12, 15), date(2021, 12, 14)),
        ):
            with self.subTest(named):
                self.assertEqual(self.days(*named), (first, last))
        for year in (2020, 2021):
            for kind in (Kind.MONTH, Kind.QUARTER, Kind.HALF):
                rows = [found for found in periods.of_year(year) if found.kind == kind]
                for before, after in zip(rows, rows[1:], strict=False):
                    self.assertEqual(after.first_day, before.last_day + timedelta(days=1))

    def test_are_named_in_addresses_and_read_back(self):
        for found in periods.of_year(2020):
            self.assertEqual(periods.read(found.code), found)
        for wrong in ("", "20", "2020-Q5", "2020-T13", "2020-T00", "1900", "2020-Q1x", "２０２０"):
            with self.subTest(wrong), self.assertRaises(ValueError):
                periods.read(wrong)

    def test_are_closed_by_the_standing_office_with_a_source(self):
        with self.assertRaises(Refused):
            periods.set_closing(valid_from=date(2020, 3, 1), closing_day=14, legal_source="x", by=self.cast.unit_head)
        for day, source, field in ((14, " ", "legal_source"), (31, "x", "closing_day")):
            with self.subTest(field), self.assertRaises(ValidationError) as caught:
                periods.set_closing(
                    valid_from=date(2020, 3, 1), closing_day=day, legal_source=source, by=self.cast.standing_office
                )
            self.assertEqual(list(caught.exception.message_dict), [field])

    def test_cover_their_days_by_the_clock_of_vietnam(self):
        self.assertEqual(june().begins_at, datetime(2020, 6, 1, tzinfo=VIETNAM))
        self.assertEqual(june().ends_before, datetime(2020, 7, 1, tzinfo=VIETNAM))
        self.assertEqual(calendar_year(2020, date(2020, 6, 5)).last_day, date(2020, 6, 5))


class Shares(unittest.TestCase):
    def test_of_nothing_are_none(self):
        self.assertIsNone(Figures().share_on_time)
        self.assertEqual(Figures(ended=3, early=1, in_time=1, late=1).share_on_time, 67)
