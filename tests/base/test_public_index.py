"""The public index: after whatever was done it is what would be made now, and it has one writer."""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from unittest import mock

import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import SimpleTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from base.models import PublicItem
from base.public import frame_parts, site_cache
from base.public.frame import Frame, Language
from base.public.index import rebuilding, searching
from base.public.index.addresses import Addresses
from base.public.index.words import language_mark
from base.public.look.shown import Emblem
from base.public.navigation import Group, Link
from base.queries import sql
from base.queries.prepared import Prepared, given, given_list
from home.models import Opening
from sections.models import ArticlePage, NoticePage, SectionIndexPage
from tests.city import CityTestCase, draft, publish, publish_at_once
from tests.sections import pages
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.models import TakeDown
from workflows.publishing import approval, arrangement, takedown


class IndexTestCase(CityTestCase):
    def assert_as_made_now(self, when=""):
        self.assertEqual(rebuilding.violations(), [], when)

    def article(self, site=None, **fields):
        section = self.city.section(site or self.city.site)
        return publish(draft(pages.article(**fields), section, by=self.cast.standing_office))

    def item(self, page):
        return PublicItem.objects.filter(key=f"page:{page.pk}").first()


class FollowsEveryAction(IndexTestCase):
    english = True

    def test_of_an_opened_city_it_is_whole(self):
        self.assert_as_made_now()
        public = Page.objects.live().filter(depth__gt=1).exclude(slug__in=["tim-kiem", "search"]).count()
        self.assertEqual(PublicItem.objects.count(), public)

    def test_a_publication_writes_it_and_the_next_version_too(self):
        page = self.article(title="Lũ về sớm", kind=ArticlePage.Kind.DIRECTION)

        item = self.item(page)
        self.assertEqual((item.title, item.sub_kind, item.in_feed), ("Lũ về sớm", "direction", True))
        page.title, page.summary = "Lũ về muộn", "Nước lên chậm."
        page.save_revision(user=self.cast.standing_office)
        self.assert_as_made_now("a draft changes nothing")
        publish(page, by=self.cast.standing_office)
        self.assertEqual((self.item(page).title, self.item(page).summary), ("Lũ về muộn", "Nước lên chậm."))
        self.assert_as_made_now()

    def test_an_emergency_a_schedule_and_its_hour(self):
        urgent = draft(pages.article(title="Khẩn"), self.city.section(self.city.site), by=self.cast.head)
        approval.emergency_publish(urgent, by=self.cast.head, reason="Lũ lên nhanh")
        self.assertIsNotNone(self.item(urgent))
        later = draft(pages.article(title="Hẹn giờ"), self.city.section(self.city.site), by=self.cast.standing_office)
        later.go_live_at = timezone.now() + timedelta(hours=1)
        later.save_revision(user=self.cast.standing_office)
        publish(later, by=self.cast.standing_office)
        self.assertIsNone(self.item(later))

        with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
            approval.publish_due()

        self.assertIsNotNone(self.item(later))
        self.assert_as_made_now()

    def test_a_take_down_removes_it_in_the_same_transaction_and_a_restore_brings_it_back(self):
        page = self.article()
        takedown.emergency_remove(page, by=self.cast.head, reason="Lộ thông tin")
        self.assertIsNone(self.item(page))
        self.assert_as_made_now()
        row = TakeDown.objects.get(page_id=page.pk)
        takedown.restore(row, by=self.cast.standing_office, reason="Đã che thông tin")
        self.assertIsNone(self.item(page), "a restored draft is no public page")

        publish(Page.objects.get(pk=page.pk).specific, by=self.cast.standing_office)

        self.assertIsNotNone(self.item(page))
        self.assert_as_made_now()

    def test_a_section_taken_down_takes_all_below_it_along(self):
        page = self.article()
        section = SectionIndexPage.objects.get(pk=page.get_parent().pk)
        takedown.emergency_remove(section, by=self.cast.head, reason="Sai")

        self.assertEqual((self.item(page), self.item(section)), (None, None))
        self.assert_as_made_now()

    def test_a_take_down_that_keeps_the_page_keeps_its_row(self):
        page = self.article()
        (row,) = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.standing_office, explanation="Có lỗi nhỏ.")
        takedown.decide(row, TakeDown.Decision.RETAIN, by=self.cast.head, note="Giữ lại.")

        self.assertIsNotNone(self.item(page))
        self.assert_as_made_now()

    def test_a_move_to_another_section_and_an_order_within_one(self):
        first, second = self.article(title="Một"), self.article(title="Hai")
        target = self.city.section(self.city.site, "tuyen-truyen")
        proposal = arrangement.propose_move(first, target, by=self.cast.standing_office, reason="Đúng mục")
        arrangement.decide_move(proposal, by=self.cast.head, accepted=True)
        self.assertEqual(self.item(first).section_id, target.pk)
        arrangement.reorder(
            Page.objects.get(pk=second.pk), by=self.cast.standing_office, before=second.get_siblings().first()
        )

        self.assert_as_made_now()

    def test_a_renamed_section_changes_the_addresses_of_its_pages_and_none_of_their_rows(self):
        page = self.article()
        before = Addresses().full(page.url_path)
        section = SectionIndexPage.objects.get(pk=page.get_parent().pk)
        section.slug, section.title = "tin-moi", "Tin mới"
        section.save_revision(user=self.cast.standing_office)
        publish(section, by=self.cast.standing_office)

        self.assertIn("/tin-moi/", self.client.get("/").text)
        self.assertNotEqual(Addresses().full(Page.objects.get(pk=page.pk).url_path), before)
        self.assert_as_made_now()

    def test_a_merger_and_a_closed_site(self):
        page = self.article(site=self.city.my_xuyen, title="Tin của phường cũ")
        PortalSite = type(self.city.my_xuyen)
        self.assertIn("Tin của phường cũ", self.client.get("/").text)
        PortalSite.objects.filter(pk=self.city.my_xuyen.pk).update(state=PortalSite.State.CLOSED)

        self.assertIsNotNone(self.item(page))
        for output in ("/", "/sitemap.xml"):
            self.assertNotContains(self.client.get(output), page.slug, msg_prefix=output)
        self.assert_as_made_now()

    def test_a_procedure_taken_down_takes_its_services_out_and_brings_them_back(self):
        procedure = a_procedure(self.city, name="Nghề cũ")
        offering = an_offering(self.city.my_long, procedure, slug="nghe-cu")
        self.assertIsNotNone(self.item(offering))
        takedown.take_down_records(
            [procedure], proposed_by=self.cast.standing_office, by=self.cast.head, reason="Bãi bỏ"
        )
        self.assertIsNone(self.item(offering))
        self.assert_as_made_now()

    def test_an_opened_ward_has_all_its_pages(self):
        dossier = Opening.objects.filter(site=self.city.my_long).get()

        self.assertEqual(
            set(PublicItem.objects.filter(site=self.city.my_long).values_list("page", flat=True)),
            {page.pk for page in dossier.pages().live().specific() if page.is_listed},
        )


