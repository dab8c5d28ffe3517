"""The dry run: what each row of a table would do, and what is wrong with it; the register is only read.

1. `check_rows` reads the table as a stream, a bounded time long; the next call carries on behind the last row.
2. Each row: cells into values (`columns.py`), the document it means, what would change, the form's and the preflight's
   rules, the files in the ZIP. 3. `check_relations`, once all rows are known: which document each relation means.
"""

import time
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from accounts.roles import DISPATCH, WRITE, may
from base.files import texts
from base.models import PortalFile, PortalSite
from vietnam import document_numbers, text
from workflows.publishing.approval import current_state

from ..life.effect import ENDING, RELATIONS
from ..models import DocumentRelation, ImportBatch, ImportedFile, ImportRow, LegalDocument
from . import columns, relations
from .columns import BY_NAME, WITH_FILES, WITH_RELATIONS, CellError, Lists, parted
from .packed import Packed, key_of
from .tables import rows_of

Outcome = ImportRow.Outcome
ROWS_A_TRANSACTION = 100
# Of the preflight: what the batch itself takes care of, or what only a person at the form can weigh.
NOT_OF_ROWS = frozenset({"signed_file"})
FILE_TEXT = "full_text"
# What a list of documents reads together with them.
AT_HAND = ("document_type", "main_issuer", "owner_site", "signed_file")
AS_IS = "as_is"


@dataclass
class Sources:
    """What rows are checked against: batch, lists, ZIP, and what is known of its files by now."""

    batch: ImportBatch
    lists: Lists
    packed: Packed | None = None
    sites: dict[int, bool] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def by(self):
        return self.batch.made_by

    def may_write(self, site: PortalSite) -> bool:
        """Tell whether the person of the batch may make drafts on a site."""
        if site.pk not in self.sites:
            is_kept = site.state not in (PortalSite.State.FROZEN, PortalSite.State.CLOSED)
            self.sites[site.pk] = is_kept and (may(self.by, WRITE, site) or may(self.by, DISPATCH, site))
        return self.sites[site.pk]

    def problem_of_file(self, path: str) -> str:
        """Return why a file of the ZIP may not be stored, "" when it may; each file is looked into once."""
        key = key_of(path)
        if key not in self.files:
            self.files[key] = ""
            try:
                self.packed.examined(path)
            except ValidationError as error:
                self.files[key] = error.messages[0]
        return self.files[key]

    def digest_of(self, path: str) -> str:
        """Return the digest of a file of the ZIP as it came."""
        key = key_of(path)
        if key not in self.digests:
            self.digests[key] = self.packed.digest_of(path)
        return self.digests[key]


@dataclass
class Checked:
    """What came of one row, before it is stored."""

    values: dict = field(default_factory=dict)
    problems: list[dict] = field(default_factory=list)
    remarks: list[dict] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    document: LegalDocument | None = None
    existing: LegalDocument | None = None
    label: str = ""
    identity: str = ""
    key: str = ""

    def wrong(self, column: str, message: str) -> None:
        """Note an error of a column (its field's name, or its head)."""
        head = BY_NAME[column].head if column in BY_NAME else column
        if {"column": head, "message": message} not in self.problems:
            self.problems.append({"column": head, "message": message})

    def remark(self, column: str, message: str) -> None:
        """Note a doubt that stops nothing."""
        head = BY_NAME[column].head if column in BY_NAME else column
        self.remarks.append({"column": head, "message": message})


# --- 1. The rows ----------------------------------------------------------------------------------------


def check_rows(batch: ImportBatch, *, seconds: float = 20.0, packed: Packed | None = None) -> bool:
    """Check rows of a batch for a bounded time, from the first that has not been; tell whether all are checked.

    Raises ValidationError when the table cannot be read. What it finds is stored in `ImportRow`.
    """
    began = time.monotonic()
    sources = Sources(batch, Lists.load(), packed)
    seen = dict(batch.rows.exclude(identity="").order_by("-number").values_list("identity", "number"))
    fresh: list[ImportRow] = []
    with batch.table.open("rb") as table:
        for number, cells in rows_of(table, batch.table_name):
            if number <= batch.rows_checked:
                continue
            fresh.append(_row_of(number, check_row(cells, sources, number=number, seen=seen), batch))
            if len(fresh) >= ROWS_A_TRANSACTION or time.monotonic() - began > seconds:
                goes_on = _store(batch, fresh)
                fresh = []
                if not goes_on or time.monotonic() - began > seconds:
                    return False
    return _store(batch, fresh)


def count_rows(batch: ImportBatch) -> int:
    """Return how many rows the table has; raises ValidationError when it cannot be read."""
    with batch.table.open("rb") as table:
        return sum(1 for _row in rows_of(table, batch.table_name))


