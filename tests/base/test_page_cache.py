import gzip
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import brotli
from django.contrib.sessions.backends.db import SessionStore
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, close_old_connections, transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings
from django.urls import path
from django.utils import timezone
from wagtail.models import get_page_models

from base.middleware.page_cache_headers import PageCacheHeadersMiddleware
from base.models import OrganisationUnit, PortalSite, SiteGeneration
from base.operations.handlers import PortalWSGIHandler
from base.public.gone.journal import CHANGED, Journal, journal
from base.public.page_cache import BUSY, REFRESH, PageCache, mark_public, read_generations, unmark
from base.public.page_cache import disk_cache as shelf_module
from base.public.page_cache.backlog import Backlog
from base.public.page_cache.copies import (
    DID_CHANGE,
    MAY_CHANGE,
    NOTHING_GONE,
    STAYS,
    Copy,
    Generation,
    Started,
    copy_of,
)
from base.public.page_cache.disk_cache import DiskCache, disk_cache_of_this_server
from base.public.page_cache.generations import raise_generation
from base.public.page_cache.watch import LONGEST_OLD_SECONDS
from base.public.page_cache.wrapper import HURRYING_SECONDS, MANY_WAIT, MOST_WAITING, SETTLING_SECONDS
from base.public.query_parameters import CACHED_PARAMETERS
from base.public.request_kinds import FOR_EVERYBODY
from legalref.register import api, between_days
from servicecatalog.usage import page as usage_page
from subscriptions import following
from tests.alerts.standing import stand
from tests.city import CityTestCase

PAGE = "<p>Ủy ban nhân dân thành phố Long Xuyên</p>\n" * 40


class FakeClock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += seconds


class FakeGenerations:
    """What the database would say, and how often it was asked."""

    def __init__(self):
        self.rows = {1: (5, 0), 2: (7, 0)}
        self.away = False
        self.reads = 0

    def __call__(self):
        self.reads += 1
        if self.away:
            raise DatabaseError("the database is away")
        return dict(self.rows)

    def raise_(self, site, urgent=False):
        value, urgent_value = self.rows[site]
        self.rows[site] = (value + 1, urgent_value + urgent)


class FakeApplication:
    """A WSGI application that counts its pages and answers as told."""

    def __init__(self):
        self.pages = 0
        self.status = "200 OK"
        self.body = PAGE
        self.headers = []
        self.streaming = False
        self.queries = []
        self.before_answer = lambda environ: None

    def public(self, sites="1", params="", max_age="", more=()):
        self.headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("X-Portal-Cache", "public"),
            ("X-Portal-Sites", sites),
            *([("X-Portal-Vary-Params", params)] if params else []),
            *([("X-Portal-Max-Age", max_age)] if max_age else []),
            *more,
        ]
        return self

    def __call__(self, environ, start_response):
        self.pages += 1
        self.queries.append(environ["QUERY_STRING"])
        self.before_answer(environ)
        body = f"<!-- {self.pages} -->{self.body}".encode()
        start_response(self.status, list(self.headers))
        return iter([body]) if self.streaming else [body]


class Answered:
    def __init__(self, status, headers, body):
        self.status = int(status[:3])
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def number(self):
        """Which page, counted by the application, this is."""
        return int(self.body.split()[1])


def ask(application, path="/tin-tuc/", query="", method="GET", host="longxuyen.example", **headers):
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": host,
        "wsgi.url_scheme": "http",
    }
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    said = []
    result = application(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
    return Answered(*said, b"".join(result))


class PageCacheCase(SimpleTestCase):
    def setUp(self):
        self.clock = FakeClock()
        self.generations = FakeGenerations()
        self.application = FakeApplication().public()
        self.cache = self.wrap()

    def wrap(self, **options):
        options = {"max_bytes": 10_000_000, "read": self.generations, "clock": self.clock} | options
        return PageCache(self.application, **options)


class AnswersFromMemory(PageCacheCase):
    def test_a_second_reader_gets_the_first_readers_page(self):
        first = ask(self.cache)

        second = ask(self.cache)

        self.assertEqual(self.application.pages, 1)
        self.assertEqual(first.body, second.body)

    def test_internal_headers_never_leave(self):
        for answer in (ask(self.cache), ask(self.cache), ask(self.cache, query="la=1")):
            self.assertFalse([name for name in answer.headers if name.startswith("x-portal-")])

    def test_internal_headers_never_leave_when_the_cache_is_off(self):
        cache = self.wrap(max_bytes=0)

        answers = [ask(cache), ask(cache)]

        self.assertEqual(self.application.pages, 2)
        for answer in answers:
            self.assertFalse([name for name in answer.headers if name.startswith("x-portal-")])
            self.assertEqual(answer.headers["cache-control"], "no-cache")

    def test_hosts_and_schemes_have_copies_of_their_own(self):
        ask(self.cache)

        ask(self.cache, host="mylong.example")
        ask(self.cache, host="MyLong.example")

        self.assertEqual(self.application.pages, 2)

    def test_a_scheme_told_by_a_proxy_is_part_of_the_key(self):
        cache = self.wrap(scheme_key="HTTP_X_FORWARDED_PROTO")

        ask(cache, x_forwarded_proto="https")
        ask(cache)
        ask(cache, x_forwarded_proto="https")
        ask(cache, x_forwarded_proto="invented")
        ask(cache, x_forwarded_proto="invented")

        self.assertEqual(self.application.pages, 4)

    def test_the_body_comes_in_the_encoding_the_browser_accepts(self):
        plain = ask(self.cache)
        for accepted, encoding, unpack in [
            ("gzip, deflate", "gzip", gzip.decompress),
            ("gzip, deflate, br, zstd", "br", brotli.decompress),
            ("br;q=1.0, gzip;q=0.8", "br", brotli.decompress),
            ("br;q=0, gzip", "gzip", gzip.decompress),
            ("*", "gzip", gzip.decompress),
        ]:
            with self.subTest(accepted):
                answer = ask(self.cache, accept_encoding=accepted)

                self.assertEqual(answer.headers["content-encoding"], encoding)
                self.assertEqual(unpack(answer.body), plain.body)
                self.assertEqual(answer.headers["vary"], "Accept-Encoding")
                self.assertEqual(int(answer.headers["content-length"]), len(answer.body))

    def test_a_browser_that_accepts_no_encoding_gets_none(self):
        for accepted in ("identity", "", "deflate", "gzip;q=0, br;q=0.0"):
            with self.subTest(accepted):
                self.assertNotIn("content-encoding", ask(self.cache, accept_encoding=accepted).headers)

    def test_each_variant_has_a_strong_tag_of_its_own(self):
        tags = {ask(self.cache, accept_encoding=accepted).headers["etag"] for accepted in ("", "gzip", "br")}

        self.assertEqual(len(tags), 3)
        self.assertTrue(all(tag.startswith('"') for tag in tags))

    def test_a_known_tag_is_answered_304_without_a_body(self):
        tag = ask(self.cache, accept_encoding="br").headers["etag"]
        for wanted in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            with self.subTest(wanted):
                answer = ask(self.cache, accept_encoding="br", if_none_match=wanted)

                self.assertEqual(answer.status, 304)
                self.assertEqual(answer.body, b"")
                self.assertEqual(answer.headers["etag"], tag)

    def test_an_unknown_tag_is_answered_whole(self):
        ask(self.cache)

        self.assertEqual(ask(self.cache, if_none_match='"other"').status, 200)

    def test_head_is_answered_from_the_copy_without_its_body(self):
        body = ask(self.cache).body

        answer = ask(self.cache, method="HEAD")

        self.assertEqual(self.application.pages, 1)
        self.assertEqual(answer.body, b"")
        self.assertEqual(int(answer.headers["content-length"]), len(body))

    def test_a_cookie_that_is_nobodys_does_not_matter(self):
        ask(self.cache, cookie="mau=toi")
        ask(self.cache, cookie="mau=sang")

        self.assertEqual(self.application.pages, 1)

    def test_what_stands_in_front_may_keep_it_for_a_second_only(self):
        self.assertEqual(ask(self.cache).headers["cache-control"], "public, max-age=0, s-maxage=1, must-revalidate")

    def test_an_address_with_a_query_is_kept_here_and_nowhere_in_front(self):
        self.application.public(params="q")

        for _ in range(2):
            answer = ask(self.cache, query="q=lu")

        self.assertEqual(answer.headers["cache-control"], "private, max-age=0, must-revalidate")
        self.assertEqual((answer.status, self.application.pages), (200, 1))

    def test_what_was_made_for_words_that_no_page_reads_is_never_shown_as_the_plain_page(self):
        # What stands in front keeps one copy for both, so they must be the same.
        first, plain = ask(self.cache, query="x=1"), ask(self.cache)

        self.assertEqual((first.body, first.headers), (plain.body, plain.headers))
        self.assertEqual(self.application.queries, ["x=1", ""])

    def test_a_server_that_edits_its_headers_does_not_spoil_the_copy(self):
        ask(self.cache)
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/tin-tuc/",
            "QUERY_STRING": "",
            "HTTP_HOST": "longxuyen.example",
            "wsgi.url_scheme": "http",
        }

        self.cache(environ, lambda status, headers, exc_info=None: headers.clear())

        self.assertIn("etag", ask(self.cache).headers)


