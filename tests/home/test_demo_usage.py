"""The invented counts of the demo: on illustrative services only, never twice, said to be invented."""

from datetime import date, timedelta

from django.utils import timezone

from alerts.models import Alert
from home.demo import usage
from servicecatalog.models import ServiceOffering, UsageCount
from servicecatalog.usage import figures
from tests.city import CityTestCase
from tests.servicecatalog.cast import a_procedure, an_offering


class InventedCounts(CityTestCase):
    def test_stand_on_illustrative_services_are_the_same_each_time_and_say_so(self):
        real = an_offering(self.city.my_long, a_procedure(self.city))
        shown = an_offering(self.city.my_long, a_procedure(self.city), is_illustrative=True)
        ServiceOffering.objects.filter(pk=shown.pk).update(is_illustrative=True)

        made = usage.count_all(date(2026, 11, 25))
        rows = list(UsageCount.objects.order_by("day", "kind").values_list("day", "kind", "count"))

        self.assertGreater(made, 100)
        self.assertEqual(usage.count_all(date(2026, 11, 25)), 0)
        self.assertFalse(UsageCount.objects.filter(page=real).exists())
        self.assertLess(max(row[0] for row in rows), date(2026, 11, 25))
        UsageCount.objects.all().delete()
        usage.Satisfaction.objects.all().delete()
        usage.count_all(date(2026, 11, 25))
        self.assertEqual(list(UsageCount.objects.order_by("day", "kind").values_list("day", "kind", "count")), rows)
        self.assertTrue(figures.of_year(self.city.site, 2026).is_illustrative)
        page = self.client.get("/dich-vu-cong/thong-ke/?nam=2026")
        self.assertTrue(page.context_data["frame"].is_demo)
        self.assertContains(self.client.get(f"/my-long/dich-vu-cong/{shown.slug}/"), "Số liệu minh họa")


class TheAlertThatIsOver(CityTestCase):
    def test_stood_for_hours_so_that_feeds_say_that_it_is_over(self):
        people = {user.username: user for user in (self.cast.contributor, self.cast.deputy)}
        now = timezone.now()

        usage._alert_that_is_over(people, self.city.my_long, now)

        alert = Alert.objects.get()
        self.assertEqual((alert.starts_at, alert.ended_at), (now - timedelta(hours=3), now))
        self.assertContains(self.client.get("/my-long/canh-bao/atom/"), "deleted-entry")
        self.assertNotContains(self.client.get("/my-long/"), usage.ALERT)
