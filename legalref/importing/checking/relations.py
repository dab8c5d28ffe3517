"""3. The relations between documents that rows state."""

from django.db import transaction

from base.tables.columns import CellError

from ...life.effect import ENDING, RELATIONS
from ...models import DocumentRelation, ImportBatch, ImportRow
from .. import relations
from ..columns import BY_NAME, WITH_RELATIONS, Lists
from .terms import Outcome


@transaction.atomic
def check_relations(batch: ImportBatch) -> int:
    """Find which document each relation of the rows means; return how many rows turned out to be wrong.

    The other document must be in the register (public, or a draft of the person's own sites) or in a good row of the
    same table. Relations that the register has already leave the values.
    """
    lists = Lists.load()
    wrong = 0
    while True:
        inside = _keys_inside(batch)
        edges: dict[str, set[str]] = {}
        found = 0
        rows = batch.rows.filter(has_relations=True).exclude(outcome=Outcome.WRONG)
        for row in rows.order_by("number").iterator(chunk_size=200):
            found += _check_relations_of(row, inside, edges, lists, batch)
        wrong += found
        if not found:
            return wrong


def _keys_inside(batch: ImportBatch) -> dict[str, list[ImportRow]]:
    """The rows of a batch by the key of their documents, whatever came of them; without what was read."""
    inside: dict[str, list[ImportRow]] = {}
    for row in batch.rows.exclude(key="").defer("values", "remarks").iterator(chunk_size=500):
        inside.setdefault(row.key, []).append(row)
    return inside


def _check_relations_of(row: ImportRow, inside, edges, lists: Lists, batch: ImportBatch) -> int:
    left = 0
    for name in WITH_RELATIONS:
        accepted = []
        for line in row.values.get(name) or []:
            try:
                if not _is_recorded(line, row, inside, lists, batch):
                    _refuse_circle(line, row, edges)
                    accepted.append(line)
            except CellError as error:
                row.problems.append({"column": BY_NAME[name].header, "message": str(error)})
        if name in row.values:
            row.values[name] = accepted
        if accepted and row.document_id and BY_NAME[name].header not in row.changes:
            row.changes.append(BY_NAME[name].header)
        left += len(accepted)
    if row.problems:
        row.outcome = Outcome.WRONG
    elif row.outcome == Outcome.SAME and left:
        row.outcome = Outcome.CHANGED
    row.has_relations = bool(left)
    row.save(update_fields=["values", "problems", "changes", "outcome", "has_relations"])
    return row.outcome == Outcome.WRONG


def _is_recorded(line: dict, row: ImportRow, inside, lists: Lists, batch: ImportBatch) -> bool:
    """Find the other document of a line; tell whether the register has the relation already. Raises CellError."""
    same = DocumentRelation.objects.valid().filter(code=line["code"], effective_on=line["effective_on"])
    if line["is_passive"]:
        if row.document_id is None:
            return False
        is_known = same.filter(source=None, target_id=row.document_id).of_unregistered(line["other"]).exists()
        return is_known or _is_waiting(line, row)
    kind, key = relations.key_of(line["other"], lists)
    documents = relations.candidates(line, kind, key, batch.made_by)
    rows = [found for found in inside.get(key, []) if _is_meant(found, kind, line)]
    fresh = [found for found in rows if found.outcome == Outcome.NEW]
    if not documents and not fresh:
        if rows:
            raise CellError(f"«{line['other']}» ở dòng {rows[0].number} đang có lỗi; hãy sửa dòng đó trước.")
        raise CellError(
            f"Chưa có «{line['other']}» trong sổ và trong tệp này; hãy thêm một dòng cho văn bản đó, hoặc bỏ quan hệ."
        )
    if len(documents) + len(fresh) > 1:
        raise CellError(f"Có nhiều văn bản «{line['other']}»; hãy ghi thêm «cơ quan: …» và «ban hành: ngày/tháng/năm».")
    target = documents[0] if documents else fresh[0]
    if target.pk == (row.document_id if documents else row.pk):
        raise CellError("Một văn bản không tác động lên chính nó; hãy ghi văn bản khác.")
    if RELATIONS[line["code"]].effect and target.issued_on and line["effective_on"] < target.issued_on.isoformat():
        raise CellError(f"Ngày có hiệu lực không thể trước ngày ban hành của «{line['other']}»; hãy kiểm tra lại ngày.")
    line["target"], line["target_row"] = (target.pk, None) if documents else (None, target.number)
    if not documents or row.document_id is None:
        return False
    return same.filter(source=row.document_id, target=target).exists() or _is_waiting(line, row)


def _is_waiting(line: dict, row: ImportRow) -> bool:
    """Tell whether another batch that is not yet published will record the same relation of the same document."""
    waiting = ImportRow.objects.filter(
        document=row.document_id,
        has_relations=True,
        batch__state__in=(ImportBatch.State.WRITTEN, ImportBatch.State.APPROVED),
    )
    fields = (
        ("code", "effective_on", "is_passive", "other") if line["is_passive"] else ("code", "effective_on", "target")
    )
    return any(
        all(known.get(name) == line.get(name) for name in fields)
        for found in waiting.exclude(pk=row.pk)
        for lines in (found.values.get(name) or [] for name in WITH_RELATIONS)
        for known in lines
    )


def _is_meant(row: ImportRow, kind: int | None, line: dict) -> bool:
    return (
        (kind is None or row.type_id_then == kind)
        and (not line["issuer"] or row.issuer_id_then == line["issuer"])
        and (not line["issued_on"] or (row.issued_on and row.issued_on.isoformat() == line["issued_on"]))
    )


def _refuse_circle(line: dict, row: ImportRow, edges: dict[str, set[str]]) -> None:
    """Refuse documents of one table that end each other; with `relate` compares those of the register."""
    if line["is_passive"] or line["code"] not in ENDING:
        return
    source = f"d{row.document_id}" if row.document_id else f"r{row.number}"
    target = f"d{line['target']}" if line["target"] else f"r{line['target_row']}"
    seen, frontier = set(), {target}
    while frontier:
        if source in frontier:
            raise CellError(f"«{row.label}» và «{line['other']}» chấm dứt lẫn nhau; hãy bỏ một trong hai quan hệ.")
        seen |= frontier
        frontier = {further for place in frontier for further in edges.get(place, ())} - seen
    edges.setdefault(source, set()).add(target)
