"""Input that no page can mean is refused in Vietnamese; the rest is read in one spelling."""

import json
import tracemalloc
import unicodedata
from functools import cache
from io import BytesIO
from unittest import mock
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory, SimpleTestCase
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from base.middleware import clean_input
from base.middleware.clean_input import (
    ADMIN,
    MB,
    PUBLIC,
    SIGNING_IN,
    CleanInputMiddleware,
    _check_size,
    clean,
)
from base.operations.handlers import PortalRequest, PortalWSGIHandler
from base.public.whole_bodies import WholeBodies
from tests.city import CityTestCase

NFC = "Thông báo"
NFD = unicodedata.normalize("NFD", NFC)
FORM = "application/x-www-form-urlencoded"


@cache
def handler():
    """The portal's handler, made once."""
    return PortalWSGIHandler()


class BadInput(CityTestCase):
    def test_nul_and_broken_utf8_are_answered_with_400_in_vietnamese(self):
        for path in (
            "/?q=%00",
            "/?q=a%00b",
            "/?%00=1",
            "/tim-kiem/?q=%ff%fe",
            "/tim-kiem/?q=%c3%28",
            "/tin%00/",
            "/tim-kiem/?q=%ed%a0%80",
        ):
            response = self.client.get(path)
            assert response.status_code == 400, path
            assert "ký tự không hợp lệ" in response.content.decode(), path

    def test_a_path_that_is_no_utf8_is_not_found(self):
        assert self.client.get("/%ff/").status_code == 404

    def test_an_over_long_address_is_answered_with_400(self):
        for path in ("/?q=" + "a" * 3000, "/" + "a" * 3000 + "/"):
            response = self.client.get(path)
            assert response.status_code == 400
            assert "quá dài" in response.content.decode()

    def test_a_form_with_nul_is_answered_with_400(self):
        response = self.client.post(reverse("wagtailadmin_login"), {"username": "a\0b", "password": "x"})
        assert response.status_code == 400

    def test_odd_but_honest_input_passes(self):
        for path in ("/?q=" + quote("thủ tục đất đai"), "/?q=%25%27%22<>", "/?trang=999999999999999999", "/?q"):
            assert self.client.get(path).status_code == 200, path


class Addresses(CityTestCase):
    def test_a_number_no_key_can_be_is_refused(self):
        for path in (
            "/?trang=99999999999999999999",
            "/tin-tuc/?nam=-1234567890123456789",
            "/van-ban/?trang=%2B" + "9" * 5000,
            "/van-ban/?tr%01ang=" + "9" * 20,
            "/van-ban/?trang=9%01" + "9" * 20,
        ):
            response = self.client.get(path[:2000])
            assert response.status_code == 400, path
            assert "quá lớn" in response.content.decode()
        for path in (
            "/sitemap-99999999999999999999.xml",
            "/quan-tri/pages/99999999999999999999/edit/",
            "/99999999999999999999/",
        ):
            assert self.client.get(path).status_code == 404, path

    def test_a_row_of_digits_may_be_searched_for(self):
        for path in ("/tim-kiem/", "/api/v1/van-ban/"):
            assert self.client.get(f"{path}?q=12345678901234567890").status_code == 200, path

    def test_what_no_page_reads_may_be_any_row_of_digits(self):
        for name in ("utm_id", "fbclid", "ttclid", "campaign_id", "ad-nobody-knows"):
            assert self.client.get(f"/tin-tuc/?{name}=1790000000000000000").status_code == 200, name

    def test_the_administration_and_the_api_take_no_number_that_is_no_key_under_any_name(self):
        for path in ("/quan-tri/login/", "/api/v1/van-ban/"):
            response = self.client.get(f"{path}?campaign_id=1790000000000000000")
            assert response.status_code == 400, path
            assert "quá lớn" in response.content.decode(), path

    def test_an_unknown_method_is_not_allowed(self):
        for method in ("TRACE", "CONNECT", "PROPFIND", "X" * 30):
            assert self.client.generic(method, "/").status_code == 405, method

    def test_an_override_of_the_method_counts_for_nothing(self):
        seen = []

        def view(request):
            seen.append(request.method)
            return HttpResponse()

        for headers in ({"X-HTTP-Method-Override": "DELETE"}, {"X-Method-Override": "PUT"}):
            CleanInputMiddleware(view)(RequestFactory().get("/?_method=DELETE", headers=headers))
        assert seen == ["GET", "GET"]

    def test_another_charset_is_refused_whatever_the_method(self):
        for charset in ("rot13", "utf-16", "utf-7", "idna", "windows-1258", "khong-co", "a\0b"):
            for method in ("GET", "POST"):
                for parameter in (f"charset={charset}", f"charset*={charset}''x", f'charset="{charset}"'):
                    assert self.status(method, f"{FORM}; {parameter}") == 400, (method, parameter)
        assert self.status("GET", "text/plain; charset=UTF-8") == 200

    def status(self, method, content_type) -> int:
        """The status the portal's own handler answers."""
        environ = RequestFactory()._base_environ(
            REQUEST_METHOD=method, CONTENT_TYPE=content_type, QUERY_STRING="q=a", HTTP_HOST="localhost"
        )
        answered = []
        # As Django's own test client does: the connection belongs to the test's transaction.
        request_started.disconnect(close_old_connections)
        try:
            handler()(environ, lambda status, headers: answered.append(int(status[:3])))
        finally:
            request_started.connect(close_old_connections)
        return answered[0]

    def test_only_letters_digits_and_marks_of_text_reach_a_view(self):
        assert self.client.get("/tim-kiem/?q=a%01b").status_code == 200
        assert self.client.get("/tin%0d%0aSet-Cookie:a=b/").status_code == 400

    def test_a_cookie_with_nul_inside_is_dropped(self):
        for value in ('"\\000' + "a" * 31 + '"', '"abc\\012def0123456789"'):
            self.client.cookies.clear()
            response = self.client.get(
                reverse("wagtailadmin_login"), headers={"Cookie": f"sessionid={value}; csrftoken={value}"}
            )
            assert response.status_code == 200, value


