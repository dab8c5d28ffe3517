from datetime import date, datetime
from io import BytesIO
from types import SimpleNamespace
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.core.files.images import ImageFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from base.gate import open_gate
from base.models import OrganisationUnit, PortalImage
from base.public import site_cache
from base.public.index import readers_see_changed
from sections import listing
from sections.models import ArticleCorrection, ArticlePage, SectionIndexPage
from tests.city import CityTestCase, draft, note_changed, publish, publish_at_once
from tests.legalref import library
from tests.sections import pages
from tests.workflows.drafts import article
from workflows.models import TakeDown
from workflows.publishing import takedown

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def png() -> BytesIO:
    """A small picture."""
    data = BytesIO()
    Image.new("RGB", (960, 540), "navy").save(data, "PNG")
    data.seek(0)
    return data


def make_many(section, count: int, start: int = 0) -> None:
    """Put `count` live articles under a section, as fast as rows can be written."""
    section = SectionIndexPage.objects.get(pk=section.pk)
    made = []
    with open_gate("publish"), mock.patch("base.models.page.BasePage.full_clean"):
        for number in range(start, start + count):
            made.append(f"bai-so-{number}")
            section.add_child(
                instance=pages.article(
                    title=f"Bài số {number}",
                    slug=f"bai-so-{number}",
                    draft_title=f"Bài số {number}",
                    locale=section.locale,
                    live=True,
                    first_published_at=timezone.now(),
                    last_published_at=timezone.now(),
                )
            )
    readers_see_changed(ArticlePage.objects.child_of(section).filter(slug__in=made))


class CountsBetweenRequests(CityTestCase):
    """What the filters count is kept between requests, as outside of a test's transaction."""

    def setUp(self):
        self.section = self.city.section(self.city.my_long)
        site_cache.clear()
        self.addCleanup(site_cache.clear)
        outside = mock.patch.object(site_cache, "connection", SimpleNamespace(in_atomic_block=False))
        outside.start()
        self.addCleanup(outside.stop)

    def listed(self, query=""):
        found = pages.visit(self.client, self.section, query).context["listing"]
        return found.total, [(choice.value, choice.count) for choice in found.kinds], len(found.items)

    def test_they_follow_a_publication_a_take_down_and_the_day(self):
        with time_machine.travel("2026-03-02 09:00 +07:00") as moment:
            make_many(self.section, 16)
            self.assertEqual(self.listed("?trang=2")[::2], (16, 1))

            page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài mới"))
            self.assertEqual(self.listed()[0], 17)
            row = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
            takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)
            self.assertEqual(self.listed("?trang=2")[::2], (16, 1))

            self.listed()
            with CaptureQueriesContext(connection) as first:
                self.listed()
            moment.move_to(datetime(2026, 3, 3, 9, tzinfo=VIETNAM))
            with CaptureQueriesContext(connection) as another_day:
                self.listed()
        self.assertGreater(len(another_day), len(first))


def set_first_published(page, moment):
    """Date the first publication of a page, as if it had happened then."""
    with open_gate("publish"):
        page.first_published_at = moment
        page.save()
    note_changed(page)


