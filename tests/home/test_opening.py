"""Component sites: opened, merged and closed by dossiers of two persons."""

from datetime import date, timedelta

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision, Site, WorkflowState

from accounts.appointments import waiting_for_decision
from accounts.models import Appointment, RoleGroup
from accounts.roles import roles_of
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, UnitSuccession
from faq.asking.forms import QuestionForm
from faq.contributing.forms import ArticleForm
from home import opening
from home.models import Opening, WardHomePage
from legalref.models import IssuingBody
from legalref.seeding import seed_issuer_of
from sections import organisation
from sections.catalogue import required
from sections.models import ArticlePage
from tests.city import CityTestCase, appointed, draft, fresh, person, publish, publish_at_once
from tests.sections import pages
from workflows.models import ArchiveCopy, Declaration, SiteWorkflow
from workflows.publishing import approval, arrangement, bundles, record_changes

ACT = "Nghị quyết 1285/NQ-UBTVQH15 ngày 14/11/2024"
NEW_WARD = {
    "name": "Phường Thử Nghiệm",
    "kind": "ward",
    "slug": "thu-nghiem",
    "host_label": "thunghiem",
    "legal_act": "Quyết định 99/2020/QĐ-UBND (thử)",
    "valid_from": date(2020, 7, 1),
    "email": "thu-nghiem@example.invalid",
    "address": "Số 1, phường Thử Nghiệm",
    "phone": "0296 000 0000",
}


@time_machine.travel("2020-07-15T09:00:00+07:00", tick=True)
class Named(CityTestCase):
    """What readers learn of a ward before two persons have opened its site."""

    def made(self, **changes):
        return opening.open_ward(by=self.cast.standing_office, **{**NEW_WARD, **changes})

    def known(self) -> set[str]:
        """The units in the public chart and among the choices of the forms of questions."""
        chart = organisation.units_below(self.city.site.unit, timezone.localdate())
        asked = [*QuestionForm().fields["ward"].queryset, *ArticleForm().fields["ward"].queryset]
        return {row.unit.name for row in chart} | {unit.name for unit in asked}

    def test_nothing_of_one_that_is_prepared_submitted_or_returned(self):
        dossier = self.made()
        states = [NEW_WARD["name"] in self.known()]

        opening.submit_opening(dossier, by=self.cast.standing_office)
        states.append(NEW_WARD["name"] in self.known())
        opening.reject_opening(dossier, by=self.cast.head, reason="Chưa có nghị quyết.")
        states.append(NEW_WARD["name"] in self.known())

        self.assertEqual(states, [False] * 3)
        self.assertIn("Phường Mỹ Long", self.known())

    def test_nothing_of_the_parts_of_one_that_is_to_be_split(self):
        wards = [opening.NewWard("Phường Tách Thử", "tach-thu@example.invalid", "ward")]
        opening.split_ward(
            site=self.city.my_long,
            by=self.cast.standing_office,
            wards=wards,
            goes_on=True,
            legal_act=ACT,
            effective_on=timezone.localdate(),
        )

        self.assertNotIn("Phường Tách Thử", self.known())

    def test_its_front_page_is_public_neither_alone_nor_in_a_dossier_nor_at_once(self):
        home = self.made().site.home_page().specific
        with self.assertRaisesMessage(Refused, "chưa mở"):
            approval.submit(home, by=self.cast.editor, declaration=True, remark="Đã xem.")
        with self.assertRaisesMessage(Refused, "chưa mở"):
            approval.emergency_publish(home, by=self.cast.head, reason="Gấp.")
        bundle = bundles.make("Trang phường mới", [home], by=self.cast.editor)

        with self.assertRaisesMessage(Refused, "chưa mở"):
            bundles.submit(bundle, by=self.cast.editor, declaration=True, remark="Đã xem.")

        self.assertEqual(Client().get(f"/{NEW_WARD['slug']}/").status_code, 404)

    def test_its_name_and_pages_once_it_is_open(self):
        dossier = opening.submit_opening(self.made(), by=self.cast.standing_office)

        opening.approve_opening(dossier, by=self.cast.head)

        self.assertIn(NEW_WARD["name"], self.known())
        self.assertEqual(Client().get(f"/{NEW_WARD['slug']}/").status_code, 200)


