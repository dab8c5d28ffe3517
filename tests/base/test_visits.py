"""How often pages are read: by page and day, summed up by site and month, shown in the footer and on its own page."""

from datetime import date, datetime
from types import SimpleNamespace
from unittest import mock
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import RequestFactory, SimpleTestCase
from django.test.utils import CaptureQueriesContext

from base.figures import about
from base.models import SiteVisits, VisitCount
from base.public import site_cache
from base.public.frame import build_frame
from base.public.page_cache.generations import raise_generation
from base.public.usage import visits
from base.public.usage.beacon import UsageBeacon
from tests.base.counted import a_point, a_view
from tests.city import CityTestCase, publish_at_once
from tests.factories import article

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 25, 12, tzinfo=ZONE)
TODAY, MONTH = date(2026, 11, 25), date(2026, 11, 1)


class Counting(SimpleTestCase):
    """What the beacon makes of what a page says."""

    def counted(self, environ) -> list[tuple[int, str]]:
        usage = mock.Mock()
        UsageBeacon(None, usage)(environ, lambda status, headers: None)
        return [(call.args[1], call.args[2]) for call in usage.count.call_args_list]

    def test_a_page_that_is_looked_at_counts_as_itself(self):
        self.assertEqual(self.counted(a_view(7)), [(7, "view")])
        self.assertEqual(self.counted(a_point(7)), [(7, "view")])

    def test_a_guide_counts_for_the_service_that_leads_there_and_as_a_page(self):
        body = b"trang=7&loai=guide&dich-vu=12"
        sent = a_view(7, CONTENT_LENGTH=str(len(body)))
        sent["wsgi.input"].truncate(0)
        sent["wsgi.input"].seek(0)
        sent["wsgi.input"].write(body)
        sent["wsgi.input"].seek(0)

        self.assertEqual(self.counted(sent), [(12, "guide"), (7, "view")])
        self.assertEqual(self.counted(a_view(7, kind="guide")), [(7, "guide"), (7, "view")])


class VisitsTestCase(CityTestCase):
    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.of_city = publish_at_once(article(cls.city.section(cls.city.site), title="Bài của thành phố"))
        cls.of_ward = publish_at_once(article(cls.city.section(cls.city.my_long), title="Bài của Mỹ Long"))
        cls.english = cls.city.site.home_page().get_translations().first()

    @staticmethod
    def read(page, day, count):
        VisitCount.objects.create(page_id=page.pk, day=day, count=count)

    @classmethod
    def read_some(cls):
        cls.read(cls.of_city, date(2026, 11, 3), 400)
        cls.read(cls.of_city, TODAY, 30)
        cls.read(cls.of_ward, TODAY, 5)
        cls.read(cls.city.my_long.home_page(), TODAY, 2)
        cls.read(cls.english, date(2026, 11, 4), 1)


class SummingUp(VisitsTestCase):
    def test_each_page_belongs_to_the_site_on_which_it_stands(self):
        self.read_some()
        self.read(self.of_ward, date(2026, 10, 31), 50)

        visits.count_up(on=NOON)

        self.assertCountEqual(
            SiteVisits.objects.values_list("site_id", "month", "count", "day_count"),
            [(self.city.site.pk, MONTH, 431, 30), (self.city.my_long.pk, MONTH, 7, 7)],
        )

    def test_again_an_hour_later_the_same_rows_say_what_came_meanwhile(self):
        self.read(self.of_ward, TODAY, 5)
        visits.count_up(on=NOON)
        VisitCount.objects.update(count=9)

        visits.count_up(on=NOON.replace(hour=13))

        self.assertEqual(list(SiteVisits.objects.values_list("count", "day_count")), [(9, 9)])

    def test_a_month_takes_what_was_written_late_and_then_stays_as_it_is(self):
        self.read(self.of_ward, date(2026, 10, 31), 5)

        visits.count_up(on=datetime(2026, 11, 1, 0, 30, tzinfo=ZONE))
        self.assertEqual(SiteVisits.objects.get().month, date(2026, 10, 1))
        VisitCount.objects.update(count=1)
        visits.count_up(on=NOON)

        self.assertEqual(SiteVisits.objects.get().count, 5)

    def test_what_went_stays_where_it_was_read(self):
        self.read(self.of_ward, date(2026, 10, 10), 5)
        visits.count_up(on=datetime(2026, 10, 20, 12, tzinfo=ZONE))
        VisitCount.objects.all().delete()

        visits.count_up(on=NOON)

        self.assertEqual(visits.of_site(self.city.my_long, on=NOON).total, 5)

    def test_days_become_months_and_no_figure_changes(self):
        for day, count in ((date(2026, 7, 1), 1), (date(2026, 7, 30), 2), (date(2026, 8, 3), 4), (date(2026, 8, 4), 8)):
            self.read(self.of_ward, day, count)

        self.assertEqual(visits.merge_old(on=NOON), 1)

        self.assertEqual(
            sorted(VisitCount.objects.values_list("day", "count")),
            [(date(2026, 7, 1), 3), (date(2026, 8, 3), 4), (date(2026, 8, 4), 8)],
        )
        self.assertEqual(visits.merge_old(on=NOON), 0)


