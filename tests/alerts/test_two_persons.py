"""By two persons: a proposed alert, its change and its end come true once another has confirmed it."""

from datetime import timedelta

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from alerts import invariants, proposing, raising
from alerts.models import Alert
from base.gate import Refused
from base.operations.mail import deliver_due
from tests.alerts.standing import content, stand
from tests.alerts.test_raising import TYPED, OnDuty
from workflows.models import ArchiveCopy, EmergencyAct, RecordChange
from workflows.publishing import record_changes, record_texts


class Proposals(OnDuty):
    def proposed(self, by=None, **changes):
        changes = {"sites": [self.city.my_long]} | changes
        return proposing.propose(content(**changes), by=by or self.cast.contributor, reason="Phường báo.")

    def confirm(self, change, by=None):
        return record_changes.confirm(change, by=by or self.cast.ward_approver, digest=change.digest)

    def test_show_readers_nothing_until_a_second_person_has_confirmed(self):
        change = self.proposed(by=self.cast.editor)

        self.assertNotIn("ven sông", self.shown("/my-long/"))
        self.assertFalse(Alert.objects.exists())
        self.confirm(change, by=self.cast.deputy)

        self.assertIn("ven sông", self.shown("/my-long/"))
        self.assertNotIn("ven sông", self.shown("/my-xuyen/"))
        version = Alert.objects.get().versions.get()
        self.assertIn(self.cast.editor.username, version.made_by_name)
        self.assertIn(self.cast.deputy.username, version.agreed_by_name)
        self.assertFalse(EmergencyAct.objects.exists())
        copy = ArchiveCopy.objects.get(object_type="alerts.Alert")
        self.assertNotEqual(copy.submitted_by, copy.approved_by)
        self.assertEqual(invariants.violations(), [])

    def test_are_mailed_at_once_to_those_who_may_confirm(self):
        mail.outbox.clear()
        change = self.proposed()

        told = sorted(address for sent in mail.outbox for address in sent.to)
        may_decide = [user.email for user in User.objects.all() if record_changes.may_decide(user, change)]
        self.assertEqual(told, sorted(may_decide))
        self.assertIn(self.cast.deputy.email, told)
        others = (self.cast.contributor, self.cast.editor, self.cast.contributor_my_xuyen, self.ward_duty)
        self.assertFalse({user.email for user in others} & set(told))
        self.assertEqual({sent.subject for sent in mail.outbox}, {f"Chờ xác nhận: {change.label}"})
        self.assertIn("Đăng cảnh báo: Triều cường", change.label)
        self.assertIn(reverse("workflows_record_change", args=[change.pk]), mail.outbox[0].body)
        mail.outbox.clear()
        self.confirm(change, by=self.cast.deputy)
        self.assertEqual(mail.outbox, [])

    @override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
    def test_are_mailed_to_nobody_when_they_were_decided_before_the_mail_left(self):
        mail.outbox.clear()
        decided, waits = self.proposed(title="Nước lên"), self.proposed(title="Nước rút")
        self.confirm(decided, by=self.cast.deputy)
        deliver_due(on=timezone.now() + timedelta(seconds=1))

        asked = {message.subject for message in mail.outbox if self.cast.deputy.email in message.to}
        self.assertEqual(asked, {f"Chờ xác nhận: {waits.label}"})

    def test_of_a_ward_are_for_its_own_pages_and_its_own_approvers(self):
        for sites in ([self.city.my_xuyen], [self.city.my_long, self.city.my_xuyen]):
            with self.assertRaises(Refused):
                self.proposed(sites=sites)
        change = self.proposed()

        self.assertEqual(change.site, self.city.my_long)
        for user in (self.cast.contributor, self.cast.contributor_my_xuyen, self.cast.unit_head, self.cast.editor):
            self.assertFalse(record_changes.may_decide(user, change), user.username)
        self.assertTrue(record_changes.may_decide(self.cast.deputy, change))

    def test_that_came_too_late_or_were_overtaken_come_to_nothing(self):
        change = self.proposed(by=self.cast.editor)
        with (
            time_machine.travel(content().ends_at + timedelta(hours=1), tick=False),
            self.assertRaises(ValidationError),
        ):
            self.confirm(change, by=self.cast.deputy)
        alert = stand(self.duty, sites=[self.city.my_long])
        ending = proposing.propose_end(alert, by=self.cast.editor, reason="Nước rút.")
        raising.change_alert(alert, content(title="Khác", sites=[self.city.my_long]), by=self.duty, reason="Rõ hơn.")
        with self.assertRaises(Refused):
            self.confirm(ending, by=self.cast.deputy)
        self.assertIsNone(Alert.objects.get(pk=alert.pk).ended_at)

    def test_change_and_end_what_stands_one_at_a_time(self):
        alert = stand(self.duty, sites=[self.city.my_long])
        wanted = content(title="Nước rút dần", sites=[self.city.my_xuyen])
        change = proposing.propose_change(alert, wanted, by=self.cast.editor, reason="Đổi nơi.")
        with self.assertRaises(Refused):
            proposing.propose_end(alert, by=self.cast.editor, reason="Nữa.")
        words = {name: (former, shall) for name, former, shall in record_texts.differences(change)}
        self.assertEqual(words["Tiêu đề"], ("Triều cường", "Nước rút dần"))
        self.assertEqual(words["Hiện ở"], (self.city.my_long.name, self.city.my_xuyen.name))

        self.confirm(change, by=self.cast.deputy)
        self.assertIn("Nước rút dần", self.shown("/my-xuyen/"))
        self.assertNotIn("ven sông", self.shown("/my-long/"))
        self.confirm(proposing.propose_end(alert, by=self.cast.editor, reason="Hết."), by=self.cast.deputy)

        self.assertNotIn("Nước rút dần", self.shown("/my-xuyen/"))

    def test_go_by_the_screens_of_both(self):
        self.client.force_login(self.cast.contributor)
        self.assertNotContains(self.client.get(reverse("alerts_new")), 'name="sites"')
        look = self.client.post(reverse("alerts_new"), TYPED)
        self.assertContains(look, "Gửi người thứ hai")
        self.assertNotContains(look, "Đăng ngay")
        done = self.client.post(reverse("alerts_new"), TYPED | {"gui-duyet": "1"}, follow=True)
        change = RecordChange.objects.get()
        self.assertContains(done, "Đăng cảnh báo: Triều cường")
        self.assertContains(self.client.get(reverse("alerts_list")), "Đăng cảnh báo: Triều cường")

        self.client.force_login(self.cast.deputy)
        self.assertContains(self.client.get(reverse("wagtailadmin_home")), "Đăng cảnh báo: Triều cường")
        screen = reverse("workflows_record_change", args=[change.pk])
        self.assertContains(self.client.get(screen), "tránh đường ven sông")
        self.client.post(screen, {"accepted": "yes", "note": "", "digest": change.digest})

        self.assertIn("tránh đường ven sông", self.shown("/my-long/"))

    def test_press_of_who_may_not_act_alone_puts_up_nothing(self):
        self.client.force_login(self.cast.contributor)

        answer = self.client.post(reverse("alerts_new"), TYPED | {"dang-ngay": "1"})

        self.assertContains(answer, "Bạn chỉ được đưa cảnh báo lên trang phường, xã của mình")
        self.assertFalse(Alert.objects.exists())

    def test_of_the_end_are_offered_to_who_may_not_end_alone(self):
        alert = stand(self.ward_duty, sites=[self.city.my_long])
        self.client.force_login(self.cast.contributor)

        screen = self.client.get(reverse("alerts_end", args=[alert.pk]))
        self.assertContains(screen, "Gửi người thứ hai")
        self.client.post(reverse("alerts_end", args=[alert.pk]), {"reason": "Nước đã rút."})

        self.assertEqual(str(RecordChange.objects.get()), f"Dừng cảnh báo: Triều cường ({self.city.my_long.name})")
        self.assertIsNone(Alert.objects.get().ended_at)
