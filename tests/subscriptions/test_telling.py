"""Who is told what, when and how often: each change once, nothing before it is public, nothing that went meanwhile."""

from datetime import date, datetime, timedelta
from email import message_from_bytes
from unittest import mock

from django.core import mail as sent_mails
from django.test import override_settings

from base.models import OutgoingMail, PortalSite
from base.operations import mail
from sections.models.article import ArticleCorrection
from subscriptions import managing, sending, spreading
from subscriptions.models import Mailing, PublicChange, Subscriber, Subscription, Telling
from tests import factories
from tests.city import publish
from tests.faq.cast import a_topic
from tests.legalref.library import repealed
from tests.subscriptions.followers import ADDRESS, DAY, VIETNAM, Followers, link_in
from workflows.models import TakeDown
from workflows.publishing import takedown

Kind = PublicChange.Kind
OUTBOX = override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")


class WhatIsTold(Followers):
    def removed(self, page, ground=TakeDown.Ground.ERROR):
        takedown.emergency_remove(page, by=self.cast.head, reason="Sai số liệu.", ground=ground)
        self.later(seconds=1)

    def corrected(self, page, note="Giá đúng là 10.000 đồng.", **fields):
        page = type(page).objects.get(pk=page.pk)
        page.corrections = [
            *page.corrections.all(),
            ArticleCorrection(corrected_on=datetime.now(VIETNAM).date(), note=note),
        ]
        page.summary = f"{page.summary} Đã sửa."
        page.save_revision(user=self.cast.editor)
        publish(page)
        self.later(seconds=1)

    def test_of_a_section_what_is_published_in_it_and_of_a_site_all_its_news(self):
        news = self.city.section(self.city.my_long)
        self.follow(f"muc-{news.pk}")
        self.follow(f"trang-{self.city.my_xuyen.pk}", email="khac@example.invalid")
        self.published(news, title="Tin Mỹ Long")
        self.published(self.city.section(self.city.my_xuyen), title="Tin Mỹ Xuyên")
        self.published(title="Tin thành phố")

        self.assertEqual(
            sorted((sent.to[0], sent.subject) for sent in self.run_jobs()),
            [("khac@example.invalid", "Mới đăng: Tin Mỹ Xuyên"), (ADDRESS, "Mới đăng: Tin Mỹ Long")],
        )

    def test_of_a_ward_what_the_city_shows_there_and_each_person_once(self):
        ward, other = self.city.my_long, self.city.my_xuyen
        self.follow(f"trang-{ward.pk}")
        for key in (f"muc-{self.city.section(ward).pk}", f"muc-{self.section.pk}"):
            self.follow(key)
        self.follow(f"trang-{other.pk}", email="khac@example.invalid")
        self.follow(f"muc-{self.city.section(ward, 'tuyen-truyen').pk}", email="khac@example.invalid")
        self.follow(f"tim-{ward.pk}", q="ống nước", email="tim@example.invalid")

        page = self.published(title="Sửa ống nước", on_wards=[ward.pk])

        mails = self.run_jobs()
        self.assertEqual(
            sorted((sent.to[0], sent.subject) for sent in mails),
            [(ADDRESS, "Mới đăng: Sửa ống nước"), ("tim@example.invalid", "Mới đăng: Sửa ống nước")],
        )
        self.assertTrue(all(sent.body.count(page.full_url) == 1 for sent in mails))
        self.removed(page)
        self.assertEqual(sorted(sent.to[0] for sent in self.run_jobs()), [ADDRESS, "tim@example.invalid"])

    def test_of_every_ward_what_is_for_all_while_it_is_open(self):
        self.follow(f"muc-{self.city.section(self.city.my_long).pk}")
        self.follow(f"trang-{self.city.my_xuyen.pk}", email="khac@example.invalid")
        PortalSite.objects.filter(pk=self.city.my_xuyen.pk).update(state=PortalSite.State.FROZEN)

        self.published(title="Sửa ống nước", on_every_ward=True)

        self.assertEqual([sent.to for sent in self.run_jobs() if "Sửa ống nước" in sent.subject], [[ADDRESS]])

    def test_of_a_search_what_holds_its_words_with_and_without_marks(self):
        self.follow("tim", q="cấp nước")
        self.follow(f"tim-{self.city.my_long.pk}", q="cap nuoc", email="khac@example.invalid")
        self.published(title="Lịch cấp nước")
        self.published(title="Lịch cấp điện")

        self.assertEqual(
            [(sent.to[0], sent.subject) for sent in self.run_jobs()], [(ADDRESS, "Mới đăng: Lịch cấp nước")]
        )
        self.assertNotIn("cấp nước", str(list(Subscription.objects.values("followed"))))

    def test_of_a_document_when_it_is_amended_replaced_or_repealed(self):
        old = publish(factories.document(self.city.site, by=self.cast.editor), by=self.cast.editor)
        new = publish(
            factories.document(self.city.site, by=self.cast.editor, issued_on=date(2026, 9, 1)), by=self.cast.editor
        )
        self.follow(f"van-ban-{old.pk}")
        self.assertEqual(self.run_jobs(), [])
        repealed(old, by=self.cast.standing_office, by_document=new, effective_on=date(2026, 9, 7))
        self.later(seconds=1)

        (sent,) = self.run_jobs()
        self.assertIn(f"Thay đổi hiệu lực: {old.name}", sent.subject)
        self.assertIn("Hết hiệu lực toàn bộ", sent.body)
        self.assertEqual(self.run_jobs(), [])

    def test_of_a_register_what_is_new_and_not_what_was_issued_long_ago(self):
        register = self.city.section(self.city.site, "van-ban")
        self.follow(f"muc-{register.pk}")
        publish(factories.document(self.city.site, by=self.cast.editor), by=self.cast.editor)
        new = publish(
            factories.document(self.city.site, by=self.cast.editor, issued_on=date(2026, 9, 1)), by=self.cast.editor
        )
        self.later(seconds=1)

        (sent,) = self.run_jobs()
        self.assertIn(new.name, sent.subject)

    def test_a_correction_is_told_once_and_another_change_of_the_text_is_not(self):
        self.follow()
        page = self.published(title="Giá nước mới")
        self.run_jobs()
        self.corrected(page)
        (sent,) = self.run_jobs()
        self.assertEqual(sent.subject, "Đính chính: Giá nước mới")

        page = type(page).objects.get(pk=page.pk)
        page.summary = "Tóm tắt gọn hơn."
        page.save_revision(user=self.cast.editor)
        publish(page)
        self.later(seconds=1)
        self.assertEqual(self.run_jobs(), [])

    def test_what_was_told_and_went_is_told_and_what_went_before_is_not(self):
        self.follow()
        first = self.published(title="Tin sai")
        self.run_jobs()
        self.removed(first)
        second = self.published(title="Tin chưa báo")
        self.removed(second)

        (sent,) = self.run_jobs()
        self.assertEqual(sent.subject, "Đã gỡ bỏ: Tin sai")
        self.assertIn("Nội dung sai.", sent.body)
        self.assertNotIn("Tin chưa báo", sent.body)
        self.assertEqual(self.run_jobs(), [])

    def test_a_title_that_may_be_what_was_disclosed_is_not_told_again(self):
        self.follow()
        page = self.published(title="Danh sách hộ ông Lê Văn Mẫu")
        self.run_jobs()
        self.removed(page, TakeDown.Ground.PERSONAL_DATA)

        (sent,) = self.run_jobs()
        self.assertNotIn("Lê Văn Mẫu", sent.subject + sent.body)
        self.assertIn("Lộ dữ liệu cá nhân", sent.body)

    def test_when_what_is_followed_goes_its_people_hear_so_at_once_and_follow_it_no_more(self):
        self.follow(f"trang-{self.city.my_long.pk}", frequency="weekly")
        PortalSite.objects.filter(pk=self.city.my_long.pk).update(state=PortalSite.State.FROZEN)

        (sent,) = self.run_jobs()
        self.assertEqual(sent.subject, f"Không còn để theo dõi: {self.city.my_long.name}")
        self.assertIsNotNone(Subscription.objects.get().ended_at)
        self.assertEqual(self.run_jobs(), [])

    def test_of_a_field_the_answers_about_it(self):
        topic = a_topic()
        self.follow(f"linh-vuc-{topic.pk}")
        topic.is_active = False
        topic.save()

        (sent,) = self.run_jobs()
        self.assertIn("Lĩnh vực «Đất đai»", sent.subject)


