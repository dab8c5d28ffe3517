"""Legal citations in running text: what is cited, which articles of it, and where in the text it stands.

1. The text is read as composed letters with plain spaces and hyphens; every place in it leads back to the original.
2. Looked for are numbers ("43/2011/NĐ-CP", "NĐ 43/2011"), laws by their name ("Luật Công nghệ thông tin được Quốc hội
   thông qua ngày …"), standards ("TCVN 6909: 2001") and the text itself ("Điều 9 của Quy chế này").
3. Each includes the words that belong to it: type, articles, date, issuer.

All patterns are bounded, so that the time grows with the length of the text and nothing else.
"""

import bisect
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from vietnam import document_numbers
from vietnam.dates import parse_vn
from vietnam.document_numbers import DOCUMENT_TYPES, DocumentNumber
from vietnam.law_names import LawNames, with_known
from vietnam.text import LOOK_ALIKES, fold

# The letters of points, in their order: no f, j, w, z.
POINTS = "abcdđeghiklmnopqrstuvxy"

# What is cited: a document by its number, a law by its name, a standard, or the text itself.
NUMBERED, LAW, STANDARD, OWN = "numbered", "law", "standard", "own"
# What for.
MASTHEAD, BASIS, PROPOSAL, ATTACHED, RECIPIENTS, REFERENCE = (
    "masthead",
    "basis",
    "proposal",
    "attached",
    "recipients",
    "reference",
)


@dataclass(frozen=True)
class Unit:
    """A part of a document that is cited: article with clause and point, or chapter, section, appendix; "" when not."""

    article: str = ""
    clause: str = ""
    point: str = ""
    chapter: str = ""
    section: str = ""
    appendix: str = ""

    def __str__(self) -> str:
        named = (
            ("điểm", self.point),
            ("khoản", self.clause),
            ("Điều", self.article),
            ("Mục", self.section),
            ("Chương", self.chapter),
            ("Phụ lục", self.appendix),
        )
        return " ".join(f"{word} {value}" for word, value in named if value)


@dataclass(frozen=True)
class Citation:
    """One citation. `text[start:end]` of the original text is `written`.

    kind: NUMBERED, LAW, STANDARD or OWN. number: of a numbered one; without issuers when only number and year stand
    there ("NĐ 43/2011"). type_name: as in `DOCUMENT_TYPES`. title: of a law. year: beside a law's name, or in a number.
    issuer: its words. units: the parts cited, in order. part: the attached instrument they belong to ("Quy chế").
    has_conflict: type word and letters say different things, so that a person should look.
    """

    start: int
    end: int
    written: str
    kind: str
    role: str = REFERENCE
    number: DocumentNumber | None = None
    type_name: str = ""
    title: str = ""
    dated: date | None = None
    year: int | None = None
    issuer: str = ""
    units: tuple[Unit, ...] = ()
    part: str = ""
    has_conflict: bool = False

    @property
    def symbol(self) -> str:
        """The number as it is printed: "43/2011/NĐ-CP"; that of a standard; "" for a law by its name."""
        return str(self.number) if self.number else self.title if self.kind == STANDARD else ""

    @property
    def provision(self) -> str:
        """The first part cited, as text: "điểm đ khoản 1 Điều 10"."""
        return str(self.units[0]) if self.units else ""


def find(text: str, names: tuple[str, ...] = ()) -> list[Citation]:
    """Find the legal citations of a text, in order and without overlaps; offsets are into `text` as given.

    `names`: names of laws that are known beside those of `law_names.txt`, without "Luật".

    Composed and combining letters, no-break spaces, line breaks inside, look-alikes of Đ are all read. Paragraphs are
    parted by an empty line; no citation reaches over one. A law named without a date takes that of an earlier mention.

    >>> [(c.symbol, c.provision) for c in find("theo điểm a khoản 2 Điều 5 Nghị định số 43/2011/NĐ-CP.")]
    [('43/2011/NĐ-CP', 'điểm a khoản 2 Điều 5')]
    """
    if not text:
        return []
    return _Reader(text, with_known(names)).read()


# --- The text as it is read ------------------------------------------------------------------------

_BREAK = "\x00"
_SPACES = dict.fromkeys(
    map(
        ord,
        "\t\r\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
        "\u200a\u202f\u205f\u3000\u2028\u0085",
    ),
    " ",
)
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_SAME_LENGTH = str.maketrans(LOOK_ALIKES) | _SPACES | _HYPHENS | {0x2029: "\n", 0: " "}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_EMPTY_LINE = re.compile(r"\n[ \n]*\n")


def _as_read(text: str) -> tuple[str, list[int] | None]:
    """Return the text as it is read, and the place of each of its letters in the original (None: the same places)."""
    if unicodedata.is_normalized("NFC", text) and _INVISIBLE.isdisjoint(text):
        plain, places = text, None
    else:
        letters, places = [], []
        for place, end in _clusters(text):
            for letter in unicodedata.normalize("NFC", text[place:end]):
                if letter not in _INVISIBLE:
                    letters.append(letter)
                    places.append(place)
        places.append(len(text))
        plain = "".join(letters)
    plain = plain.translate(_SAME_LENGTH)
    return _EMPTY_LINE.sub(lambda match: _BREAK * len(match[0]), plain), places


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield each letter with its marks as (start, end)."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, place
            start = place


# --- Patterns --------------------------------------------------------------------------------------

