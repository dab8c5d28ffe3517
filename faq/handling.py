"""The life of a question, one verb a step, in the order in which they happen (Quy chế Điều 10.1.d).

1. `receive` (`enter` for one that came by telephone or letter): number, secret, the clock of 15 working days, the
   acknowledgement to the asker. Of the same sending twice there is one question (`base/submissions.py`). A proposal to
   amend the Regulation goes to the standing office (Điều 24), whichever site it came by.
2. `claim`, `release`, `clear_suspicion`, `mark_spam`, `merge`.
3. `classify`: in scope, with topic and proposed unit, or not; `reject` tells the asker at once whose matter it is.
4. `assign`, `reassign`: the unit, with a clock of its own inside the 15 days. A new unit does not start them anew.
5. `notify`: an interim notice with a promised day, only while the answer is not late; it takes the place of the answer
   in the 15 days and starts the promised clock. `wait_for_asker`, `resume`: the clock stands while the asker owes
   something.
6. `draft`, `submit`, `sign` (never who wrote it), `send_back`, `reply`. Whoever asked a merged duplicate is told, too.
7. `decide_interest`, `publication.prepare_page`, `close`; `rate`, `reopen`.

Each verb locks the question, checks right and state (`states.py`), writes one event (`QuestionEvent`) and one line of
the log, and returns what it changed. What the asker is told leaves through the outbox (`notices.py`), in the same
transaction. Nothing of the asker goes into an event or the log.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.log_actions import log

from accounts.roles import APPROVE, HANDLE_QUESTIONS, may
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, UnitSuccession
from base.models.files import digest_of
from legalref.models.book import person_text
from servicecatalog.models import ServiceOffering
from vietnam import text as written
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import Deadline, DeadlinePause

from . import notices, numbering
from .models import (
    Answer,
    InterimNotice,
    Question,
    QuestionContact,
    QuestionEvent,
    QuestionFile,
    QuestionTopic,
    State,
)
from .states import STEPS, demand

ANSWER, REJECT, UNITS_SHARE, PROMISED = "DL-QA-ANSWER", "DL-QA-REJECT", "DL-QA-SUB", "DL-QA-PROMISED"
CLOCKS = (ANSWER, PROMISED)
SHORTEST_TEXT, LONGEST_TEXT = 20, 10_000
# A dissatisfied asker may have the answer looked at again for this long.
REOPEN_DAYS = 30
# Contact data stay for this long after the question has ended.
CONTACT_DAYS = 365
# A chain of mergers is followed so far; nobody merges in a circle, but data may.
LONGEST_CHAIN = 10
Kind = QuestionEvent.Kind


@dataclass(frozen=True)
class Contact:
    """How to reach the asker, and what he agreed to; one channel at least."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    ward: OrganisationUnit | None = None
    may_show_name: bool = False
    consent_text: str = ""
    consent_source: str = ""


@dataclass(frozen=True)
class Attached:
    """A file that came with a question, examined and scanned: the clean copy and what the scanner said."""

    file: File
    name: str
    scan_state: str = ""
    scan_signature: str = ""


@dataclass(frozen=True)
class Received:
    """A question that was received, and its secret."""

    question: Question
    secret: str
    files: list[QuestionFile] = field(default_factory=list)


# --- 1. Receiving ----------------------------------------------------------------------------------


@transaction.atomic
def receive(
    *, site: PortalSite, title: str, text: str, contact: Contact, on: datetime | None = None,
    topic: QuestionTopic | None = None, files: Iterable[Attached] = (), language_code: str = "vi",
    channel: str = Question.Channel.WEB, is_suspect: bool = False, by=None, service: ServiceOffering | None = None,
) -> Received:  # fmt: skip
    """Take a question in; return it with its secret.

    What is said of a `service` goes to the unit that answers for it.

    The clock starts at `on` (now): later reading moves nothing. What is suspect is acknowledged by mail only once
    somebody has said that it is a question (`clear_suspicion`, `classify`): no program shall mail strangers through the
    portal. Raises ValidationError (field → messages) for a text that is too short or too long, and without a channel to
    answer by or without consent.
    """
    moment = on or timezone.now()
    title, text = written.nfc(title).strip(), written.nfc(text).strip()
    _demand_question(title, text, contact)
    acting = site_that_acts(site)
    number, year = numbering.next_number(numbering.Series.QUESTION, moment)
    question = Question.objects.create(
        number=number, year=year, secret=numbering.new_secret(), asked_on_site=site,
        owner_site=acting, language_code=language_code, channel=channel, title=title, text=text,
        text_digest=text_digest(text), topic=topic, received_at=moment, is_suspect=is_suspect,
        received_by_name=person_text(by) if by is not None else "", service=service,
    )  # fmt: skip
    QuestionContact.objects.create(
        question=question, name=contact.name.strip(), email=contact.email.strip(), phone=contact.phone.strip(),
        address=contact.address.strip(), ward=contact.ward, may_show_name=contact.may_show_name,
        consent_text=contact.consent_text, consent_source=contact.consent_source, consented_at=moment,
    )  # fmt: skip
    kept = [_keep(question, attached, moment) for attached in files]
    deadlines.start(question, ANSWER, on=moment, by=by, site=acting, unit=acting.unit, title=str(question))
    _note(question, Kind.RECEIVED, moment, by, data={"channel": channel})
    _route_amendment(question, moment, by)
    _route_to_service(question, moment)
    if not is_suspect:
        notices.acknowledge(question)
    return Received(question, question.secret, kept)