class OneSpelling(SimpleTestCase):
    def read(self, request, read):
        """What a view behind the middleware reads."""
        request.user, request.session = mock.Mock(is_authenticated=True), mock.Mock(session_key=None)
        middleware = CleanInputMiddleware(lambda request: HttpResponse(read(request)))

        def view(request):
            refused = middleware.process_view(request, None, (), {})
            return refused or HttpResponse(read(request))

        middleware.get_response = view
        return middleware(request).content.decode()

    def test_the_query_is_composed(self):
        request = RequestFactory().get("/", {"q": NFD + "\x0b", NFD: "1"})
        assert self.read(request, lambda request: request.GET["q"] + request.GET[NFC]) == NFC + "1"

    def test_the_path_is_composed(self):
        request = RequestFactory().get("/tep/a/" + quote(NFD))
        assert self.read(request, lambda request: request.path_info) == "/tep/a/" + NFC

    def test_a_query_that_is_right_stays_as_it_was_written(self):
        request = RequestFactory().get("/?q=%2f+a&b&c=")
        assert self.read(request, lambda request: request.META["QUERY_STRING"]) == "q=%2f+a&b&c="

    def test_a_field_of_a_form_is_composed_and_loses_control_characters(self):
        for encode in (lambda data: {"data": urlencode(data), "content_type": FORM}, lambda data: {"data": data}):
            request = RequestFactory().post("/", **encode({"title": NFD + "\x01\n", "other": "b"}))
            read = self.read(request, lambda request: "|".join([*request.POST.values()]))
            assert sorted(read.split("|")) == sorted([NFC + "\n", "b"])

    def test_a_password_stays_as_typed(self):
        request = RequestFactory().post("/", {"password": NFD, "new_password1": NFD})
        assert self.read(request, lambda request: request.POST["password"] + request.POST["new_password1"]) == NFD * 2

    def test_the_name_of_a_file_is_composed_and_its_content_stays(self):
        content = NFD.encode() + b"\0\xff"
        request = RequestFactory().post("/", {"file": SimpleUploadedFile(NFD + ".pdf", content)})
        seen = {}

        def read(request):
            seen["content"] = request.FILES["file"].read()
            return request.FILES["file"].name

        assert self.read(request, read) == NFC + ".pdf"
        assert seen["content"] == content

    def test_text_inside_json_is_composed(self):
        body = json.dumps({"a": [NFD, "\ud800x\x00"], NFD: 1})
        request = RequestFactory().generic("PUT", "/", body, content_type="application/json")
        assert json.loads(self.read(request, lambda request: request.body)) == {"a": [NFC, "x"], NFC: 1}

    def test_json_inside_a_field_is_composed(self):
        request = RequestFactory().post("/", {"body": json.dumps({"text": NFD + "\x00\ud800"})})
        assert json.loads(self.read(request, lambda request: request.POST["body"])) == {"text": NFC}

    def test_what_only_looks_like_json_stays(self):
        request = RequestFactory().post("/", {"body": "{không phải \\u0000"})
        assert self.read(request, lambda request: request.POST["body"]) == "{không phải \\u0000"

    def test_clean_keeps_tabs_and_line_ends(self):
        assert clean("a\tb\r\nc") == "a\tb\r\nc"
        assert clean(NFD + "\x0b\x7f\ufffe") == NFC