class WrittenAnew(IndexTestCase):
    def test_what_is_missing_or_left_over_is_named_and_put_right(self):
        page = self.article(title="Còn thiếu")
        item = self.item(page)
        PublicItem.objects.filter(pk=item.pk).delete()
        other = self.article(title="Đã khác")
        PublicItem.objects.filter(key=f"page:{other.pk}").update(summary="Cũ")
        hidden = draft(pages.article(title="Bản nháp"), self.city.section(self.city.site))
        PublicItem.objects.create(key=f"page:{hidden.pk}", language="vi", kind="sections.ArticlePage", page=hidden)
        PublicItem.objects.create(key="page:99999999", language="vi", kind="sections.ArticlePage", page_id=99999999)

        found = " ".join(rebuilding.violations())
        for words in ("Còn thiếu", "Đã khác", "summary", f"page:{hidden.pk}", "page:99999999"):
            self.assertIn(words, found)
        call_command("rebuild_public_index", verbosity=0)

        self.assert_as_made_now()
        self.assertIsNone(self.item(hidden))

    def test_every_type_of_page_is_found_by_its_title_alone(self):
        """Whoever adds a type gets lists, the sitemap and the search with it."""
        for page in Page.objects.live().filter(depth__gt=1).specific():
            if not page.is_listed or page.search_group != "pages":
                continue
            where = searching.Where([[language_mark(page.locale.language_code)]])
            with self.subTest(page=page):
                self.assertIn(page.pk, [hit.page_id for hit in searching.find(page.title, where).hits])

    def test_a_draft_left_in_the_index_is_shown_nowhere(self):
        """Whatever fails: every reader of rows asks whether the page is public."""
        page = self.article(title="Zqx sót lại")
        Page.objects.filter(pk=page.pk).update(live=False)

        for output in ("/", "/tin-tuc/", "/tin-tuc/rss/", "/rss/", "/sitemap.xml", "/tim-kiem/?q=zqx"):
            self.assertNotContains(self.client.get(output), "sót lại", msg_prefix=output)