@transaction.atomic
def enter(
    *, by, site: PortalSite, channel: str, title: str, text: str, contact: Contact, received_on: datetime,
    topic: QuestionTopic | None = None, files: Iterable[Attached] = (), on: datetime | None = None,
) -> Received:  # fmt: skip
    """Enter a question that came by telephone, letter or in person; its clock runs from `received_on`.

    Raises Refused without the right, ValidationError as `receive` does, and for a moment in the future.
    """
    if not may(by, HANDLE_QUESTIONS, site):
        raise Refused("Bạn không có quyền nhập câu hỏi cho trang này.")
    if channel == Question.Channel.WEB:
        raise ValidationError({"channel": "Hãy chọn kênh mà câu hỏi đã đến: điện thoại, thư, trực tiếp…"})
    if received_on > (on or timezone.now()):
        raise ValidationError({"received_on": "Thời điểm tiếp nhận không thể ở tương lai; hãy sửa lại."})
    return receive(
        site=site, title=title, text=text, contact=contact, on=received_on, topic=topic, files=files, channel=channel,
        by=by,
    )  # fmt: skip


def find(number: str, secret: str) -> Question | None:
    """Return the question of a number and its secret; None alike for each that is wrong."""
    return numbering.opens(Question.objects.select_related("owner_site", "unit", "topic"), number, secret)


def text_digest(text: str) -> str:
    """Return what two texts that differ in case, marks and blanks only have in common."""
    return sha256(" ".join(written.fold(text).split()).encode()).hexdigest()


def same_text(question: Question) -> list[Question]:
    """Return the other questions with the same text that still run, the oldest first."""
    return list(Question.objects.open().filter(text_digest=question.text_digest).exclude(pk=question.pk))


def _demand_question(title: str, text: str, contact: Contact) -> None:
    wrong = {}
    if not title:
        wrong["title"] = "Hãy ghi tiêu đề: câu hỏi về việc gì."
    if len(text) < SHORTEST_TEXT:
        wrong["text"] = f"Nội dung quá ngắn; hãy viết ít nhất {SHORTEST_TEXT} ký tự để đơn vị hiểu được câu hỏi."
    elif len(text) > LONGEST_TEXT:
        wrong["text"] = f"Nội dung dài {len(text)} ký tự; tối đa {LONGEST_TEXT}. Hãy rút gọn hoặc gửi kèm tệp."
    if not (contact.email.strip() or contact.phone.strip() or contact.address.strip()):
        wrong["email"] = "Hãy cho ít nhất một cách liên hệ: thư điện tử, số điện thoại hoặc địa chỉ."
    if not contact.consent_text:
        wrong["consent"] = "Hãy đánh dấu đồng ý cho phép xử lý thông tin liên hệ để trả lời câu hỏi."
    if wrong:
        raise ValidationError(wrong)


def _route_amendment(question: Question, on, by) -> None:
    """Give a proposal to amend the Regulation to the standing office, whatever site it came by (Quy chế Điều 24)."""
    topic = question.topic
    if topic is None or topic.kind != QuestionTopic.Kind.AMENDMENT:
        return
    city = PortalSite.objects.select_related("unit").get(kind=PortalSite.Kind.CITY)
    if question.owner_site_id == city.pk and question.events.filter(kind=Kind.ROUTED).exists():
        return
    office = topic.unit if topic.unit is not None and topic.unit.is_valid(deadlines.local_date(on)) else None
    question.owner_site, question.unit = city, office
    question.claimed_by = question.claimed_at = None
    question.save(update_fields=["owner_site", "unit", "claimed_by", "claimed_at"])
    Deadline.objects.for_subject(question).open().filter(rule__code__in=CLOCKS).update(
        site=city, unit=office or city.unit
    )
    _note(
        question, Kind.ROUTED, on, by,
        public_text="Kiến nghị sửa đổi Quy chế do cơ quan Thường trực Ban Biên tập tổng hợp, trình (Điều 24).",
    )  # fmt: skip


def _route_to_service(question: Question, on: datetime) -> None:
    """Set down who answers for the service that a question is about, on the question and on its clock."""
    unit = question.service.responsible_unit if question.service is not None else None
    if unit is None or question.unit_id or not unit.is_valid(deadlines.local_date(on)):
        return
    question.unit = unit
    question.save(update_fields=["unit"])
    Deadline.objects.for_subject(question).open().filter(rule__code__in=CLOCKS).update(unit=unit)


