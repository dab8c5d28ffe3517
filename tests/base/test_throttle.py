"""Floods get 429 with the seconds to wait; readers never notice."""

from unittest import mock

from django.db import connection
from django.test import Client, RequestFactory, SimpleTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.audit import trail as audit
from base.audit.floods import AT_ONCE, floods
from base.middleware.throttle import kind_of
from base.models import AuditEntry
from base.operations import throttle
from base.operations.throttle import RATES, Buckets, Rate, network_of
from base.public.request_kinds import FOR_EVERYBODY
from tests.city import CityTestCase

# An address that takes no form: what is sent there is counted like one.
FORM = "/"


class BucketLevels(SimpleTestCase):
    def setUp(self):
        self.now = 1000.0
        rates = {"page": Rate(3, 0.5), "form": Rate(1, 0.1), "stamp": Rate(2, 0.001)}
        self.buckets = Buckets(rates, clock=lambda: self.now)

    def take(self, address="198.51.100.7", kind="page"):
        return self.buckets.take(kind, address)

    def reserve(self, word, address="198.51.100.7"):
        return self.buckets.reserve("form", address, word)

    def test_a_burst_passes_then_the_seconds_to_wait_are_said(self):
        assert [self.take() for _ in range(5)] == [0, 0, 0, 2, 2]
        self.now += 2
        assert [self.take(), self.take()] == [0, 2]

    def test_a_quiet_address_has_its_whole_burst_again_and_no_more(self):
        for _ in range(4):
            self.take()
        self.now += 3600
        assert [self.take() for _ in range(4)] == [0, 0, 0, 2]

    def test_addresses_and_kinds_are_counted_apart(self):
        assert [self.take(kind="form"), self.take(kind="form")] == [0, 10]
        assert self.take() == 0
        assert self.take("198.51.100.8", "form") == 0

    def test_waiting_takes_nothing(self):
        assert [self.buckets.wait("form", "198.51.100.7") for _ in range(3)] == [0, 0, 0]
        self.take(kind="form")
        assert self.buckets.wait("form", "198.51.100.7") == 10

    def test_what_is_put_aside_for_one_is_not_taken_by_another(self):
        self.take(kind="form")
        assert [self.reserve(word) for word in "ab"] == [(10, True), (20, True)]
        self.now += 10
        assert self.take(kind="form") == 20
        self.now += 20
        assert self.take(kind="form") == 0

    def test_a_form_has_one_place_and_is_let_in_once_when_its_time_has_come(self):
        self.take(kind="form")
        assert [self.reserve("a"), self.reserve("a"), self.reserve("b")] == [(10, True), (10, True), (20, True)]
        self.now += 10
        assert [self.reserve("a"), self.reserve("a")] == [(0, True), (20, True)]
        self.now += 2000
        # A place that nobody came for lapses; there are tokens again.
        assert [self.reserve("b"), self.reserve("b")] == [(0, True), (10, True)]

    def test_no_more_than_so_many_are_put_aside(self):
        self.take(kind="form")
        self.now += 5
        aside = [self.buckets.reserve("form", "198.51.100.7", word, most=2) for word in "abcd"]
        assert aside == [(5, True), (15, True), (25, False), (25, False)]

    def test_a_subscriber_of_ipv6_is_one(self):
        assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") != network_of("2001:db8:1:3::1")
        assert network_of("198.51.100.7") == "198.51.100.7"
        assert network_of("") == ""

    def test_many_addresses_make_no_used_stamp_new(self):
        with mock.patch("base.operations.throttle.MOST_BUCKETS", 10):
            while not self.buckets.take("stamp", "used"):
                pass
            for number in range(50):
                self.buckets.take("page", f"198.51.100.{number}")
            assert self.buckets.take("stamp", "used")

    def test_the_memory_is_bounded(self):
        with self.settings():
            most, throttle.MOST_BUCKETS = throttle.MOST_BUCKETS, 10
            try:
                for number in range(50):
                    self.take(f"198.51.100.{number}")
            finally:
                throttle.MOST_BUCKETS = most
        assert len(self.buckets._levels) <= 10