class OpenWard(CityTestCase):
    def open(self, **changes):
        return opening.open_ward(by=self.cast.standing_office, **{**NEW_WARD, **changes})

    def test_prepares_a_whole_site_of_which_nothing_is_public(self):
        dossier = self.open()

        site = dossier.site
        slugs = set(site.home_page().get_children().values_list("slug", flat=True))
        self.assertEqual(dossier.state, Opening.State.DRAFT)
        self.assertEqual(site.state, PortalSite.State.PREPARED)
        self.assertEqual(slugs, {row.key for row in required("ward", date(2026, 1, 1)) if row.page_type} | {"tim-kiem"})
        self.assertFalse(dossier.pages().filter(live=True).exists())
        self.assertFalse(dossier.pages().filter(latest_revision=None).exists())
        self.assertTrue(RoleGroup.objects.filter(site=site, role="contributor").exists())
        self.assertTrue(SiteWorkflow.objects.filter(site=site).exists())
        self.assertFalse(Site.objects.filter(hostname__startswith="thunghiem.").exists())
        self.assertEqual(self.client.get("/thu-nghiem/").status_code, 404)

    def test_makes_its_committee_an_issuer_of_documents_once_it_is_approved(self):
        dossier = opening.submit_opening(self.open(), by=self.cast.standing_office)
        issuers = IssuingBody.objects.filter(unit=dossier.site.unit)
        self.assertFalse(issuers.exists())

        opening.approve_opening(dossier, by=self.cast.head)

        body = issuers.get()
        self.assertEqual((body.name, body.symbol), ("Ủy ban nhân dân phường Thử Nghiệm", "UBND"))
        # It is older than its site: what it issued before belongs into the register.
        self.assertEqual((body.valid_from, body.valid_to), (None, None))

    def test_approval_by_a_second_person_publishes_all_of_it_on_both_addresses(self):
        dossier = opening.submit_opening(self.open(), by=self.cast.standing_office)

        dossier = opening.approve_opening(dossier, by=self.cast.deputy)

        self.assertEqual(dossier.state, Opening.State.APPROVED)
        self.assertFalse(dossier.pages().filter(live=False).exists())
        self.assertEqual(ArchiveCopy.objects.filter(site_slug="thu-nghiem").count(), dossier.pages().count())
        host = Site.objects.get(hostname__startswith="thunghiem.").hostname
        self.assertEqual(self.client.get("/thu-nghiem/").status_code, 200)
        self.assertEqual(self.client.get("/", headers={"host": host}).status_code, 200)
        self.assertEqual(self.client.get("/tin-tuc/", headers={"host": host}).status_code, 200)

    def test_who_made_or_submitted_it_cannot_approve_it(self):
        made_by_deputy = opening.open_ward(by=self.cast.deputy, **NEW_WARD)
        dossier = opening.submit_opening(made_by_deputy, by=self.cast.head)

        for who in (self.cast.deputy, self.cast.head, self.cast.standing_office, self.cast.superuser):
            with self.subTest(who=who), self.assertRaises(Refused):
                opening.approve_opening(dossier, by=who)
        self.assertFalse(WardHomePage.objects.filter(slug="thu-nghiem", live=True).exists())

    def test_a_draft_dossier_cannot_be_approved_before_it_is_handed_in(self):
        with self.assertRaises(Refused):
            opening.approve_opening(self.open(), by=self.cast.head)

    def test_only_people_with_the_right_open_sites(self):
        for who in (self.cast.contributor, self.cast.technical_admin, self.cast.ward_approver, self.cast.editor):
            with self.subTest(who=who), self.assertRaises(Refused):
                opening.open_ward(by=who, **NEW_WARD)

    def test_wrong_input_names_the_field(self):
        for field, value in (
            ("name", " "),
            ("name", "Phường Mỹ Long"),
            ("kind", "khom"),
            ("slug", "Mỹ Long"),
            ("slug", "my-long"),
            ("slug", "tin-tuc"),
            ("host_label", "my_long"),
            ("host_label", "my-long"),
            ("legal_act", ""),
            ("valid_from", None),
            ("email", ""),
        ):
            with self.subTest(field=field, value=value):
                with self.assertRaises(ValidationError) as caught:
                    self.open(**{field: value})
                self.assertEqual(list(caught.exception.message_dict), [field])

    def test_a_failing_approval_leaves_nothing_public(self):
        dossier = self.open()
        officials = dossier.pages().get(slug="lien-he-can-bo").specific
        officials.officials = []
        officials.save_revision(user=self.cast.standing_office)
        dossier = opening.submit_opening(dossier, by=self.cast.standing_office)

        with self.assertRaises(ValidationError):
            opening.approve_opening(dossier, by=self.cast.head)

        dossier.refresh_from_db()
        self.assertEqual(dossier.state, Opening.State.SUBMITTED)
        self.assertFalse(dossier.pages().filter(live=True).exists())
        self.assertEqual(PortalSite.objects.get(slug="thu-nghiem").state, PortalSite.State.PREPARED)

    def test_a_returned_dossier_can_be_handed_in_again(self):
        dossier = opening.submit_opening(self.open(), by=self.cast.standing_office)

        with self.assertRaises(ValidationError):
            opening.reject_opening(dossier, by=self.cast.head, reason=" ")
        dossier = opening.reject_opening(dossier, by=self.cast.head, reason="Thiếu bản đồ.")
        dossier = opening.submit_opening(dossier, by=self.cast.standing_office)

        self.assertEqual(dossier.state, Opening.State.SUBMITTED)
        self.assertEqual([event["step"] for event in dossier.events], ["make", "submit", "reject", "submit"])

    def test_the_command_opens_a_dossier_and_says_what_is_wrong(self):
        call_command(
            "open_ward",
            "Phường Thử Nghiệm",
            by="thuong-truc",
            kind="ward",
            valid_from="01/07/2020",
            legal_act="Quyết định thử",
            email="a@example.invalid",
            submit=True,
            verbosity=0,
        )

        self.assertEqual(Opening.objects.get(site__slug="thu-nghiem").state, Opening.State.SUBMITTED)
        with self.assertRaisesMessage(CommandError, "ngày/tháng/năm"):
            call_command(
                "open_ward",
                "Phường Khác",
                by="thuong-truc",
                kind="ward",
                valid_from="2020-07-01",
                legal_act="Quyết định thử",
                email="a@example.invalid",
            )


