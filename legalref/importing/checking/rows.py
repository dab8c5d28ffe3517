"""1. The rows: read, compared with what is there, stored with their outcome."""

import time
from datetime import date

from django.db import transaction

from base.files import texts
from base.operations.steps import is_still
from base.tables.columns import CellError, lines, parted
from vietnam import text

from ...models import ImportBatch, ImportRow
from .. import columns, relations
from ..columns import BY_NAME, WITH_FILES, WITH_RELATIONS, Lists
from ..packed import Packed, key_of
from ..tables import LAYOUT
from .rules import check_existing, check_new
from .terms import AS_IS, ROWS_A_TRANSACTION, Checked, Outcome, Sources
from .versions import build, existing_of, identity_of


def check_rows(batch: ImportBatch, *, seconds: float = 20.0, packed: Packed | None = None) -> bool:
    """Check rows of a batch for a bounded time, from the first that has not been; tell whether all are checked.

    The time begins with that row: those before it are read again, and are not counted. Raises ValidationError when the
    table cannot be read. What it finds is stored in `ImportRow`.
    """
    ends = None
    sources = Sources(batch, Lists.load(), packed)
    seen = dict(batch.rows.exclude(identity="").order_by("-number").values_list("identity", "number"))
    fresh: list[ImportRow] = []
    with batch.table.open("rb") as table:
        for number, cells in LAYOUT.rows(table, batch.table_name):
            if number <= batch.rows_checked:
                continue
            ends = ends or time.monotonic() + seconds
            fresh.append(_row_of(number, check_row(cells, sources, number=number, seen=seen), batch))
            if len(fresh) >= ROWS_A_TRANSACTION or time.monotonic() > ends:
                goes_on = _store(batch, fresh)
                fresh = []
                if not goes_on or time.monotonic() > ends:
                    return False
    return _store(batch, fresh)


def count_rows(batch: ImportBatch) -> int:
    """Return how many rows the table has; raises ValidationError when it cannot be read."""
    with batch.table.open("rb") as table:
        return sum(1 for _row in LAYOUT.rows(table, batch.table_name))


@transaction.atomic
def _store(batch: ImportBatch, rows: list[ImportRow]) -> bool:
    """Store rows that were checked; False when the batch was discarded meanwhile."""
    if not is_still(batch, ImportBatch.State.CHECKING):
        return False
    if rows:
        ImportRow.objects.bulk_create(rows)
        batch.rows_checked = rows[-1].number
        batch.save(update_fields=["rows_checked", "suspected_scheme"])
    return True


def _row_of(number: int, checked: Checked, batch: ImportBatch) -> ImportRow:
    if checked.problems:
        outcome = Outcome.WRONG
    elif checked.existing is None:
        outcome = Outcome.NEW
    else:
        outcome = Outcome.CHANGED if checked.changes else Outcome.SAME
    return ImportRow(
        batch=batch,
        number=number,
        outcome=outcome,
        label=checked.label[:300],
        identity=checked.identity[:300],
        values=checked.values,
        problems=checked.problems,
        remarks=checked.remarks,
        changes=checked.changes,
        document=checked.existing,
        key=checked.key,
        type_id_then=checked.values.get("document_type"),
        issuer_id_then=checked.values.get("main_issuer"),
        issued_on=checked.values.get("issued_on"),
        has_relations=any(checked.values.get(name) for name in WITH_RELATIONS),
        revision_before=checked.existing.latest_revision_id if checked.existing else None,
    )


def check_row(cells: dict[str, str], sources: Sources, *, number: int, seen: dict[str, int]) -> Checked:
    """Check one row: {name of the column: text} → what it would do; `seen`: identities of rows before it."""
    checked = Checked()
    _read_cells(_in_unicode(cells, sources), checked, sources)
    checked.label = " ".join(
        part for part in (cells.get("document_type", ""), cells.get("symbol_as_printed", "")) if part
    )
    if {"document_type", "main_issuer"} - checked.values.keys() or checked.values["main_issuer"] is None:
        return checked
    new = build(checked.values, sources.lists, sources.batch.owner_site)
    try:
        new.derive()
    except ValueError as error:
        checked.wrong("symbol_as_printed", str(error))
        return checked
    checked.identity = identity_of(new)
    checked.key = relations.key_of_parts(new.number, new.suffix, new.symbol)
    if checked.identity in seen:
        checked.wrong("symbol_as_printed", f"Trùng với dòng {seen[checked.identity]}; hãy bỏ một trong hai dòng.")
        return checked
    seen[checked.identity] = number
    checked.existing = existing_of(new)
    if checked.existing is None:
        check_new(new, checked, sources)
    else:
        check_existing(checked, sources)
    return checked


def _in_unicode(cells: dict[str, str], sources: Sources) -> dict[str, str]:
    """Name an encoding before Unicode, or convert by the one that a person confirmed (QĐ 72/2002/QĐ-TTg).

    Cell by cell: a number typed in Unicode may stand beside a subject in TCVN3.
    """
    batch, made = sources.batch, {}
    for name, cell in cells.items():
        found = "" if cell.isascii() else texts.scheme_of(cell)
        if found and batch.scheme == found:
            cell = text.convert_legacy(cell, found)
        elif found and batch.scheme != AS_IS:
            batch.suspected_scheme = batch.suspected_scheme or found
        made[name] = cell
    return made


def _read_cells(cells: dict[str, str], checked: Checked, sources: Sources) -> None:
    lists, values = sources.lists, checked.values
    issued_on = None
    for name, cell in cells.items():
        column = BY_NAME[name]
        try:
            if name in WITH_RELATIONS:
                if cell:
                    values[name] = relations.read(cell, lists, passive=name == "passive_relations")
            elif name in WITH_FILES:
                values[name] = _read_files(cell)
            else:
                values[name] = column.read(cell, lists)
        except CellError as error:
            checked.wrong(name, str(error))
    if values.get("issued_on"):
        issued_on = date.fromisoformat(values["issued_on"])
    for column in columns.REQUIRED:
        if not cells.get(column.name) and column.name in ("document_type", "main_issuer"):
            checked.problems = [found for found in checked.problems if found["column"] != column.header]
            checked.wrong(column.name, f"Thiếu {column.header.lower()}; hãy ghi như trên văn bản.")
    for name in ("main_issuer", "co_issuers"):
        cell = values.get(name)
        try:
            if name == "main_issuer":
                values[name] = lists.body_of(cell, issued_on).pk if cell else None
            elif cell:
                values[name] = [lists.body_of(line, issued_on).pk for line in cell]
        except CellError as error:
            checked.wrong(name, str(error))
            values[name] = None if name == "main_issuer" else []


def _read_files(cell: str) -> list[list[str]]:
    """Lines "path | shown name" → [[path, shown name], …]."""
    found = []
    for line in lines(cell):
        path, *shown = parted(line)
        found.append([key_of(path), shown[0][:200] if shown else ""])
    return found
