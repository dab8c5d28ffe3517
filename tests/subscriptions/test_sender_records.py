"""SPF, DKIM and DMARC of the sending domain: looked up by a job when set, shown by `/readyz` without a network."""

from datetime import datetime, timedelta
from unittest import mock

import pytest
import time_machine
from django.test import TestCase, override_settings

from base.operations import name_records
from base.operations.health import findings_now
from subscriptions import sender_records
from subscriptions.models import SenderRecord
from tests.name_server import NameServer
from tests.subscriptions.followers import DAY

pytest.importorskip("dns", reason="of requirements.txt")

DOMAIN = "example.invalid"
KEY_NAME, POLICY_NAME = f"cong-2026._domainkey.{DOMAIN}", f"_dmarc.{DOMAIN}"
RIGHT = {
    DOMAIN: ["google-site-verification=x", "v=spf1 ip4:203.0.113.7 -all"],
    KEY_NAME: ["v=DKIM1; k=rsa; p=MIGfMA0"],
    POLICY_NAME: ["v=DMARC1; p=none; rua=mailto:a@example.invalid"],
}
IS_SET = {
    "PORTAL_MAIL_DOMAIN": DOMAIN,
    "PORTAL_MAIL_SELECTOR": "cong-2026",
    "DEFAULT_FROM_EMAIL": f"Cổng <khong-tra-loi@{DOMAIN}>",
}


class Looking(TestCase):
    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(DAY, tick=True))
        self.enterContext(mock.patch.object(name_records, "SECONDS", 0.3))
        self.enterContext(mock.patch.object(name_records, "ALL_SECONDS", 0.9))

    def look_up(self, texts=None, mode="ok", **settings) -> NameServer:
        server = NameServer(texts, mode)
        address = f"127.0.0.1:{server.port}"
        with server.running(), override_settings(**IS_SET | {"PORTAL_NAME_SERVER": address} | settings):
            sender_records.look_up(on=datetime.now(tz=DAY.tzinfo))
        return server

    def shown(self, **settings):
        """What `/readyz` says of it, which asks no name server."""
        asking = mock.patch.object(sender_records, "text_records", side_effect=AssertionError)
        with override_settings(**IS_SET | settings), asking:
            return next(found for found in findings_now() if found.check == "mail_domain")

    def test_is_off_until_a_domain_is_set_and_then_asks_no_name_server(self):
        server = self.look_up(RIGHT, PORTAL_MAIL_DOMAIN="")
        self.assertEqual(server.asked, [])
        self.assertFalse(SenderRecord.objects.exists())
        with mock.patch.object(sender_records, "text_records", side_effect=AssertionError):
            found = sender_records.check()
        self.assertEqual((found.state, "PORTAL_MAIL_DOMAIN" in found.detail), ("ok", True))

    def test_says_that_all_is_right(self):
        server = self.look_up(RIGHT)
        self.assertEqual(sorted(server.asked), sorted(RIGHT))
        found = self.shown()
        self.assertEqual(found.state, "ok")
        self.assertIn("có SPF, DKIM, DMARC", found.detail)

    def test_names_what_is_missing_or_wrong(self):
        for name, texts, words in (
            (DOMAIN, [], "SPF: không có"),
            (DOMAIN, ["v=spf1 +all"], "SPF: sai"),
            (DOMAIN, ["v=spf1 mx"], "SPF: sai"),
            (DOMAIN, ["v=spf1 -all", "v=spf1 mx -all"], "SPF: sai"),
            (DOMAIN, ["v=spf10 -all"], "SPF: không có"),
            (KEY_NAME, [], "DKIM: không có"),
            (KEY_NAME, ["v=DKIM1; k=rsa; p="], "DKIM: sai"),
            (POLICY_NAME, [], "DMARC: không có"),
            (POLICY_NAME, ["v=DMARC1; rua=mailto:a@example.invalid"], "DMARC: sai"),
        ):
            with self.subTest(texts=texts, words=words):
                self.look_up({**RIGHT, name: texts})
                found = self.shown()
                self.assertEqual(found.state, "warning")
                self.assertIn(words, found.detail)

    def test_takes_every_spelling_that_receivers_take(self):
        for name, text in (
            (DOMAIN, "V=SPF1 include:_spf.example.invalid ~ALL"),
            (DOMAIN, "v=spf1 redirect=_spf.example.invalid"),
            (KEY_NAME, "p=MIGfMA0"),
            (KEY_NAME, "k=ed25519; p=11qYAYKxCrfVS"),
            (POLICY_NAME, "v=DMARC1;p=reject"),
        ):
            with self.subTest(text=text):
                self.look_up({**RIGHT, name: [text]})
                self.assertEqual(self.shown().state, "ok")

    def test_is_unknown_without_a_name_server_and_what_was_answered_holds_two_days(self):
        self.look_up(RIGHT, mode="silent")
        found = self.shown()
        self.assertEqual((found.state, found.detail[:8]), ("warning", "Chưa biế"))
        self.look_up(RIGHT)
        self.look_up(RIGHT, mode="silent")
        self.assertEqual(self.shown().state, "ok")
        self.clock.move_to(DAY + timedelta(days=3))
        self.look_up(RIGHT, mode="silent")
        self.assertIn("Chưa biết SPF", self.shown().detail)

    def test_of_another_name_counts_for_nothing(self):
        self.look_up(RIGHT)
        self.assertIn("Chưa biết DKIM", self.shown(PORTAL_MAIL_SELECTOR="khac").detail)
        self.assertIn("PORTAL_MAIL_SELECTOR", self.shown(PORTAL_MAIL_SELECTOR="").detail)
        self.assertIn("PORTAL_MAIL_FROM", self.shown(DEFAULT_FROM_EMAIL="cong@khac.invalid").detail)
        self.look_up(RIGHT, PORTAL_MAIL_SELECTOR="khac")
        self.assertFalse(SenderRecord.objects.filter(name=KEY_NAME).exists())
