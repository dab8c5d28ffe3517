"""What citizens may do with their own data (`/hoi-dap/du-lieu-ca-nhan/`).

`answer` takes number and secret of what a citizen has sent, by POST, with the guards of the tracking page: neither is
in an address, a cookie or a log, and a wrong number and a wrong secret are answered alike. Citizens see the requests
they have made, make another one, or fetch the copy that was granted. A filled form is theirs alone,
so they see, copy and erase it at once (`own_forms.py`).
"""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.admin.action_views import add_errors
from base.audit.trail import record
from base.gate import Refused
from base.operations import idempotency
from base.public.navigation import own_following_url
from base.public.routed import answer_private
from base.public.waits import slowed
from base.request_facts import client_address
from base.tables.csv import download
from faq import terms
from faq.asking import guessing
from faq.asking.forms import errors_of
from faq.filling import receiving
from faq.models import FilledForm
from faq.public.policy import policy_url
from workflows import deadlines

from . import data_requests, own_forms
from .forms import OwnDataForm
from .models import DataSubjectRequest

PLACE = "du-lieu-ca-nhan"
Kind = DataSubjectRequest.Kind


def answer(page, request):
    """Answer the page: the form, or for those who showed number and secret their requests or the copy of their data."""
    if request.method != "POST":
        return _draw(page, request, {"form": OwnDataForm()})
    now, form = timezone.now(), OwnDataForm(request.POST)
    if not form.is_valid():
        return _draw(page, request, {"form": form, "errors": errors_of(form)})
    number, secret = form.cleaned_data["number"], form.cleaned_data["secret"]
    try:
        found = guessing.look_up(_find, number, secret, address=client_address(request), what="dữ liệu cá nhân", on=now)
    except guessing.TooManyGuesses as error:
        return slowed(_draw(page, request, {"form": form, "errors": [("", error.message)]}), error.seconds)
    if found is None:
        wrong = _("Số hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai.")
        return _draw(page, request, {"form": form, "errors": [("tra-number", wrong)]})
    step = request.POST.get("step", "")
    if isinstance(found, FilledForm):
        return _answer_form(page, request, form, found, step)
    if step == "copy":
        return _copy(page, request, form, found)
    if step == "send":
        return _send(page, request, form, found, now)
    return _show(page, request, form, found)


def _find(number: str, secret: str):
    return data_requests.find(number, secret) or receiving.find(number, secret)


# --- Steps ------------------------------------------------------------------------------------------


def _answer_form(page, request, form, found: FilledForm, step: str):
    """Show a filled form, give a copy of it, or erase it: a wish to delete or to withdraw consent is done at once."""
    if step == "copy":
        return own_forms.copy(found)
    done, wishes = "", step == "send" and form.cleaned_data["kind"] in own_forms.ENDING
    if step == "erase" or wishes:
        found = receiving.erase(found)
        done = _("Đã xóa những gì ông/bà ghi trong biểu mẫu này.")
    context = {"form": form, "filled": found, "rows": found.rows(), "done": done}
    return _draw(page, request, context, "personaldata/own_form_shown.html")


def _send(page, request, form, found, now):
    data = form.cleaned_data
    contact = {name: data[name] for name in data_requests.CONTACT} if data["kind"] == Kind.CORRECT else {}

    def receive() -> str:
        return data_requests.receive(
            found, kind=data["kind"], details=data["details"], contact=contact, language_code=get_language(), on=now
        ).number

    try:
        outcome = idempotency.once(
            request, f"personaldata.own_data {found._meta.label} {found.pk}", receive, but=("step",)
        )
    except ValidationError as error:
        add_errors(form, error)
        return _draw(page, request, {"form": form, "errors": errors_of(form)})
    except Refused as error:
        return _draw(page, request, {"form": form, "errors": [("", str(error))]})
    found.refresh_from_db()
    done = _("Đã tiếp nhận yêu cầu %(number)s.") % {"number": outcome.text}
    return _show(page, request, form, found, done)


def _show(page, request, form, found, done: str = ""):
    rows = []
    for asked in data_requests.requests_of(found):
        deadline = data_requests.deadline_of(asked)
        rows.append(
            {
                "request": asked,
                "due": deadline.last_day if deadline and asked.decided_at is None else None,
                "explained": deadlines.explain(deadline) if deadline and asked.decided_at is None else "",
                "may_fetch": data_requests.may_fetch_copy(asked),
            }
        )
    contact = found.contact
    context = {
        "form": form,
        "record": found,
        "rows": rows,
        "done": done,
        "contact": contact,
        "holds": [label for name, label in data_requests.LABELS.items() if getattr(contact, name)],
        "contact_days": terms.CONTACT_DAYS,
    }
    return _draw(page, request, context, "personaldata/own_data_shown.html")


def _copy(page, request, form, found) -> HttpResponse:
    if not any(data_requests.may_fetch_copy(asked) for asked in data_requests.requests_of(found)):
        return _draw(page, request, {"form": form, "errors": [("", _("Chưa có bản sao nào được chấp nhận."))]})
    record("personal_data.read", actor_name="người có số và mã tra cứu", obj=found, detail={"what": "bản sao của mình"})
    name = f"du-lieu-{found.number.lower()}.txt"
    return download(data_requests.copy_of(found).encode("utf-8-sig"), name, "text/plain; charset=utf-8")


def _draw(page, request, context: dict, template: str = "personaldata/own_data.html"):
    context = page.get_context(request) | {
        "submission_field": idempotency.FIELD,
        "submission_key": idempotency.new_key(),
        "policy_url": policy_url(page, request),
        "following_url": own_following_url(),
        **context,
    }
    return answer_private(page, request, template, context, _("Dữ liệu cá nhân của tôi"))
