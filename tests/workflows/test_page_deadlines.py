"""Thời hạn in the lists of pages: what is due of each page in the words of the desk, and a filter that finds it."""

from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.viewsets.pages import page_viewset_registry
from wagtail.models import Page, WorkflowState, get_page_models

from search import updates
from tests import factories
from tests.city import CityTestCase, fresh, publish, publish_at_once
from workflows import deadlines
from workflows.dashboard import queue_screen, work_queue
from workflows.deadlines import VIETNAM
from workflows.deadlines import pages as page_deadlines
from workflows.models import Deadline, DeadlineRule, ReviewDate
from workflows.publishing import approval
from workflows.screens.viewsets import PortalPageViewSet
from workflows.upkeep import review_dates

# Wednesday; the Friday before, something was submitted that is late by now.
NOW = datetime(2026, 6, 24, 9, tzinfo=VIETNAM)
BEFORE = datetime(2026, 6, 19, 9, tzinfo=VIETNAM)
CHOICES = dict(page_deadlines.CHOICES)


class Cells(HTMLParser):
    """Reads a listing: (text of the badges, text of the cell) of each page, by its title; None without the column."""

    def __init__(self, body: str):
        super().__init__()
        self.rows: dict[str, tuple[list[str], str]] = {}
        self._title, self._due, self._badges, self._in = "", None, [], ""
        self.feed(body)

    def handle_starttag(self, tag, attrs):
        classes = (dict(attrs).get("class") or "").split()
        if tag == "tr":
            self._title, self._due, self._badges = "", None, []
        elif tag == "td":
            self._in = "title" if "title" in classes else "due" if "portal-due" in classes else ""
            self._due = "" if self._in == "due" else self._due
        elif tag == "span" and "portal-badge" in classes:
            self._badges.append(
                next(name for name in classes if name[:14] == "portal-badge--" and name[14:] != "wraps")
            )

    def handle_data(self, data):
        if self._in == "due":
            self._due += data
        elif self._in == "title" and not self._title:
            self._title = data.strip()

    def handle_endtag(self, tag):
        if self._in == "due":
            self._due += " "
        self._in = "" if tag == "td" else self._in
        if tag == "tr" and self._title and self._due is not None:
            self.rows[self._title] = (self._badges, " ".join(self._due.split()))


