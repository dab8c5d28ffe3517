"""However a request is spelled, what the page cache keeps of it is what the next reader would have got anyway."""

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory, SimpleTestCase

from base.operations.handlers import PortalWSGIHandler
from base.public.accepted_encodings import encoding_for
from base.public.page_cache import PageCache
from tests.base.test_page_cache import Answered, PageCacheCase, ask
from tests.city import CityTestCase

SPELLINGS = [
    *({"HTTP_ACCEPT_ENCODING": value} for value in ("GZIP", "*", "br;q=0, *", "gzip;q=0, *", "identity", "")),
    *({"HTTP_HOST": value} for value in ("LOCALHOST", "localhost:1", "localhost:80", "localhost.", "LocalHost.:80")),
    *(
        {f"HTTP_{name}": value}
        for name, value in {
            "X_FORWARDED_HOST": "evil.example",
            "X_FORWARDED_PORT": "1",
            "X_FORWARDED_PROTO": "https",
            "FORWARDED": "host=evil.example",
            "X_ORIGINAL_URL": "/khac/",
            "X_REWRITE_URL": "/khac/",
            "ACCEPT": "application/json",
            "ACCEPT_LANGUAGE": "en",
            "USER_AGENT": "x",
            "RANGE": "bytes=0-3",
            "IF_NONE_MATCH": "*",
            "IF_MODIFIED_SINCE": "Thu, 01 Jan 2037 00:00:00 GMT",
            "REFERER": "https://evil.example",
            "ORIGIN": "https://evil.example",
            "COOKIE": "messages=x; csrftoken=y",
            "SAVE_DATA": "on",
            "X_REQUESTED_WITH": "XMLHttpRequest",
            "X_HTTP_METHOD_OVERRIDE": "HEAD",
            "AUTHORIZATION": "Basic eDp4",
            "SEC_FETCH_SITE": "cross-site",
            "PREFER": "return=minimal",
            "EXPECT": "100-continue",
        }.items()
    ),
    {"CONTENT_TYPE": "text/plain; charset=rot13"},
    {"CONTENT_LENGTH": "5"},
    {"REQUEST_METHOD": "HEAD"},
]


class WhatTheNextReaderGets(CityTestCase):
    """The portal's own pages, the page cache around Django's own handler."""

    def setUp(self):
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)

    def get(self, cache, path, **changes):
        environ = {**RequestFactory().get(path).environ, "HTTP_HOST": "localhost", **changes}
        said = []
        result = cache(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
        return Answered(*said, b"".join(result))

    def test_is_the_same_after_every_spelling_of_every_header(self):
        pages = [
            "/",
            "/my-long/",
            "/my-long/tin-tuc/",
            "/robots.txt",
            "/sitemap.xml",
            "/tin-tuc/rss/",
            "/.well-known/security.txt",
        ]
        for path in pages:
            right = self.get(PageCache.from_settings(PortalWSGIHandler(), disk_cache=None), path)
            self.assertEqual(right.status, 200, path)
            for spelling in SPELLINGS:
                cache = PageCache.from_settings(PortalWSGIHandler(), disk_cache=None)
                self.get(cache, path, **spelling)
                with self.subTest(path=path, spelling=spelling):
                    self.assertEqual(self.get(cache, path).body, right.body)


class Hosts(PageCacheCase):
    def test_one_written_with_a_strange_port_or_a_dot_is_answered_and_nothing_of_it_kept(self):
        for host in ("longxuyen.example:1", "longxuyen.example.", "longxuyen.example.:8000", "[::1]:8000"):
            with self.subTest(host):
                self.assertEqual(ask(self.cache, host=host).status, 200)
        self.assertEqual(len(self.cache), 0)

    def test_the_port_that_readers_use_is_kept(self):
        cache = self.wrap(ports=("", "8000"))

        ask(cache, host="localhost:8000")
        ask(cache, host="localhost:8000")

        self.assertEqual(self.application.pages, 1)

    def test_the_page_is_made_for_the_host_in_small_letters(self):
        seen = []
        self.application.before_answer = lambda environ: seen.append(environ["HTTP_HOST"])

        ask(self.cache, host="LongXuyen.Example")

        self.assertEqual(seen, ["longxuyen.example"])


class Encodings(SimpleTestCase):
    def test_each_spelling_means_one_variant(self):
        for header, encoding in {
            "gzip, deflate, br, zstd": "br",
            "GZIP": "gzip",
            "Br": "br",
            "*": "gzip",
            "*;q=0": "",
            "gzip;q=0": "",
            "gzip;q=0, *": "",
            "br;q=0, *": "gzip",
            "br;q=0.000,gzip": "gzip",
            "gzip ; q = 0": "",
            "gzip;q=0.001": "gzip",
            "gzip;q=0.5, br;q=0.9": "br",
            "identity": "",
            "": "",
            "x-gzip": "",
            "xbr": "",
            "br-x": "",
            "compress, gzip": "gzip",
            "deflate": "",
            "gzip;foo=0": "gzip",
        }.items():
            with self.subTest(header):
                self.assertEqual(encoding_for(header), encoding)
