"""Freeing a question and its answer of personal data before they are public (Quy chế Điều 6, Luật 91/2025/QH15).

`suggestions` marks what looks like a name, telephone, mail, identity number or address, for a person to decide on.
`refusal` is strict: what the asker himself gave as his contact must not be in a public text at all.
"""

import re
from dataclasses import dataclass

from base import personal_data
from vietnam.text import fold

from .models import QuestionContact

DIGITS = re.compile(r"\d")
BLANKS = re.compile(r"\s+")
# "ông Nguyễn Văn A", "bà Lê Thị B": a form of address and words that begin with a capital.
NAMED = re.compile(
    r"\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Ee]m|tên(?: là)?|tôi là)\s+"
    r"((?:[A-ZÀ-ỸĐ][a-zà-ỹđ]+)(?:\s+[A-ZÀ-ỸĐ][a-zà-ỹđ]*){1,4})"
)
# "số 12/3 đường Trần Hưng Đạo", "tổ 5, khóm Đông An 2", "thửa đất số 123".
PLACED = re.compile(
    r"\b(?:số(?: nhà)?\s+\d+[\w/.-]*(?:,?\s+(?:đường|hẻm|ngõ)\s+[^,.;\n]{2,40})?"
    r"|tổ\s+\d+|(?:khóm|ấp)\s+[A-ZÀ-ỸĐ][^,.;\n]{1,30}"
    r"|thửa(?: đất)?(?: số)?\s+\d+|tờ bản đồ(?: số)?\s+\d+)",
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
    found += [Suggestion(m.start(1), m.end(1), "tên người", m.group(1), "[tên]") for m in NAMED.finditer(text)]
    kept: list[Suggestion] = []
    for item in sorted(found, key=lambda item: (item.start, -(item.end - item.start))):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def applied(text: str, chosen: list[Suggestion]) -> str:
    """Return the text with the chosen suggestions carried out."""
    for item in sorted(chosen, key=lambda item: item.start, reverse=True):
        text = f"{text[: item.start]}{item.instead}{text[item.end :]}"
    return text


def refusal(text: str, contact: QuestionContact) -> str:
    """Return why a public text is refused, or "": it holds what the asker gave as his own contact.

    Compared without marks, case and blanks, telephone numbers by their digits; a name only when he did not agree to
    be named. One word alone is no name that tells anybody apart.
    """
    kinds = []
    for value, kind, _instead in _own(contact):
        if kind == "tên người hỏi" and contact.may_show_name:
            continue
        if _spans(text, value) or _holds(text, value, kind):
            kinds.append(kind)
    if not kinds:
        return ""
    return f"Còn {', '.join(dict.fromkeys(kinds))} của người hỏi; hãy bỏ hoặc thay bằng cụm từ chung."


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
    """Return where a value stands in a text, however its letters are marked and its blanks are set."""
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
    """Tell whether a telephone number stands in a text with other blanks, dots or the country's number."""
    if "điện thoại" not in kind:
        return False
    digits = "".join(DIGITS.findall(value)).removeprefix("84").lstrip("0")
    return len(digits) >= 8 and digits in "".join(DIGITS.findall(text))
