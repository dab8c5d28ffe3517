"""Publishing an approved batch, and taking an undone one back: each document in a transaction of its own.

A run that dies is carried on by the next one; what was public before stays public.
"""

import time
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from wagtail.models import ReferenceIndex, Revision

from base.gate import Refused
from base.locking import hold
from base.operations.steps import sentences_of
from workflows.deadlines.duties import drop_deadlines_of
from workflows.publishing import takedown
from workflows.publishing.approval import current_state, publish_bundle
from workflows.publishing.waiting import Change, GoesOn, Happening, Reach, register_waiting

from ..life import lifecycle
from ..models import DocumentRelation, ImportBatch, ImportedRelation, ImportRow, LegalDocument
from .columns import WITH_RELATIONS

EDITED = "Văn bản đã được sửa sau khi nhập nên không đăng theo lô; hãy gửi duyệt riêng."
GONE = "Bản nháp đã bị xóa sau khi nhập."
REMOVED = "Văn bản đã bị gỡ bỏ sau khi nhập nên không đăng theo lô."
DOCUMENT = "Văn bản"


def register_what_waits() -> None:
    """Say what becomes of a row that is not published yet (`workflows.publishing.waiting`); called once, from
    `LegalrefConfig.ready`."""
    compared = GoesOn("A row publishes no version but the one that was imported (`_publish_document`).")
    has_no_place = GoesOn("A document has no place.")
    register_waiting(
        ImportRow,
        of=_rows_of,
        release={
            Change.REMOVED: _leave_out,
            Change.MOVED: has_no_place,
            Change.HANDED_OVER: has_no_place,
            Change.REPLACED: compared,
            Change.ENDED: GoesOn("The documents of a site that ended stay in the register, and are the city's."),
        },
        parts=(ImportBatch,),
        versions=lambda: _waiting().exclude(revision=None).values("revision"),
    )


def _waiting() -> QuerySet:
    """The rows of batches that are written and not published."""
    open_states = [ImportBatch.State.WRITTEN, ImportBatch.State.APPROVED]
    return ImportRow.objects.filter(batch__state__in=open_states, is_decided=False)


def _rows_of(reach: Reach) -> list[ImportRow]:
    documents = [record.pk for record in reach.records if isinstance(record, LegalDocument)]
    return list(_waiting().filter(document__in=documents).order_by("pk")) if documents else []


def _leave_out(row: ImportRow, _happening: Happening) -> None:
    _end_with(row.pk, REMOVED)


# --- Publishing -------------------------------------------------------------------------------------------


def publish(batch: ImportBatch, *, on: datetime | None = None, seconds: float = 20.0) -> bool:
    """Publish the documents of an approved batch for a bounded time, then its relations; tell whether all is done.

    One that cannot be published keeps its draft, with the reason as a remark of its row.
    """
    until, moment = time.monotonic() + seconds, on or timezone.now()
    rows = batch.rows.filter(outcome__in=ImportRow.WRITTEN)
    for pk in list(rows.filter(is_decided=False).order_by("number").values_list("pk", flat=True)):
        _publish_row(batch, pk, moment)
        if time.monotonic() > until:
            return False
    for pk in list(rows.filter(has_relations=True).order_by("number").values_list("pk", flat=True)):
        _relate_row(batch, pk, moment)
        if time.monotonic() > until:
            return False
    return True


def _publish_row(batch: ImportBatch, pk: int, moment: datetime) -> None:
    try:
        with transaction.atomic():
            row = _held(pk)
            if row.is_decided:
                return
            row.is_published = row.revision is not None and _publish_document(batch, row, moment)
            row.is_decided = True
            row.save(update_fields=["is_published", "is_decided"])
    except (Refused, ValidationError) as error:
        _end_with(pk, sentences_of(error))


def _publish_document(batch: ImportBatch, row: ImportRow, moment: datetime) -> bool:
    if row.document_id is None:
        raise Refused(GONE)
    document = hold(row.document)
    if document.live_revision_id == row.revision:
        return True
    if document.latest_revision_id != row.revision:
        raise Refused(EDITED)
    publish_bundle(
        [document],
        submitted_by=batch.confirmed_by,
        by=batch.approved_by,
        on=moment,
        reason=str(batch),
        is_declared=True,
    )
    return True


def _relate_row(batch: ImportBatch, pk: int, moment: datetime) -> None:
    try:
        with transaction.atomic():
            row = _held(pk)
            for name in WITH_RELATIONS:
                for line in row.values.get(name) or []:
                    _record(batch, row, line, moment)
            row.has_relations = False
            row.save(update_fields=["has_relations"])
    except (Refused, ValidationError) as error:
        _end_with(pk, f"Chưa ghi được quan hệ: {sentences_of(error)}")
        ImportRow.objects.filter(pk=pk).update(has_relations=False)


def _record(batch: ImportBatch, row: ImportRow, line: dict, moment: datetime) -> None:
    if row.document_id is None or not row.document.live:
        raise Refused("văn bản của dòng này chưa được đăng.")
    day = date.fromisoformat(line["effective_on"]) if line["effective_on"] else None
    more = {
        "by": batch.approved_by,
        "on": moment,
        "effective_on": day,
        "scope": line["scope"],
        "until": date.fromisoformat(line["until"]) if line["until"] else None,
        "stated_in": line["stated_in"],
        "is_verified": line["is_verified"],
        "agreed_by": batch.confirmed_by,
    }
    if line["is_passive"]:
        source, target, other = None, row.document, line["other"]
    else:
        source, other = row.document, ""
        target = LegalDocument.objects.filter(pk=line["target"]).first()
        if target is None or not target.live:
            raise Refused(f"«{line['other']}» chưa được đăng.")
    same = DocumentRelation.objects.valid().filter(source=source, target=target, code=line["code"], effective_on=day)
    is_known = (same if source else same.of_unregistered(other)).exists()
    relation = lifecycle.relate(source, line["code"], target, source_text=other, **more)
    if not is_known:
        ImportedRelation.objects.create(row=row, relation=relation)


