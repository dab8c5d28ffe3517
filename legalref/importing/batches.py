"""The life of a batch: its actions, and what the periodic job continues. Who may do what: `rights.py`.

1. `upload`. 2. The job checks it (`checking/`). 3. `confirm`, with the declaration of accuracy, or `convert` when its
text is in an encoding before Unicode, or `discard`. 4. The job writes it (`writing.py`). 5. `approve` by a second
person, whom `notices.py` tells; the job publishes it (`publishing.py`). 6. `undo`, for what is public decided by a
second person.
"""

import contextlib
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import CONFIRM_REPEAL, may
from base.files import texts
from base.gate import Refused
from base.models import PortalSite
from base.models.files import digest_of
from base.operations.steps import carry_on_each, is_still
from vietnam import text

from ..models import ImportBatch, ImportRow
from . import checking, notices, progress, publishing, writing
from .packed import Packed
from .rights import changes_effect, may_approve, may_decide_undo, may_import
from .tables import LAYOUT

State = ImportBatch.State
SECONDS_A_STEP = 20.0
# Where one writer blocks all others (SQLite), longer batches are written between these hours: by day a user who saves
# would wait longer than the database allows.
MOST_ROWS_BY_DAY = 500
QUIET_FROM, QUIET_UNTIL = time(20), time(6)
# Of a batch in an encoding before Unicode: rows shown in both readings, rows looked through for them, letters of each.
READINGS, LOOKED_THROUGH, LONGEST_READING = 6, 200, 300
NOTHING_TO_WRITE = "Không có dòng nào mới hoặc thay đổi, nên không có gì để ghi."


# --- 1. Submission ------------------------------------------------------------------------------------------


@transaction.atomic
def upload(
    *, by, on: datetime | None = None, site: PortalSite, table, package=None, takes_text: bool = False
) -> ImportBatch:
    """Take a table, and the ZIP with its files, for a site's register; return the batch, which the job then checks.

    `table`, `package`: open files with name and size that were looked into and scanned as uploads. `takes_text`: full
    texts are read from the signed files where the table gives none. Raises Refused without the right or for a closed
    site, ValidationError when table or ZIP cannot be read at all.
    """
    if not may_import(by, site):
        raise Refused("Bạn không có quyền nhập văn bản vào sổ của trang này.")
    if site.state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        raise Refused("Trang này đã ngừng cập nhật nên không nhập văn bản vào.")
    unknown = LAYOUT.unknown_headers(table, table.name)
    if package is not None:
        try:
            Packed(package)
        except ValidationError as error:
            raise ValidationError({"package": error.messages}) from None
    batch = ImportBatch(
        owner_site=site,
        table=table,
        table_name=table.name[:200],
        table_digest=digest_of(table),
        package=package or "",
        package_name=package.name[:200] if package is not None else "",
        takes_text=takes_text,
        made_by=by,
        made_at=on or timezone.now(),
        notes=[f"Cột «{header[:80]}» không có trong mẫu nên không được đọc." for header in unknown[:20]],
    )
    batch.save()
    log(instance=batch, action="portal.import.upload", user=by, data={"table": batch.table_digest, "site": site.slug})
    return batch


@transaction.atomic
def discard(batch: ImportBatch, *, by, on: datetime | None = None) -> ImportBatch:
    """Throw a batch away that has written nothing; its files and rows go. Raises Refused."""
    batch = _held(batch)
    if not may_import(by, batch.owner_site):
        raise Refused("Bạn không có quyền bỏ lô này.")
    if batch.state not in ImportBatch.DISCARDABLE:
        raise Refused("Lô này đã ghi vào sổ; hãy dùng «Thu hồi lô».")
    batch.rows.all().delete()
    batch.state = State.DISCARDED
    batch.save(update_fields=["state"])
    writing.remove_uploads(batch)
    log(instance=batch, action="portal.import.discard", user=by)
    return batch


