"""Destroying archive copies whose time is over (tiêu hủy): a list by one person, a decision by another.

1. `disposable`: the copies whose retention has ended and that nothing public rests on. 2. `propose`: one person puts
some on a list, with a reason; the list is printed and signed (`sheet`, `paper`). 3. `decide`: a second person, of the
approving body, with number, date and file of the decision, single ones struck out; only then are the copies destroyed,
in the same transaction. What stays is the list, and a `Disposal` with the seals and digests, so that the chain still
verifies. Files go with the next `archive.purge_orphans`. One person alone cannot destroy copies, and no user can before
the time is over: the database refuses that as well.
"""

import contextlib
from collections.abc import Iterable
from datetime import date, datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import ADMINISTER, DECIDE_TAKEDOWN, DISPATCH, may
from base.gate import Refused
from base.operations.log_names import person_text
from base.sites import city_site
from base.tables import pdf, xlsx
from vietnam.dates import format_short

from ..models import ArchiveCopy, Disposal, DisposalItem, DisposalList
from ..publishing import approval
from . import copies as archive
from . import retention

State = DisposalList.State


def may_propose(user) -> bool:
    """Tell whether a user may draw up a list: the standing office or the technical administrator of the city."""
    site = city_site()
    return site is not None and (may(user, DISPATCH, site) or may(user, ADMINISTER, site))


def may_decide(user, row: DisposalList) -> bool:
    """Tell whether a user may decide a list: they act for the Editorial Board and did not draw it up."""
    return row.proposed_by_id != user.pk and approval.acts_for_board(user, DECIDE_TAKEDOWN, city_site())


def may_look(user) -> bool:
    """Tell whether lists concern a user."""
    return may_propose(user) or approval.acts_for_board(user, DECIDE_TAKEDOWN, city_site())


# --- 1. What may go --------------------------------------------------------------------------------


def disposable(on: date | None = None) -> list[ArchiveCopy]:
    """Return the copies whose retention has ended, that stand on no open list and are no longer public, oldest first.

    What is public is compared with its copy every night; so that copy stays as long, whatever its age.
    """
    today, known = on or timezone.localdate(), retention.terms()
    listed = DisposalItem.objects.filter(list__state=State.PROPOSED).values("copy_id")
    over = ArchiveCopy.objects.filter(retention_until__lt=today).exclude(pk__in=listed).order_by("pk")
    copies = [copy for copy in over if retention.has_ended(copy, today, known)]
    public = _public_versions(copies)
    return [copy for copy in copies if copy.revision_id not in public]


def _public_versions(copies: list[ArchiveCopy]) -> set[int]:
    """The versions, among those the copies hold, that readers see now."""
    found = set()
    for label in {copy.object_type for copy in copies}:
        with contextlib.suppress(LookupError):  # a kind of content of a release long gone
            rows = apps.get_model(label)._base_manager.filter(live=True, live_revision__isnull=False)
            found.update(rows.values_list("live_revision_id", flat=True))
    return found


# --- 2. The list -----------------------------------------------------------------------------------


