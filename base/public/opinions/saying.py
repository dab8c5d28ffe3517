"""One word of a reader about a page: whether it is useful and, where not, why.

Pages are in the page cache, so their form holds no token of a session; the reader has none. What keeps other sites
from sending it in the reader's name is where the browser says that the form comes from. A visitor says yes or no about
a page once a day, by the digests of `base/public/usage/visitors.py`; who is thanked was counted. The reason follows on
a page of its own, once a day as well; how much one network may write is limited, as each text is kept.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from django import forms
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Page

from vietnam import text as written

from ...models import OpinionReason, PageOpinion
from ...operations.attempts import Attempts
from ...operations.throttle import network_of
from ...request_facts import client_address, demand_own_form
from ...sites import site_of
from ...views import press_again
from ..frame import build_frame
from ..navigation import Link
from ..usage.counting import WORD, usage

ANSWER, PLACE = "huu-ich", "ve"
USEFUL, NOT_USEFUL = "co", "chua"
COLUMNS = {USEFUL: "useful", NOT_USEFUL: "not_useful"}
# What the thanks are told in their address: this visitor had said something today.
ALREADY = "da-co"
LONGEST_TEXT, LONGEST_PLACE = 1000, 300
# Texts of one network; thousands may be behind it, so that is for programs.
TEXTS = Attempts("opinion", most=40, window=timedelta(days=1))
Reason = OpinionReason.Reason


class ReasonForm(forms.Form):
    """Why a page is not useful."""

    reason = forms.ChoiceField(
        label=_("Vì sao trang chưa có ích?"),
        choices=[
            (Reason.WRONG, _("Thông tin sai hoặc đã cũ")),
            (Reason.MISSING, _("Thiếu điều tôi cần")),
            (Reason.UNCLEAR, _("Khó hiểu")),
            (Reason.BROKEN, _("Liên kết, tệp không mở được")),
            (Reason.HARD, _("Khó đọc, khó dùng trên máy của tôi")),
            (Reason.OTHER, _("Lý do khác")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn một lý do."), "invalid_choice": _("Hãy chọn một lý do.")},
    )
    text = forms.CharField(
        label=_("Nói thêm (không bắt buộc)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Không ghi họ tên, số điện thoại, địa chỉ hay thông tin của người khác; cổng không trả lời ở đây."),
    )

    def clean_text(self):
        """Refuse what is too long, with how long it is."""
        text = written.nfc(self.cleaned_data["text"]).strip()
        if len(text) > LONGEST_TEXT:
            message = _("Nội dung dài %(length)s ký tự; tối đa %(most)s. Hãy rút gọn.")
            raise forms.ValidationError(message % {"length": len(text), "most": LONGEST_TEXT})
        return text


# --- 1. Whether it is useful -------------------------------------------------------------------------


@never_cache
@csrf_exempt
@require_POST
def say(request, pk: int):
    """Count what a reader said of a public page; 403 when another site sent the form.

    Leads to thanks, or to where one says why not. A word that makes no sense is not counted and leads back to the page;
    a second one of the same visitor on a day is not counted.
    """
    demand_own_form(request)
    page = _public(pk)
    column = COLUMNS.get(request.POST.get(ANSWER, ""))
    if not column:
        return _led(page.get_url(request) or "/")
    what = f"huu-ich {page.pk}"
    if seconds := usage.vote_wait(request.META, what):
        return press_again(request, seconds)
    with usage.once_today(request.META, what, request.POST.get(WORD, "")) as is_first:
        if is_first:
            count(page, column)
    place = request.POST.get(PLACE, "")[:LONGEST_PLACE]
    if is_first and column == COLUMNS[NOT_USEFUL]:
        return _led(f"{reverse('page_useful_why', args=[page.pk])}?{_query(place)}")
    return _led(f"{reverse('page_useful_thanks', args=[page.pk])}{'' if is_first else f'?{ALREADY}=1'}")


@transaction.atomic
def count(page: Page, column: str) -> None:
    """Add one to today's row of a page: `column` "useful" or "not_useful"."""
    row, _made = PageOpinion.objects.get_or_create(
        page_id=page.pk, day=timezone.localdate(), defaults={"site": site_of(page)}
    )
    PageOpinion.objects.filter(pk=row.pk).update(**{column: F(column) + 1})


