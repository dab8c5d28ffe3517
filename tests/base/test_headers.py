"""Headers, input and transactions of a request, whatever page it asks for."""

import re
import tempfile
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import ConnectionHandler
from django.http import HttpResponse
from django.test import Client, RequestFactory, SimpleTestCase, TestCase, TransactionTestCase
from django.test.client import ClientHandler
from django.urls import reverse
from django.utils.module_loading import import_string

from base.middleware.headers import ADMIN_POLICY, PUBLIC_POLICY
from base.middleware.locale import PathLocaleMiddleware
from base.models import OrganisationUnit
from base.operations.handlers import AtomicWrites, PortalWSGIHandler
from tests.city import CityTestCase


class Headers(CityTestCase):
    def test_a_public_page_allows_only_its_own_origin(self):
        response = self.client.get("/")
        assert response.status_code == 200
        policy = response["Content-Security-Policy"]
        assert policy == PUBLIC_POLICY
        assert "unsafe" not in policy and "http" not in policy
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in response["Permissions-Policy"]
        assert response["X-Frame-Options"] == "SAMEORIGIN"

    def test_the_administration_may_run_the_inline_code_of_wagtail_but_load_nothing_foreign(self):
        response = self.client.get(reverse("wagtailadmin_login"))
        assert response["Content-Security-Policy"] == ADMIN_POLICY
        assert "http" not in ADMIN_POLICY
        assert response["X-Robots-Tag"] == "noindex"

    def test_error_pages_have_them_too(self):
        for path in ("/khong-co/", "/?q=%00"):
            assert self.client.get(path)["Content-Security-Policy"] == PUBLIC_POLICY

    def test_robots_and_sitemap(self):
        robots = self.client.get("/robots.txt").content.decode()
        assert "Disallow: /quan-tri/" in robots
        assert "Sitemap: http" in robots
        sitemap = self.client.get("/sitemap.xml")
        assert sitemap["Content-Type"].startswith("application/xml")
        text = sitemap.content.decode()
        assert self.city.home.full_url in text
        assert "tim-kiem" not in text

    def test_a_sitemap_holds_canonical_addresses_of_its_own_host_only(self):
        for site in (self.city.site, self.city.my_long):
            home = urlsplit(site.home_page().full_url)
            text = self.client.get("/sitemap.xml", headers={"host": home.netloc}).content.decode()
            addresses = re.findall(r"<loc>([^<]+)</loc>", text)

            assert addresses and {urlsplit(address).netloc for address in addresses} == {home.netloc}
            for address in addresses:
                page = self.client.get(urlsplit(address).path, headers={"host": home.netloc}).content.decode()
                assert f'<link rel="canonical" href="{address}">' in page, address

    def test_a_browser_that_asks_for_its_icon_is_led_to_it(self):
        answer = self.client.get("/favicon.ico")

        assert answer.status_code == 302 and "favicon" in answer["Location"]

    def test_a_page_tells_those_who_pass_it_on_what_it_is_and_its_way_up(self):
        page = self.client.get("/tin-tuc/").content.decode()

        for name in ("og:title", "og:url", "og:type", "og:site_name", "og:locale"):
            assert f'<meta property="{name}" content="' in page, name
        assert '"@type": "BreadcrumbList"' in page
        hidden = self.client.get("/tim-kiem/", {"q": "nước"}).content.decode()
        assert "og:title" not in hidden


class BadInputInEnglish(CityTestCase):
    english = True

    def test_english_readers_get_an_english_page(self):
        response = self.client.get("/en/?q=%00")
        assert response.status_code == 400
        assert '<html lang="en"' in response.content.decode()


