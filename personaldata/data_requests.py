"""Requests of citizens about their own data (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Nghị định 356/2025/NĐ-CP).

1. `receive`: by number and secret of what a citizen has sent (`find`), or `enter` for one who came to the office. The
   deadline of two working days starts. A withdrawal of consent by number and secret is carried out at once.
2. `decide`: accepted or refused, with an answer; that meets the deadline.
3. `carry_out`: what was accepted is done by the action of its kind: nothing more to do, a copy (`copy_of`), other
   contact data, deletion, withdrawal, no more naming. What cannot be done yet says why and stays open.

Each step writes one line of the log that names the request and nothing of the person. Answers are read with number and
secret, and mailed when there is an address.
"""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from accounts.roles import HANDLE_QUESTIONS, may
from base.gate import Refused
from base.models import PortalSite
from base.operations.log_names import person_text
from base.operations.notices import notify
from faq import numbering, terms
from faq.handling import succession
from faq.models import ConsultationComment, ContributedArticle, FaqPage, Question
from faq.models.question import ENDED
from vietnam import text as written
from vietnam.dates import format_moment, format_short
from workflows import deadlines
from workflows.models import Deadline

from . import registers, retention
from .models import CorrectionComplaint, DataSubjectRequest

RULE = "DL-DSR"
Kind, Status, Identified = DataSubjectRequest.Kind, DataSubjectRequest.State, DataSubjectRequest.Identified
# Kinds that say nothing without words.
NEEDS_DETAILS = (Kind.OBJECT,)
CONTACT = ("name", "email", "phone", "address")
LONGEST_DETAILS = 3_000
FIND = {
    "question": Question.objects.select_related("owner_site__unit", "contact"),
    "comment": ConsultationComment.objects.select_related("owner_site__unit", "contact"),
    "complaint": CorrectionComplaint.objects.select_related("owner_site__unit", "contact"),
    "contribution": ContributedArticle.objects.select_related("owner_site__unit", "contact"),
}
LABELS = {
    "name": gettext_lazy("Họ và tên"),
    "email": gettext_lazy("Thư điện tử"),
    "phone": gettext_lazy("Số điện thoại"),
    "address": gettext_lazy("Địa chỉ nhận thư"),
}
LONGEST = {"name": 150, "email": 254, "phone": 40, "address": 300}


# --- 1. Receiving -----------------------------------------------------------------------------------


def find(number: str, secret: str):
    """Return the question, comment, report or article of a number and its secret; None alike for each that is wrong."""
    found = [numbering.opens(records, number, secret) for records in FIND.values()]
    return next((record for record in found if record is not None), None)


@transaction.atomic
def receive(
    record,
    *,
    kind: str,
    details: str = "",
    contact: dict[str, str] | None = None,
    language_code: str = "vi",
    on: datetime | None = None,
) -> DataSubjectRequest:
    """Take a request in from a user who showed number and secret of `record`; return it.

    `contact`: the new values for kind "correct", some of name, email, phone, address. The same request that still waits
    is returned instead of a second one. Raises ValidationError (field → messages).
    """
    waiting = _named(record).open().filter(kind=kind).exclude(kind__in=[Kind.CORRECT, *NEEDS_DETAILS]).first()
    if waiting is not None:
        return waiting
    return _receive(
        record,
        site=succession.site_that_acts(record.owner_site),
        kind=kind,
        details=details,
        contact=contact or {},
        identified_by=Identified.SECRET,
        language_code=language_code,
        by=None,
        on=on or timezone.now(),
    )


@transaction.atomic
def enter(
    *,
    by,
    site: PortalSite,
    kind: str,
    identified_by: str,
    record=None,
    details: str = "",
    contact: dict[str, str] | None = None,
    received_on: datetime | None = None,
    on: datetime | None = None,
) -> DataSubjectRequest:
    """Enter the request of a person who came to the office or wrote; its deadline runs from `received_on`.

    `record` None: the person knows of nothing that the portal has of them. Raises Refused without the right on the site
    or the record's, ValidationError as `receive` does and for a moment in the future.
    """
    moment = on or timezone.now()
    if not may(by, HANDLE_QUESTIONS, site) or (record is not None and not may(by, HANDLE_QUESTIONS, record.owner_site)):
        raise Refused("Bạn không có quyền nhập yêu cầu về dữ liệu cá nhân cho trang này.")
    if identified_by not in (Identified.IN_PERSON, Identified.LETTER):
        raise ValidationError({"identified_by": "Hãy chọn người yêu cầu được nhận diện bằng gì."})
    if received_on is not None and received_on > moment:
        raise ValidationError({"received_on": "Thời điểm tiếp nhận không thể ở tương lai; hãy sửa lại."})
    return _receive(
        record,
        site=record.owner_site if record is not None else site,
        kind=kind,
        details=details,
        contact=contact or {},
        identified_by=identified_by,
        language_code="vi",
        by=by,
        on=received_on or moment,
    )


