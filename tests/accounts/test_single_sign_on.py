"""Single sign-on, tried against a provider with real keys: the way in, and what is refused on it."""

import logging
import time
from datetime import datetime, timedelta
from unittest import mock
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, SimpleTestCase, override_settings

from accounts.models import AttemptCount, JoinedSignIn, PortalSession, User
from accounts.signin import second_factor, throttle
from accounts.signin.single_sign_on import joining, offered, views
from accounts.signin.single_sign_on.joining import Subject
from base.models import AuditEntry
from base.operations.throttle import Buckets, Rate
from tests.city import PASSWORD, CityClient, CityTestCase, fresh, with_app
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, Key

pytest.importorskip("authlib", reason="of requirements-sso.txt")

from accounts.signin.single_sign_on import client  # noqa: E402  imports the library

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
HOME, LOGIN, LOGOUT, ACCOUNT = "/quan-tri/", "/quan-tri/login/", "/quan-tri/logout/", "/quan-tri/account/"
BEGIN, BACK = "/quan-tri/dang-nhap-chung/", "/quan-tri/dang-nhap-chung/tra-loi/"
JOIN, LEAVE = "/quan-tri/dang-nhap-chung/gan/", "/quan-tri/dang-nhap-chung/dang-xuat/"
NAME = "hệ thống của tỉnh"
WRITER, HEAD = "079200001234", "079200005678"


class ProviderCase(CityTestCase):
    """The portal beside a provider; the contributor and the head have joined their accounts there."""

    client_class = Client

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.writer, cls.head = cls.cast.contributor, cls.cast.head

    def setUp(self):
        self.provider = self.enterContext(IdentityProvider())
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        told = {"ISSUER": self.provider.issuer, "CLIENT": CLIENT, "SECRET": SECRET, "NAME": NAME}
        self.enterContext(override_settings(**{f"PORTAL_OIDC_{name}": value for name, value in told.items()}))
        client.start_anew()
        User.objects.update(password_changed_at=MORNING, must_change_password=False)
        for person, name in ((self.writer, WRITER), (self.head, HEAD)):
            joining.join(person, Subject.of(self.provider.issuer, name), by=person, on=MORNING)

    def begin(self, browser=None, **query) -> str:
        """Press the button; return the address of the provider that it leads to."""
        answer = (browser or self.client).get(BEGIN, query)
        self.assertEqual(answer.status_code, 302)
        return answer["Location"]

    def come_back(self, subject=WRITER, browser=None, **claims):
        """Go there, sign in, come back; return the portal's answer."""
        browser = browser or self.client
        return self.return_to(self.provider.sign_in(self.begin(browser), subject, **claims), browser)

    def return_to(self, address: str, browser=None):
        parts = urlsplit(address)
        self.assertEqual(parts.path, BACK)
        return (browser or self.client).get(f"{BACK}?{parts.query}")

    def assertTurnedAway(self, answer, reason, browser=None):
        """The way leads to the sign-in screen, which says why and shows the form as ever; no session was begun."""
        browser = browser or self.client
        self.assertRedirects(answer, f"{LOGIN}?khong-vao={reason}", fetch_redirect_response=False)
        shown = browser.get(answer["Location"])
        self.assertContains(shown, offered.PROBLEMS[reason])
        self.assertContains(shown, 'name="password"')
        self.assertFalse(PortalSession.objects.filter(entered_at__isnull=False).exists())


