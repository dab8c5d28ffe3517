"""What is kept between requests: never more than what holds, and nothing inside a transaction."""

from datetime import date, timedelta
from functools import cached_property, partial
from types import SimpleNamespace
from unittest import mock
from urllib.parse import urlsplit
from uuid import UUID

import time_machine
from django.db.models.base import ModelState
from django.test import RequestFactory
from django.utils import timezone, translation
from wagtail.models import Site

from base.models import OrganisationUnit, PortalSite, SiteGeneration
from base.public import site_cache
from base.public.index import readers_see_changed
from base.public.page_cache.generations import raise_generation
from base.public.rendering import drawings
from base.sites import site_of
from sections.models import ArticlePage, NoticePage
from sections.models.article import ArticleCorrection
from tests import factories
from tests.city import CityTestCase, draft, english_locale, publish, publish_at_once
from workflows.publishing import takedown


class Kept(CityTestCase):
    """The test runs in a transaction, in which nothing is kept: here it is looked away."""

    english = True

    def setUp(self):
        raise_generation([self.city.site])
        outside = mock.patch.object(site_cache, "connection", SimpleNamespace(in_atomic_block=False))
        outside.start()
        self.addCleanup(outside.stop)
        self.addCleanup(site_cache.clear)
        self.addCleanup(drawings.clear)

    def get(self, page):
        address = urlsplit(page.full_url)
        return self.client.get(address.path, headers={"host": address.netloc})

    def article(self, **fields):
        section = self.city.section(self.city.site)
        fields = {"title": "Bài thử", "summary": "Tóm tắt.", "responsible_unit": section.portal_site.unit} | fields
        return publish_at_once(draft(ArticlePage(**fields), section))

    def memory(self):
        return site_cache.memory_of(RequestFactory().get("/"))

    def test_what_a_transaction_sees_is_kept_for_its_own_drawing_alone(self):
        drawing = site_cache.known_before()

        drawing.keep("thu", "của giao dịch", [self.city.site.pk])

        self.assertEqual(drawing.get("thu"), "của giao dịch")
        self.assertIsNone(site_cache.known_before().get("thu"))
        self.assertIsNone(self.memory().get("thu"))


class Pages(Kept):
    def test_are_the_same_when_asked_again_for_half_the_queries(self):
        for page in (self.city.home, self.city.section(self.city.site), self.article(), self.city.my_long.home_page()):
            with self.subTest(page.title):
                site_cache.clear()
                with mock.patch.object(site_cache, "connection", SimpleNamespace(in_atomic_block=True)):
                    plain = self.get(page)
                with self.assertNumQueries(AtMost(60)) as first:
                    self.get(page)
                with self.assertNumQueries(AtMost(len(first) - 4)):
                    again = self.get(page)

                self.assertEqual(again.content, plain.content)

    def test_of_a_ward_know_their_ward_and_those_of_the_city_the_city(self):
        ward = self.city.my_long.home_page().specific
        for page, site in ((ward, self.city.my_long), (self.article(), self.city.site)):
            self.get(page)
            response = self.get(page)

            self.assertEqual(response.context["frame"].site, site)
            self.assertEqual(site_of(response.context["page"]), site)

    def test_in_english_are_not_those_in_vietnamese(self):
        english = self.city.home.get_translations().get()
        for page in (self.city.home, english, self.city.home, english):
            response = self.get(page)

            self.assertEqual(response.context["frame"].language_code, page.locale.language_code)
            self.assertEqual(response.context["page"].pk, page.pk)

    def test_that_are_taken_down_are_gone_at_once(self):
        page = self.article()
        self.get(page)
        self.assertEqual(self.get(page).status_code, 200)

        takedown.emergency_remove(page, by=self.cast.head, reason="Lộ thông tin")

        self.assertEqual(self.get(page).status_code, 410)

    def test_of_the_city_and_of_a_ward_show_documents_from_their_publication_to_their_take_down(self):
        homes = [self.city.home, self.city.my_long.home_page()]
        for owner, symbol, shown in (
            (self.city.my_long, "7/QĐ-UBND", homes[1:]),
            (self.city.site, "8/QĐ-UBND", homes[:1]),
        ):
            document = factories.document(owner, by=self.cast.standing_office, symbol=symbol)
            with self.subTest(symbol):
                for home in homes:
                    self.get(home)
                published = publish(document, by=self.cast.standing_office)
                for home in shown:
                    self.assertContains(self.get(home), symbol)
                    self.assertContains(self.get(home), symbol)

                two = {"proposed_by": self.cast.standing_office, "by": self.cast.head}
                takedown.take_down_records([published], **two, reason="Sai nội dung.")

                for home in homes:
                    self.assertNotContains(self.get(home), symbol)