@transaction.atomic
def propose(copies: Iterable[ArchiveCopy], *, by, on: datetime | None = None, reason: str) -> DisposalList:
    """Draw up a list of copies to destroy; return it.

    Raises Refused without the right, ValidationError for an empty list, without a reason, or with a copy whose time is
    not over or that stands on another open list.
    """
    if not may_propose(by):
        raise Refused("Chỉ cơ quan Thường trực hoặc cán bộ quản trị được lập danh mục tiêu hủy.")
    moment = on or timezone.now()
    copies = list(copies)
    if not copies:
        raise ValidationError({"copies": "Hãy chọn ít nhất một bản lưu trữ đã hết thời hạn."})
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do tiêu hủy."})
    # Of two lists at once the second finds the first's copies taken.
    archive.lock_chain()
    allowed = {copy.pk for copy in disposable(_day(moment))}
    wrong = [copy for copy in copies if copy.pk not in allowed]
    if wrong:
        raise ValidationError(
            {"copies": f"«{wrong[0].title}» chưa hết thời hạn lưu trữ, đang đăng, hoặc đã nằm trong một danh mục khác."}
        )
    row = DisposalList.objects.create(
        reason=reason.strip()[:500], proposed_by_id=by.pk, proposed_by_name=person_text(by), proposed_at=moment
    )
    DisposalItem.objects.bulk_create(
        DisposalItem(
            list=row,
            copy_id=copy.pk,
            title=copy.title,
            object_type=copy.object_type,
            site_slug=copy.site_slug,
            approved_at=copy.approved_at,
            retention_class=copy.retention_class,
            retention_until=copy.retention_until,
            seal=copy.seal,
        )
        for copy in copies
    )
    log(instance=row, action="portal.disposal.propose", user=by, data={"count": len(copies), "reason": row.reason})
    return row


@transaction.atomic
def withdraw(row: DisposalList, *, by) -> DisposalList:
    """Take a list back before the decision; only who drew it up may."""
    row = _open(row)
    if row.proposed_by_id != by.pk:
        raise Refused("Chỉ người lập danh mục được rút danh mục.")
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    log(instance=row, action="portal.disposal.withdraw", user=by)
    return row


# --- 3. The decision -------------------------------------------------------------------------------


@transaction.atomic
def decide(
    row: DisposalList,
    *,
    by,
    on: datetime | None = None,
    accepted: bool,
    decision_number: str = "",
    decision_date: date | None = None,
    decision_file=None,
    without: Iterable[int] = (),
    note: str = "",
) -> DisposalList:
    """Decide a list; when accepted, destroy its copies but for the items in `without` (their ids); return the list.

    `decision_file` is the signed decision, an uploaded file that was looked into; it is kept in the archive. Raises
    Refused for the person who drew up the list or who does not act for the board, ValidationError without number, date
    or file of the decision, without a note when refusing, or when a copy's time is not over.
    """
    row = _open(row)
    if not may_decide(by, row):
        raise Refused("Người quyết định phải thuộc Ban Biên tập, có quyền quyết định và không phải người lập danh mục.")
    moment = on or timezone.now()
    row.decided_by_id, row.decided_by_name, row.decided_at = by.pk, person_text(by), moment
    row.note = note.strip()[:500]
    if not accepted:
        if not row.note:
            raise ValidationError({"note": "Hãy ghi lý do không đồng ý."})
        row.state = State.REFUSED
        row.save()
        log(instance=row, action="portal.disposal.refuse", user=by, data={"note": row.note})
        return row
    _demand_decision(decision_number, decision_date, decision_file, moment)
    struck = set(without)
    row.items.filter(pk__in=struck).update(is_struck=True)
    items = list(row.items.filter(is_struck=False))
    if not items:
        raise ValidationError({"without": "Danh mục không còn mục nào; hãy chọn «Không đồng ý»."})
    row.decision_number, row.decision_date = decision_number.strip()[:100], decision_date
    row.decision_file_name = decision_file.name[:200]
    row.decision_file_digest, _size = archive.store_file(decision_file)
    row.state = State.DESTROYED
    row.save()
    _destroy(row, items, moment)
    log(
        instance=row,
        action="portal.disposal.destroy",
        user=by,
        data={
            "decision": row.decision_number,
            "count": len(items),
            "kept": len(struck),
            "destroyed": archive.destruction_digest(row.pk),
        },
    )
    return row


def _demand_decision(number: str, day: date | None, file, moment: datetime) -> None:
    errors = {}
    if not number.strip():
        errors["decision_number"] = "Hãy ghi số quyết định tiêu hủy."
    if day is None:
        errors["decision_date"] = "Hãy ghi ngày quyết định."
    elif day > _day(moment):
        errors["decision_date"] = "Ngày quyết định ở tương lai; hãy kiểm tra lại."
    if file is None:
        errors["decision_file"] = "Hãy đính kèm bản ký của quyết định tiêu hủy."
    if errors:
        raise ValidationError(errors)


