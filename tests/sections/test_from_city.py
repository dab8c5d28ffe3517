"""News of the city on the sites of wards: shown where two persons agreed to, at its own address, and gone with it."""

from datetime import date
from xml.etree import ElementTree

import feedparser
import time_machine
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse

from base.models import PublicItem, PublicPlace, SiteGeneration
from base.public.index import rebuilding
from sections import listing
from sections.models import ArticlePage, NoticePage
from tests.city import CityTestCase, draft, publish
from tests.sections import pages
from tests.sections.test_atom import DELETED
from workflows.models import TakeDown
from workflows.publishing import approval, takedown

TITLE = "Cắt nước để sửa đường ống chính"
OUTPUTS = ("", "tin-tuc/", "tu-thanh-pho/", "rss/", "atom/")


@time_machine.travel("2020-06-16 09:00 +0700", tick=False)
class FromTheCity(CityTestCase):
    def push(self, page=None, *, key="tin-tuc", **fields):
        """Publish a page of the city that stands on wards too."""
        page = page or pages.article(title=TITLE, **fields)
        return publish(draft(page, self.city.section(self.city.site, key), by=self.cast.standing_office))

    def change(self, page, **fields):
        """Change a page as its writer does; it is not public yet."""
        page = type(page).objects.get(pk=page.pk)
        for name, value in fields.items():
            setattr(page, name, value)
        page.save_revision(user=self.cast.standing_office)
        return page

    def remove(self, page):
        (row,) = takedown.propose(
            page, TakeDown.Ground.ERROR, by=self.cast.standing_office, explanation="Nội dung sai."
        )
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Đồng ý gỡ.")

    def shown(self, site, words=TITLE) -> set[str]:
        """In which lists of a ward something is."""
        home = site.home_page()
        return {end for end in OUTPUTS if words in pages.visit(self.client, home, end=end).content.decode()}

    def withdrawn(self, site) -> list[str]:
        answer = pages.visit(self.client, site.home_page(), end="atom/")
        return [one.get("ref") for one in ElementTree.fromstring(answer.content).iter(DELETED)]


class Reach(FromTheCity):
    def test_chosen_wards_show_it_at_the_citys_address_and_no_other_ward_does(self):
        page = self.push(on_wards=[self.city.my_long.pk])

        self.assertEqual(self.shown(self.city.my_long), {*OUTPUTS})
        self.assertEqual(self.shown(self.city.my_xuyen), set())
        self.assertEqual(PublicItem.objects.filter(title=TITLE).count(), 1)
        answer = pages.visit(self.client, self.city.my_long.home_page())
        self.assertContains(answer, f'href="{page.full_url}"')
        self.assertContains(answer, "Nguồn: Thành phố Long Xuyên")
        own = pages.visit(self.client, page)
        self.assertContains(own, f'<link rel="canonical" href="{page.full_url}">')

    def test_every_ward_shows_what_is_for_all(self):
        self.push(on_every_ward=True)

        for site in (self.city.my_long, self.city.my_xuyen, self.city.dong_xuyen):
            self.assertEqual(self.shown(site), {*OUTPUTS}, site)

    def test_what_is_for_the_city_alone_stands_on_no_ward(self):
        self.push()

        self.assertEqual(self.shown(self.city.my_long), set())
        self.assertFalse(PublicPlace.objects.exists())

    def test_a_copy_is_for_no_ward_until_two_persons_say_so(self):
        for page in (self.push(on_every_ward=True), self.push(pages.notice(title=TITLE, on_every_ward=True))):
            with self.subTest(type(page)):
                copied = page.copy(to=self.city.section(self.city.my_long), update_attrs={"slug": "ban-sao"})
                newest = copied.get_latest_revision_as_object()
                self.assertEqual((newest.on_every_ward, newest.on_wards), (False, []))
                copied.delete()

    def test_the_feeds_of_its_section_on_the_ward_have_it_and_withdraw_it(self):
        page = self.push(on_wards=[self.city.my_long.pk])
        other = self.push(pages.article(title="Tuyên truyền"), key="tuyen-truyen", on_wards=[self.city.my_long.pk])
        urn = f"urn:uuid:{page.translation_key}"

        def feed(end, site=self.city.my_long, key="tin-tuc"):
            return pages.visit(self.client, self.city.section(site, key), end=end).content.decode()

        for end in ("rss/", "atom/"):
            with self.subTest(end):
                self.assertIn(TITLE, feed(end))
                self.assertIn("/atom/</id>" if end == "atom/" else "<source url=", feed(end))
                self.assertNotIn("<title>Tuyên truyền</title>", feed(end))
                self.assertNotIn(TITLE, feed(end, self.city.my_xuyen))
                self.assertNotIn(TITLE, feed(end, key="tuyen-truyen"))
        self.remove(page)
        self.remove(other)

        self.assertNotIn(TITLE, feed("rss/") + feed("atom/"))
        self.assertIn(f'ref="{urn}"', feed("atom/"))
        self.assertNotIn(f'ref="{urn}"', feed("atom/", key="tuyen-truyen"))
        self.assertNotIn(f"urn:uuid:{other.translation_key}", feed("atom/"))

    def test_who_has_chosen_the_ward_sees_it_there(self):
        page = self.push(on_wards=[self.city.my_long.pk])

        self.assertContains(self.client.get("/cua-toi/my-long/"), f'/{page.slug}/">{TITLE}</a>')
        self.assertNotContains(self.client.get("/cua-toi/my-xuyen/"), TITLE)

    def test_the_list_of_another_section_does_not_show_it(self):
        self.push(key="chi-dao-dieu-hanh", on_every_ward=True)

        self.assertEqual(self.shown(self.city.my_long), {*OUTPUTS} - {"tin-tuc/"})

    def test_a_further_page_and_a_filtered_list_are_of_the_ward_alone(self):
        self.push(on_every_ward=True)
        section = self.city.section(self.city.my_long)

        self.assertTrue(listing.list_items(section, {}).city_items)
        draft_of_ward = pages.article(title="Tin của phường")
        publish(draft(draft_of_ward, section, by=self.cast.contributor))
        self.assertFalse(listing.list_items(section, {"nam": "2020"}).city_items)

    def test_a_list_asks_no_more_for_it(self):
        self.push(on_every_ward=True)
        section = self.city.section(self.city.my_long)
        listing.list_items(section, {}, RequestFactory().get("/"))

        with self.assertNumQueries(2):
            self.assertTrue(listing.list_items(section, {}).city_items)

    def test_a_notice_stands_there_until_its_last_day_is_over(self):
        notice = pages.notice(title=TITLE, on_every_ward=True, valid_until=date(2020, 6, 20))
        self.push(notice)

        self.assertEqual(self.shown(self.city.my_long), {*OUTPUTS})
        with time_machine.travel("2020-06-21 00:00 +0700", tick=False):
            self.assertEqual(self.shown(self.city.my_long), {"rss/", "atom/"})

    def test_no_generation_of_a_ward_is_raised(self):
        wards = [self.city.my_long.pk, self.city.my_xuyen.pk, self.city.dong_xuyen.pk]
        before = list(SiteGeneration.objects.filter(site__in=wards).order_by("site").values_list("value", flat=True))

        self.push(on_wards=[self.city.my_long.pk])

        after = list(SiteGeneration.objects.filter(site__in=wards).order_by("site").values_list("value", flat=True))
        self.assertEqual(after, before)
        self.assertIn(self.city.site.pk, self.city.my_long.home_page().specific.cache_sites())

    def test_a_page_of_a_ward_reaches_no_other_site(self):
        page = pages.article(title=TITLE, on_every_ward=True, on_wards=[self.city.my_xuyen.pk])
        publish(draft(page, self.city.section(self.city.my_long), by=self.cast.contributor))

        self.assertEqual(self.shown(self.city.my_xuyen), set())
        self.assertFalse(PublicPlace.objects.exists())


