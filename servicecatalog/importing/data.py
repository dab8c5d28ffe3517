"""A procedure with all its parts as plain data that JSON can hold, and back: the one format of import and export.

`as_data(procedure)` gives every key of `KEYS`; `fill(procedure, data, lists)` puts them on an unsaved or a draft
procedure and returns what it could not read as a list of (key, message). Days are written 2020-06-05 and read also as
05/06/2020. A legal document is named by its number as printed; one that the register lacks stays as text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models

from base.models import OrganisationUnit, PortalFile
from base.tables.columns import CellError, gathered
from legalref.models import LegalDocument
from vietnam import text
from vietnam.dates import parse_vn

from ..models import (
    ApplicantKind,
    DossierComponent,
    LifeEvent,
    Procedure,
    ProcedureAgency,
    ProcedureBasis,
    ProcedureChannel,
    ProcedureFee,
    ProcedureLevel,
    ProcedureResult,
    ProcedureStep,
    ServiceField,
    ServiceLevel,
)

PLAIN = (
    "code",
    "local_code",
    "name",
    "title_en",
    "summary",
    "summary_en",
    "decided_by",
    "decided_on",
    "at_province",
    "at_district",
    "at_ward",
    "at_other",
    "kind",
    "sets_count",
    "requirements",
    "reception_address",
    "keywords",
    "fee_note",
    "valid_from",
    "valid_to",
)
PARTS = {
    "steps": (ProcedureStep, ("title", "body", "body_en")),
    "channels": (
        ProcedureChannel,
        (
            "way",
            "same_day",
            "cutoff_hour",
            "amount",
            "unit",
            "start_event",
            "extra_amount",
            "extra_unit",
            "extra_reason",
            "not_counted",
            "description",
        ),
    ),
    "fees": (ProcedureFee, ("way", "label", "amount", "per", "note")),
    "components": (
        DossierComponent,
        ("case", "name", "name_en", "originals", "copies", "to_show_only", "form_version_on", "note"),
    ),
    "agencies": (ProcedureAgency, ("role", "name")),
    "results": (ProcedureResult, ("name", "name_en")),
    "legal_bases": (ProcedureBasis, ("as_printed", "provision")),
    "levels": (ProcedureLevel, ("valid_from", "valid_to", "reason")),
}
KEYS = (*PLAIN, "field", "deciding_document", "life_events", "applicants", *PARTS)
# What names another record inside a part: key of the data -> field of the part.
REFERENCES = {"components": "form_file", "agencies": "unit", "legal_bases": "document", "levels": "level"}
# By what a part of the data is the part that stands there already, so that it keeps what the data do not speak of.
KNOWN_BY = {
    "steps": lambda part: plain_text(part.body),
    "channels": lambda part: part.way,
    "fees": lambda part: (part.label, part.way),
    "components": lambda part: (part.case, part.name),
    "agencies": lambda part: (part.role, str(part)),
    "results": lambda part: part.name,
    "legal_bases": lambda part: (part.document_id, part.as_printed),
    "levels": lambda part: part.level_id,
}
LONGEST_LIST = 200
# The number within the name of a document: "60/2014/QH13" in "Luật Hộ tịch 60/2014/QH13".
NUMBER = re.compile(r"\d+[\w.-]*/\S+")


@dataclass
class Lists:
    """What the data name: fields, life events, applicants, units, levels, documents; read once for many procedures."""

    fields: dict[str, ServiceField]
    life_events: dict[str, LifeEvent]
    applicants: dict[str, ApplicantKind]
    units: dict[str, OrganisationUnit]
    levels: dict[str, ServiceLevel]
    documents: dict[str, list[LegalDocument]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Lists":
        """Read the lists, in six queries."""
        documents: dict[str, list[LegalDocument]] = {}
        for document in LegalDocument.objects.public().for_display():
            documents.setdefault(symbol_key(document.symbol_as_printed), []).append(document)
        units = {}
        for unit in OrganisationUnit.objects.order_by("-pk"):
            units |= {text.fold(name): unit for name in (unit.full_name, unit.name, unit.slug) if name}
        return cls(
            _by_name(ServiceField),
            _by_name(LifeEvent),
            _by_name(ApplicantKind),
            units,
            {f"{level.scheme.code}:{level.code}": level for level in ServiceLevel.objects.select_related("scheme")},
            documents,
        )


def symbol_key(given: str) -> str:
    """Return by what a document is looked up: its number, folded, or the whole name of one without a number."""
    found = NUMBER.search(given)
    return text.fold(found.group() if found else given).strip(" .,;")


def _by_name(model) -> dict:
    return {text.fold(name): row for row in model.objects.all() for name in (row.name, row.slug)}


# --- From a record -----------------------------------------------------------------------------------


def as_data(procedure: Procedure) -> dict:
    """Return a procedure with its parts as plain data, every key of `KEYS` in it."""
    found = {name: _plain(getattr(procedure, name)) for name in PLAIN}
    found["field"] = procedure.field.name
    found["deciding_document"] = procedure.deciding_document.symbol_as_printed if procedure.deciding_document_id else ""
    found["life_events"] = [row.name for row in procedure.life_events.all()]
    found["applicants"] = [row.name for row in procedure.applicants.all()]
    for name, (_model, fields) in PARTS.items():
        rows = sorted(getattr(procedure, name).all(), key=lambda row: row.sort_order or 0)
        found[name] = [{key: _plain(getattr(row, key)) for key in fields} | _named(name, row) for row in rows]
    return found


def _named(name: str, row) -> dict:
    key = REFERENCES.get(name)
    if key is None:
        return {}
    target = getattr(row, key) if getattr(row, f"{key}_id") else None
    if target is None:
        return {key: ""}
    given = {
        "form_file": lambda: target.title,
        "unit": lambda: target.full_name,
        "document": lambda: target.symbol_as_printed,
        "level": lambda: f"{target.scheme.code}:{target.code}",
    }
    return {key: given[key]()}


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


# --- To a record -------------------------------------------------------------------------------------


def fill(procedure: Procedure, data: dict, lists: Lists) -> list[tuple[str, str]]:
    """Put data on a procedure; return what could not be read as (key of `KEYS`, message).

    Keys that are absent keep what the procedure has; a list of parts that is there replaces all parts of its kind.
    """
    problems: list[tuple[str, str]] = []

    def read(key: str, function: Callable) -> None:
        try:
            function()
        except CellError as error:
            problems.extend((key, message) for message in error.messages)

    for key in sorted(set(data) - set(KEYS)):
        problems.append((key, f"Không có trường «{key}»; hãy bỏ, hoặc sửa lại tên trường theo mẫu."))
    for key in PLAIN:
        if key in data:
            read(key, lambda key=key: setattr(procedure, key, _read(Procedure, key, data[key])))
    if "field" in data:
        read("field", lambda: setattr(procedure, "field", _listed(lists.fields, data["field"], "lĩnh vực")))
    if "deciding_document" in data:
        read("deciding_document", lambda: _put_deciding(procedure, data["deciding_document"], lists))
    for key, known, what in (
        ("life_events", lists.life_events, "sự kiện trong đời"),
        ("applicants", lists.applicants, "đối tượng thực hiện"),
    ):
        if key in data:
            read(
                key,
                lambda key=key, known=known, what=what: setattr(
                    procedure, key, gathered(_many(data[key]), lambda name: _listed(known, name, what))
                ),
            )
    for key in PARTS:
        if key in data:
            read(key, lambda key=key: setattr(procedure, key, _parts(key, data[key], lists, procedure)))
    return problems


def plain_text(body: str) -> str:
    """Return rich text without its markup, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