class Bodies(CityTestCase):
    """The home page stands for any public address; what it would do with a body does not matter here."""

    def refused(self, *args, status=400, **kwargs):
        response = self.client.generic("POST", *args, **kwargs)
        assert response.status_code == status, response.status_code
        assert "<html" in response.content.decode()
        return response.content.decode()

    def test_a_form_of_a_reader_is_small(self):
        page = self.refused("/", b"a=" + b"b" * PUBLIC.form, content_type=FORM, status=413)
        assert "Nội dung gửi lên quá lớn" in page

    def test_the_size_that_is_announced_is_refused_whatever_comes(self):
        response = self.client.generic("POST", "/", b"a=b", content_type=FORM, CONTENT_LENGTH=str(10**12))
        assert response.status_code == 413

    def test_a_body_that_is_refused_for_its_size_keeps_no_render_waiting_and_is_read_off_the_connection(self):
        sent = BytesIO(b"b" * 33 * MB)
        environ = RequestFactory()._base_environ(
            **{"REQUEST_METHOD": "POST", "CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(33 * MB), "wsgi.input": sent}
        )
        seen = []

        def refusing(environ, start_response):
            seen.append(_check_size(PortalRequest(environ), PUBLIC).status_code)
            seen.append(sent.tell())
            return []

        WholeBodies(refusing)(environ, None)

        assert seen == [413, 0]
        assert sent.tell() == 33 * MB

    def test_the_administration_takes_more_once_somebody_has_signed_in(self):
        body = b"username=" + b"b" * PUBLIC.form
        self.refused(reverse("wagtailadmin_login"), body, content_type=FORM, status=413)
        self.client.force_login(self.cast.editor)
        response = self.client.generic("POST", reverse("wagtailadmin_account"), body, content_type=FORM)
        assert response.status_code == 200

    def test_a_reader_sends_few_fields_of_few_characters(self):
        assert "quá nhiều trường" in self.refused("/", urlencode([("a", "1")] * (PUBLIC.fields + 1)), content_type=FORM)
        page = self.refused("/", urlencode({"noi_dung": "x" * (PUBLIC.longest_value + 1)}), content_type=FORM)
        assert "«noi_dung» quá dài" in page
        self.refused("/", urlencode({"x" * (PUBLIC.longest_name + 1): "1"}), content_type=FORM)

    def test_100_000_fields_are_refused(self):
        self.client.force_login(self.cast.editor)
        body = "&".join(["a=1"] * 100_000)
        self.refused(reverse("wagtailadmin_account"), body, content_type=FORM)

    def test_a_reader_sends_few_files(self):
        files = {f"tep{number}": BytesIO(b"x") for number in range(PUBLIC.files + 1)}
        assert self.client.post("/", files).status_code == 400

    def test_broken_utf8_in_a_form_is_refused(self):
        for body in (b"a=%ff", b"a=\xc3\x28", b"a=%ed%a0%80", b"%00=1"):
            assert "ký tự không hợp lệ" in self.refused("/", body, content_type=FORM)

    def test_a_broken_multipart_form_is_refused(self):
        for body, kind in (
            (b"--x\r\nrubbish", "multipart/form-data; boundary=x" + "y" * 300),
            (b"--x\r\n", "multipart/form-data"),
            (b"--x\r\n", "multipart/form-data; boundary=\xc4"),
        ):
            self.refused("/", body, content_type=kind)

    def test_json_that_is_none_or_too_deep_is_refused(self):
        self.client.force_login(self.cast.editor)
        for body in (
            "{",
            "[" * 100_000,
            "[" * 100 + "]" * 100,
            "1e999",
            '{"a": ' + "9" * 5000 + "}",
            '{"id": 10000000000000000000}',
            "NaN",
        ):
            self.refused(reverse("wagtailadmin_dismissibles"), body, content_type="application/json")


class ReadForm(SimpleTestCase):
    """What is read of an urlencoded body, in little memory."""

    @given(
        st.lists(st.sampled_from([b"a", b"%", b"%4", b"%41", b"%e1%bb%99", b"+", b"=", b"&", b"\xe1\xbb\x99", b"%2G"])),
        st.integers(3, 12),
    )
    def test_reads_what_django_reads_wherever_the_pieces_end(self, parts, piece):
        body = b"".join(parts)
        expected = QueryDict(body)

        with mock.patch.object(clean_input, "PIECE", piece):
            if any("\ufffd" in text for name, values in expected.lists() for text in (name, *values)):
                # Django puts a sign in the place of what is no UTF-8; the portal refuses it.
                with pytest.raises(UnicodeDecodeError):
                    clean_input._read_form(body)
            else:
                assert clean_input._read_form(body) == expected

    def test_takes_no_more_than_a_few_times_the_size_of_the_body(self):
        body = urlencode({"noi-dung": "Ộ" * 60_000}).encode()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)

        clean_input._read_form(body)

        _now, most = tracemalloc.get_traced_memory()
        assert most < 15 * len(body), f"{most / len(body):.0f} times"


class LimitsByAddress(SimpleTestCase):
    def test_they_grow_with_trust(self):
        assert SIGNING_IN.upload <= PUBLIC.upload < ADMIN.upload
        assert SIGNING_IN.fields < PUBLIC.fields < ADMIN.fields
        assert PUBLIC.form == 64 * 1024
        assert clean_input.MOST_DIGITS == 18
