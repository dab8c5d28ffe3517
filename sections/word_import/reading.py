"""What a kept Word file says, as the parts of a page; the child's answer is checked before anything believes it."""

import contextlib
import html
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nh3
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from base.capped.client import CappedFailure, words
from base.file_checks.common import MB, on_disk
from base.file_checks.examine import examine_image
from base.file_texts import scheme_of, scheme_of_fonts
from vietnam import text

SECONDS, WAIT_SECONDS = 40, 20
LARGEST_ANSWER = 8 * MB
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
    """A Word file as parts (`base/capped/word_blocks.py` says which), and what happened to what is not in them.

    `scheme`: the encoding before Unicode its letters seem to be in, "" for Unicode. `counts` and `samples`: the facts
    of `base/capped/word_mending.py` by their names.
    """

    title: str
    parts: list[dict]
    scheme: str = ""
    fonts: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    folder: str = ""

    def picture(self, part: dict):
        """Return the picture of a part, examined as an upload is; raises ValidationError when it is not taken."""
        name = part["file"]
        data = Path(self.folder, name).read_bytes()
        return examine_image(SimpleUploadedFile(f"anh-tu-word-{name}", data)).file

    def plain(self) -> str:
        """Return the words of all parts, a paragraph a line."""
        return "\n".join(line for part in self.parts for line in _lines(part) if line)


@contextlib.contextmanager
def opened(file, *, scheme: str = "") -> Iterator[Found]:
    """Let the child read an open Word file; its pictures are there as long as the block lasts.

    `scheme`: "tcvn3" or "vni" when a person confirmed that the letters are in that encoding; then they come converted.
    Raises ValidationError in a sentence that names the mend.
    """
    with tempfile.TemporaryDirectory(prefix="portal-word-") as folder, on_disk(file) as path:
        try:
            said = words.ask(
                "read_parts", seconds=SECONDS, wait_seconds=WAIT_SECONDS, source=path, folder=folder, scheme=scheme
            )
        except CappedFailure as failure:
            raise ValidationError(BUSY if failure.kind == "busy" else NOT_READ) from None
        if said.get("refused"):
            raise ValidationError(LONG.format(most=f"{int(said['most']):,}".replace(",", ".")))
        yield _believed(said, folder, scheme)


def _believed(said: dict, folder: str, scheme: str) -> Found:
    answer = Path(folder, "parts.json")
    if answer.stat().st_size > LARGEST_ANSWER:
        raise ValidationError(LONG.format(most="12.000"))
    try:
        parts = [_part(raw, folder, said["pictures"]) for raw in json.loads(answer.read_text(encoding="utf-8"))]
        found = Found(
            title=str(said["title"]), parts=parts, fonts=[str(font) for font in said["fonts"]], folder=folder,
            counts={str(name): int(count) for name, count in said["counts"].items()},
            samples={str(name): [str(one) for one in said["samples"][name]] for name in said["samples"]},
        )  # fmt: skip
        old = str(said["old_letters"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise ValidationError(NOT_READ) from None
    if not parts:
        raise ValidationError(EMPTY)
    whole = found.plain()
    if len(whole) > MOST_CHARACTERS:
        raise ValidationError(LONG.format(most="12.000"))
    if not scheme:
        found.scheme = scheme_of(old or whole) or scheme_of_fonts(found.fonts, old)
    return found


def _part(raw: dict, folder: str, pictures: list) -> dict:
    """Return one part with nothing in it but what a part may have."""
    kind = raw["type"]
    if kind == "paragraph":
        return {"type": kind, "html": clean_html(str(raw["html"]))}
    if kind == "heading":
        return {"type": kind, "text": _line(raw["text"])[:200], "level": "3" if raw["level"] == "3" else "2"}
    if kind == "table":
        rows = [[text.normalise_letters(str(cell)) for cell in row] for row in raw["rows"]]
        return {"type": kind, "caption": _line(raw["caption"])[:200], "rows": rows}
    if kind == "picture":
        name = pictures[int(raw["picture"])]["name"]
        if not re.fullmatch(r"\d{1,4}\.(?:png|jpg|gif|webp)", name) or not Path(folder, name).is_file():
            raise ValueError(name)
        return {
            "type": kind, "file": name, "alt": _line(raw["alt"])[:200], "decorative": bool(raw["decorative"]),
            "caption": _line(raw["caption"])[:300],
        }  # fmt: skip
    raise ValueError(kind)


def clean_html(markup: str) -> str:
    """Return rich text with nothing but what a paragraph may have; letters composed, look-alikes of Đ replaced."""
    clean = nh3.clean(
        markup, tags=TAGS, clean_content_tags={"script", "style"}, attributes={"a": {"href"}}, url_schemes=SCHEMES,
        link_rel=None,
    )  # fmt: skip
    return text.normalise_letters(clean)


def _line(said) -> str:
    return text.normalise_letters(" ".join(str(said).split()))


def _lines(part: dict) -> list[str]:
    if part["type"] == "paragraph":
        ended = re.sub(r"</(?:p|li)>|<br\s*/?>", "\n", part["html"])
        return [line.strip() for line in html.unescape(re.sub(r"<[^>]*>", "", ended)).split("\n")]
    if part["type"] == "table":
        return [part["caption"], *(" | ".join(row) for row in part["rows"])]
    return [part.get("text") or part.get("caption", "")]
