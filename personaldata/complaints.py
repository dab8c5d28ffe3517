"""A reader reports that public information is wrong (Luật Tiếp cận thông tin 104/2016/QH13 Điều 22, DL-ERR).

1. `receive`: which page, what is wrong, with or without a contact; number and secret; the deadline of 15 days, and
   fewer working days for the unit that answers for the page, whose people have it on their first screen. The same
   report of the same page again is merged into the first one. Who cannot read a page asks for another format in the
   same way.
2. `merge`, `mark_spam`: what is no matter of its own.
3. `answer`: corrected, or right as it stands. Corrected is only what was corrected: the page has been published anew,
   or taken down, since the report came. The deadlines of all who reported it are met, each of them is told.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Site

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, WRITE, may
from accounts.unit_roles import may_for_unit, units_for
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite
from base.operations.log_names import person_text
from base.operations.notices import notify
from base.sites import site_of
from faq import numbering, submission, terms
from faq.handling import succession
from faq.office import inbox
from faq.submission import Contact
from vietnam import text as written
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import Deadline

from .models import ComplaintContact, CorrectionComplaint

RULE, UNIT_RULE, FORMAT_RULE = "DL-ERR", "DL-ERR-UNIT", "DL-FORMAT"
SHORTEST_TEXT, LONGEST_TEXT, LONGEST_ADDRESS = 10, 5_000, 500
Status, Kind = CorrectionComplaint.State, CorrectionComplaint.Kind


@dataclass(frozen=True)
class Reported:
    """A page as its reporter names it: whose it is, its address without host, its name."""

    page: Page
    site: PortalSite
    address: str
    title: str


# --- 1. Receiving -----------------------------------------------------------------------------------


def page_at(address: str, request) -> Reported | None:
    """Return the public page at an address of this portal, with or without host; None when there is none."""
    address = address.strip()
    # A backslash, like a second slash, would make another host of what is shown as a link.
    if not address or len(address) > LONGEST_ADDRESS or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    path = "/" + parts.path.lstrip("/")
    site = Site.find_for_request(request)
    if parts.hostname:
        site = Site.objects.filter(hostname=parts.hostname).select_related("root_page").first()
    if site is None:
        return None
    root = site.root_page.localized if not path.startswith("/en/") else _english(site.root_page)
    pieces = [piece for piece in path.removeprefix("/en").split("/") if piece]
    page = _deepest(root, pieces)
    owner = site_of(page) if page is not None else None
    return Reported(page, owner, path[:LONGEST_ADDRESS], page.title) if owner is not None else None


def _english(root: Page) -> Page | None:
    return root.get_translations().filter(locale__language_code="en").first()


def _deepest(page: Page | None, pieces: list[str]) -> Page | None:
    """Follow the names in an address down the tree; what a page answers below itself is a report of that page."""
    while page is not None and pieces:
        child = page.get_children().live().filter(slug=pieces[0]).first()
        if child is None:
            break
        page, pieces = child, pieces[1:]
    return page if page is not None and page.live else None


@transaction.atomic
def receive(
    reported: Reported,
    *,
    text: str,
    kind: str = Kind.ERROR,
    contact: Contact | None = None,
    language_code: str = "vi",
    is_suspect: bool = False,
    on: datetime | None = None,
) -> CorrectionComplaint:
    """Take a report in; return it, merged when the same was reported of the page already.

    A contact is not asked for; one that is given takes consent. Raises ValidationError (field → messages).
    """
    moment = on or timezone.now()
    text, contact = written.nfc(text).strip(), contact or Contact()
    _demand_complaint(text, contact, kind)
    site = succession.site_that_acts(reported.site)
    unit = _unit_of(reported, site, moment)
    number, year = numbering.next_number(numbering.Series.COMPLAINT, moment)
    digest = submission.text_digest(text)
    alike = CorrectionComplaint.objects.open().filter(page=reported.page, text_digest=digest, kind=kind)
    earlier = alike.first()
    complaint = CorrectionComplaint.objects.create(
        kind=kind,
        number=number,
        year=year,
        secret=numbering.new_secret(),
        owner_site=site,
        unit=unit,
        language_code=language_code,
        page=reported.page,
        address=reported.address,
        page_title=reported.title[:255],
        text=text,
        text_digest=digest,
        received_at=moment,
        is_suspect=is_suspect,
        merged_into=earlier,
        state=Status.MERGED if earlier else Status.RECEIVED,
    )
    gave = any((contact.name, contact.email, contact.phone, contact.address))
    ComplaintContact.objects.create(
        complaint=complaint,
        name=contact.name.strip(),
        email=contact.email.strip(),
        phone=contact.phone.strip(),
        address=contact.address.strip(),
        consent_text=contact.consent_text if gave else "",
        consent_source=contact.consent_source if gave else "",
        consented_at=moment if gave else None,
    )
    for rule in (FORMAT_RULE,) if kind == Kind.FORMAT else (RULE, UNIT_RULE):
        deadlines.start(complaint, rule, on=moment, site=site, unit=unit, title=str(complaint))
    log(instance=complaint, action="portal.complaint.received", data={"page": reported.page.pk})
    return complaint


def find(number: str, secret: str) -> CorrectionComplaint | None:
    """Return the complaint of a number and its secret; None alike for each that is wrong."""
    found = CorrectionComplaint.objects.select_related("owner_site", "merged_into")
    return numbering.opens(found, number, secret)


def outcome_of(complaint: CorrectionComplaint) -> CorrectionComplaint:
    """Return the complaint whose answer a sender reads: their own, or the one it was merged into."""
    return complaint.merged_into or complaint


def deadline_of(complaint: CorrectionComplaint) -> Deadline | None:
    """Return the deadline of a complaint that its sender is told, running or met."""
    rule = FORMAT_RULE if complaint.is_for_format else RULE
    found = Deadline.objects.for_subject(complaint).filter(rule__code=rule)
    return found.select_related("rule").order_by("-pk").first()


def unit_deadline_of(complaint: CorrectionComplaint) -> Deadline | None:
    """Return the deadline of the unit, before that of the law; None for a request of another format."""
    found = Deadline.objects.for_subject(complaint).filter(rule__code=UNIT_RULE)
    return found.select_related("rule").order_by("-pk").first()


def _unit_of(reported: Reported, site: PortalSite, moment: datetime) -> OrganisationUnit:
    """The unit that answers for the page now, else that of its site."""
    unit = getattr(reported.page.specific, "responsible_unit", None)
    return succession.unit_that_acts(unit, moment) if unit is not None and site == reported.site else site.unit


def _demand_complaint(text: str, contact: Contact, kind: str) -> None:
    wrong = {}
    if len(text) < SHORTEST_TEXT:
        message = (
            _("Hãy ghi rõ cần định dạng nào và dùng để làm gì (ít nhất %(least)s ký tự).")
            if kind == Kind.FORMAT
            else _("Hãy ghi rõ chỗ nào sai và thông tin đúng là gì (ít nhất %(least)s ký tự).")
        )
        wrong["text"] = message % {"least": SHORTEST_TEXT}
    elif len(text) > LONGEST_TEXT:
        wrong["text"] = _("Nội dung dài %(length)s ký tự; tối đa %(most)s. Hãy rút gọn.") % {
            "length": len(text),
            "most": LONGEST_TEXT,
        }
    if any((contact.name, contact.email, contact.phone, contact.address)) and not contact.consent_text:
        wrong["consent"] = _("Hãy đánh dấu đồng ý cho dùng thông tin liên hệ, hoặc bỏ trống các ô liên hệ.")
    if wrong:
        raise ValidationError(wrong)


# --- Who handles it ---------------------------------------------------------------------------------


def may_handle(user, complaint: CorrectionComplaint) -> bool:
    """Tell whether a user may handle a report: who writes on its site or handles what citizens send there, or is of its
    unit."""
    of_site = any(may(user, capability, complaint.owner_site) for capability in (WRITE, HANDLE_QUESTIONS))
    return of_site or may_for_unit(user, ANSWER_QUESTIONS, complaint.unit_id)


def visible_to(user) -> QuerySet:
    """Return the reports that a user may handle; the board and its standing office have those of all sites."""
    sites = inbox.sites_for(user, WRITE, HANDLE_QUESTIONS)
    return CorrectionComplaint.objects.filter(Q(owner_site__in=sites) | Q(unit__in=units_for(user, ANSWER_QUESTIONS)))


# --- 2. What is no matter of its own ----------------------------------------------------------------


@transaction.atomic
def merge(complaint: CorrectionComplaint, into: CorrectionComplaint, *, by, on=None) -> CorrectionComplaint:
    """Answer a report together with another one of the same site and kind; its deadline runs on until then."""
    complaint = _hold(complaint, by)
    into = CorrectionComplaint.objects.select_for_update(of=("self",)).get(pk=into.pk)
    is_alike = (into.owner_site_id, into.kind) == (complaint.owner_site_id, complaint.kind)
    if into.pk == complaint.pk or into.state != Status.RECEIVED or not is_alike:
        raise Refused("Chỉ gộp vào một phản ánh khác của cùng trang đang được xem xét.")
    complaint.state, complaint.merged_into = Status.MERGED, into
    complaint.save(update_fields=["state", "merged_into"])
    complaint.repeats.update(merged_into=into)
    log(instance=complaint, action="portal.complaint.merged", user=by, data={"into": into.pk})
    return complaint


@transaction.atomic
def mark_spam(complaint: CorrectionComplaint, *, reason: str, by, on: datetime | None = None) -> CorrectionComplaint:
    """Put aside what reports nothing; the deadline is cancelled, the row and its number stay."""
    complaint = _hold(complaint, by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do."})
    moment = on or timezone.now()
    _end(complaint, Status.SPAM, "", by, moment)
    deadlines.cancel_for(complaint, reason=f"không phải phản ánh: {reason.strip()}", on=moment, by=by)
    log(instance=complaint, action="portal.complaint.spam", user=by)
    return complaint


# --- 3. Answering -----------------------------------------------------------------------------------


def is_corrected(complaint: CorrectionComplaint) -> bool:
    """Tell whether the page has been published anew, taken down or moved away since the report came."""
    page = complaint.page
    if page is None or not page.live:
        return True
    return page.last_published_at is not None and page.last_published_at > complaint.received_at


@transaction.atomic
def answer(
    complaint: CorrectionComplaint, *, corrected: bool, reply: str, by, on: datetime | None = None
) -> CorrectionComplaint:
    """Answer a report and those merged into it; the deadlines are met.

    Raises Refused without the right, when it is answered, and when something is said to be corrected that is not;
    ValidationError without a reply.
    """
    complaint = _hold(complaint, by)
    if not reply.strip():
        raise ValidationError({"reply": "Hãy ghi kết quả xem xét; người phản ánh sẽ đọc được."})
    if corrected and not complaint.is_for_format and not is_corrected(complaint):
        raise Refused(
            "Trang bị phản ánh chưa được sửa: hãy sửa, gửi duyệt và đăng bản sửa (hoặc gỡ trang), rồi trả lời «đã đính "
            "chính»."
        )
    moment = on or timezone.now()
    state, reply = Status.CORRECTED if corrected else Status.RIGHT, written.nfc(reply).strip()
    _end(complaint, state, reply, by, moment)
    repeats = list(complaint.repeats.select_for_update(of=("self",)).filter(decided_at=None))
    for repeat in repeats:
        _end(repeat, Status.MERGED, "", by, moment)
    for answered in (complaint, *repeats):
        deadlines.meet_for(answered, on=moment, by=by)
        log(instance=answered, action="portal.complaint.answered", user=by, data={"corrected": corrected})
        _tell(answered, complaint)
    return complaint


def _hold(complaint: CorrectionComplaint, by) -> CorrectionComplaint:
    rows = CorrectionComplaint.objects.select_for_update(of=("self",)).select_related("owner_site", "page")
    held = rows.get(pk=complaint.pk)
    if not may_handle(by, held):
        raise Refused("Bạn không có quyền xử lý phản ánh này.")
    if held.state != Status.RECEIVED:
        raise Refused(f"{held} đã xong («{held.get_state_display()}»).")
    return held


def _end(complaint: CorrectionComplaint, state: str, reply: str, by, moment: datetime) -> None:
    complaint.state, complaint.reply, complaint.decided_at = state, reply, moment
    complaint.decided_by_name = person_text(by)
    complaint.save(update_fields=["state", "reply", "decided_at", "decided_by_name"])
    contact = ComplaintContact.objects.filter(complaint=complaint, purged_at=None)
    contact.update(purge_on=terms.purge_day(moment))


def _tell(complaint: CorrectionComplaint, answered: CorrectionComplaint) -> None:
    if not complaint.contact.purged_at:
        day = format_short(deadlines.local_date(complaint.received_at))
        context = {"complaint": complaint, "answered": answered, "day": day}
        notify(complaint.contact, "complaint_answered", context, language=complaint.language_code)