class Telling(VisitsTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.read_some()
        cls.read(cls.of_ward, date(2025, 12, 1), 100)
        visits.count_up(on=datetime(2025, 12, 20, 12, tzinfo=ZONE))
        cls.read(cls.of_ward, date(2025, 11, 30), 1000)
        visits.count_up(on=datetime(2025, 11, 30, 12, tzinfo=ZONE))
        visits.count_up(on=NOON)

    def setUp(self):
        self.enterContext(mock.patch("django.utils.timezone.now", return_value=NOON))

    def test_the_city_tells_of_all_sites_a_ward_of_itself(self):
        city, ward = visits.of_site(self.city.site, on=NOON), visits.of_site(self.city.my_long, on=NOON)

        self.assertEqual((city.today, city.month, city.year, city.total), (37, 438, 538, 1538))
        self.assertEqual((ward.today, ward.month, ward.year, ward.total), (7, 7, 107, 1107))
        by_site = [(site.pk, count) for site, count in city.sites]
        self.assertEqual(by_site, [(self.city.site.pk, 431), (self.city.my_long.pk, 107)])
        self.assertEqual((ward.sites, ward.since), ([], date(2025, 11, 1)))
        self.assertEqual([count for _month, count in ward.months], [100, *[0] * 10, 7])

    def test_yesterday_is_not_today(self):
        found = visits.of_site(self.city.my_long, on=NOON.replace(day=26))

        self.assertEqual((found.today, found.month), (0, 7))

    def test_the_page_shows_figures_drawings_and_what_is_read_most(self):
        response = self.client.get("/luot-truy-cap/")

        self.assertContains(response, "1.538")
        self.assertContains(response, '<svg class="chart', count=4)
        self.assertContains(response, "Bài của thành phố")
        self.assertContains(response, "Số liệu lúc 12:00 25/11/2026.")
        self.assertEqual(response.headers["X-Portal-Max-Age"], "600")

    def test_a_ward_has_its_own_page_and_english_readers_theirs(self):
        type(self.city.my_long).objects.filter(pk=self.city.my_long.pk).update(name_en="My Long Ward Portal")
        ward, english = self.client.get("/my-long/luot-truy-cap/"), self.client.get("/en/luot-truy-cap/")

        self.assertContains(ward, "Bài của Mỹ Long")
        self.assertNotContains(ward, "Bài của thành phố")
        self.assertContains(english, "<h1>Visits</h1>", html=True)
        self.assertNotContains(english, "Bài của")
        self.assertContains(english, "My Long Ward Portal")
        self.assertNotContains(english, self.city.my_long.name)
        self.assertContains(english, '<th scope="row">My Long Ward Portal</th>')

    def test_a_site_without_an_english_name_is_said_to_be_named_in_vietnamese(self):
        type(self.city.my_long).objects.filter(pk=self.city.my_long.pk).update(name_en="")

        english = self.client.get("/en/luot-truy-cap/")

        self.assertContains(english, f'<th scope="row" lang="vi">{self.city.my_long.name}</th>')

    def test_what_is_no_longer_public_is_not_named(self):
        type(self.of_ward).objects.filter(pk=self.of_ward.pk).update(live=False)

        self.assertNotContains(self.client.get("/my-long/luot-truy-cap/"), "Bài của Mỹ Long")

    def test_the_file_has_every_site_and_month(self):
        city, ward = self.client.get("/luot-truy-cap/csv/"), self.client.get("/my-long/luot-truy-cap/csv/")

        lines = city.content.decode("utf-8-sig").splitlines()
        self.assertEqual(lines[0], "ma_trang,ten_trang,thang,luot_truy_cap")
        self.assertEqual(len(lines), 5)
        self.assertTrue(lines[1].endswith(",2026-11,431"))
        self.assertEqual(len(ward.content.decode("utf-8-sig").splitlines()), 4)
        self.assertEqual(self.client.get("/luot-truy-cap/xml/").status_code, 404)

    def test_the_number_of_queries_does_not_grow_with_what_was_read(self):
        self.client.get("/luot-truy-cap/")
        with CaptureQueriesContext(connection) as before:
            self.client.get("/luot-truy-cap/")
        for number in range(3):
            self.read(publish_at_once(article(self.city.section(self.city.my_xuyen), title=f"Bài {number}")), TODAY, 3)
        visits.count_up(on=NOON)

        with self.assertNumQueries(len(before)):
            self.client.get("/luot-truy-cap/")

    def test_the_yearly_figure_is_the_same(self):
        self.assertEqual(dict(visits.of_year(2026)), {**dict.fromkeys(range(1, 11), 0), 11: 438, 12: 0})
        self.assertEqual(sum(count for _month, count in visits.of_year(2025)), 1100)


class Footer(VisitsTestCase):
    def setUp(self):
        self.enterContext(mock.patch("django.utils.timezone.now", return_value=NOON))
        raise_generation([self.city.site, self.city.my_long])
        # As outside of a transaction, where requests of readers are.
        self.enterContext(mock.patch.object(site_cache, "connection", SimpleNamespace(in_atomic_block=False)))
        self.addCleanup(site_cache.clear)

    def footer(self, page) -> str:
        return build_frame(page, RequestFactory().get("/")).visits

    def test_tells_about_how_often_the_site_was_read_this_month(self):
        self.read(self.of_city, TODAY, 12_345)
        self.read(self.of_ward, TODAY, 86)
        visits.count_up(on=NOON)

        self.assertEqual(self.footer(self.of_city), "12.400")
        self.assertEqual(self.footer(self.of_ward), "86")

    def test_tells_nothing_of_a_month_that_is_over(self):
        SiteVisits.objects.create(site=self.city.my_long, month=date(2026, 10, 1), count=9, counted_at=NOON)

        self.assertEqual(self.footer(self.of_ward), "")

    def test_costs_no_query_and_raises_no_generation(self):
        self.read(self.of_ward, TODAY, 86)
        build_frame(self.of_ward, RequestFactory().get("/"))
        with CaptureQueriesContext(connection) as before:
            build_frame(self.of_ward, RequestFactory().get("/"))
        generation = self.city.my_long.generation.value
        visits.count_up(on=NOON)

        with self.assertNumQueries(len(before)):
            frame = build_frame(self.of_ward, RequestFactory().get("/"))

        self.assertEqual(frame.visits, "86")
        self.city.my_long.generation.refresh_from_db()
        self.assertEqual(self.city.my_long.generation.value, generation)


class EveryPage(VisitsTestCase):
    def get(self, page):
        address = urlsplit(page.full_url)
        return self.client.get(address.path, headers={"host": address.netloc})

    def test_leads_to_the_visits_of_its_site_and_is_counted_once(self):
        for page in (self.of_city, self.of_ward, self.city.home):
            with self.subTest(page.title):
                response = self.get(page)

                self.assertContains(response, 'luot-truy-cap/">Lượt truy cập</a>')
                self.assertContains(response, f'data-usage-page="{page.pk}"', count=1)

    def test_who_is_signed_in_is_not_counted(self):
        self.client.force_login(self.cast.contributor)

        self.assertNotContains(self.get(self.of_city), "data-usage-page")


class About(SimpleTestCase):
    def test_tells_the_first_three_digits(self):
        told = {0: 0, 7: 7, 99: 99, 101: 100, 987: 990, 1_234: 1_230, 12_345: 12_300, 12_350: 12_400}

        self.assertEqual({count: about(count) for count in told}, told)