_W = r"[ \n]{1,4}"
_S = r"[ \n]{0,3}"
# Marks of copies, and names that are also ordinary headings, stand for no document before a number.
_NAMES = sorted({t.name for t in DOCUMENT_TYPES if t.family != document_numbers.TECHNICAL} | {"Văn bản hợp nhất"})
_TYPE = "|".join(re.escape(name).replace(r"\ ", _W) for name in sorted(_NAMES, key=len, reverse=True))
_ABBREVIATIONS = "NĐ QĐ TT NQ CT TTLT NQLT TTr TB CV KH BC HD CĐ VBHN PL".split()
_ABBREVIATED = "|".join(sorted(_ABBREVIATIONS, key=len, reverse=True))
_PART = f"Quy{_W}chế|Quy{_W}định|Điều{_W}lệ|Kế{_W}hoạch|Đề{_W}án|Chương{_W}trình|Phương{_W}án|Danh{_W}mục|Nội{_W}quy"

_LETTERS = r"[A-Za-zĐđ]{1,14}(?:[&.][A-Za-zĐđ]{1,10}){0,3}\d{0,2}"
_FIRST_JOINT = rf"(?:-|{_S}-{_S}(?=[A-ZĐ]{{2}}|TTg))"
_JOINT = r"-(?:[ \n](?=[A-ZĐ]{2}))?"
_NUMBER = r"\d{1,6}(?:\.\d{1,4})?[a-zđ]?"
_SYMBOL = re.compile(
    rf"(?<![\w/.&:])(?<!\w-)(?P<number>{_NUMBER})"
    rf"(?:{_S}/{_S}\d{{4}}{_S}/{_S}(?:TTLT|NQLT)(?:{_S}[-/]{_S}{_LETTERS}){{1,9}}"
    rf"|(?:{_S}/{_S}(?P<year>\d{{4}}))?{_S}/{_S}{_LETTERS}(?:{_FIRST_JOINT}{_LETTERS}(?:{_JOINT}{_LETTERS}){{0,9}})?"
    rf"|{_S}-{_S}[A-ZĐ][A-Za-zĐđ]{{0,4}}{_S}/{_S}{_LETTERS}(?:-{_LETTERS}){{0,2}}"
    r"|-(?P<old>HĐBT|HDBT|CP|TTg|UB)"
    r")(?![\w/])"
)
_AFTER_COLON = re.compile(rf"(?<=[^\d\W]:)(?P<number>{_NUMBER})/\d{{4}}/{_LETTERS}(?:-{_LETTERS}){{0,4}}(?![\w/])")
_SHORT = re.compile(
    rf"(?<!\w)(?P<word>(?:{_ABBREVIATED})|(?i:{_TYPE})){_W}(?:số{_S}:?{_S})?"
    rf"(?P<number>\d{{1,5}}){_S}/{_S}(?P<year>(?:19|20)\d\d)(?![\w/]|{_S}/{_S}[\w])"
)
_WORD_BEFORE = re.compile(
    rf"(?:(?<!\w)(?P<word>(?:{_ABBREVIATED})|(?i:{_TYPE})){_W})?(?:(?<!\w)(?P<no>[Ss]ố){_S}:?{_S})?$"
)
_OF_PARLIAMENT = re.compile(r"/(?:QH|UBTVQH|NQ-QH)\d{1,2}$")
# The next of a list: "các Nghị định số A, B và C".
_NEXT = re.compile(rf"{_S}(?:,|;|,?{_S}(?:và|hoặc|,)){_S}(?:số{_W})?")
_LAW_TYPE = re.compile(rf"(?<!\w)(?P<type>Bộ{_W}luật|Luật|Pháp{_W}lệnh|Hiến{_W}pháp)(?!\w)")
_NOT_A_LAW = re.compile(r"(?:học|Khoa|khoa|Trường|trường|Phòng|phòng|ngành|Hội|Ngày)[ \n]{1,2}$")

_DAY = (
    rf"ngày{_W}\d{{1,2}}(?:{_W}tháng{_W}\d{{1,2}}{_W}năm{_W}\d{{4}}(?!\d)"
    rf"|{_S}[/.-]{_S}\d{{1,2}}{_S}[/.-]{_S}\d{{4}}(?!\d))"
)
_DATED = re.compile(rf"{_S},?{_S}(?:(?:ký|ban hành){_W})?(?P<day>{_DAY})")
_OF = re.compile(rf"{_S},?{_S}(?:của|do){_W}")