class NeverKeeps(PageCacheCase):
    def assertNotKept(self, **request):
        before = self.application.pages
        answers = [ask(self.cache, **request), ask(self.cache, **request)]
        self.assertEqual(self.application.pages - before, 2)
        return answers

    def test_a_page_that_nobody_marked(self):
        self.application.headers = [("Content-Type", "text/html")]

        self.assertNotKept()

    def test_an_answer_with_a_header_against_it(self):
        for header in [
            ("Set-Cookie", "csrftoken=abc"),
            ("Vary", "Cookie"),
            ("Vary", "Accept-Language, Accept-Encoding"),
            ("Vary", "*"),
            ("Cache-Control", "private"),
            ("Cache-Control", "max-age=0, no-store"),
            ("Content-Encoding", "gzip"),
        ]:
            with self.subTest(header):
                self.application.public(more=[header])

                self.assertNotKept()

    def test_an_answer_of_another_status(self):
        for status in (
            "404 Not Found",
            "302 Found",
            "403 Forbidden",
            "500 Internal Server Error",
            "503 Service Unavailable",
        ):
            with self.subTest(status):
                self.application.status = status

                self.assertNotKept()

    def test_a_stream(self):
        self.application.streaming = True

        self.assertNotKept()

    def test_a_form(self):
        self.application.body = '<form><input type="hidden" name="csrfmiddlewaretoken" value="abc"></form>'

        self.assertNotKept()

    def test_a_page_without_sites_or_lifetime(self):
        for marks in ({"sites": ""}, {"max_age": "0"}):
            with self.subTest(marks):
                self.application.public(**marks)

                self.assertNotKept()

    def test_the_answer_to_somebody_in_particular(self):
        ask(self.cache)
        for headers in (
            {"cookie": "a=b; sessionid=xyz"},
            {"cookie": "messages=x"},
            {"authorization": "Basic x"},
        ):
            with self.subTest(headers):
                self.assertNotKept(**headers)

    def test_the_answer_to_a_changing_request(self):
        ask(self.cache)

        self.assertNotKept(method="POST")

    def test_health_is_neither_kept_nor_a_reason_to_ask_the_database(self):
        self.assertNotKept(path="/healthz")

        self.assertEqual(self.generations.reads, 0)

    def test_a_page_that_became_private_is_forgotten(self):
        ask(self.cache)
        self.application.headers = [("Content-Type", "text/html")]
        self.generations.raise_(1)
        self.clock.advance(1)

        self.assertNotKept()

        self.assertEqual(len(self.cache), 0)
        self.assertEqual(self.cache.size_bytes, 0)


class GonePages(PageCacheCase):
    def test_a_410_is_kept_by_generation(self):
        self.application.status = "410 Gone"

        self.assertEqual([ask(self.cache).status, ask(self.cache).status], [410, 410])
        self.assertEqual(self.application.pages, 1)

        self.generations.raise_(1)
        self.application.status = "200 OK"
        self.clock.advance(0.5)

        self.assertEqual(ask(self.cache).status, 200)

    def test_a_410_is_told_whole_also_to_a_reader_who_has_it(self):
        self.application.status = "410 Gone"
        ask(self.cache)

        self.assertEqual(ask(self.cache, if_none_match="*").status, 410)


class QueryParameters(PageCacheCase):
    def setUp(self):
        super().setUp()
        self.application.public(params="trang,nam")

    def test_declared_parameters_make_copies_of_their_own(self):
        pages = [ask(self.cache, query=query).number for query in ("", "trang=2", "trang=3", "trang=2")]

        self.assertEqual(pages, [1, 2, 3, 2])

    def test_every_spelling_of_a_query_is_one_copy(self):
        ask(self.cache)
        ask(self.cache, query="nam=2024&trang=2")

        for query in (
            "trang=2&nam=2024",
            "nam=%32024&trang=2",
            "trang=2&nam=2024&fbclid=abc&utm_source=zalo",
        ):
            with self.subTest(query):
                self.assertEqual(ask(self.cache, query=query).number, 2)

    def test_the_page_is_made_from_the_common_spelling(self):
        ask(self.cache)

        ask(self.cache, query="trang=2&nam=2024&fbclid=abc")

        self.assertEqual(self.application.queries[-1], "nam=2024&trang=2")

    def test_what_the_page_does_not_declare_makes_no_page(self):
        ask(self.cache)
        ask(self.cache, query="trang=2")
        for number in range(30):
            for query, page in (
                (f"gidzl={number}", 1),
                (f"x={number}&y", 1),
                (f"trang=2&mibextid={number}", 2),
                ("&".join(f"{letter}={number}" for letter in "abcdefghijklmnopqrstuvwxyz"), 1),
                ("%ff=%00&&&=", 1),
            ):
                with self.subTest(query):
                    self.assertEqual(ask(self.cache, query=query).number, page)

        self.assertEqual((self.application.pages, len(self.cache)), (2, 2))

    def test_the_application_does_not_see_it_either(self):
        ask(self.cache)
        ask(self.cache, query="la=1&trang=3")

        self.assertEqual(self.application.queries, ["", "trang=3"])

    def test_a_page_that_refuses_what_it_does_not_know_sees_it(self):
        self.application.public(params="!,trang")
        ask(self.cache)
        ask(self.cache, query="la=1")
        ask(self.cache, query="la=1")

        self.assertEqual(self.application.queries, ["", "la=1", "la=1"])
        self.assertEqual(len(self.cache), 1)

    def test_repeated_and_overlong_parameters_pass_by_uncached(self):
        ask(self.cache)
        for query in ("trang=1&trang=2", "trang=" + "9" * 65, "la=" + "1" * 2048):
            with self.subTest(query[:20]):
                before = self.application.pages

                ask(self.cache, query=query)
                ask(self.cache, query=query)

                self.assertEqual(self.application.pages, before + 2)
                self.assertEqual(self.application.queries[-1], query)

    def test_a_path_first_asked_for_with_a_strange_parameter_is_kept_without_it(self):
        answers = [ask(self.cache, query=f"la={number}") for number in range(50)]

        self.assertEqual((self.application.queries, len(self.cache)), (["la=0", ""], 1))
        self.assertEqual({answer.number for answer in answers}, {2}, "the links of the first page may bear the word")

    def test_one_path_keeps_a_bounded_number_of_variants(self):
        ask(self.cache)

        for number in range(300):
            ask(self.cache, query=f"trang={number}")
            self.clock.advance(0.001)

        self.assertEqual(len(self.cache), 201)
        pages = self.application.pages
        ask(self.cache, query="trang=299")
        self.assertEqual(self.application.pages, pages)
        ask(self.cache, query="trang=5")
        self.assertEqual(self.application.pages, pages + 1)