class Kinds(SimpleTestCase):
    def test_what_costs_is_told_by_method_and_address(self):
        ask = RequestFactory()
        for request, kind in (
            (ask.get("/tin-tuc/"), "page"),
            (ask.get("/tin-tuc/?q="), "page"),
            (ask.get("/tim-kiem/?q=cau"), "search"),
            (ask.get("/my-long/van-ban/?nam=2020&q=cau"), "search"),
            (ask.get("/tin-tuc/rss/"), "feed"),
            (ask.get("/chi-dao-dieu-hanh/ical/"), "feed"),
            (ask.get("/sitemap-2.xml"), "feed"),
            (ask.get("/tep/abc/anh.jpg"), "file"),
            (ask.get("/api/du-lieu-mo/v1/tai-ve/trang.csv"), "bulk"),
            (ask.get("/api/v1/van-ban/?trang=2"), "api"),
            (ask.get("/api/v1/van-ban/?q=43/2011"), "search"),
            (ask.get("/api/du-lieu-mo/v1/tai-ve/trang.csv"), "bulk"),
            (ask.post("/gop-y/"), "sending"),
            # No form is sent by another method.
            (ask.delete("/"), "form"),
            (ask.post("/api/ho-so/v1/cap-nhat/"), "push"),
            # Asked by POST, so that what is typed stands in no address.
            (ask.post("/hoi-dap/gui-cau-hoi/tuong-tu/"), "similar"),
            (ask.post("/hoi-dap/tra-cuu/"), "lookup"),
            (ask.post("/hoi-dap/du-lieu-ca-nhan/"), "lookup"),
            (ask.post("/my-long/y-kien/du-thao/gop-y/tra-cuu/"), "lookup"),
            (ask.post("/dich-vu-cong/tra-cuu-ho-so/"), "lookup"),
            (ask.post("/huu-ich/7/"), "vote"),
            (ask.post("/hai-long/7/"), "vote"),
            (ask.post("/tham-do/7/"), "vote"),
        ):
            assert kind_of(request) == kind, request
        told = {
            "page",
            "search",
            "similar",
            "feed",
            "api",
            "bulk",
            "file",
            "sending",
            "form",
            "lookup",
            "vote",
            "preview",
            "push",
        }
        assert set(RATES) == told | {"missing", "noted", "redraw", "stamp", "step", "turn"}


