"""The practice site: real screens, two persons, and nothing of it in any output that a reader or a program gets."""

import re
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from accounts.roles import REVIEW, WRITE, holders, works_on
from base import authority
from base.gate import Refused
from base.models import PortalSite, PublicItem
from base.public.index import readers_see_changed
from faq.handling import intake
from home import opening
from legalref.citations import citing_pages
from legalref.models import Citation
from sections.catalogue import required
from tests.base.test_files import store_file, store_image
from tests.city import CityTestCase, appointed, draft, fresh, person, publish, publish_at_once
from tests.desks import rows_for
from tests.faq.cast import a_contact
from tests.sections import pages
from workflows.drafts import previews
from workflows.models import ArchiveCopy, Deadline, MoveProposal
from workflows.publishing import approval, arrangement
from workflows.publishing.bundles import drafts
from workflows.upkeep import invariants

MARK = "Bài tập của lớp bồi dưỡng"
LINK = re.compile(r"""(?:href|src)="([^"#]+)|<(?:loc|link|guid)[^>]*>([^<]+)<""")
NOT_WALKED = ("/static/", "/quan-tri/")
# What a reader or a program may ask that no page leads to.
UNLINKED = (
    "/sitemap.xml",
    "/robots.txt",
    "/rss/",
    "/api/v1/",
    "/api/v1/van-ban/",
    "/api/v1/ho-so/",
    "/en/",
    "/.well-known/security.txt",
    "/trang-thuc-hanh/",
    "/trang-thuc-hanh/tin-tuc/",
    "/trang-thuc-hanh/tin-tuc/rss/",
    "/trang-thuc-hanh/tim-kiem/?q=bồi+dưỡng",
    "/trang-thuc-hanh/hoi-dap/",
    "/trang-thuc-hanh/van-ban/",
    "/en/trang-thuc-hanh/",
    "/tim-kiem/?q=bồi+dưỡng",
)


