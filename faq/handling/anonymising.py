"""Freeing a question and its answer of personal data before they are public (Quy chế Điều 6, Luật 91/2025/QH15).

`suggestions` names what looks like a name, telephone, mail, identity number or address; `mark` and `mark_rich` show it,
a person decides, `replaced` and `replaced_rich` carry it out. `refusal` is strict: what the asker gave as their own
contact must not be in a public text at all.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from base import personal_data
from vietnam.text import fold, nfc

from ..models import QuestionContact

UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
DIGITS = re.compile(r"\d")
BLANKS = re.compile(r"\s+")
TAG = re.compile(r"(<[^>]*>)")
ENDS_LINE = re.compile(r"</(?:p|li|h[1-6]|div|blockquote|td|tr)>|<br\s*/?>|<hr\s*/?>", re.IGNORECASE)
# Nine digits: identity cards before 2016.
OLD_IDENTITY = re.compile(
    r"(?:CMND|CMT|chứng minh(?: nhân dân)?)(?:\s+số)?\s*:?\s*(\d{3}[ .]?\d{3}[ .]?\d{3})(?!\d)", re.IGNORECASE
)
CAPITAL = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
SMALL = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
NAME_WORDS = rf"(?:[{CAPITAL}][{SMALL}]*)(?:[ \t]+[{CAPITAL}][{SMALL}]*){{1,4}}"
# "ông Nguyễn Văn A", "tôi tên là Lê Thị B": a form of address and words that begin with a capital.
NAMED = re.compile(
    rf"\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Ee]m|[Tt]ên(?: là)?|[Tt]ôi là)[ \t]*:?[ \t]+({NAME_WORDS})"
)
# A frequent family name and words that begin with a capital, unless it names a street, school or place.
FAMILY_NAMES = (
    "Nguyễn|Trần|Lê|Phạm|Huỳnh|Hoàng|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trương|Lương|Mai|Cao|Lâm|Châu|Tô|Thái"
)
FAMILY_NAMED = re.compile(rf"(?<!\w)((?:{FAMILY_NAMES})(?:[ \t]+[{CAPITAL}][{SMALL}]*){{1,3}})(?!\w)")
NAMED_AFTER = re.compile(
    r"(?:đường|phố|hẻm|trường|THCS|THPT|tiểu học|mầm non|chợ|cầu|phường|xã|khóm|ấp|bệnh viện|công viên)\s+$",
    re.IGNORECASE,
)
# "số 12/3 đường Trần Hưng Đạo", "số nhà 5", "tổ 5, khóm Đông An 2", "thửa đất số 123".
PLACED = re.compile(
    r"\b(?:(?:[Nn]hà\s+)?[Ss]ố(?:\s+nhà)?\s+\d+[\w/.-]*,?\s+(?:[Đđ]ường|[Hh]ẻm|ngõ|phố)\s+[^,.;\n]{2,40}"
    r"|(?:[Ss]ố nhà|[Nn]hà số)\s+\d+[\w/.-]*"
    rf"|[Tt]ổ\s+\d+|(?:[Kk]hóm|[Ấấ]p)\s+[{CAPITAL}][^,.;\n]{{1,30}}"
    r"|[Tt]hửa(?: đất)?(?: số)?\s+\d+|[Tt]ờ bản đồ(?: số)?\s+\d+)"
)


@dataclass(frozen=True)
class Suggestion:
    """A stretch of a text that may tell who asked: where it stands, what it is, and what could stand there instead."""

    start: int
    end: int
    kind: str
    text: str
    instead: str


def suggestions(text: str, contact: QuestionContact | None = None) -> list[Suggestion]:
    """Return what in a plain text may be personal data, in order, not overlapping; the asker's own data first."""
    found = []
    for value, kind, instead in _own(contact):
        found += [Suggestion(*span, kind, text[span[0] : span[1]], instead) for span in _spans(text, value)]
    for pattern, kind, instead in (
        (personal_data.IDENTITY, "số căn cước", "[số căn cước]"),
        (personal_data.MOBILE, "số điện thoại", "[số điện thoại]"),
        (personal_data.MAIL, "thư điện tử", "[thư điện tử]"),
        (PLACED, "địa chỉ", "[địa chỉ]"),
    ):
        found += [Suggestion(m.start(), m.end(), kind, m.group(), instead) for m in pattern.finditer(text)]
    for pattern, kind, instead in ((NAMED, "tên người", "[tên]"), (OLD_IDENTITY, "số chứng minh", "[số chứng minh]")):
        found += [Suggestion(m.start(1), m.end(1), kind, m.group(1), instead) for m in pattern.finditer(text)]
    found += [
        Suggestion(m.start(1), m.end(1), "tên người", m.group(1), "[tên]")
        for m in FAMILY_NAMED.finditer(text)
        if not NAMED_AFTER.search(text[: m.start()])
    ]
    remaining: list[Suggestion] = []
    for item in sorted(found, key=lambda item: (item.start, -(item.end - item.start))):
        if not remaining or item.start >= remaining[-1].end:
            remaining.append(item)
    return remaining


@dataclass(frozen=True)
class Marked:
    """A text as HTML in which what is suggested is marked, and the suggestions."""

    html: SafeString
    suggestions: list[Suggestion]


