"""Finds English on a screen: text, titles, labels, hints, options, dialogs, and the data that scripts show.

1. `shown(body, content_type)` yields every text of an answer that a person may read, with the place where it stands.
2. `english(text)` returns what is foreign in one text: each word without marks that no Vietnamese syllable can be.
   A Vietnamese syllable ending in c, ch, p or t always bears a mark, and so do ê, ô, ơ, ă, â, ư, đ; what is left are
   few letters ("ban", "trang", "cho"), so that the list of what may be foreign is short: `foreign_words.csv`.
3. English words that could be Vietnamese ("To", "May", "in") betray themselves when the whole text is one that a
   library gives to be translated, and its translation reads otherwise.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

FOREIGN_WORDS = Path(__file__).parent / "foreign_words.csv"
_ONSET = r"(?:b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x)?"
_RHYME = (
    r"(?:a[imnouy]?|ang|anh|e[mno]?|eng|i[amnu]?|inh|o[aeimn]?|oai|oan|oang|oanh|oay|oen|oeo|ong|u[aimny]?|ung|uya"
    r"|uynh|uyu|y)"
)
SYLLABLE = re.compile(rf"{_ONSET}{_RHYME}", re.I)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Syllables as addresses and names of accounts write them: all marks gone, so that they may end in c, ch, p and t.
_BARE = rf"(?:{_ONSET}(?:[aeiouy]{{1,3}}(?:c|ch|m|n|ng|nh|p|t)?))"
# Addresses, mailboxes, names of hosts, files, accounts and versions: data, not speech.
DATA = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|\bmailto:\S+|\btel:\S+"
    r"|(?<!\w)[\w-]+\.(?:pdf|docx?|xlsx?|csv|png|jpe?g|txt|webp|gif|zip|ics|json|xml|odt|ods|pptx|mp[34]|localhost)\b"
    r"|(?:[\w-]+\.)+(?:vn|invalid|com|org|localhost)\b(?::\d+)?"
    rf"|(?<![\w.-]){_BARE}(?:[-.]\d*{_BARE}|[-.]\d+)+(?![\w-])"
    r"|(?<!\w)/(?:[\w.%?=&<>:-]+/)*[\w.%?=&-]*"
    # Digests and their beginnings, names of Dublin Core elements; numbers of documents, codes of deadline rules, names
    # of models and actions.
    r"|\b[0-9a-f]{64}\b|\b[0-9a-f]{12}…|\bDC\.[a-z]+\b"
    r"|\b\d+(?:/\d{4})?[/-][A-ZĐĂÂÊÔƠƯ][\wĐđ]*(?:[-/][\wĐđ]+)*|\bDL(?:-[A-Z]+)+\b|\b[a-z_]{3,}\.[a-z_]{3,}\b"
    # What a message quotes of a form, a name of a field, groups of letters and digits to type off.
    r"|«[^»]*»|\b[\w-]*[a-z]*_\w+(?:-\w+)*|\b\w+-(?:TOTAL|INITIAL)_FORMS|\b[A-Z0-9]{4}(?: [A-Z0-9]{2,4}){2,}\b"
    # Options of a command.
    r"|(?<!\S)--[a-z][\w-]*"
    r"|%\(\w+\)[sd]|\{\w*\}|&\w+;",
    re.I,
)
# Names of data that scripts read and never show, in attributes and in JSON.
UNSEEN = re.compile(
    r"(?:^|[-_.@])(?:controller|action|target|class|classes|classname|type|method|token|csrf_token|csrf_header_name|icon"
    r"|name|id|url|path|pattern|value|html_path|detail_url|_type|_args|mode|key|content_type|mime|contentpath|status_code"
    r"|rel|style|originalstyle|initialstyle|selector|event|keys?|shortcut|outlet)$",
    re.I,
)
# One run of letters and digits too long for a word, as keys and tokens are; classes of a style sheet.
OPAQUE = re.compile(r"\S{26,}|(?:[a-z]+(?:[-:][a-z0-9/\[\]!-]+)+\s*)+")
# Texts that tests put in the place of what people write (`tests/isolation/filling.py`).
PLANTED = re.compile(r"\b(?:zq7\w*(?: (?:soan|duyet|chu-tich)\b)?|khomat|congbo|rieng\d+)\b", re.I)
SHOWN_ATTRIBUTES = (
    "title",
    "aria-label",
    "aria-description",
    "aria-placeholder",
    "aria-roledescription",
    "placeholder",
    "alt",
    "label",
    "summary",
)
BUTTONS = frozenset({"submit", "button", "reset"})
# Styles; commands and names that are typed as they stand.
SILENT = frozenset({"style", "noscript", "code", "kbd"})
MARKUP = re.compile(r"<[a-z!/][^>]*>", re.I)


@cache
def foreign_words() -> dict[str, str]:
    """Foreign words and phrases that may stand on a screen, in lower case, each with the reason."""
    with FOREIGN_WORDS.open(encoding="utf-8", newline="") as table:
        return {row["words"].lower(): row["reason"] for row in csv.DictReader(table)}


@cache
def _foreign_phrases() -> re.Pattern:
    phrases = sorted((words for words in foreign_words() if " " in words), key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(words)}(?!\w)" for words in phrases) or r"(?!)", re.I)


@cache
def english(text: str) -> tuple[str, ...]:
    """Return the words of a text that are neither Vietnamese nor on the list, in their order."""
    text = unicodedata.normalize("NFC", text)
    text = PLANTED.sub(" ", DATA.sub(" ", _foreign_phrases().sub(" ", text)))
    return tuple(
        word
        for word in WORD.findall(text)
        if len(word) > 1 and word.isascii() and not SYLLABLE.fullmatch(word) and word.lower() not in foreign_words()
    )


class _Reader(HTMLParser):
    """Collects what a page shows; elements in another language are that language's own affair."""

    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.open, self.foreign = [], [], 0

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        is_foreign = given.get("lang", "vi") not in ("vi", "") or "data-not-ours" in given
        if tag not in self.VOID:
            self.open.append((tag, is_foreign, given))
            self.foreign += is_foreign
        if self.foreign or is_foreign:
            return
        for name, value in attributes:
            if not value:
                continue
            if name in SHOWN_ATTRIBUTES or tag == "input" and name == "value" and given.get("type") in BUTTONS:
                self.found.append((f"{tag}[{name}]", value))
            elif name.startswith("data-") and not UNSEEN.search(name.removesuffix("-value")):
                self.found += [(f"{tag}[{name}]{place}", text) for place, text in _said(value)]

    def handle_endtag(self, tag):
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                for _tag, is_foreign, _given in self.open[place:]:
                    self.foreign -= is_foreign
                del self.open[place:]
                return

    def handle_data(self, data):
        if self.foreign or not data.strip() or any(tag in SILENT for tag, *_ in self.open):
            return
        tag, _is_foreign, given = self.open[-1] if self.open else ("", False, {})
        if tag == "script":
            if "json" in (given.get("type") or ""):
                self.found += [(f"script{place}", text) for place, text in _said(data)]
        elif tag != "textarea" and not ("hidden" in given and data.strip() == "None"):
            self.found.append((tag, " ".join(data.split())))


