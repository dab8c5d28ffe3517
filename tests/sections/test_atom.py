"""Atom of each public list, read by another library: what is new, changed, corrected, and what went without a title."""

from datetime import date, timedelta
from xml.etree import ElementTree

import feedparser
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts import raising
from base.gate import open_gate
from base.models import OrganisationUnit
from base.public.feeds import atom, lists
from sections.models import ArticleCorrection, ArticlePage
from tests import factories
from tests.alerts.standing import content, stand
from tests.city import CityTestCase, draft, note_changed, publish, publish_at_once
from tests.legalref.library import public_document, register
from tests.opendata.data import public_answer
from tests.sections import pages
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.models import TakeDown
from workflows.publishing import takedown

DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


class Feeds(CityTestCase):
    def read(self, path: str):
        """A feed as another library reads it, without a warning."""
        response = self.client.get(path)
        self.assertEqual((response.status_code, response["Content-Type"]), (200, atom.CONTENT_TYPE), path)
        found = feedparser.parse(response.content)
        self.assertFalse(found.bozo, getattr(found, "bozo_exception", ""))
        self.assertEqual(found.version, "atom10")
        for wanted in ("title", "id", "updated", "author"):
            self.assertTrue(found.feed.get(wanted), wanted)
        for entry in found.entries:
            self.assertTrue(entry.id and entry.title and entry.updated)
        self.gone = [
            (one.get("ref"), one.get("when")) for one in ElementTree.fromstring(response.content).iter(DELETED)
        ]
        return found

    def titles(self, path: str) -> list[str]:
        return [entry.title for entry in self.read(path).entries]

    def article(self, title: str, **fields):
        return publish_at_once(draft(pages.article(title=title, **fields), self.city.section(self.city.site)))


class Lists(Feeds):
    def test_a_section_names_its_items_and_where_they_are(self):
        page = self.article("Chợ nổi <Long Xuyên> & bến")
        draft(pages.article(title="Bài nháp"), self.city.section(self.city.site))

        found = self.read("/tin-tuc/atom/")

        self.assertEqual([(one.title, one.link) for one in found.entries], [(page.title, page.full_url)])
        self.assertEqual(found.entries[0].id, f"urn:uuid:{page.translation_key}")
        self.assertEqual(found.feed.links[0].href, found.feed.id)

    def test_what_changed_last_comes_first(self):
        with time_machine.travel("2026-11-20 08:00 +07:00", tick=False):
            old = self.article("Bài cũ")
        with time_machine.travel("2026-11-21 08:00 +07:00", tick=False):
            self.article("Bài mới")
        with time_machine.travel("2026-11-22 08:00 +07:00", tick=False):
            page = ArticlePage.objects.get(pk=old.pk)
            page.summary = "Đã sửa."
            page.save_revision()
            publish_at_once(page)

        found = self.read("/tin-tuc/atom/").entries

        self.assertEqual([entry.title for entry in found], ["Bài cũ", "Bài mới"])
        self.assertEqual((found[0].published[:10], found[0].updated[:10]), ("2026-11-20", "2026-11-22"))

    def test_a_correction_is_named_with_its_day(self):
        page = self.article("Số hộ nghèo")
        page.corrections = [ArticleCorrection(corrected_on=date(2026, 11, 3), note="Sửa số hộ: 120.")]
        page.save_revision()
        publish_at_once(page)

        (entry,) = self.read("/tin-tuc/atom/").entries

        self.assertIn("Đính chính ngày 03/11/2026: Sửa số hộ: 120.", entry.summary)
        self.assertEqual([tag.term for tag in entry.tags], [atom.CORRECTED])

    def test_a_site_shows_the_news_of_its_sections_and_of_no_ward(self):
        self.article("Tin thành phố")
        publish_at_once(draft(pages.article(title="Tin phường"), self.city.section(self.city.my_long)))

        self.assertEqual(self.titles("/atom/"), ["Tin thành phố"])
        self.assertEqual(self.titles("/my-long/atom/"), ["Tin phường"])
        self.assertContains(self.client.get("/tin-tuc/"), 'type="application/atom+xml"', count=2)
        for path in ("/", "/my-long/"):
            self.assertContains(self.client.get(path), f'href="{path}atom/"')
            self.assertContains(self.client.get(path), f'href="{path}canh-bao/atom/"')

    def test_the_news_of_one_unit_can_be_followed(self):
        office = OrganisationUnit.objects.create(name="Phòng Y tế", slug="phong-y-te", kind="office")
        self.article("Tiêm chủng", responsible_unit=office)
        self.article("Việc khác")

        found = self.read("/atom/?don-vi=phong-y-te")

        self.assertEqual([entry.title for entry in found.entries], ["Tiêm chủng"])
        self.assertIn("Phòng Y tế", found.feed.title)
        self.assertEqual(self.client.get("/atom/?don-vi=khong-co").status_code, 404)

    def test_answers_services_and_documents_have_feeds(self):
        answer = public_answer(self.city)
        service = an_offering(self.city.my_long, a_procedure(self.city))
        register(self.city.site)
        document = public_document(self.city.site, by=self.cast.standing_office)

        self.assertEqual(self.titles("/hoi-dap/atom/"), [answer.title])
        self.assertEqual(self.titles("/my-long/dich-vu-cong/atom/"), [service.title])
        found = self.read("/van-ban/atom/").entries
        self.assertEqual([(entry.title, entry.link) for entry in found], [(document.name, document.full_url)])
        for path in ("/hoi-dap/", "/my-long/dich-vu-cong/", "/van-ban/"):
            with self.subTest(path):
                self.assertContains(self.client.get(path), 'type="application/atom+xml" title=')
                self.assertContains(self.client.get(path), f'href="{path}atom/"')

    def test_an_empty_list_is_a_feed(self):
        for path in ("/tin-tuc/atom/", "/hoi-dap/atom/", "/dich-vu-cong/atom/", "/canh-bao/atom/", "/my-xuyen/atom/"):
            with self.subTest(path):
                self.assertEqual(self.titles(path), [])

    def test_twenty_entries_by_a_constant_number_of_queries(self):
        section = self.city.section(self.city.site)
        for number in range(24):
            self.article(f"Bài {number}")
        section.full_url  # noqa: B018  the site's root paths are read once

        with CaptureQueriesContext(connection) as queries:
            lists.section_atom(section, section.feed_title, section.item_types)

        self.assertEqual(len(self.read("/tin-tuc/atom/").entries), atom.MOST_ENTRIES)
        self.assertLessEqual(len(queries), 4)