def _keep(question: Question, attached: Attached, moment: datetime, redacted_of=None) -> QuestionFile:
    kept = QuestionFile(
        question=question, name=attached.name[:200], size=attached.file.size, digest=digest_of(attached.file),
        scan_signature=attached.scan_signature, uploaded_at=moment, redacted_of=redacted_of,
    )  # fmt: skip
    if attached.scan_state:
        kept.scan_state, kept.scanned_at = attached.scan_state, moment
    # What he called it stands in the row only: a path may be written down anywhere.
    kept.file.save(stored_name(attached), attached.file, save=False)
    kept.save()
    return kept


def stored_name(attached: Attached) -> str:
    """Return under which name a file is stored that came with what a citizen sent: its kind, nothing of its own."""
    return f"tep-kem{PurePosixPath(attached.name).suffix.lower()}"


# --- 2. Whose work it is ---------------------------------------------------------------------------


@transaction.atomic
def claim(question: Question, *, by, on: datetime | None = None) -> Question:
    """Take a question as one's own work; raises Refused when another has it (he or a handler releases it first)."""
    question = _hold("claim", question, by)
    if question.claimed_by_id == by.pk:
        return question
    if question.claimed_by_id:
        raise Refused(f"{question} đang do {question.claimed_by} xử lý; người đó hoặc người điều phối cần thôi trước.")
    question.claimed_by, question.claimed_at = by, on or timezone.now()
    question.save(update_fields=["claimed_by", "claimed_at"])
    _note(question, Kind.CLAIMED, on, by, is_public=False)
    return question


@transaction.atomic
def release(question: Question, *, by, on: datetime | None = None) -> Question:
    """Give a question back to all; one's own, or with the right to handle questions another's."""
    question = _hold("release", question, by)
    if question.claimed_by_id is None:
        return question
    if question.claimed_by_id != by.pk and not may(by, HANDLE_QUESTIONS, question.owner_site):
        raise Refused("Bạn chỉ thôi xử lý được câu hỏi của mình.")
    question.claimed_by = question.claimed_at = None
    question.save(update_fields=["claimed_by", "claimed_at"])
    _note(question, Kind.RELEASED, on, by, is_public=False)
    return question


@transaction.atomic
def clear_suspicion(question: Question, *, by, on: datetime | None = None) -> Question:
    """Say that a held question is one; its clock has run since it came."""
    question = _hold("clear_suspicion", question, by)
    if question.is_suspect:
        question.is_suspect = False
        question.save(update_fields=["is_suspect"])
        notices.acknowledge(question)
    log(instance=question, action="portal.question.clear", user=by)
    return question


@transaction.atomic
def mark_spam(question: Question, *, reason: str, by, on: datetime | None = None) -> Question:
    """Put aside what is no question; the clock is cancelled, the row and its number stay."""
    question = _hold("mark_spam", question, by)
    _demand_reason(reason)
    question.state = State.SPAM
    _end(question, on)
    deadlines.cancel_for(question, reason="không phải câu hỏi", on=on, by=by)
    _note(question, Kind.SPAM, on, by, note=reason, is_public=False)
    return question


@transaction.atomic
def merge(question: Question, into: Question, *, reason: str, by, on: datetime | None = None) -> Question:
    """Answer a question together with another; its clock runs on until that one is answered, its asker is told then.

    Raises Refused for itself, for one that is merged or answered, and for one of another site.
    """
    question = _hold("merge", question, by)
    into = Question.objects.select_for_update(of=("self",)).get(pk=into.pk)
    _demand_reason(reason)
    if into.pk == question.pk:
        raise Refused("Không gộp câu hỏi vào chính nó được; hãy chọn câu hỏi khác.")
    if into.state not in STEPS["merge"].sources:
        raise Refused(f"{into} đang ở bước «{into.get_state_display()}» nên không nhận câu hỏi gộp vào được.")
    if not may(by, HANDLE_QUESTIONS, into.owner_site):
        raise Refused(f"{into} thuộc trang khác nên bạn không gộp vào được.")
    question.state, question.merged_into = State.MERGED, into
    question.owner_site, question.unit = into.owner_site, into.unit
    question.save(update_fields=["state", "merged_into", "owner_site", "unit"])
    # Those merged into it before follow it.
    question.duplicates.update(merged_into=into)
    _note(question, Kind.MERGED, on, by, note=reason, public_text="Được trả lời chung với câu hỏi cùng nội dung.")
    return question


# --- 3. Classifying --------------------------------------------------------------------------------