class OneWriter(SimpleTestCase):
    def test_nothing_else_raises_a_generation_or_writes_a_row(self):
        allowed = {
            "base/public/page_cache/generations.py",
            "base/public/index/writing.py",
            "base/public/index/places.py",
            "base/models/public_index.py",
        }
        found = set()
        for path in settings.BASE_DIR.glob("[a-z]*/**/*.py"):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            if name.startswith(("tests/", "bench/", ".venv/")) or "/migrations/" in name:
                continue
            text = path.read_text(encoding="utf-8")
            if re.search(r"raise_generation\(|(?:INTO|UPDATE|DELETE FROM) base_public(?:item|words|place)", text):
                found.add(name)

        self.assertEqual(found, allowed - {"base/models/public_index.py"})


class Looks(IndexTestCase):
    """The rank of what words find."""

    def find(self, query):
        where = searching.Where([[language_mark("vi")]], " AND i.kind = %s", [ArticlePage._meta.label])
        return [hit.title for hit in searching.find(query, where).hits]

    def test_a_title_with_the_words_together_comes_first_then_titles_then_texts_then_other_spellings(self):
        for title, summary in (
            ("Chuyện khác", "Nói về đất đai."),
            ("Đất của dân, đai của sông", ""),
            ("Dat dai", ""),
            ("Quản lý đất đai", ""),
        ):
            self.article(title=title, summary=summary or "Không có gì.")

        self.assertEqual(
            self.find("đất đai"), ["Quản lý đất đai", "Đất của dân, đai của sông", "Chuyện khác", "Dat dai"]
        )

    def test_among_equals_the_newest_is_first(self):
        for day in (3, 9, 6):
            page = self.article(title=f"Nước nổi ngày {day}")
            PublicItem.objects.filter(key=f"page:{page.pk}").update(
                published_at=timezone.make_aware(timezone.datetime(2020, 6, day))
            )

        self.assertEqual(self.find("nước nổi"), [f"Nước nổi ngày {day}" for day in (9, 6, 3)])

    def test_more_than_the_measure_is_cut_and_said(self):
        for number in range(4):
            self.article(title=f"Lúa vụ {number}")
        where = searching.Where([[language_mark("vi")]])

        found = searching.find("lúa", where, most=3)

        self.assertEqual((len(found.hits), found.is_cut), (3, True))
        self.assertFalse(searching.find("lúa", where, most=4).is_cut)

    def test_all_looks_are_one_query_which_ends_where_the_words_as_they_are_spelt_are_enough(self):
        for title in ("Lúa mùa", "Lúa nước", "Lụa tơ tằm"):
            self.article(title=title)
        where = searching.Where([[language_mark("vi")]])

        for most, titles in ((10, ["Lúa nước", "Lúa mùa", "Lụa tơ tằm"]), (2, ["Lúa nước", "Lúa mùa"])):
            with self.subTest(most=most), self.assertNumQueries(1):
                found = searching.find("lúa", where, most=most)
            self.assertEqual(([hit.title for hit in found.hits], found.is_cut), (titles, most == 2))

    def test_whatever_is_typed_is_no_statement(self):
        for query in ("' OR 1=1 --", 'đất" OR words:*', "a:b", "(", ")", "x*", "NEAR(a b)", "%s", "{}", "\x00"):
            with self.subTest(query=query):
                self.assertIsInstance(self.find(query), list)