class Rows(Kept):
    """What is read with a page, or kept of one, follows each change at once."""

    def seen(self, page) -> str:
        """The page as the second of two readers gets it, who meets what was kept for the first."""
        self.get(page)
        return self.get(page).content.decode()

    def test_of_a_section_follow_its_publication(self):
        section = self.city.section(self.city.site).specific
        self.assertNotIn("Tin của phố", self.seen(section))
        section.summary = "Tin của phố"
        section.save_revision(user=self.cast.standing_office)

        self.assertNotIn("Tin của phố", self.seen(section))
        publish(section, by=self.cast.standing_office)

        self.assertIn("Tin của phố", self.seen(section))

    def test_a_page_comes_before_what_a_section_answers_below_itself(self):
        address = f"{urlsplit(self.city.section(self.city.site).full_url).path}rss/"
        for _ in range(3):
            self.assertIn("rss+xml", self.client.get(address)["Content-Type"])

        page = self.article(title="Về tin RSS", slug="rss")

        self.assertEqual(urlsplit(page.full_url).path, address)
        for _ in range(2):
            self.assertContains(self.client.get(address), "Về tin RSS")
        takedown.emergency_remove(page, by=self.cast.head, reason="Sai")
        self.assertIn("rss+xml", self.client.get(address)["Content-Type"])

    def test_of_an_article_lead_to_its_translation_while_that_is_public(self):
        page = self.article(slug="co-ban-dich")
        self.assertNotIn('rel="alternate" hreflang="en"', self.seen(page))
        publish_at_once(page.get_parent().specific.copy_for_translation(english_locale()))
        english = page.copy_for_translation(english_locale())
        self.assertNotIn('rel="alternate" hreflang="en"', self.seen(page))

        english = publish_at_once(english)

        for one in (page, english):
            self.assertIn('rel="alternate" hreflang="en"', self.seen(one))
            self.assertIn(urlsplit(english.full_url).path, self.seen(one))
        takedown.emergency_remove(english, by=self.cast.head, reason="Sai")
        self.assertNotIn('rel="alternate" hreflang="en"', self.seen(page))

    def test_of_an_article_have_its_corrections(self):
        page = self.article(slug="co-dinh-chinh")
        self.assertNotIn("Số đúng là 12.", self.seen(page))

        page.corrections.add(ArticleCorrection(note="Số đúng là 12."))
        page.save_revision(user=self.cast.standing_office)
        publish_at_once(page)

        self.assertIn("Số đúng là 12.", self.seen(page))

    def test_beside_an_article_stand_the_newest_others_as_long_as_they_are_public(self):
        page, other = self.article(slug="mot"), self.article(title="Bài ở bên", slug="hai")
        beside = '<a href="/tin-tuc/hai/">Bài ở bên</a>'
        self.assertInHTML(beside, self.seen(page))
        self.assertNotIn(beside, self.seen(other))

        takedown.emergency_remove(other, by=self.cast.head, reason="Sai")

        self.assertNotIn("Bài ở bên", self.seen(page))