@transaction.atomic
def classify(
    question: Question, *, by, topic: QuestionTopic | None, in_scope: bool, reason: str = "",
    competent_body: str = "", competent_body_url: str = "", on: datetime | None = None,
) -> Question:  # fmt: skip
    """Say what a question is about and whether it is for the portal's bodies to answer.

    Out of scope takes a reason and, when it is known, the competent body: the asker is then to be told at once
    (`reject`), at the latest on the next working day. Raises ValidationError without topic or reason.
    """
    question = _hold("classify", question, by)
    wrong = {}
    if in_scope and topic is None:
        wrong["topic"] = "Hãy chọn lĩnh vực của câu hỏi."
    if not in_scope and not reason.strip():
        wrong["reason"] = "Hãy ghi lý do câu hỏi không thuộc phạm vi trả lời; người hỏi sẽ đọc được lý do này."
    if wrong:
        raise ValidationError(wrong)
    was_suspect = question.is_suspect
    question.state, question.topic, question.in_scope, question.is_suspect = State.CLASSIFIED, topic, in_scope, False
    question.scope_reason = "" if in_scope else reason.strip()
    question.competent_body = "" if in_scope else competent_body.strip()
    question.competent_body_url = "" if in_scope else competent_body_url.strip()
    question.save()
    if in_scope:
        deadlines.cancel_for(question, reason="câu hỏi thuộc phạm vi trả lời", on=on, by=by, rule=REJECT)
    else:
        deadlines.start(
            question, REJECT, on=on, by=by, site=question.owner_site, unit=question.owner_site.unit,
            title=str(question),
        )  # fmt: skip
    _note(question, Kind.CLASSIFIED, on, by, data={"in_scope": in_scope})
    if was_suspect:
        notices.acknowledge(question)
    if in_scope:
        _route_amendment(question, on, by)
    return question


@transaction.atomic
def reject(question: Question, *, by, on: datetime | None = None) -> Question:
    """Tell the asker at once that it is out of scope, why, and whose matter it is; the question ends."""
    question = _hold("reject", question, by)
    if question.in_scope is not False:
        raise Refused("Câu hỏi này đã phân loại là thuộc phạm vi trả lời; hãy phân loại lại trước.")
    question.state, question.replied_at = State.OUT_OF_SCOPE, on or timezone.now()
    _end(question, on)
    deadlines.meet_for(question, on=on, by=by)
    _note(question, Kind.OUT_OF_SCOPE, on, by, public_text=scope_words(question))
    notices.tell_out_of_scope(question)
    return question


def scope_words(question: Question) -> str:
    """Return what the asker of a question out of scope is told: why, and whose matter it is."""
    parts = [question.scope_reason.rstrip(".") + "."]
    if question.competent_body:
        where = f" ({question.competent_body_url})" if question.competent_body_url else ""
        parts.append(f"Cơ quan có thẩm quyền: {question.competent_body}{where}.")
    return " ".join(parts)


# --- 4. The unit -----------------------------------------------------------------------------------


def site_of_unit(unit: OrganisationUnit) -> PortalSite:
    """Return the site whose people handle what a unit is to answer: its own that is open, else the city's."""
    own = PortalSite.objects.filter(unit=unit, state=PortalSite.State.OPEN).first()
    return own or PortalSite.objects.get(kind=PortalSite.Kind.CITY)


def site_that_acts(site: PortalSite) -> PortalSite:
    """Return the site whose people act for a site now: itself while it is open, who came after it, or the city."""
    for _step in range(LONGEST_CHAIN):
        if site.state == PortalSite.State.OPEN or site.is_city:
            return site
        if site.successor is None:
            break
        site = site.successor
    return PortalSite.objects.select_related("unit").get(kind=PortalSite.Kind.CITY)


def unit_that_acts(unit: OrganisationUnit, on: datetime | None = None) -> OrganisationUnit:
    """Return the unit that acts for a unit on a day: itself while it lasts, else who came after it."""
    day = deadlines.local_date(on)
    for _step in range(LONGEST_CHAIN):
        if unit.is_valid(day):
            return unit
        links = UnitSuccession.objects.filter(predecessor=unit).select_related("successor")
        link = links.order_by("effective_on").last()
        if link is None:
            break
        unit = link.successor
    return unit


@transaction.atomic
def assign(question: Question, *, unit: OrganisationUnit, by, note: str = "", on: datetime | None = None) -> Question:
    """Give a question to the unit that answers it; the unit's own, shorter clock starts."""
    question = _hold("assign", question, by)
    if not question.in_scope:
        raise Refused("Câu hỏi không thuộc phạm vi trả lời thì không chuyển đơn vị; hãy trả lời người hỏi ngay.")
    return _give(question, unit, Kind.ASSIGNED, by, note, on)


@transaction.atomic
def reassign(question: Question, *, unit: OrganisationUnit, reason: str, by, on: datetime | None = None) -> Question:
    """Give a question to another unit: the 15 days of the asker run on, the new unit gets its own clock.

    What the former unit wrote stays, as a draft of nobody's signature.
    """
    question = _hold("reassign", question, by)
    _demand_reason(reason)
    if question.unit_id == unit.pk:
        raise ValidationError({"unit": f"{unit} đang xử lý câu hỏi này; hãy chọn đơn vị khác."})
    if question.state == State.SIGNED:
        raise Refused("Câu trả lời đã được ký duyệt; hãy gửi cho người hỏi, không chuyển đơn vị nữa.")
    Answer.objects.filter(question=question, round=question.round).update(
        state=Answer.State.DRAFT, unit=unit, submitted_at=None
    )
    deadlines.cancel_for(question, reason=f"chuyển {unit}: {reason}", on=on, by=by, rule=UNITS_SHARE)
    return _give(question, unit, Kind.REASSIGNED, by, reason, on)