class OpenWardInEnglish(CityTestCase):
    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.opened = opening.open_ward(by=cls.cast.standing_office, **NEW_WARD)

    def handed_in(self):
        return opening.submit_opening(self.opened, by=self.cast.standing_office)

    def test_publishes_no_version_that_was_written_after_it_was_handed_in(self):
        dossier = self.handed_in()
        page = dossier.site.home_page().get_children().first().specific
        newest = page.get_latest_revision_as_object()
        newest.title = "Sửa sau khi gửi"
        newest.save_revision(user=self.cast.editor)

        with self.assertRaisesMessage(Refused, "Hãy trả lại hồ sơ"):
            opening.approve_opening(dossier, by=self.cast.head)

        self.assertFalse(dossier.pages().filter(live=True).exists())
        self.client.force_login(self.cast.head)
        answer = self.client.get(reverse("home_opening", args=[dossier.pk]))
        self.assertContains(answer, "Đã sửa, chuyển hoặc xóa sau khi gửi")
        opening.reject_opening(dossier, by=self.cast.head, reason="Có trang đã sửa sau khi gửi.")
        dossier = opening.submit_opening(dossier, by=self.cast.standing_office)
        opening.approve_opening(dossier, by=self.cast.head)
        self.assertEqual(Page.objects.get(pk=page.pk).title, "Sửa sau khi gửi")

    def test_leaves_a_page_that_came_after_it_was_handed_in_a_draft(self):
        dossier = self.handed_in()
        section = dossier.site.home_page().get_children().get(slug="tin-tuc").specific
        added = draft(pages.article(title="Thêm sau khi gửi"), section, by=self.cast.editor)

        dossier = opening.approve_opening(dossier, by=self.cast.head)

        self.assertFalse(Page.objects.get(pk=added.pk).live)
        self.assertFalse(Declaration.objects.filter(revision_id=added.latest_revision_id).exists())
        self.assertTrue(Page.objects.get(pk=section.pk).live)
        self.assertIn("1 trang nháp thêm sau khi gửi", dossier.events[-1]["text"])

    def test_publishes_no_page_that_stands_elsewhere_by_now(self):
        sections = {page.slug: page.specific for page in self.opened.site.home_page().get_children()}
        page = draft(pages.article(), sections["tin-tuc"], by=self.cast.editor)
        dossier = self.handed_in()
        arrangement.move_draft(page, sections["chi-dao-dieu-hanh"], by=fresh(self.cast.editor))

        self.assertEqual(opening.changed_since_submission(dossier), [page.title])
        with self.assertRaisesMessage(Refused, "chưa gửi duyệt"):
            opening.approve_opening(dossier, by=self.cast.head)

    def test_goes_back_to_who_submitted_it_when_a_page_moves(self):
        sections = {page.slug: page.specific for page in self.opened.site.home_page().get_children()}
        page = draft(pages.article(), sections["tin-tuc"], by=self.cast.editor)
        dossier = self.handed_in()

        arrangement.move_draft(page, sections["chi-dao-dieu-hanh"], by=fresh(self.cast.editor))

        dossier.refresh_from_db()
        self.assertEqual(dossier.state, dossier.State.REJECTED)
        self.assertIn("chuyển sang nơi khác", dossier.events[-1]["text"])
        told = [sent.to for sent in mail.outbox if sent.subject.startswith("Hồ sơ không còn chờ quyết định")]
        self.assertEqual(told, [[self.cast.standing_office.email]])

    def test_another_order_of_pages_changes_nothing_nor_does_one_submitted_before_places_were_kept(self):
        dossier = self.handed_in()
        first, *_others, last = dossier.site.home_page().get_children()
        arrangement.reorder(last, by=fresh(self.cast.editor), before=first)
        self.assertEqual(opening.changed_since_submission(dossier), [])
        dossier.versions = [row[:3] for row in dossier.versions]
        dossier.save(update_fields=["versions"])

        opening.approve_opening(dossier, by=self.cast.head)

        self.assertTrue(Page.objects.get(pk=last.pk).live)

    def test_publishes_nothing_when_a_page_is_gone_or_no_version_is_on_record(self):
        dossier = self.handed_in()
        gone = dossier.site.home_page().get_children().exclude(slug="tin-tuc").last()
        point = transaction.savepoint()
        gone.specific.delete()
        with self.assertRaisesMessage(Refused, "chuyển hoặc xóa"):
            opening.approve_opening(dossier, by=self.cast.head)
        transaction.savepoint_rollback(point)

        Opening.objects.filter(pk=dossier.pk).update(versions=[])
        with self.assertRaisesMessage(Refused, "hãy trả lại rồi gửi lại"):
            opening.approve_opening(dossier, by=self.cast.head)

    def test_declares_exactly_the_versions_that_were_handed_in(self):
        dossier = self.handed_in()
        versions = {version for _page, version, *_more in dossier.versions}

        opening.approve_opening(dossier, by=self.cast.head)

        live = set(dossier.pages().filter(live=True).values_list("live_revision_id", flat=True))
        self.assertEqual(live, versions)
        declared = Declaration.objects.filter(revision_id__in=versions)
        self.assertEqual({row.declared_by_id for row in declared}, {self.cast.standing_office.pk})

    def test_mirrors_the_home_page_and_the_sections_offered_in_english(self):
        opening.approve_opening(self.handed_in(), by=self.cast.head)

        response = self.client.get("/en/thu-nghiem/")
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, "Thu Nghiem Ward")
        self.assertEqual(self.client.get("/en/thu-nghiem/contact/").status_code, 200)