class WayIn(ProviderCase):
    def test_who_only_writes_is_in_and_the_trail_says_how(self):
        shown = self.client.get(LOGIN)
        answer = self.come_back()

        self.assertContains(shown, f"Vào bằng {NAME}")
        self.assertRedirects(answer, HOME)
        session = PortalSession.objects.get(user=self.writer)
        self.assertEqual((session.entered_at, session.verified_at), (MORNING, None))
        self.assertEqual(JoinedSignIn.objects.get(user=self.writer).last_used_at, MORNING)
        actions = list(AuditEntry.objects.filter(actor_id=self.writer.pk).values_list("action", flat=True))
        self.assertIn("session.single_sign_on", actions)
        self.assertIn("session.in", actions)

    def test_the_provider_asks_anew_who_signed_in_there_longer_ago_than_a_session_may_lie_idle(self):
        asked = parse_qs(urlsplit(self.begin()).query)

        self.assertEqual(asked["max_age"], ["1800"])
        self.assertEqual(asked["redirect_uri"], [f"{settings.WAGTAILADMIN_BASE_URL}{BACK}"])

    def test_goes_on_to_the_address_that_was_asked_for_but_to_no_other_house(self):
        for wanted, place in (
            ("/quan-tri/pages/", "/quan-tri/pages/"),
            ("https://example.com/quan-tri/", HOME),
            ("//example.com/quan-tri/", HOME),
            ("/quan-tri/logout/", HOME),
        ):
            with self.subTest(wanted=wanted):
                browser = Client()
                address = self.provider.sign_in(self.begin(browser, next=wanted), WRITER)
                answer = self.return_to(f"{address}&{urlencode({'next': 'https://example.com/'})}", browser)

                self.assertEqual(answer["Location"], place)

    def test_who_approves_still_shows_the_second_factor_of_the_portal(self):
        device = with_app(self.head)
        answer = self.come_back(HEAD, amr=["pwd", "otp"], acr="2")
        before = self.client.get(HOME)
        self.client.post("/quan-tri/xac-thuc/", {"code": second_factor.present_code(device)})

        self.assertTrue(answer["Location"].startswith("/quan-tri/xac-thuc/?"))
        self.assertTrue(before["Location"].startswith("/quan-tri/xac-thuc/?"))
        self.assertEqual(self.client.get(HOME).status_code, 200)

    @override_settings(PORTAL_OIDC_SECOND_FACTOR=["otp", "muc-3"])
    def test_a_second_factor_of_the_provider_counts_where_the_settings_say_which(self):
        with_app(self.head)
        for claims, place in (
            ({"amr": ["pwd", "otp"]}, HOME),
            ({"acr": "muc-3"}, HOME),
            ({"amr": ["pwd"], "acr": "muc-1"}, "/quan-tri/xac-thuc/"),
            ({"amr": "otp"}, None),
        ):
            with self.subTest(claims=claims):
                answer = self.come_back(HEAD, Client(), **claims)
                if place:
                    self.assertEqual(urlsplit(answer["Location"]).path, place)
                else:
                    self.assertIn("khong-vao=refused", answer["Location"])

    def test_a_password_that_is_due_is_still_asked_for(self):
        User.objects.filter(pk=self.writer.pk).update(must_change_password=True)

        answer = self.come_back()

        self.assertTrue(answer["Location"].startswith("/quan-tri/doi-mat-khau/"))

    def test_the_password_stays_a_way_in(self):
        answer = self.client.post(LOGIN, {"username": self.writer.username, "password": PASSWORD})

        self.assertRedirects(answer, HOME)

    def test_gives_the_session_a_new_key_and_ends_the_one_before(self):
        self.client.post(LOGIN, {"username": self.cast.contributor_my_xuyen.username, "password": PASSWORD})
        before = self.client.cookies["sessionid"].value
        self.client.get(LOGOUT)
        address = self.provider.sign_in(self.begin(Client()), WRITER)
        self.assertTurnedElsewhere(address)
        browser = Client()
        self.come_back(browser=browser)

        self.assertNotEqual(browser.cookies["sessionid"].value, before)

    def assertTurnedElsewhere(self, address):
        """The answer to another browser's question opens nothing in this one."""
        answer = self.return_to(address)
        self.assertRedirects(answer, f"{ACCOUNT}#tab-security", fetch_redirect_response=False)
        self.assertFalse(PortalSession.objects.filter(user=self.writer).exists())

    def test_nothing_but_the_subject_is_taken_over(self):
        self.come_back(name="Tên khác", email="khac@example.invalid", groups=["admin"])

        person = fresh(self.writer)
        self.assertEqual((person.full_name, person.email), (self.writer.full_name, self.writer.email))
        self.assertEqual(set(person.groups.all()), set(self.writer.groups.all()))

    def test_no_secret_of_it_is_in_log_or_trail(self):
        with self.assertLogs(level="DEBUG") as lines:
            logging.getLogger().debug("begins")
            address = self.provider.sign_in(self.begin(), WRITER)
            waiting = self.client.session["_single_sign_on"]
            self.provider.claims = {"aud": "khac"}
            self.return_to(address)

        written = " ".join([*lines.output, *map(str, AuditEntry.objects.values_list("detail", "object_label"))])
        code = parse_qs(urlsplit(address).query)["code"][0]
        for secret in (code, waiting["code_verifier"], waiting["state"], waiting["nonce"], WRITER, SECRET):
            self.assertNotIn(secret, written)