def _give(question: Question, unit: OrganisationUnit, kind: str, by, note: str, on) -> Question:
    if not unit.is_valid(deadlines.local_date(on)):
        raise ValidationError({"unit": f"{unit} đã chấm dứt hoạt động; hãy chọn đơn vị kế thừa."})
    question.state, question.unit, question.owner_site = State.ASSIGNED, unit, site_of_unit(unit)
    question.claimed_by = question.claimed_at = None
    question.save()
    Deadline.objects.for_subject(question).open().filter(rule__code__in=CLOCKS).update(
        site=question.owner_site, unit=unit
    )
    clock = running_clock(question)
    _start_units_clock(question, clock.started_on if clock else on, by)
    _note(question, kind, on, by, note=note, unit=unit)
    notices.tell_unit(question)
    notices.tell_assigned(question)
    return question


def _start_units_clock(question: Question, since: date | datetime, by) -> None:
    """Start the unit's own clock from the same day as the one by which the asker waits."""
    deadlines.start(
        question, UNITS_SHARE, on=since, by=by, site=question.owner_site, unit=question.unit,
        title=f"{question}: đơn vị soạn trả lời",
    )  # fmt: skip


# --- 5. On the way ---------------------------------------------------------------------------------


def running_clock(question: Question) -> Deadline | None:
    """Return the clock by which the asker waits now: the 15 days, or the day he was promised; None once answered."""
    found = Deadline.objects.for_subject(question).open().filter(rule__code__in=CLOCKS).select_related("rule")
    return found.order_by("-pk").first()


@transaction.atomic
def notify(question: Question, *, text: str, promised_on: date, by, on: datetime | None = None) -> InterimNotice:
    """Send an interim notice: what was done, and the day by which the answer will come.

    Only while the clock that runs is not late: then it counts as the answer within the 15 days, and the promised day is
    the new last day. The first one is any handler's, every further one takes the right to approve. Raises Refused when
    it is too late, ValidationError without a text, or for a day that is not after today or not worked.
    """
    question = _hold("notify", question, by)
    moment = on or timezone.now()
    clock = running_clock(question)
    if clock is None:
        raise Refused("Câu hỏi này không còn thời hạn nào đang chạy.")
    if deadlines.is_late(clock, moment):
        raise Refused(
            f"Đã quá hạn trả lời ({format_short(clock.last_day)}) nên không thông báo quá trình xử lý thay cho trả lời "
            "được nữa; hãy trả lời người hỏi."
        )
    if question.notices.exists() and not may(by, APPROVE, question.owner_site):
        raise Refused("Đã hẹn người hỏi một lần; lần hẹn tiếp theo do lãnh đạo Ban Biên tập quyết định.")
    wrong = {}
    if not text.strip():
        wrong["text"] = "Hãy ghi đã làm được gì và còn vướng gì; người hỏi sẽ đọc được."
    if promised_on <= deadlines.local_date(moment):
        wrong["promised_on"] = "Ngày hẹn trả lời phải sau hôm nay."
    elif promised_on <= clock.last_day:
        wrong["promised_on"] = f"Ngày hẹn phải sau hạn đang chạy ({format_short(clock.last_day)})."
    elif not deadlines.is_working_day(promised_on):
        later = deadlines.workdays_after(promised_on, 1)
        wrong["promised_on"] = (
            f"{format_short(promised_on)} không phải ngày làm việc; có thể chọn {format_short(later)}."
        )
    if wrong:
        raise ValidationError(wrong)
    notice = InterimNotice.objects.create(
        question=question, text=text.strip(), promised_on=promised_on, sent_at=moment, sent_by_id=by.pk,
        sent_by_name=person_text(by),
    )  # fmt: skip
    deadlines.meet(clock, on=moment, by=by)
    deadlines.start_until(
        question, PROMISED, on=moment, until=promised_on, by=by, site=question.owner_site,
        unit=question.unit or question.owner_site.unit, title=str(question),
    )  # fmt: skip
    _note(
        question, Kind.NOTICE, moment, by,
        public_text=f"{notice.text} Hẹn trả lời chậm nhất ngày {format_short(promised_on)}.",
    )  # fmt: skip
    notices.tell_progress(question, notice)
    return notice


