"""Articles of units without a site: written by a contributor, sent, made a draft of, published by two persons."""

from datetime import date, timedelta

from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.menu import admin_menu

from base.authority import own_pages, sites_of
from base.gate import Refused
from base.models import OrganisationUnit
from sections.models import ArticlePage, UnitArticle
from sections.unit_articles import handling, seeing, writing
from tests.city import CityTestCase, appointed, fresh, person
from tests.desks import rows_for
from workflows.dashboard import submissions
from workflows.publishing import approval
from workflows.publishing.writing import writers

State = UnitArticle.State
TEXT = (
    "Phòng Kinh tế tổ chức tập huấn cho các hộ kinh doanh của thành phố.\n\n"
    "Buổi tập huấn bắt đầu lúc 8 giờ 00 tại hội trường Ủy ban nhân dân thành phố."
)


class UnitArticles(CityTestCase):
    """Two units of the city: one with a head, a contributor and a colleague, another with a contributor."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.unit, cls.other_unit = (
            OrganisationUnit.objects.create(
                name=name,
                authority_name=name,
                slug=slug,
                kind=OrganisationUnit.Kind.OFFICE,
                parent=cls.city.site.unit,
                valid_from=date(2020, 1, 1),
            )
            for name, slug in (("Phòng Kinh tế", "kinh-te"), ("Phòng Văn hóa", "van-hoa"))
        )
        cls.writer, cls.colleague = person("ctv.kinh-te", "Cán bộ mẫu 71"), person("ctv2.kinh-te", "Cán bộ mẫu 72")
        cls.leader, cls.stranger = person("tp.kinh-te", "Cán bộ mẫu 73"), person("ctv.van-hoa", "Cán bộ mẫu 74")
        for user, role, unit in (
            (cls.writer, "unit_contributor", cls.unit),
            (cls.colleague, "unit_contributor", cls.unit),
            (cls.leader, "unit_leader", cls.unit),
            (cls.stranger, "unit_contributor", cls.other_unit),
        ):
            appointed(user, role, cls.city.site, unit=unit)
        cls.section = cls.city.section(cls.city.site)
        cls.office = cls.cast.standing_office

    def fields(self, **changes):
        return {"title": "Tập huấn", "text": TEXT, "author_line": "Cán bộ mẫu 71", "section": self.section} | changes

    def written(self, **changes):
        return writing.begin(self.unit, by=self.writer, **self.fields(**changes))

    def sent(self, **changes):
        return writing.send(self.written(**changes), by=self.writer, declaration=True)

    def draft(self):
        return handling.make_draft(self.sent(), section=self.section, by=self.office)

    def edited(self, page):
        """The draft with what the standing office adds; as it is stored."""
        newest = page.get_latest_revision_as_object()
        newest.summary = "Tập huấn cho các hộ kinh doanh."
        newest.save_revision(user=self.office)
        return ArticlePage.objects.get(pk=page.pk)

    def seen_by(self, user):
        return list(seeing.visible_to(fresh(user)))


class Writing(UnitArticles):
    def test_the_draft_is_seen_by_its_writer_and_the_head_of_the_unit_alone(self):
        article = self.written()

        for user, sees in (
            (self.writer, True),
            (self.leader, True),
            (self.colleague, False),
            (self.stranger, False),
            (self.office, False),
            (self.cast.head, False),
            (self.cast.editor, False),
            (self.cast.contributor, False),
            (self.cast.technical_admin, False),
        ):
            with self.subTest(user.username):
                self.assertEqual(self.seen_by(user), [article] if sees else [])
                self.client.force_login(user)
                answer = self.client.get(reverse("sections_unit_article", args=[article.pk]))
                self.assertEqual(answer.status_code == 200, sees)

    def test_sent_it_is_seen_by_the_standing_office_and_still_by_no_other_unit(self):
        article = self.sent()

        self.assertEqual(self.seen_by(self.office), [article])
        for user in (self.colleague, self.stranger, self.cast.contributor, self.cast.unit_head, self.cast.editor):
            self.assertEqual(self.seen_by(user), [], user.username)
        self.assertEqual([message.to for message in mail.outbox], [[self.office.email]])

    def test_only_people_of_the_unit_write_and_only_the_writer_goes_on(self):
        for user in (self.stranger, self.cast.contributor, self.cast.head, self.office):
            with self.subTest(user.username), self.assertRaises(Refused):
                writing.begin(self.unit, by=user, **self.fields())
        article = self.written()
        for user in (self.colleague, self.leader, self.stranger):
            with self.subTest(user.username), self.assertRaises(Refused):
                writing.save(article, by=user, **self.fields(title="Khác"))
            with self.subTest(user.username), self.assertRaises(Refused):
                writing.send(article, by=user, declaration=True)

    def test_nothing_of_the_tree_is_open_to_them(self):
        self.written()

        self.assertEqual(sites_of(self.writer), frozenset())
        self.assertFalse(own_pages(self.writer).exists())
        self.client.force_login(self.writer)
        for address in (
            reverse("wagtailadmin_explore", args=[self.section.pk]),
            reverse("wagtailadmin_pages:add", args=["sections", "articlepage", self.section.pk]),
            reverse("sections_write_news"),
        ):
            self.assertNotEqual(self.client.get(address).status_code, 200, address)

    def test_what_is_missing_is_named_by_its_field(self):
        for changes, declaration, field in (
            ({"text": "Ngắn."}, True, "text"),
            ({"author_line": " "}, True, "author_line"),
            ({}, False, "declaration"),
        ):
            with self.subTest(field), self.assertRaises(ValidationError) as raised:
                writing.send(self.written(**changes), by=self.writer, declaration=declaration)
            self.assertEqual(list(raised.exception.message_dict), [field])
        for changes, field in (
            ({"title": ""}, "title"),
            ({"title": "?!"}, "title"),
            ({"text": "a" * 40_001}, "text"),
            ({"section": self.city.section(self.city.my_long)}, "section"),
        ):
            with self.subTest(field), self.assertRaises(ValidationError) as raised:
                self.written(**changes)
            self.assertEqual(list(raised.exception.message_dict), [field])

    def test_taken_back_it_is_written_on_and_sent_again(self):
        article = writing.take_back(self.sent(), by=self.writer)

        self.assertEqual(self.seen_by(self.office), [])
        article = writing.save(article, by=self.writer, **self.fields(title="Tập huấn lần 2"))
        article = writing.send(article, by=self.writer, declaration=True)

        self.assertEqual((article.state, article.title), (State.SENT, "Tập huấn lần 2"))
        with self.assertRaises(Refused):
            writing.discard(writing.take_back(article, by=self.writer), by=self.writer)

    def test_one_never_sent_is_discarded_by_its_writer(self):
        article = self.written()
        with self.assertRaises(Refused):
            writing.discard(article, by=self.leader)

        writing.discard(article, by=self.writer)

        self.assertFalse(UnitArticle.objects.exists())

    def test_the_head_goes_on_with_what_another_left(self):
        article = self.written()
        for user in (self.colleague, self.stranger, self.office):
            with self.assertRaises(Refused):
                writing.take_over(article, by=user)

        article = writing.take_over(article, by=self.leader)
        writing.send(article, by=self.leader, declaration=True)

        self.assertEqual(self.seen_by(self.writer), [])
        with self.assertRaises(Refused):
            writing.take_over(article, by=self.leader)

    def test_who_has_left_the_unit_sees_nothing_of_it(self):
        self.written()
        self.writer.appointments.update(state="ended")

        self.assertEqual(self.seen_by(self.writer), [])

    def test_for_a_unit_that_ended_nothing_new_is_written(self):
        OrganisationUnit.objects.filter(pk=self.unit.pk).update(valid_to=date(2026, 1, 1))
        self.unit.refresh_from_db()

        with self.assertRaises(Refused):
            self.written()


class Handling(UnitArticles):
    def test_a_draft_is_made_of_it_which_two_others_publish(self):
        page = self.draft()

        article = UnitArticle.objects.get()
        self.assertEqual((article.state, article.page.specific), (State.TAKEN, page))
        self.assertEqual((page.author_name, page.source_name), ("Cán bộ mẫu 71", "Phòng Kinh tế"))
        self.assertEqual(page.responsible_unit, self.unit)
        self.assertEqual(len(page.body), 2)
        self.assertFalse(page.live)
        self.assertLessEqual({self.writer.pk, self.office.pk}, writers(page))

        page = self.edited(page)
        approval.submit(page, by=self.office, declaration=True, remark="Đã xem.")
        state = approval.current_state(page).current_task_state
        with self.assertRaises(Refused):
            approval.approve(state, by=self.office)
        approval.approve(state, by=fresh(self.cast.head))

        article.refresh_from_db()
        self.assertEqual(article.state_label, "Đã đăng")

    def test_who_approves_it_reads_from_whom_it_is_and_what_was_changed_in_it(self):
        page = self.edited(self.draft())
        approval.submit(page, by=self.office, declaration=True, remark="Đã xem.")
        state = approval.current_state(page).current_task_state
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("workflows_review", args=[state.pk]))

        self.assertContains(answer, "Bài của Phòng Kinh tế")
        changes = answer.content.decode().partition("Thay đổi so với bài được gửi đến")[2]
        self.assertIn("Tập huấn cho các hộ kinh doanh.", changes)

    def test_its_writer_approves_nothing_of_it_by_another_role(self):
        appointed(self.writer, "deputy_head", self.city.site)
        page = self.edited(self.draft())

        approval.submit(page, by=self.office, declaration=True, remark="Đã xem.")

        self.assertFalse(approval.may_approve(fresh(self.writer), page))
        self.assertTrue(approval.may_approve(fresh(self.cast.deputy), page))

    def test_two_of_one_title_both_become_drafts_in_one_section(self):
        slugs = [self.draft().slug for _number in range(2)]

        self.assertEqual(slugs, ["tap-huan", "tap-huan-2"])

    def test_who_wrote_before_another_took_it_over_neither_handles_nor_approves_it(self):
        article = writing.take_over(self.written(), by=self.leader)
        article = writing.send(article, by=self.leader, declaration=True)
        appointed(self.writer, "standing_office", self.city.site)
        with self.assertRaisesMessage(Refused, "không tự xử lý"):
            handling.make_draft(article, section=self.section, by=fresh(self.writer))
        self.client.force_login(fresh(self.writer))
        one = reverse("sections_unit_article", args=[article.pk])
        self.assertNotContains(self.client.get(one), "Lập bản nháp")
        self.assertEqual(writing.writers(article), [self.writer, self.leader])

        page = handling.make_draft(article, section=self.section, by=self.office)

        self.assertLessEqual({self.writer.pk, self.leader.pk, self.office.pk}, writers(page))

    def test_given_back_its_writer_hears_why_and_sends_it_again(self):
        article = self.sent()
        mail.outbox.clear()
        with self.assertRaises(ValidationError):
            handling.give_back(article, reason=" ", by=self.office)

        handling.give_back(article, reason="Thiếu ngày giờ.", by=self.office)

        self.assertEqual([message.to for message in mail.outbox], [[self.writer.email]])
        self.assertIn("Thiếu ngày giờ.", mail.outbox[0].body)
        self.assertEqual([row.title for row in rows_for(self.writer, ["tra-lai"])], ["Tập huấn"])
        [outcome] = submissions.outcomes(self.writer, timezone.now() - timedelta(days=1), timezone.now())
        self.assertEqual((outcome.note, outcome.is_returned), ("Thiếu ngày giờ.", True))
        article.refresh_from_db()
        writing.send(article, by=self.writer, declaration=True)
        self.assertEqual([row.title for row in rows_for(self.office, ["gui-len"])], ["Tập huấn"])

    def test_only_the_standing_office_of_the_city_handles_and_not_its_own(self):
        article = self.sent()
        for user in (self.leader, self.stranger, self.cast.editor, self.cast.head, self.cast.unit_head):
            with self.subTest(user.username), self.assertRaises(Refused):
                handling.make_draft(article, section=self.section, by=user)
        appointed(self.writer, "standing_office", self.city.site)
        with self.assertRaisesMessage(Refused, "không tự xử lý"):
            handling.make_draft(article, section=self.section, by=fresh(self.writer))

    def test_a_draft_stands_in_a_section_of_the_city(self):
        article = self.sent()
        for section in (None, self.city.section(self.city.my_long)):
            with self.assertRaises(ValidationError):
                handling.make_draft(article, section=section, by=self.office)

        self.assertEqual(UnitArticle.objects.get().state, State.SENT)

    def test_one_that_is_not_used_is_over(self):
        article = handling.decline(self.sent(), reason="Đã đăng bài khác.", by=self.office)

        for act in (
            lambda: writing.send(article, by=self.writer, declaration=True),
            lambda: handling.make_draft(article, section=self.section, by=self.office),
        ):
            with self.assertRaises(Refused):
                act()


def addresses_of(entry, request) -> list[str]:
    """Return the address of a menu's entry, or those below it."""
    return [item.url for item in entry.menu.menu_items_for_request(request)] if hasattr(entry, "menu") else [entry.url]