def _held(pk: int) -> ImportRow:
    ImportRow.objects.select_for_update().get(pk=pk)
    return ImportRow.objects.select_related("document__document_type", "document__owner_site").get(pk=pk)


def _end_with(pk: int, message: str) -> None:
    """Mark a row as worked off, with what hindered it."""
    with transaction.atomic():
        _remark(pk, message)
        ImportRow.objects.filter(pk=pk).update(is_decided=True)


@transaction.atomic
def _remark(pk: int, message: str) -> None:
    """Say something at a row, once."""
    row, remark = ImportRow.objects.select_for_update().get(pk=pk), {"column": DOCUMENT, "message": message}
    if remark not in row.remarks:
        row.remarks = [*row.remarks, remark]
        row.save(update_fields=["remarks"])


# --- Taking back --------------------------------------------------------------------------------------------


def take_back(batch: ImportBatch, *, on: datetime | None = None, seconds: float = 20.0) -> bool:
    """Take back what a batch did, for a bounded time, the last row first; tell whether all is done.

    Drafts that no user has edited are deleted; changed documents get their former version again, as a draft where it
    was public; what the batch made public is taken down in the name of the two persons who undo it. What users have
    edited since stays, with a remark.
    """
    until, moment = time.monotonic() + seconds, on or timezone.now()
    recorded = ImportedRelation.objects.filter(row__batch=batch, relation__revoked_at=None)
    for link in recorded.select_related("relation", "row").order_by("-pk"):
        people = {"by": _decider(batch), "agreed_by": batch.undo_by}
        try:
            lifecycle.undo_repeal(link.relation, on=moment, reason=batch.undo_reason, **people)
        except Refused as error:
            _remark(link.row_id, f"Chưa hoàn tác được quan hệ: {error}")
    rows = batch.rows.filter(outcome__in=ImportRow.WRITTEN, is_undone=False).exclude(revision=None)
    for pk in list(rows.order_by("-number").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                row = _held(pk)
                if row.document_id is not None:
                    _take_back_row(batch, row, moment)
                row.is_undone = True
                row.save(update_fields=["is_undone", "is_published", "remarks"])
        except (Refused, ValidationError, ProtectedError) as error:
            message = str(error) if isinstance(error, Refused) else "văn bản đang được nơi khác dùng đến."
            _end_with(pk, f"Không thu hồi được: {message}")
            ImportRow.objects.filter(pk=pk).update(is_undone=True)
        if time.monotonic() > until:
            return False
    _remove_files(batch)
    return True


def _decider(batch: ImportBatch):
    return batch.undo_decided_by or batch.undo_by


def _take_back_row(batch: ImportBatch, row: ImportRow, moment: datetime) -> None:
    document = hold(row.document)
    if document.latest_revision_id != row.revision:
        raise Refused("đã có người sửa văn bản sau khi nhập; hãy xử lý riêng văn bản này.")
    if current_state(document) is not None:
        raise Refused("văn bản đang chờ duyệt hoặc bị trả lại; hãy xử lý xong rồi thu hồi.")
    is_new = row.outcome == ImportRow.Outcome.NEW
    if is_new and row.is_published:
        takedown.take_down_records(
            [document], proposed_by=batch.undo_by, by=batch.undo_decided_by, on=moment, reason=batch.undo_reason
        )
        row.is_published = False
        row.remarks = [*row.remarks, {"column": DOCUMENT, "message": "Đã gỡ bỏ; bản lưu trữ còn giữ."}]
    elif is_new:
        drop_deadlines_of(document, on=moment)
        document.delete()
        row.document = None
    else:
        _restore_former(batch, row, document)


def _restore_former(batch: ImportBatch, row: ImportRow, document: LegalDocument) -> None:
    former = Revision.objects.filter(pk=row.revision_before).first()
    if former is None:
        raise Refused("không còn phiên bản trước khi nhập.")
    if not row.is_published and document.live and former.pk == document.live_revision_id:
        # Nothing but the columns that say which draft is the newest: what is public was never changed.
        document.latest_revision, document.has_unpublished_changes = former, False
        document.save(update_fields=["latest_revision", "has_unpublished_changes"])
        return
    content = former.as_object()
    if not document.live:
        content.save()
    content.save_revision(user=_decider(batch), clean=False, previous_revision=former)
    if row.is_published:
        message = "Đã lập bản nháp với nội dung trước khi nhập; hãy gửi duyệt để đăng lại."
        row.remarks = [*row.remarks, {"column": DOCUMENT, "message": message}]


def _remove_files(batch: ImportBatch) -> None:
    """Remove the files that the batch brought, that nothing refers to any more, and that never were public."""
    for link in batch.files.select_related("file"):
        file = link.file
        if not file.was_public() and not ReferenceIndex.get_references_to(file).exists():
            link.delete()
            file.delete()