def _put_deciding(procedure: Procedure, name: str, lists: Lists) -> None:
    """Set the document of the register; the name of one that it lacks is stored as text, unless a text is there."""
    document = _document(name, lists) if name else None
    procedure.deciding_document = document
    if name and document is None and not procedure.decided_by:
        procedure.decided_by = str(name)[:200]


def _parts(key: str, rows, lists: Lists, procedure: Procedure) -> list:
    _model, fields = PARTS[key]
    known = {KNOWN_BY[key](part): part for part in getattr(procedure, key).all()}

    def made(numbered: tuple[int, dict]):
        place, row = numbered
        part = _part(key, place, row, lists)
        _retain(key, part, known.get(KNOWN_BY[key](part)), row, fields)
        part.sort_order = place - 1
        return part

    return gathered(enumerate(_many(rows), 1), made)


def _part(key: str, place: int, row, lists: Lists):
    """One part as a row of data says it; raises CellError with all its problems, each with its place."""
    model, fields = PARTS[key]
    if not isinstance(row, dict):
        raise CellError(f"Mục {place} phải là một đối tượng có tên trường; hãy xem mẫu.")
    if unknown := sorted(set(row) - {*fields, REFERENCES.get(key)}):
        raise CellError(
            *(f"Mục {place}: không có trường «{name}»; hãy sửa lại tên trường theo mẫu." for name in unknown)
        )
    part = model()
    readers = [
        *(lambda name=name: setattr(part, name, _read(model, name, row[name])) for name in fields if name in row),
        lambda: _refer(key, part, row, lists),
    ]
    try:
        gathered(readers, lambda read: read())
    except CellError as error:
        raise CellError(*(f"Mục {place}: {message}" for message in error.messages)) from None
    return part