class Screens(UnitArticles):
    def typed(self, decision, **changes):
        values = {"title": "Tập huấn", "text": TEXT, "author_line": "Cán bộ mẫu 71", "section": self.section.pk}
        return values | {"decision": decision} | changes

    def test_the_menu_has_them_under_the_heading_of_writing(self):
        for user in (self.writer, self.leader):
            request = RequestFactory().get(reverse("sections_unit_article_new"))
            request.user, request.session = fresh(user), self.client.session
            entries = {str(entry.label): entry for entry in admin_menu.menu_items_for_request(request)}
            every = [address for entry in entries.values() for address in addresses_of(entry, request)]
            with self.subTest(user.username):
                # They work on no site, so nothing is there for them to take down.
                self.assertNotIn(reverse("workflows_takedowns"), every)
                self.assertIn(reverse("sections_unit_articles"), addresses_of(entries["Viết bài"], request))

    def test_from_the_first_screen_to_the_draft(self):
        self.client.force_login(self.writer)
        self.assertContains(self.client.get(reverse("wagtailadmin_home")), reverse("sections_unit_article_new"))
        new = reverse("sections_unit_article_new")
        self.assertNotContains(self.client.get(new), 'name="unit"')
        refused = self.client.post(new, self.typed("gui"))
        # The error names itself: the label is the whole oath, which stands beside the tick.
        self.assertContains(refused, '<a href="#id_declaration">Hãy đánh dấu lời cam kết')
        self.assertContains(refused, writing.DECLARATION, 1)
        self.assertContains(refused, "Buổi tập huấn bắt đầu lúc 8 giờ 00")
        self.assertFalse(UnitArticle.objects.exists())
        self.client.post(new, self.typed("ghi"))
        article = UnitArticle.objects.get()
        one = reverse("sections_unit_article", args=[article.pk])
        self.assertContains(self.client.get(one), "Đang viết")
        self.client.post(reverse("sections_unit_article_write", args=[article.pk]), self.typed("gui", declaration="on"))
        self.assertContains(self.client.get(one), "Rút bài về")
        self.assertNotContains(self.client.get(one), "Lập bản nháp")

        self.client.force_login(self.office)
        self.assertContains(self.client.get(reverse("sections_unit_articles")), "Tập huấn")
        self.assertContains(self.client.get(one), "Lập bản nháp")
        made = self.client.post(one, {"decision": "lap-ban-nhap", "section": self.section.pk, "reason": ""})

        page = ArticlePage.objects.get(title="Tập huấn")
        self.assertRedirects(made, reverse("wagtailadmin_pages:edit", args=[page.pk]), fetch_redirect_response=False)

    def test_each_button_does_what_it_says(self):
        article, address = self.written(), lambda name: reverse(f"sections_unit_article_{name}", args=[article.pk])
        one = reverse("sections_unit_article", args=[article.pk])
        self.client.force_login(self.leader)
        self.assertContains(self.client.get(one), address("take_over"))
        self.client.post(address("take_over"))
        self.client.post(address("write"), self.typed("gui", declaration="on"))
        self.client.post(address("take_back"))
        article.refresh_from_db()
        self.assertEqual((article.written_by, article.state), (self.leader, State.WRITTEN))
        for decision, state in (("tra-lai", State.RETURNED), ("khong-dung", State.DECLINED)):
            self.client.force_login(self.leader)
            self.client.post(address("write"), self.typed("gui", declaration="on"))
            self.client.force_login(self.office)
            self.client.post(one, {"decision": decision, "section": "", "reason": "Chưa rõ."})
            article.refresh_from_db()
            self.assertEqual(article.state, state)
        self.assertContains(self.client.get(one), "Chưa rõ.")

        article = self.written(title="Bỏ")
        self.client.force_login(self.writer)
        self.assertContains(self.client.get(reverse("sections_unit_article", args=[article.pk])), address("discard"))
        self.client.post(address("discard"))
        self.assertFalse(UnitArticle.objects.filter(title="Bỏ").exists())

    def test_who_writes_for_two_units_chooses(self):
        appointed(self.writer, "unit_leader", self.city.site, unit=self.other_unit)
        self.client.force_login(fresh(self.writer))
        self.assertContains(self.client.get(reverse("sections_unit_article_new")), 'name="unit"')

        self.client.post(reverse("sections_unit_article_new"), self.typed("ghi", unit=self.other_unit.pk))

        self.assertEqual(UnitArticle.objects.get().unit, self.other_unit)

    def test_the_list_costs_the_same_for_many(self):
        self.client.force_login(self.office)
        self.sent()
        address = reverse("sections_unit_articles")
        self.client.get(address)
        before = self.queries_of(address)
        for number in range(3):
            self.sent(title=f"Bài {number}")

        self.assertEqual(self.queries_of(address), before)

    def queries_of(self, address):

        with CaptureQueriesContext(connection) as queries:
            self.client.get(address)
        return len(queries)
