"""Writing a confirmed batch: all good rows as drafts, in one transaction; what dies on the way has written nothing."""

import contextlib
from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import site_collection
from base.files.upload_forms import demand_storable
from base.gate import Refused
from base.locking import hold
from base.models import PortalFile, PortalSite
from workflows.publishing import approval

from ..life import lifecycle
from ..models import DocumentFile, ImportBatch, ImportedFile, ImportRow, LegalDocument, PostingRule
from . import progress
from .checking import Sources, build
from .columns import BY_NAME, WITH_RELATIONS, Lists
from .packed import Packed

RELATION_HEADERS = frozenset(BY_NAME[name].header for name in WITH_RELATIONS)
ROWS_A_NOTE = 25


class Overtaken(ValidationError):
    """The register has changed since the dry run; it must be run again."""


def write(
    batch: ImportBatch, *, on: datetime | None = None, then: Callable[[ImportBatch], None] = lambda batch: None
) -> ImportBatch:
    """Write the good rows of a confirmed batch as drafts of the person who confirmed it; return the batch.

    `then` is called with the written batch within the same transaction. All or nothing: whatever is raised, no row is
    written and no stored file stays. Raises Overtaken when a document
    has another version than in the dry run, Refused when the batch is in another state.
    """
    stored: list[str] = []
    try:
        with contextlib.ExitStack() as ending:
            packed = None
            if batch.package:
                packed = Packed(ending.enter_context(batch.package.open("rb")))
            with transaction.atomic():
                written = _write(batch, packed, stored, on or timezone.now())
                then(written)
                return written
    except BaseException:
        for name in stored:
            with contextlib.suppress(OSError):
                default_storage.delete(name)
        raise
    finally:
        progress.remove(batch)


def _write(batch: ImportBatch, packed: Packed | None, stored: list[str], on: datetime) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state != ImportBatch.State.CONFIRMED:
        raise Refused("Lô này không ở bước ghi vào sổ.")
    sources = Sources(batch, Lists.load(), packed)
    posting_rules = list(PostingRule.objects.in_use())
    rows = batch.rows.filter(outcome__in=ImportRow.WRITTEN).select_related("document").order_by("number")
    total, counts = rows.count(), dict.fromkeys(ImportRow.WRITTEN, 0)
    for done, row in enumerate(rows.iterator(chunk_size=100), 1):
        try:
            _write_row(row, sources, stored, on, posting_rules)
        except ValidationError as error:
            raise Overtaken(f"Dòng {row.number}: {' '.join(error.messages)} Hãy kiểm tra lại cả lô.") from error
        counts[row.outcome] += 1
        if done % ROWS_A_NOTE == 0:
            progress.note(batch, done, total)
    _name_targets(batch)
    batch.state, batch.written_at, batch.message = ImportBatch.State.WRITTEN, on, ""
    batch.save(update_fields=["state", "written_at", "message"])
    log(
        instance=batch,
        action="portal.import.write",
        user=batch.confirmed_by,
        data={"table": batch.table_digest, **{str(outcome): count for outcome, count in counts.items()}},
    )
    remove_uploads(batch)
    return batch


def _name_targets(batch: ImportBatch) -> None:
    """Let the relations between rows of the batch name the documents that came of the rows."""
    made = dict(batch.rows.exclude(document=None).values_list("number", "document_id"))
    for row in batch.rows.filter(has_relations=True, outcome__in=ImportRow.WRITTEN).iterator(chunk_size=100):
        for line in row.values.get("relations") or []:
            line["target"] = line["target"] or made[line["target_row"]]
        row.save(update_fields=["values"])


def remove_uploads(batch: ImportBatch) -> None:
    """Remove table and ZIP of a batch once the transaction holds; their digests stay."""
    names = [file.name for file in (batch.table, batch.package) if file]
    batch.table, batch.package = "", ""
    batch.save(update_fields=["table", "package"])
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])


def _write_row(
    row: ImportRow, sources: Sources, stored: list[str], on: datetime, posting_rules: list[PostingRule]
) -> None:
    existing = row.document
    if row.outcome == ImportRow.Outcome.CHANGED and (existing is None or RELATION_HEADERS.issuperset(row.changes)):
        if existing is None:
            raise ValidationError("Văn bản đã bị xóa từ khi kiểm tra.")
        return
    by = sources.batch.confirmed_by
    if existing is not None:
        existing = hold(existing)
        if existing.latest_revision_id != row.revision_before:
            raise ValidationError("Văn bản đã được sửa từ khi kiểm tra.")
    document = build(row.values, sources.lists, sources.batch.owner_site, existing)
    if not sources.may_write(document.owner_site):
        raise Refused(f"Bạn không còn quyền soạn văn bản trên «{document.owner_site}».")
    if "full_text" in row.values:
        document.set_full_text(row.values["full_text"])
    _put_files(document, row.values, sources, stored)
    # The dry run asked all rules; what another person may have done since is another document of this number.
    if existing is None:
        document.clean()
    else:
        document.full_clean()
    if not document.live:
        document.save()
    revision = document.save_revision(user=by, clean=False, log_action=False)
    approval.declare(document, revision, by=by, version=document)
    log(
        instance=document,
        action="portal.document.import",
        user=by,
        revision=revision,
        data={"batch": sources.batch.pk, "row": row.number},
    )
    lifecycle.start_duties(document, by=by, on=on, rules=posting_rules)
    row.document, row.revision = LegalDocument(pk=document.pk), revision.pk
    ImportRow.objects.filter(pk=row.pk).update(document_id=document.pk, revision=revision.pk)


def _put_files(document: LegalDocument, values: dict, sources: Sources, stored: list[str]) -> None:
    for path, shown in values.get("signed_file") or []:
        title = shown or f"Bản ký {document.name}"
        document.signed_file = _stored(path, title, document.owner_site, sources, stored)
    if values.get("signed_file") == []:
        document.signed_file = None
    if "document_files" in values:
        document.document_files = [
            DocumentFile(
                sort_order=place,
                label=shown,
                file=_stored(path, shown or path.rsplit("/", 1)[-1], document.owner_site, sources, stored),
            )
            for place, (path, shown) in enumerate(values["document_files"])
        ]


def _stored(path: str, title: str, site: PortalSite, sources: Sources, stored: list[str]) -> PortalFile:
    """Return the portal's file made of one of the ZIP: checked, scanned and stored as an upload; once a batch."""
    batch = sources.batch
    known = ImportedFile.objects.filter(batch=batch, path=path).select_related("file").first()
    if known is not None:
        return known.file
    if sources.packed is None or not sources.packed.has(path):
        raise ValidationError(f"Không có «{path}» trong ZIP.")
    examined = sources.packed.examined(path)
    upload = examined.file
    upload.notes = examined.notes
    demand_storable(upload, by=batch.confirmed_by, site=site)
    made = PortalFile(
        title=title[:255], file=upload, collection=site_collection(site), uploaded_by_user=batch.confirmed_by
    )
    made._set_document_file_metadata()
    made.save()
    stored.append(made.file.name)
    ImportedFile.objects.create(batch=batch, path=path, source_digest=sources.digest_of(path), file=made)
    return made