@transaction.atomic
def convert(batch: ImportBatch, scheme: str, *, by, on: datetime | None = None) -> ImportBatch:
    """Check a batch again with its text converted from an encoding before Unicode, or left as it is.

    `scheme`: "tcvn3", "vni" or "as_is": the person has looked at both. Raises Refused, ValidationError.
    """
    batch = _held(batch)
    if not may_import(by, batch.owner_site) or batch.state != State.CHECKED:
        raise Refused("Chỉ đổi bảng mã khi lô đã kiểm tra và chưa ghi.")
    if scheme not in (*texts.SCHEMES, checking.AS_IS):
        raise ValidationError({"scheme": "Hãy chọn bảng mã, hoặc «giữ nguyên»."})
    batch.scheme = scheme
    log(instance=batch, action="portal.import.convert", user=by, data={"scheme": scheme})
    return _check_again(batch)


def readings(batch: ImportBatch) -> list[tuple[int, str, str]]:
    """Return (row number, as it stands, as the suspected encoding reads it) of the first rows where these differ."""
    scheme, found = batch.suspected_scheme, []
    if not scheme:
        return found
    for row in batch.rows.order_by("number")[:LOOKED_THROUGH].iterator():
        content = " · ".join(str(row.values.get(name) or "") for name in ("subject", "full_text"))
        content = content[:LONGEST_READING].strip(" ·")
        converted = text.convert_legacy(content, scheme)
        if converted != content:
            found.append((row.number, content, converted))
            if len(found) == READINGS:
                break
    return found


def _check_again(batch: ImportBatch, message: str = "") -> ImportBatch:
    batch.rows.all().delete()
    batch.state, batch.rows_checked, batch.suspected_scheme, batch.message = State.CHECKING, 0, "", message
    batch.asked_at = timezone.now()
    batch.save()
    return batch


# --- 2. The dry run -----------------------------------------------------------------------------------------


def check(batch: ImportBatch, *, seconds: float = SECONDS_A_STEP) -> bool:
    """Run the dry run of a batch for a bounded time; tell whether it is finished. The register is only read."""
    try:
        with contextlib.ExitStack() as ending:
            packed = Packed(ending.enter_context(batch.package.open("rb"))) if batch.package else None
            if not batch.rows_total:
                batch.rows_total = checking.count_rows(batch)
                batch.save(update_fields=["rows_total"])
            if not checking.check_rows(batch, seconds=seconds, packed=packed):
                return False
    except ValidationError as error:
        _leave_checking(batch, State.UNREADABLE, " ".join(error.messages))
        return True
    _leave_checking(batch, State.CHECKED, batch.message)
    return True


@transaction.atomic
def _leave_checking(batch: ImportBatch, state: str, message: str) -> None:
    """Finish the dry run, unless the batch was discarded meanwhile: the relations between its rows, or none of them."""
    if is_still(batch, State.CHECKING):
        if state == State.UNREADABLE:
            batch.rows.all().delete()
        else:
            checking.check_relations(batch)
        ImportBatch.objects.filter(pk=batch.pk).update(state=state, message=message)
    batch.refresh_from_db()


def counts(batch: ImportBatch) -> dict[str, int]:
    """Return how many rows there are of each outcome: {"new": 4960, …}."""
    found = dict.fromkeys((str(outcome) for outcome in ImportRow.Outcome), 0)
    for outcome in batch.rows.order_by().values_list("outcome", flat=True):
        found[outcome] += 1
    return found