_CENTRAL = (
    "Ủy ban Thường vụ Quốc hội|Uỷ ban Thường vụ Quốc hội|Ủy ban thường vụ Quốc hội|Thủ tướng Chính phủ"
    "|Thanh tra Chính phủ|Văn phòng Chính phủ|Văn phòng Quốc hội|Hội đồng Bộ trưởng|Hội đồng Nhà nước|Chủ tịch nước"
    "|Quốc hội|quốc hội|Chính phủ|Thủ tướng|Bộ Chính trị|Ban Bí thư|Ban Chấp hành Trung ương Đảng"
    "|Ban Chấp hành Trung ương|Ngân hàng Nhà nước Việt Nam|Ngân hàng Nhà nước"
).replace(" ", _W)
_UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_PROPER = rf"[{_UPPER}][\w]{{0,12}}"
_LOCAL = (
    rf"(?:Chủ{_W}tịch{_W})?(?:UBND|HĐND|Ủy{_W}ban{_W}nhân{_W}dân|Uỷ{_W}ban{_W}nhân{_W}dân|Hội{_W}đồng{_W}nhân{_W}dân)"
    rf"{_W}(?:tỉnh|thành{_W}phố|TP\.?|huyện|quận|thị{_W}xã|thị{_W}trấn|phường|xã|đặc{_W}khu)"
    rf"(?:{_W}(?!Về{_W}|Quy{_W}|Ban{_W}|Phê{_W}|V/v)(?:{_PROPER}|\d{{1,2}}))(?:(?:{_W}|{_W}-{_W})"
    rf"(?!Về{_W}|Quy{_W}|Ban{_W}|Phê{_W}|V/v){_PROPER}){{0,4}}"
)
_ISSUER = re.compile(rf"(?P<exact>{_LOCAL}|{_CENTRAL})(?!\w)")
_ISSUER_TYPE = re.compile(
    rf"(?:Bộ{_W}trưởng{_W}Bộ|Bộ|Giám{_W}đốc{_W}Sở|Sở|Trưởng{_W}phòng|Phòng|Chánh{_W}Văn{_W}phòng|Văn{_W}phòng|Tỉnh{_W}ủy"
    rf"|Thành{_W}ủy|Huyện{_W}ủy|Đảng{_W}ủy|Tổng{_W}cục|Cục|Ban|Viện|Tòa{_W}án|UBND|HĐND|Ủy{_W}ban|Hội{_W}đồng)(?!\w)"
)
_ISSUER_ENDS = re.compile(
    rf"[;,.:()\"“”«»\[\]{_BREAK}]|(?<!\w)(?i:về|quy{_W}định|quy{_W}chế|ban{_W}hành|hướng{_W}dẫn|sửa{_W}đổi|bổ{_W}sung"
    rf"|thay{_W}thế|có{_W}hiệu|được|phê{_W}duyệt|công{_W}bố|đối{_W}với|trong|tại|theo|thì|là|đã|nhằm|để|nêu|cho|hoặc"
    rf"|và{_W}(?:các|những|Nghị|Thông|Quyết|Luật)|năm|ngày|số|cùng|do|của|khi|phải|v/v|này|Nghị{_W}định|Nghị{_W}quyết|Thông{_W}tư)(?!\w)"
)
LONGEST_ISSUER = 100

_LONGEST_TITLE = 180
_LAW_STOPS = re.compile(rf"[;:.()\"“”«»\[\]{_BREAK}]")
_LAW_NAMED = re.compile(
    rf"{_W}(?:(?:đã{_W})?được{_W}(?P<issuer>[^;.\x00]{{3,80}}?){_W}thông{_W}qua{_W})?(?P<day>{_DAY})"
    rf"|{_W}(?:năm{_W})?(?P<year>(?:19|20)\d\d)(?![\w/])"
)
_ANOTHER = re.compile(
    rf"(?<!\w)(?:Bộ{_W}luật|Luật|Pháp{_W}lệnh|Nghị{_W}định|Nghị{_W}quyết|Thông{_W}tư|Quyết{_W}định)(?!\w)"
)
# The name of a law that amends others names them.
_AMENDING = re.compile(rf"{_W}[Ss]ửa{_W}đổi,?{_W}")
# Words that are in no law's name; and those that end a name of which nothing tells how far it goes.
_NEVER_IN_NAME = re.compile(
    rf"(?<!\w)(?:có{_W}hiệu|quy{_W}định|hiện{_W}hành|đã|là|thì|phải|sẽ|không|kể|từ|được|ban{_W}hành|thông{_W}qua|này|đó)(?!\w)"
)
_NAME_ENDS = re.compile(
    rf"[;:.()\"“”«»\[\]\n/{_BREAK}]|,(?!{_W}(?:chống|phòng){_W})|(?<!\w)(?:có{_W}hiệu|quy{_W}định|hiện{_W}hành|đã|là|thì"
    rf"|phải|sẽ|không|kể|từ|được|ban{_W}hành|thông{_W}qua|này|đó|về|của|cho|để|tại|theo|trong|với|còn|do|khi|ngày|năm|số(?={_S}:?{_S}\d)"
    rf"|như|nêu|hoặc|áp{_W}dụng|nếu|nhằm|nên|mà"
    rf"|gồm|bao{_W}gồm|thực{_W}hiện|đối{_W}với|kèm"
    rf"|và{_W}(?:các|những|văn{_W}bản|pháp{_W}luật|hướng|theo|Nghị|Thông|Quyết|Luật|Bộ|Pháp|Điều|khoản|điểm|Chương|Mục|Phụ"
    rf"|quyết{_W}định|biện{_W}pháp))(?!\w)"
)

_STANDARD = re.compile(
    rf"(?<!\w)(?P<kind>TCVN|QCVN|TCXDVN|QCXDVN|TCCS)(?:{_W}ISO(?:/IEC)?)?{_W}(?P<number>\d{{1,6}}(?:-\d{{1,3}})?)"
    rf"{_S}:{_S}(?P<year>\d{{4}})(?P<tail>/[A-ZĐ]{{2,10}})?(?!\w)"
)