class LanguageOfAnAddress(SimpleTestCase):
    def ask(self, path, **headers):
        request = RequestFactory().get(path, headers=headers)
        response = PathLocaleMiddleware(lambda request: HttpResponse(request.LANGUAGE_CODE))(request)
        return response.content.decode(), response

    def test_it_is_in_the_path_alone(self):
        assert self.ask("/en/news-and-events/")[0] == "en"
        assert self.ask("/tin-tuc/")[0] == "vi"
        assert self.ask("/", **{"Accept-Language": "en-GB,en", "Cookie": "django_language=en"})[0] == "vi"

    def test_no_answer_varies_by_the_readers_language(self):
        response = self.ask("/")[1]
        assert "Vary" not in response
        assert response["Content-Language"] == "vi"


class ErrorPages(CityTestCase):
    def test_a_missing_page_is_explained_in_vietnamese(self):
        response = self.client.get("/khong-co-trang-nay/")
        assert response.status_code == 404
        assert "Không tìm thấy trang" in response.content.decode()
        assert response["Cache-Control"] == "no-store"

    def test_a_broken_template_does_not_hide_the_first_error(self):
        with mock.patch("base.views.render", side_effect=ValueError("hỏng")):
            response = self.client.get("/khong-co-trang-nay/")
        assert response.status_code == 404
        assert "Về trang chủ" in response.content.decode()

    def test_a_form_without_token_is_explained(self):
        client = Client(enforce_csrf_checks=True)
        response = client.post("/quan-tri/password_reset/", {"email": "a@example.invalid"})
        assert response.status_code == 403
        assert "Biểu mẫu đã hết hạn" in response.content.decode()


class AtomicClientHandler(AtomicWrites, ClientHandler):
    """The test client's handler with the transactions of the portal."""


def failing_view(request):
    OrganisationUnit.objects.create(name="Đơn vị thử", slug="don-vi-thu", kind="office")
    raise ValueError("hỏng giữa chừng")


class Transactions(TestCase):
    def test_the_application_uses_the_handler(self):
        inner = import_string("config.wsgi.application")
        while not isinstance(inner, PortalWSGIHandler):
            # WhiteNoise names what it stands around otherwise than we do.
            inner = inner.application if hasattr(inner, "application") else inner._application

    def test_a_reading_request_opens_no_transaction(self):
        seen = []

        def view(request):
            seen.append(len(connection.atomic_blocks))
            return HttpResponse()

        by_method = AtomicClientHandler().make_view_atomic(view)
        outside = len(connection.atomic_blocks)
        for method in ("get", "head", "post", "put", "patch", "delete"):
            by_method(getattr(RequestFactory(), method)("/"))
        assert [depth - outside for depth in seen] == [0, 0, 1, 1, 1, 1]


class FailedRequests(TransactionTestCase):
    def test_a_changing_request_that_fails_leaves_nothing_behind(self):
        view = AtomicClientHandler().make_view_atomic(failing_view)
        with pytest.raises(ValueError):
            view(RequestFactory().post("/"))
        assert not OrganisationUnit.objects.filter(slug="don-vi-thu").exists()


class ReadingWhileAnotherWrites(TestCase):
    """With the SQLite options of the portal; a reading request runs in autocommit (`Transactions`)."""

    def connect(self, timeout):
        options = {
            "timeout": timeout,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
        row = {**ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3"}}).settings["default"]}
        wrapper = DatabaseWrapper({**row, "NAME": self.path, "OPTIONS": options}, alias="lock")
        self.addCleanup(wrapper.close)
        return wrapper

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "portal.sqlite3"

    def test_a_read_in_autocommit_does_not_wait_for_the_writer(self):
        writer, reader = self.connect(5), self.connect(0)
        with writer.cursor() as cursor:
            cursor.execute("CREATE TABLE unit (name text)")
            cursor.execute("INSERT INTO unit VALUES ('trước')")
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("UPDATE unit SET name = 'sau'")
            with reader.cursor() as reading:
                reading.execute("SELECT name FROM unit")
                assert reading.fetchone() == ("trước",)
                with pytest.raises(OperationalError):
                    # What every page view would do under ATOMIC_REQUESTS.
                    reading.execute("BEGIN IMMEDIATE")
            cursor.execute("COMMIT")
