"""Numbers and symbols of Vietnamese documents: printed text becomes number, year, type, issuer, and back.

Two families: legal documents (văn bản quy phạm pháp luật) carry the year, "01/2020/QĐ-UBND"; administrative
documents (văn bản hành chính) do not, "308/TTr-VHTT". Numbers restart every year and issuers share
abbreviations, so a symbol alone never identifies a document: the key is issuer, family, type, number and year
of issue.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from vietnam.dates import format_long, parse_vn
from vietnam.text import fold, normalise_letters, slug, unify_look_alikes

LEGAL = "legal"
ADMINISTRATIVE = "administrative"
BOTH = "both"
TECHNICAL = "technical"  # consolidated texts, copies: no law of their own

FIRST_YEAR, LAST_YEAR = 1945, 2100


@dataclass(frozen=True)
class DocumentType:
    """One type of document: its letters in the symbol ("" when it has none), its name and its family.

    `is_published` is false for slips and letters of introduction, which never stand on a portal.
    """

    abbr: str
    name: str
    family: str
    is_published: bool = True


# Legal types: practice of Luật Ban hành VBQPPL; administrative types and letters: Nghị định 30/2020/NĐ-CP,
# Điều 7 and Phụ lục III.
DOCUMENT_TYPES = (
    DocumentType("", "Hiến pháp", LEGAL),
    DocumentType("", "Bộ luật", LEGAL),
    DocumentType("L", "Luật", LEGAL),
    DocumentType("PL", "Pháp lệnh", LEGAL),
    DocumentType("L", "Lệnh", LEGAL),
    DocumentType("NQ", "Nghị quyết", BOTH),
    DocumentType("NQLT", "Nghị quyết liên tịch", LEGAL),
    DocumentType("NĐ", "Nghị định", LEGAL),
    DocumentType("QĐ", "Quyết định", BOTH),
    DocumentType("TT", "Thông tư", LEGAL),
    DocumentType("TTLT", "Thông tư liên tịch", LEGAL),
    DocumentType("CT", "Chỉ thị", BOTH),
    DocumentType("VBHN", "Văn bản hợp nhất", TECHNICAL),
    DocumentType("QC", "Quy chế", ADMINISTRATIVE),
    DocumentType("QyĐ", "Quy định", ADMINISTRATIVE),
    DocumentType("TC", "Thông cáo", ADMINISTRATIVE),
    DocumentType("TC", "Thư công", ADMINISTRATIVE),
    DocumentType("TB", "Thông báo", ADMINISTRATIVE),
    DocumentType("HD", "Hướng dẫn", ADMINISTRATIVE),
    DocumentType("CTr", "Chương trình", ADMINISTRATIVE),
    DocumentType("KH", "Kế hoạch", ADMINISTRATIVE),
    DocumentType("PA", "Phương án", ADMINISTRATIVE),
    DocumentType("ĐA", "Đề án", ADMINISTRATIVE),
    DocumentType("DA", "Dự án", ADMINISTRATIVE),
    DocumentType("BC", "Báo cáo", ADMINISTRATIVE),
    DocumentType("BB", "Biên bản", ADMINISTRATIVE),
    DocumentType("TTr", "Tờ trình", ADMINISTRATIVE),
    DocumentType("HĐ", "Hợp đồng", ADMINISTRATIVE),
    DocumentType("CV", "Công văn", ADMINISTRATIVE),
    DocumentType("CĐ", "Công điện", ADMINISTRATIVE),
    DocumentType("BGN", "Bản ghi nhớ", ADMINISTRATIVE),
    DocumentType("BTT", "Bản thỏa thuận", ADMINISTRATIVE),
    DocumentType("GUQ", "Giấy ủy quyền", ADMINISTRATIVE),
    DocumentType("GM", "Giấy mời", ADMINISTRATIVE, is_published=False),
    DocumentType("GGT", "Giấy giới thiệu", ADMINISTRATIVE, is_published=False),
    DocumentType("GNP", "Giấy nghỉ phép", ADMINISTRATIVE, is_published=False),
    DocumentType("PG", "Phiếu gửi", ADMINISTRATIVE, is_published=False),
    DocumentType("PC", "Phiếu chuyển", ADMINISTRATIVE, is_published=False),
    DocumentType("PB", "Phiếu báo", ADMINISTRATIVE, is_published=False),
    DocumentType("SY", "Sao y", TECHNICAL),
    DocumentType("TrS", "Trích sao", TECHNICAL),
    DocumentType("SL", "Sao lục", TECHNICAL),
)
_TYPE_OF_NAME = {fold(t.name): t for t in reversed(DOCUMENT_TYPES)}
# Official letters carry no letters of their type: "12729/VPCP-KGVX". Only the Party writes "CV".
WITHOUT_LETTERS = "CV"
_TYPES_IN_SYMBOLS = {t.abbr for t in DOCUMENT_TYPES} - {"", WITHOUT_LETTERS}
# The Party's own type, beside those above.
_PARTY_TYPES = _TYPES_IN_SYMBOLS | {WITHOUT_LETTERS, "KL", "QĐi", "ĐL"}

# Issuers seen so often that a missing stroke or hyphen can be corrected without asking.
KNOWN_ISSUERS = (
    "CP TTg UBND HĐND HĐBT CTN UB TW TU BKHĐT BKH&ĐT BGDĐT BGD&ĐT BLĐTBXH BTTTT BTC BNV BCT BXD BTP BYT BCA "
    "BQP BVHTTDL BNNPTNT BTNMT BKHCN BGTVT VPCP VPQH VHTT"
).split()
_SPLITTABLE_TYPES = ("NĐ", "QĐ", "NQ", "CT", "KH", "TB", "BC", "TTr")
_SPLITTABLE_ISSUERS = ("CP", "TTg", "UBND", "HĐND", "CTN", "UB")

_LETTERS = r"[^\W\d_]"
_ISSUER = rf"{_LETTERS}(?:{_LETTERS}|[&.])*\d*"
_NUMBER = r"\d+(?:\.\d+)*[a-zđ]?"
_SLASHED = re.compile(rf"(?P<number>{_NUMBER})(?:/(?P<year>\d{{4}}))?/(?P<parts>{_ISSUER}(?:-{_ISSUER})*)")
_PARTY = re.compile(rf"(?P<number>{_NUMBER})-(?P<type>{_LETTERS}+)/(?P<parts>{_ISSUER}(?:-{_ISSUER})*)")
_BEFORE_1990 = re.compile(rf"(?P<number>{_NUMBER})-(?P<parts>{_ISSUER})")
_NAMED_LAW = re.compile(
    r"(?P<type>Bộ luật|Luật|Pháp lệnh|Hiến pháp)\s+(?P<title>.+?)[\s,]+"
    r"(?:(?:đã )?được .+? thông qua )?"
    r"(?P<date>ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}|ngày\s+\d{1,2}/\d{1,2}/\d{4})",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:(?P<word>\D*?)\bsố)\s*:?\s*(?=\d)", re.IGNORECASE)
_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad]")
_BLANK = re.compile(r"[…_]|\.{2,}|^\s*/")

SLASH, PARTY, DOT, DASH, NAME = "slash", "party", "dot", "dash", "name"


@dataclass(frozen=True)
class DocumentNumber:
    """A document's number and symbol, taken apart.

    number: as printed: "01", "66.13", "12a"; "" for a law known by name and date only.
    year: in the symbol, None when it carries none. type_abbr: letters of the type, "" when the symbol has
    none. issuers: what follows, in order: issuers ("BTTTT", "BVHTTDL") or issuer and drafting unit ("VPCP",
    "KGVX"). layout: how the parts are joined: slash "01/2020/QĐ-UBND", party "80-NQ/TW", dot "01/1999/QĐ.UB",
    dash "8-HĐBT", name "Luật … ngày …" (then title, dated and type_name are set).
    """

    number: str
    year: int | None = None
    type_abbr: str = ""
    issuers: tuple[str, ...] = ()
    layout: str = SLASH
    type_name: str = ""
    title: str = ""
    dated: date | None = None

    def __str__(self) -> str:
        return format_number(self)

    @property
    def family(self) -> str:
        """LEGAL or ADMINISTRATIVE, by the year; let people correct it: old documents break the rule."""
        return LEGAL if self.year or self.layout == NAME else ADMINISTRATIVE

    @property
    def symbol(self) -> str:
        """The part after the number: "QĐ-UBND", "QH13", "NQ/TW"."""
        if self.layout == NAME:
            return ""
        return format_number(replace(self, number="", year=None)).lstrip("/-")

    @property
    def types(self) -> tuple[DocumentType, ...]:
        """The types these letters may stand for; ask when there is more than one ("TC", "L", QH13)."""
        return possible_types(self)

    @property
    def key(self) -> tuple[str, int | None, str]:
        """What makes two ways of writing equal: "1/2020/qd-ubnd" and "01 /2020/QÐ–UBND" have one key."""
        if self.layout == NAME:
            return fold(self.title), self.dated.year, fold(self.type_name)
        number = ".".join(part.lstrip("0") or "0" for part in self.number.split("."))
        return number, self.year, re.sub(r"[^a-z0-9]+", "", fold(self.symbol))


def normalise(text: str) -> str:
    """Normalise how a symbol was typed, without judging it: "01 /2020/QD–UBND" -> "01/2020/QĐ-UBND".

    Look-alikes of Đ, dashes, spaces and line breaks around the joints, "Số:" in front, a missing stroke
    ("ND-CP") or hyphen ("NĐCP") of known types and issuers, small letters throughout. What it does not know
    stays.
    """
    text = _with_our_letters(normalise_letters(text))
    text = re.sub("-+", "-", _DASHES.sub("-", text))
    text = " ".join(_PREFIX.sub("", text).split()).strip(" .,;:()\"'“”")
    text = re.sub(r"\s*([/&-])\s*", r"\1", text)
    text = re.sub(r"(?<=[\d\w])\s*\.\s*(?=\w)", ".", text) if re.match(r"\d", text) else text
    match = re.fullmatch(r"([\d.]+[a-zđ]?(?:/\d{4})?[/-])([^\s]+)", text)
    if not match:
        return text
    number, symbol = match.groups()
    return number + _fix_symbol(symbol)


def parse(text: str, type_name: str = "") -> DocumentNumber:
    """Parse a printed symbol; the text may have "Số:" or the type of document before it ("Quyết định số …").

    type_name (name or letters), or the word in front of "số", wins where letters are ambiguous: "123/CT-TTHT"
    is a Chỉ thị, but parse("123/CT-TTHT", "Công văn") an official letter of the issuer CT. ValueError with a
    Vietnamese message that says what is missing.

    >>> parse("Quyết định số 01 /2020/QÐ–UBND").issuers
    ('UBND',)
    """
    word = _PREFIX.match(normalise_letters(text))
    letters = _letters_of(type_name) or _letters_of(word["word"] if word else "")
    if _BLANK.search(text):
        raise ValueError(f"Số, ký hiệu “{text.strip()}” còn chỗ trống. Hãy ghi số đã cấp, ví dụ 01/2020/QĐ-UBND.")
    named = _NAMED_LAW.fullmatch(" ".join(normalise_letters(text).split()))
    if named:
        return _named_law(named)
    symbol = normalise(text)
    if foreign := [sign for sign in symbol if sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN ")]:
        raise ValueError(
            f"Số, ký hiệu “{text.strip()}” có chữ “{foreign[0]}” không phải chữ Việt. Hãy xóa và gõ lại bằng bàn phím."
        )
    match = _PARTY.fullmatch(symbol)
    if match and match["type"] in _PARTY_TYPES:
        return DocumentNumber(match["number"], None, match["type"], tuple(match["parts"].split("-")), PARTY)
    match = _SLASHED.fullmatch(symbol)
    if match:
        return _slashed(match, letters)
    match = _BEFORE_1990.fullmatch(symbol)
    if match:
        return DocumentNumber(match["number"], None, "", (match["parts"],), DASH)
    raise ValueError(
        f"Không đọc được số, ký hiệu “{text.strip()}”. "
        "Hãy ghi theo dạng số/năm/LOẠI-CƠ QUAN (01/2020/QĐ-UBND) hoặc số/LOẠI-CƠ QUAN (308/TTr-VHTT)."
    )


def format_number(number: DocumentNumber) -> str:
    """Write the symbol as it is printed: the inverse of parse."""
    if number.layout == NAME:
        return f"{number.type_name} {number.title} {format_long(number.dated)}"
    issuers = "-".join(number.issuers)
    if number.layout == PARTY:
        return f"{number.number}-{number.type_abbr}/{issuers}"
    if number.layout == DASH:
        return f"{number.number}-{issuers}"
    joint = "." if number.layout == DOT else "-"
    symbol = joint.join(part for part in (number.type_abbr, issuers) if part)
    return "/".join(part for part in (number.number, str(number.year or ""), symbol) if part)


def possible_types(number: DocumentNumber) -> tuple[DocumentType, ...]:
    """List the types a symbol may belong to, likeliest first; empty for letters that are in no table."""
    if number.layout == NAME:
        names = (number.type_name,)
    elif number.type_abbr:
        return types_with(number.type_abbr)
    elif number.issuers[0].startswith("QH"):
        names = ("Luật", "Bộ luật", "Nghị quyết", "Hiến pháp")
    elif number.issuers[0].startswith("UBTVQH"):
        names = ("Pháp lệnh", "Nghị quyết")
    elif number.layout == DASH or number.issuers in (("CP",), ("TTg",)):
        names = ("Nghị định", "Quyết định", "Nghị quyết", "Chỉ thị")
    else:
        names = ("Công văn",)
    return tuple(found for found in map(type_named, names) if found)


def types_with(abbr: str) -> tuple[DocumentType, ...]:
    """List the types with these letters (case counts: "TTr" is a Tờ trình, "TTR" nothing)."""
    return tuple(t for t in DOCUMENT_TYPES if abbr and t.abbr == abbr)


def type_named(name: str) -> DocumentType | None:
    """Find the type with this name, whatever its case or marks: "quyet dinh" -> Quyết định."""
    return _TYPE_OF_NAME.get(fold(name))


def infer_family(symbol: str) -> str:
    """Guess the family of a symbol: LEGAL with a year, else ADMINISTRATIVE; ValueError as in parse."""
    return parse(symbol).family


def address_slug(type_name: str, number: str, year: int, issuer: str) -> str:
    """Make the last part of a document's public address, `<loại>-<số>-<năm>-<cơ quan>`.

    The year of issue and the issuer's full name belong in it, because numbers are not unique.

    >>> address_slug("Quyết định", "01", 2020, "UBND thành phố Long Xuyên")
    'quyet-dinh-01-2020-ubnd-thanh-pho-long-xuyen'
    """
    return slug(f"{type_name} {number} {year} {issuer}", max_length=200)


def identity(number: str, symbol: str) -> str:
    """Return a key that is equal for numbers a reader cannot tell apart, for uniqueness in a book.

    Leading zeros, case, strokes and marks, full-width forms, Cyrillic and Greek look-alikes, O for 0 and dashes fall
    together: ("01", "QĐ-UBND"), ("1", "QÐ–UBND"), ("O1", "QД-UВND") and ("１", "qd-ubnd") have one key.

    >>> identity("01", "QĐ-UBND") == identity("O1", "QД-UBND")
    True
    """
    digits = unify_look_alikes(number).strip().upper().replace("O", "0")
    digits = ".".join(part.lstrip("0") or "0" for part in digits.split("."))
    letters = re.sub(r"[^a-z0-9]+", "", fold(unify_look_alikes(symbol))).replace("0", "o")
    return f"{fold(digits)}/{letters}"


def _with_our_letters(text: str) -> str:
    """Correct look-alikes in a symbol, and the letter O among the digits of its number."""
    if not re.search(r"\d", text) or _NAMED_LAW.search(text):
        return text
    text = unify_look_alikes(text)
    return re.sub(
        r"(?<![^\W\d_])[\dO]*\d[\dO]*(?=\s*/)|(?<=\d/)[\dO]*\d[\dO]*(?=/)",
        lambda match: match[0].replace("O", "0"),
        text,
    )


def _slashed(match: re.Match, letters: str | None) -> DocumentNumber:
    year = int(match["year"]) if match["year"] else None
    if year and not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Năm {year} trong số, ký hiệu “{match[0]}” không hợp lý. Hãy kiểm tra lại năm ban hành.")
    first, *rest = match["parts"].split("-")
    old_type, dot, old_issuer = first.partition(".")
    if dot and old_type in _TYPES_IN_SYMBOLS:
        return DocumentNumber(match["number"], year, old_type, (old_issuer, *rest), DOT)
    if first in _TYPES_IN_SYMBOLS and rest and letters != WITHOUT_LETTERS:
        return DocumentNumber(match["number"], year, first, tuple(rest))
    return DocumentNumber(match["number"], year, "", (first, *rest))


def _named_law(match: re.Match) -> DocumentNumber:
    written = match["date"]
    dated = parse_vn(written if "tháng" in written.lower() else written.split(maxsplit=1)[1])
    type_name = match["type"].capitalize()
    return DocumentNumber("", None, "", (), NAME, type_name, match["title"].strip(), dated)


def _letters_of(type_name: str) -> str | None:
    """Letters of a type given by name or by its letters; None for words that name no type."""
    cleaned = type_name.strip(" :,.")
    found = type_named(cleaned)
    if found:
        return found.abbr
    return cleaned if types_with(cleaned) else None


def _fix_symbol(symbol: str) -> str:
    """Restore strokes, case and the hyphen of known types and issuers in what follows the number."""
    small = symbol == symbol.lower()
    parts = re.split(r"([-./])", symbol)
    fixed = [_fix_part(part, index == 0, small) for index, part in enumerate(parts)]
    if len(fixed) == 1:
        for type_abbr in _SPLITTABLE_TYPES:
            issuer = fixed[0].removeprefix(type_abbr)
            if issuer != fixed[0] and issuer in _SPLITTABLE_ISSUERS:
                return f"{type_abbr}-{issuer}"
    return "".join(fixed)


def _fix_part(part: str, is_first: bool, small: bool) -> str:
    known = [*_PARTY_TYPES, *KNOWN_ISSUERS] if is_first else KNOWN_ISSUERS
    if is_first:
        known = [*known, *(t + i for t in _SPLITTABLE_TYPES for i in _SPLITTABLE_ISSUERS)]
    if part in known or not part.isalpha() and "&" not in part:
        return part.upper() if small else part
    if small:
        same = [candidate for candidate in known if candidate.lower() == part]
        same = same or [candidate for candidate in known if fold(candidate) == part]
        return same[0] if same else part.upper()
    # A missing stroke only: the letters and their case must agree otherwise.
    same = [candidate for candidate in known if candidate.replace("Đ", "D") == part]
    return same[0] if len(same) == 1 else part