_ARTICLE_NUMBER = r"\d{1,3}[a-zđ]?(?:\.\d{1,2}(?:\.[a-zđ])?)?(?![\w/]|\.\d)"
_AND = r"(?:[ ]?,[ \n]{0,2}(?:(?:và|hoặc)[ \n]{1,2})?|[ \n]{1,2}(?:và|hoặc)[ \n]{1,2}|[ \n]{1,2}đến[ \n]{1,2})"
_PLACE = re.compile(
    rf"(?<!\w)(?:(?P<kind1>[Đđ]iểm){_W}(?P<points>[a-zđ](?!\w)(?:{_AND}[a-zđ](?!\w))*)"
    rf"|(?P<kind2>[Kk]hoản|[Đđ]iều|ĐIỀU){_W}(?P<numbers>{_ARTICLE_NUMBER}(?:{_AND}{_ARTICLE_NUMBER})*)"
    rf"|(?P<kind3>[Cc]hương|[Mm]ục|[Pp]hụ{_W}lục){_W}(?P<romans>(?:[IVXLC]{{1,6}}|\d{{1,2}})(?![\w/])))"
)
_BETWEEN_PLACES = re.compile(
    r"[ \n]{1,3}(?:của[ \n]{1,2})?|[ ]?[,;][ \n]{0,2}(?:(?:và|hoặc|và[ \n]các)[ \n]{1,2})?"
    r"|[ \n]{1,2}(?:và|hoặc|đến|và[ \n]các)[ \n]{1,2}"
)
_BEFORE_DOCUMENT = re.compile(r"(?:[ ]?,)?[ \n]{1,3}(?:(?:của|thuộc|trong|tại)[ \n]{1,2})?(?:các[ \n]{1,2})?$")
_OWN = re.compile(rf"{_W}(?:của{_W}|trong{_W}|tại{_W})?(?P<type>(?i:{_TYPE}|Điều{_W}lệ)){_W}này(?!\w)")
_ATTACHED_PART = re.compile(
    rf"(?<!\w)(?P<part>{_PART})(?:{_W}[^;:.\x00]{{1,200}})?{_W}(?:được{_W})?[Bb]an{_W}hành{_W}kèm{_W}theo{_W}$"
)
_LEADS_TO_OWN = re.compile(r"(?<!\w)(?:Như|như|Theo|theo|Tại|tại|của|với|trong|và)[ \n]{1,2}(?:các[ \n]{1,2})?$")
_LIKE = re.compile(r"(?<!\w)Như[ \n]{1,2}$")
_OF_ANOTHER = re.compile(
    rf"[ \n]{{1,3}}(?:của[ \n]{{1,3}})?[{_UPPER}]|[ \n]{{1,3}}của(?!\w)|[ \n]{{1,3}}này(?!\w)|\.[ \n]"
)

_BASIS = re.compile(rf"(?<!\w)Căn{_W}cứ{_W}(?:vào{_W}|các{_W}){{0,2}}$")
_PROPOSED_BY = re.compile(rf"đề{_W}nghị{_W}của{_W}(?P<who>[^;,.\x00]{{3,100}}?){_W}tại{_W}$")
_WITH = re.compile(rf"kèm{_W}theo{_W}$")
_LEADERS = (
    (re.compile(rf"^Trưởng{_W}phòng"), "Phòng"),
    (re.compile(rf"^Giám{_W}đốc{_W}Sở"), "Sở"),
    (re.compile(rf"^Chánh{_W}Văn{_W}phòng"), "Văn phòng"),
)
_PLACE_AND_DAY = re.compile(rf"[^\n\x00]{{0,60}},{_S}(?P<day>{_DAY})")
_CAPITAL_ISSUER = re.compile(
    r"(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN)[ \n][" + _UPPER + r" \n]{4,60}(?=\x00|\n|$)"
)
MASTHEAD_REACH = 600


# --- Reading ---------------------------------------------------------------------------------------


@dataclass
class _Draft:
    """A citation while it is put together; places are those of the text as read."""

    start: int
    end: int
    kind: str
    values: dict = field(default_factory=dict)
    # Where the document itself begins, without the articles before it.
    type_at: int = 0


