"""Appointments by decision: who records, who confirms, when rights begin and end, what an end cuts."""

from datetime import date, timedelta
from io import StringIO
from urllib.parse import urlsplit

import time_machine
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import GroupPagePermission, ModelLogEntry

from accounts import appointment_notices, appointment_rights, appointments, decisions, persons, rights
from accounts.appointments import following
from accounts.models import Appointment, AppointmentDecision, User
from accounts.roles import ADMINISTER, APPROVE, ROLES, holders, may, roles_of
from accounts.signin.links import activation_link
from base.gate import Refused
from base.models import OutgoingMail, PortalSite
from home import nightly_checks
from tests.accounts.decisions import NOW, TODAY, WithDecisions, at
from tests.city import PASSWORD, SECOND_SUPERUSER, appointed, fresh


def letters():
    """Subject and recipients of every mail that is on its way."""
    return [(row.subject, row.recipient) for row in OutgoingMail.objects.order_by("pk")] or [
        (sent.subject, ",".join(sent.to)) for sent in mail.outbox
    ]


def opened(client, link: str) -> int:
    """The status of the screen that a link of a mail leads to."""
    return client.get(urlsplit(link).path, follow=True).status_code


class Deciding(WithDecisions):
    def test_only_the_technical_admin_records_a_decision(self):
        for name in ("head", "deputy", "standing_office", "unit_head", "contributor", "accountant"):
            with self.subTest(name), self.assertRaises(Refused):
                self.decision(by=getattr(self.cast, name))

        self.assertEqual(self.decision().recorded_by, self.admin)

    def test_a_decision_is_recorded_once(self):
        first = self.decision()

        again = self.decision(number=" 15/QĐ-UBND ")

        self.assertEqual(again, first)
        with self.assertRaisesMessage(ValidationError, "đã được ghi với loại"):
            self.decision(kind="end")

    def test_names_each_field_that_is_wrong(self):
        with self.assertRaises(ValidationError) as raised:
            self.decision(
                number=" ",
                title="",
                issuing_body="",
                kind="x",
                signed_on=date(2026, 3, 3),
                sent_to_department_on=date(2026, 3, 1),
            )

        self.assertEqual(
            set(raised.exception.message_dict),
            {"number", "title", "issuing_body", "kind", "signed_on", "sent_to_department_on", "sent_by_letter"},
        )

    def test_is_never_deleted(self):
        decision = self.decision()

        for delete in (
            decision.delete,
            AppointmentDecision.objects.all().delete,
            Appointment.objects.all().delete,
            self.of(self.cast.head).delete,
        ):
            with self.assertRaises(Refused):
                delete()

    def test_the_department_is_told_by_a_letter_with_a_day(self):
        decision = self.decision()
        with self.assertRaises(ValidationError):
            decisions.mark_sent(decision, by=self.cast.standing_office, sent_on=TODAY, letter=" ")
        with self.assertRaises(Refused):
            decisions.mark_sent(decision, by=self.cast.editor, sent_on=TODAY, letter="9/CV")

        decisions.mark_sent(decision, by=self.cast.standing_office, sent_on=TODAY, letter="9/VHTT-CV")

        decision.refresh_from_db()
        self.assertEqual((decision.sent_to_department_on, decision.sent_by_letter), (TODAY, "9/VHTT-CV"))
        self.assertTrue(ModelLogEntry.objects.filter(action="portal.appointment.send", user=self.cast.standing_office))


