"""What is counted of the use of pages, and what is not."""

import multiprocessing
import os
import tempfile
import threading
from datetime import date
from pathlib import Path
from unittest import mock

from django.db import OperationalError
from django.test import SimpleTestCase, override_settings

from base.operations.throttle import Buckets
from base.public.usage import counting as usage
from base.public.usage import visitors as visitors_module
from base.public.usage.beacon import POINT, UsageBeacon
from base.public.usage.counted import VIEW
from base.public.usage.counting import Usage
from base.public.usage.readers import is_person
from base.public.usage.visitors import Visitors, shared_path
from tests.base.counted import BROWSER, a_click, a_point, a_view

NOON = 1_795_582_800.0  # 2026-11-25 12:00 in Việt Nam
DAY = 86_400


class Clock:
    """Seconds since 1970 that a test moves."""

    def __init__(self, now: float = NOON):
        self.now = now

    def __call__(self) -> float:
        return self.now


class Written(list):
    """Takes what would be written; refuses while `is_away`."""

    is_away = False

    def __call__(self, counts):
        if self.is_away:
            raise OperationalError("connection refused")
        self.append(counts)


class WritesAFile:
    """Adds what is written to the number in a file."""

    def __init__(self, path: str):
        self.path, self.total = path, 0

    def __call__(self, counts):
        self.total += sum(counts.values())
        Path(self.path).write_text(str(self.total), encoding="ascii")


def count_and_end(path: str) -> None:
    """What a process does that counts a little and ends at once."""
    counting = Usage(write=WritesAFile(path))
    counting.start()
    for page in range(25):
        counting.add(page, VIEW)


class WithAUsage(SimpleTestCase):
    def setUp(self):
        self.clock, self.written = Clock(), Written()
        # Time enough passes in no test for a token to come back.
        self.usage = Usage(clock=self.clock, write=self.written, buckets=Buckets(usage.RATES, lambda: 1000.0))

    def count(self, environ, kind=VIEW, page=7, destination=""):
        return self.usage.count(environ, page, kind, destination=destination)

    def total(self) -> int:
        self.usage.flush()
        return sum(sum(counts.values()) for counts in self.written)


