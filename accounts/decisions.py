"""Decisions of the managing body on who is appointed: recorded with their scan, sent to the department (Điều 8.1)."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Collection

from base.gate import Refused
from base.models import PortalFile
from vietnam.dates import format_short
from vietnam.text import nfc

from .appointment_rights import may_end, may_send
from .models import AppointmentDecision

FILES = "Quyết định phân công"
Kind = AppointmentDecision.Kind
# One decision may set up the board and appoint its members to the portal.
GIVING = frozenset({Kind.APPOINT, Kind.REPLACE, Kind.BOARD})
ENDING = frozenset({Kind.END, Kind.REPLACE})
# What the board's own register rests on; the standing office may record it too.
OF_THE_BOARD = frozenset({Kind.BOARD})


@transaction.atomic
def record_decision(
    *,
    by,
    on: datetime | None = None,
    number: str,
    signed_on: date,
    issuing_body: str,
    title: str,
    kind: str,
    file=None,
    sent_to_department_on: date | None = None,
    sent_by_letter: str = "",
) -> AppointmentDecision:
    """Record a decision and return it; a decision recorded already (number, day, body) is returned as it is.

    `file` is an uploaded scan that has passed the checks of uploads; it is kept where no site sees it. Raises Refused
    without the right, ValidationError (field → messages).
    """
    if not (may_end(by) or (kind in OF_THE_BOARD and may_send(by))):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được ghi quyết định phân công.")
    moment = on or timezone.now()
    number, issuing_body, title = (" ".join(nfc(text).split()) for text in (number, issuing_body, title))
    errors = problems(
        on=moment,
        number=number,
        signed_on=signed_on,
        issuing_body=issuing_body,
        title=title,
        kind=kind,
        sent_to_department_on=sent_to_department_on,
        sent_by_letter=sent_by_letter,
    )
    if errors:
        raise ValidationError(errors)
    found = _recorded(number, signed_on, issuing_body)
    if found:
        if file is not None and found.file_id is None:
            add_scan(found, by=by, file=file)
        return found
    decision = AppointmentDecision(
        number=number,
        signed_on=signed_on,
        issuing_body=issuing_body,
        title=title,
        kind=kind,
        recorded_by=by,
        recorded_at=moment,
        sent_to_department_on=sent_to_department_on,
        sent_by_letter=sent_by_letter.strip(),
    )
    if file is not None:
        decision.file = store_file(file, decision, by)
    decision.save()
    log_decision(decision, "decide", by)
    return decision


def problems(
    *,
    on: datetime | None = None,
    number: str = "",
    signed_on: date | None = None,
    issuing_body: str = "",
    title: str = "",
    kind: str = "",
    sent_to_department_on: date | None = None,
    sent_by_letter: str = "",
) -> dict[str, list[str]]:
    """Return what `record_decision` would refuse (field → messages), as far as it is known yet."""
    moment = on or timezone.now()
    number, issuing_body = (" ".join(nfc(text).split()) for text in (number, issuing_body))
    found = _recorded(number, signed_on, issuing_body)
    errors: dict[str, list[str]] = {}
    if not number:
        errors["number"] = ["Hãy ghi số, ký hiệu của quyết định, ví dụ 12/QĐ-UBND."]
    if not issuing_body:
        errors["issuing_body"] = ["Hãy ghi cơ quan ban hành quyết định."]
    if not title and not found:
        errors["title"] = ["Hãy ghi trích yếu của quyết định."]
    if kind not in Kind.values:
        errors["kind"] = ["Hãy chọn loại quyết định."]
    elif found and found.kind != kind:
        errors["kind"] = [f"Quyết định {found} đã được ghi với loại «{found.get_kind_display()}»; hãy chọn loại đó."]
    if not signed_on:
        errors["signed_on"] = ["Hãy ghi ngày ký quyết định theo dạng ngày/tháng/năm."]
    elif signed_on > timezone.localdate(moment):
        errors["signed_on"] = ["Ngày ký ở sau hôm nay; chỉ ghi quyết định đã ký."]
    return errors | _sending_errors(sent_to_department_on, sent_by_letter, signed_on, moment)


@transaction.atomic
def add_scan(decision: AppointmentDecision, *, by, file) -> AppointmentDecision:
    """Add the scan to a decision that was recorded without one; return the decision. A scan that is there stays.

    `file` as in `record_decision`. Raises Refused without the right, or when there is a scan.
    """
    if not may_end(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được thêm bản chụp quyết định.")
    decision = AppointmentDecision.objects.select_for_update().get(pk=decision.pk)
    if decision.file_id is not None:
        raise Refused("Quyết định đã có bản chụp; bản chụp đã ghi không thay.")
    decision.file = store_file(file, decision, by)
    decision.save(update_fields=["file"])
    log_decision(decision, "scan", by)
    return decision


def decision_files() -> Collection:
    """Return the collection of the scans, made on first use; it is no site's, so no list or page offers them."""
    root = Collection.get_first_root_node()
    return Collection.objects.filter(depth=2, name=FILES).first() or root.add_child(name=FILES)


