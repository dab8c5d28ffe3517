"""The journal of what must not come back with an older copy: what it holds, and what is repeated from it."""

from datetime import timedelta
from unittest import mock

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import appointments
from accounts.models import Appointment, User
from accounts.roles import roles_of
from accounts.signin import passwords, sessions
from base.operations.backup import ended
from faq.models import Question
from personaldata import retention
from subscriptions import managing
from subscriptions.models import Subscriber
from tests.accounts.decisions import NOW, TODAY, WithDecisions
from tests.city import CityTestCase, fresh
from tests.faq.cast import a_question, again
from tests.subscriptions.followers import Followers


class Lost:
    """Mixin: do something, and let the database lose it while the journal keeps that it was committed."""

    def lose(self, act) -> None:
        with self.assertRaises(RuntimeError), transaction.atomic():
            act()
            raise RuntimeError("as a restored backup would have it")
        for entry in ended.since(timezone.now() - timedelta(minutes=5)):
            ended._write({"done": entry.number})

    def replay(self) -> list[str]:
        return [problem for _entry, problem in ended.replay(timezone.now() - timedelta(minutes=5), on=timezone.now())]


class TheJournal(CityTestCase):
    def test_an_entry_is_on_the_disk_before_the_commit_and_says_afterwards_that_it_was(self):
        thing, moment = self.cast.editor, timezone.now() - timedelta(minutes=1)
        with self.captureOnCommitCallbacks() as callbacks:
            ended.note("thử", thing, day="2026-03-02")
        (before,) = ended.since(moment)
        for callback in callbacks:
            callback()
        (after,) = ended.since(moment)

        self.assertEqual((before.is_done, after.is_done), (False, True))
        self.assertEqual((after.label, after.key, after.facts), ("accounts.User", thing.pk, {"day": "2026-03-02"}))

    def test_it_names_no_person(self):
        ended.note("thử", self.cast.editor)

        text = "".join(path.read_text() for path in settings.PORTAL_GONE_SHARED.glob("ended-*"))
        for word in (self.cast.editor.full_name, self.cast.editor.username, self.cast.editor.email):
            self.assertNotIn(word, text)

    def test_what_may_not_have_been_committed_or_is_unknown_is_for_a_person(self):
        ended.note(retention.ERASED, a_question(self.city, state="replied"))
        ended.note("của bản sau", self.cast.editor)

        found = {entry.kind: problem for entry, problem in ended.replay(timezone.now() - timedelta(minutes=1), on=NOW)}

        self.assertEqual(found, {retention.ERASED: ended.NOT_CERTAIN, "của bản sau": ended.UNKNOWN})

    def test_a_line_that_was_cut_off_stops_nothing(self):
        ended.note("thử", self.cast.editor)
        (path,) = settings.PORTAL_GONE_SHARED.glob("ended-*")
        with path.open("ab") as file:
            file.write(b'{"number": "ab')

        self.assertEqual(len(ended.since(timezone.now() - timedelta(minutes=1))), 1)

    def test_a_full_disk_stops_no_action(self):
        with mock.patch("os.write", side_effect=OSError(28, "No space left")):
            with self.assertLogs("base.operations.backup.ended", "ERROR"):
                ended.note("thử", self.cast.editor)

    def test_one_that_cannot_be_repeated_keeps_no_other_from_it(self):
        def fails(entry, on):
            raise ValueError("hỏng")

        replays = {
            "hỏng": ended.Replay(lambda entry: True, fails),
            "được": ended.Replay(lambda entry: True, lambda entry, on: ""),
        }
        with mock.patch.dict(ended._replays, replays):
            for kind in ("hỏng", "được"):
                ended.note(kind, self.cast.editor)
            for entry in ended.since(timezone.now() - timedelta(minutes=1)):
                ended._write({"done": entry.number})
            with self.assertLogs("base.operations.backup.ended", "ERROR"):
                found = [problem for _entry, problem in ended.replay(timezone.now() - timedelta(minutes=1), on=NOW)]

        self.assertIn("ValueError", found[0])
        self.assertEqual(found[1], "")

    def test_files_older_than_any_backup_go(self):
        ended.note("thử", self.cast.editor)

        self.assertEqual(ended.prune(on=timezone.now()), 0)
        self.assertEqual(ended.prune(on=timezone.now() + timedelta(days=ended.RETENTION_DAYS + 40)), 1)


