"""Where weaknesses are reported: RFC 9116, and the hosts and cookies of the portal."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from django.test import SimpleTestCase, override_settings
from django.utils import timezone

from base.public.security_txt import expires
from tests.city import CityTestCase

ROOT = Path(__file__).resolve().parents[2]


class SecurityTxt(CityTestCase):
    def fields(self) -> dict[str, str]:
        response = self.client.get("/.well-known/security.txt")
        assert response.status_code == 200
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        return dict(line.split(": ", 1) for line in response.content.decode().splitlines())

    def test_it_names_contact_date_languages_and_policy(self):
        fields = self.fields()
        assert fields["Contact"] == "mailto:long-xuyen@example.invalid"
        assert fields["Preferred-Languages"] == "vi, en"
        assert fields["Canonical"].endswith("/.well-known/security.txt")
        assert self.client.get(fields["Policy"].split("/", 3)[-1].join(["/", ""])).status_code == 200
        until = datetime.fromisoformat(fields["Expires"])
        assert timezone.now() < until < timezone.now() + timedelta(days=365)

    def test_the_contact_of_the_settings_comes_first(self):
        for given, shown in (
            ("bao-mat@example.invalid", "mailto:bao-mat@example.invalid"),
            ("https://example.invalid/bao-mat", "https://example.invalid/bao-mat"),
        ):
            with override_settings(PORTAL_SECURITY_CONTACT=given):
                assert self.fields()["Contact"] == shown

    def test_it_never_runs_out(self):
        for on in (
            datetime(2026, 1, 1, tzinfo=UTC),
            datetime(2026, 8, 31, 23, 59, tzinfo=UTC),
            datetime(2028, 2, 29, tzinfo=UTC),
        ):
            with time_machine.travel(on, tick=False):
                until = datetime.fromisoformat(self.fields()["Expires"])
                assert timedelta(days=150) < until - timezone.now() < timedelta(days=365), on

    def test_expiry_is_the_first_of_a_month(self):
        assert expires(datetime(2026, 11, 25, tzinfo=UTC)) == datetime(2027, 5, 1, tzinfo=UTC)

    def test_the_policy_says_what_we_promise_in_both_languages(self):
        page = self.client.get("/.well-known/security-policy/").content.decode()
        assert "48 giờ" in page
        assert 'lang="en"' in page and "48 hours" in page


class Hosts(CityTestCase):
    def status(self, host, path="/", **headers):
        with override_settings(ALLOWED_HOSTS=["localhost", ".localhost", "127.0.0.1"]):
            return self.client.get(path, headers={"host": host, **headers})

    def test_sites_answer_on_their_hosts(self):
        for host in ("localhost", "localhost:8000", "my-long.localhost", "MY-LONG.localhost:8000", "127.0.0.1"):
            assert self.status(host).status_code == 200, host

    def test_a_subdomain_that_no_site_bears_is_not_found(self):
        for host in ("khong-co.localhost", "a.my-long.localhost", "x" * 60 + ".localhost"):
            assert self.status(host).status_code == 404, host

    def test_a_foreign_or_broken_host_is_refused(self):
        for host in (
            "evil.example",
            "localhost.evil.example",
            "evil.example:80@localhost",
            "localhost/evil",
            "a b",
            "",
            "localhost:80:80",
            "[::1",
            "localhost\t",
        ):
            response = self.status(host)
            assert response.status_code == 400, host
            assert "evil" not in response.content.decode()

    def test_forwarded_hosts_count_for_nothing(self):
        spoofed = {
            "X-Forwarded-Host": "evil.example",
            "X-Host": "evil.example",
            "Forwarded": "host=evil.example",
            "X-Original-URL": "/quan-tri/",
            "X-Rewrite-URL": "/quan-tri/",
        }
        for path in ("/", "/sitemap.xml", "/robots.txt", "/tin-tuc/rss/", "/.well-known/security.txt"):
            response = self.status("localhost", path, **spoofed)
            assert response.status_code == 200
            assert "evil" not in response.content.decode() and "evil" not in str(response.headers)


class ProductionCookies(SimpleTestCase):
    def printed(self, **environment) -> str:
        script = (
            "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
            "s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_SECURE, s.CSRF_COOKIE_HTTPONLY, "
            "s.SESSION_COOKIE_SAMESITE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
        )
        own = {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": "chi-dung-khi-chay-thu-" * 3,
            "PATH": os.environ["PATH"],
            "PORTAL_VAR": os.environ.get("PORTAL_VAR", str(ROOT / "var" / "test" / "cookies")),
        }
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=own | environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def test_over_https_their_names_bind_them_to_the_host(self):
        assert self.printed() == "__Host-sessionid __Host-csrftoken True True True True Lax None /"

    def test_a_demo_without_https_has_plain_names(self):
        assert self.printed(PORTAL_HTTPS="false") == "sessionid csrftoken False True False True Lax None /"