@transaction.atomic
def mark_sent(
    decision: AppointmentDecision, *, by, on: datetime | None = None, sent_on: date, letter: str
) -> AppointmentDecision:
    """Write down when and by which letter a decision went to the department (Điều 8.1); return it.

    By the technical admin or the standing office. Raises Refused, ValidationError (field → messages).
    """
    if not may_send(by):
        raise Refused("Chỉ Cơ quan Thường trực hoặc cán bộ quản trị kỹ thuật được ghi việc gửi Sở.")
    moment = on or timezone.now()
    decision = AppointmentDecision.objects.select_for_update().get(pk=decision.pk)
    errors = _sending_errors(sent_on, letter, decision.signed_on, moment)
    if not sent_on:
        errors["sent_to_department_on"] = ["Hãy ghi ngày gửi theo dạng ngày/tháng/năm."]
    if errors:
        raise ValidationError(errors)
    decision.sent_to_department_on, decision.sent_by_letter = sent_on, letter.strip()
    decision.save(update_fields=["sent_to_department_on", "sent_by_letter"])
    log_decision(decision, "send", by, sent_on=format_short(sent_on), letter=letter.strip())
    return decision


def demand_ending(decision: AppointmentDecision) -> None:
    """Raise ValidationError unless a decision may end an appointment."""
    if decision.kind not in ENDING:
        raise ValidationError({"kind": "Việc này cần quyết định loại «Chấm dứt, thu hồi» hoặc «Thay thế»."})


def _recorded(number: str, signed_on: date | None, issuing_body: str) -> AppointmentDecision | None:
    return AppointmentDecision.objects.filter(number=number, signed_on=signed_on, issuing_body=issuing_body).first()


def _sending_errors(sent_on, letter: str, signed_on, moment: datetime) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if sent_on and (sent_on > timezone.localdate(moment) or (signed_on and sent_on < signed_on)):
        errors["sent_to_department_on"] = ["Ngày gửi Sở phải từ ngày ký đến hôm nay."]
    if bool(sent_on) != bool(letter.strip()):
        errors["sent_by_letter"] = ["Ngày gửi Sở và số công văn đi cùng nhau; hãy ghi cả hai hoặc để trống cả hai."]
    return errors


def store_file(upload, decision: AppointmentDecision, by) -> PortalFile:
    """Keep the scan of a decision where no site sees it; return the file."""
    stored = PortalFile(
        title=f"Quyết định {decision.number}"[:255], file=upload, collection=decision_files(), uploaded_by_user=by
    )
    stored.file_size = upload.size
    stored.save()
    return stored


def log_decision(decision: AppointmentDecision, step: str, by, **more) -> None:
    """Write one line of the log about a decision."""
    data = {"decision": str(decision), "issued_by": decision.issuing_body, "kind": decision.get_kind_display(), **more}
    log(instance=decision, action=f"portal.appointment.{step}", user=by, data=data)