class Refused(ProviderCase):
    def test_who_joined_no_account(self):
        users = User.objects.count()

        self.assertTurnedAway(self.come_back("999"), offered.UNKNOWN)
        self.assertEqual(User.objects.count(), users)
        entry = AuditEntry.objects.get(action="session.failed")
        self.assertEqual((entry.actor_name, entry.result), ("không rõ", "failed"))

    def test_who_is_suspended_or_whose_last_day_is_over(self):
        for change in ({"is_active": False, "suspended_at": MORNING}, {"rights_until": MORNING.date() - timedelta(1)}):
            with self.subTest(change=change):
                User.objects.filter(pk=self.writer.pk).update(is_active=True, suspended_at=None, rights_until=None)
                User.objects.filter(pk=self.writer.pk).update(**change)

                self.assertTurnedAway(self.come_back(browser=(browser := Client())), offered.CLOSED, browser)

    def test_an_answer_that_was_used_before(self):
        address = self.provider.sign_in(self.begin(), WRITER)
        first = self.return_to(address)
        self.client.post(LOGOUT)
        PortalSession.objects.all().delete()

        self.assertRedirects(first, HOME, fetch_redirect_response=False)
        self.assertTurnedAway(self.return_to(address), offered.OVER)

    def test_a_code_that_was_used_before_with_a_state_that_was_not(self):
        used = parse_qs(urlsplit(self.provider.sign_in(self.begin(), WRITER)).query)
        self.return_to(f"http://x{BACK}?{urlencode(used, doseq=True)}", self.client)
        PortalSession.objects.all().delete()
        browser = Client()
        state = parse_qs(urlsplit(self.begin(browser)).query)["state"][0]

        answer = browser.get(BACK, {"code": used["code"][0], "state": state})

        self.assertTurnedAway(answer, offered.REFUSED, browser)

    def test_the_answer_to_a_question_of_another_browser(self):
        address = self.provider.sign_in(self.begin(Client()), WRITER)
        self.begin()

        self.assertTurnedAway(self.return_to(address), offered.OVER)

    def test_a_state_is_over_after_ten_minutes_and_after_one_wrong_answer(self):
        address = self.provider.sign_in(self.begin(), WRITER)
        self.clock.shift(timedelta(minutes=11))
        self.assertTurnedAway(self.return_to(address), offered.OVER)

        address = self.provider.sign_in(self.begin(), WRITER)
        self.client.get(BACK, {"state": "sai", "code": "x"})
        self.assertTurnedAway(self.return_to(address), offered.OVER)

    def test_who_declined_there(self):
        self.begin()
        state = self.client.session["_single_sign_on"]["state"]

        answer = self.client.get(BACK, {"state": state, "error": "access_denied", "error_description": "<b>khong</b>"})

        self.assertTurnedAway(answer, offered.DECLINED)

    def test_the_answer_of_another_issuer(self):
        address = self.provider.sign_in(self.begin(), WRITER).split("&iss=")[0]

        self.assertTurnedAway(self.return_to(f"{address}&iss=https://khac.example"), offered.REFUSED)

    def test_tokens_that_are_not_right_in_any_one_thing(self):
        now = int(MORNING.timestamp())
        stranger = Key()
        stranger.name = self.provider.signer.name
        for what, claims, header, signer in (
            ("issuer", {"iss": "https://khac.example"}, {}, None),
            ("audience", {"aud": "khac"}, {}, None),
            ("audience of another that names us", {"aud": "khac", "azp": CLIENT}, {}, None),
            ("nonce", {"nonce": "khac"}, {}, None),
            ("no nonce", {"nonce": None}, {}, None),
            ("over by more than a minute", {"exp": now - 61, "iat": now - 400}, {}, None),
            ("not begun", {"nbf": now + 120}, {}, None),
            ("made in the future", {"iat": now + 120}, {}, None),
            ("no end", {"exp": None}, {}, None),
            ("no subject", {"sub": None}, {}, None),
            ("an empty subject", {"sub": ""}, {}, None),
            ("a subject that is no text", {"sub": 12}, {}, None),
            ("a subject without bounds", {"sub": "a" * 256}, {}, None),
            ("no moment of signing in", {"auth_time": None}, {}, None),
            ("signed in too long ago", {"auth_time": now - 1861}, {}, None),
            ("not signed", {}, {"alg": "none"}, None),
            ("by a secret that both know", {}, {"alg": "HS256"}, None),
            ("by another key of the same name", {}, {}, stranger),
        ):
            with self.subTest(what):
                self.provider.claims, self.provider.header = claims, header
                self.provider.signer = signer or self.provider.keys[0]
                browser = Client()
                AttemptCount.objects.all().delete()

                self.assertTurnedAway(self.come_back(browser=browser), offered.REFUSED, browser)

    def test_times_may_be_apart_by_a_minute(self):
        now = int(MORNING.timestamp())
        self.provider.claims = {"exp": now - 55, "iat": now - 300, "auth_time": now - 1830}

        self.assertRedirects(self.come_back(), HOME, fetch_redirect_response=False)

    def test_a_network_that_goes_on_is_stopped_and_the_technical_admin_told(self):
        for _number in range(20):
            self.begin()
            self.client.get(BACK, {"state": "sai", "code": "x"})

        for address in (BACK, BEGIN):
            self.assertEqual(self.client.get(address).status_code, 429)
        self.assertEqual(self.client.get(LOGIN).status_code, 200)
        self.assertTrue(AuditEntry.objects.filter(action="session.locked").exists())
        self.clock.shift(timedelta(minutes=16))
        self.assertRedirects(self.come_back(), HOME, fetch_redirect_response=False)

    def test_answers_to_no_question_of_this_browser_lock_no_network_and_write_nothing(self):
        for _number in range(25):
            answer = Client().get(BACK, {"state": "sai", "code": "x"})

        self.assertTurnedAway(answer, offered.OVER)
        self.assertFalse(AttemptCount.objects.exists())
        self.assertFalse(AuditEntry.objects.filter(action="session.failed").exists())
        self.assertRedirects(self.come_back(), HOME, fetch_redirect_response=False)

    def test_a_network_that_only_begins_leaves_no_sessions_without_end(self):
        ways = Buckets({"begun": Rate(2, 0.01)})
        with mock.patch.object(throttle, "WAYS", ways):
            answers = [Client().get(BEGIN).status_code for _number in range(4)]

        self.assertEqual(answers, [302, 302, 429, 429])
        self.assertEqual(Session.objects.count(), 2)
        self.assertEqual(self.client.get(BEGIN).status_code, 302)

    def test_every_reason_has_its_sentence_and_an_unknown_one_says_nothing(self):
        self.assertEqual(set(views.WRITTEN) | {offered.AWAY, offered.STAYS}, set(offered.PROBLEMS))
        self.assertNotContains(self.client.get(LOGIN, {"khong-vao": "<b>gì đó</b>"}), "gì đó")