@transaction.atomic
def _store(batch: ImportBatch, rows: list[ImportRow]) -> bool:
    """Store rows that were checked; False when somebody has thrown the batch away meanwhile."""
    if ImportBatch.objects.select_for_update().get(pk=batch.pk).state != ImportBatch.State.CHECKING:
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
        batch=batch, number=number, outcome=outcome, label=checked.label[:300], identity=checked.identity[:300],
        values=checked.values, problems=checked.problems, remarks=checked.remarks, changes=checked.changes,
        document=checked.existing, key=checked.key, type_id_then=checked.values.get("document_type"),
        issuer_id_then=checked.values.get("main_issuer"), issued_on=checked.values.get("issued_on"),
        has_relations=any(checked.values.get(name) for name in WITH_RELATIONS),
        revision_before=checked.existing.latest_revision_id if checked.existing else None,
    )  # fmt: skip


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
        _check_new(new, checked, sources)
    else:
        _check_existing(checked, sources)
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
            checked.problems = [found for found in checked.problems if found["column"] != column.head]
            checked.wrong(column.name, f"Thiếu {column.head.lower()}; hãy ghi như trên văn bản.")
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
    for line in cell.splitlines():
        if line.strip():
            path, *shown = parted(line)
            found.append([key_of(path), shown[0][:200] if shown else ""])
    return found


def build(values: dict, lists: Lists, site: PortalSite, existing: LegalDocument | None = None) -> LegalDocument:
    """Return a document with what was read put on it: a new one, or the newest version of an existing one."""
    document = existing.get_latest_revision_as_object() if existing else LegalDocument(live=False, owner_site=site)
    family = document.family
    _put(document, values, lists)
    if existing is not None and not values.get("family"):
        document.family = family
    elif "family" not in values:
        BY_NAME["family"].put(document, "", lists)
    return document


def _put(document: LegalDocument, values: dict, lists: Lists) -> None:
    for column in columns.COLUMNS:
        if column.put is not None and column.name in values and column.name != FILE_TEXT:
            column.put(document, values[column.name], lists)


def newest_of(document: LegalDocument) -> LegalDocument:
    """Return the newest version of a document to be read only, without asking the database for what is at hand."""
    if not document.latest_revision_id:
        return document
    return _version_of(document, document.latest_revision.content)


def public_of(document: LegalDocument) -> LegalDocument:
    """Return a public document as readers see it, whatever was drafted of it since; to be read only."""
    return _version_of(document, document.serializable_data())


def _version_of(document: LegalDocument, content: dict) -> LegalDocument:
    newest = LegalDocument.from_serializable_data(content, check_fks=False)
    newest.pk = document.pk
    known = document._state.fields_cache
    for name in AT_HAND:
        if name in known and getattr(newest, f"{name}_id") == getattr(document, f"{name}_id"):
            setattr(newest, name, known[name])
    newest._state.fields_cache["stored_status"] = known.get("stored_status")
    return newest


def identity_of(document: LegalDocument) -> str:
    """Return what makes a document one: issuer, family, type, number, symbol and year; without a number its subject."""
    if document.number:
        own = (document_numbers.identity(document.number, document.suffix),)
    else:
        own = (document.symbol or text.fold(document.subject)[:160], document.issued_on or "")
    return "/".join(
        str(part) for part in (document.main_issuer_id, document.family, document.document_type_id, *own, document.year)
    )


def existing_of(document: LegalDocument) -> LegalDocument | None:
    """Return the document of the register that a row means, or None."""
    if document.number:
        return document.twin()
    same = LegalDocument.objects.filter(
        main_issuer=document.main_issuer_id, document_type=document.document_type_id, number="",
        symbol=document.symbol, issued_on=document.issued_on,
    )  # fmt: skip
    if not document.symbol:
        same = same.filter(subject=document.subject)
    return same.select_related("document_type", "main_issuer").order_by("pk").first()


# --- 2. What a row would do -------------------------------------------------------------------------------


def _check_new(document: LegalDocument, checked: Checked, sources: Sources) -> None:
    if not sources.may_write(document.owner_site):
        checked.wrong("owner_site", f"Bạn không soạn văn bản trên «{document.owner_site}»; hãy chọn trang của mình.")
    _check_files(checked, sources, None)
    _put_text(document, checked, sources)
    _check_rules(document, checked)