class Accounts(WithDecisions):
    def account(self, **fields):
        fields = {"username": "van-thu", "full_name": "Cán bộ mẫu 60", "email": "van-thu@example.invalid", **fields}
        return persons.create_account(by=fields.pop("by", self.admin), **fields)

    def test_a_new_account_has_no_password_and_no_right(self):
        made = self.account(position="Văn thư")

        self.assertFalse(made.has_usable_password())
        self.assertFalse(made.is_active)
        self.assertEqual(roles_of(made), set())
        self.assertEqual(letters(), [])

    def test_names_each_field_that_is_wrong(self):
        with self.assertRaises(ValidationError) as raised:
            self.account(username="TRUONG-BAN", full_name=" ", email="khong phai")

        self.assertEqual(set(raised.exception.message_dict), {"username", "full_name", "email"})
        with self.assertRaises(ValidationError) as raised:
            self.account(username="có dấu cách")
        self.assertEqual(set(raised.exception.message_dict), {"username"})

    def test_only_the_admin_makes_one(self):
        for name in ("head", "superuser", "unit_head"):
            with self.subTest(name), self.assertRaises(Refused):
                self.account(by=getattr(self.cast, name))

    def test_gets_its_one_time_link_when_the_first_appointment_begins(self):
        made = self.account()

        self.appoint(person=made, valid_from=TODAY + timedelta(days=1))
        self.assertEqual(letters(), [])
        appointments.begin_and_end_due(on=at(TODAY + timedelta(days=1), 0))

        made = fresh(made)
        self.assertTrue(made.is_active)
        self.assertEqual([to for _subject, to in letters()], ["van-thu@example.invalid"])
        self.assertEqual(opened(self.client, activation_link(made)), 200)

    def test_the_link_is_sent_again_until_it_was_used(self):
        made = self.account()
        self.appoint(person=made)

        persons.send_activation(fresh(made), by=self.admin)

        self.assertEqual(len(letters()), 2)
        made.set_password(PASSWORD)
        made.save(update_fields=["password"])
        with self.assertRaises(Refused):
            persons.send_activation(fresh(made), by=self.admin)

    def test_the_admin_cannot_turn_a_powerful_account_s_links_to_himself(self):
        with self.assertRaises(ValidationError) as raised:
            persons.change_account(
                self.cast.head, by=self.admin, full_name="Cán bộ mẫu 07", position="", email="ke-gian@example.invalid"
            )

        self.assertEqual(set(raised.exception.message_dict), {"email"})
        self.assertEqual(fresh(self.cast.head).email, "truong-ban@example.invalid")

    def test_the_old_address_hears_of_a_change(self):
        persons.change_account(
            self.cast.contributor,
            by=self.admin,
            full_name="Cán bộ mẫu 01",
            position="Văn thư",
            email="moi.dia-chi@example.invalid",
        )

        self.assertEqual([to for _subject, to in letters()], ["cong-tac-vien.my-long@example.invalid"])
        with self.assertRaises(Refused):
            persons.change_account(self.admin, by=self.admin, full_name="x", position="", email="a@b.invalid")

    def test_a_superuser_is_touched_by_nothing_here(self):
        superuser = self.cast.superuser
        for act in (
            lambda: self.appoint(person=superuser),
            lambda: persons.change_account(
                superuser, by=self.admin, full_name="x", position="", email="a@example.invalid"
            ),
            lambda: persons.send_activation(superuser, by=self.admin),
        ):
            with self.assertRaises(Refused):
                act()
        before = User.objects.filter(pk=superuser.pk).values().get()
        persons.sync_person(superuser)
        self.assertEqual(User.objects.filter(pk=superuser.pk).values().get(), before)