class _Reader:
    def __init__(self, text: str, names: LawNames):
        self.text, self.names = text, names
        self.plain, self.places = _as_read(text)
        self.places_cited = self._places_cited()

    def read(self) -> list[Citation]:
        drafts = [*self._standards(), *self._numbered()]
        taken = _Taken(drafts)
        self.starts = sorted(draft.start for draft in drafts)
        drafts += [draft for draft in self._laws() if not taken.holds(draft.start)]
        documents = _without_overlaps(drafts)
        for draft in documents:
            if draft.kind in (NUMBERED, LAW):
                self._take_places(draft)
                self._take_role(draft)
        found = _without_overlaps([*documents, *self._own()])
        return _dated_by_earlier([self._finished(draft) for draft in found])

    def _finished(self, draft: _Draft) -> Citation:
        start, end = draft.start, draft.end
        if self.places is not None:
            start, end = self.places[start], self.places[end]
        return Citation(start, end, self.text[start:end], draft.kind, **draft.values)

    # --- Documents by their number -----------------------------------------------------------------

    def _numbered(self) -> list[_Draft]:
        matches = [*_SYMBOL.finditer(self.plain), *_AFTER_COLON.finditer(self.plain)]
        drafts: list[_Draft] = []
        for match in sorted(matches, key=lambda found: found.start()):
            if drafts and match.start() < drafts[-1].end:
                continue
            draft = self._one_numbered(match, drafts[-1] if drafts else None)
            if draft is not None:
                drafts.append(draft)
        drafts += [self._short(match) for match in _SHORT.finditer(self.plain)]
        return _without_overlaps(drafts)

    def _one_numbered(self, match: re.Match, before: _Draft | None) -> _Draft | None:
        start = match.start()
        window_start = max(0, start - 60)
        left = _WORD_BEFORE.search(self.plain[window_start:start])
        word, has_no = _one_line(left["word"] or ""), bool(left["no"])
        type_at = window_start + left.start() if word or has_no else start
        title = ""
        of_parliament = _OF_PARLIAMENT.search(match[0]) is not None
        # "… văn bản quy phạm pháp luật số": the type is the word before the name, not the name's last one.
        is_last_of_a_name = word == "luật" and of_parliament
        if is_last_of_a_name or (not word and (has_no or of_parliament)):
            after_name = type_at + len(left["word"]) if is_last_of_a_name else type_at
            if law := self._law_left_of(after_name):
                type_at, word, title = law
        inherited = self._inherited(before, start) if before and not word else ""
        number = _parsed(_one_line(match[0]), _whole_name(word) or inherited)
        if number is None:
            return None
        is_old = number.layout == document_numbers.DASH and number.issuers[0] != "HĐBT"
        if is_old and not word or not (word or has_no or inherited or _speaks_for_itself(number)):
            return None
        type_name, has_conflict = _type_of(number, word or inherited)
        if has_conflict and not word:
            type_name, has_conflict = _type_of(number, "")
        values = {
            "number": number,
            "type_name": type_name,
            "has_conflict": has_conflict,
            "year": number.year,
            "title": title,
        }
        draft = _Draft(type_at, match.end(), NUMBERED, values, type_at=type_at)
        if inherited and not word:
            values["role"] = before.values.get("role", REFERENCE)
        self._take_tail(draft)
        return draft

    def _inherited(self, before: _Draft, start: int) -> str:
        """The type named before the first of a list: "các Nghị định số A, B và C"."""
        between = self.plain[before.end : start]
        if len(between) < 20 and before.values.get("type_name") and _NEXT.fullmatch(between):
            return before.values["type_name"]
        return ""

    def _law_left_of(self, place: int) -> tuple[int, str, str] | None:
        """A law's name before "số": ("Luật", its name), with the place where it begins."""
        begin = max(0, place - _LONGEST_TITLE)
        window = self.plain[begin:place]
        types_at = list(_LAW_TYPE.finditer(window))
        if not types_at:
            return None
        for found in types_at:
            if (end := self.names.end_at(self.plain, begin + found.end())) and not self.plain[end:place].strip(" \n"):
                # The name of a law that amends this one holds it.
                outer = next((outer for outer in types_at if self._amends(window, outer, found)), found)
                name = self.names.with_commas(_one_line(self.plain[begin + outer.end() : end]))
                return begin + outer.start(), _one_line(outer["type"]), name
        opening = next((found for found in types_at if _AMENDING.match(window, found.end())), types_at[-1])
        name = window[opening.end() :].strip(" \n")
        if not name or not name[0].isupper() or _LAW_STOPS.search(name) or _NEVER_IN_NAME.search(name):
            return None
        return begin + opening.start(), _one_line(opening["type"]), _one_line(name)

    @staticmethod
    def _amends(window: str, outer: re.Match, inner: re.Match) -> bool:
        """Whether a law is one that amends another, within one name."""
        between = window[outer.end() : inner.start()]
        return bool(_AMENDING.match(window, outer.end())) and not _LAW_STOPS.search(between) and "/" not in between

    def _short(self, match: re.Match) -> _Draft:
        word = match["word"]
        found = document_numbers.type_named(_one_line(word))
        letters = word if word in _ABBREVIATIONS else found.abbr if found else ""
        number = DocumentNumber(match["number"], int(match["year"]), letters)
        names = document_numbers.types_with(letters)
        name = found.name if found else names[0].name if names else ""
        draft = _Draft(
            match.start(),
            match.end(),
            NUMBERED,
            {"number": number, "type_name": name, "year": number.year},
            type_at=match.start(),
        )
        self._take_tail(draft)
        return draft

    def _take_tail(self, draft: _Draft) -> None:
        """Include date and issuer, in either order."""
        for _turn in range(2):
            dated = None if "dated" in draft.values else _DATED.match(self.plain, draft.end)
            if dated and (day := _day(dated["day"])):
                draft.values["dated"], draft.end = day, dated.end()
                continue
            of = None if draft.values.get("issuer") else _OF.match(self.plain, draft.end)
            if of and (found := self._issuer_at(of.end())):
                draft.end, draft.values["issuer"] = found

    def _issuer_at(self, place: int) -> tuple[int, str] | None:
        exact = _ISSUER.match(self.plain, place)
        if exact:
            return exact.end(), _one_line(exact["exact"])
        opening = _ISSUER_TYPE.match(self.plain, place)
        if not opening:
            return None
        limit = min(len(self.plain), place + LONGEST_ISSUER)
        stop = _ISSUER_ENDS.search(self.plain, opening.end(), limit)
        if stop is None and limit < len(self.plain):
            return None
        end = stop.start() if stop else limit
        end = place + len(self.plain[place:end].rstrip(" \n-"))
        return (
            (end, _one_line(self.plain[place:end])) if end > opening.end() else (opening.end(), _one_line(opening[0]))
        )

    # --- Laws by their name --------------------------------------------------------------------------

    def _laws(self) -> list[_Draft]:
        drafts: list[_Draft] = []
        for opening in _LAW_TYPE.finditer(self.plain):
            if drafts and opening.start() < drafts[-1].end:
                continue
            if _NOT_A_LAW.search(self.plain, max(0, opening.start() - 9), opening.start()):
                continue
            draft = self._law(opening)
            if draft is not None:
                drafts.append(draft)
        return drafts

    def _law(self, opening: re.Match) -> _Draft | None:
        following = bisect.bisect_left(self.starts, opening.end())
        # No name holds another document with its number.
        next_number = self.starts[following] if following < len(self.starts) else len(self.plain)
        limit = min(next_number, opening.end() + _LONGEST_TITLE)
        stop = _LAW_STOPS.search(self.plain, opening.end(), limit)
        sentence_end = stop.start() if stop else limit
        is_amending = _AMENDING.match(self.plain, opening.end())
        end = (
            self._amended_end(opening.end(), sentence_end)
            if is_amending
            else self.names.end_at(self.plain, opening.end())
        )
        if end:
            return self._known(opening, end)
        another = None if is_amending else _ANOTHER.search(self.plain, opening.end(), sentence_end)
        sentence_end = another.start() if another else sentence_end
        type_name = _one_line(opening["type"]).capitalize()
        draft = _Draft(opening.start(), opening.end(), LAW, {"type_name": type_name}, type_at=opening.start())
        named = _LAW_NAMED.search(self.plain, opening.end(), min(len(self.plain), sentence_end + 60))
        if named and named.start() <= sentence_end and self._name_is_whole(opening, named, type_name):
            return self._named(draft, opening, named)
        return self._bare(draft, opening, sentence_end, _NEVER_IN_NAME if is_amending else _NAME_ENDS)

    def _amended_end(self, start: int, limit: int) -> int | None:
        """Where the name of an amending law ends: after the last of the known laws in a row that it names."""
        end = None
        for inner in _LAW_TYPE.finditer(self.plain, start, limit):
            if end is not None and not _NEXT.fullmatch(self.plain, end, inner.start()):
                break
            end = self.names.end_at(self.plain, inner.end())
            if end is None:
                break
        return end

    def _known(self, opening: re.Match, end: int) -> _Draft:
        """A law whose name is known, with the date or year that follows it."""
        draft = _Draft(
            opening.start(), end, LAW, {"type_name": _one_line(opening["type"]).capitalize()}, type_at=opening.start()
        )
        named = _LAW_NAMED.match(self.plain, end)
        if named is not None and (dated := self._named(draft, opening, named)) is not None:
            return dated
        draft.values["title"], draft.end = self.names.with_commas(_one_line(self.plain[opening.end() : end])), end
        return draft

    def _name_is_whole(self, opening, named, type_name) -> bool:
        name = self.plain[opening.end() : named.start()].strip(" \n")
        if not name:
            return type_name == "Hiến pháp" and bool(named["year"])
        return _begins_like_a_name(name) and not _NEVER_IN_NAME.search(name)

    def _named(self, draft: _Draft, opening, named) -> _Draft | None:
        draft.values["title"] = _one_line(self.plain[opening.end() : named.start()])
        if named["year"]:
            draft.values["year"] = int(named["year"])
        else:
            day = _day(named["day"])
            if day is None:
                return None
            draft.values["dated"], draft.values["year"] = day, day.year
            draft.values["issuer"] = _one_line(named["issuer"] or "")
        draft.end = named.end()
        return draft

    def _bare(self, draft: _Draft, opening, sentence_end: int, ends: re.Pattern) -> _Draft | None:
        """A name of which nothing tells how far it goes: up to the first word that is in no name."""
        stop = ends.search(self.plain, opening.end(), sentence_end)
        end = stop.start() if stop else sentence_end
        raw = self.plain[opening.end() : end].rstrip(" \n-,")
        raw = re.sub(r"[ \n]và$", "", raw)
        name = raw.strip(" \n")
        if not name or not _begins_like_a_name(name) or not raw[:1].isspace():
            return None
        draft.values["title"], draft.end = _one_line(name), opening.end() + len(raw)
        return draft

    # --- Standards ---------------------------------------------------------------------------------

    def _standards(self) -> list[_Draft]:
        return [
            _Draft(
                match.start(),
                match.end(),
                STANDARD,
                {
                    "title": re.sub(r"[ \n]*:[ \n]*", ":", _one_line(match[0])),
                    "year": int(match["year"]),
                },
            )
            for match in _STANDARD.finditer(self.plain)
        ]

    # --- Articles ----------------------------------------------------------------------------------

    def _places_cited(self) -> dict[int, tuple[int, tuple[Unit, ...]]]:
        """Every run of points, clauses and articles: {where it ends: (where it begins, its parts)}."""
        runs: dict[int, tuple[int, tuple[Unit, ...]]] = {}
        run: list[re.Match] = []
        for match in _PLACE.finditer(self.plain):
            if run:
                gap = self.plain[run[-1].end() : match.start()]
                if len(gap) > 16 or not _BETWEEN_PLACES.fullmatch(gap):
                    runs[run[-1].end()] = (run[0].start(), _units(run, self.plain))
                    run = []
            run.append(match)
        if run:
            runs[run[-1].end()] = (run[0].start(), _units(run, self.plain))
        return runs

    def _take_places(self, draft: _Draft) -> None:
        """Include the articles before a document, also those of an instrument attached to it."""
        start = draft.type_at
        left = self.plain[max(0, start - 260) : start]
        if _WITH.search(left):
            draft.values["role"] = ATTACHED
            part = _ATTACHED_PART.search(left)
            if part:
                inner = part
                # The instrument nearest to the document is meant.
                while (later := _ATTACHED_PART.search(left, inner.start() + 1)) is not None:
                    inner = later
                draft.values["part"] = _one_line(inner["part"]).capitalize()
                outer = part
                if not self._take_run(draft, max(0, start - 260) + outer.start()) and outer is not inner:
                    self._take_run(draft, max(0, start - 260) + inner.start())
                if draft.values.get("units"):
                    draft.values["role"] = REFERENCE
            return
        self._take_run(draft, start)

    def _take_run(self, draft: _Draft, before: int) -> bool:
        near = _BEFORE_DOCUMENT.search(self.plain, max(0, before - 24), before)
        if not near:
            return False
        run = self.places_cited.get(near.start())
        if run is None:
            return False
        draft.start, draft.values["units"] = run
        return True

    def _take_role(self, draft: _Draft) -> None:
        left_start = max(0, draft.type_at - 180)
        left = self.plain[left_start : draft.type_at]
        if _BASIS.search(left[-30:]):
            draft.values["role"] = BASIS
        elif draft.values["type_name"] == "Tờ trình" and (who := _PROPOSED_BY.search(left)):
            draft.values["role"] = PROPOSAL
            if not draft.values.get("issuer"):
                draft.values["issuer"] = _office_of(_one_line(who["who"]))
        elif self._is_masthead(draft):
            draft.values["role"] = MASTHEAD
            self._read_masthead(draft)

    def _is_masthead(self, draft: _Draft) -> bool:
        """Tell whether a number stands alone on a line: "Số: 01 /2020/QĐ-UBND"."""
        before, after = self.plain[draft.start - 1 : draft.start], self.plain[draft.end : draft.end + 1]
        return (
            draft.kind == NUMBERED
            and (not before or before in f"\n{_BREAK}")
            and (not after or after in f"\n{_BREAK}")
            and self.plain.startswith("Số", draft.start)
        )

    def _read_masthead(self, draft: _Draft) -> None:
        """Read the date and the issuer that are printed under or beside a document's own number."""
        limit = min(len(self.plain), draft.end + MASTHEAD_REACH)
        day = _PLACE_AND_DAY.search(self.plain, draft.end, min(limit, draft.end + 160))
        if day and (found := _day(day["day"])):
            draft.values.setdefault("dated", found)
        issuer = _CAPITAL_ISSUER.search(self.plain, max(0, draft.start - 200), limit)
        if issuer and not draft.values.get("issuer"):
            draft.values["issuer"] = _one_line(issuer[0])

    # --- The text itself ----------------------------------------------------------------------------

    def _own(self) -> list[_Draft]:
        drafts = []
        for end, (start, units) in self.places_cited.items():
            if own := _OWN.match(self.plain, end):
                values = {"type_name": _one_line(own["type"]).capitalize(), "units": units}
                drafts.append(_Draft(start, own.end(), OWN, values))
            elif self._leads_to_own(start, end, units):
                like = _LIKE.search(self.plain, max(0, start - 6), start)
                role = RECIPIENTS if like else REFERENCE
                drafts.append(_Draft(like.start() if like else start, end, OWN, {"units": units, "role": role}))
        return drafts

    def _leads_to_own(self, start: int, end: int, units) -> bool:
        return (
            any(unit.article for unit in units)
            and _LEADS_TO_OWN.search(self.plain, max(0, start - 14), start) is not None
            and _OF_ANOTHER.match(self.plain, end) is None
        )