class Generations(PageCacheCase):
    def setUp(self):
        super().setUp()
        self.application.public(sites="1,2")
        ask(self.cache)

    def test_they_are_read_at_most_every_half_second(self):
        for _ in range(100):
            ask(self.cache)
            self.clock.advance(0.01)

        self.assertLessEqual(self.generations.reads, 3)

    def test_a_raised_one_makes_the_page_anew_within_half_a_second(self):
        self.generations.raise_(2)
        self.clock.advance(0.5)

        self.assertEqual(ask(self.cache).number, 2)
        self.assertEqual(ask(self.cache).number, 2)

    def test_that_of_another_site_changes_nothing(self):
        self.application.public(sites="1")
        ask(self.cache, path="/khac/")
        self.generations.raise_(2)
        self.clock.advance(0.5)

        ask(self.cache, path="/khac/")

        self.assertEqual(self.application.pages, 2)

    def test_one_that_went_back_counts_as_changed(self):
        self.generations.rows[1] = (1, 0)
        self.clock.advance(0.5)

        self.assertEqual(ask(self.cache).number, 2)

    def test_a_change_while_the_page_is_made_makes_the_copy_too_old_not_too_new(self):
        self.application.before_answer = lambda environ: self.generations.raise_(1)
        ask(self.cache, path="/khac/")
        self.application.before_answer = lambda environ: None
        self.clock.advance(0.5)

        ask(self.cache, path="/khac/")

        self.assertEqual(self.application.pages, 3)

    def test_an_unchanged_page_keeps_its_tag(self):
        self.application.pages = 0
        tag = ask(self.cache, path="/khac/").headers["etag"]
        self.generations.raise_(1)
        self.clock.advance(0.5)
        self.application.pages = 0

        answer = ask(self.cache, path="/khac/", if_none_match=tag)

        self.assertEqual(self.application.pages, 1)
        self.assertEqual(answer.status, 304)

    def test_a_site_that_was_never_raised_has_one_too(self):
        self.application.public(sites="9")
        ask(self.cache, path="/phuong-moi/")
        self.assertEqual(ask(self.cache, path="/phuong-moi/").number, 2)

        self.generations.rows[9] = (1, 0)
        self.clock.advance(0.5)

        self.assertEqual(ask(self.cache, path="/phuong-moi/").number, 3)


class Lifetime(PageCacheCase):
    def test_a_page_lives_an_hour(self):
        ask(self.cache)

        self.clock.advance(3599)
        self.assertEqual(ask(self.cache).number, 1)
        self.clock.advance(2)
        self.assertEqual(ask(self.cache).number, 2)

    def test_a_page_may_ask_for_a_shorter_life(self):
        self.application.public(max_age="60")
        ask(self.cache)

        self.clock.advance(61)

        self.assertEqual(ask(self.cache).number, 2)


class OneThreadRenders(PageCacheCase):
    """While one thread makes a page anew."""

    def setUp(self):
        super().setUp()
        ask(self.cache)
        self.rendering = threading.Event()
        self.may_finish = threading.Event()

        def slowly(environ):
            self.rendering.set()
            self.may_finish.wait(5)

        self.application.before_answer = slowly

    def start_reader(self, answers):
        thread = threading.Thread(target=lambda: answers.append(ask(self.cache)))
        thread.start()
        self.addCleanup(self.end, thread)
        return thread

    def end(self, thread):
        self.may_finish.set()
        thread.join(5)

    def test_the_others_get_the_old_copy_for_a_moment(self):
        self.generations.raise_(1)
        self.clock.advance(0.5)
        renderer = self.start_reader(made := [])
        self.rendering.wait(5)

        self.assertEqual(ask(self.cache).number, 1)

        self.may_finish.set()
        renderer.join(5)
        self.assertEqual(made[0].number, 2)
        self.assertEqual(self.application.pages, 2)

    def test_after_the_moment_they_wait_for_the_new_one(self):
        self.generations.raise_(1)
        self.clock.advance(0.5)
        renderer = self.start_reader(answers := [])
        self.rendering.wait(5)
        self.clock.advance(LONGEST_OLD_SECONDS)

        waiting = self.start_reader(answers)
        waiting.join(0.2)
        self.assertTrue(waiting.is_alive())

        self.may_finish.set()
        renderer.join(5)
        waiting.join(5)
        self.assertEqual([answer.number for answer in answers], [2, 2])

    def test_after_an_urgent_change_nobody_gets_the_old_copy(self):
        self.generations.raise_(1, urgent=True)
        self.clock.advance(0.5)
        renderer = self.start_reader(answers := [])
        self.rendering.wait(5)

        waiting = self.start_reader(answers)
        waiting.join(0.2)
        self.assertTrue(waiting.is_alive())

        self.may_finish.set()
        renderer.join(5)
        waiting.join(5)
        self.assertEqual([answer.number for answer in answers], [2, 2])

    def test_where_too_many_wait_already_a_reader_is_told_so(self):
        def busy(environ, start_response):
            start_response("503 Service Unavailable", [])
            return [b"<!-- 0 -->"]

        self.cache._busy = busy
        self.generations.raise_(1, urgent=True)
        self.clock.advance(0.5)
        renderer = self.start_reader(made := [])
        self.rendering.wait(5)
        waiting = [self.start_reader(made) for _ in range(MOST_WAITING)]
        while self.cache._waiting < MOST_WAITING:
            time.sleep(0.005)

        self.assertEqual(ask(self.cache).status, 503)

        self.may_finish.set()
        for thread in (renderer, *waiting):
            thread.join(5)
        self.assertEqual({answer.number for answer in made}, {2})
        self.assertEqual(self.cache._waiting, 0)

    def test_the_first_page_of_an_address_is_made_once_for_all_who_ask(self):
        self.application.pages = 0
        answers = []
        first = threading.Thread(target=lambda: answers.append(ask(self.cache, path="/moi/")))
        first.start()
        self.rendering.wait(5)
        others = [
            threading.Thread(target=lambda query=query: answers.append(ask(self.cache, path="/moi/", query=query)))
            for query in ("", "fbclid=1", "gidzl=2")
        ]
        for thread in others:
            thread.start()
        while self.cache._waiting < len(others):
            time.sleep(0.005)
        self.may_finish.set()
        for thread in (first, *others):
            thread.join(5)

        self.assertEqual([answer.number for answer in answers], [1] * 4)

    def test_nobody_waits_a_second_time_for_what_cannot_be_kept(self):
        self.application.headers = [("Content-Type", "text/html; charset=utf-8")]
        self.may_finish.set()
        ask(self.cache, path="/bieu-mau/")
        self.may_finish.clear()
        self.rendering.clear()
        first = threading.Thread(target=lambda: ask(self.cache, path="/bieu-mau/"))
        first.start()
        self.rendering.wait(5)
        self.application.before_answer = lambda environ: None

        self.assertEqual(ask(self.cache, path="/bieu-mau/").status, 200)
        self.assertEqual(self.cache._waiting, 0)
        self.may_finish.set()
        first.join(5)

    def test_a_copy_that_is_old_for_longer_is_not_shown_although_the_last_change_was_just_now(self):
        self.generations.raise_(1)
        self.clock.advance(0.5)
        self.application.before_answer = lambda environ: None
        ask(self.cache, path="/khac/")
        self.clock.advance(LONGEST_OLD_SECONDS)
        self.generations.raise_(1)
        ask(self.cache, path="/khac/")
        self.application.before_answer = lambda environ: (self.rendering.set(), self.may_finish.wait(5))
        self.start_reader(answers := [])
        self.rendering.wait(5)

        waiting = self.start_reader(answers)
        waiting.join(0.2)

        self.assertTrue(waiting.is_alive())

    def test_a_copy_that_changed_while_nobody_read_counts_as_old_for_all_that_time(self):
        self.clock.advance(LONGEST_OLD_SECONDS)
        self.generations.raise_(1)
        self.start_reader(answers := [])
        self.rendering.wait(5)

        waiting = self.start_reader(answers)
        waiting.join(0.2)

        self.assertTrue(waiting.is_alive())

    def test_what_stands_in_front_may_not_keep_the_old_copy(self):
        kept = ask(self.cache).headers
        self.generations.raise_(1)
        self.clock.advance(0.5)
        self.start_reader([])
        self.rendering.wait(5)

        old = ask(self.cache)
        known = ask(self.cache, if_none_match=old.headers["etag"])

        self.assertEqual(old.number, 1)
        self.assertIn("s-maxage=1", kept["cache-control"])
        for answer in (old, known):
            self.assertEqual(answer.headers["cache-control"], "private, max-age=0, must-revalidate")
        self.assertEqual(known.status, 304)

    def test_a_page_that_was_out_of_date_when_it_was_done_is_not_made_again_by_each_who_waited(self):
        self.clock.advance(LONGEST_OLD_SECONDS)
        self.generations.raise_(1)
        renderer = self.start_reader(answers := [])
        self.rendering.wait(5)
        waiting = [self.start_reader(answers) for _ in range(5)]
        while self.cache._waiting < len(waiting):
            time.sleep(0.005)

        self.generations.raise_(1)
        self.clock.advance(0.5)
        self.cache._watch.refresh(self.clock())
        self.may_finish.set()
        for thread in (renderer, *waiting):
            thread.join(5)

        self.assertEqual([answer.number for answer in answers], [2] * 6)
        self.assertTrue(all("private" in answer.headers["cache-control"] for answer in answers))

    def test_a_failing_render_lets_the_others_go_on(self):
        self.generations.raise_(1)
        self.clock.advance(0.5)

        def fail(environ):
            raise RuntimeError("no page")

        self.application.before_answer = fail
        with self.assertRaises(RuntimeError):
            ask(self.cache)
        self.application.before_answer = lambda environ: None

        self.assertEqual(ask(self.cache).number, 3)