class Follows(FromTheCity):
    def test_a_change_shows_once_the_second_person_agrees(self):
        page = self.push(on_every_ward=True)
        page = self.change(page, title="Cắt nước đến hết tuần", on_wards=[])

        self.assertEqual(self.shown(self.city.my_long, "Cắt nước đến hết tuần"), set())
        publish(page, by=self.cast.standing_office)

        self.assertEqual(self.shown(self.city.my_long, "Cắt nước đến hết tuần"), {*OUTPUTS})
        self.assertEqual(self.shown(self.city.my_long), set())

    def test_what_is_taken_down_goes_at_once_and_their_feeds_say_so(self):
        page = self.push(on_wards=[self.city.my_long.pk])
        self.remove(page)

        self.assertEqual(self.shown(self.city.my_long), set())
        self.assertEqual(self.withdrawn(self.city.my_long), [f"urn:uuid:{page.translation_key}"])
        self.assertEqual(self.withdrawn(self.city.my_xuyen), [])

    def test_an_emergency_removes_it_there_too(self):
        page = self.push(on_every_ward=True)
        takedown.emergency_remove(page, by=self.cast.head, reason="Lộ thông tin")

        self.assertEqual(self.shown(self.city.my_xuyen), set())
        self.assertEqual(self.withdrawn(self.city.my_xuyen), [f"urn:uuid:{page.translation_key}"])

    def test_a_smaller_reach_waits_for_the_second_person_and_then_goes_from_the_others(self):
        page = self.push(on_every_ward=True)
        page = self.change(page, on_every_ward=False, on_wards=[self.city.my_long.pk])

        self.assertEqual(self.shown(self.city.my_xuyen), {*OUTPUTS})
        publish(page, by=self.cast.standing_office)

        self.assertEqual(self.shown(self.city.my_xuyen), set())
        self.assertEqual(self.withdrawn(self.city.my_xuyen), [f"urn:uuid:{page.translation_key}"])
        self.assertEqual(self.shown(self.city.my_long), {*OUTPUTS})
        self.assertEqual(self.withdrawn(self.city.my_long), [])

    def test_who_shows_it_again_withdraws_it_no_longer(self):
        page = self.push(on_wards=[self.city.my_long.pk])
        publish(self.change(page, on_wards=[]), by=self.cast.standing_office)
        self.assertEqual(self.withdrawn(self.city.my_long), [f"urn:uuid:{page.translation_key}"])

        publish(self.change(page, on_wards=[self.city.my_long.pk]), by=self.cast.standing_office)

        self.assertEqual((self.shown(self.city.my_long), self.withdrawn(self.city.my_long)), ({*OUTPUTS}, []))

    def test_the_index_made_anew_says_the_same_and_names_what_differs(self):
        page = self.push(on_wards=[self.city.my_long.pk])
        self.assertEqual(rebuilding.violations(), [])
        PublicPlace.objects.update(site_key=self.city.my_xuyen.pk)

        self.assertEqual(len(rebuilding.violations()), 1)
        rebuilding.rebuild()

        self.assertEqual(rebuilding.violations(), [])
        self.assertEqual(self.shown(self.city.my_xuyen), set())
        self.assertEqual(self.shown(self.city.my_long), {*OUTPUTS}, page)


