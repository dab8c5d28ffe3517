"""Uses by the day become uses by the month after two years; no figure changes."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from servicecatalog.models import Satisfaction, UsageCount
from servicecatalog.usage import retention
from tests.city import CityTestCase

NIGHT = datetime(2026, 11, 28, 2, 48, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


class Merging(CityTestCase):
    def setUp(self):
        home = self.city.home
        for day, kind, count in (
            (date(2024, 10, 1), "view", 3),
            (date(2024, 10, 31), "view", 4),
            (date(2024, 10, 5), "guide", 1),
            (date(2024, 9, 7), "view", 9),
            (date(2024, 11, 1), "view", 5),
            (date(2024, 11, 2), "view", 6),
        ):
            UsageCount.objects.create(page_id=home.pk, day=day, kind=kind, count=count)
        for day, step, count in ((date(2023, 5, 2), 3, 2), (date(2023, 5, 9), 3, 5), (date(2023, 5, 9), 1, 1)):
            Satisfaction.objects.create(page_id=home.pk, day=day, step=step, count=count)

    def test_joins_the_days_of_a_month_that_ended_two_years_ago_and_keeps_younger_ones(self):
        self.assertEqual(retention.merge_old(on=NIGHT), 2)

        self.assertEqual(
            sorted(UsageCount.objects.values_list("day", "kind", "count")),
            [
                (date(2024, 9, 7), "view", 9),
                (date(2024, 10, 1), "guide", 1),
                (date(2024, 10, 1), "view", 7),
                (date(2024, 11, 1), "view", 5),
                (date(2024, 11, 2), "view", 6),
            ],
        )
        self.assertEqual(
            sorted(Satisfaction.objects.values_list("day", "step", "count")),
            [(date(2023, 5, 1), 1, 1), (date(2023, 5, 1), 3, 7)],
        )

    def test_a_second_night_finds_nothing_to_do(self):
        retention.merge_old(on=NIGHT)

        self.assertEqual(retention.merge_old(on=NIGHT), 0)