def _check_existing(checked: Checked, sources: Sources) -> None:
    existing, lists = checked.existing, sources.lists
    is_own = sources.may_write(existing.owner_site)
    if not is_own and not existing.live:
        _refuse_foreign(checked)
        return
    # Of another's document nothing is compared but what readers see: "the same" would tell what its draft says.
    as_it_is = newest_of if is_own else public_of
    newest, document = as_it_is(existing), as_it_is(existing)
    before = _written(newest, checked.values, lists)
    _put(document, checked.values, lists)
    if "family" in checked.values and not checked.values["family"]:
        document.family = newest.family
    files = _check_files(checked, sources, newest)
    has_text = _put_text(document, checked, sources, newest)
    after = _written(document, checked.values, lists)
    checked.changes = [BY_NAME[name].head for name in before if before[name] != after[name]]
    checked.changes += [BY_NAME[name].head for name in files]
    if has_text and BY_NAME[FILE_TEXT].head not in checked.changes:
        checked.changes.append(BY_NAME[FILE_TEXT].head)
    if not checked.changes:
        if not any(checked.values.get(name) for name in WITH_RELATIONS):
            checked.problems = []
        return
    if not is_own:
        _refuse_foreign(checked)
        return
    document = build(checked.values, lists, existing.owner_site, existing)
    document.full_text = checked.values.get(FILE_TEXT, newest.full_text)
    state = current_state(existing)
    if state is not None:
        checked.wrong("symbol_as_printed", "Văn bản đang chờ duyệt hoặc bị trả lại; hãy xử lý xong rồi nhập lại.")
    elif existing.locked:
        checked.wrong("symbol_as_printed", "Văn bản đang bị khóa để sửa; hãy mở khóa rồi nhập lại.")
    _check_rules(document, checked)


def _refuse_foreign(checked: Checked) -> None:
    """Say of another site's document neither its name nor its state: it may be a draft."""
    checked.existing, checked.changes = None, []
    checked.wrong("symbol_as_printed", "Số này đã có trong sổ của một trang mà bạn không soạn; hãy bỏ dòng này.")


def _written(document: LegalDocument, values: dict, lists: Lists) -> dict[str, str]:
    """What the columns of a row say of a document, without files and texts."""
    return {
        column.name: column.write(document, lists)
        for column in columns.COLUMNS
        if column.name in values and column.put is not None and column.name not in (FILE_TEXT, "owner_site")
    }


def _check_rules(document: LegalDocument, checked: Checked) -> None:
    """Ask the preflight and the form's rules; each finding goes to its column, one a column."""
    known = {found["column"] for found in checked.problems}
    for finding in document.preflight():
        column = finding.field if finding.field in BY_NAME else "Văn bản"
        if not finding.is_blocker:
            if finding.field not in NOT_OF_ROWS:
                checked.remark(column, finding.message)
        elif (BY_NAME[column].head if column in BY_NAME else column) not in known:
            checked.wrong(column, finding.message)
    known |= {found["column"] for found in checked.problems}
    try:
        document.full_clean()
    except ValidationError as error:
        found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in found.items():
            column = name if name in BY_NAME else "Văn bản"
            if (BY_NAME[column].head if column in BY_NAME else column) not in known:
                checked.wrong(column, " ".join(message for one in errors for message in one.messages))


def _check_files(checked: Checked, sources: Sources, newest: LegalDocument | None) -> list[str]:
    """Look at the files a row names; return the columns whose files would change. Unchanged ones leave the values."""
    changed = []
    for name in ("signed_file", "document_files"):
        wanted = checked.values.get(name)
        if wanted is None:
            continue
        present = files_of(newest, name) if newest is not None else []
        if len(wanted) == len(present) and all(
            _is_same(path, shown, file, label, sources)
            for (path, shown), (file, label) in zip(wanted, present, strict=True)
        ):
            del checked.values[name]
            continue
        if name == "signed_file" and len(wanted) > 1:
            checked.wrong(name, "Chỉ một tệp là bản ký; hãy chuyển các tệp khác sang cột «Tệp kèm theo».")
        for path, _shown in wanted:
            _check_file(name, path, checked, sources)
        if newest is not None:
            changed.append(name)
    return changed


def files_of(document: LegalDocument, name: str) -> list[tuple[PortalFile, str]]:
    """Return the files that stand in a column of a document, with the names they are shown by."""
    if name == "signed_file":
        return [(document.signed_file, document.signed_file.title)] if document.signed_file_id else []
    rows = sorted(document.document_files.all(), key=lambda row: (row.sort_order or 0, row.pk or 0))
    return [(row.file, row.label) for row in rows]


def path_of(file: PortalFile) -> str:
    """Return the name a file has in an exported ZIP: unique, and the same each time."""
    return f"tep/{file.pk}/{file.address_name}"


