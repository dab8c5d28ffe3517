"""Dossiers: a decision, its news, a service, an answer and an alert are reviewed as one and become public as one."""

from datetime import datetime, timedelta
from unittest import mock

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from base.admin.field_anchors import edit_address
from base.gate import Refused
from base.operations.mail import deliver_due
from home.models import CityHomePage
from legalref.models import LegalDocument
from tests import factories
from tests.city import CityTestCase, person, publish, publish_at_once
from tests.faq.test_library import an_answer
from tests.legalref.library import draft_document, register
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.archive import copies
from workflows.deadlines import VIETNAM
from workflows.models import ArchiveCopy, Declaration, PublicationBundle
from workflows.models.bundle import type_of
from workflows.publishing import approval, bundles, declared_files, takedown
from workflows.publishing.bundles import drafts

NOW = datetime(2026, 11, 30, 9, tzinfo=VIETNAM)
State = PublicationBundle.State


def stored(thing):
    """A page, record or dossier as it is stored now."""
    return type(thing)._base_manager.get(pk=thing.pk)


class MixedDossier(CityTestCase):
    """Drafts of an editor of the city: a decision, the news of it, a procedure and its service, an answer, an alert."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        register(cls.city.site)
        cls.writer = cls.cast.editor
        cls.contributor = person("ctv.long-xuyen", "Cán bộ mẫu 43", "contributor", cls.city.site)
        home = cls.city.home
        home.save_revision()
        publish_at_once(home)

    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=True))
        city, by = self.city, self.writer
        self.document = draft_document(city.site, by=by, symbol="88/2026/QĐ-UBND", subject="Quy định lệ phí mẫu")
        self.news = factories.article(city.section(city.site), by=by, cites=[self.document], title="Lệ phí mới")
        self.procedure = a_procedure(city, by=by, public=False)
        self.service = an_offering(city.site, self.procedure, by=by, public=False)
        self.answer = an_answer(city.section(city.site, "hoi-dap"), "Lệ phí nộp thế nào?", by=by, public=False)
        self.home = CityHomePage.objects.get(pk=city.home.pk)
        self.home.intro = "<p>Từ hôm nay lệ phí theo mức mới.</p>"
        self.home.save_revision(user=by)
        self.things = [self.service, self.news, self.home, self.answer, self.document, self.procedure]

    def made(self, things=None, **kwargs):
        return bundles.make("Lệ phí mới", things or self.things, by=self.writer, **kwargs)

    def submit(self, bundle, **kwargs):
        values = {"by": self.writer, "declaration": True, "remark": "Đã xem lại.", **kwargs}
        return bundles.submit(bundle, **values)

    def submitted(self, things=None):
        return self.submit(self.made(things))

    def public(self):
        """Which of them readers see as the dossier has it."""
        home = stored(self.home)
        return [
            *(stored(thing).live for thing in self.things if thing is not self.home),
            "lệ phí theo mức mới" in home.intro,
        ]


class Publishing(MixedDossier):
    def test_all_of_it_becomes_public_at_one_instant_each_with_its_sealed_copy(self):
        bundle, before = self.submitted(), ArchiveCopy.objects.count()
        self.assertEqual(self.public(), [False] * 6)

        published = bundles.approve(bundle, by=self.cast.head)

        self.assertEqual(self.public(), [True] * 6)
        self.assertEqual(len(published), 6)
        self.assertEqual(ArchiveCopy.objects.count() - before, 6)
        self.assertEqual(len({stored(thing).last_published_at for thing in self.things}), len(self.things))
        self.assertEqual(stored(bundle).state, State.PUBLISHED)
        page = Client().get("/", HTTP_HOST="localhost").content.decode()
        self.assertIn("Từ hôm nay lệ phí theo mức mới.", page)
        self.assertIn("Lệ phí mới", page)

    def test_a_fault_in_the_middle_leaves_nothing_public(self):
        bundle, copies_before, sealed = self.submitted(), ArchiveCopy.objects.count(), []

        def seal(revision, **kwargs):
            sealed.append(revision)
            if len(sealed) == 4:
                raise OSError("đĩa đầy")
            return real(revision, **kwargs)

        real = copies.seal
        with mock.patch("workflows.archive.copies.seal", seal), self.assertRaises(OSError):
            bundles.approve(bundle, by=self.cast.head)

        self.assertEqual(len(sealed), 4)
        self.assertEqual(self.public(), [False] * 6)
        self.assertEqual(ArchiveCopy.objects.count(), copies_before)
        self.assertEqual(stored(bundle).state, State.SUBMITTED)
        self.assertEqual(len(bundles.approve(bundle, by=self.cast.head)), 6)

    def test_every_version_is_declared_accurate_by_the_submitter(self):
        self.submitted([self.document, self.news])

        versions = [thing.latest_revision_id for thing in (self.document, self.news)]
        declared = Declaration.objects.filter(revision_id__in=versions)
        self.assertEqual({(one.revision_id, one.declared_by) for one in declared}, {(v, self.writer) for v in versions})

    def test_what_leads_to_another_item_of_it_is_no_finding_and_alone_it_is_one(self):
        both, alone = (
            self.made([self.document, self.news]),
            factories.article(self.city.section(self.city.site), by=self.writer, cites=[self.document]),
        )

        found = {thing.pk: of_it for thing, of_it in bundles.findings(bundles.in_order(both)) if thing == self.news}

        self.assertEqual(found, {self.news.pk: []})
        self.assertIn("chưa đăng", approval.findings(alone)[0].message)

    def test_warnings_need_a_remark(self):
        with self.assertRaises(ValidationError) as caught:
            self.submit(self.made([self.document]), remark=" ")

        self.assertEqual(list(caught.exception.message_dict), ["remark"])

    def test_a_service_without_its_procedure_is_stopped_by_name(self):
        bundle = self.made([self.service])

        with self.assertRaisesMessage(ValidationError, "Thủ tục này chưa được duyệt đăng"):
            self.submit(bundle)

    def test_without_the_declaration_nothing_is_submitted(self):
        bundle = self.made()

        with self.assertRaises(ValidationError) as caught:
            self.submit(bundle, declaration=False)

        self.assertEqual(list(caught.exception.message_dict), ["declaration"])
        self.assertEqual(stored(bundle).state, State.COLLECTING)

    def test_those_concerned_hear_of_it(self):
        bundle = self.submitted()
        bundles.approve(bundle, by=self.cast.head)

        told = {message.to[0]: message.subject for message in mail.outbox}
        self.assertEqual(told[self.cast.head.email], "Chờ duyệt hồ sơ: Lệ phí mới")
        self.assertEqual(told[self.writer.email], "Đã đăng hồ sơ: Lệ phí mới")

    @override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
    def test_nobody_is_asked_for_what_was_taken_back_before_the_mail_left(self):
        taken_back, _waits = self.submitted([self.news]), self.submitted([self.answer])
        bundles.recall(taken_back, by=self.writer)
        deliver_due(on=timezone.now() + timedelta(seconds=1))

        asked = [message for message in mail.outbox if message.to == [self.cast.head.email]]
        self.assertEqual([message.subject for message in asked], ["Chờ duyệt hồ sơ: Lệ phí mới"])


class TwoPersons(MixedDossier):
    def test_neither_maker_nor_writer_nor_submitter_decides(self):
        bundle = bundles.make("Lệ phí mới", [self.news], by=self.cast.deputy)
        bundles.put_in(bundle, [self.document], by=self.cast.standing_office)
        self.submit(bundle, by=self.contributor)
        bundle.refresh_from_db()

        may = {
            name: (bundles.may_decide(user, bundle), bundles.may_return(user, bundle))
            for name, user in (
                ("wrote it", self.writer),
                ("made it", self.cast.deputy),
                ("added to it", self.cast.standing_office),
                ("submitted it", self.contributor),
                ("of the ward", self.cast.ward_approver),
                ("is the head", self.cast.head),
            )
        }

        self.assertEqual([name for name, rights in may.items() if any(rights)], ["is the head"])
        self.assertEqual(may["is the head"], (True, True))
        with self.assertRaises(Refused):
            bundles.approve(bundle, by=self.cast.deputy)
        self.assertFalse(stored(self.news).live)

    def test_another_reviewer_returns_but_does_not_approve(self):
        other = person("bien-tap.2", "Cán bộ mẫu 44", "editor", self.city.site)
        bundle = self.submitted()

        self.assertFalse(bundles.may_decide(other, bundle))
        bundles.send_back(bundle, by=other, reason="Thiếu nguồn.")

        bundle.refresh_from_db()
        self.assertEqual((bundle.state, bundle.reason), (State.RETURNED, "Thiếu nguồn."))
        self.assertEqual(bundles.waiting_versions(), [])

    def test_a_reason_is_needed_to_return(self):
        bundle = self.submitted()

        with self.assertRaises(ValidationError):
            bundles.send_back(bundle, by=self.cast.head, reason=" ")

        self.assertEqual(stored(bundle).state, State.SUBMITTED)


class BackToReview(MixedDossier):
    def test_another_item_takes_it_out_of_review(self):
        bundle = self.submitted([self.document])

        bundles.put_in(bundle, [self.news], by=self.writer)

        bundle.refresh_from_db()
        self.assertEqual(bundle.state, State.COLLECTING)
        with self.assertRaisesMessage(Refused, "không còn chờ duyệt"):
            bundles.approve(bundle, by=self.cast.head)
        self.submit(bundle)
        self.assertEqual(len(bundles.approve(bundle, by=self.cast.head)), 2)

    def test_one_item_less_takes_it_out_of_review(self):
        bundle = self.submitted()

        bundles.take_out(bundle, bundle.items.filter(object_type="legalref.LegalDocument"), by=self.writer)

        self.assertEqual(stored(bundle).state, State.COLLECTING)
        self.assertEqual(bundle.items.count(), 5)

    def test_an_item_saved_again_stops_all_of_it_until_it_is_submitted_anew(self):
        bundle = self.submitted()
        news = self.news.get_latest_revision_as_object()
        news.title = "Lệ phí mới, đã sửa"
        news.save_revision(user=self.cast.deputy)

        self.assertEqual([str(item) for item in bundles.outdated(bundle)], ["Lệ phí mới"])
        with self.assertRaisesMessage(Refused, "đã được sửa sau khi gửi"):
            bundles.approve(bundle, by=self.cast.head)
        self.assertEqual(self.public(), [False] * 6)

        self.submit(bundle)
        self.assertFalse(bundles.may_decide(self.cast.deputy, stored(bundle)))
        bundles.approve(bundle, by=self.cast.head)
        self.assertEqual(stored(self.news).title, "Lệ phí mới, đã sửa")

    def test_what_waits_unchanged_is_not_submitted_twice(self):
        bundle = self.submitted()

        with self.assertRaisesMessage(Refused, "đang chờ duyệt rồi"):
            self.submit(bundle)

    def test_taken_back_it_can_be_changed_and_its_versions_wait_no_more(self):
        bundle = self.submitted()
        self.assertEqual(len(bundles.waiting_versions()), 6)

        bundles.recall(bundle, by=self.writer)

        self.assertEqual(bundles.waiting_versions(), [])
        self.assertEqual(stored(bundle).state, State.COLLECTING)

    def test_dropped_it_leaves_the_drafts(self):
        bundle = self.submitted()

        bundles.drop(bundle, by=self.writer)

        self.assertEqual(stored(bundle).state, State.DROPPED)
        self.assertTrue(LegalDocument.objects.filter(pk=self.document.pk, live=False).exists())
        with self.assertRaises(Refused):
            bundles.put_in(bundle, [self.news], by=self.writer)
        # Free for another dossier.
        self.assertEqual(self.made([self.news]).items.count(), 1)

    def test_what_was_published_alone_meanwhile_is_named(self):
        bundle = self.submitted([self.document, self.news])
        publish_at_once(self.document)

        with self.assertRaisesMessage(Refused, "đã được đăng riêng"):
            bundles.approve(bundle, by=self.cast.head)


class WhatMayJoin(MixedDossier):
    def test_one_draft_is_in_one_open_dossier(self):
        self.made([self.news])

        with self.assertRaisesMessage(Refused, "đã ở trong hồ sơ"):
            self.made([self.news])

    def test_under_review_alone_it_is_not_submitted_with_others(self):
        bundle = self.made([self.document])
        approval.submit(self.document, by=self.writer, declaration=True, remark="Đã xem lại.")

        with self.assertRaisesMessage(Refused, "đang chờ duyệt hoặc bị trả lại riêng"):
            self.submit(bundle)

    def test_in_a_submitted_dossier_it_is_not_submitted_alone(self):
        self.submitted([self.document])

        with self.assertRaisesMessage(Refused, "hồ sơ"):
            approval.submit(self.document, by=self.writer, declaration=True, remark="Đã xem lại.")

    def test_what_has_an_hour_of_its_own_is_refused(self):
        news = self.news.get_latest_revision_as_object()
        news.go_live_at = timezone.now() + timedelta(days=3)
        news.save_revision(user=self.writer)
        bundle = self.made([self.document, self.news])

        with self.assertRaisesMessage(Refused, "giờ hẹn đăng"):
            self.submit(bundle)

    def test_what_has_nothing_new_is_refused(self):
        publish(self.document, by=self.writer)
        bundle = self.made([stored(self.document)])

        with self.assertRaisesMessage(Refused, "không có bản sửa"):
            self.submit(bundle)

    def test_a_ward_puts_nothing_of_others_into_it(self):
        with self.assertRaises(Refused):
            bundles.make("Của phường", [self.news], by=self.cast.contributor)

    def test_a_ward_is_offered_its_own_drafts_only(self):
        own = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor, title="Của Mỹ Long")
        factories.article(
            self.city.section(self.city.my_xuyen), by=self.cast.contributor_my_xuyen, title="Của Mỹ Xuyên"
        )

        offered = drafts.offered(self.cast.contributor)

        self.assertEqual([key for key, _label in offered], [f"wagtailcore.Page/{own.pk}"])
        self.assertEqual(drafts.chosen(self.cast.contributor, [f"wagtailcore.Page/{self.news.pk}"]), [])

    def test_files_of_what_waits_stay_as_they_are(self):
        picture = factories.picture(self.city.site)
        news = factories.article(self.city.section(self.city.site), by=self.writer, picture=picture)
        self.submitted([news])

        waiting = declared_files.waiting_versions(picture)

        self.assertEqual([version.subject.pk for version in waiting], [news.pk])


class Screens(MixedDossier):
    def key(self, thing):
        return f"{type_of(thing)}/{thing.pk}"

    def test_what_an_item_lacks_leads_to_it(self):
        empty = factories.article(self.city.section(self.city.site), by=self.writer, title="Tin chưa viết", body=[])
        self.client.force_login(self.writer)

        refused = self.client.post(
            reverse("workflows_bundle_new"),
            {"title": "Tin", "things": [self.key(empty)], "remark": "", "declaration": "on", "decision": "submit"},
        )

        [(name, address, found)] = refused.context["findings"]
        self.assertEqual((name, address), ("Tin chưa viết", edit_address(empty)))
        self.assertContains(refused, f'<a href="{address}">Tin chưa viết</a>')
        self.assertIn("Bài chưa có nội dung", "".join(one["message"] for one in found))

    def test_what_was_taken_down_since_is_not_called_new(self):
        bundle = bundles.make("Lệ phí", [self.news, self.document], by=self.writer)
        self.client.force_login(self.writer)
        address = reverse("workflows_bundle", args=[bundle.pk])
        self.assertContains(self.client.get(address), "Mới, chưa từng đăng", 2)
        publish_at_once(self.news)

        takedown.emergency_remove(stored(self.news), by=self.cast.head, reason="Sai số liệu.")

        self.assertContains(self.client.get(address), "Đã gỡ 30/11/2026")
        self.assertContains(self.client.get(address), "Mới, chưa từng đăng", 1)

    def test_two_persons_publish_a_mixed_dossier_in_a_dozen_steps(self):
        self.client.force_login(self.writer)
        offered = self.client.get(reverse("workflows_bundle_new")).content.decode()
        for thing in self.things:
            self.assertIn(f'value="{self.key(thing)}"', offered)

        made = self.client.post(
            reverse("workflows_bundle_new"),
            {
                "title": "Lệ phí mới",
                "things": [self.key(thing) for thing in self.things],
                "remark": "Đã xem lại.",
                "declaration": "on",
                "decision": "submit",
            },
        )
        bundle = PublicationBundle.objects.get()
        self.assertRedirects(made, reverse("workflows_bundle", args=[bundle.pk]))
        self.client.force_login(self.cast.head)
        queue = self.client.get(reverse("workflows_queue")).content.decode()
        self.assertIn(reverse("workflows_bundle", args=[bundle.pk]), queue)
        shown = self.client.get(reverse("workflows_bundle", args=[bundle.pk])).content.decode()
        self.assertIn("Duyệt và đăng", shown)
        self.client.post(reverse("workflows_bundle", args=[bundle.pk]), {"decision": "approve", "comment": ""})

        self.assertEqual(self.public(), [True] * 6)

    def test_what_was_typed_stays_when_the_declaration_is_missing(self):
        self.client.force_login(self.writer)

        answer = self.client.post(
            reverse("workflows_bundle_new"),
            {"title": "Lệ phí mới", "things": [self.key(self.news)], "decision": "submit"},
        ).content.decode()

        self.assertFalse(PublicationBundle.objects.exists())
        self.assertIn("Hãy đọc rồi đánh dấu lời cam kết", answer)
        self.assertIn('value="Lệ phí mới"', answer)

    def test_it_is_put_together_step_by_step(self):
        self.client.force_login(self.writer)
        self.client.post(
            reverse("workflows_bundle_new"),
            {"title": "Lệ phí", "things": [self.key(self.news)], "decision": "collect"},
        )
        bundle = PublicationBundle.objects.get()
        content = reverse("workflows_bundle_content", args=[bundle.pk])

        self.client.post(content, {"more": [self.key(self.document)]})
        self.assertEqual(bundle.items.count(), 2)
        self.client.post(content, {"less": [self.key(self.news)]})
        self.assertEqual([item.thing for item in bundle.items.all()], [self.document])
        self.client.post(
            reverse("workflows_bundle_submit", args=[bundle.pk]), {"declaration": "on", "remark": "Đã xem lại."}
        )
        self.assertEqual(stored(bundle).state, State.SUBMITTED)
        self.client.post(reverse("workflows_bundle_end", args=[bundle.pk]), {"decision": "recall"})
        self.assertEqual(stored(bundle).state, State.COLLECTING)
        self.client.post(reverse("workflows_bundle_end", args=[bundle.pk]), {"decision": "drop"})
        self.assertEqual(stored(bundle).state, State.DROPPED)

    def test_an_item_added_while_the_approver_looks_publishes_nothing(self):
        bundle = self.submitted([self.document])
        self.client.force_login(self.cast.head)
        address = reverse("workflows_bundle", args=[bundle.pk])
        stamp = self.client._stamp_of(address, "testserver")
        bundles.put_in(bundle, [self.news], by=self.writer)
        self.submit(bundle)

        answer = self.client.post(address, {"decision": "approve", "comment": "", "portal_seen": stamp})

        self.assertContains(answer, "đã thay đổi từ lúc bạn mở")
        self.assertFalse(stored(self.document).live)

    def test_a_returned_one_says_why_and_comes_back_to_its_submitter(self):
        bundle = self.submitted()
        self.client.force_login(self.cast.head)
        self.client.post(
            reverse("workflows_bundle", args=[bundle.pk]), {"decision": "return", "comment": "Thiếu căn cứ."}
        )
        self.client.force_login(self.writer)

        shown = self.client.get(reverse("workflows_bundle", args=[bundle.pk])).content.decode()
        work = self.client.get(reverse("wagtailadmin_home")).content.decode()

        self.assertIn("Lý do trả lại: Thiếu căn cứ.", shown)
        self.assertIn(reverse("workflows_bundle", args=[bundle.pk]), work)

    def test_people_of_a_ward_see_nothing_of_the_citys(self):
        bundle = self.submitted()
        for user in (self.cast.contributor, self.cast.ward_approver):
            self.client.force_login(user)
            for name in ("", "_content", "_submit", "_end"):
                answer = self.client.get(reverse(f"workflows_bundle{name}", args=[bundle.pk]))
                self.assertEqual(answer.status_code, 404, name)
            self.assertNotContains(self.client.get(reverse("workflows_bundles")), "Lệ phí mới")

    def test_a_page_leads_into_a_dossier(self):
        self.client.force_login(self.writer)
        edit = self.client.get(reverse("wagtailadmin_pages:edit", args=[self.news.pk])).content.decode()
        address = f"{reverse('workflows_bundle_new')}?muc={self.key(self.news)}"

        self.assertIn(address, edit)
        self.assertRegex(self.client.get(address).content.decode(), rf'value="{self.key(self.news)}"[^>]*checked')
