"""An alert as an item of a dossier: reviewed with what it leads to, true in one transaction with it or not at all."""

from datetime import timedelta
from unittest import mock

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alerts import invariants, proposing, raising
from alerts.models import Alert
from base.gate import Refused
from base.models import OrganisationUnit, PostHolder, SiteGeneration
from home.units import acts, posts
from legalref.models import IssuingBody
from tests import factories
from tests.alerts.standing import content, stand
from tests.city import fresh
from tests.workflows.test_bundles import MixedDossier, State, stored
from workflows.archive import copies
from workflows.models import ArchiveCopy, RecordChange
from workflows.models.bundle import type_of
from workflows.publishing import bundles, record_changes, record_rules
from workflows.publishing.bundles import drafts, hours

WORDS = "Lệ phí đổi từ hôm nay."
# Queries of one alert more in a submission.
PER_ITEM = 20


class WithAlert(MixedDossier):
    """The mixed dossier with an alert that its writer proposed for every site."""

    def setUp(self):
        super().setUp()
        self.alert = self.proposed()

    def proposed(self, by=None, **changes):
        changes = {"title": "Lệ phí mới", "text": WORDS} | changes
        return proposing.propose(content(**changes), by=by or self.writer, reason="Theo quyết định mới.")

    def with_alert(self, *things):
        return self.made([*(things or (self.document, self.news)), self.alert])

    def shown(self, path="/") -> str:
        return Client().get(path, HTTP_HOST="localhost").content.decode()

    def confirm_alone(self, change=None, by=None):
        change = change or self.alert
        return record_changes.confirm(change, by=by or self.cast.head, digest=change.digest)


class Publishing(WithAlert):
    def test_a_decision_news_a_service_an_answer_and_an_alert_are_public_at_one_instant(self):
        bundle, before = self.submit(self.with_alert(*self.things)), ArchiveCopy.objects.count()
        self.assertNotIn(WORDS, self.shown())

        published = bundles.approve(bundle, by=self.cast.head)

        self.assertEqual((self.public(), len(published)), ([True] * 6, 7))
        self.assertEqual(ArchiveCopy.objects.count() - before, 7)
        for path in ("/", "/my-long/"):
            self.assertIn(WORDS, self.shown(path))
        version = Alert.objects.get().versions.get()
        self.assertIn(self.writer.username, version.made_by_name)
        self.assertIn(self.cast.head.username, version.agreed_by_name)
        self.assertEqual(invariants.violations(), [])
        self.assertTrue(stored(self.alert).accepted)

    def test_a_fault_in_the_middle_leaves_nothing_public_and_no_alert(self):
        bundle, copies_before, sealed = self.submit(self.with_alert(*self.things)), ArchiveCopy.objects.count(), []

        def seal(revision, **kwargs):
            sealed.append(revision)
            if len(sealed) == 4:
                raise OSError("đĩa đầy")
            return real(revision, **kwargs)

        real = copies.seal
        with mock.patch("workflows.archive.copies.seal", seal), self.assertRaises(OSError):
            bundles.approve(bundle, by=self.cast.head)

        self.assertEqual((self.public(), len(sealed)), ([False] * 6, 4))
        self.assertFalse(Alert.objects.exists())
        self.assertNotIn(WORDS, self.shown())
        self.assertEqual(ArchiveCopy.objects.count(), copies_before)
        self.assertTrue(stored(self.alert).is_open)
        self.assertEqual(stored(bundle).state, State.SUBMITTED)
        self.assertEqual(len(bundles.approve(bundle, by=self.cast.head)), 7)

    def test_a_fault_of_the_alert_publishes_none_of_the_rest(self):
        bundle = self.submit(self.with_alert())

        with mock.patch("alerts.banners.write", side_effect=OSError("đĩa đầy")), self.assertRaises(OSError):
            bundles.approve(bundle, by=self.cast.head)

        self.assertFalse(stored(self.news).live or stored(self.document).live)

    def test_readers_are_told_once_at_the_end(self):
        bundle = self.submit(self.with_alert())
        before = dict(SiteGeneration.objects.values_list("site_id", "urgent_value"))

        bundles.approve(bundle, by=self.cast.head)

        after = dict(SiteGeneration.objects.values_list("site_id", "urgent_value"))
        for site in (self.city.site, self.city.my_long):
            self.assertEqual(after[site.pk] - before.get(site.pk, 0), 1)

    def test_one_alert_more_costs_no_more_than_it_does_alone(self):
        submitting, approving = [], []
        for number in (1, 3):
            bundle = self.made([self.proposed(title=f"Việc {number}.{each}") for each in range(number)])
            with CaptureQueriesContext(connection) as queries:
                self.submit(bundle)
            submitting.append(len(queries))
            with CaptureQueriesContext(connection) as queries:
                bundles.approve(bundle, by=fresh(self.cast.head))
            approving.append(len(queries))
        with CaptureQueriesContext(connection) as alone:
            self.confirm_alone(by=fresh(self.cast.head))

        self.assertLess((submitting[1] - submitting[0]) / 2, PER_ITEM)
        self.assertLess((approving[1] - approving[0]) / 2, len(alone))

    def test_other_proposals_come_true_with_it(self):
        body = IssuingBody.objects.first()
        body.name = f"{body.name} (tên mới)"
        name = record_changes.propose(body, by=self.cast.technical_admin)
        post = posts.appoint_holder(
            self.city.site.unit,
            by=self.cast.standing_office,
            name="Nguyễn Văn Mẫu",
            post="Chánh Văn phòng",
            valid_from=timezone.localdate(),
        )
        bundle = self.submit(self.made([self.document, name, post]))

        bundles.approve(bundle, by=self.cast.head)

        self.assertIn("(tên mới)", stored(body).name)
        self.assertEqual(PostHolder.objects.get(post="Chánh Văn phòng").name, "Nguyễn Văn Mẫu")
        self.assertTrue(stored(self.document).live)