class TheProvider(ProviderCase):
    def test_that_changes_its_keys_is_asked_for_them(self):
        self.come_back(browser=Client())
        self.provider.rotate()

        self.assertRedirects(self.come_back(), HOME, fetch_redirect_response=False)
        self.assertEqual(self.provider.asked.count("/can-bo/khoa"), 2)

    def test_is_described_once_an_hour(self):
        for _number in range(3):
            self.begin(Client())
        self.assertEqual(len(self.provider.asked), 1)

        with mock.patch.object(time, "monotonic", return_value=time.monotonic() + 3601):
            self.begin(Client())
        self.assertEqual(len(self.provider.asked), 2)

    def test_that_is_away_leaves_the_form_and_is_not_asked_by_a_crowd(self):
        for mode in ("broken", "elsewhere", "silent"):
            with self.subTest(mode):
                client.start_anew()
                self.provider.mode, self.provider.asked = mode, []
                with mock.patch.object(client, "WAIT_SECONDS", 0.2):
                    answers = [self.client.get(BEGIN) for _number in range(3)]

                for answer in answers:
                    self.assertTurnedAway(answer, offered.AWAY)
                self.assertEqual(len(self.provider.asked), 1)
        self.assertFalse(AttemptCount.objects.exists())

    def test_that_goes_away_between_question_and_answer_is_said_to_be(self):
        address = self.provider.sign_in(self.begin(), WRITER)
        self.provider.mode = "broken"

        self.assertTurnedAway(self.return_to(address), offered.AWAY)

    def test_that_describes_another_or_an_open_connection_is_not_taken(self):
        for described in (
            {"issuer": "https://khac.example"},
            {"token_endpoint": None},
            {"token_endpoint": "ftp://127.0.0.1/the"},
            {"id_token_signing_alg_values_supported": ["none", "HS256"]},
        ):
            with self.subTest(described=described):
                client.start_anew()
                self.provider.described = described

                self.assertTurnedAway(self.client.get(BEGIN), offered.AWAY)

    def test_ends_its_own_session_too_without_a_token_in_the_address(self):
        self.come_back()
        shown = self.client.post(LOGOUT, follow=True)
        answer = self.client.get(LEAVE)

        self.assertContains(shown, LEAVE)
        place, asked = answer["Location"].split("?")
        self.assertEqual(place, f"{self.provider.issuer}/dang-xuat")
        self.assertEqual(set(parse_qs(asked)), {"client_id", "post_logout_redirect_uri", "state"})

    def test_that_has_no_place_to_sign_out_is_no_dead_end(self):
        self.provider.described = {"end_session_endpoint": None}

        answer = self.client.get(LEAVE, follow=True)

        self.assertContains(answer, offered.PROBLEMS[offered.STAYS])