@time_machine.travel("2025-01-02T02:00:00+00:00", tick=False)
class MergeWards(CityTestCase):
    """Đông Xuyên into Mỹ Xuyên on 01/01/2025."""

    def prepare(self, **changes):
        arguments = {
            "predecessors": [self.city.dong_xuyen],
            "successor": self.city.my_xuyen,
            "by": self.cast.standing_office,
            "legal_act": ACT,
            "effective_on": date(2025, 1, 1),
            **changes,
        }
        return opening.merge_wards(**arguments)

    def merge(self):
        dossier = opening.submit_opening(self.prepare(), by=self.cast.standing_office)
        dossier = opening.approve_opening(dossier, by=self.cast.head)
        self.city.dong_xuyen.refresh_from_db()
        return dossier

    def article(self, site, slug, by=None):
        parent = self.city.section(site)
        return draft(
            ArticlePage(
                title=f"Bài {slug}",
                slug=slug,
                summary="Tóm tắt.",
                author_name="Cán bộ mẫu",
                source_name="UBND",
                responsible_unit=site.unit,
                body=[("paragraph", "<p>Nội dung.</p>")],
            ),
            parent,
            by=by or self.cast.contributor_dong_xuyen,
        )

    def test_changes_nothing_before_a_second_person_approves(self):
        self.prepare()

        self.city.dong_xuyen.refresh_from_db()
        self.assertEqual(self.city.dong_xuyen.state, PortalSite.State.OPEN)

    def test_freezes_the_old_site_under_a_banner_and_keeps_its_pages_readable(self):
        publish_at_once(self.article(self.city.dong_xuyen, "cu"))

        self.merge()

        response = self.client.get("/dong-xuyen/tin-tuc/cu/")
        self.assertContains(response, "đã ngừng hoạt động từ ngày 01/01/2025")
        self.assertContains(response, "Xem trang kế thừa: Phường Mỹ Xuyên")
        self.assertContains(response, "1285/NQ-UBTVQH15")

    def test_leads_home_path_and_host_to_the_successor(self):
        self.merge()

        by_path = self.client.get("/dong-xuyen/")
        by_host = self.client.get("/", headers={"host": self.city.dong_xuyen.hosts.get().hostname})
        for response in (by_path, by_host):
            self.assertEqual(response.status_code, 301)
            self.assertIn("my-xuyen", response["Location"])
        self.assertEqual(self.client.get("/dong-xuyen/?ban-cu=1").status_code, 200)
        self.assertContains(self.client.get("/my-xuyen/"), "/?ban-cu=1")

    def test_records_the_succession_and_the_last_day(self):
        seed_issuer_of(self.city.dong_xuyen.unit)
        self.merge()

        unit = OrganisationUnit.objects.get(slug="dong-xuyen")
        succession = UnitSuccession.objects.get(predecessor=unit)
        self.assertEqual(unit.valid_to, date(2024, 12, 31))
        self.assertEqual(IssuingBody.objects.get(unit=unit).valid_to, date(2024, 12, 31))
        self.assertEqual(succession.successor, self.city.my_xuyen.unit)
        self.assertEqual((succession.effective_on, succession.legal_act), (date(2025, 1, 1), ACT))
        self.assertEqual(self.city.dong_xuyen.successor, self.city.my_xuyen)

    def test_ends_the_people_s_appointments_by_the_legal_act_and_lets_them_wait_for_a_new_decision(self):
        self.merge()

        person = fresh(self.cast.contributor_dong_xuyen)
        appointment = person.appointments.get()
        self.assertEqual(roles_of(person), set())
        self.assertFalse(person.is_active)
        self.assertEqual((appointment.state, appointment.ended_by.number), ("ended", ACT))
        self.assertIn(person, waiting_for_decision())

    def test_lets_nobody_wait_who_got_a_new_decision(self):
        self.merge()

        appointed(self.cast.contributor_dong_xuyen, "contributor", self.city.my_xuyen)

        person = fresh(self.cast.contributor_dong_xuyen)
        self.assertEqual(roles_of(person, self.city.my_xuyen), {"contributor"})
        self.assertEqual(list(waiting_for_decision()), [])

    def test_cuts_the_sessions_of_the_people_it_ends(self):
        self.client.force_login(self.cast.contributor_dong_xuyen)
        self.assertEqual(self.client.get(reverse("wagtailadmin_home")).status_code, 200)

        self.merge()

        self.assertEqual(self.client.get(reverse("wagtailadmin_home")).status_code, 302)

    def test_ends_what_was_prepared_there_too_but_nothing_elsewhere(self):
        prepared = appointed(
            person("moi", "Cán bộ mẫu 41"),
            "unit_head",
            self.city.dong_xuyen,
            state="prepared",
            began_on=None,
            valid_from=date(2030, 1, 1),
        )
        before = Appointment.objects.in_force().exclude(site=self.city.dong_xuyen).count()

        self.merge()

        prepared.refresh_from_db()
        self.assertEqual(prepared.state, "ended")
        self.assertEqual(Appointment.objects.in_force().count(), before)

    def test_hands_over_drafts_and_reviews_to_the_same_section(self):
        under_review = self.article(self.city.dong_xuyen, "dang-cho")
        approval.submit(under_review, by=self.cast.contributor_dong_xuyen, declaration=True)
        plain_draft = self.article(self.city.dong_xuyen, "ban-nhap")

        dossier = self.merge()

        news = self.city.section(self.city.my_xuyen)
        moved = set(news.get_children().values_list("pk", flat=True))
        self.assertEqual(moved, {under_review.pk, plain_draft.pk})
        handed_over = {(item["kind"], item["moved"]) for item in dossier.handover}
        self.assertEqual(handed_over, {("review", True), ("draft", True)})
        state = WorkflowState.objects.active().get(object_id=str(under_review.pk))
        self.assertEqual(state.workflow.site_workflow.site, self.city.my_xuyen)
        with self.assertRaises(ValidationError) as refused:  # it names the committee that has ended
            approval.approve(state.current_task_state, by=self.cast.head)
        self.assertEqual(list(refused.exception.message_dict), ["comment"])
        approval.approve(state.current_task_state, by=self.cast.head, comment="Bài của phường cũ, đăng tiếp.")
        self.assertTrue(Page.objects.get(pk=under_review.pk).live)

    def scheduled(self, slug):
        page = self.article(self.city.dong_xuyen, slug)
        page.go_live_at = timezone.now() + timedelta(days=3)
        page.save_revision(user=self.cast.contributor_dong_xuyen)
        return publish(page, by=self.cast.contributor_dong_xuyen)

    def test_ends_and_lists_what_was_approved_for_a_later_hour_on_the_old_site(self):
        page = self.scheduled("hen-gio")
        public = publish_at_once(self.article(self.city.dong_xuyen, "dang-dang"))
        public.title, public.go_live_at = "Bài sửa", timezone.now() + timedelta(days=3)
        public.save_revision(user=self.cast.contributor_dong_xuyen)
        public = publish(public, by=self.cast.contributor_dong_xuyen)

        dossier = self.merge()

        listed = [(item["page"], item["moved"]) for item in dossier.handover if item["kind"] == "schedule"]
        self.assertEqual(listed, [(page.pk, False), (public.pk, False)])
        self.assertFalse(Revision.objects.exclude(approved_go_live_at=None).exists())
        moved = Page.objects.get(pk=page.pk)
        self.assertEqual(moved.get_parent().pk, self.city.section(self.city.my_xuyen).pk)
        with time_machine.travel(timezone.now() + timedelta(days=4)):
            self.assertEqual(approval.publish_due(), [])
        self.client.force_login(self.cast.head)
        self.assertContains(
            self.client.get(reverse("home_opening", args=[dossier.pk])), "lịch đã hủy, cần gửi duyệt lại"
        )

    def test_begins_a_running_review_anew_and_leaves_a_returned_draft_returned(self):
        under_review = self.article(self.city.dong_xuyen, "dang-cho")
        before = approval.submit(under_review, by=self.cast.contributor_dong_xuyen, declaration=True)
        returned = self.article(self.city.dong_xuyen, "tra-lai")
        state = approval.submit(returned, by=self.cast.contributor_dong_xuyen, declaration=True)
        approval.send_back(state.current_task_state, by=self.cast.editor, reason="Bổ sung nguồn.")

        self.merge()

        before.refresh_from_db()
        self.assertEqual(before.status, WorkflowState.STATUS_CANCELLED)
        anew = approval.current_state(under_review)
        self.assertEqual((anew.requested_by, anew.status), (self.cast.contributor_dong_xuyen, "in_progress"))
        self.assertEqual(approval.current_state(returned).status, "needs_changes")
        self.assertEqual(approval.current_state(returned).workflow.site_workflow.site, self.city.my_xuyen)

    def test_old_pages_keep_the_unit_that_published_them(self):
        page = publish_at_once(self.article(self.city.dong_xuyen, "cu"))

        self.merge()

        page.refresh_from_db()
        self.assertEqual(page.responsible_unit, self.city.dong_xuyen.unit)
        self.assertEqual(page.dublin_core()["publisher"], "Ủy ban nhân dân phường Đông Xuyên")

    def test_takes_nothing_new_on_the_frozen_site(self):
        self.merge()

        page = self.article(self.city.dong_xuyen, "moi", by=self.cast.editor)
        with self.assertRaises(Refused):
            approval.submit(page, by=self.cast.editor, declaration=True)

    def test_cannot_be_carried_out_before_its_day(self):
        dossier = self.prepare(effective_on=date(2025, 7, 1))
        dossier = opening.submit_opening(dossier, by=self.cast.standing_office)

        with self.assertRaisesMessage(Refused, "01/07/2025"):
            opening.approve_opening(dossier, by=self.cast.head)

    def test_wrong_input_names_the_field(self):
        for field, changes in (
            ("predecessors", {"predecessors": []}),
            ("successor", {"successor": self.city.dong_xuyen}),
            ("successor", {"successor": self.city.site}),
            ("legal_act", {"legal_act": ""}),
            ("effective_on", {"effective_on": date(2006, 9, 1)}),
        ):
            with self.subTest(field=field), self.assertRaises(ValidationError) as caught:
                self.prepare(**changes)
            self.assertIn(field, caught.exception.message_dict)

    def test_a_site_stands_in_one_undecided_dossier_only(self):
        self.prepare()

        with self.assertRaises(ValidationError):
            self.prepare()


