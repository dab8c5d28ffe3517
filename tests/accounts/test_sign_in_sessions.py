"""Sessions: listed, idle, too old, ended from elsewhere, and cut by a decision."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client, SimpleTestCase, override_settings

from accounts import appointments, decisions
from accounts.models import PortalSession, User
from accounts.signin import sessions
from base.models import AuditEntry
from tests.city import PASSWORD, CityClient, CityTestCase, fresh

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
HOME, LOGIN, LOGOUT, STATE = "/quan-tri/", "/quan-tri/login/", "/quan-tri/logout/", "/quan-tri/phien/"
ACCOUNT = "/quan-tri/account/"
End = PortalSession.End


class Names(SimpleTestCase):
    def test_of_browsers_leave_the_version_out(self):
        for header, name in (
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
            ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
            ("curl/8.5", "curl/8.5"),
            ("", ""),
        ):
            with self.subTest(header=header):
                self.assertEqual(sessions.agent_name(header), name)

    def test_of_networks_take_an_office_as_one(self):
        for address, network in (
            ("10.1.2.3", "10.1.2.0/24"),
            ("2001:db8:1:2::5", "2001:db8:1::/48"),
            ("", ""),
            ("x", ""),
        ):
            with self.subTest(address=address):
                self.assertEqual(sessions.network_of(address), network)


class LargeFiles(CityTestCase):
    """What nginx asks before it reads a large body: 204 lets it through, 401 does not (`deploy/nginx/portal.conf`)."""

    client_class = CityClient
    ASKED = "/quan-tri/phien/tep/"

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)

    def signed_in(self, user) -> Client:
        client = Client()
        client.post(LOGIN, {"username": user.username, "password": PASSWORD})
        return client

    def test_are_taken_from_everybody_who_is_signed_in(self):
        for user in (self.cast.contributor, self.cast.unit_head):
            with self.subTest(user.username):
                answer = self.signed_in(user).get(self.ASKED)
                self.assertEqual((answer.status_code, answer.content), (204, b""))
                self.assertIn("no-store", answer["Cache-Control"])

    def test_are_taken_from_nobody_else(self):
        made_up, left, idle, stepping = Client(), *(self.signed_in(self.cast.contributor) for _ in range(3))
        made_up.cookies["sessionid"] = "a" * 32
        left.post(LOGOUT)
        for name, client in (("nobody", Client()), ("a made-up session", made_up), ("after signing out", left)):
            with self.subTest(name):
                self.assertEqual(client.get(self.ASKED).status_code, 401)
        User.objects.filter(pk=self.cast.contributor.pk).update(must_change_password=True)
        self.assertEqual(stepping.get(self.ASKED).status_code, 401, "a step of signing in is still to do")
        User.objects.filter(pk=self.cast.contributor.pk).update(must_change_password=False)
        self.clock.shift(timedelta(minutes=31))
        self.assertEqual(idle.get(self.ASKED).status_code, 401)

    def test_of_a_session_ended_elsewhere_are_taken_no_more(self):
        client = self.signed_in(self.cast.contributor)
        sessions.end_all(self.cast.contributor, on=MORNING, why=End.ELSEWHERE, by=self.cast.contributor)
        self.assertEqual(client.get(self.ASKED).status_code, 401)

    def test_are_asked_about_by_reading_only(self):
        client = self.signed_in(self.cast.contributor)
        self.assertEqual(client.post(self.ASKED, {"tep": "x"}).status_code, 405)


class Sessions(CityTestCase):
    client_class = CityClient

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)
        self.user = fresh(self.cast.contributor)

    def signed_in(self, **options) -> Client:
        client = Client(**options)
        client.post(LOGIN, {"username": self.user.username, "password": PASSWORD})
        return client

    def is_in(self, client: Client) -> bool:
        return client.get(HOME).status_code == 200

    def last(self) -> PortalSession:
        return PortalSession.objects.order_by("pk").last()

    def test_end_when_nobody_touches_them_for_half_an_hour(self):
        client = self.signed_in()
        self.clock.shift(timedelta(minutes=29))
        before = self.is_in(client)
        self.clock.shift(timedelta(minutes=31))
        answer = client.get(HOME)

        self.assertTrue(before)
        self.assertEqual(self.last().why, End.IDLE)
        self.assertRedirects(answer, "/quan-tri/login/?next=%2Fquan-tri%2F&ly-do=idle")
        self.assertContains(client.get(answer["Location"]), "vì để lâu không dùng")

    def test_end_after_twelve_hours_however_busy(self):
        client = self.signed_in()
        for _ in range(28):
            self.clock.shift(timedelta(minutes=25))
            busy = client.get(f"{STATE}?hoat-dong=1").json()["state"]
        self.clock.shift(timedelta(minutes=25))

        self.assertEqual(busy, "on")
        self.assertFalse(self.is_in(client))
        self.assertEqual(self.last().why, End.TOO_OLD)

    @override_settings(PORTAL_IDLE_MINUTES=5, PORTAL_SESSION_HOURS=1)
    def test_both_limits_are_settings(self):
        session = PortalSession(started=MORNING, last_seen=MORNING + timedelta(minutes=50))

        self.assertEqual(sessions.overdue(session, MORNING + timedelta(minutes=54)), "")
        self.assertEqual(sessions.overdue(session, MORNING + timedelta(minutes=56)), End.IDLE)
        self.assertEqual(sessions.overdue(session, MORNING + timedelta(minutes=60)), End.TOO_OLD)

    def test_an_ended_one_does_not_come_back_with_its_key_nor_when_the_clock_is_set_back(self):
        client = self.signed_in()
        self.clock.shift(timedelta(hours=2))
        self.is_in(client)
        self.clock.move_to(MORNING)

        self.assertFalse(self.is_in(client))

    def test_the_editor_s_clock_keeps_a_session_alive_only_while_keys_are_pressed(self):
        for path, alive in ((STATE, False), (f"{STATE}?hoat-dong=1", True)):
            client = self.signed_in()
            for _ in range(5):
                self.clock.shift(timedelta(minutes=10))
                client.get(path)
            with self.subTest(path=path):
                self.assertEqual(self.is_in(client), alive)

    def test_the_editor_s_clock_is_told_how_long_the_session_lasts(self):
        client = self.signed_in()
        self.clock.shift(timedelta(minutes=28))

        state = client.get(STATE).json()

        self.assertEqual((state["state"], state["seconds_left"], state["person"]), ("on", 120, self.user.pk))
        self.assertEqual(Client().get(STATE).json(), {"state": "ended", "why": ""})

    def test_signing_out_ends_the_session_on_the_server_too(self):
        client = self.signed_in()
        key = client.cookies["sessionid"].value
        client.post(LOGOUT)
        thief = Client()
        thief.cookies["sessionid"] = key

        self.assertFalse(self.is_in(thief))
        self.assertFalse(Session.objects.filter(pk=key).exists())
        self.assertEqual(self.last().why, End.SIGNED_OUT)

    def test_signing_out_needs_a_button_not_a_link(self):
        client = self.signed_in()
        client.get(LOGOUT)

        self.assertTrue(self.is_in(client))

    def test_nothing_of_the_administration_is_shown_by_the_back_button(self):
        client = self.signed_in()

        for path in (HOME, ACCOUNT):
            self.assertIn("no-store", client.get(path)["Cache-Control"])

    def test_sign_out_everywhere_ends_all(self):
        here, there = self.signed_in(), self.signed_in()
        here.post(LOGOUT, {"everywhere": "1"})

        self.assertFalse(self.is_in(there))
        self.assertFalse(self.is_in(here))
        self.assertEqual(AuditEntry.objects.filter(action="session.out").count(), 1)

    def test_own_sessions_are_listed_and_can_be_ended_one_by_one(self):
        here = self.signed_in(headers={"user-agent": "Firefox/128.0 Linux"})
        there = self.signed_in(headers={"user-agent": "Chrome/140 Windows"}, REMOTE_ADDR="10.7.7.7")
        other = self.last()

        shown = here.get(ACCOUNT)
        here.post(f"/quan-tri/phien-lam-viec/{other.pk}/ket-thuc/")

        self.assertContains(shown, "Firefox, Linux")
        self.assertContains(shown, "10.7.7.7")
        self.assertContains(shown, "phiên này")
        self.assertFalse(self.is_in(there))
        self.assertTrue(self.is_in(here))
        self.assertContains(there.get(LOGIN + "?ly-do=elsewhere"), "từ một phiên khác của bạn")

    def test_all_others_can_be_ended_at_once(self):
        here, there, third = self.signed_in(), self.signed_in(), self.signed_in()
        here.post("/quan-tri/phien-lam-viec/ket-thuc/")

        self.assertEqual([self.is_in(client) for client in (here, there, third)], [True, False, False])

    def test_nobody_sees_or_ends_another_s_session(self):
        theirs = CityClient()
        theirs.force_login(self.cast.head)
        session = PortalSession.objects.get(user=self.cast.head)
        mine = self.signed_in()

        self.assertEqual(mine.post(f"/quan-tri/phien-lam-viec/{session.pk}/ket-thuc/").status_code, 404)
        self.assertTrue(self.is_in(theirs))
        with self.assertRaises(PermissionDenied):
            sessions.end(session, on=MORNING, why=End.ELSEWHERE, by=self.user)
        with self.assertRaises(PermissionDenied):
            sessions.end_all(self.cast.head, on=MORNING, why=End.ELSEWHERE, by=self.user)

    def test_a_second_sign_in_at_the_same_browser_ends_the_first(self):
        client = self.signed_in()
        first = self.last()
        client.post(LOGIN, {"username": self.cast.unit_head.username, "password": PASSWORD})

        first.refresh_from_db()
        self.assertEqual(first.why, End.REPLACED)

    def test_a_revoked_decision_cuts_the_session_at_the_next_request(self):
        client = self.signed_in()
        (appointment,) = self.user.appointments.all()

        decision = decisions.record_decision(
            by=self.cast.technical_admin,
            number="30/QĐ-UBND",
            signed_on=MORNING.date(),
            title="Thôi phân công",
            kind="end",
            issuing_body="Ủy ban nhân dân thành phố Long Xuyên",
        )

        appointments.revoke(appointment, by=self.cast.technical_admin, decision=decision, reason="Thôi nhiệm vụ")

        self.assertEqual(client.get(STATE).json()["state"], "ended")
        self.assertFalse(self.is_in(client))
        self.assertEqual(PortalSession.objects.get(user=self.user).why, End.CREDENTIALS)

    def test_a_closed_account_s_session_is_a_stranger_on_public_pages_and_files_too(self):
        client = self.signed_in()
        User.objects.filter(pk=self.user.pk).update(is_active=False)

        answer = client.get("/my-long/")

        self.assertEqual(answer.status_code, 200)
        self.assertFalse(answer.wsgi_request.user.is_authenticated)

    def test_ended_ones_are_forgotten_after_three_months(self):
        self.signed_in()
        sessions.purge(on=MORNING + timedelta(hours=3))
        ended = self.last()

        self.assertEqual(ended.why, End.IDLE)
        self.assertEqual(sessions.purge(on=MORNING + timedelta(days=89)), 0)
        self.assertEqual(sessions.purge(on=MORNING + timedelta(days=91)), 1)

    def test_a_visit_costs_few_queries(self):
        client = self.signed_in()
        client.get(STATE)

        with self.assertNumQueries(6):
            client.get(STATE)
