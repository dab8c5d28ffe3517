"""Following by mail, as a citizen sees it: the form, the first mail, the page behind the link, and leaving."""

import logging
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from urllib.parse import urlsplit

from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client, override_settings
from django.urls import reverse

from base.models import OutgoingMail
from base.operations import personal_records
from base.public.page_cache import PUBLIC
from faq.asking.limits import TRAP
from subscriptions import addresses, mail_check, managing, retention, subscribing
from subscriptions.models import Subscriber, Subscription
from tests.faq.cast import questions_page
from tests.personaldata.test_personal_data import found_anywhere
from tests.subscriptions.followers import ADDRESS, DAY, Followers, link_in

State = Subscriber.State
LABEL = "Mục «Tin tức, sự kiện» của Trang thông tin điện tử thành phố Long Xuyên"
LEAVING = "List-Unsubscribe: <https://x.invalid/>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"


class TheWholeWay(Followers):
    def test_from_the_link_on_a_section_to_the_first_mail_and_out_again(self):
        section = self.reader.get(urlsplit(self.section.full_url).path)
        self.assertContains(section, f"/nhan-tin/?theo=muc-{self.section.pk}")

        answer = self.ask()
        self.assertRedirects(answer, "/nhan-tin/da-gui/", status_code=303)
        shown, confirmed = self.confirm()
        self.assertContains(shown, "Xác nhận, gửi tin cho tôi")
        self.assertContains(confirmed, "Từ nay cổng gửi thư khi có tin mới")
        self.later(seconds=1)
        page = self.published(title="Lịch cấp nước ngày lễ")
        (sent,) = self.run_jobs()

        self.assertEqual((sent.to, sent.subject), ([ADDRESS], "Mới đăng: Lịch cấp nước ngày lễ"))
        self.assertIn(page.full_url, sent.body)
        self.assertEqual(sent.extra_headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        leave = urlsplit(sent.extra_headers["List-Unsubscribe"].strip("<>")).path
        # A mail program sends it: from nowhere, with a body of its own.
        left = Client(headers={"host": "localhost"}).post(leave, {"List-Unsubscribe": "One-Click"})
        self.assertContains(left, "Đã thôi nhận tin")
        self.published()
        self.assertEqual(self.run_jobs(), [])
        self.assertEqual(found_anywhere(("nguoi-theo-doi",)), [])


class TheForm(Followers):
    def test_is_the_same_for_everybody_and_kept_by_the_page_cache(self):
        address = f"/nhan-tin/?theo=muc-{self.section.pk}"
        one, other = (Client(headers={"host": "localhost"}).get(address) for _reader in range(2))

        self.assertEqual(one.content, other.content)
        self.assertIn(PUBLIC, one.headers)
        self.assertNotContains(one, "csrfmiddlewaretoken")
        self.assertContains(one, "Mục «Tin tức, sự kiện»")

    def test_without_anything_chosen_offers_the_news_and_the_sections_of_the_site(self):
        page = self.reader.get("/nhan-tin/")

        self.assertContains(page, f'href="/nhan-tin/?theo=trang-{self.city.site.pk}"')
        self.assertContains(page, f'href="/nhan-tin/?theo=muc-{self.section.pk}"')

    def test_names_what_is_missing_and_loses_nothing_typed(self):
        for fields, words in (
            ({"email": ""}, "Hãy ghi địa chỉ thư điện tử"),
            ({"email": "không phải thư"}, "Địa chỉ thư điện tử chưa đúng"),
            ({"frequency": "hourly"}, "Hãy chọn nhận tin ngay, mỗi ngày hay mỗi tuần"),
            ({"consent": ""}, "Cần ông/bà đánh dấu đồng ý"),
        ):
            with self.subTest(fields=fields):
                answer = self.ask(**fields)

                self.assertContains(answer, words)
                self.assertContains(answer, fields.get("email", ADDRESS))
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(Subscriber.objects.count(), 0)

    def test_says_that_a_thing_is_not_there_and_offers_others(self):
        for key in ("muc-999999", "trang-0", "tim", "linh-vuc-x", "bai-1"):
            with self.subTest(key=key):
                self.assertContains(self.reader.get("/nhan-tin/", {"theo": key}), "Mục này không còn trên cổng")
        self.assertContains(self.ask("muc-999999"), "Mục này không còn trên cổng")

    def test_from_another_site_is_refused_and_from_a_program_received_for_nothing(self):
        strange = self.reader.post("/nhan-tin/", {}, headers={"origin": "https://noi-khac.example.invalid"})
        self.assertEqual(strange.status_code, 403)

        self.assertEqual(self.ask(**{TRAP: "x"}).status_code, 303)
        self.assertEqual((mail.outbox, Subscriber.objects.count()), ([], 0))

    def test_answers_alike_whatever_is_known_of_an_address(self):
        self.follow()
        new, known = self.ask(email="nguoi-khac@example.invalid"), self.ask()
        self.assertEqual((new.status_code, new.headers["Location"]), (known.status_code, known.headers["Location"]))
        # Who follows it already gets the link to their subscriptions, not a second subscription.
        self.assertEqual(mail.outbox[-1].subject, "Các mục ông/bà đang theo dõi")
        self.assertEqual(Subscription.objects.count(), 2)

    def test_mails_an_address_five_times_a_day_and_then_tells_the_sender_the_same(self):
        for _time in range(7):
            self.assertEqual(self.ask().status_code, 303)
        self.assertEqual(len(mail.outbox), subscribing.OF_BOX.most)

        self.later(days=1, seconds=1)
        self.ask()
        self.assertEqual(len(mail.outbox), subscribing.OF_BOX.most + 1)

    def test_in_english_leads_to_english_mails(self):
        answer = self.reader.post(
            "/en/nhan-tin/",
            {"theo": f"muc-{self.section.pk}", "email": ADDRESS, "frequency": "daily", "consent": "on"},
        )
        self.assertEqual(answer.headers["Location"], "/en/nhan-tin/da-gui/")
        self.assertEqual(mail.outbox[-1].subject, "Confirm that you want e-mails")


class Confirming(Followers):
    def test_needs_the_button_because_mail_programs_open_links(self):
        self.ask()
        path = link_in(mail.outbox[-1].body)
        for _scanner in range(3):
            answer = self.reader.get(path)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(Subscriber.objects.get().state, State.UNCONFIRMED)
        self.published()
        self.assertEqual(self.run_jobs(), [])

        for _press in range(2):
            self.assertContains(self.reader.post(path), "Từ nay cổng gửi thư")
        self.assertEqual(Subscriber.objects.get().state, State.ACTIVE)

    def test_is_for_one_subscription_and_opens_nothing_else(self):
        self.ask()
        token = link_in(mail.outbox[-1].body).split("/")[-2]
        for place in ("quan-ly", "thoi"):
            self.assertEqual(self.reader.get(f"/nhan-tin/{place}/{token}/").status_code, 410)
        self.assertEqual(self.reader.get(f"/nhan-tin/xac-nhan/{token}x/").status_code, 410)

    def test_not_done_within_seven_days_erases_the_address(self):
        self.ask()
        path = link_in(mail.outbox[-1].body)
        retention.purge(on=DAY + timedelta(days=6))
        self.assertEqual(Subscriber.objects.count(), 1)
        retention.purge(on=DAY + timedelta(days=7, minutes=1))
        self.assertEqual(Subscriber.objects.count(), 0)
        self.assertContains(self.reader.post(path), "Liên kết không còn dùng được", status_code=410)


class TheOwnPage(Followers):
    def setUp(self):
        super().setUp()
        self.follow()
        self.person = self.follow(f"trang-{self.city.my_long.pk}")
        self.published(title="Tin của mục")
        self.page = link_in(self.run_jobs()[0].body, "quan-ly")

    def press(self, step, **fields):
        return self.reader.post(self.page, {"step": step, **fields})

    def test_shows_what_is_followed_and_the_address_only_as_far_as_its_person_knows_it(self):
        answer = self.reader.get(self.page)

        self.assertContains(answer, "Mục «Tin tức, sự kiện»")
        self.assertContains(answer, self.city.my_long.name)
        self.assertContains(answer, "n…@example.invalid")
        self.assertNotContains(answer, ADDRESS)

    def test_changes_how_often(self):
        self.assertContains(self.press("frequency", frequency="weekly"), "Đã đổi nhịp gửi")
        self.person.refresh_from_db()
        self.assertEqual(self.person.frequency, "weekly")
        self.press("frequency", frequency="hourly")
        self.person.refresh_from_db()
        self.assertEqual(self.person.frequency, "weekly")

    def test_leaves_one_thing_and_with_the_last_one_all(self):
        first, second = Subscription.objects.order_by("pk")
        self.assertContains(self.press(f"leave-{first.pk}"), "Đã thôi theo dõi mục này")
        self.published()
        self.assertEqual(self.run_jobs(), [])
        self.assertContains(self.press(f"leave-{second.pk}"), "Đã thôi nhận tin")
        self.assertEqual(Subscriber.objects.count(), 0)

    def test_of_another_person_leaves_nothing(self):
        self.follow(email="nguoi-khac@example.invalid")
        theirs = Subscription.objects.order_by("pk").last()
        self.press(f"leave-{theirs.pk}")
        self.assertTrue(Subscription.objects.filter(pk=theirs.pk).exists())

    def test_gives_a_copy_of_the_data_and_erases_them(self):
        copy = self.press("copy")
        text = copy.content.decode("utf-8-sig")
        self.assertIn(ADDRESS, text)
        self.assertIn("Mục «Tin tức, sự kiện»", text)
        self.assertIn("Tôi đồng ý để", text)
        self.assertNotIn("nguoi-theo-doi", copy.headers["Content-Disposition"])

        self.assertContains(self.press("leave-all"), "địa chỉ thư đã được xóa")
        self.assertEqual(found_anywhere(("nguoi-theo-doi",)), [])
        self.assertEqual(self.reader.get(self.page).status_code, 410)

    def test_by_a_link_asked_for_at_the_address_alone(self):
        mail.outbox.clear()
        for email in (ADDRESS, "khong-ai@example.invalid"):
            answer = self.reader.post("/nhan-tin/lien-ket/", {"email": email})
            self.assertEqual(answer.headers["Location"], "/nhan-tin/da-gui/#lien-ket")
        self.assertEqual([message.to for message in mail.outbox], [[ADDRESS]])
        self.assertEqual(self.reader.get(link_in(mail.outbox[0].body, "quan-ly")).status_code, 200)
        self.assertContains(self.reader.post("/nhan-tin/lien-ket/", {"email": ""}), "Hãy ghi địa chỉ thư điện tử")

    def test_leaving_has_a_page_with_a_button_too(self):
        self.published()
        leave = link_in(self.run_jobs()[0].body, "thoi")
        self.assertContains(self.reader.get(leave), "Thôi nhận tất cả")
        self.assertEqual(Subscriber.objects.count(), 1)
        self.assertContains(self.reader.post(leave), "Đã thôi nhận tin")
        self.assertContains(self.reader.post(leave), "Đã thôi nhận tin")
        self.assertEqual(Subscriber.objects.count(), 0)


class ALink(Followers):
    """What opens something by itself stands in no log and is told to no other page."""

    def setUp(self):
        super().setUp()
        self.person = self.follow()

    def openings(self) -> list[str]:
        """The path of each kind of link, one that opens nothing more, and its page in English."""
        self.ask(f"trang-{self.city.my_long.pk}")
        ours = [addresses.path(purpose, self.person) for purpose in (addresses.MANAGE, addresses.LEAVE)]
        return [link_in(mail.outbox[-1].body), *ours, f"{ours[0][:-3]}xx/", f"/en{ours[0]}"]

    def test_is_told_to_no_other_page_and_kept_by_nobody(self):
        for path in self.openings():
            with self.subTest(path=path):
                answer = self.reader.get(path)
                self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
                whole = f"http://localhost{path}"
                self.assertNotIn(whole, answer.content.decode())

    def test_stands_in_no_line_of_the_log_when_its_page_fails(self):
        handler = next(one for one in logging.getLogger().handlers if one.name == "console")
        self.reader.raise_request_exception = False
        for path in self.openings():
            with (
                self.subTest(path=path),
                mock.patch.object(addresses, "opened_by", side_effect=RuntimeError("Hỏng.")),
                self.assertLogs("django.request", "ERROR") as logs,
            ):
                self.assertEqual(self.reader.get(path).status_code, 500)
            (record,) = logs.records
            self.assertTrue(handler.filter(record))
            line, token = handler.format(record), path.rstrip("/").rpartition("/")[2]
            self.assertIn(f"{path.removesuffix(f'{token}/')}.../", line)
            self.assertNotIn(token, line)


class Terms(Followers):
    def test_after_two_years_a_person_is_asked_once_and_goes_without_a_press(self):
        person = self.follow()
        asked = DAY + timedelta(days=731)
        for _night in range(2):
            retention.purge(on=asked)
        (sent,) = mail.outbox
        self.assertEqual(sent.subject, "Ông/bà còn muốn nhận tin qua thư không?")
        self.clock.move_to(asked)
        self.reader.post(link_in(sent.body, "quan-ly"), {"step": "frequency", "frequency": "daily"})
        retention.purge(on=asked + timedelta(days=31))
        self.assertTrue(Subscriber.objects.filter(pk=person.pk, reminded_at=None).exists())

        Subscriber.objects.update(confirmed_at=DAY)
        retention.purge(on=asked)
        retention.purge(on=asked + timedelta(days=29))
        self.assertEqual(Subscriber.objects.count(), 1)
        retention.purge(on=asked + timedelta(days=31))
        self.assertEqual(Subscriber.objects.count(), 0)

    def test_count_among_the_records_with_personal_data(self):
        self.follow()
        self.assertIn(("người đăng ký nhận tin", 1), personal_records.held())
        retention.suppress(Subscriber.objects.get(), "bounced", on=DAY)
        self.assertIn(("người đăng ký nhận tin", 0), personal_records.held())
        self.assertEqual(found_anywhere(("nguoi-theo-doi",)), [])

    def test_a_suppressed_letter_box_is_not_written_to_until_its_day(self):
        self.follow()
        retention.suppress(Subscriber.objects.get(), "bounced", on=DAY)
        self.assertEqual(self.ask().status_code, 303)
        self.assertEqual(mail.outbox, [])
        retention.purge(on=DAY + timedelta(days=90))
        self.ask()
        self.assertEqual(len(mail.outbox), 1)

    @override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
    def test_leaving_empties_what_waits_to_leave(self):
        self.ask()
        waiting = OutgoingMail.objects.get()
        person = Subscriber.objects.get()
        managing.leave_all(person)
        waiting.refresh_from_db()
        self.assertEqual((waiting.recipient, bytes(waiting.message)), ("", b""))


class TheOffice(Followers):
    def test_sees_how_many_follow_a_section_from_five_on_and_no_address(self):
        for number in range(5):
            self.follow(email=f"nguoi-{number}@example.invalid")
            if number < 4:
                self.follow(f"trang-{self.city.site.pk}", email=f"nguoi-{number}@example.invalid")
        self.follow(f"muc-{self.city.section(self.city.my_long).pk}")
        self.client.force_login(self.cast.editor)

        screen = self.client.get(reverse("subscriptions_figures"), headers={"host": "localhost"})

        self.assertEqual([(line.label, line.count) for line in screen.context["found"].lines], [(LABEL, 5)])
        self.assertEqual(screen.context["found"].few, 2)
        self.assertNotContains(screen, "@example.invalid")

    def test_of_a_ward_sees_the_sections_of_the_ward_alone(self):
        for number in range(5):
            self.follow(email=f"nguoi-{number}@example.invalid")
        self.client.force_login(self.cast.contributor)

        screen = self.client.get(reverse("subscriptions_figures"), headers={"host": "localhost"})

        self.assertEqual(screen.context["found"].lines, [])

    def test_the_page_of_own_data_leads_to_the_link(self):
        page = questions_page(self.city)
        answer = self.reader.get(urlsplit(f"{page.full_url}du-lieu-ca-nhan/").path)

        self.assertContains(answer, 'href="/nhan-tin/lien-ket/"')


class TheMailServer(Followers):
    def test_readyz_says_so_when_what_comes_back_is_not_recognised(self):
        self.assertEqual(mail_check.check().state, "ok")
        self.follow()
        for returns, state in (("", "warning"), ("tra-ve@khac.invalid", "warning"), ("tra-ve@example.invalid", "ok")):
            with self.subTest(returns=returns), override_settings(PORTAL_MAIL_RETURNS=returns):
                self.assertEqual(mail_check.check().state, state)

    def test_a_received_mail_tells_whether_receivers_trust_it(self):
        message = f"{LEAVING}Authentication-Results: noi-nhan.invalid; dkim=pass; spf={{}}; dmarc=pass\n\nChào."
        with TemporaryDirectory() as folder:
            file = Path(folder) / "thu.eml"
            file.write_text(message.format("pass"), encoding="utf-8")
            out = StringIO()
            call_command("check_mail_headers", str(file), stdout=out)
            self.assertIn("Đạt.", out.getvalue())
            for text, words in (
                (message.format("softfail"), "SPF không đạt"),
                ("Subject: x\n\nChào.", "thiếu tiêu đề List-Unsubscribe"),
            ):
                file.write_text(text, encoding="utf-8")
                with self.assertRaisesMessage(CommandError, words):
                    call_command("check_mail_headers", str(file), stdout=out)
            with self.assertRaises(CommandError):
                call_command("check_mail_headers", str(Path(folder) / "khong-co.eml"))