def _receive(record, *, site, kind, details, contact, identified_by, language_code, by, on) -> DataSubjectRequest:
    details = written.nfc(details).strip()
    contact = {name: written.nfc(contact.get(name, "")).strip() for name in CONTACT}
    _demand_request(kind, details, contact, record)
    number, year = numbering.next_number(numbering.Series.REQUEST, on)
    request = DataSubjectRequest.objects.create(
        number=number,
        year=year,
        kind=kind,
        owner_site=site,
        language_code=language_code,
        identified_by=identified_by,
        details=details,
        received_at=on,
        received_by_name=person_text(by),
        **contact,
        **_key(record),
    )
    deadlines.start(request, RULE, on=on, by=by, site=site, unit=site.unit, title=str(request))
    log(instance=request, action="portal.data_request.received", user=by, data={"kind": kind})
    if kind == Kind.WITHDRAW and identified_by == Identified.SECRET:
        # It is everyone's right and needs no decision by an official.
        request = _decide(request, Status.ACCEPTED, _("Đã rút lại sự đồng ý theo yêu cầu."), by, on)
        request = _carry_out(request, by, on)
    return request


def requests_of(record):
    """Return the requests that were made about a record, the newest first."""
    return _named(record).order_by("-received_at", "-pk")


def deadline_of(request: DataSubjectRequest) -> Deadline | None:
    """Return the deadline of a request, running or met."""
    return Deadline.objects.for_subject(request).select_related("rule").order_by("-pk").first()


def _key(record) -> dict:
    return {registers.register_of(record).key: record} if record is not None else {}


def _named(record):
    return DataSubjectRequest.objects.filter(**_key(record))


def _demand_request(kind: str, details: str, contact: dict[str, str], record) -> None:
    wrong = {}
    if kind not in Kind.values:
        wrong["kind"] = _("Hãy chọn yêu cầu.")
    if kind in NEEDS_DETAILS and not details:
        wrong["details"] = _("Hãy ghi phản đối hoặc hạn chế việc xử lý nào, vì sao.")
    if len(details) > LONGEST_DETAILS:
        wrong["details"] = _("Nội dung tối đa %(most)s ký tự; hãy rút gọn.") % {"most": LONGEST_DETAILS}
    if kind == Kind.CORRECT and not any(contact.values()):
        wrong["email"] = _("Hãy ghi ít nhất một thông tin mới: họ tên, thư điện tử, số điện thoại hoặc địa chỉ.")
    if record is None and not any(contact[name] for name in ("email", "phone", "address")):
        wrong["email"] = _("Hãy ghi cách liên hệ để trả lời người yêu cầu.")
    for name, most in LONGEST.items():
        if len(contact[name]) > most:
            wrong[name] = _("Dài quá %(most)s ký tự; hãy rút gọn.") % {"most": most}
    if contact["email"]:
        try:
            validate_email(contact["email"])
        except ValidationError:
            wrong["email"] = _("Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@example.com. Hãy sửa lại.")
    if wrong:
        raise ValidationError(wrong)


# --- 2. Deciding ------------------------------------------------------------------------------------


@transaction.atomic
def decide(
    request: DataSubjectRequest, *, accepted: bool, answer: str, by, on: datetime | None = None
) -> DataSubjectRequest:
    """Answer a request: accepted or refused, with a text for its sender; the deadline is met.

    Raises Refused without the right or when it is answered, ValidationError without an answer.
    """
    request = _hold(request, by)
    if request.state != Status.RECEIVED:
        raise Refused(f"{request} đã được trả lời ({request.get_state_display().lower()}).")
    answer = written.nfc(answer).strip()
    if not answer:
        raise ValidationError({"answer": "Hãy ghi câu trả lời; không chấp nhận thì ghi rõ lý do và căn cứ."})
    return _decide(request, Status.ACCEPTED if accepted else Status.REFUSED, answer, by, on or timezone.now())


