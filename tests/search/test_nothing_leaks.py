"""Whatever is not public is found by no search: every way of not being public, in results, counts and filters."""

from datetime import timedelta
from urllib.parse import quote

from django.utils import timezone
from wagtail.models import Locale

from base.gate import open_gate
from base.models import PortalSite
from opendata.sets import SETS
from search.models import SearchPage
from sections.models import ArticlePage, SectionIndexPage
from tests import factories
from tests.city import CityTestCase, draft, publish, publish_at_once
from workflows.models import TakeDown
from workflows.publishing import approval, takedown

WORD = "chongchong"
CONTROL = f"{WORD} zqcongkhai"
SCOPES = ("toan-thanh-pho", "trang-nay")
HOSTS = ("localhost", "my-long.localhost", "my-xuyen.localhost")
# Everything besides the search that lists what is public.
OUTPUTS = (
    "/",
    "/en/",
    "/tin-tuc/",
    "/tin-tuc/rss/",
    "/tin-tuc/atom/",
    "/rss/",
    "/atom/",
    "/hoi-dap/atom/",
    "/van-ban/atom/",
    "/dich-vu-cong/atom/",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/so-do/",
    "/tu-thanh-pho/",
    "/cua-toi/my-long/",
)
# The same on every host.
DATA = (
    *(f"/api/du-lieu-mo/v1/{name}/" for name in SETS),
    "/api/du-lieu-mo/v1/tai-ve/trang.csv",
    "/api/du-lieu-mo/v1/tai-ve/van-ban.json",
)


class NotPublic(CityTestCase):
    """Each test makes one thing that bears the word and is not public; only the control may be found."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.site)
        cls.control = cls.public(CONTROL, on_every_ward=True)

    @classmethod
    def public(cls, title, *, site=None, **fields):
        section = cls.city.section(site) if site else cls.section
        return publish_at_once(draft(ArticlePage(title=title, summary="", **fields), section))

    def assert_only_the_control_is_found(self, hidden="zqkin", hosts=HOSTS):
        for host in hosts:
            for output in (*OUTPUTS, *(DATA if host == hosts[0] else ())):
                answer = self.client.get(output, headers={"host": host})
                with self.subTest(host=host, output=output):
                    self.assertNotIn(hidden, b"".join(answer).decode())
            for scope in SCOPES:
                for query in (WORD, hidden):
                    address = f"/tim-kiem/?q={quote(query)}&pham-vi={scope}"
                    body = self.client.get(address, headers={"host": host}).content.decode()
                    shown = body.replace(f'value="{query}"', "").replace(f"“{query}”", "").replace(quote(query), "")
                    with self.subTest(host=host, scope=scope, query=query):
                        around = shown.partition(hidden)[2][:30]
                        self.assertFalse(hidden in shown, f"what is not public is shown: {hidden}{around}")
                        if query == hidden:
                            self.assertTrue("Không tìm thấy" in body, "something is found")
                        elif host == "localhost" or scope == SCOPES[0]:
                            self.assertTrue("1 kết quả" in body, "not the control alone is found")
                            self.assertFalse("(2)" in body, "a filter counts what is not public")

    def test_the_control_is_found(self):
        self.assert_only_the_control_is_found()
        for output in ("/", "/tin-tuc/", "/tin-tuc/rss/", "/rss/"):
            self.assertContains(self.client.get(output), CONTROL, msg_prefix=output)
        for output in ("/", "/tin-tuc/", "/rss/", "/atom/", "/tu-thanh-pho/"):
            self.assertContains(self.client.get(output, headers={"host": HOSTS[1]}), CONTROL, msg_prefix=output)
        self.assertContains(self.client.get("/sitemap.xml"), self.control.full_url)

    def test_whatever_is_not_public_for_whatever_reason(self):
        """One walk for all: what is found names its reason in its title."""
        for make in (
            self.a_draft,
            self.submitted,
            self.approved_for_later,
            self.taken_down,
            self.run_out,
            self.deleted,
        ):
            make(f"{WORD} zqkin {make.__name__}")
        self.documents_that_are_not_public(f"{WORD} zqkin document")
        self.a_change_that_waits(f"{WORD} zqkin change")

        self.assert_only_the_control_is_found()

        body = self.client.get("/tim-kiem/?q=77/QĐ").content.decode()
        self.assertNotIn("zqkin", body)

    def a_draft(self, title):
        return draft(ArticlePage(title=title, summary=title, on_every_ward=True), self.section)

    def a_change_that_waits(self, title):
        self.control.title = self.control.summary = title
        self.control.save_revision()

    def submitted(self, title):
        page = self.written(title)
        approval.submit(page, by=page.owner, declaration=True, remark="Đã xem lại.")

    def approved_for_later(self, title):
        page = self.written(title)
        page.go_live_at = timezone.now() + timedelta(days=2)
        page.save_revision(user=page.owner)
        publish(page)

    def taken_down(self, title):
        page = publish(self.written(title))
        (row,) = takedown.propose(page, TakeDown.Ground.ERROR, by=page.owner, explanation="Nội dung sai.")
        takedown.decide(row, "take_down", by=self.cast.head, note="Đồng ý gỡ.")

    def run_out(self, title):
        page = self.public(title, on_every_ward=True)
        with open_gate("take_down"):
            page.unpublish(log_action=False)

    def deleted(self, title):
        page = self.a_draft(title)
        with open_gate("delete"):
            page.delete()

    def documents_that_are_not_public(self, subject):
        for site in (self.city.site, self.city.my_long):
            document = factories.document(site, by=self.cast.standing_office, symbol=f"77/QĐ-{site.slug}")
            document.subject = subject
            document.save()
            document.save_revision()

    def written(self, title):
        return factories.article(self.section, by=self.cast.standing_office, title=title, on_every_ward=True)

    def test_a_site_that_is_closed_or_not_open_yet(self):
        for state in (PortalSite.State.CLOSED, PortalSite.State.PREPARED):
            with self.subTest(state):
                self.public(f"{WORD} zqkin {state}", site=self.city.my_xuyen)
                PortalSite.objects.filter(pk=self.city.my_xuyen.pk).update(state=state)
                # Its own addresses lead to the site that followed it, where there is one.
                self.assert_only_the_control_is_found(hosts=HOSTS[:2])

    def test_a_page_under_a_section_that_is_no_longer_public(self):
        section = publish_at_once(draft(SectionIndexPage(title="zqkin", summary=""), self.section))
        page = publish_at_once(draft(ArticlePage(title=f"{WORD} zqkin", summary="", on_every_ward=True), section))
        with open_gate("take_down"):
            section.unpublish(log_action=False)
        if type(page).objects.get(pk=page.pk).live:
            self.assertEqual(self.client.get(page.get_url()).status_code, 200, "what is public may be found")
        else:
            self.assert_only_the_control_is_found()

    def test_another_language(self):
        english = Locale.objects.get(language_code="en")
        with open_gate("publish"):
            self.control.copy_for_translation(english, copy_parents=True, alias=True)
        translated = ArticlePage.objects.get(translation_key=self.control.translation_key, locale=english)
        ArticlePage.objects.filter(pk=translated.pk).update(title=f"{WORD} zqkin")
        self.assert_only_the_control_is_found()

    def test_another_wards_page_where_this_site_alone_is_asked(self):
        self.public(f"{WORD} zqcuaphuong", site=self.city.my_xuyen)
        home = self.city.my_long.home_page()
        page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)

        body = self.client.get(f"{page.get_url()}?q={WORD}&pham-vi=trang-nay").content.decode()

        self.assertNotIn("zqcuaphuong", body)