class Together(WithAlert):
    def test_in_a_dossier_it_is_not_confirmed_alone_and_out_of_it_it_is(self):
        bundle = self.with_alert()

        with self.assertRaisesMessage(Refused, "nằm trong hồ sơ «Lệ phí mới»"):
            self.confirm_alone()
        bundles.take_out(bundle, bundle.items.filter(object_type=type_of(self.alert)), by=self.writer)
        self.confirm_alone()

        self.assertIn(WORDS, self.shown())
        self.assertFalse(stored(self.news).live)

    def test_put_into_a_submitted_one_it_takes_it_out_of_review(self):
        bundle = self.submit(self.made([self.document, self.news]))

        bundles.put_in(bundle, [self.alert], by=self.writer)

        self.assertEqual(stored(bundle).state, State.COLLECTING)

    def test_taken_back_or_refused_alone_it_sends_the_dossier_back_with_the_reason(self):
        for words, end in (
            ("rút lại", lambda: record_changes.withdraw(self.alert, by=self.writer)),
            ("Chưa rõ.", lambda: record_changes.refuse(self.alert, by=self.cast.deputy, note="Chưa rõ.")),
        ):
            with self.subTest(words):
                bundle = self.submit(self.with_alert())
                mail.outbox.clear()

                end()

                self.assertEqual(stored(bundle).state, State.RETURNED)
                self.assertIn(words, stored(bundle).reason)
                self.assertIn(self.writer.email, [address for sent in mail.outbox for address in sent.to])
                with self.assertRaises(Refused):
                    bundles.approve(bundle, by=self.cast.head)
                with self.assertRaisesMessage(Refused, "không còn chờ người thứ hai"):
                    self.submit(stored(bundle))
                bundles.drop(stored(bundle), by=self.writer)
                self.alert = self.proposed()

    def test_overtaken_it_stops_the_dossier_until_it_is_taken_out(self):
        alert = stand(self.cast.head, title="Triều cường")
        self.alert = proposing.propose_end(alert, by=self.writer, reason="Nước rút.")
        bundle = self.submit(self.with_alert())
        raising.change_alert(alert, content(title="Triều cường lên"), by=self.cast.head, reason="Rõ hơn.")

        with self.assertRaisesMessage(Refused, "cảnh báo đã thay đổi từ lúc đề nghị"):
            bundles.approve(bundle, by=self.cast.deputy)
        self.assertFalse(stored(self.news).live)
        bundles.take_out(bundle, bundle.items.filter(object_type=type_of(self.alert)), by=self.writer)
        self.submit(stored(bundle))

        self.assertEqual(len(bundles.approve(stored(bundle), by=self.cast.deputy)), 2)

    def test_at_the_hour_of_the_dossier_it_begins_with_the_rest(self):
        hour = timezone.now() + timedelta(hours=6)
        bundle = self.submit(self.with_alert(), publish_at=hour)
        self.assertEqual(bundles.approve(bundle, by=self.cast.head), [])
        self.assertNotIn(WORDS, self.shown())

        with time_machine.travel(hour + timedelta(minutes=1), tick=False):
            hours.publish_due()
            self.assertIn(WORDS, self.shown())

        self.assertTrue(stored(self.news).live)
        self.assertIn(self.cast.head.username, Alert.objects.get().versions.get().agreed_by_name)

    def test_one_that_is_over_before_that_hour_is_not_submitted(self):
        bundle = self.with_alert()

        with self.assertRaisesMessage(ValidationError, "trước giờ đăng của hồ sơ"):
            self.submit(bundle, publish_at=timezone.now() + timedelta(days=2))

    def act_on_units(self, verb, *args, **fields):
        day = {"effective_on": timezone.localdate(), "legal_act": "12/QĐ-UBND ngày 01/12/2026"}
        return verb(*args, by=self.cast.standing_office, **{**day, **fields})

    def test_a_new_unit_and_a_new_name_come_true_with_the_news_of_them(self):
        named = OrganisationUnit.objects.create(name="Phòng Cũ", slug="phong-cu", kind="office")
        founding = self.act_on_units(acts.found_unit, name="Phòng Mẫu", kind="office")
        renaming = self.act_on_units(acts.rename_unit, named, name="Phòng Mới")
        offered = dict(drafts.offered(self.writer))
        for change in (founding, renaming):
            self.assertIn(f"{type_of(change)}/{change.pk}", offered)
        bundle = self.submit(self.made([self.news, founding, renaming]))
        self.assertFalse(OrganisationUnit.objects.filter(name__in=("Phòng Mẫu", "Phòng Mới")).exists())

        bundles.approve(bundle, by=self.cast.head)

        self.assertEqual(OrganisationUnit.objects.filter(name__in=("Phòng Mẫu", "Phòng Mới")).count(), 2)
        self.assertTrue(stored(self.news).live)

    def test_a_new_name_is_not_submitted_for_an_hour_before_its_day(self):
        named = OrganisationUnit.objects.create(name="Phòng Cũ", slug="phong-cu", kind="office")
        day = timezone.localdate() + timedelta(days=3)
        renaming = self.act_on_units(acts.rename_unit, named, name="Phòng Mới", effective_on=day)
        founding = self.act_on_units(acts.found_unit, name="Phòng Mẫu", kind="office", effective_on=day)
        bundle = self.made([self.news, founding, renaming])

        with self.assertRaisesMessage(ValidationError, "sau giờ đăng của hồ sơ") as raised:
            self.submit(bundle, publish_at=timezone.now() + timedelta(days=1))
        self.assertEqual(len(raised.exception.messages), 1)
        self.submit(bundle, publish_at=timezone.now() + timedelta(days=4))

    def test_a_unit_that_changed_since_stops_the_dossier(self):
        named = OrganisationUnit.objects.create(name="Phòng Cũ", slug="phong-cu", kind="office")
        renaming = self.act_on_units(acts.rename_unit, named, name="Phòng Mới")
        bundle = self.submit(self.made([self.news, renaming]))
        OrganisationUnit.objects.filter(pk=named.pk).update(name="Phòng Khác")

        with self.assertRaisesMessage(Refused, "đơn vị đã thay đổi từ lúc đề nghị"):
            bundles.approve(bundle, by=self.cast.head)

        self.assertFalse(stored(self.news).live)

    def test_what_ends_units_is_confirmed_by_itself_and_the_screens_say_so(self):
        ended = OrganisationUnit.objects.create(name="Phòng Cũ", slug="phong-cu", kind="office")
        ending = self.act_on_units(acts.end_unit, ended)
        proposal = reverse("workflows_record_change", args=[ending.pk])
        self.client.force_login(self.writer)

        self.assertNotIn(f"{type_of(ending)}/{ending.pk}", dict(drafts.offered(self.writer)))
        self.assertContains(self.client.get(reverse("workflows_bundle_new")), proposal)
        self.assertContains(self.client.get(proposal), "Không đưa vào hồ sơ đăng")
        with self.assertRaisesMessage(Refused, "được xác nhận riêng"):
            self.made([self.document, ending])
        with self.assertRaises(ValueError):
            record_rules.register(RecordChange, confirming=("dispatch",), joins_dossiers=True)