def _decide(request: DataSubjectRequest, state: str, answer: str, by, moment: datetime) -> DataSubjectRequest:
    request.state, request.answer, request.decided_at = state, answer, moment
    request.decided_by_name = person_text(by)
    if state == Status.REFUSED:
        _set_purge_day(request, moment)
    request.save()
    deadlines.meet_for(request, on=moment, by=by)
    log(instance=request, action=f"portal.data_request.{state}", user=by)
    _tell(request)
    return request


# --- 3. Carrying out --------------------------------------------------------------------------------


@transaction.atomic
def carry_out(request: DataSubjectRequest, *, by, on: datetime | None = None) -> DataSubjectRequest:
    """Do what was accepted; raises Refused with what must happen first, and then changes nothing."""
    request = _hold(request, by)
    if request.state != Status.ACCEPTED:
        raise Refused(f"{request} chưa được chấp nhận hoặc đã xong; hãy trả lời người yêu cầu trước.")
    obstacle = obstacle_of(request)
    if obstacle:
        raise Refused(obstacle)
    return _carry_out(request, by, on or timezone.now())


def obstacle_of(request: DataSubjectRequest) -> str:
    """Return what keeps an accepted request from being carried out now, "" for nothing."""
    record = request.record
    if request.kind == Kind.DELETE and record is not None and not registers.register_of(record).has_ended(record):
        return (
            f"{record} chưa kết thúc: thông tin còn cần để trả lời. Người gửi có thể rút lại sự đồng ý ngay; nội dung "
            "được xóa khi việc kết thúc."
        )
    if request.kind in (Kind.DELETE, Kind.WITHDRAW, Kind.OBJECT) and names_the_asker(record):
        return "Trang công khai còn nêu tên người hỏi; hãy bỏ tên ở trang đó, gửi duyệt và đăng bản sửa rồi thực hiện."
    return ""


def names_the_asker(record) -> bool:
    """Tell whether a page that is public names who asked a question."""
    if not isinstance(record, Question) or record.page_id is None:
        return False
    return FaqPage.objects.filter(pk=record.page_id, live=True).exclude(asker_shown="").exists()


def _carry_out(request: DataSubjectRequest, by, moment: datetime) -> DataSubjectRequest:
    DOES[request.kind](request, by, moment)
    if request.kind == Kind.WITHDRAW and names_the_asker(request.record):
        # The contact is gone; the page takes two persons.
        request.save()
        return request
    request.state, request.done_at = Status.DONE, moment
    request.done_by_name = person_text(by)
    _set_purge_day(request, moment)
    request.save()
    log(instance=request, action="portal.data_request.done", user=by)
    return request


def _nothing_more(request, by, moment) -> None:
    """What was asked is in the answer, or is fetched with number and secret."""


def _correct(request: DataSubjectRequest, by, moment) -> None:
    contact = _contact(request.record)
    if contact is None:
        return
    for name in CONTACT:
        if getattr(request, name):
            setattr(contact, name, getattr(request, name))
    contact.save()
    log(instance=request.record, action=f"portal.{registers.register_of(request.record).key}.corrected", user=by)


def _delete(request: DataSubjectRequest, by, moment) -> None:
    if _contact(request.record) is not None:
        retention.purge_record(request.record, by=by, on=moment)


def _withdraw(request: DataSubjectRequest, by, moment) -> None:
    """Empty the contact at once.

    But a sender without the secret would learn nothing more of an open question: then the contact serves that answer
    only, and is emptied as soon as it is given.
    """
    contact = _contact(request.record)
    if contact is None or (contact.withdrawn_at and not any(getattr(contact, name) for name in contact.PERSONAL)):
        return
    record = request.record
    if registers.register_of(record).has_ended(record):
        retention.purge_record(record, by=by, on=moment)
    elif request.identified_by == Identified.SECRET or not _is_open_question(record):
        retention.purge_contact(record, by=by, on=moment)
    else:
        contact.withdrawn_at, contact.may_show_name = moment, False
        contact.save()
        log(instance=record, action="portal.question.withdrawn", user=by)