class ListingTests(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.site)
        cls.office = OrganisationUnit.objects.create(
            name="Phòng Văn hóa và Thông tin", slug="phong-van-hoa-thong-tin", kind=OrganisationUnit.Kind.OFFICE
        )
        cls.old = publish_at_once(draft(pages.article(title="Bài năm cũ", responsible_unit=cls.office), cls.section))
        set_first_published(cls.old, datetime(2019, 12, 31, 23, 30, tzinfo=VIETNAM))
        cls.reward = publish_at_once(
            draft(pages.article(title="Khen thưởng", kind=ArticlePage.Kind.REWARD), cls.section)
        )
        set_first_published(cls.reward, datetime(2020, 1, 1, 0, 30, tzinfo=VIETNAM))
        cls.notice = publish_at_once(draft(pages.notice(title="Thông báo mới"), cls.section))
        set_first_published(cls.notice, datetime(2020, 6, 16, 9, tzinfo=VIETNAM))
        cls.hidden = draft(pages.article(title="Bài còn nháp"), cls.section)

    def titles(self, **parameters):
        return [item.title for item in listing.list_items(self.section, parameters).items]

    def test_live_items_of_all_types_newest_first(self):
        self.assertEqual(self.titles(), ["Thông báo mới", "Khen thưởng", "Bài năm cũ"])

    def test_a_year_is_that_of_the_local_date(self):
        self.assertEqual(self.titles(nam="2019"), ["Bài năm cũ"])
        self.assertEqual(self.titles(nam="2020"), ["Thông báo mới", "Khen thưởng"])

    def test_filters_by_unit_and_by_kind(self):
        self.assertEqual(self.titles(**{"don-vi": self.office.slug}), ["Bài năm cũ"])
        self.assertEqual(self.titles(loai="khen-thuong-xu-phat"), ["Khen thưởng"])
        self.assertEqual(self.titles(loai="thong-bao"), ["Thông báo mới"])

    def test_the_kinds_add_up_to_the_list_a_notice_among_news_counting_by_its_type(self):
        found = listing.list_items(self.section, {})

        self.assertEqual(sum(choice.count for choice in found.kinds), found.total)
        self.assertIn(("thong-bao", "Thông báo", 1), [(kind.value, kind.label, kind.count) for kind in found.kinds])

    def test_filters_say_how_many_items_each_value_gives_beside_the_others(self):
        found = listing.list_items(self.section, {"nam": "2020"})

        self.assertEqual([(choice.value, choice.count) for choice in found.years], [("2020", 2), ("2019", 1)])
        self.assertEqual([choice.value for choice in found.units], ["long-xuyen"])
        self.assertTrue(found.years[0].is_chosen)
        self.assertTrue(found.is_filtered)

    def test_a_section_of_one_type_filters_by_its_own_kind(self):
        projects = self.city.section(self.city.site, "du-an")
        publish_at_once(draft(pages.project(title="Đường A"), projects))
        publish_at_once(draft(pages.project(title="Đường B", stage="completed"), projects))

        found = listing.list_items(projects, {"loai": "da-hoan-tat"})

        self.assertEqual([item.title for item in found.items], ["Đường B"])
        self.assertEqual({choice.label for choice in found.kinds}, {"Đang triển khai", "Đã hoàn tất"})

    def test_an_introduction_keeps_the_order_of_the_tree(self):
        about = self.city.section(self.city.site, "gioi-thieu")
        for title in ("Thứ nhất", "Thứ hai", "Thứ ba"):
            publish_at_once(draft(pages.standard(title=title), about))

        titles = [item.title for item in listing.list_items(about, {}).items]

        self.assertEqual(titles, ["Thứ nhất", "Thứ hai", "Thứ ba"])

    def test_a_list_reads_no_page_of_any_type(self):
        with CaptureQueriesContext(connection) as queries:
            listing.list_items(self.section, {})

        self.assertEqual([query["sql"] for query in queries if "sections_articlepage" in query["sql"]], [])

    def test_parameters_that_make_no_sense_give_a_clean_page(self):
        for query in (
            "?trang=0",
            "?trang=-1",
            "?trang=abc",
            "?trang=999999999999999999",
            "?trang=1&trang=2",
            "?nam=20x0",
            "?nam=99999",
            "?nam=",
            "?don-vi=khong-co",
            "?don-vi=%27%3B--",
            "?loai=%F0%9F%98%80",
            "?khac=1",
            "?nam=2020&don-vi=" + "a" * 500,
        ):
            with self.subTest(query=query):
                response = pages.visit(self.client, self.section, query)
                self.assertEqual(response.status_code, 200)
                self.assertContains(response, "Thông báo mới")

    def test_a_number_that_no_link_of_ours_can_hold_is_refused_in_words(self):
        for query in ("?trang=99999999999999999999", "?nam=2020&trang=" + "9" * 600):
            with self.subTest(query=query):
                response = pages.visit(self.client, self.section, query)
                self.assertContains(response, "Số trong địa chỉ quá lớn", status_code=400)

    def test_an_urgent_notice_stands_first_until_it_ends(self):
        urgent = publish_at_once(
            draft(pages.notice(title="Báo động lũ", is_urgent=True, valid_until=date(2020, 7, 1)), self.section)
        )
        set_first_published(urgent, datetime(2020, 1, 15, 9, tzinfo=VIETNAM))

        with time_machine.travel("2020-07-01 12:00 +0700", tick=False):
            during = self.titles()
        with time_machine.travel("2020-07-02 12:00 +0700", tick=False):
            after = self.titles()

        self.assertEqual(during[0], "Báo động lũ")
        self.assertEqual(after[:2], ["Thông báo mới", "Báo động lũ"])

    def test_an_open_consultation_stands_before_newer_ones(self):
        section = self.city.section(self.city.site, "gop-y")
        publish_at_once(draft(pages.consultation(title="Đang mở"), section))
        publish_at_once(draft(pages.consultation(title="Sắp mở", opens_on=date(2020, 7, 1)), section))

        with time_machine.travel("2020-06-20 12:00 +0700", tick=False):
            titles = [item.title for item in listing.list_items(section, {}).items]

        self.assertEqual(titles, ["Đang mở", "Sắp mở"])

    def test_a_filter_without_items_says_so(self):
        response = pages.visit(self.client, self.section, "?nam=2019&loai=khen-thuong-xu-phat")

        self.assertContains(response, "Không có mục nào khớp")

    def test_drafts_are_not_listed(self):
        response = pages.visit(self.client, self.section)

        self.assertNotContains(response, "Bài còn nháp")