class TwoPersons(WithAlert):
    def test_who_proposed_the_alert_does_not_decide(self):
        self.alert = self.proposed(by=self.cast.standing_office)
        bundle = self.submit(self.with_alert())
        about = bundles.concerned(bundle)

        self.assertIn(self.cast.standing_office.pk, about.people)
        self.assertTrue(bundles.may_decide(self.cast.head, bundle))

    def test_it_waits_once_in_the_queue_of_who_decides(self):
        self.submit(self.with_alert())
        self.client.force_login(self.cast.head)

        queue = self.client.get(reverse("workflows_queue")).content.decode()

        self.assertNotIn(reverse("workflows_record_change", args=[self.alert.pk]), queue)

    def test_of_another_ward_is_neither_offered_nor_taken(self):
        ward = self.cast.contributor
        own = self.proposed(by=ward, sites=[self.city.my_long])
        other = self.proposed(by=self.cast.contributor_my_xuyen, sites=[self.city.my_xuyen])

        offered = [key for key, _label in drafts.offered(ward)]
        self.assertEqual(offered, [f"{type_of(own)}/{own.pk}"])
        self.assertEqual(drafts.chosen(ward, [f"{type_of(each)}/{each.pk}" for each in (own, other)]), [own])
        for foreign in (other, self.alert):
            with self.assertRaisesMessage(Refused, "không có quyền soạn"):
                bundles.make("Của phường", [own, foreign], by=ward)

    def test_a_ward_publishes_its_own_with_its_news(self):
        ward = self.cast.contributor
        news = factories.article(self.city.section(self.city.my_long), by=ward, title="Ngập đường")
        own = self.proposed(by=ward, sites=[self.city.my_long])
        bundle = bundles.make("Ngập đường", [news, own], by=ward)
        self.submit(bundle, by=ward)

        bundles.approve(bundle, by=self.cast.deputy)

        self.assertIn(WORDS, self.shown("/my-long/"))
        self.assertNotIn(WORDS, self.shown("/my-xuyen/"))
        self.assertTrue(stored(news).live)