def _object(request: DataSubjectRequest, by, moment) -> None:
    contact = _contact(request.record)
    if contact is not None:
        contact.may_show_name = False
        contact.save()


DOES: dict[str, Callable] = {
    Kind.KNOW: _nothing_more,
    Kind.ACCESS: _nothing_more,
    Kind.CORRECT: _correct,
    Kind.DELETE: _delete,
    Kind.WITHDRAW: _withdraw,
    Kind.OBJECT: _object,
}


def _contact(record):
    """The contact of a record, held for a change; None when there is none or it was purged."""
    if record is None:
        return None
    contact = retention.hold_contact(registers.register_of(record), record)
    return None if contact.purged_at else contact


def _is_open_question(record) -> bool:
    return isinstance(record, Question) and record.state not in ENDED


def copy_of(record) -> str:
    """Return what the portal holds of the sender of a record, as plain text to read (Luật 91/2025/QH15)."""
    contact = record.contact
    lines = [
        _("Bản sao dữ liệu cá nhân: %(record)s") % {"record": record},
        _("Cơ quan xử lý: %(unit)s") % {"unit": record.owner_site.unit.full_name},
        _("Lập lúc: %(moment)s") % {"moment": _moment(timezone.now())},
        "",
    ]
    for name in contact.PERSONAL:
        lines.append(f"{LABELS[name]}: {getattr(contact, name) or '—'}")
    if contact.ward is not None:
        lines.append(f"{_('Phường, xã')}: {contact.ward}")
    lines += [
        f"{_('Đồng ý nêu tên khi đăng công khai')}: {_('có') if contact.may_show_name else _('không')}",
        f"{_('Đã đồng ý lúc')}: {_moment(contact.consented_at)}",
        f"{_('Nội dung đã đồng ý')}: {contact.consent_text or '—'}",
        f"{_('Rút lại sự đồng ý lúc')}: {_moment(contact.withdrawn_at)}",
        f"{_('Thông tin liên hệ được xóa')}: {_purged_when(contact)}",
        f"{_('Tiếp nhận lúc')}: {_moment(record.received_at)}",
        "",
        _("Nội dung đã gửi:"),
        *([record.title, ""] if hasattr(record, "title") else []),
        record.text,
    ]
    if hasattr(record, "files"):
        for file in record.files.all():
            if getattr(file, "redacted_of_id", None) is None:
                lines.append(f"{_('Tệp gửi kèm')}: {file.name}, {file.size} byte, SHA-256 {file.digest}")
    return "\r\n".join(str(line) for line in lines) + "\r\n"


def _purged_when(contact) -> str:
    if contact.purged_at:
        return _moment(contact.purged_at)
    if contact.purge_on:
        return _("từ ngày %(day)s") % {"day": format_short(contact.purge_on)}
    return _("%(days)s ngày sau khi việc kết thúc") % {"days": terms.CONTACT_DAYS}


def _moment(moment) -> str:
    return format_moment(moment) if moment else "—"


def may_fetch_copy(request: DataSubjectRequest) -> bool:
    """Tell whether the copy of a request may be fetched with number and secret: it was accepted, its data are there."""
    return request.kind == Kind.ACCESS and request.state == Status.DONE and request.purged_at is None


# --- What the actions share -------------------------------------------------------------------------


def _hold(request: DataSubjectRequest, by) -> DataSubjectRequest:
    held = (
        DataSubjectRequest.objects.select_for_update(of=("self",))
        .select_related("owner_site__unit", "question", "comment", "complaint", "contribution")
        .get(pk=request.pk)
    )
    if not may(by, HANDLE_QUESTIONS, held.owner_site):
        raise Refused("Bạn không có quyền xử lý yêu cầu này.")
    return held


def _set_purge_day(request: DataSubjectRequest, moment: datetime) -> None:
    request.purge_on = terms.purge_day(moment)


def _tell(request: DataSubjectRequest) -> None:
    """Mail the answer to a sender who gave an address; no mail holds what they asked."""
    record = request.record
    contact = getattr(record, "contact", None) if record is not None else request
    if contact is None or contact.purged_at:
        return
    matter = f"{registers.register_of(record).key}-{record.pk}" if record is not None else f"data-request-{request.pk}"
    context = {"request": request, "matter": matter}
    notify(contact, "data_request_answered", context, language=request.language_code)