class WithPractice(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.site = opening.open_practice(by=cls.cast.standing_office)
        cls.trainee = person("hoc-vien", "Cán bộ mẫu 70", "contributor", cls.site)
        cls.second = person("hoc-vien.2", "Cán bộ mẫu 71", "ward_approver", cls.site)

    def written(self, **fields):
        page = pages.article(**{"title": MARK, "summary": f"{MARK}, phần tóm tắt.", **fields})
        return draft(page, self.city.section(self.site), by=self.trainee)

    def approved(self, page):
        state = approval.submit(page, by=self.trainee, declaration=True, remark="Đã xem lại.")
        approval.approve(state.current_task_state, by=self.second, comment="Đã xem.")
        return type(page).objects.get(pk=page.pk)


class Opening(WithPractice):
    def test_it_has_the_sections_of_a_ward_and_none_is_public(self):
        of_ward = {row.key for row in required("ward", timezone.localdate()) if row.page_type}
        own = Page.objects.descendant_of(self.site.home_page(), inclusive=True)

        self.assertLessEqual(of_ward, set(self.site.home_page().get_children().values_list("slug", flat=True)))
        self.assertFalse(own.filter(live=True).exists())

    def test_there_is_one(self):
        self.assertEqual(opening.open_practice(by=self.cast.head), self.site)

    def test_only_who_may_open_sites_makes_or_empties_it(self):
        for act in (opening.open_practice, opening.clear_practice):
            for who in ("contributor", "editor", "technical_admin"):
                with self.subTest(who, act=act.__name__), self.assertRaises(Refused):
                    act(by=getattr(self.cast, who))

    def test_the_database_refuses_to_open_it(self):
        for changes in ({"state": "open"}, {"state": "frozen"}):
            with self.subTest(changes), self.assertRaises(IntegrityError), transaction.atomic():
                PortalSite.objects.filter(pk=self.site.pk).update(**changes)

    def test_emptying_it_removes_what_was_written_and_leaves_the_sections(self):
        self.approved(self.written())
        waiting = self.written(title="Bài còn chờ")
        approval.submit(waiting, by=self.trainee, declaration=True, remark="Đã xem lại.")
        sections = self.site.home_page().get_children().count()

        self.assertEqual(opening.clear_practice(by=self.cast.standing_office), 2)

        self.assertEqual(self.site.home_page().get_children().count(), sections)
        self.assertFalse(Page.objects.filter(draft_title__in=[MARK, "Bài còn chờ"]).exists())

    def test_the_screen_makes_it_and_empties_it(self):
        self.written()
        self.client.force_login(self.cast.standing_office)

        self.assertContains(self.client.get(reverse("home_sites")), "Thực hành, không công khai")
        unsure = self.client.post(reverse("home_practice"))
        self.assertContains(unsure, "Tôi muốn xóa hẳn 1 bài")
        self.assertContains(unsure, "Chưa xóa gì")
        self.assertTrue(Page.objects.filter(draft_title=MARK).exists())
        answer = self.client.post(reverse("home_practice"), {"sure": "on"}, follow=True)

        self.assertContains(answer, "Đã xóa 1 bài")


class RealScreens(WithPractice):
    def test_a_trainee_writes_submits_and_another_approves_on_the_screens(self):
        page = self.written()
        self.client.force_login(self.trainee)
        self.client.post(
            reverse("workflows_submit", args=["sections", "articlepage", page.pk]),
            {"declaration": "on", "remark": "Đã xem lại."},
        )
        state = approval.current_state(page).current_task_state
        self.client.force_login(self.second)
        review = reverse("workflows_review", args=[state.pk])
        self.assertContains(self.client.get(review), MARK)

        answer = self.client.post(review, {"decision": "approve", "comment": "Đã xem."}, follow=True)

        self.assertContains(answer, "bài không công khai")
        page.refresh_from_db()
        self.assertFalse(page.live)
        self.assertIsNone(approval.current_state(page))

    def test_the_rules_are_those_of_every_site(self):
        page = self.written()
        state = approval.submit(page, by=self.trainee, declaration=True, remark="Đã xem lại.")

        with self.assertRaises(Refused):
            approval.approve(state.current_task_state, by=self.trainee)
        with self.assertRaises(ValidationError):
            approval.send_back(state.current_task_state, by=self.second, reason=" ")
        approval.send_back(state.current_task_state, by=self.second, reason="Thiếu nguồn")
        self.assertEqual(approval.current_state(page).status, "needs_changes")

    def test_a_trainee_sees_nothing_unpublished_of_a_real_site(self):
        section = self.city.section(self.city.my_long)
        secret = draft(pages.article(title="Bản nháp thật"), section, by=self.cast.contributor)
        self.client.force_login(fresh(self.trainee))

        self.assertEqual(self.client.get(reverse("wagtailadmin_pages:edit", args=[secret.pk])).status_code, 404)

    def test_nothing_is_archived_or_due(self):
        self.approved(self.written())

        self.assertFalse(ArchiveCopy.objects.filter(title=MARK).exists())
        self.assertFalse(Deadline.objects.filter(site=self.site).exists())


class NoRoad(WithPractice):
    """Every road to the public, tried; each leaves the page a draft."""

    def assert_draft(self, page):
        page.refresh_from_db()
        self.assertFalse(page.live)
        self.assertIsNone(page.first_published_at)
        self.assertEqual(invariants._practice(), [])

    def test_an_approval_at_once_or_for_later_publishes_nothing(self):
        later = self.written(title="Hẹn giờ", go_live_at=timezone.now() + timedelta(hours=1))
        for page in (self.written(), later):
            with self.subTest(page.title):
                self.assert_draft(self.approved(page))
        self.assertEqual(approval.publish_due(on=timezone.now() + timedelta(hours=2)), [])
        self.assert_draft(later)

    def test_neither_a_bundle_nor_the_head_alone_publishes(self):
        page = self.written()
        with self.assertRaises(Refused):
            approval.publish_bundle([page], submitted_by=self.trainee, by=self.cast.deputy, reason="Thử")
        self.assert_draft(page)
        with self.assertRaises(Refused):
            approval.emergency_publish(page, by=self.cast.head, reason="Thử")
        self.assert_draft(page)

    def test_no_outsider_is_shown_a_preview(self):
        with self.assertRaises(Refused):
            previews.make_link(self.written(), by=self.trainee, recipient="Sở", reason="Xem thử")

    def test_nothing_public_moves_in(self):
        public = publish(
            draft(pages.article(title="Bài thật"), self.city.section(self.city.my_long), by=self.cast.contributor)
        )
        with self.assertRaises(Refused):
            arrangement.propose_move(public, self.city.section(self.site), by=self.cast.head, reason="Thử")
        self.assertFalse(MoveProposal.objects.exists())

    def test_no_question_of_a_citizen_goes_there(self):
        with self.assertRaises(Refused):
            intake.receive(site=self.site, title="Hỏi", text="Câu hỏi đủ dài để nhận.", contact=a_contact())

    def test_a_real_page_does_not_show_its_file(self):
        image = store_image(self.site)
        page = draft(
            pages.article(title="Bài thật", lead_image=image, lead_image_alt="Chợ nổi buổi sáng"),
            self.city.section(self.city.site),
            by=self.cast.editor,
        )

        with self.assertRaises(ValidationError) as refused:
            approval.submit(page, by=self.cast.editor, declaration=True, remark="Đã xem lại.")

        self.assertEqual(set(refused.exception.message_dict), {"lead_image"})

    def test_what_got_there_all_the_same_is_found_by_the_nightly_check(self):
        page = self.written()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE wagtailcore_page SET live = %s WHERE id = %s", [True, page.pk])

        self.assertEqual(len(invariants._practice()), 1)


class Outputs(WithPractice):
    """What readers and programs get, walked from the front page along every link, feed and sitemap."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.image, cls.file = store_image(cls.site), store_file(cls.site)
        page = pages.article(
            title=MARK, summary=f"{MARK}, phần tóm tắt.", lead_image=cls.image, lead_image_alt="Chợ nổi"
        )
        cls.page = draft(page, cls.city.section(cls.site), by=cls.trainee)
        state = approval.submit(cls.page, by=cls.trainee, declaration=True, remark="Đã xem lại.")
        approval.approve(state.current_task_state, by=cls.second, comment="Đã xem.")
        publish_at_once(
            draft(pages.article(title="Bài thật"), cls.city.section(cls.city.my_long), by=cls.cast.contributor)
        )
        readers_see_changed([cls.page], sites=[cls.city.site, cls.site])

    def walked(self):
        """Yield (address, status, text) of all that can be reached without signing in, each once."""
        client, seen, waiting = (
            Client(),
            set(),
            ["/", *UNLINKED, self.page.get_url() or "/trang-thuc-hanh/tin-tuc/bai/"],
        )
        while waiting:
            address = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            answer = client.get(address)
            body = b"".join(answer) if answer.streaming else answer.content
            text = body.decode(errors="replace")
            yield address, answer.status_code, text
            if answer.status_code != 200 or not re.search("html|xml|json", answer.headers.get("Content-Type", "")):
                continue
            for found in LINK.findall(text):
                parts = urlsplit(urljoin("http://localhost" + address, next(filter(None, found)).strip()))
                # Without its query: filters lead to no other things.
                if parts.hostname in ("localhost", "testserver") and not parts.path.startswith(NOT_WALKED):
                    waiting.append(parts.path)

    def test_nothing_of_it_is_public(self):
        addresses = 0
        for address, status, text in self.walked():
            addresses += 1
            with self.subTest(address):
                if "thuc-hanh" in address:
                    self.assertEqual(status, 404)
                elif status == 200:
                    self.assertNotIn("thuc-hanh", text)
                    self.assertNotIn(self.site.name, text)
                    self.assertNotIn(self.site.unit.name, text)
                    self.assertNotIn(MARK, text)
        self.assertGreater(addresses, 40)

    def test_its_files_and_its_index_rows_are_not_there(self):
        for stored in (self.image, self.file):
            with self.subTest(stored):
                self.assertFalse(stored.is_public())
                self.assertEqual(Client().get(stored.file.url).status_code, 404)
        self.assertFalse(PublicItem.objects.filter(title__icontains="Bài tập").exists())

    def test_its_address_answers_a_signed_in_trainee_no_more_than_a_reader(self):
        self.client.force_login(self.trainee)

        self.assertEqual(self.client.get("/trang-thuc-hanh/").status_code, 404)


class ApartFromRealWork(WithPractice):
    """Who is not appointed there finds nothing of it among real work, where it is chosen or counted."""

    def setUp(self):
        self.office = fresh(self.cast.standing_office)

    def test_its_drafts_are_on_no_desk_but_of_its_people(self):
        page = self.written()

        self.assertEqual([row for row in rows_for(self.office) if row.kind.key == "ban-nhap"], [])
        self.assertEqual([row.title for row in rows_for(self.trainee) if row.kind.key == "ban-nhap"], [page.title])

    def test_its_people_belong_to_it_and_the_city_s_do_not(self):
        for who, belongs in ((self.trainee, True), (self.office, False), (fresh(self.cast.head), False)):
            with self.subTest(who=who.username):
                self.assertEqual(authority.belongs_to(who, self.site.home_page()), belongs)
                self.assertEqual(works_on(who, self.site), belongs)
                self.assertEqual(authority.own_pages(who).filter(pk=self.site.home_page().pk).exists(), belongs)
                self.assertEqual(authority.is_on_own_way(who, self.site.home_page().path), belongs)
                self.assertEqual(who in holders(WRITE, self.site) or who in holders(REVIEW, self.site), belongs)
        self.assertTrue(authority.own_pages(self.office).filter(pk=self.city.section(self.city.my_long).pk).exists())

    def test_who_of_the_city_is_appointed_there_works_there(self):
        trainer = person("tap-huan", "Cán bộ mẫu 72", "editor", self.city.site)
        self.assertFalse(works_on(trainer, self.site))
        appointed(trainer, "ward_approver", self.site)

        self.assertTrue(works_on(fresh(trainer), self.site))
        self.assertTrue(authority.is_on_own_way(fresh(trainer), self.site.home_page().path))

    def test_a_dossier_offers_none_of_its_drafts(self):
        self.written()
        real = draft(pages.article(title="Bài thật"), self.city.section(self.city.site), by=self.cast.editor)

        labels = [label for _key, label in drafts.offered(fresh(self.cast.editor))]
        self.assertTrue(labels)
        self.assertTrue(all(real.title in label for label in labels), labels)
        self.assertTrue(any(MARK in label for _key, label in drafts.offered(fresh(self.trainee))))

    def test_what_its_pages_cite_waits_for_its_people_alone(self):
        of_city = publish_at_once(draft(pages.article(title="Bài thật"), self.city.section(self.city.site)))
        practised = self.approved(self.written(title="Bài tập"))
        for page, label in ((of_city, "99/2019/NĐ-CP"), (practised, "98/2018/NĐ-CP")):
            Page.objects.filter(pk=page.pk).update(live=True)
            Citation.objects.create(page=page, label=label, outcome=Citation.Outcome.NONE, is_live=True)

        for user, labels in (
            (self.cast.standing_office, {"99/2019/NĐ-CP"}),
            (self.trainee, {"98/2018/NĐ-CP"}),
        ):
            with self.subTest(user.username):
                waiting = citing_pages.waiting_for(user, Citation.Outcome.NONE)
                self.assertEqual({row["label"] for row in waiting}, labels)

    def test_no_form_offers_it_or_its_unit(self):
        self.client.force_login(self.office)
        document = reverse("wagtailsnippets_legalref_legaldocument:add")
        others = ("legalref_import_new", "sections_open_section", "home_found_unit", "home_merge_units")
        for address in (document, *map(reverse, others)):
            with self.subTest(address):
                answer = self.client.get(address)
                self.assertEqual(answer.status_code, 200)
                self.assertNotContains(answer, self.site.name)
                self.assertNotContains(answer, self.site.unit.name)

    def test_its_people_are_offered_it(self):
        self.client.force_login(self.trainee)

        self.assertContains(self.client.get(reverse("wagtailsnippets_legalref_legaldocument:add")), self.site.name)