def _destroy(row: DisposalList, items: list[DisposalItem], moment: datetime) -> None:
    archive.lock_chain()
    copies = {copy.pk: copy for copy in ArchiveCopy.objects.filter(pk__in=[item.copy_id for item in items])}
    # The list is no longer open, so its own copies count again.
    allowed = {copy.pk: copy.seal for copy in disposable(min(_day(moment), timezone.localdate()))}
    for item in items:
        if allowed.get(item.copy_id) != item.seal:
            raise ValidationError(
                {"without": f"«{item.title}» chưa hết thời hạn lưu trữ, đang đăng hoặc không còn; hãy giữ lại mục này."}
            )
    Disposal.objects.bulk_create(
        Disposal(
            copy_id=copy.pk,
            title=copy.title,
            previous_seal=copy.previous_seal,
            seal=copy.seal,
            object_type=copy.object_type,
            object_id=copy.object_id,
            content_digest=copy.content_digest,
            html_digest=copy.html_digest,
            retention_until=copy.retention_until,
            list_number=row.pk,
            decision=f"{row.decision_number}, {format_short(row.decision_date)}",
            proposed_by_id=row.proposed_by_id,
            proposed_by=row.proposed_by_name,
            decided_by_id=row.decided_by_id,
            decided_by=row.decided_by_name,
        )
        for copy in copies.values()
    )
    ArchiveCopy.objects.filter(pk__in=copies).delete()


# --- The list on paper -----------------------------------------------------------------------------

COLUMNS = ["Số", "Tiêu đề", "Trang", "Nhóm lưu trữ", "Duyệt", "Lưu đến", "Niêm phong", "Ghi chú"]


def _rows(row: DisposalList) -> list[list[str]]:
    names = retention.labels()
    return [
        [
            str(item.copy_id),
            item.title,
            item.site_slug,
            names.get(item.retention_class, item.retention_class),
            format_short(timezone.localdate(item.approved_at)),
            format_short(item.retention_until),
            item.seal[:16],
            "giữ lại" if item.is_struck else "",
        ]
        for item in row.items.all()
    ]


def _lines(row: DisposalList) -> list[str]:
    lines = [
        f"Người lập: {row.proposed_by_name}, {format_short(timezone.localdate(row.proposed_at))}",
        f"Lý do: {row.reason}",
    ]
    if row.decision_number:
        lines.append(f"Quyết định {row.decision_number} ngày {format_short(row.decision_date)}, {row.decided_by_name}")
    return lines


def sheet(row: DisposalList) -> bytes:
    """Return a list as an XLSX file."""
    widths = [8, 60, 18, 16, 12, 12, 20, 12]
    return xlsx.write([xlsx.Sheet("Danh mục", [str(row), *_lines(row)], COLUMNS, widths, _rows(row))])


def paper(row: DisposalList) -> bytes:
    """Return a list as a PDF to sign."""
    table = pdf.Table("Các bản lưu trữ", COLUMNS, [6, 34, 12, 11, 10, 10, 13, 9], _rows(row))
    return pdf.write(
        pdf.Report(
            issuer=city_site().unit.authority_name,
            title="Danh mục tài liệu hết thời hạn lưu trữ, đề nghị tiêu hủy",
            lines=[str(row), *_lines(row)],
            tables=[table],
            signatures=["Người lập danh mục", "Người quyết định"],
            made_at=row.proposed_at,
        )
    )


# --- Private ---------------------------------------------------------------------------------------


def _open(row: DisposalList) -> DisposalList:
    row = DisposalList.objects.select_for_update().get(pk=row.pk)
    if row.state != State.PROPOSED:
        raise Refused("Danh mục này đã được xử lý.")
    return row


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
