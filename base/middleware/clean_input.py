"""Turns away input that no page can mean, and puts the rest into one spelling, before anything reads it.

1. The address: a known method, UTF-8, no NUL, not over-long, no number beyond what a key can be where one is
   read; then path and query in NFC (Quy chế Điều 7: TCVN 6909) and without control characters.
2. Cookies that hold what no cookie of ours can hold are dropped, as if they had not been sent.
3. The body, by the kind of address: its size before any of it is kept, then the number and length of its fields,
   its text as in 1, also inside JSON. The contents of files and passwords stay as they are.

PostgreSQL refuses NUL in text, Python's decoder refuses broken UTF-8, feeds and spreadsheets refuse control characters,
and a number of twenty digits is beyond the databases' integers: each would end as a server error deep in some view.
"""

import json
import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote_plus, unquote_plus, unquote_to_bytes

from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponseNotAllowed, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from ..public.api import is_api
from ..public.query_parameters import CACHED_PARAMETERS
from ..public.request_kinds import CHANGING, READ_AHEAD, READING
from ..views import page_not_found, refuse_input

KB, MB = 1024, 1024 * 1024
METHODS = sorted(READING | CHANGING)
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
ENCODINGS = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
LONGEST_PATH = 2048
LONGEST_QUERY = 2048
# Lists of the administration carry their filters, chosen rows and the way back in the address.
LONGEST_ADMIN_QUERY = 16_384
# The greatest key of a row has 19 digits; nothing real comes near.
MOST_DIGITS = 18
# What people type in search of something may be any row of digits.
WORDS = "q"
DEEPEST_JSON = 60
# Bytes of a form that are unescaped at once.
PIECE = 64 * KB


class Limits(NamedTuple):
    """How much one request may carry: the body in bytes, with and without files, and its fields (characters)."""

    form: int
    upload: int
    fields: int
    files: int
    longest_name: int
    longest_value: int


# A reader's form holds some pages of text and a few scanned pages.
PUBLIC = Limits(64 * KB, 25 * MB, fields=200, files=10, longest_name=100, longest_value=20_000)
# A page with hundreds of blocks; the largest file is a film of 300 MB (`base/files/serving.py`).
ADMIN = Limits(5 * MB, 320 * MB, fields=10_000, files=100, longest_name=500, longest_value=5 * MB)
# The administration before sign-in: forms of a few fields.
SIGNING_IN = Limits(64 * KB, 64 * KB, fields=50, files=0, longest_name=100, longest_value=5_000)

BAD_CHARACTERS = _("Địa chỉ hoặc dữ liệu gửi lên có ký tự không hợp lệ; hãy xóa ký tự lạ rồi gửi lại.")
TOO_LONG = _("Địa chỉ quá dài; hãy rút ngắn từ khóa hoặc mở lại trang từ trình đơn.")
TOO_HIGH = _("Số trong địa chỉ quá lớn; hãy mở lại trang từ trình đơn.")
NOT_UTF8 = _("Dữ liệu gửi lên không dùng bảng mã UTF-8 (Điều 7 của Quy chế); hãy gửi lại từ biểu mẫu của trang này.")
TOO_BIG = _("Nội dung gửi lên quá lớn; hãy rút ngắn nội dung hoặc giảm dung lượng tệp rồi gửi lại.")
TOO_MANY = _("Biểu mẫu gửi lên có quá nhiều trường hoặc quá nhiều tệp; hãy mở lại biểu mẫu rồi gửi lại.")
FIELD_TOO_LONG = _("Trường «%(field)s» quá dài; hãy rút ngắn còn %(most)s ký tự rồi gửi lại.")
UNREADABLE = _("Máy chủ không đọc được dữ liệu gửi lên; hãy mở lại biểu mẫu rồi gửi lại.")

# Tab and the line ends are text; the rest of the control characters and the non-characters are not.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_IN_NO_PATH = re.compile("[\x00-\x1f\x7f]")
_HUGE = re.compile(rf"[+-]?\d{{{MOST_DIGITS + 1},}}", re.ASCII)
_HUGE_SEGMENT = re.compile(rf"(?:^|/)[+-]?\d{{{MOST_DIGITS + 1},}}(?:/|$)", re.ASCII)
_PASSWORD = re.compile("password|mat-?_?khau", re.IGNORECASE)