class Days(IndexTestCase):
    def test_a_notice_is_urgent_until_its_day_is_over_and_then_says_so(self):
        notice = pages.notice(title="Báo động lũ", is_urgent=True, valid_until=date(2020, 7, 1))
        publish_at_once(draft(notice, self.city.section(self.city.site)))

        for moment, front, label in (
            ("2020-07-01 23:59 +0700", True, "Thông báo khẩn"),
            ("2020-07-02 00:00 +0700", False, "Đã hết thời hạn"),
        ):
            with time_machine.travel(moment, tick=False):
                self.assertEqual("Báo động lũ" in self.client.get("/").text, front, moment)
                self.assertContains(self.client.get("/tin-tuc/"), label)

    def test_the_page_and_its_row_say_the_same(self):
        page = publish_at_once(
            draft(
                pages.notice(is_urgent=True, valid_until=date(2020, 7, 1)),
                self.city.section(self.city.site),
            )
        )
        for day in (date(2020, 6, 30), date(2020, 7, 1), date(2020, 7, 2)):
            with time_machine.travel(f"{day} 12:00 +0700", tick=False):
                self.assertEqual((page.kind_label, page.list_status), NoticePage.labels(page.own_facts(), day))


class FrameParts(SimpleTestCase):
    """A part of the frame is kept by what it shows: whatever its template reads makes another part."""

    def frame(self, **fields):
        unit = SimpleNamespace(
            name="A", full_name="UBND A", name_en="", responsible_person="", address="", phone="", email=""
        )
        site = SimpleNamespace(
            name="Trang A", name_en="", name_in=lambda code: "Trang A", unit=unit, is_city=True, parent=None
        )
        given = {"site": site, "city": site, "menu": [Group("Tin", [Link("Tin tức", "/tin-tuc/")])]} | fields
        return Frame(**given)

    def test_every_value_that_a_template_reads_is_in_its_key(self):
        other = {
            "home_url": "/khac/",
            "city_url": "/tp/",
            "is_home": True,
            "menu": [Group("Khác", [Link("Khác", "/k/")])],
            "languages": [Language("en", "English", "/en/")],
            "footer_links": [Link("Liên hệ", "/lien-he/")],
            "search_url": "/tim/",
            "site_feed_url": "/rss/",
            "choices_url": "/cua-toi/",
            "saved_url": "/trang-da-luu/",
            "language_code": "en",
            "emblem": Emblem("/khac.png", "image/png", 64, 64),
            "colours_url": "/mau.css",
            "licence": "Giấy phép khác",
            "is_mourning": True,
        }
        computed = {"agency", "is_ward", "city_name", "site_name", "unit", "native_lang", "open_data_url"}
        for name, shows in frame_parts.SHOWS.items():
            template = (settings.BASE_DIR / f"base/templates/base/parts/{name}.html").read_text(encoding="utf-8")
            for include in re.findall(r'include "base/parts/(\w+).html"', template):
                template += (settings.BASE_DIR / f"base/templates/base/parts/{include}.html").read_text("utf-8")
            read = set(re.findall(r"frame\.(\w+)", template))
            self.assertLessEqual(read, {*other, *computed}, f"{name}: what else does it read?")
            self.assertNotIn("request", template)
            for field in sorted(read & {*other} - {"is_home", "city_url", "search_url", "language_code"}):
                with self.subTest(part=name, field=field):
                    changed = self.frame(**{field: other[field]})
                    self.assertNotEqual(shows(self.frame(search_url="/x/")), shows(changed))

    def test_a_menu_is_marked_for_the_section_that_is_read(self):
        here = self.frame(menu=[Group("Tin", [Link("Tin tức", "/tin-tuc/", "page")])])

        self.assertIn('aria-current="page"', frame_parts.draw("menu", here))
        self.assertNotIn('aria-current="page"', frame_parts.draw("menu", self.frame()))