# --- 3. Confirming -------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(batch: ImportBatch, *, by, on: datetime | None = None, declaration: bool) -> ImportBatch:
    """Confirm that the good rows of a checked batch be written; the job, or `write_now`, then writes them.

    `declaration` is the person's declaration of accuracy for every row (Điều 20.2). Raises Refused without the right
    or in another state, ValidationError without the declaration, for undecided text, or when there is nothing to do.
    """
    batch = _held(batch)
    if not may_import(by, batch.owner_site):
        raise Refused("Bạn không có quyền nhập văn bản vào sổ của trang này.")
    if batch.state != State.CHECKED:
        raise Refused("Lô này không ở bước xác nhận; hãy tải lại trang.")
    if batch.suspected_scheme and batch.scheme != checking.AS_IS:
        raise ValidationError({"scheme": "Chữ có vẻ ở bảng mã cũ; hãy chọn chuyển mã hoặc giữ nguyên trước khi ghi."})
    if not declaration:
        raise ValidationError({"declaration": "Hãy đánh dấu cam kết về tính chính xác (Điều 20.2) rồi xác nhận lại."})
    if not batch.rows.filter(outcome__in=ImportRow.WRITTEN).exists():
        raise ValidationError(NOTHING_TO_WRITE)
    batch.state, batch.confirmed_by, batch.confirmed_at = State.CONFIRMED, by, on or timezone.now()
    batch.asked_at, batch.message = batch.confirmed_at, ""
    batch.save(update_fields=["state", "confirmed_by", "confirmed_at", "asked_at", "message"])
    log(instance=batch, action="portal.import.confirm", user=by, data={"table": batch.table_digest})
    return batch


# --- 4. Writing ----------------------------------------------------------------------------------------------


def waits_for_night(batch: ImportBatch, *, on: datetime | None = None) -> bool:
    """Tell whether the job leaves a confirmed batch for the night: writing it would keep people from saving."""
    if batch.state != State.CONFIRMED or connection.features.has_select_for_update:
        return False
    time_of_day = timezone.localtime(on or timezone.now()).time()
    if time_of_day >= QUIET_FROM or time_of_day < QUIET_UNTIL:
        return False
    return batch.rows.filter(outcome__in=ImportRow.WRITTEN).count() > MOST_ROWS_BY_DAY


def write_now(batch: ImportBatch, *, on: datetime | None = None) -> ImportBatch:
    """Write a confirmed batch; one that the register has overtaken is checked again, any other failure is raised.

    Whatever happens, either all good rows are written or none.
    """
    try:
        return writing.write(batch, on=on, then=notices.ask_for_approval)
    except writing.Overtaken as error:
        return _check_again(batch, " ".join(error.messages))
    except Exception as error:
        message = str(error) if isinstance(error, Refused) else "máy chủ gặp lỗi"
        ImportBatch.objects.filter(pk=batch.pk, state=State.CONFIRMED).update(
            state=State.CHECKED, message=f"Chưa ghi gì vào sổ: {message}. Hãy thử lại, hoặc báo cán bộ kỹ thuật."
        )
        raise


# --- 5. Approving --------------------------------------------------------------------------------------------


@transaction.atomic
def approve(batch: ImportBatch, *, by, on: datetime | None = None) -> ImportBatch:
    """Approve a whole written batch; the job then publishes each document and records the relations.

    Raises Refused for one of those who brought it, without the right on one of its sites, or when relations change
    whether documents are in force and the person may not confirm that.
    """
    batch = _held(batch)
    if batch.state != State.WRITTEN:
        raise Refused("Lô này không ở bước duyệt; hãy tải lại trang.")
    if not may_approve(by, batch):
        raise Refused("Người duyệt phải có quyền duyệt và không phải người tải lên, xác nhận lô này.")
    if changes_effect(batch) and not may(by, CONFIRM_REPEAL):
        raise Refused("Lô có quan hệ làm thay đổi hiệu lực văn bản; chỉ lãnh đạo Ban Biên tập duyệt được lô này.")
    batch.state, batch.approved_by, batch.approved_at = State.APPROVED, by, on or timezone.now()
    batch.asked_at = batch.approved_at
    batch.save(update_fields=["state", "approved_by", "approved_at", "asked_at"])
    log(instance=batch, action="portal.import.approve", user=by, data={"table": batch.table_digest})
    return batch


# --- 6. Undoing ----------------------------------------------------------------------------------------------


