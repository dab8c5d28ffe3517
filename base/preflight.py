"""Preflight: what is missing or doubtful in a page or document before a person approves it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path
from wagtail.blocks import BaseStreamBlock, ListBlock, StreamValue, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import DraftStateMixin, Page, Site

from .authority import owner_of, references_foreign_to_owner, references_once
from .files.checks.pdf import SCAN_NOTE
from .models.files import ScanState, StoredFile
from .personal_data import kinds_in

# A number, date or name left open: "…/QĐ-UBND", ".../2026/QĐ-UBND", "ngày … tháng", "[...]", "xxx".
PLACEHOLDER = re.compile(
    r"(?:…|\.{3,})\s*/\s*(?:\d{4}/)?[A-ZĐ]|ngày\s*(?:…|\.{2,})\s*tháng|\[\s*(?:…|\.{3})\s*\]|\bx{3,}\b|lorem ipsum",
    re.IGNORECASE,
)


# A link written by hand, inside the markup of a text.
HREF = re.compile(r'href="([^"#?]+)')
# Fields that the page tree fills: no user typed them, and a tree path of twelve digits is no identity number.
OF_THE_TREE = frozenset({"path", "url_path", "draft_title"})

# What a finding is about, where figures count it (`Finding.topic`).
LINK, OUTSIDE_LINK, ACCESS = "link", "outside", "access"

_together: ContextVar[frozenset] = ContextVar("public together", default=frozenset())


@dataclass(frozen=True)
class Finding:
    """One result of the preflight: a blocker stops submission and approval, a warning is shown beside them.

    `field` is the name of the form field the message points to; `topic`: LINK, OUTSIDE_LINK, ACCESS (what hinders
    people who hear or magnify a page), "" for any other.
    """

    level: str
    field: str
    message: str
    topic: str = ""

    @property
    def is_blocker(self) -> bool:
        return self.level == "blocker"


@contextmanager
def public_together(things: Iterable) -> Iterator[None]:
    """Let the preflight inside take some pages and records for public: they become so in the same transaction."""
    token = _together.set(frozenset(map(_key, things)))
    try:
        yield
    finally:
        _together.reset(token)


def is_or_becomes_public(thing) -> bool:
    """Tell whether a page or record is public, or becomes so together with what is looked at (`public_together`)."""
    return thing.live or _key(thing) in _together.get()


def _key(thing) -> tuple:
    return (Page if isinstance(thing, Page) else type(thing)), thing.pk


def preflight_content(obj) -> list[Finding]:
    """Return findings about the texts, links and pictures of `obj`.

    Open placeholders, parts of the text that lack something (a picture its description, a table its name: a draft is
    saved without), links to what is gone or was taken down, references to what
    another site has not published, files that the malware scanner has not passed; as warnings, what looks like personal
    data, links to what is not public yet, addresses written by hand that lead nowhere, and what was noted when a file
    was uploaded.
    """
    references = references_once(obj)
    foreign = references_foreign_to_owner(obj, references)
    findings = [Finding("blocker", reference.field, reference.message) for reference in foreign]
    for reference in references:
        if isinstance(reference.target, StoredFile):
            findings += _about_file(reference.field, reference.target)
        elif (isinstance(obj, Page) or isinstance(reference.target, Page)) and reference not in foreign:
            findings += _about_link(reference, obj)
    for field, words in texts_by_field(obj):
        if isinstance(field, StreamField):
            lacking = dict.fromkeys(lacking_in(getattr(obj, field.name)))
            findings += [Finding("blocker", field.name, message, ACCESS) for message in lacking]
        for address in dict.fromkeys(found for word in words for found in HREF.findall(word)):
            if leads_nowhere(unescape(address)):
                message = f"Liên kết «{address}» không mở được trang nào của cổng này; hãy sửa hoặc bỏ liên kết."
                findings.append(Finding("warning", field.name, message, LINK))
        for kind in sorted({kind for word in words for kind in kinds_in(word)}):
            message = f"Có chữ giống {kind}; hãy bỏ nếu là của cá nhân (Điều 6 của Quy chế)."
            findings.append(Finding("warning", field.name, message))
        hit = next((match for word in words if (match := PLACEHOLDER.search(word))), None)
        if hit:
            findings.append(
                Finding(
                    "blocker",
                    field.name,
                    f"Còn chỗ chưa điền «{hit.group().strip()}»; hãy điền đủ trước khi gửi.",
                )
            )
    return findings


def texts_by_field(obj) -> Iterator[tuple[Field, list[str]]]:
    """Yield the fields of a page or record that hold text, each with its texts and their markup."""
    for field in obj._meta.get_fields():
        if getattr(field, "auto_created", False) or not hasattr(field, "value_from_object"):
            continue
        if isinstance(obj, Page) and field.name in OF_THE_TREE:
            continue
        value = getattr(obj, field.name, None)
        if isinstance(field, StreamField):
            yield field, list(_texts(value))
        elif isinstance(value, str):
            yield field, [value]


def leads_nowhere(address: str) -> bool:
    """Tell whether an address of this portal, written with or without its host, leads to no page that can be read."""
    parts = urlsplit(address)
    if parts.scheme not in ("", "http", "https") or not (parts.netloc or parts.path.startswith("/")):
        return False
    hosts = Site.objects.select_related("root_page")
    site = hosts.filter(hostname=parts.hostname).first() if parts.netloc else hosts.filter(is_default_site=True).first()
    if site is None:
        return False
    path = unquote(parts.path) or "/"
    try:
        view = resolve(path).url_name
    except Resolver404:
        return True
    return view == "wagtail_serve" and not _is_routed(site.root_page, path)


def _is_routed(root, path: str) -> bool:
    steps = [step for step in path.split("/") if step]
    if steps and (language := get_language_from_path(path)) == steps[0]:
        root = root.get_translations(inclusive=True).filter(locale__language_code=language).first()
        steps = steps[1:]
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    try:
        return root is not None and bool(root.specific.route(request, steps))
    except Http404:
        return False


def _about_link(reference, obj) -> Iterator[Finding]:
    target = reference.target
    # A reader of the findings may not learn the name of another site's thing.
    named = f"«{target}»" if owner_of(target) == owner_of(obj) else f"Một {reference.model._meta.verbose_name}"
    if target is None:
        yield Finding("blocker", reference.field, reference.message, LINK)
    elif isinstance(target, DraftStateMixin) and not is_or_becomes_public(target):
        if target.first_published_at is not None:
            message = f"{named} đã được gỡ nên liên kết tới đó không mở được; hãy sửa hoặc bỏ liên kết."
            yield Finding("blocker", reference.field, message, LINK)
        else:
            message = f"{named} chưa đăng nên người đọc chưa mở được; hãy đăng trước, hoặc bỏ liên kết."
            yield Finding("warning", reference.field, message, LINK)


def _about_file(field: str, file: StoredFile) -> Iterator[Finding]:
    if file.scan_state == ScanState.INFECTED:
        yield Finding("blocker", field, f"Tệp «{file}» có mã độc ({file.scan_finding}); hãy bỏ hoặc thay tệp.")
    elif not file.is_servable():
        yield Finding("blocker", field, f"Tệp «{file}» chưa được quét mã độc; hãy đợi vài phút rồi gửi lại.")
    for note in file.notes.splitlines():
        yield Finding("warning", field, f"Tệp «{file}»: {note}", ACCESS if note == SCAN_NOTE else "")


def _texts(value) -> Iterator[str]:
    """Every text inside a block value, with its markup."""
    if isinstance(value, str):
        yield value
    elif hasattr(value, "source") and isinstance(value.source, str):
        yield value.source
    elif isinstance(value, StreamValue):
        for child in value:
            yield from _texts(child.value)
    elif isinstance(value, StructValue | dict):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, ListValue | list | tuple):
        for child in value:
            yield from _texts(child)


def lacking_in(value: StreamValue) -> Iterator[str]:
    """Yield what each part of a text lacks, after its place and name: "Phần 3 (Ảnh): Ảnh chưa có mô tả …".

    That a text has no part at all is for its page type to say.
    """
    if not value:
        return
    try:
        value.stream_block.clean(value)
    except ValidationError as error:
        yield from _messages(error, value.stream_block, value, "")


def _messages(error: ValidationError, block, value, place: str) -> Iterator[str]:
    """The messages of an error of a block and of those inside it, each after the place it belongs to."""
    if not hasattr(error, "block_errors"):
        yield from (f"{place}: {message}" if place else message for message in error.messages)
        return
    for own in error.non_block_errors.as_data():
        yield from _messages(own, block, value, place)
    for key, inner in error.block_errors.items():
        if isinstance(block, BaseStreamBlock):
            child = value[key]
            yield from _messages(inner, child.block, child.value, f"Phần {key + 1} ({child.block.label})")
        elif isinstance(block, ListBlock):
            yield from _messages(inner, block.child_block, value[key], f"{place}, mục {key + 1}")
        else:
            child = block.child_blocks[key]
            is_picture = isinstance(block, ImageBlock) or isinstance(child, ImageBlock)
            named = place if is_picture else f"{place}, {child.label}"
            yield from _messages(inner, child, value[key] if isinstance(value, StructValue) else None, named)