class Feeds(FromTheCity):
    def test_each_entry_names_the_feed_it_comes_from(self):
        self.push(on_every_ward=True)
        publish(
            draft(pages.article(title="Tin của phường"), self.city.section(self.city.my_long), by=self.cast.contributor)
        )
        home, city = self.city.my_long.home_page(), self.city.home

        atom = feedparser.parse(pages.visit(self.client, home, end="atom/").content)
        rss = feedparser.parse(pages.visit(self.client, home, end="rss/").content)

        self.assertFalse(atom.bozo or rss.bozo)
        sources = {entry.title: entry.get("source", {}) for entry in atom.entries}
        self.assertEqual(sources[TITLE].get("id"), f"{city.full_url}atom/")
        self.assertEqual(sources["Tin của phường"], {})
        sources = {entry.title: entry.get("source", {}).get("href", "") for entry in rss.entries}
        self.assertEqual(sources, {TITLE: f"{city.full_url}rss/", "Tin của phường": ""})


class TheSearch(FromTheCity):
    def found(self, site) -> bool:
        """Whether the search within a site finds it."""
        home = site.home_page()
        answer = pages.visit(self.client, home, "?q=cắt+nước+đường+ống&pham-vi=trang-nay", "tim-kiem/")
        return "cat-nuoc-de-sua-duong-ong-chinh" in answer.content.decode()

    def test_of_a_ward_finds_what_stands_there_and_of_another_does_not(self):
        page = self.push(on_wards=[self.city.my_long.pk])

        self.assertEqual((self.found(self.city.my_long), self.found(self.city.my_xuyen)), (True, False))
        publish(self.change(page, on_wards=[]), by=self.cast.standing_office)
        self.assertFalse(self.found(self.city.my_long))

    def test_of_every_ward_finds_what_is_for_all(self):
        self.push(on_every_ward=True)

        self.assertTrue(self.found(self.city.my_xuyen))


class TheForm(FromTheCity):
    def asks(self, user, section) -> bool:
        """Whether the form of a new notice asks for wards."""
        self.client.force_login(user)
        answer = self.client.get(reverse("wagtailadmin_pages:add", args=["sections", "noticepage", section.pk]))
        return "Hiện ở phường, xã" in answer.content.decode()

    def test_the_city_chooses_and_a_ward_is_not_asked(self):
        self.assertTrue(self.asks(self.cast.standing_office, self.city.section(self.city.site)))
        self.assertFalse(self.asks(self.cast.contributor, self.city.section(self.city.my_long)))

    def test_the_choice_is_stored_with_the_version_and_named_to_the_approver(self):
        page = draft(pages.notice(title=TITLE), self.city.section(self.city.site), by=self.cast.standing_office)
        field = NoticePage._meta.get_field("on_wards").formfield()

        self.assertEqual(field.clean([str(self.city.my_long.pk)]), [self.city.my_long.pk])
        with self.assertRaises(ValidationError):
            field.clean([str(self.city.site.pk)])
        page = self.change(page, on_wards=[self.city.my_long.pk])
        self.assertEqual(page.get_latest_revision_as_object().on_wards, [self.city.my_long.pk])
        said = [finding.message for finding in page.preflight() if finding.field == "on_wards"]
        self.assertEqual(said, [f"Bài sẽ hiện cả trên: {self.city.my_long.name}."])

    def test_the_second_person_reads_which_wards_came(self):
        page = self.push(on_wards=[self.city.my_long.pk])
        page = self.change(page, on_wards=[self.city.my_xuyen.pk])
        approval.submit(page, by=self.cast.standing_office, declaration=True, remark="Đổi nơi hiện.")
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("workflows_review", args=[approval.waiting_review(page).pk]))

        self.assertContains(answer, self.city.my_xuyen.name)
        self.assertEqual(ArticlePage.objects.get(pk=page.pk).on_wards, [self.city.my_long.pk])