class Screens(WithAlert):
    def test_lead_from_the_proposal_into_a_dossier_and_show_it_there(self):
        self.client.force_login(self.writer)
        proposal = reverse("workflows_record_change", args=[self.alert.pk])
        key = f"{type_of(self.alert)}/{self.alert.pk}"
        self.assertContains(self.client.get(proposal), f"{reverse('workflows_bundle_new')}?muc={key}")
        self.client.post(
            reverse("workflows_bundle_new"),
            {
                "title": "Lệ phí mới",
                "things": [f"{type_of(self.document)}/{self.document.pk}", key],
                "remark": "Đã xem lại.",
                "declaration": "on",
                "decision": "submit",
            },
        )
        item = stored(self.alert)
        bundle = record_changes.open_items_of(item).get().bundle
        self.assertContains(self.client.get(proposal), "Nằm trong hồ sơ")

        self.client.force_login(self.cast.head)
        screen = reverse("workflows_bundle", args=[bundle.pk])
        self.assertContains(self.client.get(screen), WORDS)
        alone = self.client.get(proposal)
        self.assertNotContains(alone, 'value="yes"')
        self.assertContains(alone, 'value="no"')
        self.client.post(screen, {"decision": "approve", "comment": ""})

        self.assertIn(WORDS, self.shown())
        self.assertContains(self.client.get(screen), "Đã có hiệu lực")
        self.assertContains(self.client.get(proposal), "Đã xác nhận")

    def test_say_of_what_and_of_which_sites_a_proposal_is(self):
        self.client.force_login(self.cast.head)

        queue = self.client.get(reverse("workflows_queue"))

        self.assertContains(queue, "Đăng cảnh báo: Lệ phí mới (mọi trang)")
        self.assertContains(queue, "Đề nghị về cảnh báo")
        self.assertNotContains(queue, "danh mục chung")
