"""Reporting that something on a page is wrong (`/hoi-dap/bao-loi/`), and what came of it.

`answer` draws the form for the page that the link of its foot names (`?trang=`), takes the report with the guards of
the question form (key, stamp and proof, trap, limits), and shows number and secret once. The outcome is read by number
and secret, by POST.
"""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.admin.action_views import add_errors
from base.operations import idempotency, proof
from base.public.routed import answer_private
from base.public.waits import seconds_of, slowed
from base.request_facts import client_address
from faq import consents, terms
from faq.asking import guessing, limits
from faq.asking.forms import errors_of
from faq.asking.steps import STEP
from faq.public import policy
from faq.submission import Contact
from workflows import deadlines

from . import complaints
from .complaints import Kind, Reported
from .forms import ComplaintForm, FollowForm
from .models import CorrectionComplaint

PLACE = "bao-loi"
ADDRESS = "trang"
# Who asks for another format of a page comes with this.
KIND, FORMAT = "loai", "dinh-dang"
MARKS = (proof.STAMP, proof.PROOF, proof.TURN, STEP)


def answer(page, request):
    """Answer the form, its receipt, or the outcome of a report."""
    now = timezone.now()
    if request.method != "POST":
        reported = complaints.page_at(request.GET.get(ADDRESS, ""), request)
        kind = Kind.FORMAT if request.GET.get(KIND) == FORMAT else Kind.ERROR
        form = ComplaintForm(initial={"page": reported.address if reported else "", "kind": kind})
        return _draw(page, request, now, {"form": form, "reported": reported})
    if request.POST.get(STEP) == "follow":
        return _follow(page, request, now)
    form = ComplaintForm(request.POST)
    reported = complaints.page_at(request.POST.get("page", ""), request)
    if form.is_valid() and reported is None:
        form.add_error("page", _("Không tìm thấy trang này trên cổng; hãy chép lại địa chỉ từ trình duyệt."))
    if not form.is_valid():
        return _draw(page, request, now, {"form": form, "reported": reported, "errors": errors_of(form)})
    return _send(page, request, form, reported, now)


def _send(page, request, form, reported: Reported, now):
    data, over = form.cleaned_data, None

    def receive() -> str:
        nonlocal over
        who = {"address": client_address(request), "mail": data["email"], "phone": data["phone"]}
        over = limits.refusal(mail=who["mail"], phone=who["phone"], unit=page.portal_site.unit, on=now)
        over = over or limits.work_wanted(request.POST, address=who["address"], on=now)
        if over is not None:
            raise ValidationError(over.message)
        contact = Contact(
            name=data["name"],
            email=data["email"],
            phone=data["phone"],
            consent_text=consents.words(page.portal_site, get_language(), now) if data["consent"] else "",
            consent_source=f"biểu mẫu báo lỗi ({get_language()})",
        )
        made = complaints.receive(
            reported,
            text=data["text"],
            kind=data["kind"],
            contact=contact,
            language_code=get_language(),
            on=now,
            is_suspect=limits.is_suspect(request.POST, **who, on=now),
        )
        return made.number

    try:
        outcome = idempotency.once(request, "faq.complaint", receive, but=MARKS)
    except ValidationError as error:
        add_errors(form, error)
        context = {"form": form, "reported": reported, "errors": errors_of(form)}
        seconds = seconds_of(over.wait) if over is not None else 0
        context |= {"press_again": seconds, "sends_again": over is not None and over.wait is None}
        if over is not None and over.turn:
            context["turn"] = over.turn
            limits.note_refused(over.turn, client_address(request))
        return slowed(_draw(page, request, now, context), seconds)
    complaint = CorrectionComplaint.objects.get(number=outcome.text)
    return _shown(page, request, now, complaint, is_receipt=True)


# --- The outcome ------------------------------------------------------------------------------------


def _follow(page, request, now):
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _draw(page, request, now, {"follow": form, "errors": errors_of(form)})
    try:
        complaint = guessing.look_up(
            complaints.find, **form.cleaned_data, address=client_address(request), what="phản ánh", on=now
        )
    except guessing.TooManyGuesses as error:
        return slowed(_draw(page, request, now, {"follow": form, "errors": [("", error.message)]}), error.seconds)
    if complaint is None:
        wrong = _("Số phản ánh hoặc mã tra cứu không đúng; xin xem lại và nhập lại cả hai.")
        return _draw(page, request, now, {"follow": form, "errors": [("xem-number", wrong)]})
    return _shown(page, request, now, complaint)


def _shown(page, request, now, complaint: CorrectionComplaint, *, is_receipt: bool = False):
    deadline, outcome = complaints.deadline_of(complaint), complaints.outcome_of(complaint)
    context = {
        "complaint": complaint,
        "outcome": outcome,
        "is_receipt": is_receipt,
        "due": deadline.last_day if deadline and complaint.decided_at is None else None,
        "explained": deadlines.explain(deadline) if deadline and complaint.decided_at is None else "",
    }
    return _draw(page, request, now, context, "personaldata/complaint_shown.html")


def _draw(page, request, now, context: dict, template: str = "personaldata/complaint.html"):
    context = {
        "follow": FollowForm(),
        "form": ComplaintForm(),
        "reported": None,
        "consent_words": consents.words(page.portal_site, get_language(), now),
        "contact_days": terms.CONTACT_DAYS,
        "policy_url": policy.policy_url(page, request),
        "submission_field": idempotency.FIELD,
        "submission_key": idempotency.key_of(request) or idempotency.new_key(),
        **proof.marks(request.POST, now, limits.bits_for(client_address(request), now)),
        **context,
    }
    is_for_format = context["form"].is_for_format or getattr(context.get("complaint"), "is_for_format", False)
    title = _("Yêu cầu định dạng khác") if is_for_format else _("Báo lỗi, đề nghị đính chính")
    context |= {"heading": title, "is_for_format": is_for_format}
    return answer_private(page, request, template, page.get_context(request) | context, title)