class ManyPagesAreOld(PageCacheCase):
    """A change made many pages old while readers ask for all of them."""

    PAGES = [f"/bai-{number}/" for number in range(8)]

    def setUp(self):
        super().setUp()
        for address in self.PAGES:
            ask(self.cache, path=address)
        self.may_finish = threading.Event()
        self.made = []

        def slowly(environ):
            self.made.append((environ["PATH_INFO"], environ.get(REFRESH)))
            self.may_finish.wait(5)

        self.application.before_answer = slowly

    def until(self, is_so):
        until = time.monotonic() + 5
        while not is_so() and time.monotonic() < until:
            time.sleep(0.005)
        self.assertTrue(is_so())

    def change(self, **how):
        self.generations.raise_(1, **how)
        self.clock.advance(0.5)

    def two_readers_make_pages(self):
        self.readers = [threading.Thread(target=ask, args=(self.cache, address)) for address in self.PAGES[:2]]
        for thread in self.readers:
            thread.start()
        self.addCleanup(self.finish)
        self.until(lambda: len(self.made) == 2)

    def finish(self):
        self.may_finish.set()
        for thread in self.readers:
            thread.join(5)
        self.until(lambda: not self.cache._backlog.is_at_work)

    def test_few_readers_make_pages_and_the_others_get_old_ones_at_once(self):
        self.change()
        self.two_readers_make_pages()

        answers = [ask(self.cache, path=address) for address in self.PAGES[2:] for _ in range(3)]

        self.assertEqual([answer.number for answer in answers], [n for n in range(3, 9) for _ in range(3)])

    def test_what_stands_in_front_may_keep_those_on_which_no_change_is_expected_for_a_second(self):
        self.change()
        self.two_readers_make_pages()
        for number, changes in ((3, None), (4, STAYS), (5, MAY_CHANGE)):
            next(copy for key, copy in self.cache._copies.items() if key[1] == self.PAGES[number]).changes = changes

        for number, may_keep in ((3, False), (4, True), (5, False)):
            said = ask(self.cache, path=self.PAGES[number]).headers["cache-control"]
            self.assertEqual("s-maxage=1" in said, may_keep, said)

    def test_what_they_asked_for_is_made_without_them_and_once(self):
        self.change()
        self.two_readers_make_pages()
        for address in self.PAGES[2:] * 3:
            ask(self.cache, path=address)
        self.finish()

        self.assertEqual(self.application.pages, 16)
        self.assertTrue(all(is_kept for _, is_kept in self.made), "said to be kept pages, which come first")
        for address in self.PAGES:
            self.assertGreater(ask(self.cache, path=address).number, 8)
        self.assertEqual(self.application.pages, 16)

    def test_it_is_known_of_a_page_whether_it_changes_once_it_was_made_before_and_after_a_change(self):
        first = copy_with(b"a", 1)
        first.note_making(0.1, None)
        again, same, other = copy_with(b"a", 1), copy_with(b"a", 2), copy_with(b"b", 2)
        for one in (again, same, other):
            one.note_making(0.1, first)
        last = copy_with(b"c", 2)
        last.note_making(0.1, same)

        known = [one.changes for one in (first, again, same, other, last)]
        self.assertEqual(known, [None, None, STAYS, DID_CHANGE, STAYS])

    def test_one_that_changed_is_not_left_for_spare_time_because_of_one_change_that_does_not_show(self):
        copies = [copy_with(body, number) for number, body in enumerate((b"a", b"b", b"b", b"c", b"c", b"c"))]
        for old, new in zip([None, *copies], copies, strict=False):
            new.note_making(0.1, old)

        self.assertEqual([one.changes for one in copies], [None, DID_CHANGE, MAY_CHANGE, DID_CHANGE, MAY_CHANGE, STAYS])
        self.assertEqual(copies[2].worth, copies[1].worth)

    def test_that_which_most_ask_for_comes_first(self):
        self.change()
        self.two_readers_make_pages()
        for address in (*self.PAGES[2:], *[self.PAGES[6]] * 9, *[self.PAGES[5]] * 5):
            ask(self.cache, path=address)
        self.finish()

        # Two threads took the first that were asked for before it was known what many want.
        self.assertEqual({address for address, _ in self.made[4:6]}, {self.PAGES[6], self.PAGES[5]})

    def test_a_page_on_which_changes_show_comes_before_one_that_stays_as_it_was(self):
        changing, staying = copy_with(b"a", 1), copy_with(b"b", 1)
        changing.note_making(0.1, None)
        staying.note_making(0.1, None)
        later, same = copy_with(b"A", 2), copy_with(b"b", 2)
        later.note_making(0.1, changing)
        same.note_making(0.1, staying)
        self.assertGreater(later.worth, 5 * same.worth)

        again = copy_with(b"A", 2)
        again.note_making(0.02, later)
        self.assertGreater(again.worth, later.worth, "the same generation says nothing new, and it is cheap")

    def test_after_an_urgent_change_no_old_one_is_shown(self):
        self.change(urgent=True)
        self.two_readers_make_pages()
        waiting = threading.Thread(target=ask, args=(self.cache, self.PAGES[3]))
        waiting.start()
        self.addCleanup(waiting.join, 5)
        self.addCleanup(self.may_finish.set)

        self.until(lambda: len(self.made) == 3)
        self.assertTrue(waiting.is_alive())

    def test_one_that_cannot_be_made_is_shown_old_and_made_when_it_can(self):
        self.change()
        self.two_readers_make_pages()
        ask(self.cache, path=self.PAGES[4])
        self.application.status = "500 Internal Server Error"
        with self.assertNoLogs("base.public.page_cache"):
            self.finish()
        self.application.status = "200 OK"

        self.assertGreater(ask(self.cache, path=self.PAGES[4]).number, 8)

    def test_it_is_made_for_nobody_in_particular(self):
        seen = []
        self.change()
        self.two_readers_make_pages()
        self.application.before_answer = seen.append
        ask(self.cache, path=self.PAGES[5], method="HEAD", cookie="co-chu=lon", if_none_match='"x"', range="bytes=0-1")
        self.finish()

        self.assertEqual(seen[0]["REQUEST_METHOD"], "GET")
        self.assertEqual({name for name in seen[0] if name.startswith("HTTP_")}, {"HTTP_HOST"})
        self.assertEqual((seen[0]["REMOTE_ADDR"], seen[0][FOR_EVERYBODY]), ("", True))
        self.assertEqual(ask(self.cache, path=self.PAGES[5]).status, 200)

    def test_more_than_some_hundreds_are_not_remembered(self):
        self.change()
        self.two_readers_make_pages()
        with patch("base.public.page_cache.backlog.MOST_WANTED", 2):
            for number, worth in enumerate((5.0, 1.0, 3.0, 2.0, 4.0)):
                self.cache._backlog.want(("longxuyen.example", f"/{number}/", "", "http"), ENVIRON, worth)

        self.assertLessEqual(len(self.cache._backlog), 2)
        self.finish()

    def test_without_a_thread_to_be_had_readers_go_on_and_a_later_one_tries_again(self):
        self.change()
        self.two_readers_make_pages()
        with (
            patch("base.public.page_cache.backlog.Thread.start", side_effect=RuntimeError("can't start new thread")),
            self.assertLogs("base.public.page_cache.backlog", "WARNING"),
        ):
            answers = [ask(self.cache, path=address) for address in self.PAGES[2:]]
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertFalse(self.cache._backlog.is_at_work)

        ask(self.cache, path=self.PAGES[7])
        ask(self.cache, path=self.PAGES[6])
        self.finish()
        self.assertGreater(ask(self.cache, path=self.PAGES[7]).number, 8)

    def test_an_error_in_the_making_ends_nothing(self):
        self.change()
        self.two_readers_make_pages()

        def fail(environ):
            raise RuntimeError("no page")

        self.application.before_answer = fail
        with self.assertLogs("base.public.page_cache.backlog", "ERROR"):
            ask(self.cache, path=self.PAGES[4])
            self.until(lambda: not self.cache._backlog.is_at_work)
        self.application.before_answer = lambda environ: None
        self.finish()

        self.assertGreater(ask(self.cache, path=self.PAGES[4]).number, 8)