class Erased(Lost, CityTestCase):
    def test_who_was_erased_is_erased_again_and_only_once(self):
        question = a_question(self.city, state="replied")
        self.lose(lambda: retention.purge_record(question, by=self.cast.standing_office))
        self.assertNotEqual(again(question).contact.name, "")

        self.assertEqual(self.replay(), [""])

        contact = again(question).contact
        self.assertEqual((contact.name, contact.email), ("", ""))
        self.assertIsNotNone(contact.purged_at)
        self.assertEqual(self.replay(), [])

    def test_who_withdrew_consent_is_emptied_and_the_question_goes_on(self):
        question = a_question(self.city, state="classified")
        self.lose(lambda: retention.purge_contact(question, by=self.cast.standing_office))

        self.assertEqual(self.replay(), [""])

        self.assertEqual((again(question).contact.name, again(question).contact.purged_at), ("", None))
        self.assertEqual(again(question).state, "classified")

    def test_what_the_copy_does_not_know_is_nothing_to_do(self):
        ended.note(retention.ERASED, Question(pk=999_999))

        self.assertEqual(self.replay(), [])


class Left(Lost, Followers):
    def test_who_stopped_following_is_gone_again(self):
        subscriber = self.follow()
        self.lose(lambda: managing.leave_all(subscriber))
        self.assertTrue(Subscriber.objects.filter(pk=subscriber.pk).exists())

        self.assertEqual(self.replay(), [""])

        self.assertFalse(Subscriber.objects.filter(pk=subscriber.pk).exists())
        self.assertEqual(self.replay(), [])

    def test_one_thing_that_was_left_is_left_again_and_the_other_stays(self):
        subscriber = self.follow()
        self.follow(f"trang-{self.city.my_long.pk}")
        left, stays = subscriber.subscriptions.order_by("pk")
        self.lose(lambda: managing.leave_one(subscriber, left.pk))

        self.assertEqual(self.replay(), [""])

        self.assertEqual([row.pk for row in subscriber.subscriptions.all()], [stays.pk])


class Rights(Lost, WithDecisions):
    def revoke(self, **fields):
        return appointments.revoke(
            self.of(self.cast.contributor),
            by=self.admin,
            decision=self.decision("end", "30/QĐ-UBND"),
            reason="Tài khoản ở tay người khác",
            **fields,
        )

    def test_a_revoked_appointment_is_revoked_again_with_all_that_hangs_on_it(self):
        self.lose(self.revoke)
        self.assertEqual(self.of(self.cast.contributor).state, Appointment.State.IN_FORCE)

        self.assertEqual(self.replay(), [""])

        after = fresh(self.cast.contributor)
        self.assertEqual(self.of(self.cast.contributor).state, Appointment.State.REVOKED)
        self.assertEqual((after.is_active, after.has_usable_password(), roles_of(after)), (False, False, set()))
        self.assertIn("khôi phục", self.of(self.cast.contributor).end_reason)
        self.assertEqual(self.replay(), [])

    def test_an_earlier_last_day_holds_again(self):
        day = TODAY + timedelta(days=3)
        self.lose(
            lambda: appointments.end(
                self.of(self.cast.contributor), by=self.admin, decision=self.decision("end", "31/QĐ"), last_day=day
            )
        )
        self.assertIsNone(self.of(self.cast.contributor).valid_to)

        self.assertEqual(self.replay(), [""])

        self.assertEqual(self.of(self.cast.contributor).valid_to, day)
        self.assertEqual(self.replay(), [])

    def test_a_password_that_was_changed_is_not_that_of_the_copy_again(self):
        person = self.cast.contributor
        User.objects.filter(pk=person.pk).update(password_changed_at=NOW - timedelta(days=9))
        self.lose(lambda: passwords.change_password(fresh(person), "Cau.Rong-7.Bac", by=person, on=NOW))
        self.assertTrue(fresh(person).has_usable_password())

        self.assertEqual(self.replay(), [""])

        self.assertFalse(fresh(person).has_usable_password())
        self.assertEqual(mail.outbox[-1].to, [person.email])
        self.assertEqual(self.replay(), [])

    def test_that_of_a_break_glass_account_is_for_a_person(self):
        person = self.cast.superuser
        User.objects.filter(pk=person.pk).update(password_changed_at=NOW - timedelta(days=9))
        self.lose(lambda: passwords.change_password(fresh(person), "Cau.Rong-7.Bac", by=person, on=NOW))

        (problem,) = self.replay()

        self.assertIn("changepassword", problem)
        self.assertTrue(fresh(person).has_usable_password())

    def test_every_session_ends(self):
        self.client.force_login(self.cast.contributor)

        self.assertEqual(sessions.end_everyone(on=NOW), 1)

        self.assertEqual(self.client.get(reverse("wagtailadmin_home")).status_code, 302)