@time_machine.travel("2025-07-02T02:00:00+00:00", tick=False)
class CloseWard(CityTestCase):
    def close(self, **changes):
        dossier = opening.close_ward(
            site=self.city.dong_xuyen,
            by=self.cast.standing_office,
            legal_act=ACT,
            effective_on=date(2025, 7, 1),
            **changes,
        )
        dossier = opening.submit_opening(dossier, by=self.cast.standing_office)
        return opening.approve_opening(dossier, by=self.cast.head)

    def test_leads_every_page_to_the_successor(self):
        self.close(successor=self.city.my_xuyen)

        for address in ("/dong-xuyen/", "/dong-xuyen/tin-tuc/"):
            with self.subTest(address=address):
                response = self.client.get(address)
                self.assertEqual(response.status_code, 301)
                self.assertIn("my-xuyen", response["Location"])

    def test_without_a_successor_stays_readable_under_the_banner(self):
        self.close()

        self.assertContains(self.client.get("/dong-xuyen/tin-tuc/"), "đã ngừng hoạt động")


class Settings(CityTestCase):
    def test_delegation_needs_an_approver(self):
        with self.assertRaises(ValidationError) as caught:
            opening.change_settings(
                self.city.my_xuyen, by=self.cast.head, approval_mode="delegated", contacts={"phone": "0296 000 0001"}
            )

        self.assertIn("approval_mode", caught.exception.message_dict)

    def test_delegation_lets_the_wards_approver_approve(self):
        opening.change_settings(self.city.my_long, by=self.cast.head, approval_mode="delegated", contacts={})

        site = PortalSite.objects.get(pk=self.city.my_long.pk)
        self.assertEqual(approval.approving_roles(fresh(self.cast.ward_approver), site), {"ward_approver"})

    def test_contacts_wait_for_a_second_person(self):
        opening.change_settings(
            self.city.my_long,
            by=self.cast.standing_office,
            approval_mode="central",
            contacts={"phone": "0296 000 0001"},
        )
        unit = OrganisationUnit.objects.get(pk=self.city.my_long.unit_id)
        change = record_changes.open_change(unit)
        self.assertEqual(unit.phone, "0296 000 0000")
        self.assertFalse(record_changes.may_decide(fresh(self.cast.standing_office), change))

        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

        unit.refresh_from_db()
        self.assertEqual(unit.phone, "0296 000 0001")

    def test_who_approves_changes_without_new_contacts(self):
        unit = self.city.my_long.unit
        opening.change_settings(
            self.city.my_long, by=self.cast.head, approval_mode="delegated", contacts={"phone": unit.phone}
        )
        self.assertIsNone(record_changes.open_change(unit))

    def test_contacts_are_checked(self):
        with self.assertRaises(ValidationError) as caught:
            opening.change_settings(
                self.city.my_long, by=self.cast.head, approval_mode="central", contacts={"email": "không đúng"}
            )

        self.assertIn("email", caught.exception.message_dict)