class _Taken:
    """Tells whether a place lies within one of the spans taken already."""

    def __init__(self, drafts: list[_Draft]):
        self.starts: set[int] = set()
        for draft in drafts:
            self.starts.update(range(draft.start, draft.end))

    def holds(self, place: int) -> bool:
        return place in self.starts


def _without_overlaps(drafts: list[_Draft]) -> list[_Draft]:
    """Keep the first, and of those that begin together the longest, of drafts that share letters."""
    chosen: list[_Draft] = []
    for draft in sorted(drafts, key=lambda found: (found.start, -found.end)):
        if not chosen or draft.start >= chosen[-1].end:
            chosen.append(draft)
    return chosen


# --- Words -----------------------------------------------------------------------------------------


def initials(name: str) -> str:
    """Return the first letters of a name, as people shorten it: "Công nghệ thông tin" -> "CNTT"."""
    return "".join(word[0].upper() for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", name)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


@lru_cache(1024)
def _parsed(symbol: str, type_name: str) -> DocumentNumber | None:
    # Joint circulars of the time before 2015 part their issuers by strokes.
    stem, joint, issuers = symbol.partition("LT/")
    symbol = f"{stem}LT-{issuers}" if joint else symbol
    if joint or "LT-" in symbol:
        stem, joint, issuers = symbol.partition("LT-")
        symbol = stem + joint + issuers.replace("/", "-")
    try:
        return document_numbers.parse(symbol, type_name)
    except ValueError:
        return None


def _whole_name(word: str) -> str:
    """The name of a type that is written in letters, where there is just one: "NĐ" -> "Nghị định"."""
    known = document_numbers.types_with(word)
    return known[0].name if len(known) == 1 else word


def _begins_like_a_name(name: str) -> bool:
    return name[0].isupper() or name.startswith("sửa đổi")


def _day(written: str) -> date | None:
    words = _one_line(written)
    try:
        return parse_vn(words if "tháng" in words else words.removeprefix("ngày").strip())
    except ValueError:
        return None


def _speaks_for_itself(number: DocumentNumber) -> bool:
    """Tell whether a symbol is one without a word that says so: its letters are known."""
    if number.layout == document_numbers.PARTY:
        return True
    first = number.issuers[0] if number.issuers else ""
    if number.layout == document_numbers.DASH:
        return first == "HĐBT"
    if number.type_abbr or re.fullmatch(r"(?:QH|UBTVQH)\d{1,2}", first):
        return True
    return first in document_numbers.KNOWN_ISSUERS and len(number.issuers) > 1 and number.issuers[1].isupper()


def _type_of(number: DocumentNumber, word: str) -> tuple[str, bool]:
    """The name of the type, by the word before the number and by its letters, and whether they differ."""
    likely = [found.name for found in number.types]
    named = document_numbers.type_named(word) if word else None
    if named is None and word:
        by_letters = document_numbers.types_with(word)
        named = by_letters[0] if by_letters else None
    if named is not None:
        return named.name, bool(likely) and named.name not in likely
    return (likely[0] if len(likely) == 1 else ""), False


def _office_of(leader: str) -> str:
    for rule, office in _LEADERS:
        if rule.match(leader):
            return rule.sub(office, leader)
    return leader


# --- Articles --------------------------------------------------------------------------------------


def _units(run: list[re.Match], plain: str) -> tuple[Unit, ...]:
    """Put points to their clauses and clauses to their articles: "khoản 1, 2 Điều 3 và điểm đ khoản 1 Điều 10"."""
    found: list[Unit] = []
    points: list[str] = []
    clauses: list[tuple[str, list[str]]] = []
    section = ""
    for match in run:
        if match["kind1"]:
            points += _spread(match["points"].lower(), POINTS)
        elif match["kind2"] and match["kind2"].lower() == "khoản":
            for clause in _spread(match["numbers"]):
                clauses.append((clause, points))
                points = []
        elif match["kind2"]:
            articles = _spread(match["numbers"])
            _fill_range(found, articles, plain, match)
            for article in articles:
                found += _parts_of(article, clauses, points)
                points, clauses = [], []
        elif match["kind3"].lower().startswith("m"):
            section = match["romans"]
        elif match["kind3"].lower().startswith("c"):
            found.append(Unit(chapter=match["romans"], section=section))
            section = ""
        else:
            found.append(Unit(appendix=match["romans"]))
    if section:
        found.append(Unit(section=section))
    if points and clauses and not clauses[-1][1]:
        # The older order: "Điều 10 khoản 1 điểm d".
        clauses[-1], points = (clauses[-1][0], points), []
    if points or clauses:
        last = found.pop() if found and found[-1].article and not found[-1].clause else Unit()
        found += _parts_of(last.article, clauses, points)
    return tuple(found[:MOST_UNITS])


MOST_UNITS = 200


def _fill_range(found: list[Unit], articles: list[str], plain: str, match: re.Match) -> None:
    """Fill in what lies between "Điều 5" and "đến Điều 9"."""
    if not found or not found[-1].article.isdecimal() or not articles or not articles[0].isdecimal():
        return
    if re.search(r"đến[ \n]{1,2}$", plain[max(0, match.start() - 7) : match.start()]):
        first, last = int(found[-1].article), int(articles[0])
        found += [Unit(article=str(number)) for number in range(first + 1, min(last, first + MOST_UNITS))]


def _parts_of(article: str, clauses: list[tuple[str, list[str]]], points: list[str]) -> list[Unit]:
    article, dot, inner = article.partition(".")
    if dot:
        clause, _dot, point = inner.partition(".")
        return [Unit(article=article, clause=clause, point=point)]
    found = []
    for clause, of_clause in clauses:
        found += [Unit(article=article, clause=clause, point=point) for point in of_clause] or [
            Unit(article=article, clause=clause)
        ]
    found += [Unit(article=article, point=point) for point in points]
    return found or [Unit(article=article)]


def _spread(written: str, letters: str = "") -> list[str]:
    """The values of a list or range: "1, 2 và 5" -> 1, 2, 5; "a đến d" -> a, b, c, d."""
    values: list[str] = []
    for item in re.split(r"[ ]?,[ \n]{0,2}(?:(?:và|hoặc)[ \n]{1,2})?|[ \n]{1,2}(?:và|hoặc)[ \n]{1,2}", written):
        first, to, last = (part.strip() for part in re.sub(r"[ \n]+đến[ \n]+", "|", item).partition("|"))
        if not to:
            values.append(first)
        elif letters and first in letters and last in letters:
            values += letters[letters.index(first) : letters.index(last) + 1]
        elif first.isdecimal() and last.isdecimal():
            values += [str(number) for number in range(int(first), min(int(last), int(first) + MOST_UNITS) + 1)]
        else:
            values += [first, last]
    return values


# --- Earlier mentions ------------------------------------------------------------------------------


def _dated_by_earlier(found: list[Citation]) -> list[Citation]:
    """Give a law named without date, year and number those of the one earlier mention of its name in the text."""
    known: dict[str, Citation] = {}
    result = []
    for citation in found:
        if citation.title and citation.kind in (LAW, NUMBERED):
            key = fold(citation.title)
            if citation.kind == NUMBERED or citation.dated or citation.year:
                known[key] = known[initials(citation.title).lower()] = citation
            elif earlier := known.get(key) or known.get(citation.title.lower()):
                citation = replace(
                    citation, title=earlier.title, dated=earlier.dated, year=earlier.year, number=earlier.number
                )
        result.append(citation)
    return result