class Cards(Kept):
    """Items of lists are drawn once; what they show changes with each list that is read."""

    def seen(self, *pages) -> list[str]:
        for page in pages:
            self.get(page)
        return [self.get(page).content.decode() for page in pages]

    def test_are_gone_from_home_and_list_with_a_take_down(self):
        page, places = self.article(title="Bài sẽ gỡ"), (self.city.home, self.city.section(self.city.site))
        self.article(title="Bài ở lại")
        for text in self.seen(*places):
            self.assertIn("Bài sẽ gỡ", text)

        takedown.emergency_remove(page, by=self.cast.head, reason="Sai")

        for text in self.seen(*places):
            self.assertNotIn("Bài sẽ gỡ", text)
            self.assertIn("Bài ở lại", text)

    def test_follow_a_new_title_and_a_new_name_of_their_unit(self):
        page, places = self.article(title="Tên cũ"), (self.city.home, self.city.section(self.city.site))
        self.assertIn("Tên cũ", "".join(self.seen(*places)))

        page.title = "Tên mới"
        page.save_revision(user=self.cast.standing_office)
        publish_at_once(page)
        OrganisationUnit.objects.filter(pk=page.responsible_unit_id).update(name="Ủy ban đổi tên")
        readers_see_changed(sites=PortalSite.objects.all())

        home, section = self.seen(*places)
        for text in (home, section):
            self.assertIn("Tên mới", text)
            self.assertNotIn("Tên cũ", text)
        self.assertIn("<span>Ủy ban đổi tên</span>", section)

    def test_follow_a_new_name_of_their_section(self):
        self.article()
        section = self.city.section(self.city.site, "chi-dao-dieu-hanh").specific
        publish_at_once(draft(ArticlePage(title="Chỉ đạo", summary="Tóm tắt."), section))
        self.assertIn(section.title, "".join(self.seen(self.city.home)))

        section.title = "Mục đổi tên"
        section.save_revision(user=self.cast.standing_office)
        publish(section, by=self.cast.standing_office)

        self.assertIn('aria-label="Xem tất cả: Mục đổi tên"', "".join(self.seen(self.city.home)))

    def test_follow_the_day(self):
        section, today = self.city.section(self.city.site), timezone.localdate()
        fields = {"title": "Báo tin", "summary": "Tóm tắt.", "valid_until": today}
        publish_at_once(draft(NoticePage(**fields, responsible_unit=section.portal_site.unit), section))
        self.assertNotIn("Đã hết thời hạn", "".join(self.seen(section)))

        with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
            self.assertIn("Đã hết thời hạn", "".join(self.seen(section)))
        self.assertNotIn("Đã hết thời hạn", "".join(self.seen(section)))


class Shared(Kept):
    """What is kept is shared by requests: none may find there what another one left."""

    def pages(self):
        ward = self.city.my_long.home_page()
        section, ward_section = self.city.section(self.city.site), self.city.section(self.city.my_long)
        english = self.city.home.get_translations().get()
        for place in (section, ward_section):
            notice = NoticePage(
                title=f"Báo tin {place.pk}", summary="Tóm tắt.", responsible_unit=place.portal_site.unit
            )
            publish_at_once(draft(notice, place))
        vietnamese = [self.city.home, section, ward, ward_section, self.article()]
        # The same in Vietnamese, then in English, then in Vietnamese, the city and a ward by turns.
        return [*vietnamese, english, *english.get_children().live()[:4], *vietnamese[::-1]]

    def shared(self) -> dict:
        return {**site_cache._entries, **drawings._made}

    def test_pages_are_the_same_whatever_was_made_before_them(self):
        pages = self.pages()
        alone = {}
        for page in pages:
            site_cache.clear()
            drawings.clear()
            alone[page.pk] = self.get(page).content.decode()

        for page in (*pages, *pages[::-1]):
            with self.subTest(page.title, language=page.locale.language_code):
                self.assertEqual(self.get(page).content.decode(), alone[page.pk])

    def test_nothing_that_is_kept_is_changed_by_who_uses_it(self):
        first = {}

        def noted(keep, key, *arguments):
            value = keep(key, *arguments)
            first.setdefault(id(value), (key, value, state(value)))
            return value

        keep, made_once = site_cache.Memory.keep, drawings.made_once
        noting = mock.patch.object(
            site_cache.Memory, "keep", lambda memory, *given: noted(partial(keep, memory), *given)
        )
        with noting, mock.patch.object(drawings, "made_once", partial(noted, made_once)):
            for page in self.pages():
                self.get(page)

        self.assertGreater(len(first), 50)
        self.assertEqual([key for key, value, was in first.values() if state(value) != was], [])

    def test_nothing_that_is_kept_knows_a_request_or_a_user(self):
        for page in self.pages():
            self.get(page)

        for key, value in self.shared().items():
            self.assertNotRegex(
                f"{key}{state(value)}", r"WSGIRequest|AnonymousUser|accounts\.models|SessionStore|Promise"
            )

    def test_would_be_found_if_it_remembered_a_language(self):
        remembering = Remembering()
        was = state(remembering)

        self.assertTrue(remembering.label)

        self.assertNotEqual(state(remembering), was)