@transaction.atomic
def undo(batch: ImportBatch, *, by, on: datetime | None = None, reason: str) -> ImportBatch:
    """Take a batch back: drafts at once, what is public after a second person has decided (`decide_undo`).

    Raises Refused without the right or while it is being written or published, ValidationError without a reason.
    """
    batch = _held(batch)
    if not may_import(by, batch.owner_site):
        raise Refused("Bạn không có quyền thu hồi lô này.")
    if batch.state not in (State.WRITTEN, State.PUBLISHED):
        raise Refused("Chỉ thu hồi được lô đã ghi hoặc đã đăng; hãy đợi việc đang chạy xong.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thu hồi."})
    batch.undo_by, batch.undo_reason = by, reason.strip()[:300]
    batch.state = State.UNDO_PROPOSED if batch.state == State.PUBLISHED else State.UNDOING
    batch.asked_at = on or timezone.now()
    batch.save(update_fields=["undo_by", "undo_reason", "state", "asked_at"])
    log(instance=batch, action="portal.import.undo", user=by, data={"reason": reason})
    if batch.state == State.UNDO_PROPOSED:
        notices.ask_to_decide_undo(batch)
    return batch


@transaction.atomic
def decide_undo(batch: ImportBatch, *, by, on: datetime | None = None, accept: bool) -> ImportBatch:
    """Decide as the second person whether a published batch is taken back; refused, it stays as it is."""
    batch = _held(batch)
    if not may_decide_undo(by, batch):
        raise Refused("Người quyết định phải có quyền gỡ bỏ và không phải người đề nghị thu hồi.")
    batch.undo_decided_by = by
    batch.state = State.UNDOING if accept else State.PUBLISHED
    batch.asked_at = on or timezone.now()
    batch.save(update_fields=["undo_decided_by", "state", "asked_at"])
    log(instance=batch, action="portal.import.decide_undo", user=by, data={"accept": accept})
    return batch


# --- The job ---------------------------------------------------------------------------------------------------


def work(*, on: datetime | None = None, seconds: float = SECONDS_A_STEP) -> int:
    """Continue the batches that were submitted, confirmed, approved or are undone, for a bounded time each; count them.

    The periodic job. A batch that fails stops no other one; its error is raised afterwards. One that would hold the
    database too long for the day waits for the night.
    """
    waiting = ImportBatch.objects.filter(state__in=ImportBatch.IN_WORK).order_by("pk")
    due = (batch for batch in waiting if not waits_for_night(batch, on=on))
    return carry_on_each(due, lambda batch: step(batch, on=on, seconds=seconds), "Không xử lý được lô nhập")


def step(batch: ImportBatch, *, on: datetime | None = None, seconds: float = SECONDS_A_STEP) -> ImportBatch:
    """Carry one batch on by one bounded step; return it as it then is."""
    if batch.state == State.CHECKING:
        check(batch, seconds=seconds)
    elif batch.state == State.CONFIRMED:
        write_now(batch, on=on)
    elif batch.state == State.APPROVED:
        if publishing.publish(batch, on=on, seconds=seconds):
            # The values that were read are in the documents now.
            batch.rows.update(values={})
            _finish(batch, State.PUBLISHED, "portal.import.publish")
    elif batch.state == State.UNDOING and publishing.take_back(batch, on=on, seconds=seconds):
        batch.rows.update(values={})
        _finish(batch, State.UNDONE, "portal.import.undone", undone_at=on or timezone.now())
    return ImportBatch.objects.get(pk=batch.pk)


@transaction.atomic
def _finish(batch: ImportBatch, state: str, action: str, **values) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(state=state, **values)
    log(instance=batch, action=action, user=batch.undo_decided_by or batch.undo_by or batch.approved_by)


def progress_of(batch: ImportBatch) -> tuple[int, int]:
    """Return (rows done, rows in all) of what is being done with a batch now."""
    written = batch.rows.filter(outcome__in=ImportRow.WRITTEN)
    if batch.state == State.CHECKING:
        # The number of the last row, less its head.
        return min(max(batch.rows_checked - 1, 0), batch.rows_total), batch.rows_total
    if batch.state == State.CONFIRMED:
        done, total = progress.of(batch)
        return done, total or written.count()
    if batch.state == State.APPROVED:
        return written.filter(is_decided=True).count(), written.count()
    if batch.state == State.UNDOING:
        return written.filter(is_undone=True).count(), written.count()
    return 0, 0


def _held(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update(of=("self",)).select_related("owner_site__parent").get(pk=batch.pk)