def _retain(key: str, part, before, row: dict, fields) -> None:
    """Let a part keep what stood there and the data do not speak of: its English, its days, the form of its text."""
    if before is None:
        return
    for name in fields:
        if name not in row or (key == "steps" and name == "body"):
            setattr(part, name, getattr(before, name))
    if (name := REFERENCES.get(key)) and name not in row:
        setattr(part, name, getattr(before, name))


def _refer(key: str, part, row: dict, lists: Lists) -> None:
    name = REFERENCES.get(key)
    given = str(row.get(name) or "").strip() if name else ""
    if not given:
        if name == "level":
            raise CellError("Thiếu mức độ; hãy ghi hệ và mã, ví dụ nd43:muc-do-3.")
        return
    if name == "level":
        part.level = _listed(lists.levels, given, "mức độ", fold=False)
    elif name == "unit":
        part.unit = _listed(lists.units, given, "đơn vị")
    elif name == "form_file":
        part.form_file = _form_file(given)
    else:
        part.document = _document(given, lists)
        if part.document is None and not part.as_printed:
            part.as_printed = given[:300]


def _form_file(name: str) -> PortalFile:
    found = list(PortalFile.objects.filter(title=name)[:2])
    if len(found) != 1:
        raise CellError(
            f"{'Không có' if not found else 'Có nhiều'} tệp tên «{name}» trong kho tệp; hãy tải tệp lên với tên này, "
            "hoặc sửa tên."
        )
    return found[0]


def _document(given: str, lists: Lists) -> LegalDocument | None:
    """The one public document of the register with this number; None where there is none, or more than one."""
    found = lists.documents.get(symbol_key(str(given)), [])
    return found[0] if len(found) == 1 else None


def _listed(known: dict, name, what: str, *, fold: bool = True):
    found = known.get(text.fold(str(name)) if fold else str(name).strip())
    if found is None:
        raise CellError(f"Không có {what} «{name}» trong danh mục; hãy thêm vào danh mục hoặc sửa lại tên.")
    return found


def _many(value) -> list:
    if not isinstance(value, list):
        raise CellError("Phải là một danh sách; hãy xem mẫu.")
    if len(value) > LONGEST_LIST:
        raise CellError(f"Có hơn {LONGEST_LIST} mục; hãy kiểm tra lại.")
    return value


def _read(model, name: str, value):
    """A plain value for a field of a model, from what JSON or a cell gives."""
    column = model._meta.get_field(name)
    label = str(column.verbose_name)
    if value is None or value == "":
        if column.null:
            return None
        return column.get_default() if not isinstance(column, models.CharField | models.TextField) else ""
    if isinstance(column, models.BooleanField):
        if not isinstance(value, bool):
            raise CellError(f"«{label}» phải là đúng hoặc sai; hãy sửa lại.")
        return value
    if isinstance(column, models.DateField):
        return _day(value, label)
    if isinstance(column, models.IntegerField):
        if isinstance(value, bool) or not str(value).strip().isdecimal():
            raise CellError(f"«{label}» phải là số nguyên không âm; hãy sửa «{value}».")
        return int(value)
    if not isinstance(value, str):
        raise CellError(f"«{label}» phải là chữ; hãy sửa lại.")
    value = text.nfc(value).strip()
    if column.choices and value not in dict(column.flatchoices):
        raise CellError(f"«{label}» không có giá trị «{value}»; hãy dùng: {', '.join(dict(column.flatchoices))}.")
    if column.max_length and len(value) > column.max_length:
        raise CellError(f"«{label}» dài hơn {column.max_length} ký tự; hãy viết ngắn lại.")
    return value


def _day(value, label: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        pass
    try:
        return parse_vn(str(value))
    except ValueError as error:
        raise CellError(f"«{label}»: {error}") from None


def clean_parts(procedure: Procedure) -> list[tuple[str, str]]:
    """Return what the checks of the parts themselves say, as (key of `KEYS`, message)."""
    found = []
    for key in PARTS:
        for place, part in enumerate(getattr(procedure, key).all(), 1):
            try:
                part.clean()
            except ValidationError as error:
                found.append((key, f"Mục {place}: {' '.join(error.messages)}"))
    return found