class Withdrawn(Feeds):
    def take_down(self, thing, by):
        (row,) = takedown.propose(thing, TakeDown.Ground.ERROR, by=by, explanation="Nội dung sai.")
        takedown.decide(row, "take_down", by=self.cast.head, note="Đồng ý gỡ.")

    def test_what_was_taken_down_leaves_a_mark_without_a_title(self):
        section = self.city.section(self.city.site)
        page = publish(factories.article(section, by=self.cast.standing_office, title="Danh sách zqkin"))
        self.assertEqual(self.titles("/tin-tuc/atom/"), ["Danh sách zqkin"])

        self.take_down(page, self.cast.standing_office)

        for path in ("/tin-tuc/atom/", "/atom/"):
            with self.subTest(path):
                self.assertEqual(self.titles(path), [])
                self.assertEqual([ref for ref, _when in self.gone], [f"urn:uuid:{page.translation_key}"])
                self.assertNotContains(self.client.get(path), "zqkin")
        self.read("/du-an/atom/")
        self.assertEqual(self.gone, [])

    def test_a_document_and_a_service_leave_one_too(self):
        register(self.city.site)
        document = public_document(self.city.site, by=self.cast.standing_office)
        procedure = a_procedure(self.city)
        service = an_offering(self.city.my_long, procedure)

        for thing in (document, procedure):
            with self.subTest(str(thing)):
                withdraw(thing)
        self.read("/van-ban/atom/")
        self.assertEqual([ref.rpartition("/vb/")[2] for ref, _when in self.gone], [f"{document.pk}/"])
        self.read("/my-long/dich-vu-cong/atom/")
        self.assertEqual([ref for ref, _when in self.gone], [f"urn:uuid:{service.translation_key}"])

    def test_what_is_public_again_leaves_none(self):
        page = self.article("Bài đăng lại")
        withdraw(page)
        self.assertEqual(self.titles("/tin-tuc/atom/"), [])
        self.assertEqual(len(self.gone), 1)

        publish_at_once(ArticlePage.objects.get(pk=page.pk))

        self.assertEqual(self.titles("/tin-tuc/atom/"), ["Bài đăng lại"])
        self.assertEqual(self.gone, [])


class Alerts(Feeds):
    def test_stand_in_the_feed_of_their_sites_in_its_language_until_they_are_over(self):
        alert = stand(self.cast.head, sites=[self.city.my_long], title_en="High tide", text_en="Keep off.")

        self.assertEqual(self.titles("/my-long/canh-bao/atom/"), ["Cảnh báo: Triều cường"])
        self.assertEqual(self.titles("/canh-bao/atom/"), [])
        (entry,) = self.read("/my-long/canh-bao/atom/").entries

        with time_machine.travel(alert.ends_at, tick=False):
            self.assertEqual(self.titles("/my-long/canh-bao/atom/"), [])
            self.assertEqual([ref for ref, _when in self.gone], [entry.id])
            self.assertNotContains(self.client.get("/my-long/canh-bao/atom/"), "Triều cường")

    def test_that_leave_a_site_leave_a_mark_there_until_they_are_back(self):
        ward, other = self.city.my_long, self.city.my_xuyen
        alert = stand(self.cast.head, sites=[ward, other])
        (entry,) = self.read("/my-long/canh-bao/atom/").entries

        raising.change_alert(alert, content(sites=[other]), by=self.cast.head, reason="Phường hết ngập.")

        self.assertEqual(self.titles("/my-long/canh-bao/atom/"), [])
        self.assertEqual([ref for ref, _when in self.gone], [entry.id])
        for path in ("/my-xuyen/canh-bao/atom/", "/canh-bao/atom/"):
            self.read(path)
            self.assertEqual(self.gone, [], path)
        raising.change_alert(alert, content(), by=self.cast.head, reason="Ngập cả thành phố.")
        self.assertEqual(self.titles("/my-long/canh-bao/atom/"), ["Cảnh báo: Triều cường"])
        self.assertEqual(self.gone, [])
        with time_machine.travel(alert.ends_at + timedelta(days=31), tick=False):
            self.assertEqual((self.titles("/my-long/canh-bao/atom/"), self.gone), ([], []))

    def test_that_never_began_on_a_site_leave_none_there(self):
        later = timezone.now() + timedelta(hours=2)
        alert = stand(self.cast.head, sites=[self.city.my_long], starts_at=later)

        raising.change_alert(
            alert, content(sites=[self.city.my_xuyen], starts_at=later), by=self.cast.head, reason="Ghi nhầm."
        )

        self.assertEqual((self.titles("/my-long/canh-bao/atom/"), self.gone), ([], []))


def withdraw(thing) -> None:
    """Let a thing leave public view, as a take-down does it."""
    stored = type(thing).objects.get(pk=thing.pk)
    with open_gate("take_down"):
        stored.unpublish(log_action=False)
    note_changed(stored)
