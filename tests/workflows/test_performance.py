"""How deadlines are kept: the table by unit, rolled up, in percent and as files."""

from datetime import date
from io import BytesIO

import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from base.models import OrganisationUnit
from tests import factories
from tests.city import CityTestCase
from workflows import deadlines
from workflows.deadlines import boards, performance

YEAR = (date(2026, 1, 1), date(2026, 6, 24))


class Table(CityTestCase):
    """Questions of a ward and of the city, received from January on, seen on 24/06/2026."""

    def setUp(self):
        traveller = time_machine.travel("2026-06-24 09:00 +0700", tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.justice = OrganisationUnit.objects.create(name="Phòng Tư pháp", slug="phong-tu-phap", kind="office")
        self.number = 0

    def deadline(self, on, *, met=None, site=None, unit=None):
        self.number += 1
        page = factories.notice(self.city.section(self.city.site), title=f"Bài {self.number}")
        deadline = deadlines.start(
            page, "DL-QA-ANSWER", on=on, site=site or self.city.site, unit=unit, title=f"Câu hỏi {self.number}"
        )
        return deadlines.meet(deadline, on=met) if met else deadline

    def lines(self, first=YEAR[0], last=YEAR[1], user=None):
        return performance.table(boards.visible_to(user or self.cast.head), first, last)

    def line(self, unit="Phòng Tư pháp", **period):
        return next(line for line in self.lines(**period) if line.unit == unit)

    def test_counts_in_time_and_late_by_met_and_open(self):
        self.deadline(date(2026, 1, 5), met=date(2026, 1, 23), unit=self.justice)  # due on 23/01
        self.deadline(date(2026, 1, 5), met=date(2026, 1, 26), unit=self.justice)
        self.deadline(date(2026, 6, 15), unit=self.justice)
        self.deadline(date(2026, 3, 2), unit=self.justice)

        line = self.line()

        self.assertEqual((line.met_in_time, line.met_late, line.open_in_time, line.open_late), (1, 1, 1, 1))
        self.assertEqual((line.total, line.percent, line.percent_text), (4, 33.3, "33,3%"))

    def test_is_green_amber_or_red_and_nothing_when_nothing_is_decided(self):
        for in_time, late, level in ((19, 1, "green"), (4, 1, "amber"), (3, 1, "red"), (0, 0, "none")):
            with self.subTest(level):
                line = performance.Line("", "", in_time, late, 5, 0, 0, 0)
                self.assertEqual(line.level, level)

    def test_units_are_rolled_up_by_site_and_for_all(self):
        ward = self.city.my_long
        self.deadline(date(2026, 1, 5), met=date(2026, 1, 23), unit=self.justice)
        self.deadline(date(2026, 1, 5), met=date(2026, 1, 27), site=ward, unit=ward.unit)

        shown = [(line.site, line.unit, line.total, line.percent, line.is_sum) for line in self.lines()]

        city = self.city.site.name
        self.assertEqual(
            shown,
            [
                ("Phường Mỹ Long", ward.unit.name, 1, 0.0, False),
                ("Phường Mỹ Long", "Cộng", 1, 0.0, True),
                (city, "Phòng Tư pháp", 1, 100.0, False),
                (city, "Cộng", 1, 100.0, True),
                ("Tất cả", "Cộng", 2, 50.0, True),
            ],
        )

    def test_a_case_without_a_unit_has_a_row_of_its_own(self):
        self.deadline(date(2026, 6, 15))

        self.assertEqual(self.line("Chưa giao đơn vị").open_in_time, 1)

    def test_the_period_is_the_year_to_date_and_counts_by_the_first_day(self):
        self.assertEqual(performance.year_to_date(), YEAR)
        self.deadline(date(2025, 12, 31), unit=self.justice)
        self.deadline(date(2026, 1, 1), unit=self.justice)

        self.assertEqual(self.line().total, 1)
        self.assertEqual(self.line(first=date(2025, 1, 1)).total, 2)

    def test_stopped_and_extended_cases_count_by_their_present_day_and_cancelled_ones_not_at_all(self):
        paused = self.deadline(date(2026, 6, 1), unit=self.justice)  # due on 22/06
        with time_machine.travel("2026-06-19 09:00 +0700", tick=False):
            deadlines.pause(
                paused, category="identity", reason="Sai số", on=date(2026, 6, 19), by=self.cast.standing_office
            )
        extended = self.deadline(date(2026, 6, 1), unit=self.justice)
        deadlines.extend(extended, to=date(2026, 6, 30), reason="Xác minh", by=self.cast.head, on=date(2026, 6, 19))
        too_late = self.deadline(date(2026, 6, 1), unit=self.justice)
        deadlines.extend(too_late, to=date(2026, 6, 30), reason="Xác minh", by=self.cast.head, on=date(2026, 6, 23))
        deadlines.cancel(self.deadline(date(2026, 6, 1), unit=self.justice), reason="Nhập nhầm", by=self.cast.head)

        line = self.line()

        self.assertEqual((line.open_in_time, line.open_late, line.extended, line.paused), (2, 1, 2, 1))

    def test_a_ward_counts_its_own_only(self):
        self.deadline(date(2026, 6, 15), unit=self.justice)
        self.deadline(date(2026, 6, 15), site=self.city.my_long)
        self.deadline(date(2026, 6, 15), site=self.city.my_xuyen)

        self.assertEqual({line.site for line in self.lines(user=self.cast.unit_head)}, {"Phường Mỹ Long", "Tất cả"})

    def test_nothing_at_all_is_an_empty_table(self):
        self.assertEqual(self.lines(), [])
        self.client.force_login(self.cast.head)
        self.assertContains(self.client.get(reverse("workflows_performance")), "Không có việc nào")

    def test_a_period_that_ends_before_it_begins_is_named_and_not_used(self):
        self.deadline(date(2026, 6, 15), unit=self.justice)
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("workflows_performance"), {"tu": "2026-06-20", "den": "2026-06-01"})

        self.assertContains(answer, "Ngày cuối phải từ ngày đầu trở đi")
        self.assertContains(answer, "Phòng Tư pháp")

    def test_the_files_say_the_same_and_hold_no_formula(self):
        self.justice.name = "=HYPERLINK(1)"
        self.justice.save()
        self.deadline(date(2026, 1, 5), met=date(2026, 1, 23), unit=self.justice)
        self.client.force_login(self.cast.head)

        def file(extension):
            return self.client.get(reverse("workflows_performance_file", args=[extension])).content

        lines = file("csv").decode("utf-8-sig").splitlines()
        self.assertEqual(lines[1], f'{self.city.site.name},\'=HYPERLINK(1),1,0,0,0,1,0,0,"100,0%",Tốt')
        sheet = load_workbook(BytesIO(file("xlsx")))["Kết quả"]
        self.assertEqual([cell.value for cell in sheet[5]][:3], [self.city.site.name, "=HYPERLINK(1)", "1"])
        self.assertEqual(sheet["B5"].data_type, "s")