class When(Followers):
    def test_nothing_from_before_one_confirmed(self):
        self.ask()
        first = sent_mails.outbox[-1]
        self.published()
        self.confirm(first)
        sent_mails.outbox.clear()

        self.assertEqual(self.run_jobs(), [])

    def test_one_mail_a_person_gathers_all_that_was_there_once(self):
        self.follow(frequency="daily")
        self.follow(f"trang-{self.city.site.pk}", frequency="daily")
        for title in ("Tin một", "Tin hai"):
            self.published(title=title)
        self.assertEqual(self.run_jobs(), [])

        self.clock.move_to(DAY.replace(day=8, hour=7, minute=1))
        (sent,) = self.run_jobs()
        self.assertTrue(sent.subject.startswith("2 tin từ"))
        self.assertEqual(sent.body.count("Mới đăng: "), 2)
        self.assertEqual(Telling.objects.count(), 4)
        self.assertEqual(self.run_jobs(), [])

    def test_weekly_is_monday_morning(self):
        self.follow(frequency="weekly")
        self.published()
        self.clock.move_to(DAY.replace(day=13, hour=23))
        self.assertEqual(self.run_jobs(), [])
        self.clock.move_to(DAY.replace(day=14, hour=7, minute=1))
        self.assertEqual(len(self.run_jobs()), 1)

    def test_slots(self):
        for frequency, on, slot in (
            ("at_once", DAY, DAY),
            ("daily", DAY, DAY.replace(hour=7)),
            ("daily", DAY.replace(hour=6), DAY.replace(day=6, hour=7)),
            ("weekly", DAY, DAY.replace(hour=7)),
            ("weekly", DAY.replace(hour=6), DAY.replace(month=8, day=31, hour=7)),
            ("weekly", DAY.replace(day=12), DAY.replace(hour=7)),
        ):
            with self.subTest(frequency=frequency, on=on):
                self.assertEqual(sending.slot(frequency, on), slot)

    def test_a_host_gets_so_many_a_minute_and_the_rest_later(self):
        for number in range(3):
            self.follow(email=f"nguoi-{number}@example.invalid")
        self.published()
        with mock.patch.object(sending, "MOST_A_HOST", 2):
            self.assertEqual(len(self.run_jobs()), 2)
            self.assertEqual(self.run_jobs(), [])
            self.later(minutes=1)
            self.assertEqual(len(self.run_jobs()), 1)