@never_cache
@require_safe
def thanks(request, pk: int):
    """Thank, and lead back to the page."""
    page = _public(pk)
    return _drawn(request, page, "base/useful_thanks.html", {"had_answered": ALREADY in request.GET})


# --- 2. Why not ---------------------------------------------------------------------------------------


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def why(request, pk: int):
    """Ask why a page is not useful, and take one reason of a visitor and day; 403 when another site sent the form."""
    page = _public(pk)
    if request.method != "POST":
        return _drawn(request, page, "base/useful_why.html", {"form": ReasonForm(), "place": _place(request.GET)})
    demand_own_form(request)
    what = f"ly-do {page.pk}"
    if seconds := usage.vote_wait(request.META, what):
        return press_again(request, seconds)
    with translation.override(page.locale.language_code):
        form = ReasonForm(request.POST)
        if not form.is_valid():
            context = {"form": form, "place": _place(request.POST), "errors": form.errors}
            return _drawn(request, page, "base/useful_why.html", context)
    now, key = timezone.now(), _key(request)
    counted_already = f"{reverse('page_useful_thanks', args=[page.pk])}?{ALREADY}=1"
    if TEXTS.wait(key, on=now):
        return _led(counted_already)
    with usage.once_today(request.META, what, request.POST.get(WORD, "")) as is_first:
        if not is_first:
            return _led(counted_already)
        TEXTS.add(key, on=now)
        note_reason(page, on=now, place=_place(request.POST), **form.cleaned_data)
    return _led(reverse("page_useful_thanks", args=[page.pk]))


def note_reason(page: Page, *, reason: str, text: str, place: str, on: datetime) -> OpinionReason:
    """Keep why a reader found a page not useful; return it."""
    return OpinionReason.objects.create(
        page_id=page.pk, reason=reason, text=text, has_text=bool(text), place=place, given_at=on
    )


# --- What both share ----------------------------------------------------------------------------------


def _public(pk: int) -> Page:
    page = Page.objects.live().filter(pk=pk).first()
    page = page.specific if page is not None else None
    if page is None or site_of(page) is None or not page.get_url():
        raise Http404
    return page


def _place(typed) -> str:
    """The address that was read, when it is one of this host; "" otherwise."""
    place = typed.get(PLACE, "")[:LONGEST_PLACE]
    is_path = place.startswith("/") and not place.startswith("//") and not set(place) & set("?#\\")
    return place if is_path and place.isprintable() else ""


def _query(place: str) -> str:
    return f"{PLACE}={place}" if place.isascii() and not set(place) & set("&?#% ") else ""


def _key(request) -> str:
    address = client_address(request)
    return salted_hmac("base.opinions", network_of(address) if address else "").hexdigest()[:32]


def _led(address: str):
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _drawn(request, page: Page, template: str, context: dict):
    with translation.override(page.locale.language_code):
        frame = build_frame(page, request)
        frame.breadcrumbs.append(Link(page.title, page.get_url(request) or ""))
        frame.title = _("Ý kiến về trang")
        frame.is_indexed, frame.canonical_url, frame.counted = False, "", None
        frame.alternates, frame.languages, frame.metadata, frame.structured_data = [], [], [], {}
        frame.has_errors = bool(context.get("errors"))
        address = page.get_url(request) or "/"
        frame.report_url = frame.report_url.replace(request.path, context.get("place") or address)
        return render(request, template, {"frame": frame, "subject": page, "back": address, **context})