class Screens(CityTestCase):
    def setUp(self):
        self.client.force_login(self.cast.standing_office)

    def test_a_fourteenth_ward_is_opened_from_the_admin(self):
        data = {**NEW_WARD, "valid_from": "01/07/2020"}
        response = self.client.post(reverse("home_open_ward"), data)
        dossier = Opening.objects.get(site__slug="thu-nghiem")
        self.assertRedirects(response, reverse("home_opening", args=[dossier.pk]))

        self.client.post(reverse("home_opening", args=[dossier.pk]), {"declaration": "on"})
        self.client.force_login(self.cast.head)
        self.client.post(reverse("home_opening", args=[dossier.pk]), {"decision": "approve"})

        dossier.refresh_from_db()
        self.assertEqual(dossier.state, Opening.State.APPROVED)
        self.assertEqual(self.client.get("/thu-nghiem/").status_code, 200)

    def test_errors_keep_what_was_typed(self):
        response = self.client.post(
            reverse("home_open_ward"), {**NEW_WARD, "slug": "my-long", "valid_from": "31/02/2020"}
        )

        self.assertContains(response, "Phường Thử Nghiệm")
        self.assertContains(response, "31/02/2020")
        self.assertContains(response, "Ngày 31/02/2020 không có")
        self.assertFalse(Opening.objects.filter(site__slug="thu-nghiem").exists())

    def test_screens_are_for_people_with_the_right_only(self):
        self.client.force_login(self.cast.contributor)

        for name in ("home_sites", "home_open_ward", "home_merge", "home_close"):
            with self.subTest(name=name):
                self.assertNotEqual(self.client.get(reverse(name)).status_code, 200)

    def test_every_screen_opens(self):
        dossier = opening.open_ward(by=self.cast.standing_office, **NEW_WARD)

        for address in (
            reverse("home_sites"),
            reverse("home_open_ward"),
            reverse("home_merge"),
            reverse("home_close"),
            reverse("home_opening", args=[dossier.pk]),
            reverse("home_site_settings", args=[self.city.my_long.pk]),
        ):
            with self.subTest(address=address):
                self.assertEqual(self.client.get(address).status_code, 200)