class Appointing(WithDecisions):
    def test_gives_the_role_at_once_when_its_day_has_come(self):
        appointment = self.appoint()

        self.assertEqual(appointment.state, "in_force")
        self.assertEqual(roles_of(fresh(self.newcomer), self.city.my_long), {"contributor"})
        self.assertEqual(roles_of(fresh(self.newcomer), self.city.my_xuyen), set())
        self.assertTrue(fresh(self.newcomer).is_active)

    def test_waits_for_a_day_to_come(self):
        appointment = self.appoint(valid_from=date(2026, 3, 10))

        self.assertEqual(appointment.state, "prepared")
        self.assertEqual(roles_of(fresh(self.newcomer)), set())
        appointments.begin_and_end_due(on=at(date(2026, 3, 9), 23))
        self.assertEqual(roles_of(fresh(self.newcomer)), set())
        appointments.begin_and_end_due(on=at(date(2026, 3, 10), 0))
        self.assertEqual(roles_of(fresh(self.newcomer)), {"contributor"})

    def test_nobody_records_one_for_himself(self):
        with self.assertRaises(Refused):
            self.appoint(person=self.admin)

    def test_only_the_admin_records(self):
        decision = self.decision()
        for name in ("head", "deputy", "standing_office", "unit_head", "contributor", "superuser"):
            with self.subTest(name), self.assertRaises(Refused):
                appointments.appoint(
                    decision,
                    by=getattr(self.cast, name),
                    person=self.newcomer,
                    role="contributor",
                    site=self.city.my_long,
                    valid_from=TODAY,
                )

    def test_names_each_field_that_is_wrong(self):
        closed = self.city.dong_xuyen
        PortalSite.objects.filter(pk=closed.pk).update(state="frozen")
        closed.refresh_from_db()
        for fields, wrong in (
            ({"role": "khong-co"}, {"role"}),
            ({"role": "head"}, {"role"}),
            ({"role": "unit_head", "site": self.city.site}, {"role"}),
            ({"site": closed}, {"site"}),
            ({"valid_from": date(2026, 2, 19)}, {"valid_from"}),
            ({"valid_from": None}, {"valid_from"}),
            ({"valid_to": date(2026, 3, 1)}, {"valid_to"}),
            ({"valid_from": date(2026, 2, 21), "valid_to": date(2026, 3, 1)}, {"valid_to"}),
            ({"person": self.cast.contributor}, {"person"}),
        ):
            with self.subTest(fields=fields), self.assertRaises(ValidationError) as raised:
                self.appoint(**fields)
            self.assertEqual(set(raised.exception.message_dict), wrong)

    def test_a_decision_that_ends_appoints_nobody(self):
        with self.assertRaises(ValidationError):
            appointments.appoint(
                self.decision(kind="end"),
                by=self.admin,
                person=self.newcomer,
                role="contributor",
                site=self.city.my_long,
                valid_from=TODAY,
            )

    def test_a_renewal_follows_without_a_gap_and_cuts_nothing(self):
        self.appoint(valid_to=date(2026, 3, 31))
        renewal = self.appoint(valid_from=date(2026, 4, 1), valid_to=date(2026, 12, 31))
        User.objects.filter(pk=self.newcomer.pk).update(password="pbkdf2_sha256$1$a$b")
        before = fresh(self.newcomer)

        appointments.begin_and_end_due(on=at(date(2026, 4, 1), 0))

        after = fresh(self.newcomer)
        renewal.refresh_from_db()
        self.assertEqual(renewal.state, "in_force")
        self.assertEqual((after.credentials_epoch, after.password), (before.credentials_epoch, before.password))
        self.assertEqual(after.rights_until, date(2026, 12, 31))

    def test_two_of_one_kind_are_not_in_force_together(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            appointed(self.cast.contributor, "contributor", self.city.my_long)


class Confirming(WithDecisions):
    def test_roles_that_approve_or_administer_take_two_persons(self):
        needing = {key for key, role in ROLES.items() if role.needs_confirmation}

        self.assertEqual(needing, {"head", "deputy_head", "ward_approver", "duty", "technical_admin"})

    def test_gives_no_right_before_it_is_confirmed(self):
        appointment = self.appoint("ward_approver")

        appointments.begin_and_end_due(on=at(TODAY + timedelta(days=3)))

        appointment.refresh_from_db()
        self.assertEqual(appointment.state, "prepared")
        self.assertEqual(roles_of(fresh(self.newcomer)), set())
        self.assertFalse(fresh(self.newcomer).is_active)

    def test_asks_those_who_may(self):
        self.appoint("ward_approver")

        self.assertEqual(
            {to for _subject, to in letters()}, {"truong-ban@example.invalid", "quan-tri.2@example.invalid"}
        )

    def test_the_head_or_another_admin_confirms(self):
        for who in (self.cast.head, self.other_admin):
            with self.subTest(who=who), transaction.atomic():
                appointment = self.appoint("ward_approver")

                appointments.confirm(appointment, by=who)

                self.assertEqual(roles_of(fresh(self.newcomer)), {"ward_approver"})
                self.assertEqual(rights.violations(), [])
                transaction.set_rollback(True)

    def test_nobody_else_confirms(self):
        appointment = self.appoint("ward_approver")

        for who in (
            self.admin,
            self.cast.deputy,
            self.cast.editor,
            self.cast.standing_office,
            self.cast.unit_head,
            self.cast.ward_approver,
            self.cast.superuser,
        ):
            with self.subTest(who=who), self.assertRaises(Refused):
                appointments.confirm(appointment, by=who)

    def test_nobody_confirms_his_own(self):
        own = self.appoint("deputy_head", self.city.site, person=self.other_admin)

        with self.assertRaises(Refused):
            appointments.confirm(own, by=self.other_admin)

    def test_waits_for_its_day_when_confirmed_before(self):
        appointment = self.appoint("ward_approver", valid_from=date(2026, 3, 5))

        appointments.confirm(appointment, by=self.cast.head)
        self.assertEqual(roles_of(fresh(self.newcomer)), set())

        appointments.begin_and_end_due(on=at(date(2026, 3, 5), 0))
        self.assertEqual(roles_of(fresh(self.newcomer)), {"ward_approver"})

    def test_one_admin_cannot_invent_two_approvers(self):
        """He may record whom he likes: without the head or another admin nobody of them approves anything."""
        first = self.appoint("deputy_head", self.city.site)
        helper = persons.create_account(
            by=self.admin, username="gia", full_name="Cán bộ mẫu 61", email="gia@example.invalid"
        )
        second = self.appoint("technical_admin", self.city.site, person=helper)

        for appointment in (first, second):
            for who in (self.admin, fresh(helper), fresh(self.newcomer)):
                with self.assertRaises(Refused):
                    appointments.confirm(appointment, by=who)
        self.assertFalse(may(fresh(helper), ADMINISTER, self.city.site))

    def test_a_confirmed_one_is_not_confirmed_again(self):
        appointment = self.appoint("ward_approver")
        appointments.confirm(appointment, by=self.cast.head)

        with self.assertRaises(Refused):
            appointments.confirm(appointment, by=self.other_admin)


class Starting(WithDecisions):
    """The first people of a portal, and a portal whose last admin is gone: two superusers, one each way."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self.cast.superuser, User.objects.get(username=SECOND_SUPERUSER)

    def without(self, *roles):
        Appointment.objects.in_force().filter(role__in=roles).update(state="ended")
        for user in User.objects.filter(appointments__role__in=roles).distinct():
            persons.sync_person(user)

    def record(self, by):
        decision = self.decision(by=by)
        return appointments.appoint(
            decision, by=by, person=self.newcomer, role="technical_admin", site=self.city.site, valid_from=TODAY
        )

    def test_one_superuser_records_the_first_admin_and_the_other_confirms(self):
        self.without("technical_admin", "head")
        appointment = self.record(self.first)
        with self.assertRaises(Refused):
            appointments.confirm(appointment, by=self.first)

        appointments.confirm(appointment, by=self.second)

        self.assertTrue(may(fresh(self.newcomer), ADMINISTER, self.city.site))

    def test_a_superuser_confirms_the_first_head_recorded_by_the_only_admin(self):
        self.without("head")
        appointments.revoke(
            self.of(self.other_admin), by=self.admin, decision=self.decision("end", "16/QĐ-UBND"), reason="Nghỉ việc"
        )
        head = self.appoint("head", self.city.site)

        appointments.confirm(head, by=self.first)

        self.assertEqual(roles_of(fresh(self.newcomer)), {"head"})

    def test_a_superuser_neither_records_nor_confirms_while_others_can(self):
        with self.assertRaises(Refused):
            self.record(self.first)
        appointment = self.appoint("ward_approver")
        with self.assertRaises(Refused):
            appointments.confirm(appointment, by=self.first)

    def test_with_the_head_there_a_superuser_records_and_the_head_confirms(self):
        self.without("technical_admin")
        appointment = self.record(self.first)
        with self.assertRaises(Refused):
            appointments.confirm(appointment, by=self.second)

        appointments.confirm(appointment, by=self.cast.head)

        self.assertTrue(may(fresh(self.newcomer), ADMINISTER, self.city.site))


class Ending(WithDecisions):
    def end_decision(self):
        return self.decision("end", "30/QĐ-UBND")

    def test_a_right_ends_after_its_last_day(self):
        appointment = self.appoint(valid_to=date(2026, 3, 5))

        appointments.begin_and_end_due(on=at(date(2026, 3, 5), 23))
        self.assertEqual(roles_of(fresh(self.newcomer)), {"contributor"})
        appointments.begin_and_end_due(on=at(date(2026, 3, 6), 0))

        appointment.refresh_from_db()
        self.assertEqual((appointment.state, appointment.ended_on), ("ended", date(2026, 3, 5)))
        self.assertEqual(roles_of(fresh(self.newcomer)), set())
        self.assertFalse(fresh(self.newcomer).is_active)
        self.assertEqual(rights.violations(), [])

    def test_a_second_run_of_the_job_changes_nothing(self):
        self.appoint(valid_to=date(2026, 3, 5))
        moment = at(date(2026, 3, 6), 0)

        first = appointments.begin_and_end_due(on=moment)
        again = appointments.begin_and_end_due(on=moment)

        self.assertEqual((len(first), again), (1, []))

    def test_a_revocation_cuts_at_once(self):
        self.client.force_login(self.cast.contributor)
        self.assertEqual(self.client.get(reverse("wagtailadmin_home")).status_code, 200)
        epoch = fresh(self.cast.contributor).credentials_epoch

        revoked = appointments.revoke(
            self.of(self.cast.contributor), by=self.admin, decision=self.end_decision(), reason="Chuyển công tác"
        )

        after = fresh(self.cast.contributor)
        self.assertEqual((revoked.state, revoked.ended_on, revoked.ended_at), ("revoked", TODAY, NOW))
        self.assertEqual(after.credentials_epoch, epoch + 1)
        self.assertFalse(after.is_active)
        self.assertFalse(after.has_usable_password())
        self.assertEqual(self.client.get(reverse("wagtailadmin_home")).status_code, 302)

    def test_an_end_voids_the_links_that_were_sent(self):
        self.appoint()
        link = activation_link(fresh(self.newcomer))
        self.assertEqual(opened(self.client, link), 200)
        appointments.revoke(self.of(self.newcomer), by=self.admin, decision=self.end_decision(), reason="Nhầm người")

        self.assertEqual(opened(self.client, link), 410)
        self.appoint(site=self.city.my_xuyen)

        self.assertEqual(opened(self.client, link), 410)
        self.assertEqual(opened(self.client, activation_link(fresh(self.newcomer))), 200)

    def test_losing_one_of_two_roles_cuts_sessions_but_keeps_the_account(self):
        appointed(self.cast.contributor, "unit_head", self.city.my_long)
        self.client.force_login(self.cast.contributor)

        appointments.revoke(
            self.of(self.cast.contributor, role="unit_head"), by=self.admin, decision=self.end_decision(), reason="Thôi"
        )

        after = fresh(self.cast.contributor)
        self.assertEqual(roles_of(after), {"contributor"})
        self.assertTrue(after.is_active and after.has_usable_password())
        self.assertEqual(self.client.get(reverse("wagtailadmin_home")).status_code, 302)

    def test_the_next_request_cuts_what_ended_at_midnight_without_the_job(self):
        appointed(self.cast.contributor, "unit_head", self.city.my_long, valid_to=date(2026, 3, 2))
        with time_machine.travel(at(TODAY, 23).replace(minute=50), tick=False):
            self.client.force_login(self.cast.contributor)
            self.assertEqual(self.client.get(reverse("wagtailadmin_home")).status_code, 200)

        with time_machine.travel(at(date(2026, 3, 3), 0), tick=False):
            self.assertEqual(self.client.get(reverse("wagtailadmin_home")).status_code, 302)

        self.assertEqual(self.of(self.cast.contributor, role="unit_head").state, "ended")

    def test_an_end_ahead_moves_the_last_day(self):
        appointment = appointments.end(
            self.of(self.cast.contributor), by=self.admin, decision=self.end_decision(), last_day=date(2026, 3, 20)
        )

        self.assertEqual(appointment.state, "in_force")
        self.assertEqual(fresh(self.cast.contributor).rights_until, date(2026, 3, 20))
        appointments.begin_and_end_due(on=at(date(2026, 3, 21), 0))
        appointment.refresh_from_db()
        self.assertEqual((appointment.state, appointment.end_source.number), ("ended", "30/QĐ-UBND"))

    def test_an_end_in_the_past_cuts_now(self):
        appointment = appointments.end(
            self.of(self.cast.contributor), by=self.admin, decision=self.end_decision(), last_day=date(2026, 2, 28)
        )

        self.assertEqual((appointment.state, appointment.ended_on), ("ended", TODAY))

    def test_needs_a_decision_that_ends_a_reason_and_the_admin(self):
        appointment = self.of(self.cast.contributor)
        for fields, error in (
            ({"decision": self.decision()}, ValidationError),
            ({"reason": " "}, ValidationError),
            ({"by": self.cast.head}, Refused),
            ({"by": self.cast.unit_head}, Refused),
        ):
            fields = {"by": self.admin, "decision": self.end_decision(), "reason": "Thôi việc", **fields}
            with self.subTest(fields=fields), self.assertRaises(error):
                appointments.revoke(appointment, **fields)

    def test_what_has_ended_does_not_end_again(self):
        appointment = self.of(self.cast.contributor)
        fields = {"by": self.admin, "decision": self.end_decision()}
        appointments.revoke(appointment, reason="Thôi việc", **fields)

        for act in (
            lambda: appointments.revoke(appointment, reason="Thôi việc", **fields),
            lambda: appointments.end(appointment, last_day=TODAY, **fields),
        ):
            with self.assertRaises(Refused):
                act()

    def test_a_superuser_may_take_rights_but_give_none(self):
        decision = self.decision("end", "31/QĐ-UBND", by=self.cast.superuser)

        revoked = appointments.revoke(
            self.of(self.admin), by=self.cast.superuser, decision=decision, reason="Lộ mật khẩu"
        )

        self.assertEqual(revoked.state, "revoked")
        with self.assertRaises(Refused):
            appointments.appoint(
                self.decision(number="32/QĐ-UBND", by=self.cast.superuser),
                by=self.cast.superuser,
                person=self.newcomer,
                role="contributor",
                site=self.city.my_long,
                valid_from=TODAY,
            )

    def test_the_person_is_told(self):
        appointments.revoke(
            self.of(self.cast.contributor), by=self.admin, decision=self.end_decision(), reason="Chuyển công tác"
        )

        self.assertIn("cong-tac-vien.my-long@example.invalid", [to for _subject, to in letters()])

    def test_an_end_logs_who_by_which_decision_in_words(self):
        appointments.revoke(
            self.of(self.cast.contributor), by=self.admin, decision=self.end_decision(), reason="Chuyển công tác"
        )

        entry = ModelLogEntry.objects.get(action="portal.appointment.revoke")
        self.assertEqual(entry.user, self.admin)
        self.assertEqual(entry.data["decision"], "30/QĐ-UBND ngày 20/02/2026")
        self.assertEqual((entry.data["person"], entry.data["reason"]), ("Cán bộ mẫu 01", "Chuyển công tác"))

    def test_a_step_that_fails_stops_no_end(self):
        def broken(*args, **kwargs):
            raise ValueError("hỏng")

        appointments.register_after_end(broken)
        self.addCleanup(following._steps.remove, broken)

        with self.assertLogs("accounts.appointments", "ERROR"):
            appointments.revoke(
                self.of(self.cast.contributor), by=self.admin, decision=self.end_decision(), reason="Thôi việc"
            )

        self.assertEqual(roles_of(fresh(self.cast.contributor)), set())
        self.assertTrue(ModelLogEntry.objects.filter(action="portal.appointment.handover_failed").exists())


class Replacing(WithDecisions):
    def test_the_old_one_ends_the_day_before(self):
        old = self.of(self.cast.contributor)
        decision = self.decision("replace", "40/QĐ-UBND")

        new = appointments.replace(
            old, by=self.admin, decision=decision, person=self.newcomer, valid_from=date(2026, 3, 10)
        )

        old.refresh_from_db()
        self.assertEqual((old.state, old.valid_to, new.state), ("in_force", date(2026, 3, 9), "prepared"))
        appointments.begin_and_end_due(on=at(date(2026, 3, 10), 0))
        old.refresh_from_db()
        self.assertEqual((old.state, old.ended_by), ("replaced", decision))
        self.assertEqual(roles_of(fresh(self.newcomer), self.city.my_long), {"contributor"})

    def test_at_once_when_the_day_has_come(self):
        old = self.of(self.cast.contributor)

        appointments.replace(
            old, by=self.admin, decision=self.decision("replace", "40/QĐ-UBND"), person=self.newcomer, valid_from=TODAY
        )

        self.assertEqual(roles_of(fresh(self.cast.contributor)), set())
        self.assertEqual(roles_of(fresh(self.newcomer)), {"contributor"})
        self.assertEqual(self.of(self.cast.contributor).state, "replaced")

    def test_an_approver_s_right_ends_even_while_the_new_one_waits_for_confirmation(self):
        old = self.of(self.cast.ward_approver)

        new = appointments.replace(
            old, by=self.admin, decision=self.decision("replace", "40/QĐ-UBND"), person=self.newcomer, valid_from=TODAY
        )

        self.assertTrue(new.waits_for_confirmation)
        self.assertEqual(roles_of(fresh(self.cast.ward_approver)), set())

    def test_not_by_the_same_person_nor_by_another_kind_of_decision(self):
        old = self.of(self.cast.contributor)
        for fields in ({"person": self.cast.contributor}, {"decision": self.decision()}):
            fields = {"person": self.newcomer, "decision": self.decision("replace", "40/QĐ-UBND"), **fields}
            with self.subTest(fields=fields), self.assertRaises(ValidationError):
                appointments.replace(old, by=self.admin, valid_from=TODAY, **fields)


class Delegating(WithDecisions):
    def delegate(self, of=None, **fields):
        fields = {
            "by": self.admin,
            "decision": self.decision("delegate", "50/UQ-UBND"),
            "person": self.newcomer,
            "valid_from": TODAY,
            "valid_to": date(2026, 3, 15),
            **fields,
        }
        return appointments.delegate(of or self.of(self.cast.ward_approver), **fields)

    def test_gives_the_role_for_a_time_after_a_second_person_confirmed(self):
        delegation = self.delegate()
        appointments.confirm(delegation, by=self.cast.head)

        self.assertEqual(roles_of(fresh(self.newcomer), self.city.my_long), {"ward_approver"})
        self.assertEqual(delegation.delegated_by, self.cast.ward_approver)
        appointments.begin_and_end_due(on=at(date(2026, 3, 16), 0))
        self.assertEqual(roles_of(fresh(self.newcomer)), set())

    def test_is_not_delegated_on(self):
        delegation = self.delegate()
        appointments.confirm(delegation, by=self.cast.head)

        with self.assertRaises(Refused):
            self.delegate(of=delegation, person=self.cast.contributor)

    def test_lies_inside_the_holder_s_own(self):
        Appointment.objects.filter(person=self.cast.ward_approver).update(valid_to=date(2026, 3, 10))

        with self.assertRaises(ValidationError) as raised:
            self.delegate(valid_to=date(2026, 3, 11))
        self.assertEqual(set(raised.exception.message_dict), {"valid_to"})
        with self.assertRaises(ValidationError):
            self.delegate(valid_to=None)
        with self.assertRaises(ValidationError):
            self.delegate(person=self.cast.ward_approver, valid_to=date(2026, 3, 9))

    def test_ends_with_the_holder_s_own(self):
        appointments.confirm(self.delegate(), by=self.cast.head)
        decision = self.decision("end", "30/QĐ-UBND")

        appointments.revoke(self.of(self.cast.ward_approver), by=self.admin, decision=decision, reason="Thôi việc")

        self.assertEqual(roles_of(fresh(self.newcomer)), set())
        self.assertEqual(self.of(self.newcomer).state, "revoked")
        self.assertEqual(self.of(self.newcomer).ended_by, decision)

    def test_an_end_ahead_of_the_holder_s_own_shortens_it(self):
        delegation = self.delegate()
        appointments.confirm(delegation, by=self.cast.head)

        appointments.end(
            self.of(self.cast.ward_approver),
            by=self.admin,
            decision=self.decision("end", "30/QĐ-UBND"),
            last_day=date(2026, 3, 8),
        )

        delegation.refresh_from_db()
        self.assertEqual(delegation.valid_to, date(2026, 3, 8))
        self.assertEqual(fresh(self.newcomer).rights_until, date(2026, 3, 8))


class Warning_(WithDecisions):
    """The working calendar has no holidays here: 7 working days are nine days, 30 are 42."""

    def warn(self, day: date):
        def back(end: date, n: int) -> date:
            while n:
                end -= timedelta(days=1)
                n -= end.weekday() < 5
            return end

        return appointment_notices.warn_ending(on=at(day, 7), workdays_before=back)

    def test_thirty_and_seven_working_days_before_each_once(self):
        self.appoint(valid_to=date(2026, 4, 15))

        days = [TODAY + timedelta(days=n) for n in range(45)]
        told = {str(day): [left for _found, left in self.warn(day)] for day in days}

        self.assertEqual({day: left for day, left in told.items() if left}, {"2026-03-04": [42], "2026-04-06": [9]})

    def test_what_ends_later_is_left_alone(self):
        self.appoint(valid_to=date(2026, 4, 30))

        self.assertEqual(self.warn(TODAY), [])
        self.assertEqual([subject for subject, _to in letters() if "hết hạn" in subject], [])

    def test_goes_to_the_person_the_admins_and_the_standing_office(self):
        self.appoint(valid_to=date(2026, 3, 20))
        OutgoingMail.objects.all().delete()
        mail.outbox.clear()

        self.warn(TODAY)

        self.assertEqual(
            {to for _subject, to in letters()},
            {
                "moi@example.invalid",
                "quan-tri@example.invalid",
                "quan-tri.2@example.invalid",
                "thuong-truc@example.invalid",
            },
        )

    def test_what_ends_in_the_last_days_is_told_once(self):
        self.appoint(valid_to=date(2026, 3, 4))

        self.assertEqual(len(self.warn(TODAY)), 1)
        self.assertEqual(self.warn(TODAY + timedelta(days=1)), [])


class WhoHeldWhat(WithDecisions):
    def test_answers_for_any_day_what_was_really_held(self):
        appointment = self.appoint(valid_from=date(2026, 2, 25), valid_to=date(2026, 6, 30))
        with time_machine.travel(at(date(2026, 4, 10), 14), tick=False):
            appointments.revoke(
                appointment, by=fresh(self.admin), decision=self.decision("end", "30/QĐ-UBND"), reason="Thôi việc"
            )
        of_person = Appointment.objects.filter(person=self.newcomer)

        for day, held in (
            (date(2026, 3, 1), 0),
            (TODAY, 1),
            (date(2026, 4, 10), 1),
            (date(2026, 4, 11), 0),
            (date(2026, 6, 1), 0),
        ):
            with self.subTest(day=day):
                self.assertEqual(of_person.held_between(day, day).count(), held)
        self.assertEqual(of_person.held_between(date(2026, 1, 1), date(2026, 12, 31)).count(), 1)

    def test_what_never_took_effect_was_never_held(self):
        self.appoint("ward_approver")

        self.assertFalse(
            Appointment.objects.filter(person=self.newcomer).held_between(date(2020, 1, 1), date(2030, 1, 1)).exists()
        )


class Following(WithDecisions):
    """Groups, permissions and `is_active` are what the appointments say, whatever somebody did by hand."""

    def assert_found_and_mended(self, *named: str) -> None:
        self.assertEqual([line for line, word in zip(rights.violations(), named, strict=True) if word not in line], [])

        call_command("sync_roles", stdout=StringIO())

        self.assertEqual(rights.violations(), [])

    def test_nothing_is_found_while_nobody_lends_a_hand(self):
        self.assertEqual(rights.violations(), [])

    def test_a_group_given_by_hand_gives_no_role_and_is_found(self):
        self.cast.contributor.groups.add(self.cast.head.groups.get())

        self.assertEqual(roles_of(fresh(self.cast.contributor)), {"contributor"})
        self.assertFalse(may(fresh(self.cast.contributor), APPROVE, self.city.my_long))
        self.assertNotIn(self.cast.contributor, holders(APPROVE, self.city.site))
        self.assert_found_and_mended(self.cast.contributor.username)
        self.assertEqual(fresh(self.cast.contributor).groups.count(), 1)

    def test_a_group_taken_by_hand_is_found_and_given_back(self):
        self.cast.editor.groups.clear()

        self.assert_found_and_mended(self.cast.editor.username)
        self.assertEqual(fresh(self.cast.editor).groups.count(), 1)

    def test_an_account_opened_or_closed_by_hand_is_found(self):
        User.objects.filter(pk=self.newcomer.pk).update(is_active=True)
        User.objects.filter(pk=self.cast.editor.pk).update(is_active=False)

        self.assert_found_and_mended(self.cast.editor.username, self.newcomer.username)

    def test_a_superuser_with_a_role_is_found(self):
        self.cast.superuser.groups.add(self.cast.head.groups.get())

        self.assertEqual(roles_of(fresh(self.cast.superuser)), set())
        self.assert_found_and_mended(self.cast.superuser.username)

    def test_a_permission_given_to_one_person_is_found(self):
        self.cast.editor.user_permissions.add(Permission.objects.get(codename="publish_page"))

        self.assert_found_and_mended(self.cast.editor.username)

    def test_a_permission_given_to_a_group_is_found(self):
        group = self.cast.contributor.groups.get()
        publish = Permission.objects.get(codename="publish_page")
        GroupPagePermission.objects.create(group=group, page=self.city.my_xuyen.home_page(), permission=publish)

        self.assert_found_and_mended(group.name)
        group.permissions.add(publish)
        self.assert_found_and_mended(group.name)

    def test_a_group_that_is_no_role_is_found_when_it_may_do_something(self):
        group = Group.objects.create(name="Nhóm tự lập")
        self.assertEqual(rights.violations(), [])

        group.permissions.add(Permission.objects.get(codename="publish_page"))

        self.assertEqual(len(rights.violations()), 1)
        self.assertIn("Nhóm tự lập", rights.violations()[0])

    def test_what_the_superuser_does_in_wagtail_s_form_is_found_by_the_hourly_job(self):
        self.client.force_login(self.cast.superuser)
        address = reverse("wagtailusers_users:edit", args=[self.cast.contributor.pk])
        person, head = self.cast.contributor, self.cast.head.groups.get()
        self.client.post(
            address,
            {
                "username": person.username,
                "email": person.email,
                "first_name": "A",
                "last_name": "B",
                "is_active": "on",
                "groups": [head.pk],
            },
        )
        self.assertIn(head, fresh(person).groups.all())

        with self.assertRaisesMessage(nightly_checks.RightsViolations, person.username):
            nightly_checks.verify_rights(NOW)

        self.assertFalse(may(fresh(person), APPROVE, self.city.my_long))

    def test_nobody_but_a_superuser_meets_wagtail_s_forms_of_accounts_and_groups(self):
        names = ("wagtailusers_users:index", "wagtailusers_users:add", "wagtailusers_groups:index")
        for who in ("technical_admin", "head", "standing_office", "unit_head", "contributor"):
            self.client.force_login(getattr(self.cast, who))
            for name in (*names, "wagtailusers_users:edit", "wagtailusers_users:delete"):
                args = [] if name in names else [self.cast.contributor.pk]
                with self.subTest(who=who, name=name):
                    self.assertEqual(self.client.get(reverse(name, args=args)).status_code, 404)
                    self.assertEqual(self.client.post(reverse(name, args=args), {}).status_code, 404)

    def test_an_unconfirmed_right_in_force_is_found(self):
        Appointment.objects.filter(person=self.cast.head).update(confirmed_by=None)

        self.assertEqual(len(rights.violations()), 1)

    def test_asking_for_roles_costs_one_query(self):
        user = fresh(self.cast.head)

        with self.assertNumQueries(1):
            roles_of(user, self.city.my_long)
            may(user, ADMINISTER, self.city.site)


class Approvers(WithDecisions):
    def test_counts_the_body_that_approves_for_each_site(self):
        PortalSite.objects.filter(pk=self.city.my_long.pk).update(approval_mode="delegated")

        with self.assertNumQueries(2):
            units = appointment_rights.approvers()

        found = {unit.site.slug: (unit.count, unit.by_board, unit.is_short) for unit in units}

        self.assertEqual(
            found,
            {
                "long-xuyen": (2, True, False),
                "my-long": (1, False, True),
                "my-xuyen": (2, True, False),
                "dong-xuyen": (2, True, False),
            },
        )