@transaction.atomic
def wait_for_asker(
    question: Question, *, text: str, by, category: str = DeadlinePause.Category.MORE_INFORMATION,
    on: datetime | None = None,
) -> Question:  # fmt: skip
    """Ask the asker for what is missing; the clock stands until he has answered, at most as long as its rule allows.

    Raises Refused when the answer is late already, or no more pause is allowed (`deadlines.pause`).
    """
    question = _hold("wait_for_asker", question, by)
    if not text.strip():
        raise ValidationError({"text": "Hãy ghi cần người hỏi bổ sung những gì."})
    if question.waiting_since:
        raise Refused("Đang chờ người hỏi bổ sung; hãy tiếp tục xử lý trước khi đề nghị lần nữa.")
    moment = on or timezone.now()
    clock = running_clock(question)
    if clock is None:
        raise Refused("Câu hỏi này không còn thời hạn nào đang chạy.")
    for standing in (clock, *_units_clocks(question, moment)):
        deadlines.pause(standing, category=category, reason="chờ người hỏi bổ sung", on=moment, by=by)
    question.waiting_since = deadlines.local_date(moment)
    question.save(update_fields=["waiting_since"])
    _note(question, Kind.WAITING, on, by, public_text=text.strip())
    notices.ask_for_more(question, text.strip())
    return question


@transaction.atomic
def supplement(
    question: Question, *, text: str, files: Iterable[Attached] = (), on: datetime | None = None
) -> Question:
    """Take what the asker adds by the tracking page while he is waited for; the clock goes on."""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if not question.waiting_since:
        raise Refused("Câu hỏi này hiện không chờ bổ sung.")
    text = written.nfc(text).strip()
    if not text:
        raise ValidationError({"text": "Hãy ghi nội dung bổ sung."})
    if len(text) > LONGEST_TEXT:
        raise ValidationError({"text": f"Nội dung bổ sung tối đa {LONGEST_TEXT} ký tự; hãy rút gọn."})
    moment = on or timezone.now()
    day = timezone.localtime(moment, deadlines.VIETNAM)
    question.text = f"{question.text}\n\n[Bổ sung ngày {day:%d/%m/%Y}]\n{text}"
    question.save(update_fields=["text"])
    for attached in files:
        _keep(question, attached, moment)
    return _go_on(question, None, moment, "người hỏi đã bổ sung")


@transaction.atomic
def resume(question: Question, *, by, on: datetime | None = None) -> Question:
    """Go on without waiting any longer: what was missing came another way, or is not needed."""
    question = _hold("resume", question, by)
    if not question.waiting_since:
        raise Refused("Câu hỏi này hiện không chờ người hỏi bổ sung.")
    return _go_on(question, by, on, "")


def _go_on(question: Question, by, on, note: str) -> Question:
    moment = on or timezone.now()
    for clock in Deadline.objects.for_subject(question).open().exclude(paused_on=None):
        deadlines.resume(clock, on=moment, by=by)
    question.waiting_since = None
    question.save(update_fields=["waiting_since"])
    _note(question, Kind.RESUMED, on, by, note=note)
    return question


def _units_clocks(question: Question, moment: datetime) -> list[Deadline]:
    """The unit's own clock, unless it is late: what is late stays late."""
    found = Deadline.objects.for_subject(question).open().filter(rule__code=UNITS_SHARE).select_related("rule")
    return [clock for clock in found if clock.rule.pause_limit and not deadlines.is_late(clock, moment)]


# --- 6. The answer ---------------------------------------------------------------------------------


@transaction.atomic
def draft(question: Question, *, body: str, by, documents: Iterable = (), on: datetime | None = None) -> Answer:
    """Write or change the answer of this round; return it. `body` is rich text; who writes never signs it."""
    question = _hold("draft", question, by)
    if not strip_tags(body).strip():
        raise ValidationError({"body": "Hãy viết câu trả lời."})
    moment = on or timezone.now()
    answer = question.answers.select_for_update().filter(round=question.round).first()
    answer = answer or Answer(question=question, round=question.round)
    answer.body, answer.unit, answer.state = written.nfc(body), question.unit, Answer.State.DRAFT
    answer.written_by, answer.written_by_name, answer.written_at = by, person_text(by), moment
    answer.writer_ids = sorted({*answer.writer_ids, by.pk})
    answer.save()
    answer.documents.set(documents)
    _note(question, Kind.DRAFTED, moment, by, is_public=False)
    return answer


@transaction.atomic
def submit(question: Question, *, by, on: datetime | None = None) -> Answer:
    """Lay the answer before the head of the unit."""
    question = _hold("submit", question, by)
    answer = _answer(question)
    answer.state, answer.submitted_at, answer.returned_reason = Answer.State.SUBMITTED, on or timezone.now(), ""
    answer.save(update_fields=["state", "submitted_at", "returned_reason"])
    _move(question, "submit")
    _note(question, Kind.SUBMITTED, on, by, is_public=False)
    notices.tell_signers(question)
    return answer


