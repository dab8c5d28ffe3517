"""Relations as lines of a cell: "Thay thế | Quyết định 12/2019/QĐ-UBND | cơ quan: … | từ: 15/06/2020"."""

from collections.abc import Iterable
from functools import cache

from django.utils import translation

from base.authority import sites_of
from base.tables.columns import CellError, joined, parted
from base.tables.columns import lines as cell_lines
from vietnam import document_numbers, text
from vietnam.dates import format_short

from ..life.effect import RELATIONS
from ..models import DocumentRelation, LegalDocument
from ..models.document import number_key
from .columns import Lists, name_of_body, read_day

ISSUER, ISSUED, FROM, UNTIL, PART, STATED = "cơ quan", "ban hành", "từ", "đến", "phần", "ghi tại"
VERIFIED = "đã đối chiếu"
PARTS = {text.fold(name): name for name in (ISSUER, ISSUED, FROM, UNTIL, PART, STATED)}
LONGEST = 300


@cache
def labels(*, passive: bool) -> dict[str, int]:
    """Return the relations by their names in Vietnamese, folded; of two codes with one name the present one."""
    found: dict[str, int] = {}
    with translation.override("vi"):
        for code, kind in RELATIONS.items():
            found.setdefault(text.fold(str(kind.passive if passive else kind.active)), code)
    return found


def read(cell: str, lists: Lists, *, passive: bool) -> list[dict]:
    """Read the lines of a cell into relations as plain values; raises CellError that names the line."""
    return [_read_line(line, place, lists, passive=passive) for place, line in enumerate(cell_lines(cell), 1)]


def _read_line(line: str, place: int, lists: Lists, *, passive: bool) -> dict:
    name, *parts = parted(line)
    code = labels(passive=passive).get(text.fold(name))
    if code is None:
        shown = ", ".join(sorted({str(kind.passive if passive else kind.active) for kind in RELATIONS.values()}))
        raise CellError(f"Quan hệ thứ {place}: không hiểu «{name}»; hãy ghi một trong: {shown}.")
    if not parts or not parts[0]:
        raise CellError(f"Quan hệ thứ {place}: thiếu văn bản; hãy ghi «{name} | loại và số văn bản».")
    made = {
        "code": code,
        "other": parts[0][:LONGEST],
        "is_passive": passive,
        "issuer": None,
        "issued_on": None,
        "effective_on": None,
        "until": None,
        "scope": [],
        "stated_in": "",
        "is_verified": False,
    }
    for part in parts[1:]:
        key, colon, value = part.partition(":")
        value = value.strip()
        which = PARTS.get(text.fold(key)) if colon else None
        if not colon and text.fold(part) == text.fold(VERIFIED):
            made["is_verified"] = True
        elif which in (ISSUED, FROM, UNTIL):
            day = read_day(value)
            made[{ISSUED: "issued_on", FROM: "effective_on", UNTIL: "until"}[which]] = day.isoformat() if day else None
        elif which == ISSUER:
            made["issuer"] = lists.body_of(value, read_day(_value_of(parts, ISSUED))).pk
        elif which == PART:
            made["scope"] = [piece.strip() for piece in value.split(";") if piece.strip()]
        elif which == STATED:
            made["stated_in"] = value[:LONGEST]
        elif part:
            raise CellError(
                f"Quan hệ thứ {place}: không hiểu «{part}»; hãy dùng cơ quan:, ban hành:, từ:, đến:, phần:, ghi tại: "
                f"hoặc «{VERIFIED}»."
            )
    if RELATIONS[code].effect and not made["effective_on"]:
        raise CellError(f"Quan hệ thứ {place}: «{name}» cần ngày có hiệu lực; hãy thêm «từ: ngày/tháng/năm».")
    return made


def _value_of(parts: Iterable[str], name: str) -> str:
    for part in parts:
        key, colon, value = part.partition(":")
        if colon and text.fold(key) == text.fold(name):
            return value.strip()
    return ""


def write(document: LegalDocument, relations: Iterable[DocumentRelation], lists: Lists, *, passive: bool) -> str:
    """Write the valid relations of a document as its cell, the earliest first: the inverse of `read`.

    Active: what the document does to others. Passive: what a document that is not in the register does to it.
    """
    lines = []
    with translation.override("vi"):
        for row in relations:
            if passive != (row.source_id is None):
                continue
            kind = RELATIONS[row.code]
            parts = [str(kind.passive if passive else kind.active)]
            if passive:
                parts.append(row.source_text or row.stated_in)
            else:
                issuer = lists.by_key.get((type(row.target.main_issuer), row.target.main_issuer_id))
                parts += [row.target.name, f"{ISSUER}: {name_of_body(issuer or row.target.main_issuer, lists)}"]
                if row.target.issued_on:
                    parts.append(f"{ISSUED}: {format_short(row.target.issued_on)}")
            if row.effective_on:
                parts.append(f"{FROM}: {format_short(row.effective_on)}")
            if row.until:
                parts.append(f"{UNTIL}: {format_short(row.until)}")
            if row.scope:
                parts.append(f"{PART}: {'; '.join(piece.replace(';', ',') for piece in row.scope)}")
            if row.stated_in:
                parts.append(f"{STATED}: {row.stated_in}")
            if row.is_verified:
                parts.append(VERIFIED)
            lines.append(joined(*parts))
    return "\n".join(lines)


# --- Which document a line means ----------------------------------------------------------------------------


def key_of(name: str, lists: Lists) -> tuple[int | None, str]:
    """Return (type, key of number and symbol) of a document as a line names it; the type None when it names none.

    Raises CellError for a number that cannot be read.
    """
    folded = text.fold(name)
    kind = max(
        (kind for known, kind in lists.types.items() if folded == known or folded.startswith(f"{known} ")),
        key=lambda kind: len(kind.name),
        default=None,
    )
    symbol = " ".join(name.split()[len(kind.name.split()) :]) if kind else name
    for candidate in (symbol, name):
        try:
            parsed = document_numbers.parse(candidate, kind.name if kind else "")
        except ValueError:
            continue
        return (kind.pk if kind else None), key_of_parts(parsed.number, parsed.symbol, str(parsed))
    raise CellError(f"Không đọc được số văn bản «{name}»; hãy ghi loại và số, ví dụ Nghị định 43/2011/NĐ-CP.")


def key_of_parts(number: str, suffix: str, symbol: str) -> str:
    """Return the key of a document's number and symbol; a law known by name and date has its name as the key."""
    return f"{number_key(number)} {text.fold(suffix)}" if number else text.fold(symbol)


def candidates(line: dict, kind: int | None, key: str, by) -> list[LegalDocument]:
    """Return the documents of the register that a line may mean: public ones, and drafts of the person's own sites."""
    number = key.split(" ", 1)[0]
    found = LegalDocument.objects.all()
    if kind:
        found = found.filter(document_type_id=kind)
    if line["issuer"]:
        found = found.filter(main_issuer_id=line["issuer"])
    if line["issued_on"]:
        found = found.filter(issued_on=line["issued_on"])
    numbered = found.filter(number_key=number)
    named = found.filter(number="").exclude(symbol="") if not number[:1].isdigit() else found.none()
    own = sites_of(by)
    return [
        document
        for part in (numbered, named)
        for document in part.select_related("document_type", "main_issuer").defer("full_text", "search_text")[:50]
        if (document.live or document.owner_site_id in own)
        and key_of_parts(document.number, document.suffix, document.symbol) == key
    ]