class CleanInputMiddleware:
    """Answer 400, 404, 405 or 413 in Vietnamese to what makes no sense; normalise the rest.

    The body is looked at in `process_view`: behind the question who asks, before the CSRF check reads it.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.admin_prefix = reverse("wagtailadmin_home")

    def __call__(self, request):
        refused = self._check_address(request)
        if refused is not None:
            return refused
        _normalise_address(request)
        _drop_broken_cookies(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method in READING:
            return None
        limits = self._limits(request)
        try:
            return _check_size(request, limits) or _check_body(request, limits)
        except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
            return refuse_input(request, UNREADABLE)

    def _limits(self, request) -> Limits:
        if not request.path_info.startswith(self.admin_prefix):
            return PUBLIC
        # A session that has just ended may still bring what a user typed.
        is_known = request.user.is_authenticated or request.session.session_key
        return ADMIN if is_known else SIGNING_IN

    def _check_address(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        charset = (request.content_params or {}).get("charset", "")
        if charset.strip("\"'").lower() not in ENCODINGS:
            return refuse_input(request, NOT_UTF8)
        # A path that is not UTF-8 reaches us with its bytes quoted again, and is simply not found.
        path, query = request.path_info, request.META.get("QUERY_STRING", "")
        limit = LONGEST_ADMIN_QUERY if path.startswith(self.admin_prefix) else LONGEST_QUERY
        if len(path) > LONGEST_PATH or len(query) > limit:
            return refuse_input(request, TOO_LONG)
        if _IN_NO_PATH.search(path) or not _is_text(unquote_to_bytes(query)):
            return refuse_input(request, BAD_CHARACTERS)
        if _HUGE_SEGMENT.search(path):
            return page_not_found(request)
        if any(name != WORDS and self._is_read(request, name) for name in _names_of_huge_numbers(query)):
            return refuse_input(request, TOO_HIGH)
        return None

    def _is_read(self, request, name: str) -> bool:
        """Tell whether anything may read a parameter: of readers' pages what they declare, elsewhere whatever comes.

        What social networks and campaigns add to our links is often a number of nineteen digits.
        """
        return name in CACHED_PARAMETERS or is_api(request) or request.path_info.startswith(self.admin_prefix)


def clean(value: str) -> str:
    """Return text in NFC without control characters. Example: "Tho\\u0302ng\\x0b" gives "Thông"."""
    if value.isascii():
        return _CONTROLS.sub("", value) if not value.isprintable() else value
    return _CONTROLS.sub("", unicodedata.normalize("NFC", value))


# --- The address ----------------------------------------------------------------------------------


def _is_text(data: bytes) -> bool:
    if b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _names_of_huge_numbers(query: str) -> list[str]:
    # As they will read once they are cleaned.
    pairs = (part.partition("=") for part in query.split("&"))
    return [clean(unquote_plus(name)) for name, _equals, value in pairs if _HUGE.fullmatch(clean(unquote_plus(value)))]


def _normalise_address(request) -> None:
    for name in ("path", "path_info"):
        value = getattr(request, name)
        if not value.isascii():
            setattr(request, name, unicodedata.normalize("NFC", value))
    query = request.META.get("QUERY_STRING", "")
    if not query:
        return
    text = unquote_to_bytes(query.replace("+", " ")).decode("utf-8")
    if clean(text) == text:
        return
    pairs = (part.partition("=") for part in query.split("&"))
    request.META["QUERY_STRING"] = "&".join(
        quote_plus(clean(unquote_plus(name))) + equals + quote_plus(clean(unquote_plus(value)))
        for name, equals, value in pairs
    )


def _drop_broken_cookies(request) -> None:
    # Inside quotes a cookie may spell any character in octal, NUL among them; the session's key goes to the database.
    if "HTTP_COOKIE" not in request.META:
        return
    cookies = request.COOKIES
    for name in [name for name, value in cookies.items() if _CONTROLS.search(name + value)]:
        del cookies[name]


# --- The body -------------------------------------------------------------------------------------


def _check_size(request, limits: Limits):
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return refuse_input(request, UNREADABLE)
    # What was sent all the same is read to its end where no user waits for it (`whole_bodies.py`).
    return refuse_input(request, TOO_BIG, status=413) if size > most_bytes(request, limits) else None


def most_bytes(request, limits: Limits) -> int:
    """Return how many bytes the body of a request may have, by what it says of itself."""
    return limits.upload if request.content_type == FORM_TYPES[1] else limits.form


def has_more_parts(request, limits: Limits) -> bool:
    """Tell whether a form that was read ahead has more fields and files than it may, without taking it to pieces.

    Taking ten thousand to pieces takes a second of processor. Of a body that was not read, nothing is told.
    """
    body = request.META["wsgi.input"]
    if not request.META.get(READ_AHEAD) or request.content_type not in FORM_TYPES:
        return False
    if request.content_type == FORM_TYPES[1]:
        mark = b"--" + request.content_params.get("boundary", "").encode("utf-8", "replace")
        # Before each part, and after the last one.
        most = limits.fields + limits.files + 1
    else:
        mark, most = b"&", limits.fields - 1
    found = 0
    while piece := body.read(MB):
        found += piece.count(mark)
    body.seek(0)
    return found > most


def _check_body(request, limits: Limits):
    if request.content_type == "application/json":
        return _clean_json_body(request)
    if request.content_type not in FORM_TYPES:
        return None
    if has_more_parts(request, limits):
        return refuse_input(request, TOO_MANY)
    if request.content_type == FORM_TYPES[0]:
        if request.body.count(b"&") >= limits.fields:
            return refuse_input(request, TOO_MANY)
        try:
            form = _read_form(request.body)
        except UnicodeDecodeError:
            return refuse_input(request, BAD_CHARACTERS)
        if request.method == "POST":
            request._post, request._files = form, MultiValueDict()
    if request.method != "POST":
        return None
    count = sum(len(values) for _name, values in request.POST.lists())
    files = [file for _name, uploaded in request.FILES.lists() for file in uploaded]
    if count > limits.fields or len(files) > limits.files:
        return refuse_input(request, TOO_MANY)
    explanation = _problem_of_fields(request.POST, limits) or _problem_of_files(request.FILES, limits)
    if explanation:
        return refuse_input(request, explanation)
    _normalise_form(request)
    return None


def _read_form(body: bytes) -> QueryDict:
    """Return the fields of an urlencoded body. Raises UnicodeDecodeError for text that is not UTF-8.

    Reads what `QueryDict(body)` reads. That takes seventy bytes for each escaped byte at once, of which a Vietnamese
    letter has up to three: a form of 5 MB would need 350 MB.
    """
    form = QueryDict(mutable=True)
    for pair in filter(None, body.split(b"&")):
        name, _equals, value = pair.partition(b"=")
        form.appendlist(_unquote(name), _unquote(value))
    form._mutable = False
    return form


def _unquote(data: bytes) -> str:
    data, pieces, start = data.replace(b"+", b" "), [], 0
    while start < len(data):
        end = start + PIECE
        if end < len(data):
            # An escape is not cut in two.
            escape = data.rfind(b"%", end - 2, end)
            end = escape if escape > start else end
        pieces.append(unquote_to_bytes(data[start:end]))
        start = end
    return b"".join(pieces).decode("utf-8")


def _problem_of_fields(form, limits: Limits) -> str:
    total = 0
    for name, values in form.lists():
        if "\0" in name or len(name) > limits.longest_name or any("\0" in value for value in values):
            return BAD_CHARACTERS
        longest = max(map(len, values), default=0)
        if longest > limits.longest_value:
            return FIELD_TOO_LONG % {"field": name, "most": limits.longest_value}
        total += sum(map(len, values))
    return "" if total <= limits.form else TOO_BIG


def _problem_of_files(files, limits: Limits) -> str:
    for name in files:
        if "\0" in name or len(name) > limits.longest_name:
            return BAD_CHARACTERS
    return ""


def _normalise_form(request) -> None:
    """Put fields, JSON inside fields and file names into NFC; passwords stay as typed."""
    for _name, uploaded in request.FILES.lists():
        for file in uploaded:
            file.name = clean(file.name)
    changed = {}
    for name, values in request.POST.lists():
        if _PASSWORD.search(name):
            continue
        cleaned = [_clean_value(value) for value in values]
        if cleaned != values or clean(name) != name:
            changed[name] = cleaned
    if changed:
        form = request.POST.copy()
        for name, values in changed.items():
            del form[name]
            form.setlist(clean(name), values)
        form._mutable = False
        request._post = form


def _clean_value(value: str) -> str:
    """Return a field's value cleaned; JSON that an editor's widget wrote is cleaned inside as well."""
    value = clean(value)
    if "\\u" in value and value[:1] in '{["':
        try:
            return json.dumps(_clean_parsed(json.loads(value)), ensure_ascii=False)
        except (ValueError, RecursionError):
            # The code that reads the field says what is wrong with it.
            return value
    return value


def _clean_json_body(request):
    try:
        parsed = json.loads(request.body) if request.body else None
        cleaned = _clean_parsed(parsed)
    except RecursionError:
        return refuse_input(request, UNREADABLE)
    except ValueError:
        # Not JSON, not UTF-8, or a number of more digits than Python converts.
        return refuse_input(request, UNREADABLE)
    if cleaned != parsed:
        # What `request.body` returns; the views read nothing else.
        request._body = json.dumps(cleaned, ensure_ascii=False).encode()
    return None


def _clean_parsed(value, depth: int = 0):
    """Return parsed JSON with its text cleaned.

    Raises RecursionError beyond DEEPEST_JSON levels, ValueError for numbers that are none or beyond the databases.
    """
    if depth > DEEPEST_JSON:
        raise RecursionError
    if isinstance(value, str):
        return clean(_SURROGATES.sub("", value))
    if isinstance(value, list):
        return [_clean_parsed(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_clean_parsed(name, depth + 1): _clean_parsed(item, depth + 1) for name, item in value.items()}
    if isinstance(value, int | float) and not abs(value) < 10**MOST_DIGITS:
        raise ValueError
    return value