class QueryCountTests(CityTestCase):
    """Budgets without what is kept between requests: an article 14 queries, a list 10, however much there is."""

    LIST_BUDGET, ARTICLE_BUDGET = 10, 14

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.site)
        make_many(cls.section, 10)

    def count(self, page, query=""):
        pages.visit(self.client, page, query)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = pages.visit(self.client, page, query)
        self.assertEqual(response.status_code, 200)
        return len(queries), [query["sql"][:200] for query in queries]

    def test_a_list_and_an_article_cost_the_same_with_10_and_with_110_articles(self):
        page = ArticlePage.objects.child_of(self.section).first()
        few, of_article = self.count(self.section)[0], self.count(page)[0]
        # Growing the tree is the dear part: once for both, and enough for the eighth page of the list.
        make_many(self.section, 100, start=10)
        many, statements = self.count(self.section)
        filtered, _ = self.count(self.section, "?nam=2020&trang=3")
        article, of_many = self.count(page)

        self.assertEqual((few, of_article), (many, article))
        self.assertLessEqual(many, self.LIST_BUDGET, statements)
        self.assertLessEqual(filtered, self.LIST_BUDGET)
        self.assertLessEqual(article, self.ARTICLE_BUDGET, of_many)

    def test_a_wards_article_with_all_it_may_show_keeps_the_budget(self):
        """On the ward's own host: picture, file, correction and a cited document."""
        document = library.public_document(self.city.site, by=self.cast.editor)
        picture = PortalImage.objects.create(title="Sông Hậu", file=ImageFile(png(), "song-hau.png"))
        page = pages.article(
            lead_image=picture,
            lead_image_alt="Sông Hậu",
            attachments=pages.stream(("file", {"file": pages.file().pk, "label": ""})),
            legal_basis=pages.stream(("document", {"document": document.pk, "provision": "", "role": "basis"})),
        )
        page.corrections = [ArticleCorrection(corrected_on=date(2020, 6, 18), note="Sửa số liệu.")]
        page = publish_at_once(draft(page, self.city.section(self.city.my_long)))

        count, statements = self.count(page)

        self.assertLessEqual(count, self.ARTICLE_BUDGET, statements)

    def test_pages_of_15_items(self):
        make_many(self.section, 10, start=10)

        first, second = (pages.visit(self.client, self.section, f"?trang={number}") for number in (1, 2))

        self.assertEqual(len(first.context["listing"].items), 15)
        self.assertEqual(len(second.context["listing"].items), 5)

    def test_pictures_of_a_list_cost_no_query_once_their_sizes_are_made(self):
        images = [
            PortalImage.objects.create(title=f"Ảnh {number}", file=ImageFile(png(), f"anh-{number}.png"))
            for number in range(5)
        ]
        with open_gate("publish"):
            for page, image in zip(ArticlePage.objects.child_of(self.section), images, strict=False):
                page.lead_image = image
                page.save()
        readers_see_changed(ArticlePage.objects.child_of(self.section))
        listing.list_items(self.section, {})

        # The filters, and the items with their pictures.
        with self.assertNumQueries(2):
            found = listing.list_items(self.section, {})

        self.assertEqual(sum(item.picture is not None for item in found.items), 5)


class Neighbours(CityTestCase):
    """An article leads to the older and the newer one of its section."""

    def public(self, number: int, **fields):
        with time_machine.travel(datetime(2026, 7, number, 9, tzinfo=VIETNAM), tick=False):
            page = pages.article(title=f"Bài ngày {number}", **fields)
            return publish(draft(page, self.city.section(self.city.site), by=self.cast.editor))

    def around(self, page) -> tuple[str, str]:
        context = pages.visit(self.client, page).context
        return tuple(context[name].title if context[name] else "" for name in ("before", "after"))

    def test_are_those_of_the_days_before_and_after_and_none_of_another_section(self):
        first, second, third = (self.public(number) for number in (1, 2, 3))
        publish(
            draft(
                pages.article(title="Ở mục khác"),
                self.city.section(self.city.site, "tuyen-truyen"),
                by=self.cast.editor,
            )
        )

        self.assertEqual(
            [self.around(page) for page in (first, second, third)],
            [("", "Bài ngày 2"), ("Bài ngày 1", "Bài ngày 3"), ("Bài ngày 2", "")],
        )
        self.assertContains(pages.visit(self.client, second), f'/{first.slug}/" rel="prev"')

    def test_that_was_taken_down_is_passed_over(self):
        first, second, third = (self.public(number) for number in (1, 2, 3))
        takedown.emergency_remove(second, by=self.cast.head, reason="Lộ thông tin")

        self.assertEqual((self.around(first)[1], self.around(third)[0]), ("Bài ngày 3", "Bài ngày 1"))

    def test_alone_in_its_section_it_leads_nowhere(self):
        self.assertNotContains(pages.visit(self.client, self.public(1)), "neighbours")