class Listed(CityTestCase):
    """On 24/06/2026 something of every kind in the news of the city and of two wards."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        city, cast = cls.city, cls.cast
        ReviewDate.objects.all().delete()
        cls.news = city.section(city.my_long)
        for site, who, name in (
            (city.site, cast.editor, "thành phố"),
            (city.my_long, cast.contributor, "Mỹ Long"),
            (city.my_xuyen, cast.contributor_my_xuyen, "Mỹ Xuyên"),
        ):
            with time_machine.travel(BEFORE, tick=False):
                cls.submitted(site, who, f"Gửi đã lâu của {name}")
            with time_machine.travel(NOW, tick=False):
                cls.submitted(site, who, f"Mới gửi của {name}")
                factories.article(city.section(site), by=who, title=f"Bản nháp của {name}")
        with time_machine.travel(NOW, tick=False):
            later = factories.article(
                cls.news, by=cast.contributor, title="Bài hẹn giờ", go_live_at=NOW + timedelta(days=3)
            )
            publish(later, by=cast.contributor)
            cls.reviewed("Trang phải đọc lại", date(2026, 6, 26))
            cls.reviewed("Trang còn lâu mới đọc lại", date(2026, 11, 25))
            plan = factories.notice(cls.news, by=cast.contributor, title="Kế hoạch phải đăng")
            deadlines.start(plan, "DL-PLAN", on=date(2026, 6, 22), site=city.my_long, title="Đăng kế hoạch")

    @classmethod
    def submitted(cls, site, who, title: str) -> WorkflowState:
        page = factories.article(cls.city.section(site), by=who, title=title)
        return approval.submit(page, by=who, declaration=True)

    @classmethod
    def reviewed(cls, title: str, day: date) -> None:
        page = publish_at_once(factories.standard(cls.news, by=cls.cast.contributor, title=title))
        ReviewDate.objects.filter(page=page).delete()
        review_dates.choose(page, day, by=cls.cast.contributor)
        review_dates.start_deadlines(on=NOW)
        ReviewDate.objects.exclude(page__title__contains="đọc lại").delete()

    maxDiff = None

    def setUp(self):
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)
        self.client.force_login(self.cast.contributor)

    def rows(self, parent=None, name: str = "wagtailadmin_explore", **asked) -> dict[str, tuple[list[str], str]]:
        answer = self.client.get(reverse(name, args=[(parent or self.news).pk]), asked)
        self.assertEqual(answer.status_code, 200)
        return Cells(answer.content.decode()).rows


class Column(Listed):
    def test_says_of_each_page_what_is_due_in_words_and_in_a_colour_that_repeats_them(self):
        rows = self.rows()

        self.assertEqual(
            {title: rows[title] for title in rows if title != "Bản nháp của Mỹ Long"},
            {
                "Gửi đã lâu của Mỹ Long": (
                    ["portal-badge--late"],
                    "quá hạn 1 ngày làm việc duyệt, hạn cuối 23/06/2026",
                ),
                "Mới gửi của Mỹ Long": (["portal-badge--running"], "còn 2 ngày làm việc duyệt, hạn cuối 26/06/2026"),
                "Bài hẹn giờ": (["portal-badge--none"], "hẹn giờ đăng 09:00 27/06/2026"),
                "Trang phải đọc lại": (["portal-badge--soon"], "còn 2 ngày làm việc rà soát, hạn cuối 26/06/2026"),
                "Trang còn lâu mới đọc lại": ([], "rà soát trước hết ngày 25/11/2026"),
                "Kế hoạch phải đăng": (
                    ["portal-badge--running"],
                    "còn 8 ngày làm việc Chiến lược, quy hoạch, kế hoạch; dự án, đầu …, hạn cuối 06/07/2026",
                ),
            },
        )
        self.assertEqual(rows["Bản nháp của Mỹ Long"], ([], ""))

    def test_a_badge_is_that_of_the_desk(self):
        self.client.force_login(self.cast.deputy)
        listed = {
            title: row
            for site in (self.city.site, self.city.my_long, self.city.my_xuyen)
            for title, row in self.rows(self.city.section(site)).items()
        }
        groups = queue_screen.groups_of(work_queue.Scope(fresh(self.cast.deputy), NOW))
        waiting = next(group for group in groups if group.kind.key == "cho-duyet").rows

        self.assertEqual(len(waiting), 6)
        for row in waiting:
            with self.subTest(row.title):
                badges, text = listed[row.title]
                self.assertEqual(badges, [f"portal-badge--{row.standing}"])
                self.assertTrue(text.startswith(f"{row.left} duyệt"), text)

    def test_a_review_that_was_withdrawn_is_not_due_though_its_clock_still_runs(self):
        page = self.news.get_children().get(title="Gửi đã lâu của Mỹ Long")
        WorkflowState.objects.for_instance(page).get().cancel(user=self.cast.contributor)

        self.assertTrue(Deadline.objects.for_subject(page).open().exists())
        self.assertEqual(self.rows()["Gửi đã lâu của Mỹ Long"], ([], ""))
        self.assertEqual(self.rows(thoi_han="qua-han"), {})

    def test_a_page_under_review_says_so_even_while_the_office_sets_itself_no_target(self):
        Deadline.objects.filter(rule__code="DL-REVIEW").delete()
        DeadlineRule.objects.filter(code="DL-REVIEW").delete()

        self.assertEqual(self.rows()["Mới gửi của Mỹ Long"], (["portal-badge--none"], "chờ duyệt"))

    def test_says_when_a_public_page_expires(self):
        page = self.news.get_children().get(title="Trang còn lâu mới đọc lại")
        Page.objects.filter(pk=page.pk).update(expire_at=NOW + timedelta(days=5))

        _badges, text = self.rows()[page.title]
        self.assertEqual(text, "rà soát trước hết ngày 25/11/2026 tự gỡ lúc 09:00 29/06/2026")

    def test_is_in_the_list_of_one_type_too(self):
        self.client.force_login(self.cast.deputy)

        answer = self.client.get(reverse("wagtailadmin_pages:type_use", args=["sections", "articlepage"]))
        self.assertIn("portal-badge--late", Cells(answer.content.decode()).rows["Gửi đã lâu của Mỹ Xuyên"][0])

    def test_costs_the_same_number_of_queries_for_two_pages_and_for_fifty(self):
        few, many = self.city.section(self.city.my_long, "gop-y"), self.city.section(self.city.my_long, "giai-thich")
        for parent, count in ((few, 1), (many, 25)):
            for number in range(count):
                page = factories.article(parent, by=self.cast.contributor, title=f"Bài gửi {number}")
                approval.submit(page, by=self.cast.contributor, declaration=True)
                page = publish_at_once(factories.standard(parent, by=self.cast.contributor, title=f"Trang {number}"))
                review_dates.choose(page, date(2026, 6, 26), by=self.cast.contributor)
        review_dates.start_deadlines(on=NOW)
        asked, told = {}, {}
        for parent, count in ((few, 2), (many, 50)):
            self.rows(parent)
            with CaptureQueriesContext(connection) as queries:
                rows = self.rows(parent)
            self.assertEqual(len([row for row in rows.values() if row[0]]), count)
            asked[count] = [one["sql"][:300] for one in queries]
            pages, user = list(parent.get_children()), fresh(self.cast.contributor)
            with CaptureQueriesContext(connection) as queries:
                page_deadlines.dues_of(pages, by=user)
            told[count] = len(queries)

        self.assertEqual(len(asked[50]), len(asked[2]), [one for one in asked[50] if one not in asked[2]])
        self.assertEqual(told[50], told[2])
        self.assertLessEqual(told[50], 10)


class Filter(Listed):
    EXPECTED = {
        "qua-han": {"Gửi đã lâu của Mỹ Long"},
        "sap-den-han": {"Trang phải đọc lại"},
        "con-han": {"Kế hoạch phải đăng", "Mới gửi của Mỹ Long"},
        "cho-duyet": {"Gửi đã lâu của Mỹ Long", "Mới gửi của Mỹ Long"},
        "ra-soat": {"Trang phải đọc lại"},
        "hen-gio": {"Bài hẹn giờ"},
    }

    def test_offers_what_the_badges_distinguish(self):
        self.assertEqual(CHOICES.keys(), self.EXPECTED.keys())
        body = self.client.get(reverse("wagtailadmin_explore", args=[self.news.pk])).content.decode()
        for label in CHOICES.values():
            self.assertIn(label, body)

    def test_lists_the_pages_of_which_it_is_so(self):
        for choice, titles in self.EXPECTED.items():
            with self.subTest(choice):
                self.assertEqual(self.rows(thoi_han=choice).keys(), titles)
                self.assertEqual(self.rows(self.city.my_long.home_page(), thoi_han=choice).keys(), titles)
                self.assertEqual(self.rows(name="wagtailadmin_explore_results", thoi_han=choice).keys(), titles)

    def test_works_beside_words_searched_for_and_other_filters(self):
        updates.index_saved()
        self.assertEqual(self.rows(thoi_han="cho-duyet", q="mới gửi").keys(), {"Mới gửi của Mỹ Long"})
        self.assertEqual(
            self.rows(thoi_han="cho-duyet", owner=self.cast.contributor.pk).keys(), self.EXPECTED["cho-duyet"]
        )
        self.assertEqual(self.rows(thoi_han="cho-duyet", has_child_pages="true"), {})

    def test_an_unknown_choice_is_no_fault(self):
        for choice in ("khong-co", "0", "\x7f"):
            self.rows(thoi_han=choice)


class OtherSites(Listed):
    def test_a_wards_person_finds_nothing_of_another_ward_or_of_the_city(self):
        for who in ("contributor", "unit_head", "ward_approver"):
            self.client.force_login(getattr(self.cast, who))
            for choice in CHOICES:
                for whole in ({}, {"search_all": "true"}):
                    with self.subTest(who=who, choice=choice, **whole):
                        titles = self.rows(self.city.my_long.home_page(), thoi_han=choice, **whole).keys()
                        self.assertEqual(titles, Filter.EXPECTED[choice])

    def test_the_city_finds_what_is_due_on_every_site(self):
        self.client.force_login(self.cast.deputy)

        self.assertEqual(
            self.rows(self.city.home, thoi_han="qua-han").keys(),
            {"Gửi đã lâu của thành phố", "Gửi đã lâu của Mỹ Long", "Gửi đã lâu của Mỹ Xuyên"},
        )

    def test_pages_on_the_way_down_tell_their_own_people_only_what_is_due(self):
        ReviewDate.objects.create(
            page_id=self.city.home.pk,
            site=self.city.site,
            unit=self.city.site.unit,
            counted_from=date(2026, 1, 5),
            review_on=date(2026, 12, 1),
        )
        said = {}
        for who in (self.cast.contributor, self.cast.deputy):
            said[who] = page_deadlines.dues_of([self.city.home], by=fresh(who))

        self.assertEqual(said[self.cast.contributor], {})
        self.assertEqual(said[self.cast.deputy][self.city.home.pk][0].text, "rà soát trước hết ngày 01/12/2026")

    def test_filters_by_people_still_offer_own_people_only(self):
        body = self.client.get(reverse("wagtailadmin_explore", args=[self.news.pk])).content.decode()

        self.assertIn(self.cast.contributor.full_name, body)
        self.assertNotIn(self.cast.contributor_my_xuyen.full_name, body)


class Wagtail(CityTestCase):
    """What of Wagtail's this rests on: the viewset of all pages may be replaced."""

    def test_every_page_type_is_listed_by_the_portals_viewset(self):
        for model in get_page_models():
            with self.subTest(model.__name__):
                self.assertIsInstance(page_viewset_registry.get_by_type(model), PortalPageViewSet)
                self.assertIsInstance(page_viewset_registry.get_by_parent_model(model), PortalPageViewSet)

    def test_the_rest_of_the_list_is_as_wagtail_makes_it(self):
        view = PortalPageViewSet.index_view_class

        self.assertEqual(
            [column.name for column in view.base_columns][:-1],
            [column.name for column in ExplorableIndexView.base_columns],
        )
        self.assertEqual(
            PortalPageViewSet.filterset_class.base_filters.keys() - GenericPageFilterSet.base_filters.keys(),
            {"thoi_han"},
        )