class Persons(WithAUsage):
    def test_are_known_by_what_their_browser_says_of_a_request(self):
        for name, environ, destination in (
            ("a script of the page", a_view(7), ""),
            ("an older browser, which names its origin only", a_view(7, HTTP_SEC_FETCH_SITE=None), ""),
            ("a browser without scripts", a_point(7), "image"),
            ("a telephone of the make Cubot", a_view(7, agent=f"{BROWSER} CUBOT_X18_Plus"), ""),
            ("the browser Cốc Cốc", a_view(7, agent=f"{BROWSER} coc_coc_browser/125.0"), ""),
            ("a browser inside another program", a_view(7, agent=f"{BROWSER} Zalo iOS/620"), ""),
        ):
            with self.subTest(name):
                self.assertTrue(is_person(environ, destination=destination))

    def test_are_not_programs_nor_other_sites_nor_fetching_ahead(self):
        for name, environ, destination in (
            (
                "Googlebot",
                a_view(7, agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
                "",
            ),
            ("coccocbot", a_view(7, agent="Mozilla/5.0 (compatible; coccocbot-web/1.0)"), ""),
            ("a browser driven by a program", a_view(7, agent=f"{BROWSER} HeadlessChrome/120"), ""),
            ("curl", a_view(7, agent="curl/8.5"), ""),
            ("no name at all", a_view(7, agent=""), ""),
            ("an endless name", a_view(7, agent="Mozilla/5.0 " + "x" * 600), ""),
            ("the page of another site", a_view(7, HTTP_SEC_FETCH_SITE="cross-site"), ""),
            ("the page of another ward", a_view(7, HTTP_SEC_FETCH_SITE="same-site"), ""),
            ("another origin", a_view(7, HTTP_SEC_FETCH_SITE=None, HTTP_ORIGIN="http://elsewhere.invalid"), ""),
            ("no origin", a_view(7, HTTP_SEC_FETCH_SITE=None, HTTP_ORIGIN=None), ""),
            ("a fetcher that says nothing of itself", a_point(7, HTTP_SEC_FETCH_SITE=None), "image"),
            ("a picture opened as a page", a_point(7, HTTP_SEC_FETCH_DEST="document"), "image"),
            ("a link opened as a picture", a_click("/x/", HTTP_SEC_FETCH_DEST="image"), "document"),
            ("prefetch", a_click("/x/", HTTP_SEC_PURPOSE="prefetch"), "document"),
            ("prerender", a_view(7, HTTP_SEC_PURPOSE="prefetch;prerender"), ""),
            ("prefetch of older browsers", a_click("/x/", HTTP_X_MOZ="prefetch"), "document"),
        ):
            with self.subTest(name):
                self.assertFalse(is_person(environ, destination=destination))
                self.assertFalse(self.count(environ, destination=destination))
        self.assertEqual(self.total(), 0)


class Visits(WithAUsage):
    def test_count_once_in_half_an_hour(self):
        self.assertTrue(self.count(a_view(7)))
        self.clock.now += 1799
        self.assertFalse(self.count(a_view(7)))
        self.clock.now += 2
        self.assertTrue(self.count(a_view(7)))

        self.assertEqual(self.total(), 2)

    def test_of_other_visitors_pages_and_kinds_count_apart(self):
        for environ in (a_view(7), a_view(7, address="192.0.2.2"), a_view(7, agent=f"{BROWSER} x")):
            self.assertTrue(self.count(environ))
        self.assertTrue(self.count(a_view(8), page=8))
        self.assertTrue(self.count(a_click("/x/"), kind="outgoing", destination="document"))

        self.assertEqual(self.total(), 5)

    def test_by_one_subscriber_of_ipv6_are_of_one_visitor(self):
        self.assertTrue(self.count(a_view(7, address="2001:db8:1:1::5")))
        self.assertFalse(self.count(a_view(7, address="2001:db8:1:1::6")))

    def test_belong_to_the_local_day_and_a_new_day_begins_anew(self):
        self.clock.now = NOON + 12 * 3600 - 1
        self.assertTrue(self.count(a_view(7)))
        self.clock.now += 2
        self.assertTrue(self.count(a_view(7)))

        self.usage.flush()

        self.assertEqual(self.written, [{(7, date(2026, 11, 25), "view"): 1, (7, date(2026, 11, 26), "view"): 1}])

    def test_that_another_process_answers_count_once_more_and_no_oftener(self):
        other = Usage(clock=self.clock, write=self.written)

        counted = [one.count(a_view(7), 7, VIEW) for one in (self.usage, other, self.usage, other, other)]

        self.assertEqual(counted, [True, True, False, False, False])

    def test_are_remembered_for_half_an_hour_and_no_more_than_there_is_room(self):
        visitors = Visitors(clock=self.clock)
        with mock.patch.object(visitors_module, "MOST_USES", 4):
            for number in range(9):
                visitors.is_first(str(number))

            self.assertEqual([visitors.is_first("8"), visitors.is_first("0")], [False, True])
        self.clock.now += 1801
        visitors.is_first("9")

        self.assertEqual(len(visitors._until), 1)

    @override_settings(PORTAL_THROTTLE=True)
    def test_of_different_browsers_behind_one_address_are_all_counted(self):
        counted = sum(self.count(a_view(7, agent=f"{BROWSER} {number}")) for number in range(400))

        self.assertEqual(counted, 400)

    @override_settings(PORTAL_THROTTLE=True)
    def test_of_invented_browsers_of_one_network_are_bounded(self):
        on_one = sum(self.count(a_view(7, agent=f"{BROWSER} {number}")) for number in range(1000))
        # A thousand presses of the three thousand of a network are gone, whatever was counted of them.
        on_others = sum(
            self.count(a_view(page, agent=f"{BROWSER} {number}"), page=page)
            for page in range(8, 14)
            for number in range(400)
        )

        self.assertEqual((on_one, on_others), (500, 2000))

    @override_settings(PORTAL_THROTTLE=True)
    def test_of_one_browser_over_all_pages_are_bounded_and_its_neighbours_are_not(self):
        counted = sum(self.count(a_view(page), page=page) for page in range(1000))

        self.assertEqual(counted, 120)
        self.assertTrue(self.count(a_view(7, agent=f"{BROWSER} nữa")))

    @override_settings(PORTAL_THROTTLE=True)
    def test_a_press_waits_no_longer_after_the_clock_of_the_machine_was_set_back(self):
        pressed = Usage(clock=self.clock, write=self.written)
        for _ in range(500):
            pressed.vote_wait(a_view(7), "7")
        self.clock.now -= 600

        self.assertLessEqual(pressed.vote_wait(a_view(7), "7"), 1)


class Writing(WithAUsage):
    def test_is_one_write_for_all_pages_and_kinds(self):
        for page in (8, 7):
            for number in range(3):
                self.count(a_view(page, address=f"192.0.2.{number}"), page=page)

        self.usage.flush()
        self.usage.flush()

        self.assertEqual(self.written, [{(8, date(2026, 11, 25), "view"): 3, (7, date(2026, 11, 25), "view"): 3}])

    def test_waits_in_memory_while_the_database_is_away_and_loses_nothing(self):
        self.written.is_away = True
        self.count(a_view(7))
        with self.assertLogs("base.public.usage.counting", "WARNING") as logged:
            self.assertFalse(self.usage.flush())
            self.assertFalse(self.usage.flush())
        self.count(a_view(7, address="192.0.2.2"))
        self.written.is_away = False

        self.assertTrue(self.usage.flush())

        self.assertEqual(self.written, [{(7, date(2026, 11, 25), "view"): 2}])
        # Said once, and nothing of what the error says.
        self.assertEqual(len(logged.output), 1)
        self.assertNotIn("refused", logged.output[0])

    def test_of_a_database_that_hangs_keeps_nobody_waiting(self):
        begun, goes_on = threading.Event(), threading.Event()

        def hang(counts):
            begun.set()
            goes_on.wait(20)

        stuck = Usage(clock=self.clock, write=hang)
        stuck.count(a_view(7), 7, VIEW)
        writer = threading.Thread(target=stuck.flush)
        writer.start()
        begun.wait(20)

        self.assertTrue(stuck.count(a_view(8), 8, VIEW))

        goes_on.set()
        writer.join()

    def test_is_done_by_a_thread_at_most_once_a_second_and_at_the_end(self):
        moments = []
        busy = Usage(clock=self.clock, write=moments.append)
        with mock.patch.object(usage, "WRITE_EVERY_SECONDS", 0.2), mock.patch.object(usage, "Finalize"):
            busy.start()
            began = usage.time.monotonic()
            number = 0
            while usage.time.monotonic() - began < 0.5:
                number += 1
                busy.add(number % 5, VIEW)
                usage.time.sleep(0.005)
            busy.stop()

        self.assertEqual(sum(sum(counts.values()) for counts in moments), number)
        self.assertLessEqual(len(moments), 5)

    def test_is_done_when_a_process_of_the_server_ends(self):
        with tempfile.NamedTemporaryFile("r") as file:
            child = multiprocessing.get_context("fork").Process(target=count_and_end, args=(file.name,))
            child.start()
            child.join(60)

            self.assertEqual((child.exitcode, file.read()), (0, "25"))

    def test_bounds_how_many_forged_numbers_of_pages_wait(self):
        self.usage.add(7, VIEW)
        added = sum(self.usage.add(page, VIEW) for page in range(100, 100 + 2 * usage.MOST_WAITING))

        self.assertEqual(added, usage.MOST_WAITING - 1)
        # Of a page that waits already more are taken all the same.
        self.assertTrue(self.usage.add(7, VIEW))
        self.usage.flush()
        self.assertTrue(self.usage.add(8, VIEW))


def told_first(visitors: Visitors, *people: str) -> list[bool]:
    """Whether each of some visitors says something for the first time today."""
    return [visitors.is_first_today(person, BROWSER, "hai-long 7") for person in people]


def slow_digest(*given, digest=visitors_module._digest) -> bytes:
    """The same digest, late."""
    usage.time.sleep(0.02)
    return digest(*given)


def say_at_once(path, begin, answers) -> None:
    """What a process does in which the same visitor says something at the same moment as in others."""
    visitors = Visitors(path)
    begin.wait(30)
    answers.put(visitors.is_first_today("192.0.2.1", BROWSER, "hai-long 7"))


class WhatIsSaid(SimpleTestCase):
    def setUp(self):
        self.clock = Clock()
        self.path = shared_path(f"test {os.getpid()} {id(self)}")
        self.addCleanup(self.path.unlink, missing_ok=True)

    def visitors(self) -> Visitors:
        return Visitors(self.path, self.clock)

    def test_counts_once_a_day_in_all_processes(self):
        one, other = self.visitors(), self.visitors()

        self.assertEqual(told_first(one, "192.0.2.1", "192.0.2.2"), [True, True])
        self.clock.now += 11 * 3600
        self.assertEqual(told_first(other, "192.0.2.1", "192.0.2.2", "192.0.2.3"), [False, False, True])

    def test_that_had_no_effect_counts_as_new_for_its_visitor_alone(self):
        for visitors in (self.visitors(), Visitors(None, self.clock)):
            with self.subTest(path=visitors._path):
                told_first(visitors, "192.0.2.1", "192.0.2.2", "192.0.2.3")

                visitors.take_back("192.0.2.2", BROWSER, "hai-long 7")

                again = told_first(visitors, "192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.3")
                self.assertEqual(again, [False, True, False, False])

    def test_counts_once_when_all_processes_hear_it_at_the_same_moment(self):
        fork = multiprocessing.get_context("fork")
        begin, answers = fork.Event(), fork.Queue()
        processes = [fork.Process(target=say_at_once, args=(self.path, begin, answers)) for _ in range(8)]
        # Between reading what was said and adding to it.
        with mock.patch.object(visitors_module, "_digest", slow_digest):
            for process in processes:
                process.start()
                self.addCleanup(process.kill)

        begin.set()

        self.assertEqual(sorted(answers.get(timeout=30) for _ in processes), [False] * 7 + [True])

    def test_is_forgotten_at_midnight_with_the_key_even_if_nothing_is_said_then(self):
        visitors = self.visitors()
        told_first(visitors, "192.0.2.1")
        before = self.path.read_bytes()
        self.clock.now += DAY / 2

        visitors.is_first("192.0.2.9", BROWSER, "7", "view")

        after = self.path.read_bytes()
        # The day and a key, and nothing of the day before.
        self.assertEqual((len(before), len(after)), (58, 42))
        self.assertNotEqual(before[10:42], after[10:])
        self.assertEqual(told_first(visitors, "192.0.2.1"), [True])

    def test_leaves_neither_address_nor_browser_in_the_memory(self):
        told_first(self.visitors(), "192.0.2.77")

        shared = self.path.read_bytes()

        self.assertNotIn(b"192.0.2.77", shared)
        self.assertNotIn(b"Firefox", shared)

    def test_takes_no_more_room_however_many_say_it(self):
        with mock.patch.object(visitors_module, "MOST_ANSWERS", 4):
            visitors = self.visitors()
            told_first(visitors, *map(str, range(9)))

            self.assertEqual(told_first(visitors, "3", "8"), [False, True])
        self.assertEqual(len(self.path.read_bytes()), 42 + 4 * 16)

    def test_is_not_shared_where_others_may_read_or_lead_us(self):
        self.path.touch(mode=0o644)
        self.assertEqual(told_first(self.visitors(), "192.0.2.1", "192.0.2.1"), [True, False])
        self.assertEqual(self.path.read_bytes(), b"")
        self.path.unlink()
        self.path.symlink_to("/dev/null")
        visitors = self.visitors()

        self.assertEqual(told_first(visitors, "192.0.2.1", "192.0.2.1"), [True, False])
        self.assertEqual(told_first(self.visitors(), "192.0.2.1"), [True])

    def test_goes_when_counting_stops_and_those_that_go_on_share_anew(self):
        counting = Usage(write=Written())
        with mock.patch.object(usage, "Finalize"):
            counting.start(visitors=self.visitors())
        one, other = self.visitors(), self.visitors()
        told_first(one, "192.0.2.1")

        counting.stop()

        self.assertFalse(self.path.exists())
        self.assertEqual(told_first(one, "192.0.2.2") + told_first(other, "192.0.2.2"), [True, False])


class TheBeacon(WithAUsage):
    def setUp(self):
        super().setUp()
        self.status = "200 OK"
        self.beacon = UsageBeacon(self.application, self.usage)

    def application(self, environ, start_response):
        environ["REMOTE_ADDR"] = "changed by Django"
        start_response(self.status, [("Content-Type", "text/plain")])
        return [b"below"]

    def ask(self, environ):
        said = []
        body = b"".join(self.beacon(environ, lambda status, headers: said.append((status, dict(headers)))))
        return *said[0], body

    def test_takes_a_view_and_says_nothing(self):
        status, headers, body = self.ask(a_view(7))

        self.assertEqual((status, body), ("204 No Content", b""))
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertNotIn("Set-Cookie", headers)
        self.assertEqual(self.total(), 1)

    def test_answers_alike_what_it_does_not_count(self):
        counted = self.ask(a_view(7))
        for environ in (
            a_view(7),
            a_view(7, agent="curl/8"),
            a_view("x"),
            a_view(7, kind="outgoing"),
            a_view("9" * 13),
            a_view(7, CONTENT_LENGTH="2000000"),
            a_view(7, CONTENT_LENGTH="-1"),
            a_view(7, CONTENT_LENGTH=None),
        ):
            self.assertEqual(self.ask(environ), counted)

        self.assertEqual(self.total(), 1)

    def test_counts_readers_without_scripts_by_a_point(self):
        status, headers, body = self.ask(a_point(7, kind="guide"))

        self.assertEqual((status, headers["Content-Type"], body), ("200 OK", "image/gif", POINT))
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.usage.flush()
        day = date(2026, 11, 25)
        self.assertEqual(self.written, [{(7, day, "guide"): 1, (7, day, "view"): 1}])

    def test_answers_other_methods_as_it_should(self):
        self.assertEqual(self.ask(a_point(7, REQUEST_METHOD="HEAD"))[2], b"")
        self.assertEqual(self.ask(a_point(7, REQUEST_METHOD="PUT"))[0], "405 Method Not Allowed")
        self.assertEqual(self.total(), 0)

    def test_counts_a_form_that_was_fetched_and_only_that(self):
        for status, number in (("200 OK", 1), ("304 Not Modified", 2), ("404 Not Found", 3), ("206 Partial", 4)):
            self.status = status
            answer = self.ask(a_click("/tep/abc/mau.pdf", query="dich-vu=7", address=f"192.0.2.{number}"))
            self.assertEqual((answer[0], answer[2]), (status, b"below"))
        self.status = "200 OK"
        self.ask(a_click("/tep/abc/mau.pdf", address="192.0.2.9"))
        self.ask(a_click("/tin-tuc/", query="dich-vu=7", address="192.0.2.9"))
        self.ask(a_click("/tep/abc/mau.pdf", query="dich-vu=7&x=1", address="192.0.2.9"))

        self.usage.flush()
        self.assertEqual(self.written, [{(7, date(2026, 11, 25), "download"): 2}])

    def test_gives_the_file_whatever_becomes_of_the_count(self):
        with (
            mock.patch.object(Usage, "count", side_effect=RuntimeError("broken")),
            self.assertLogs("base.public.usage.beacon", "ERROR"),
        ):
            status, _headers, body = self.ask(a_click("/tep/abc/mau.pdf", query="dich-vu=7"))

        self.assertEqual((status, body), ("200 OK", b"below"))
