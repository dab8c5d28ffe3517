"""Signing in: the way through the steps, throttling, the same answer for every name."""

from django.test import Client
from django.urls import reverse

from accounts.models import PortalSession
from accounts.signin import second_factor
from tests.city import PASSWORD, CityTestCase


class FirstTry(CityTestCase):
    def test_the_way_in(self):
        url = reverse("wagtailadmin_login")
        client = Client()
        r = client.post(url, {"username": self.cast.contributor.username, "password": PASSWORD})
        assert r.status_code == 302, r.content.decode()
        print(r["Location"])
        assert client.get(reverse("wagtailadmin_home")).status_code == 200
        client = Client()
        r = client.post(url, {"username": self.cast.head.username, "password": PASSWORD})
        assert r["Location"].startswith(reverse("accounts_enrol"))
        r = client.get(reverse("wagtailadmin_home"))
        assert r["Location"].startswith(reverse("accounts_enrol"))
        r = client.get(reverse("accounts_enrol"))
        assert r.status_code == 200
        device = second_factor.start_enrolment(self.cast.head)
        r = client.post(reverse("accounts_enrol"), {"code": second_factor.present_code(device)})
        assert "Mã khôi phục" in r.content.decode()
        assert client.get(reverse("wagtailadmin_home")).status_code == 200
        print(PortalSession.objects.values())