def _is_same(path: str, shown: str, file: PortalFile, label: str, sources: Sources) -> bool:
    if shown and shown != label:
        return False
    if sources.packed is None or not sources.packed.has(path):
        return path == path_of(file)
    digest = sources.digest_of(path)
    return digest == file.digest or ImportedFile.objects.filter(source_digest=digest, file=file).exists()


def _check_file(name: str, path: str, checked: Checked, sources: Sources) -> None:
    if sources.packed is None:
        checked.wrong(name, f"Có ghi tệp «{path}» nhưng không kèm ZIP; hãy tải lên cả ZIP, hoặc để trống ô này.")
    elif not sources.packed.has(path):
        checked.wrong(name, f"Không có «{path}» trong ZIP; hãy kiểm tra tên tệp, kể cả thư mục và đuôi tệp.")
    elif problem := sources.problem_of_file(path):
        checked.wrong(name, f"«{path}»: {problem}")


def _put_text(document: LegalDocument, checked: Checked, sources: Sources, newest: LegalDocument | None = None) -> bool:
    """Settle the full text of a row: its cell, its file, or the text of its signed file; tell whether it changes.

    What is to be written stands in the values as the text itself; without a change nothing stands there.
    """
    values = checked.values
    pasted, file = values.pop(FILE_TEXT, None), values.pop("full_text_file", None)
    had = newest.full_text if newest is not None else ""
    if pasted and file:
        checked.wrong("full_text_file", "Có cả toàn văn và tệp toàn văn; hãy giữ một trong hai.")
        return False
    if file:
        if newest is not None and had and file[0][0] == text_path_of(newest) and not _has(sources, file[0][0]):
            return False
        pasted = _text_of_file("full_text_file", file[0][0], checked, sources)
    elif not pasted and not had and sources.batch.takes_text and values.get("signed_file"):
        pasted = _text_of_file("signed_file", values["signed_file"][0][0], checked, sources)
    elif pasted is None or (not pasted and len(had) > columns.LONGEST_CELL):
        # The column is absent, or the text is too long for a cell and its file was not named.
        return False
    pasted = text.nfc(pasted or "").strip()
    if pasted == had:
        return False
    values[FILE_TEXT] = pasted
    document.full_text = pasted
    return newest is not None


def _has(sources: Sources, path: str) -> bool:
    return sources.packed is not None and sources.packed.has(path)


def text_path_of(document: LegalDocument) -> str:
    """Return the name a document's full text has in an exported ZIP."""
    return f"toan-van/{document.pk}.txt"


def _text_of_file(name: str, path: str, checked: Checked, sources: Sources) -> str:
    before = len(checked.problems)
    _check_file(name, path, checked, sources)
    if len(checked.problems) > before or any(path in found["message"] for found in checked.problems):
        return ""
    if not texts.is_readable(path):
        if name == "full_text_file":
            checked.wrong(name, f"«{path}»: toàn văn đọc được từ tệp {', '.join(texts.READABLE)}; hãy đổi dạng tệp.")
        return ""
    scheme = sources.batch.scheme if sources.batch.scheme in texts.SCHEMES else ""
    found = texts.read(sources.packed.opened(path), path)
    if found.scheme and found.scheme == scheme:
        found = texts.read(sources.packed.opened(path), path, scheme=scheme)
    elif found.scheme and sources.batch.scheme != AS_IS:
        sources.batch.suspected_scheme = sources.batch.suspected_scheme or found.scheme
        checked.remark(name, f"«{path}»: chữ có vẻ ở bảng mã {texts.SCHEMES[found.scheme]}.")
    for note in found.notes:
        checked.remark(name, f"«{path}»: {note}")
    return found.text


# --- 3. Relations -----------------------------------------------------------------------------------------


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
        kept = []
        for line in row.values.get(name) or []:
            try:
                if not _is_recorded(line, row, inside, lists, batch):
                    _refuse_circle(line, row, edges)
                    kept.append(line)
            except CellError as error:
                row.problems.append({"column": BY_NAME[name].head, "message": str(error)})
        if name in row.values:
            row.values[name] = kept
        if kept and row.document_id and BY_NAME[name].head not in row.changes:
            row.changes.append(BY_NAME[name].head)
        left += len(kept)
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
        is_known = same.filter(source=None, target_id=row.document_id).said_by(line["other"]).exists()
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
        document=row.document_id, has_relations=True,
        batch__state__in=(ImportBatch.State.WRITTEN, ImportBatch.State.APPROVED),
    )  # fmt: skip
    said = ("code", "effective_on", "is_passive", "other") if line["is_passive"] else ("code", "effective_on", "target")
    return any(
        all(known.get(name) == line.get(name) for name in said)
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
    """Refuse documents of one table that end each other; with those of the register the verb `relate` compares."""
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