ENVIRON = {"PATH_INFO": "/", "QUERY_STRING": "", "HTTP_HOST": "longxuyen.example", "wsgi.url_scheme": "http"}


def copy_with(body: bytes, generation: int) -> Copy:
    started = Started()
    started("200 OK", [("Content-Type", "text/html")])
    return copy_of(started, body, None, ({1: Generation(generation, 0)}, NOTHING_GONE), (1,), 1000.0, 60)


GONE = {"kind": "gone", "hosts": ["longxuyen.example"], "paths": ["/x/"], "titles": ["Ủy ban nhân dân thành phố"]}


KEY = ("longxuyen.example", "/tin-tuc/", "", "http")


class PagesOfAnotherProcess(PageCacheCase):
    """The processes of one server lay down for each other what they made."""

    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.journal = Journal(self.folder / "gone")
        self.cache, self.other = self.process(), self.process()

    def process(self):
        disk_cache = DiskCache(self.folder / "pages")
        self.addCleanup(os.close, disk_cache._claims)
        return self.wrap(disk_cache=disk_cache, journal=self.journal)

    def test_are_taken_as_they_are(self):
        made = [ask(self.cache, accept_encoding=encoding) for encoding in ("", "gzip", "br")]

        taken = [ask(self.other, accept_encoding=encoding) for encoding in ("", "gzip", "br")]

        self.assertEqual(self.application.pages, 1)
        for one, other in zip(made, taken, strict=True):
            self.assertEqual((one.status, one.headers, one.body), (other.status, other.headers, other.body))
        self.assertEqual(ask(self.other, if_none_match=made[2].headers["etag"], accept_encoding="br").status, 304)

    def test_are_out_of_date_when_a_site_was_changed(self):
        ask(self.cache)
        self.generations.raise_(1)
        self.clock.advance(0.5)

        self.assertEqual(ask(self.other).number, 2)
        self.assertEqual(ask(self.cache).number, 2, "and the first takes the newer one of the other")

    def test_are_out_of_date_when_their_time_is_over(self):
        self.application.public(max_age="60")
        ask(self.cache)
        self.clock.advance(61)

        self.assertEqual(ask(self.other).number, 2)

    def test_are_not_shown_when_they_name_what_went(self):
        ask(self.cache)
        self.journal.note(GONE)

        self.assertEqual(ask(self.other).number, 2)
        self.application.status = "404 Not Found"
        self.assertEqual(ask(self.cache).status, 404)

    def test_a_page_that_is_gone_leaves_the_disk(self):
        ask(self.cache)
        self.journal.note(GONE)
        self.application.status = "404 Not Found"
        self.application.headers = []
        ask(self.cache)

        self.assertEqual(self.laid_down(), [])

    def test_it_leaves_the_disk_also_when_its_maker_is_no_more(self):
        ask(self.cache)
        self.journal.note(GONE)
        self.generations.raise_(1)
        self.clock.advance(0.5)
        self.application.status, self.application.headers = "404 Not Found", []

        self.assertEqual(ask(self.other).status, 404)

        self.assertEqual(self.laid_down(), [])

    def test_what_is_not_there_takes_nobody_elses_place(self):
        with patch("base.public.page_cache.disk_cache.PLACES", 1):
            ask(self.cache)
            self.application.status, self.application.headers = "404 Not Found", []
            ask(self.other, path="/khong-co/")

        self.assertEqual(len(self.laid_down()), 1)

    def laid_down(self):
        return [file.name for file in (self.folder / "pages").iterdir() if file.name.isdigit()]

    def test_another_page_at_the_same_place_is_not_taken_for_it(self):
        ask(self.cache)
        with patch("base.public.page_cache.disk_cache.PLACES", 1):
            ask(self.cache, path="/khac/")
            self.assertEqual(ask(self.other, path="/nua/").number, 3)
            self.assertEqual(ask(self.other, path="/khac/").number, 4)

    def test_what_was_asked_for_with_words_stays_with_the_process_that_made_it(self):
        self.application.public(params="trang")
        ask(self.cache, query="trang=2")

        self.assertEqual(ask(self.other, query="trang=2").number, 2)

    def test_bytes_that_make_no_sense_are_made_anew(self):
        ask(self.cache)
        [file] = [file for file in (self.folder / "pages").iterdir() if file.name.isdigit()]
        for bytes_ in (b"", b"{}", b"[]\n", file.read_bytes()[:-100], b"\xff\xfe\n"):
            with self.subTest(bytes_[:20]):
                file.write_bytes(bytes_)
                with self.assertLogs("base.public.page_cache.disk_cache", "ERROR"):
                    self.assertEqual(ask(self.process()).status, 200)

    def test_a_full_disk_keeps_nobody_from_reading(self):
        with (
            patch.object(Path, "write_bytes", side_effect=OSError(30, "read-only file system")),
            patch.object(Path, "unlink", side_effect=OSError(30, "read-only file system")),
            self.assertLogs("base.public.page_cache.disk_cache", "WARNING"),
        ):
            self.assertEqual(ask(self.cache).number, 1)
        self.assertEqual(ask(self.cache).number, 1)

    def test_a_folder_that_was_removed_is_made_again(self):
        shutil.rmtree(self.folder / "pages")

        ask(self.cache)

        self.assertEqual(ask(self.other).number, 1)

    def test_an_older_one_never_takes_the_place_of_a_newer_one(self):
        ask(self.cache)
        old = self.cache._copies[KEY]
        self.generations.raise_(1)
        self.clock.advance(0.5)
        ask(self.cache)
        newer = self.cache._copies[KEY]

        self.cache._put(KEY, old, frozenset())

        self.assertIs(self.cache._copies[KEY], newer)

    def test_a_page_that_a_change_overtook_may_not_be_kept_in_front(self):
        self.application.before_answer = lambda environ: self.journal.note_change()

        self.assertIn("private", ask(self.cache).headers["cache-control"])

        self.application.before_answer = lambda environ: None
        self.assertIn("s-maxage", ask(self.cache).headers["cache-control"])

    def test_pages_that_stay_as_they_are_are_made_one_at_a_time(self):
        addresses = [f"/bai-{number}/" for number in range(8)]
        self.application.body, now, most = "", [], []
        is_changed, may_finish = threading.Event(), threading.Event()
        self.addCleanup(may_finish.set)

        def slowly(environ):
            # Whatever number it is, the page is the same.
            self.application.pages = 0
            if FOR_EVERYBODY in environ:
                now.append(environ["PATH_INFO"])
                most.append(len(now))
                time.sleep(0.01)
                now.pop()
            elif is_changed.is_set():
                may_finish.wait(5)

        self.application.before_answer = slowly
        for _ in range(2):
            # Only of a page that was made before and after a change is it known that it stayed as it was.
            for address in addresses:
                ask(self.cache, path=address)
            self.generations.raise_(1)
            self.clock.advance(0.5)
        for address in addresses:
            ask(self.cache, path=address)
        is_changed.set()
        self.generations.raise_(1)
        self.clock.advance(0.5)
        self.cache._watch.refresh(self.clock())
        readers = [threading.Thread(target=ask, args=(self.cache, address)) for address in addresses[:2]]
        for thread in readers:
            thread.start()
        until = time.monotonic() + 10
        while len(self.cache._renders) < 2 and time.monotonic() < until:
            time.sleep(0.005)
        for address in addresses[2:]:
            ask(self.cache, path=address)
        while self.cache._backlog.is_at_work and time.monotonic() < until:
            time.sleep(0.01)
        may_finish.set()
        for thread in readers:
            thread.join(5)

        self.assertEqual((max(most), len(most)), (1, 6))

    def old_for(self, seconds):
        """A kept page that stayed as it was after the last change, and that another one made old so long ago."""
        ask(self.cache)
        self.cache._copies[KEY].changes = STAYS
        self.generations.raise_(1)
        self.clock.advance(0.5)
        self.cache._watch.refresh(self.clock())
        self.clock.advance(seconds - 0.5)

    def test_those_that_stay_as_they_are_wait_for_further_changes_where_many_wait(self):
        self.old_for(1)
        environ = {**ENVIRON, "REQUEST_METHOD": "GET", "PATH_INFO": KEY[1]}

        with patch.object(Backlog, "__len__", return_value=MANY_WAIT + 1):
            self.assertAlmostEqual(self.cache._make_anew(KEY, environ), SETTLING_SECONDS - 1, delta=0.01)
        self.assertEqual(self.application.pages, 1)

        # With few that wait it is made at once.
        self.assertEqual(self.cache._make_anew(KEY, environ), 0)
        self.assertEqual(self.application.pages, 2)
        # One that a reader has made meanwhile is not made a second time.
        with patch.object(Backlog, "__len__", return_value=MANY_WAIT + 1):
            self.assertEqual(self.cache._make_anew(KEY, environ), 0)
        self.assertEqual(self.application.pages, 2)

    def test_one_that_may_soon_be_shown_no_longer_waits_for_nobodys_spare_time(self):
        environ = {**ENVIRON, "REQUEST_METHOD": "GET", "PATH_INFO": KEY[1]}
        for seconds, pages in ((HURRYING_SECONDS - 1, 1), (HURRYING_SECONDS + 1, 2)):
            with self.subTest(seconds):
                self.application.pages = 0
                self.old_for(seconds)
                with self.cache._spare_time:
                    left = self.cache._make_anew(KEY, environ)
                self.assertEqual((self.application.pages, bool(left)), (pages, pages == 1))
                self.cache._drop(KEY)

    def test_one_of_them_makes_what_all_want(self):
        disk_cache = self.other._disk
        program = (
            "import fcntl, os, sys\n"
            "fcntl.lockf(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX, 1, int(sys.argv[2]))\n"
            "print('held', flush=True); sys.stdin.read()"
        )
        key = KEY
        claims, place = self.folder / "pages/claims", str(shelf_module._place(key))
        with subprocess.Popen(
            [sys.executable, "-c", program, claims, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as another:
            another.stdout.readline()
            self.assertFalse(disk_cache.claim(key))
            self.assertTrue(disk_cache.claim(("longxuyen.example", "/khac/", "", "http")))
            another.kill()
            another.wait()
            self.assertTrue(disk_cache.claim(key), "a process that died holds nothing")
        disk_cache.release(key)

    def test_those_of_another_server_or_release_are_never_taken(self):
        release = self.folder / "manifest"
        release.write_text("1")
        strange = self.folder / "servers" / socket.gethostname() / ".strange"
        strange.mkdir(parents=True)
        forgotten = self.folder / "servers/forgotten-machine"
        forgotten.mkdir()
        os.utime(forgotten, (1, 1))
        ended = self.folder / "servers" / socket.gethostname() / "999999999-1-boot-5"
        elsewhere = self.folder / "servers/another-machine/999999999-1-boot-5"
        elsewhere.mkdir(parents=True)
        ended.mkdir(parents=True)
        one = disk_cache_of_this_server(self.folder / "servers", release)
        self.assertFalse(ended.exists())
        self.assertTrue(elsewhere.exists())
        os.utime(release, ns=(1, 1))
        other = disk_cache_of_this_server(self.folder / "servers", release)
        for disk_cache in (one, other):
            self.addCleanup(os.close, disk_cache._claims)

        self.assertNotEqual(one.folder, other.folder)
        self.assertTrue(one.folder.exists(), "workers of this server may use it")
        self.assertTrue(strange.exists())
        self.assertFalse(forgotten.exists())
        self.assertEqual(os.stat(other.folder).st_mode & 0o777, 0o700)

    def test_a_process_that_is_no_worker_of_a_server_has_none(self):
        for parent in (1, 0, 999_999_999):
            with self.subTest(parent), patch("os.getppid", return_value=parent):
                self.assertIsNone(disk_cache_of_this_server(self.folder / "servers", self.folder / "manifest"))


class ToldByAnother(PageCacheCase):
    def test_a_change_is_seen_at_once_by_every_process_of_the_machine(self):
        with TemporaryDirectory() as folder:
            told = Journal(Path(folder))
            cache = self.wrap(journal=told)
            ask(cache)
            self.generations.raise_(1)
            self.clock.advance(0.01)
            self.assertEqual(ask(cache).number, 1)

            told.note_change()

            self.assertEqual(ask(cache).number, 2)

    def test_a_database_that_is_away_is_not_asked_more_often_for_that(self):
        with TemporaryDirectory() as folder:
            told = Journal(Path(folder))
            cache = self.wrap(journal=told)
            ask(cache)
            self.generations.away = True
            told.note_change()
            with self.assertLogs("base.public.page_cache.watch", "ERROR"):
                for _ in range(20):
                    ask(cache)

            self.assertEqual(self.generations.reads, 2)


class AnswersAboutTheRequest(PageCacheCase):
    def test_what_somebody_asked_wrongly_drops_no_copy(self):
        ask(self.cache)
        self.generations.raise_(1)
        self.clock.advance(0.5)
        for status in ("400 Bad Request", "304 Not Modified", "429 Too Many Requests", "413 Content Too Large"):
            self.application.status = status
            self.assertEqual(ask(self.cache).status, int(status[:3]))
        self.application.status = "200 OK"

        self.assertEqual(len(self.cache), 1)
        ask(self.cache)
        self.assertEqual(ask(self.cache).number, 6)

    def test_what_is_not_there_any_more_does(self):
        ask(self.cache)
        self.generations.raise_(1)
        self.clock.advance(0.5)
        self.application.status = "404 Not Found"
        ask(self.cache)

        self.assertEqual(len(self.cache), 0)


class Cookies(PageCacheCase):
    def test_only_a_session_of_ours_passes_by(self):
        ask(self.cache)
        for cookie in ("xsessionid=1", "a=1; my_messages=2", "ui=sessionid=3", "sessionids=4", ""):
            with self.subTest(cookie):
                self.assertEqual(ask(self.cache, cookie=cookie).number, 1)
        for number, cookie in enumerate(("sessionid=1", "a=1;sessionid=1", "a=1; messages=x", " sessionid =1"), 2):
            with self.subTest(cookie):
                self.assertEqual(ask(self.cache, cookie=cookie).number, number)


class CopiesMadeAnew(PageCacheCase):
    def test_go_before_others_where_anybody_can_make_few(self):
        said = []
        self.application.public(params="q")
        self.application.before_answer = lambda environ: said.append(environ[REFRESH])
        for query in ("", "q=cau"):
            ask(self.cache, query=query), ask(self.cache, query=query)
        self.generations.raise_(1)
        self.clock.advance(0.5)
        for query in ("", "q=cau"):
            ask(self.cache, query=query)

        self.assertEqual(said, [False, False, True, False])


class DatabaseAway(PageCacheCase):
    def setUp(self):
        super().setUp()
        ask(self.cache)
        self.generations.away = True

    def test_copies_of_the_last_generation_seen_go_on_being_served(self):
        with self.assertLogs("base.public.page_cache", "ERROR") as logs:
            for _ in range(10):
                self.clock.advance(0.6)
                self.assertEqual(ask(self.cache).number, 1)

        self.assertEqual(len(logs.output), 1)

    def test_also_when_their_time_is_over(self):
        self.clock.advance(2 * 3600)

        with self.assertLogs("base.public.page_cache", "ERROR"):
            self.assertEqual(ask(self.cache).number, 1)

    def test_an_error_does_not_replace_a_good_page_whose_time_is_over(self):
        self.generations.away = False
        self.application.status = "500 Internal Server Error"
        self.clock.advance(2 * 3600)

        self.assertEqual(ask(self.cache).status, 200)

    def test_an_error_is_not_hidden_by_a_page_that_was_changed(self):
        self.generations.away = False
        self.generations.raise_(1)
        self.application.status = "500 Internal Server Error"
        self.clock.advance(1)

        self.assertEqual(ask(self.cache).status, 500)

    def test_a_worker_that_never_read_a_generation_keeps_nothing(self):
        cache = self.wrap()

        with self.assertLogs("base.public.page_cache", "ERROR"):
            ask(cache)
        ask(cache)

        self.assertEqual(len(cache), 0)

    def test_it_notices_when_the_database_is_back(self):
        self.clock.advance(0.6)
        with self.assertLogs("base.public.page_cache", "ERROR"):
            ask(self.cache)
        self.generations.away = False
        self.generations.raise_(1)
        self.clock.advance(0.6)

        self.assertEqual(ask(self.cache).number, 2)


class NoRoom(PageCacheCase):
    """The application says that there is no room to make a page now."""

    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = self.wrap(journal=Journal(Path(folder.name)))
        ask(self.cache)
        self.application.status = "503 Service Unavailable"

        def is_full(environ):
            self.asked_for = environ.get(REFRESH)
            environ[BUSY] = True

        self.application.before_answer = is_full

    def test_readers_of_a_kept_page_get_the_old_copy(self):
        self.generations.raise_(1)
        self.clock.advance(5)

        self.assertEqual((ask(self.cache).status, ask(self.cache).number), (200, 1))
        self.assertTrue(self.asked_for, "said to be a kept page, which comes first")

    def test_after_an_urgent_change_they_do_not(self):
        self.generations.raise_(1, urgent=True)
        self.clock.advance(5)

        self.assertEqual(ask(self.cache).status, 503)

    def test_a_page_of_which_there_is_no_copy_is_said_to_be_one(self):
        self.assertEqual(ask(self.cache, path="/khac/").status, 503)
        self.assertFalse(self.asked_for)

    def test_with_room_again_the_page_is_made_anew(self):
        self.generations.raise_(1)
        self.clock.advance(5)
        ask(self.cache)
        self.application.status, self.application.before_answer = "200 OK", lambda environ: None

        self.assertEqual(ask(self.cache).number, 3)


class BoundedMemory(PageCacheCase):
    def test_the_least_recently_used_go_first(self):
        self.application.body = "".join(chr(0x1E00 + number % 200) for number in range(20_000))
        cache = self.wrap(max_bytes=1_000_000)

        for number in range(60):
            ask(cache, path="/trang-chu/")
            ask(cache, path=f"/bai/{number}/")
            self.clock.advance(1)
            self.assertLessEqual(cache.size_bytes, 1_000_000)

        pages = self.application.pages
        ask(cache, path="/trang-chu/")
        ask(cache, path="/bai/59/")
        self.assertEqual(self.application.pages, pages)
        ask(cache, path="/bai/0/")
        self.assertEqual(self.application.pages, pages + 1)

    def test_a_page_too_big_for_the_room_is_not_kept(self):
        cache = self.wrap(max_bytes=10_000)

        ask(cache)

        self.assertEqual(len(cache), 0)


class MarkPublic(SimpleTestCase):
    def test_it_tells_the_wrapper_what_the_page_depends_on(self):
        response = mark_public(HttpResponse(), [3, 1, 3], params=("trang", "nam"), max_age=timedelta(minutes=5))

        self.assertEqual(
            {name: value for name, value in response.headers.items() if name.startswith("X-Portal-")},
            {
                "X-Portal-Cache": "public",
                "X-Portal-Sites": "1,3",
                "X-Portal-Vary-Params": "nam,trang",
                "X-Portal-Max-Age": "300",
            },
        )

    def test_a_parameter_that_the_web_server_in_front_does_not_know_is_refused(self):
        with self.assertRaisesMessage(ValueError, "bi-mat"):
            mark_public(HttpResponse(), [1], params=("trang", "bi-mat"))

    def test_the_web_server_in_front_knows_what_pages_declare_and_no_more(self):
        declared = {name for model in get_page_models() for name in getattr(model, "cache_params", ())}
        declared |= {usage_page.SITE, following.FOLLOWED, between_days.FROM, between_days.TO, *api.LIST_PARAMETERS}

        self.assertEqual(declared, CACHED_PARAMETERS)

    def test_a_page_of_no_site_stays_unmarked(self):
        self.assertNotIn("X-Portal-Cache", mark_public(HttpResponse(), []))

    def test_it_can_be_taken_back(self):
        response = mark_public(HttpResponse(), [1], params=["trang"], max_age=5)

        unmark(response)

        self.assertEqual(list(response.headers), ["Content-Type"])


class PageCacheHeaders(SimpleTestCase):
    def answer(self, view, **request_attributes):
        request = RequestFactory().get("/")
        request.session = SessionStore()
        for name, value in request_attributes.items():
            setattr(request, name, value)
        return PageCacheHeadersMiddleware(view)(request)

    @staticmethod
    def marked(request):
        response = mark_public(HttpResponse("trang"), [1])
        response["Vary"] = "Accept-Language, Cookie"
        return response

    def test_stray_vary_headers_leave_a_marked_page(self):
        response = self.answer(self.marked)

        self.assertEqual(response["X-Portal-Cache"], "public")
        self.assertEqual(response["Vary"], "Accept-Encoding")

    def test_a_page_made_for_one_person_loses_its_mark(self):
        def with_cookie(request):
            response = self.marked(request)
            response.set_cookie("a", "b")
            return response

        def with_token(request):
            get_token(request)
            return self.marked(request)

        def with_session(request):
            request.session._session_key = "a" * 32
            request.session.accessed = True
            return self.marked(request)

        def with_new_session(request):
            request.session.modified = True
            return self.marked(request)

        for view in (with_cookie, with_token, with_session, with_new_session):
            with self.subTest(view.__name__):
                response = self.answer(view)

                self.assertNotIn("X-Portal-Cache", response)
                self.assertIn("private", response["Cache-Control"])

    def test_a_preview_loses_its_mark(self):
        self.assertNotIn("X-Portal-Cache", self.answer(self.marked, is_preview=True))

    def test_a_page_that_nobody_marked_is_private(self):
        response = self.answer(lambda request: HttpResponse("biểu mẫu"))

        self.assertEqual(set(response["Cache-Control"].split(", ")), {"private", "no-cache"})

    def test_a_view_that_said_how_long_it_may_be_kept_is_believed(self):
        def file(request):
            return HttpResponse("tệp", headers={"Cache-Control": "public, max-age=60"})

        self.assertEqual(self.answer(file)["Cache-Control"], "public, max-age=60")


def make_site(slug) -> PortalSite:
    unit = OrganisationUnit.objects.create(name=slug, slug=slug, kind=OrganisationUnit.Kind.WARD)
    return PortalSite.objects.create(unit=unit, kind=PortalSite.Kind.WARD, name=slug, slug=slug, home_key=uuid.uuid4())


class RaiseGeneration(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.sites = [make_site(f"phuong-{number}") for number in range(3)]
        SiteGeneration.objects.all().delete()

    def test_each_site_goes_up_by_one_and_gets_a_row_when_it_had_none(self):
        raise_generation(self.sites[:2])
        raise_generation([self.sites[1].pk, self.sites[1]])

        self.assertEqual(read_generations(), {self.sites[0].pk: (1, 0), self.sites[1].pk: (2, 0)})

    def test_an_urgent_change_raises_both_numbers(self):
        raise_generation(self.sites[:1], urgent=True)

        self.assertEqual(read_generations(), {self.sites[0].pk: (1, 1)})

    def test_no_site_costs_nothing(self):
        with self.assertNumQueries(0):
            raise_generation([])

    def test_the_number_of_queries_does_not_grow_with_the_sites(self):
        raise_generation(self.sites)
        # Several are locked first, in the order of their keys.
        for sites, queries in ((self.sites[:1], 1), (self.sites[:2], 2), (self.sites, 2)):
            with self.assertNumQueries(queries):
                raise_generation(sites)

    def test_a_verb_that_fails_raises_nothing(self):
        with self.assertRaises(RuntimeError), transaction.atomic():
            raise_generation(self.sites)
            raise RuntimeError("refused")

        self.assertEqual(read_generations(), {})

    def test_the_process_that_made_the_change_shows_it_to_its_next_reader(self):
        clock, application = FakeClock(), FakeApplication().public(sites=str(self.sites[0].pk))
        cache = PageCache(application, max_bytes=10_000_000, clock=clock)
        self.assertEqual([ask(cache).number, ask(cache).number], [1, 1])

        with self.captureOnCommitCallbacks(execute=True):
            raise_generation(self.sites[:1])

        self.assertEqual(ask(cache).number, 2)

    def test_the_other_processes_are_told_when_it_is_committed(self):
        before = journal().memory[CHANGED]
        with self.captureOnCommitCallbacks() as callbacks:
            raise_generation(self.sites[:1])
        self.assertEqual(journal().memory[CHANGED], before)

        for callback in callbacks:
            callback()

        self.assertNotEqual(journal().memory[CHANGED], before)

    def test_what_went_is_urgent_where_another_machine_may_hear_it_late(self):
        raise_generation(self.sites[:1], gone=True)
        self.assertEqual(read_generations()[self.sites[0].pk], (1, 0))

        with TemporaryDirectory() as folder:
            shared = Path(folder) / "shared"
            ours, _theirs = [Journal(Path(folder) / name, shared=shared) for name in ("a", "b")]
            with patch("base.public.page_cache.generations.journal", return_value=ours):
                raise_generation(self.sites[:1], gone=True)
            self.assertEqual(read_generations()[self.sites[0].pk], (2, 1))

            shutil.rmtree(shared)
            with patch("base.public.page_cache.generations.journal", return_value=ours):
                raise_generation(self.sites[:1], gone=True)
            self.assertEqual(read_generations()[self.sites[0].pk], (3, 2), "nobody knows who else shares it")

    def test_without_a_journal_they_notice_by_themselves(self):
        with (
            patch("base.public.page_cache.generations.journal", side_effect=OSError(13, "denied")),
            self.assertLogs("base.public.page_cache", "WARNING"),
            self.captureOnCommitCallbacks(execute=True),
        ):
            raise_generation(self.sites[:1])


def public_view(request):
    public_view.calls += 1
    sites = PortalSite.objects.filter(slug="phuong-thu")
    # Asking whether somebody has signed in makes Django vary the answer on the cookie.
    greeting = "Chào cán bộ" if request.user.is_authenticated else "Kính chào quý khách"
    return mark_public(HttpResponse(f"<h1>{greeting}</h1><p>{public_view.calls}</p>"), sites, params=["trang"])


def form_view(request):
    response = mark_public(HttpResponse(get_token(request)), PortalSite.objects.filter(slug="phuong-thu"))
    form_view.calls += 1
    return response


public_view.calls = form_view.calls = 0
urlpatterns = [path("cong-khai/", public_view), path("bieu-mau/", form_view)]


@override_settings(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[
        "base.middleware.page_cache_headers.PageCacheHeadersMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
)
class BeforeDjango(TestCase):
    """The wrapper around Django's own handler, with the generations of the database."""

    @classmethod
    def setUpTestData(cls):
        cls.site = make_site("phuong-thu")

    def setUp(self):
        public_view.calls = form_view.calls = 0
        # As Django's test client does: the handler must not close the connection of the test's transaction.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
        self.clock = FakeClock()
        self.cache = PageCache(PortalWSGIHandler(), max_bytes=10_000_000, clock=self.clock)

    def get(self, path, **options):
        environ = RequestFactory().get(path, headers=options).environ
        said = []
        result = self.cache(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
        return Answered(*said, b"".join(result))

    def test_a_public_page_is_made_once_and_then_needs_no_query(self):
        first = self.get("/cong-khai/")

        with self.assertNumQueries(0):
            second = self.get("/cong-khai/")

        self.assertEqual(first.body, second.body)
        self.assertEqual(first.headers["vary"], "Accept-Encoding")

    def test_a_change_of_its_site_makes_it_anew(self):
        self.get("/cong-khai/")

        raise_generation([self.site])
        self.clock.advance(0.5)

        self.assertIn(b"<p>2</p>", self.get("/cong-khai/").body)

    def test_a_form_is_made_for_each_reader(self):
        tokens = {self.get("/bieu-mau/").body for _ in range(3)}

        self.assertEqual(len(tokens), 3)

    def test_a_reader_with_a_session_gets_a_page_of_his_own_that_nobody_keeps(self):
        self.get("/cong-khai/")
        session = SessionStore()
        session.create()

        answer = self.get("/cong-khai/", cookie=f"sessionid={session.session_key}")

        self.assertEqual(public_view.calls, 2)
        self.assertIn("private", answer.headers["cache-control"])
        self.assertFalse([name for name in answer.headers if name.startswith("x-portal-")])


class PagesOfTheCity(CityTestCase):
    """What the portal's own pages say to the wrapper."""

    def ask(self, path="/"):
        return self.client.get(path)

    def test_the_city_front_page_shows_every_site(self):
        sites = set(PortalSite.objects.values_list("pk", flat=True))

        self.assertEqual({int(key) for key in self.ask()["X-Portal-Sites"].split(",")}, sites)

    def test_a_ward_page_shows_its_ward_and_the_city(self):
        answer = self.ask("/my-long/tin-tuc/")

        self.assertEqual(
            {int(key) for key in answer["X-Portal-Sites"].split(",")}, {self.city.my_long.pk, self.city.site.pk}
        )
        self.assertEqual(answer["Vary"], "Accept-Encoding")

    def test_a_page_lives_no_longer_than_the_alert_on_it(self):
        stand(level="emergency", title="Nước lũ lên nhanh", ends_at=timezone.now() + timedelta(minutes=10))

        for address in ("/", "/my-long/tin-tuc/"):
            with self.subTest(address):
                self.assertLessEqual(int(self.ask(address)["X-Portal-Max-Age"]), 600)