class Remembering:
    """What must not be kept: it is in the language of who asked first."""

    @cached_property
    def label(self):
        return translation.gettext("Trang chủ")


def state(value, depth: int = 8) -> str:
    """All that an object holds, as a text; two of them are the same when it has not changed meanwhile."""
    if depth == 0 or isinstance(value, type):
        return ""
    if isinstance(value, ModelState):
        value = value.fields_cache
    if isinstance(value, dict):
        inside = [f"{key!r}: {state(one, depth - 1)}" for key, one in value.items()]
    elif isinstance(value, list | tuple | set | frozenset):
        inside = [state(one, depth - 1) for one in value]
    elif isinstance(value, str | int | float | bool | None | date | UUID):
        return f"{type(value).__name__} {value!r}"
    else:
        names = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
        held = {name: getattr(value, name, None) for name in names} | getattr(value, "__dict__", {})
        return f"{type(value).__module__}.{type(value).__name__} {state(held, depth - 1)}"
    return f"{type(value).__name__} {inside}"


class Menu(Kept):
    def test_shows_a_new_section_once_its_publication_is_told(self):
        self.get(self.city.home)
        section = self.city.section(self.city.site)
        new = type(section)(title="Mục mới", slug="muc-moi", show_in_menus=True)
        publish_at_once(draft(new, self.city.home))
        raise_generation([self.city.site])

        self.assertContains(self.get(self.city.home), '<a class="menu__link" href="/muc-moi/">')

    def test_marks_the_section_of_each_page(self):
        article, home = self.article(), self.city.home
        marked = [self.get(page).content.decode().count('aria-current="true"') for page in (home, article, home)]

        self.assertEqual(marked[0], marked[2])
        self.assertGreater(marked[1], marked[0])


class Memory(Kept):
    def test_ends_for_what_depends_on_a_site_when_that_changes(self):
        memory = self.memory()
        memory.keep("own", 1, [self.city.site.pk])
        memory.keep("both", 2, [self.city.site.pk, self.city.my_xuyen.pk])
        memory.keep("all", 3, memory.all_sites)

        raise_generation([self.city.my_xuyen])

        after = self.memory()
        self.assertEqual([after.get(name) for name in ("own", "both", "all")], [1, None, None])

    def test_holds_what_depends_on_a_site_until_its_first_publication(self):
        SiteGeneration.objects.filter(site=self.city.my_xuyen).delete()
        self.memory().keep("ward", 1, [self.city.my_xuyen.pk])

        self.assertEqual(self.memory().get("ward"), 1)
        raise_generation([self.city.my_xuyen])
        self.assertIsNone(self.memory().get("ward"))

    def test_ends_for_what_depends_on_all_sites_with_the_first_publication_of_any(self):
        SiteGeneration.objects.filter(site=self.city.my_xuyen).delete()
        memory = self.memory()
        memory.keep("all", 1, memory.all_sites)

        self.assertIn(self.city.my_xuyen.pk, memory.all_sites)
        self.assertEqual(self.memory().get("all"), 1)
        raise_generation([self.city.my_xuyen])
        self.assertIsNone(self.memory().get("all"))

    def test_of_a_host_ends_when_a_host_changes(self):
        self.get(self.city.home)
        hosts = [key for key in site_cache._entries if key[0] == "host"]
        self.assertTrue(hosts and all(self.memory().get(key) for key in hosts))

        Site.objects.first().save()

        self.assertFalse(any(self.memory().get(key) for key in hosts))

    def test_is_none_inside_a_transaction_and_before_any_publication(self):
        with mock.patch.object(site_cache, "connection", SimpleNamespace(in_atomic_block=True)):
            self.assertIsNone(self.memory())
        SiteGeneration.objects.all().delete()

        self.assertIsNone(self.memory())

    def test_never_grows_beyond_its_bound(self):
        memory = self.memory()
        for number in range(site_cache.MOST_ENTRIES + 10):
            memory.keep(number, number, [])

        self.assertLessEqual(len(site_cache._entries), site_cache.MOST_ENTRIES)


class AtMost(int):
    """A number of queries that any smaller one satisfies."""

    def __eq__(self, other):
        return other <= int(self)

    __hash__ = int.__hash__