@override_settings(PORTAL_THROTTLE=True)
class Floods(CityTestCase):
    """Each test has a client of its own, so buckets of its own; it asks from an address of its own all the same."""

    def ask(self, path, times, *, address, method="GET", **extra):
        return [self.client.generic(method, path, REMOTE_ADDR=address, **extra) for _ in range(times)]

    def test_300_posts_are_held_and_another_reader_is_not(self):
        answers = self.ask(FORM, 300, address="198.51.100.1", method="POST")
        assert [answer.status_code for answer in answers].count(429) >= 300 - RATES["form"].burst - 5
        assert not any(answer.status_code >= 500 for answer in answers)
        last = answers[-1]
        assert int(last["Retry-After"]) >= 1
        assert last["Cache-Control"] == "no-store"
        page = last.content.decode()
        assert "Chưa gửi được" in page and '<html lang="vi"' in page
        assert self.ask(FORM, 1, address="198.51.100.2", method="POST")[0].status_code != 429

    def test_the_refusal_asks_nothing_of_the_database(self):
        self.ask(FORM, 20, address="198.51.100.3", method="POST")
        with self.assertNumQueries(0):
            answer = self.client.post(FORM, REMOTE_ADDR="198.51.100.3")
        assert answer.status_code == 429

    def test_a_flood_stands_in_the_audit_trail_by_its_first_networks_and_one_sum_of_the_others(self):
        self.enterContext(mock.patch.object(floods, "_clock", lambda: 1000.0))
        addresses = [f"203.0.113.{number}" for number in range(10, 10 + AT_ONCE + 3)]
        for address in addresses:
            self.ask(FORM, 20, address=address, method="POST")
        audit.write_what_is_left()

        *first, summed = AuditEntry.objects.filter(action="refused").order_by("pk")
        assert [(entry.address, entry.detail["kind"], entry.detail["status"]) for entry in first] == [
            (address, "rate", 429) for address in addresses[:AT_ONCE]
        ]
        assert (summed.detail["kind"], summed.detail["count"], summed.detail["networks"]) == ("rate", 3, 3)

    def test_what_the_page_cache_makes_for_everybody_takes_from_nobody(self):
        buckets = Buckets({**RATES, "page": Rate(1, 0.001)}, lambda: 1000.0)
        self.enterContext(mock.patch("base.middleware.throttle.Buckets", return_value=buckets))
        self.client = Client()
        made = self.ask("/", 5, address="", **{FOR_EVERYBODY: True})
        assert [answer.status_code for answer in made] == [200] * 5

        # Nobody can say so of himself: headers of a reader are named HTTP_….
        asked = self.ask("/", 3, address="198.51.100.9", **{"HTTP_PORTAL.FOR_EVERYBODY": "1"})
        assert [answer.status_code for answer in asked] == [200, 429, 429]

    def few_missing(self) -> None:
        """Let the clock of the limits stand still, so that a slow machine fills none, with four addresses in vain."""
        buckets = Buckets({**RATES, "missing": Rate(4, 0.5)}, lambda: 1000.0)
        self.enterContext(mock.patch("base.middleware.throttle.Buckets", return_value=buckets))
        self.client = Client()

    def test_one_neighbours_broken_links_shut_only_what_does_not_exist(self):
        self.few_missing()
        address = "198.51.100.4"
        answers = self.ask("/khong-co/", 6, address=address)
        assert [answer.status_code for answer in answers] == [404] * 4 + [429] * 2
        assert AuditEntry.objects.filter(action="refused", address=address, detail__kind="rate").count() == 1
        assert answers[-1]["Retry-After"] == "2"

        for path in ("/", "/tin-tuc/", "/tim-kiem/?q=cau", "/robots.txt"):
            assert self.ask(path, 1, address=address)[0].status_code == 200, path
        assert self.ask(FORM, 1, address=address, method="POST")[0].status_code == 405
        assert self.ask("/khong-co/", 1, address="198.51.100.14")[0].status_code == 404

    def test_floods_of_what_does_not_exist_take_nothing_from_forms_searches_and_pages(self):
        few = {**RATES, **{kind: Rate(3, 0.1) for kind in ("page", "search", "sending", "form", "missing")}}
        buckets = Buckets(few, lambda: 1000.0)
        self.enterContext(mock.patch("base.middleware.throttle.Buckets", return_value=buckets))
        self.client, address = Client(), "198.51.100.16"
        for path, method in (("/khong-co/", "POST"), ("/khong-co/?q=x", "GET"), ("/khong-co/", "GET")):
            answers = self.ask(path, 8, address=address, method=method)
            assert {answer.status_code for answer in answers} <= {404, 429}

        for kind in ("page", "search", "sending", "form"):
            assert buckets.wait(kind, address) == 0, kind
        assert buckets.wait("missing", address)
        for path in ("/", "/tim-kiem/?q=cau"):
            assert self.ask(path, 1, address=address)[0].status_code == 200, path

    def test_addresses_of_an_api_that_do_not_exist_cost_what_others_do(self):
        buckets = Buckets({**RATES, "api": Rate(3, 0.1)}, lambda: 1000.0)
        self.enterContext(mock.patch("base.middleware.throttle.Buckets", return_value=buckets))
        self.client = Client()

        answers = self.ask("/api/du-lieu-mo/v1/trang/999999999/", 5, address="198.51.100.18")

        assert [answer.status_code for answer in answers] == [404] * 3 + [429] * 2

    def test_programs_without_a_proof_leave_the_people_of_their_address_room(self):
        buckets = Buckets({**RATES, "sending": Rate(5, 0.1), "form": Rate(2, 0.1)}, lambda: 1000.0)
        self.enterContext(mock.patch("base.middleware.throttle.Buckets", return_value=buckets))
        self.client, address = Client(), "198.51.100.17"

        answers = self.ask(FORM, 20, address=address, method="POST")
        assert [answer.status_code for answer in answers].count(429) == 18
        assert buckets.wait("sending", address) == 0

    def test_what_does_not_exist_is_answered_in_short_once_there_was_much_of_it(self):
        self.few_missing()
        address = "198.51.100.15"
        whole = self.ask("/khong-co/", 5, address=address)[0]
        with CaptureQueriesContext(connection) as asked:
            short = self.ask("/khong-co/", 1, address=address)[0]

        assert (whole.status_code, short.status_code) == (404, 429)
        assert len(short.content) < 0.6 * len(whole.content)
        # What finds out that there is no such page (Wagtail's five); nothing for a frame.
        assert len(asked) <= 5, [query["sql"][:90] for query in asked]

    def test_a_page_refused_says_how_long_and_a_reader_of_english_reads_english(self):
        buckets = Buckets({**RATES, "page": Rate(1, 0.02)})
        with mock.patch("base.middleware.throttle.Buckets", return_value=buckets):
            told = {}
            for path in ("/tin-tuc/", "/en/"):
                client = Client()
                client.get(path, REMOTE_ADDR="198.51.100.16")
                buckets.take("page", "198.51.100.16")
                told[path] = client.get(path, REMOTE_ADDR="198.51.100.16")

        assert told["/tin-tuc/"].status_code == told["/en/"].status_code == 429
        seconds = int(told["/tin-tuc/"]["Retry-After"])
        assert f"mở lại trang sau {seconds} giây" in told["/tin-tuc/"].content.decode()
        assert f"again in {told['/en/']['Retry-After']} seconds" in told["/en/"].content.decode()

    def test_a_reader_who_clicks_through_50_pages_meets_none(self):
        answers = self.ask("/tin-tuc/", 50, address="198.51.100.5")
        answers += self.ask("/tim-kiem/?q=cau", 10, address="198.51.100.5")
        assert {answer.status_code for answer in answers} == {200}

    def test_the_administration_and_the_watchers_are_not_counted(self):
        for path in (reverse("wagtailadmin_login"), "/healthz"):
            answers = self.ask(path, 200, address="198.51.100.6")
            assert {answer.status_code for answer in answers} == {200}

    def test_the_address_is_that_behind_our_own_proxy(self):
        with override_settings(PORTAL_PROXIES=1):
            for number in range(40):
                spoofed = f"203.0.113.{number}, 198.51.100.9"
                last = self.ask(FORM, 1, address="127.0.0.1", method="POST", HTTP_X_FORWARDED_FOR=spoofed)[0]
        assert last.status_code == 429


class Spellings(CityTestCase):
    def test_a_number_has_one_spelling_in_an_address(self):
        """Else each of "1", "01", "001" would be a page of its own, made afresh and kept."""
        for path, status in (("/sitemap-1.xml", 200), ("/sitemap-01.xml", 404), ("/sitemap-0001.xml", 404)):
            assert self.client.get(path).status_code == status, path
