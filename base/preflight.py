"""Preflight: what is missing or doubtful in a page or document before a person approves it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock

from .authority import references, references_foreign_to_owner
from .models.files import Kept, ScanState
from .personal_data import kinds_in

# A number, date or name left open: "…/QĐ-UBND", ".../2026/QĐ-UBND", "ngày … tháng", "[...]", "xxx".
PLACEHOLDER = re.compile(
    r"(?:…|\.{3,})\s*/\s*(?:\d{4}/)?[A-ZĐ]|ngày\s*(?:…|\.{2,})\s*tháng|\[\s*(?:…|\.{3})\s*\]|\bx{3,}\b|lorem ipsum",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Finding:
    """One result of the preflight: a blocker stops submission and approval, a warning is shown beside them.

    `field` is the name of the form field the message points to.
    """

    level: str
    field: str
    message: str

    @property
    def is_blocker(self) -> bool:
        return self.level == "blocker"


def preflight_content(obj) -> list[Finding]:
    """Return findings about the texts and pictures of `obj`.

    Open placeholders, pictures without a description, references to what another site has not published, files that
    the malware scanner has not passed; as warnings, what looks like personal data, and what was noted when a file was
    uploaded.
    """
    findings = [
        Finding("blocker", reference.field, reference.message) for reference in references_foreign_to_owner(obj)
    ]
    findings += [
        finding
        for reference in references(obj)
        if isinstance(reference.target, Kept)
        for finding in _about_file(reference.field, reference.target)
    ]
    for field in obj._meta.get_fields():
        if getattr(field, "auto_created", False) or not hasattr(field, "value_from_object"):
            continue
        value = getattr(obj, field.name, None)
        if isinstance(field, StreamField):
            words = list(_texts(value))
            if any(_lacks_description(block, image) for block, image in _images(value)):
                findings.append(
                    Finding(
                        "blocker", field.name,
                        "Có ảnh chưa có mô tả (văn bản thay thế); hãy nhập mô tả hoặc đánh dấu là ảnh trang trí.",
                    )
                )  # fmt: skip
        elif isinstance(value, str):
            words = [value]
        else:
            continue
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


def _about_file(field: str, file: Kept) -> Iterator[Finding]:
    if file.scan_state == ScanState.INFECTED:
        yield Finding("blocker", field, f"Tệp «{file}» có mã độc ({file.scan_finding}); hãy bỏ hoặc thay tệp.")
    elif not file.is_servable():
        yield Finding("blocker", field, f"Tệp «{file}» chưa được quét mã độc; hãy đợi vài phút rồi gửi lại.")
    for note in file.notes.splitlines():
        yield Finding("warning", field, f"Tệp «{file}»: {note}")


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


def _images(value, block=None) -> Iterator[tuple]:
    """Every (block, picture) of ImageBlock inside a block value."""
    if isinstance(value, StreamValue):
        for child in value:
            yield from _images(child.value, child.block)
    elif isinstance(value, StructValue):
        for name, child in value.items():
            yield from _images(child, value.block.child_blocks.get(name))
    elif isinstance(value, ListValue):
        for child in value:
            yield from _images(child, value.list_block.child_block)
    elif isinstance(block, ImageBlock) and value is not None:
        yield block, value


def _lacks_description(block, image) -> bool:
    return not getattr(image, "decorative", False) and not (getattr(image, "contextual_alt_text", "") or "").strip()