class FrontPages(CityTestCase):
    def count(self, articles: int) -> int:
        for site in (self.city.site, self.city.my_long):
            for key in ("tin-tuc", "chi-dao-dieu-hanh"):
                section = self.city.section(site, key)
                for number in range(articles):
                    page = ArticlePage(
                        title=f"Bài {number}",
                        slug=f"bai-{articles}-{number}",
                        summary="Tóm tắt.",
                        live=False,
                        locale=section.locale,
                        responsible_unit=site.unit,
                        body=[("paragraph", "<p>Nội dung.</p>")],
                    )
                    section.add_child(instance=page)
                    publish_at_once(page)
        self.client.get("/")
        with self.assertNumQueriesAtMost(25):
            response = self.client.get("/")
        self.assertEqual(response.status_code, 200)
        return self.queries

    def assertNumQueriesAtMost(self, most: int):
        return _AtMost(self, most)

    def test_cost_the_same_with_little_and_with_much_content(self):
        few = self.count(2)
        many = self.count(12)

        self.assertEqual(few, many)

    def test_a_ward_shows_its_own_news(self):
        self.count(1)

        response = self.client.get("/my-long/")

        self.assertContains(response, "Bài 0")
        self.assertEqual(Declaration.objects.count(), 0)


class _AtMost:
    """Counts the queries of a block and fails above a budget."""

    def __init__(self, test, most):
        self.test, self.most = test, most

    def __enter__(self):
        self.context = CaptureQueriesContext(connection)
        self.context.__enter__()

    def __exit__(self, *error):
        self.context.__exit__(*error)
        self.test.queries = len(self.context)
        if error[0] is None:
            self.test.assertLessEqual(self.test.queries, self.most)