class Compiled(IndexTestCase):
    """Query sets that are compiled once give what the query set gives."""

    def test_the_same_rows_with_what_is_read_with_them_whatever_is_given(self):
        prepared = Prepared(
            lambda: ArticlePage.objects.filter(title=given("title"), live=True).select_related("locale").order_by("pk")
        )
        for title in ("Một", "Hai", "Một"):
            self.article(title=title)

        for title in ("Một", "Hai", "Không có"):
            wanted = list(ArticlePage.objects.filter(title=title).order_by("pk"))
            found = prepared.all(title=title)
            self.assertEqual(found, wanted)
            with self.assertNumQueries(0):
                self.assertEqual({page.locale.language_code for page in found} - {"vi"}, set())

    def test_what_was_stored_becomes_other_objects_each_time(self):
        prepared = Prepared(lambda: ArticlePage.objects.filter(title=given("title")).select_related("locale"))
        page = self.article(title="Một")
        stored = prepared.stored(title="Một")

        with self.assertNumQueries(0):
            (first,), (second,) = (prepared.made_of(stored, title="Một") for _ in range(2))
            first.body.append(("paragraph", "<p>Thêm</p>"))
            self.assertEqual((first, second, second.locale.language_code), (page, page, "vi"))
        self.assertEqual(list(second.body.raw_data), list(page.body.raw_data))
        self.assertIsNot(first.locale, second.locale)
        self.assertEqual(prepared.made_of(prepared.stored(title="Hai"), title="Hai"), [])

    def test_lists_of_any_length(self):
        prepared = Prepared(lambda keys: Page.objects.filter(pk__in=given_list("keys", keys)).order_by("pk"))
        keys = list(Page.objects.order_by("pk").values_list("pk", flat=True)[:3])

        for wanted in (keys, keys[:1], keys[1:]):
            self.assertEqual([page.pk for page in prepared.all(keys=wanted)], wanted)

    def test_a_day_is_a_day_on_both_databases(self):
        prepared = Prepared(lambda: NoticePage.objects.filter(valid_until=given("day")))
        page = publish_at_once(draft(pages.notice(valid_until=date(2020, 7, 1)), self.city.section(self.city.site)))

        self.assertEqual(prepared.first(day=date(2020, 7, 1)), page)
        self.assertIsNone(prepared.first(day=date(2020, 7, 2)))

    def test_values_are_those_of_the_query_set_on_both_databases(self):
        prepared = Prepared(
            lambda: (
                Page.objects.filter(title=given("title"))
                .order_by("pk")
                .values_list("pk", "translation_key", "first_published_at", "live", "locale__language_code")
            )
        )
        for title in ("Một", "Hai", "Một"):
            self.article(title=title)

        for title in ("Một", "Hai", "Không có"):
            wanted = Page.objects.filter(title=title).order_by("pk")
            names = ("pk", "translation_key", "first_published_at", "live", "locale__language_code")
            self.assertEqual(prepared.rows(title=title), list(wanted.values_list(*names)))

    def test_moments_days_and_keys_come_back_as_they_were(self):
        page = self.article()
        ((moment, key),) = sql.read(
            "SELECT first_published_at, translation_key FROM wagtailcore_page WHERE id = %s", [page.pk]
        )
        ((text,),) = sql.read("SELECT CAST(first_published_at AS TEXT) FROM wagtailcore_page WHERE id = %s", [page.pk])

        self.assertEqual(sql.moment(moment), page.first_published_at)
        self.assertEqual(sql.uuid(key), page.translation_key)
        self.assertTrue(str(text).startswith("20"))


class Ceilings(IndexTestCase):
    """How many queries a page made afresh takes, with what is kept between requests: whatever the amount of content."""

    def queries(self, address: str) -> int:
        site_cache.clear()
        self.addCleanup(site_cache.clear)
        with mock.patch.object(site_cache, "connection", SimpleNamespace(in_atomic_block=False)):
            # The first reader makes the address known, the second the row of its page.
            for _ in range(2):
                self.client.get(address)
            with CaptureQueriesContext(connection) as caught:
                self.assertEqual(self.client.get(address).status_code, 200)
        return len(caught)

    def test_of_the_pages_that_most_people_open(self):
        page = self.article(title="Bài thử", summary="Tóm tắt.")
        for address, most in (
            ("/", 3),
            ("/my-long/", 3),
            ("/tin-tuc/", 3),
            (f"/tin-tuc/{page.slug}/", 3),
            ("/rss/", 2),
            ("/tin-tuc/rss/", 2),
            ("/sitemap.xml", 2),
        ):
            with self.subTest(address=address):
                self.assertLessEqual(self.queries(address), most)