class Joining(ProviderCase):
    client_class = CityClient

    def setUp(self):
        super().setUp()
        self.person = self.cast.contributor_my_xuyen
        self.client.force_login(self.person)

    def show(self, **fields):
        return self.client.post(JOIN, {"password": PASSWORD, **fields})

    def test_begins_on_the_account_page_with_the_password_and_a_sign_in_there_anew(self):
        account = self.client.get(ACCOUNT)
        form = self.client.get(JOIN)
        shown = self.show()
        address = self.begin(gan="1")
        self.return_to(self.provider.sign_in(address, "333"))

        self.assertContains(account, JOIN)
        self.assertContains(form, "Mật khẩu đang dùng")
        self.assertContains(shown, f"{BEGIN}?gan=1")
        asked = parse_qs(urlsplit(address).query)
        self.assertEqual((asked["prompt"], asked["max_age"]), (["login"], ["0"]))
        self.assertEqual(joining.person_of(Subject.of(self.provider.issuer, "333")), self.person)
        self.assertContains(self.client.get(ACCOUNT), "Bỏ gắn đăng nhập chung")
        self.assertRedirects(self.come_back("333", Client()), HOME, fetch_redirect_response=False)

    def test_needs_the_code_of_who_has_the_second_factor(self):
        device = with_app(self.person)

        wrong = self.show(code="000000")
        without = self.show()
        right = self.show(code=second_factor.present_code(device))

        self.assertContains(wrong, second_factor.WRONG_CODE)
        self.assertContains(without, "Hãy nhập mã")
        self.assertContains(right, f"{BEGIN}?gan=1")

    def test_without_password_and_code_shown_a_moment_ago_leads_to_where_they_are_shown(self):
        self.assertRedirects(self.client.get(BEGIN, {"gan": "1"}), JOIN)
        self.assertContains(self.show(password="sai"), "Mật khẩu đang dùng không đúng")
        self.assertRedirects(self.client.get(BEGIN, {"gan": "1"}), JOIN)
        self.show()
        self.clock.shift(timedelta(minutes=11))
        self.assertRedirects(self.client.get(BEGIN, {"gan": "1"}), JOIN)

    def test_wrong_passwords_are_slowed_as_when_it_is_changed(self):
        answers = [self.show(password="sai").status_code for _number in range(8)]

        self.assertEqual((answers[0], answers[-1]), (200, 429))

    def test_the_tenth_wrong_password_or_code_is_told_to_the_technical_admins(self):
        with_app(self.person)
        for limit, wrong, what in (
            (throttle.OLD_PASSWORD, {"password": "sai"}, "gắn đăng nhập chung: sai mật khẩu 10 lần"),
            (throttle.CODE, {"code": "000000"}, "sai mã xác thực 10 lần"),
        ):
            with self.subTest(what=what):
                for _number in range(limit.most - 1):
                    throttle.code_failed(self.person, "127.0.0.1", on=MORNING, limit=limit)
                self.clock.move_to(MORNING + timedelta(minutes=5))
                locked = AuditEntry.objects.filter(action="session.locked", detail={"what": what})
                self.assertFalse(locked.exists())

                self.show(**{"code": "111111", **wrong})

                self.assertTrue(locked.exists())
                self.assertEqual(self.show(**wrong).status_code, 429)
                AttemptCount.objects.all().delete()
                self.clock.move_to(MORNING)

    def test_takes_nobody_who_signed_in_there_before_it_was_asked(self):
        self.show()
        self.provider.claims = {"auth_time": int(MORNING.timestamp()) - 120}

        self.return_to(self.provider.sign_in(self.begin(gan="1"), "333"))

        self.assertContains(self.client.get(ACCOUNT), offered.PROBLEMS[offered.REFUSED])
        self.assertFalse(JoinedSignIn.objects.filter(user=self.person).exists())

    def test_an_account_of_another_person_is_refused_with_the_reason(self):
        self.show()
        self.return_to(self.provider.sign_in(self.begin(gan="1"), WRITER))

        self.assertContains(self.client.get(ACCOUNT), "đã gắn với tài khoản của người khác")
        self.assertEqual(joining.person_of(Subject.of(self.provider.issuer, WRITER)), self.writer)

    def test_the_answer_is_for_the_session_in_which_it_was_asked(self):
        self.show()
        address = self.provider.sign_in(self.begin(gan="1"), "333")
        PortalSession.objects.filter(user=self.person).update(ended=MORNING, why="elsewhere")

        self.return_to(address)

        self.assertFalse(JoinedSignIn.objects.filter(user=self.person).exists())

    def test_is_not_offered_to_an_account_of_last_resort(self):
        self.client.force_login(self.cast.superuser)

        self.assertNotContains(self.client.get(ACCOUNT), JOIN)
        self.assertRedirects(self.client.get(JOIN), HOME, fetch_redirect_response=False)


class Words(SimpleTestCase):
    def test_every_sentence_says_the_way_out(self):
        for reason, sentence in offered.PROBLEMS.items():
            with self.subTest(reason):
                self.assertRegex(sentence, "[Hh]ãy ")