def mark(text: str, contact: QuestionContact | None = None) -> Marked:
    """Return a plain text with its suggestions marked."""
    found = suggestions(text, contact)
    parts, end = [], 0
    for item in found:
        parts += [escape(text[end : item.start]), format_html('<mark title="{}">{}</mark>', item.kind, item.text)]
        end = item.end
    # Every part was escaped.
    return Marked(mark_safe("".join([*parts, escape(text[end:])])), found)


def mark_rich(html: str, contact: QuestionContact | None = None) -> Marked:
    """Return rich text of the portal's own editor with the suggestions in its running text marked; tags stay."""
    parts, found = [], []
    for part in TAG.split(html):
        if part.startswith("<"):
            parts.append(part)
        elif part:
            marked = mark(unescape(part), contact)
            parts.append(marked.html)
            found += marked.suggestions
    # Tags come from an answer that the editor has cleaned; the text between them was escaped.
    return Marked(mark_safe("".join(parts)), found)


def replaced(text: str, items: Iterable[Suggestion]) -> str:
    """Return a plain text in which the wordings of the suggestions, wherever they stand, are replaced."""
    for item in sorted(items, key=lambda item: -len(item.text)):
        text = re.sub(rf"(?<!\w){re.escape(item.text)}(?!\w)", lambda _found, to=item.instead: to, text)
    return text


def replaced_rich(html: str, items: Iterable[Suggestion]) -> str:
    """The same in the running text of rich text; tags stay."""
    items = list(items)
    return "".join(
        part if part.startswith("<") else escape(replaced(unescape(part), items)) for part in TAG.split(html)
    )


def without_own(text: str, contact) -> str:
    """Return a plain text in which all that the sender gave as their own contact is replaced, however it is written."""
    for value, kind, instead in _own(contact):
        spans = _spans(text, value)
        if "điện thoại" in kind and (number := _number(value)):
            spans += [match.span() for match in number.finditer(text)]
        for start, end in sorted(_joined(spans), reverse=True):
            text = f"{text[:start]}{instead}{text[end:]}"
    return text


def without_own_rich(html: str, contact) -> str:
    """The same in the running text of rich text; tags stay."""
    parts = TAG.split(html)
    covered = [part if part.startswith("<") else without_own(unescape(part), contact) for part in parts]
    return "".join(
        part if part.startswith("<") or new == unescape(part) else escape(new)
        for part, new in zip(parts, covered, strict=True)
    )


def _number(value: str) -> re.Pattern | None:
    """The pattern of a telephone number with other blanks, dots or the country's number."""
    digits = "".join(DIGITS.findall(value)).removeprefix("84").lstrip("0")
    if len(digits) < 8:
        return None
    return re.compile(r"(?<!\d)(?:\+?84|0)?[\s.()-]*" + r"[\s.()-]*".join(digits) + r"(?!\d)")


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in a text without those that overlap one before them."""
    remaining: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not remaining or start >= remaining[-1][1]:
            remaining.append((start, end))
    return remaining


def plain(html: str) -> str:
    """Return rich text as it is read: lines end where paragraphs end, signs written as codes are themselves."""
    return unescape(strip_tags(ENDS_LINE.sub("\n", html)))


def refusal(text: str, contact: QuestionContact) -> str:
    """Return why a public text is refused, or "": it holds what the asker gave as their own contact.

    Compared without marks, case, blanks and invisible signs, telephone numbers by their digits; a name only when the
    asker did not agree to be named. A single word is not taken for a name: it does not identify a person.
    """
    kinds, text = [], UNSEEN.sub("", nfc(unescape(text)))
    for value, kind, _instead in _own(contact):
        if kind == "tên người hỏi" and contact.may_show_name:
            continue
        if _spans(text, value) or _holds(text, value, kind):
            kinds.append(kind)
    if not kinds:
        return ""
    return f"Còn {', '.join(dict.fromkeys(kinds))}; hãy bỏ hoặc thay bằng cụm từ chung."


def _own(contact: QuestionContact | None) -> list[tuple[str, str, str]]:
    if contact is None or contact.purged_at:
        return []
    values = (
        (contact.name, "tên người hỏi", "[tên người hỏi]"),
        (contact.phone, "số điện thoại của người hỏi", "[số điện thoại]"),
        (contact.email, "thư điện tử của người hỏi", "[thư điện tử]"),
        (contact.address, "địa chỉ của người hỏi", "[địa chỉ]"),
    )
    return [(value.strip(), kind, instead) for value, kind, instead in values if len(value.strip()) > 3]


def _spans(text: str, value: str) -> list[tuple[int, int]]:
    """Return where a value is found in a text, however its letters are marked and its blanks are set."""
    words = [re.escape(word) for word in BLANKS.split(fold(value)) if word]
    if not words:
        return []
    folded = "".join(_folded_letter(letter) for letter in text)
    pattern = r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)"
    return [match.span() for match in re.finditer(pattern, folded)]


def _folded_letter(letter: str) -> str:
    """Fold one letter to exactly one, so that places stay what they are."""
    folded = fold(letter)
    return folded if len(folded) == 1 else (letter.lower() if len(letter.lower()) == 1 else letter)


def _holds(text: str, value: str, kind: str) -> bool:
    """Tell whether a text has a telephone number, also with blanks, dots or country code, or a spaced mail address."""
    if "thư điện tử" in kind:
        return BLANKS.sub("", fold(value)) in BLANKS.sub("", fold(text))
    if "điện thoại" not in kind:
        return False
    digits = "".join(DIGITS.findall(value)).removeprefix("84").lstrip("0")
    return len(digits) >= 8 and digits in "".join(DIGITS.findall(text))
