"""What a kept Word file says, as the parts of a page; the child's answer is checked before anything believes it."""

import contextlib
import html
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import nh3
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from base.files.checks.common import MB, not_opened, on_disk
from base.files.checks.examine import examine_image
from base.files.texts import scheme_of, scheme_of_fonts
from base.sandbox.client import SandboxFailure, words
from vietnam import text

SECONDS, WAIT_SECONDS = 40, 20
LARGEST_ANSWER = 8 * MB
LARGEST_PICTURE = 30 * MB
LARGEST_WRITTEN = 2**40
MOST_PICTURES = 10_000
PICTURE_KINDS = ("png", "jpg", "gif", "webp")
MOST_CHARACTERS = 600_000
TAGS = {"p", "br", "b", "i", "ul", "ol", "li", "a", "sup", "sub"}
SCHEMES = {"http", "https", "mailto", "tel"}

BUSY = "Máy chủ đang đọc tệp khác; hãy đợi một phút rồi làm lại bước này."
NOT_READ = (
    "Không đọc được tệp Word này (tệp hỏng, quá lớn hoặc quá phức tạp); hãy mở bằng Word, lưu thành một tệp .docx mới, "
    "hoặc chia thành nhiều phần rồi tải lên."
)
LONG = "Tệp quá dài cho một trang (nhiều nhất {most} đoạn); hãy chia thành nhiều phần, hoặc đăng dạng tệp đính kèm."
EMPTY = "Tệp không có chữ, bảng hay ảnh nào đưa vào trang được; hãy kiểm tra lại tệp."


@dataclass
class Found:
    """A Word file as parts (`documents/blocks.py` says which), and what happened to what is not in them.

    `scheme`: the encoding before Unicode its letters seem to be in, "" for Unicode. `counts` and `samples`: the facts
    of `documents/fixing.py` by their names.
    """

    title: str
    parts: list[dict]
    scheme: str = ""
    fonts: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    child_wrote: str = ""

    def picture(self, part: dict):
        """Return the picture of a part, examined as an upload is; raises ValidationError when it is not taken."""
        data = _piece(self.child_wrote, part["place"], LARGEST_PICTURE)
        return examine_image(SimpleUploadedFile(f"anh-tu-word-{part['file']}", data)).file

    def plain(self) -> str:
        """Return the words of all parts, a paragraph a line."""
        return "\n".join(line for part in self.parts for line in _lines(part) if line)


@contextlib.contextmanager
def opened(file, *, scheme: str = "") -> Iterator[Found]:
    """Let the child read an open Word file; its pictures are there as long as the block lasts.

    `scheme`: "tcvn3" or "vni" when a person confirmed that the letters are in that encoding; then they come converted.
    Raises ValidationError in a sentence that names the remedy.
    """
    with tempfile.NamedTemporaryFile(prefix="portal-word-") as target, on_disk(file) as path:
        try:
            answer = words.ask(
                "read_parts", seconds=SECONDS, wait_seconds=WAIT_SECONDS, source=path, target=target.name, scheme=scheme
            )
        except SandboxFailure as failure:
            raise not_opened(failure, ValidationError(BUSY if failure.kind == "busy" else NOT_READ)) from None
        yield _believed(answer, target.name, scheme)


def _believed(answer: dict, wrote: str, scheme: str) -> Found:
    """Return what the child found; whatever it says that cannot be is a file that cannot be read."""
    try:
        if answer.get("refused"):
            raise ValidationError(LONG.format(most=f"{int(answer['most']):,}".replace(",", ".")))
        written = _piece(wrote, answer["parts"], LARGEST_ANSWER)
        parts = [_part(raw, answer["pictures"]) for raw in json.loads(written.decode())]
        found = Found(
            title=_text(answer["title"]),
            parts=parts,
            fonts=[_text(font) for font in answer["fonts"]],
            child_wrote=wrote,
            counts={_text(name): int(count) for name, count in answer["counts"].items()},
            samples={_text(name): [_text(one) for one in answer["samples"][name]] for name in answer["samples"]},
        )
        old = _text(answer["old_letters"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError):
        raise ValidationError(NOT_READ) from None
    if not parts:
        raise ValidationError(EMPTY)
    whole = found.plain()
    if len(whole) > MOST_CHARACTERS:
        raise ValidationError(LONG.format(most="12.000"))
    if not scheme:
        found.scheme = scheme_of(old or whole) or scheme_of_fonts(found.fonts, old)
    return found


def _piece(path: str, place: list, most: int) -> bytes:
    """Return a piece of what the child wrote; raises ValueError for a place that cannot be."""
    start, length = (int(number) for number in place)
    if start < 0 or length < 0 or start > LARGEST_WRITTEN:
        raise ValueError(place)
    if length > most:
        raise ValidationError(LONG.format(most="12.000"))
    with open(path, "rb") as handle:
        handle.seek(start)
        return handle.read(length)


def _part(raw: dict, pictures: list) -> dict:
    """Return one part with nothing in it but what a part may have."""
    kind = raw["type"]
    if kind == "paragraph":
        return {"type": kind, "html": clean_html(_text(raw["html"]))}
    if kind == "heading":
        return {"type": kind, "text": _line(raw["text"])[:200], "level": "3" if raw["level"] == "3" else "2"}
    if kind == "table":
        rows = [[text.normalise_letters(_text(cell)) for cell in row] for row in raw["rows"]]
        return {"type": kind, "caption": _line(raw["caption"])[:200], "rows": rows}
    if kind == "picture":
        number = int(raw["picture"])
        picture = pictures[number]
        start, length = (int(one) for one in picture["place"])
        if picture["kind"] not in PICTURE_KINDS or not 0 <= number < MOST_PICTURES or min(start, length) < 0:
            raise ValueError(number)
        if max(start, length) > LARGEST_WRITTEN:
            raise ValueError(number)
        return {
            "type": kind,
            "file": f"{number}.{picture['kind']}",
            "place": [start, length],
            "alt": _line(raw["alt"])[:200],
            "decorative": bool(raw["decorative"]),
            "caption": _line(raw["caption"])[:300],
        }
    raise ValueError(kind)


def clean_html(markup: str) -> str:
    """Return rich text with nothing but what a paragraph may have; letters composed, look-alikes of Đ replaced."""
    clean = nh3.clean(
        markup,
        tags=TAGS,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return text.normalise_letters(clean)


def _line(value) -> str:
    return text.normalise_letters(" ".join(_text(value).split()))


def _text(value) -> str:
    """Return words of the child; raises ValueError for what is no text: half a sign, or one that no database keeps."""
    value = str(value)
    if "\0" in value:
        raise ValueError("NUL")
    value.encode()
    return value


def _lines(part: dict) -> list[str]:
    if part["type"] == "paragraph":
        ended = re.sub(r"</(?:p|li)>|<br\s*/?>", "\n", part["html"])
        return [line.strip() for line in html.unescape(re.sub(r"<[^>]*>", "", ended)).split("\n")]
    if part["type"] == "table":
        return [part["caption"], *(" | ".join(row) for row in part["rows"])]
    return [part.get("text") or part.get("caption", "")]
