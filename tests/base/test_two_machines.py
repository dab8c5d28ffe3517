"""Two machines are one portal: each with folders and page cache of its own, one database. This process is a third one.

They start once, ten seconds. On SQLite, which one machine alone has, there is nothing to try.
"""

import re
import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import requests
from django.db import connection, transaction
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from accounts.models import User
from base.models import SiteGeneration
from base.operations.throttle import RATES
from base.public.gone.journal import journal
from tests import factories, machines
from tests.city import PASSWORD, build_city, publish
from workflows.models import TakeDown
from workflows.publishing import takedown

PROMISED_SECONDS = 1.0
HOME, LOGIN = "/quan-tri/", "/quan-tri/login/"


class TwoMachines(TransactionTestCase):
    __test__ = connection.vendor == "postgresql"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with ExitStack() as started:
            cls.machines = started.enter_context(machines.running(**cls.environment()))
            cls.addClassCleanup(started.pop_all().close)

    @classmethod
    def environment(cls) -> dict[str, str]:
        """What the machines are told beside the usual; `tests/scale/` tells them more."""
        return {}

    def setUp(self):
        folder = Path(tempfile.mkdtemp(prefix="portal-third-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.enterContext(override_settings(**self.machines.of_this_process(folder)))
        journal.cache_clear()
        self.addCleanup(journal.cache_clear)
        with transaction.atomic():
            self.city = build_city()
            self.cast = self.city.cast
            # Each test has a new city; what the servers have kept of the one before it must be out of date.
            SiteGeneration.objects.update(value=time.time_ns() // 1_000_000)
            User.objects.update(password_changed_at=timezone.now(), must_change_password=False)
        time.sleep(0.6)

    def of_all(self, address: str) -> list[tuple[int, str]]:
        """What each machine answers at an address: (status, body)."""
        parts = urlsplit(address)
        return [self.machines.get(port, parts.path, Host=parts.netloc) for port in self.machines.ports]

    def public_article(self, title: str):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor, title=title)
        return publish(page, by=self.cast.contributor)

    def test_show_what_was_published_and_410_for_what_went_a_second_later(self):
        page = self.public_article("Bài của hai máy")
        path, listed = page.full_url, page.get_parent().full_url
        for _ in range(2):
            self.assertEqual([status for status, _body in self.of_all(path)], [200, 200])
            self.assertTrue(all("Bài của hai máy" in body for _status, body in self.of_all(listed)))

        page.title = "Bài đã sửa ở máy thứ ba"
        page.save_revision(user=self.cast.contributor)
        page = publish(page, by=self.cast.contributor)
        time.sleep(PROMISED_SECONDS)
        for place in (path, listed):
            shown = [("Bài đã sửa" in body, "hai máy" in body) for _status, body in self.of_all(place)]
            self.assertEqual(shown, [(True, False)] * 2)

        [row] = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor)
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)
        time.sleep(PROMISED_SECONDS)
        self.assertEqual([status for status, _body in self.of_all(path)], [410, 410])
        self.assertEqual(["Bài đã sửa" in body for _status, body in self.of_all(listed)], [False, False])

    def test_who_signs_out_on_one_is_out_on_the_other(self):
        one, other = self.machines.ports
        browser = Browser(self.machines.host)
        browser.sign_in(one, self.cast.contributor, PASSWORD)
        self.assertEqual([browser.get(port, HOME).status_code for port in (one, other)], [200, 200])

        browser.post(other, "/quan-tri/logout/", at=HOME)

        self.assertEqual([browser.get(port, HOME).status_code for port in (one, other)], [302, 302])

    def test_wrong_passwords_are_counted_together(self):
        browser = Browser(self.machines.host)
        answers = [
            browser.sign_in(self.machines.ports[number % 2], self.cast.contributor, "sai") for number in range(6)
        ]

        self.assertIn("chờ", answers[-1].text)
        self.assertNotIn("chờ", answers[3].text)

    def test_forms_without_a_proof_are_counted_together(self):
        burst = int(RATES["form"].burst)
        browser = Browser(self.machines.host)
        sent = [browser.send(self.machines.ports[number % 2], "/") for number in range(2 * burst)]

        refused = [answer.status_code for answer in sent].count(429)

        # Some tokens come back meanwhile.
        self.assertIn(refused, range(burst - 4, burst + 1))

    def test_find_each_other_with_the_same_settings(self):
        for port in self.machines.ports:
            self.machines.get(port, "/readyz")
        _status, body = self.machines.get(self.machines.ports[0], "/readyz")

        self.assertRegex(body, r'"machines": \{"status": "ok", "detail": "[23] máy đang phục vụ, thiết lập giống nhau')
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM base_webmachine")
            self.assertGreaterEqual(cursor.fetchone()[0], 2)


class Browser:
    """One browser that a front leads to either server; its cookies are those of the host that it names."""

    def __init__(self, host: str):
        self._session = requests.Session()
        self._host = host

    def get(self, port: int, path: str) -> requests.Response:
        return self._session.get(f"http://127.0.0.1:{port}{path}", headers={"Host": self._host}, allow_redirects=False)

    def send(self, port: int, path: str, files: dict | None = None, **fields: str) -> requests.Response:
        url = f"http://127.0.0.1:{port}{path}"
        return self._session.post(url, fields, files=files, headers={"Host": self._host}, allow_redirects=False)

    def post(self, port: int, path: str, *, at: str, **fields: str) -> requests.Response:
        """Send a form with the token of the screen at `at`."""
        return self.send(port, path, csrfmiddlewaretoken=self.token(port, at), **fields)

    def token(self, port: int, path: str) -> str:
        """Return the token of the screen at an address."""
        found = re.search(r'(?:name="csrfmiddlewaretoken" value=|"CSRF_TOKEN": )"([^"]+)"', self.get(port, path).text)
        return found[1]

    def sign_in(self, port: int, user: User, password: str) -> requests.Response:
        return self.post(port, LOGIN, at=LOGIN, username=user.username, password=password)