class WhenAJobDies(Followers):
    def test_between_change_and_change_or_person_and_person_nothing_is_twice_and_nothing_lost(self):
        for number in range(3):
            self.follow(email=f"nguoi-{number}@example.invalid")
        self.published(title="Tin một")
        self.published(title="Tin hai")
        sent_mails.outbox.clear()
        now = datetime.now(VIETNAM)
        with mock.patch.object(spreading, "_tell", side_effect=[None, KeyboardInterrupt]):
            with self.assertRaises(KeyboardInterrupt):
                spreading.spread(on=now)
        PublicChange.objects.update(spread_at=None)
        for _again in range(2):
            spreading.spread(on=now)
            PublicChange.objects.update(spread_at=None)
        self.assertEqual(Telling.objects.count(), 6)

        tell = sending._tell
        with mock.patch.object(sending, "_tell", side_effect=lambda key, on: tell(key, on) and 1 / 0):
            with self.assertRaises(ZeroDivisionError):
                sending.send_due(on=now)
        sending.send_due(on=now)
        people = [f"nguoi-{number}@example.invalid" for number in range(3)]
        self.assertEqual(sorted(sent.to[0] for sent in sent_mails.outbox), people)


@OUTBOX
class BeforeItLeaves(Followers):
    def setUp(self):
        super().setUp()
        self.ask()
        path = link_in(message_of(OutgoingMail.objects.get()))
        self.reader.post(path)
        OutgoingMail.objects.all().delete()
        self.later(seconds=1)
        self.page = self.published(title="Tin chờ gửi")
        self.other = self.published(title="Tin khác")
        # What editors are told of their pages.
        OutgoingMail.objects.all().delete()
        self.run_jobs()
        self.row = OutgoingMail.objects.get()

    def deliver(self):
        self.later(minutes=1)
        mail.deliver_due(on=datetime.now(VIETNAM))
        return [sent.recipients() for sent in sent_mails.outbox if sent.recipients() == [ADDRESS]]

    def test_what_went_while_the_server_was_away_does_not_leave_and_the_rest_is_told_anew(self):
        takedown.emergency_remove(self.page, by=self.cast.head, reason="Sai số liệu.")
        self.assertEqual(self.deliver(), [])
        self.row.refresh_from_db()
        self.assertEqual((self.row.state, self.row.recipient), ("dead", ""))
        self.assertIsNotNone(self.row.dismissed_at)

        self.run_jobs()
        self.assertEqual(self.deliver(), [[ADDRESS]])
        self.assertEqual(Telling.objects.exclude(dropped_at=None).get().change.page_id, self.page.pk)

    def test_what_went_before_its_mail_left_is_told_to_nobody_whichever_job_sees_it_first(self):
        takedown.emergency_remove(self.page, by=self.cast.head, reason="Sai số liệu.")
        OutgoingMail.objects.exclude(pk=self.row.pk).delete()
        # The jobs note that it went while the mail about it still waits.
        self.later(seconds=1)
        self.run_jobs()
        for _round in range(3):
            self.deliver()
            self.run_jobs()

        bodies = [message_of_sent(sent) for sent in sent_mails.outbox if sent.recipients() == [ADDRESS]]
        self.assertEqual(sum("Mới đăng: Tin khác" in body for body in bodies), 1)
        self.assertNotIn("Tin chờ gửi", "".join(bodies))

    def test_what_went_after_its_mail_left_is_told(self):
        self.deliver()
        takedown.emergency_remove(self.page, by=self.cast.head, reason="Sai số liệu.")
        self.later(seconds=1)
        self.run_jobs()
        self.deliver()

        last = message_of_sent([sent for sent in sent_mails.outbox if sent.recipients() == [ADDRESS]][-1])
        self.assertIn("Đã gỡ bỏ: Tin chờ gửi", last)

    def test_a_person_who_left_meanwhile_gets_nothing_even_of_a_mail_on_its_way(self):
        OutgoingMail.objects.update(state="sending", claimed_at=datetime.now(VIETNAM) - timedelta(hours=1))
        managing.leave_all(Subscriber.objects.get())
        self.assertEqual(self.deliver(), [])

    def test_what_is_still_so_leaves_once_and_nothing_of_it_is_left(self):
        self.assertEqual(len(self.deliver()), 1)
        self.assertEqual(len(self.deliver()), 1)
        self.row.refresh_from_db()
        self.assertEqual((self.row.state, self.row.recipient, self.row.subject), ("sent", "", ""))
        self.assertEqual(Mailing.objects.count(), 1)


def message_of_sent(sent) -> str:
    """Return the body of a mail that left."""
    return message_from_bytes(sent.message().as_bytes()).get_payload(decode=True).decode()


def message_of(row: OutgoingMail) -> str:
    """Return the body of a mail in the outbox."""
    return message_from_bytes(bytes(row.message)).get_payload(decode=True).decode()