@transaction.atomic
def send_back(question: Question, *, reason: str, by, on: datetime | None = None) -> Answer:
    """Return the answer to whoever wrote it, with what is to be mended."""
    question = _hold("send_back", question, by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi cần sửa gì trong câu trả lời."})
    answer = _answer(question)
    answer.state, answer.returned_reason = Answer.State.RETURNED, reason.strip()
    answer.save(update_fields=["state", "returned_reason"])
    _move(question, "send_back")
    _note(question, Kind.RETURNED, on, by, note=reason, is_public=False)
    notices.tell_writer(question, answer)
    return answer


@transaction.atomic
def sign(
    question: Question, *, by, signer_name: str = "", signer_position: str = "", on: datetime | None = None
) -> Answer:
    """Sign the answer as the head of the unit; it does not change any more. The unit's clock is met.

    `signer_name`, `signer_position`: who signed on paper when that is another than `by`. Raises Refused for whoever
    wrote at it: two persons, always.
    """
    question = _hold("sign", question, by)
    answer = _answer(question)
    if by.pk in answer.writer_ids:
        raise Refused("Bạn đã soạn câu trả lời này nên người khác phải ký duyệt.")
    answer.state, answer.signed_at, answer.signed_by_id_then = Answer.State.SIGNED, on or timezone.now(), by.pk
    answer.signer_name = signer_name.strip() or by.get_full_name()
    answer.signer_position = signer_position.strip() or getattr(by, "position", "")
    answer.save()
    _move(question, "sign")
    deadlines.meet_for(question, on=on, by=by, rule=UNITS_SHARE)
    _note(question, Kind.SIGNED, on, by, is_public=False)
    return answer


@transaction.atomic
def decide_interest(question: Question, *, common: bool, reason: str, by, on: datetime | None = None) -> Question:
    """Decide, with a reason, whether the answer is of common interest: then it must be published."""
    question = _hold("decide_interest", question, by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do: vì sao câu trả lời có (hoặc không có) liên quan chung."})
    question.common_interest, question.common_interest_reason = common, reason.strip()
    question.save(update_fields=["common_interest", "common_interest_reason"])
    _note(question, Kind.INTEREST, on, by, note=reason, is_public=False)
    return question


@transaction.atomic
def reply(question: Question, *, by, on: datetime | None = None) -> Answer:
    """Send the signed answer to the asker, and to the askers of what was merged; the clocks are met.

    Raises Refused until it is decided whether the answer is of common interest.
    """
    question = _hold("reply", question, by)
    if question.common_interest is None:
        raise Refused("Hãy xác định câu hỏi có liên quan chung hay không trước khi gửi trả lời (Điều 10.1.d).")
    moment = on or timezone.now()
    answer = _answer(question)
    answer.state, answer.sent_at = Answer.State.SENT, moment
    answer.save(update_fields=["state", "sent_at"])
    question.state, question.replied_at, question.waiting_since = State.REPLIED, moment, None
    question.save(update_fields=["state", "replied_at", "waiting_since"])
    deadlines.meet_for(question, on=moment, by=by)
    _note(question, Kind.REPLIED, moment, by, unit=answer.unit)
    notices.send_answer(question, answer)
    for duplicate in question.duplicates.select_for_update(of=("self",)).filter(state=State.MERGED, replied_at=None):
        duplicate.replied_at = moment
        duplicate.closed_at = moment
        duplicate.save(update_fields=["replied_at", "closed_at"])
        deadlines.meet_for(duplicate, on=moment, by=by)
        _set_purge_day(duplicate, moment)
        _note(duplicate, Kind.REPLIED, moment, by, unit=answer.unit)
        notices.send_answer(duplicate, answer)
    return answer


def answer_of(question: Question) -> Answer | None:
    """Return the answer that was sent last to the asker of a question, or of the one it was merged into."""
    source = question.merged_into or question
    return source.answers.filter(state=Answer.State.SENT).order_by("-round").first()


# --- 7. Afterwards ---------------------------------------------------------------------------------


@transaction.atomic
def close(question: Question, *, by, on: datetime | None = None) -> Question:
    """End an answered question without a page; refused for one of common interest, which must be published."""
    question = _hold("close", question, by)
    if question.common_interest:
        raise Refused("Câu hỏi có liên quan chung nên phải đăng công khai (Điều 10.1.d); hãy soạn trang công khai.")
    if question.page_id is not None:
        raise Refused("Đã soạn trang công khai cho câu hỏi này; hãy xóa bản nháp đó trước khi kết thúc.")
    _move(question, "close")
    _end(question, on)
    _note(question, Kind.CLOSED, on, by)
    return question


@transaction.atomic
def rate(question: Question, *, satisfaction: int, on: datetime | None = None) -> Question:
    """Take the asker's opinion of the answer, once an answer was sent; he may change it until it is reopened."""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if satisfaction not in Question.Satisfaction.values:
        raise ValidationError({"satisfaction": "Hãy chọn một trong ba mức hài lòng."})
    if answer_of(question) is None:
        raise Refused("Chỉ đánh giá được sau khi câu hỏi đã được trả lời.")
    question.satisfaction, question.satisfaction_at = satisfaction, on or timezone.now()
    question.save(update_fields=["satisfaction", "satisfaction_at"])
    _note(question, Kind.RATED, on, None)
    return question


@transaction.atomic
def reopen(question: Question, *, reason: str, by=None, on: datetime | None = None) -> Question:
    """Look at an answered question again, in a new round with clocks of its own; the sent answer stays.

    `by` None: the asker himself, by the tracking page, who said that he was not satisfied and came within
    `REOPEN_DAYS`. Raises Refused when he did not, ValidationError without a reason.
    """
    moment = on or timezone.now()
    if by is None:
        question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        demand("reopen", question)
        if question.satisfaction != Question.Satisfaction.NOT:
            raise Refused("Chỉ câu trả lời bị đánh giá «Chưa hài lòng» mới được đề nghị xem xét lại.")
        if question.replied_at and moment > question.replied_at + timedelta(days=REOPEN_DAYS):
            raise Refused(f"Đã quá {REOPEN_DAYS} ngày từ khi trả lời; hãy gửi câu hỏi mới.")
    else:
        question = _hold("reopen", question, by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi vì sao cần xem xét lại câu trả lời."})
    question.round += 1
    was_out_of_scope = question.state == State.OUT_OF_SCOPE
    question.state = State.RECEIVED if was_out_of_scope or question.unit is None else State.ASSIGNED
    question.in_scope = None if was_out_of_scope else question.in_scope
    question.replied_at = question.closed_at = question.satisfaction = question.satisfaction_at = None
    question.claimed_by = question.claimed_at = None
    if question.unit is not None:
        question.unit = unit_that_acts(question.unit, moment)
    question.owner_site = site_that_acts(question.owner_site)
    question.save()
    # What the asker adds from now on has a term of its own.
    QuestionContact.objects.filter(question=question).update(purge_on=None, purged_at=None)
    unit = question.unit or question.owner_site.unit
    deadlines.start(question, ANSWER, on=moment, by=by, site=question.owner_site, unit=unit, title=str(question))
    if question.state == State.ASSIGNED:
        _start_units_clock(question, moment, by)
    # What the asker wrote stands on the question, not in an event.
    if by is None:
        day = timezone.localtime(moment, deadlines.VIETNAM)
        question.text = f"{question.text}\n\n[Đề nghị xem xét lại ngày {day:%d/%m/%Y}]\n{written.nfc(reason).strip()}"
        question.save(update_fields=["text"])
    _note(question, Kind.REOPENED, moment, by, note=reason.strip() if by is not None else "")
    notices.tell_unit(question)
    return question


# --- What the verbs share --------------------------------------------------------------------------


def may_do(step: str, user, question: Question) -> bool:
    """Tell whether a person has the right to a step, wherever the question stands."""
    return may(user, STEPS[step].capability, question.owner_site)


def _hold(step: str, question: Question, by) -> Question:
    """Lock the question; raise Refused without the right or when it stands elsewhere."""
    held = (
        Question.objects.select_for_update(of=("self",))
        .select_related("owner_site__unit", "unit", "topic", "claimed_by")
        .get(pk=question.pk)
    )
    if not may_do(step, by, held):
        raise Refused(f"Bạn không có quyền {STEPS[step].label} đối với câu hỏi này.")
    demand(step, held)
    return held


def _move(question: Question, step: str) -> None:
    question.state = STEPS[step].target
    question.save(update_fields=["state"])


def _end(question: Question, on) -> None:
    moment = on or timezone.now()
    question.closed_at = moment
    question.save()
    _set_purge_day(question, moment)


def _set_purge_day(question: Question, moment: datetime) -> None:
    """Give the contact the day of its purge: after the term, at once for whoever withdrew his consent on the way."""
    day = deadlines.local_date(moment)
    contact = QuestionContact.objects.filter(question=question, purged_at=None)
    contact.filter(withdrawn_at=None).update(purge_on=day + timedelta(days=CONTACT_DAYS))
    contact.exclude(withdrawn_at=None).update(purge_on=day)


def _answer(question: Question) -> Answer:
    answer = question.answers.select_for_update(of=("self",)).filter(round=question.round).first()
    if answer is None:
        raise Refused("Chưa có câu trả lời nào được soạn cho câu hỏi này.")
    return answer


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do."})


def _note(
    question: Question, kind: str, on, by, *, public_text: str = "", note: str = "", unit=None, is_public: bool = True,
    data: dict | None = None,
) -> QuestionEvent:  # fmt: skip
    """Write the event of a step and its line in the log."""
    event = QuestionEvent.objects.create(
        question=question, kind=kind, at=on or timezone.now(), by_id=by.pk if by is not None else None,
        by_name=person_text(by) if by is not None else "", unit=unit or question.unit, public_text=public_text.strip(),
        note=note.strip(), is_public=is_public,
    )  # fmt: skip
    log(instance=question, action=f"portal.question.{kind}", user=by, data=data or {})
    return event