def _said(value: str) -> Iterator[tuple[str, str]]:
    """What a script may show out of a piece of data: the texts in it, whether it is JSON, markup or plain."""
    if value[:1] in '[{"':
        try:
            yield from _strings(json.loads(value))
            return
        except ValueError:
            pass
    if MARKUP.search(value):
        yield from ((f" {place}", text) for place, text in texts(value))
    elif " " in value.strip() and _may_be_speech(value):
        yield "", value


def _strings(data, place="") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for name, value in data.items():
            if not (isinstance(value, str) and UNSEEN.search(name)):
                yield from _strings(value, f".{name}")
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value, place)
    elif isinstance(data, str) and data:
        if MARKUP.search(data):
            yield from ((f"{place} {inner}", text) for inner, text in texts(data))
        elif (" " in data.strip() or data[:1].isupper()) and _may_be_speech(data):
            yield place, data


def _may_be_speech(value: str) -> bool:
    """Tell whether a piece of data may be words: no address, no code, no key."""
    return not (re.search(r"->|[\\{}=_]|\w\.\w|#\w|^\w+://|^/", value) or OPAQUE.fullmatch(value.strip()))


def texts(html: str) -> list[tuple[str, str]]:
    """Return (place, text) of everything that a page shows: places are "button", "input[title]", "script.label"."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def shown(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """Return (place, text) of what an answer shows: a page, a part of one, data for scripts, a table."""
    kind = content_type.split(";")[0]
    text = body.decode("utf-8", "replace")
    if kind == "application/json":
        return list(_strings(json.loads(text or "null")))
    if kind == "text/csv":
        return [("csv", cell) for row in csv.reader(text.splitlines()) for cell in row if cell]
    if kind == "text/html":
        return texts(text)
    return [("", text)] if kind == "text/plain" else []
