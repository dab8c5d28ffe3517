"""The pages of following by mail: `/nhan-tin/`, without account or script.

The form and the page after it are the same bytes for all readers and cached: they hold no token of a
session, so what keeps other sites from sending the form is where the browser says that it comes from. The others are
opened by a link from a mail; opening one changes nothing, only pressing its button does, because mail programs open
links. No answer tells whether an address is known.
"""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from base.public.frame import build_frame
from base.public.page_cache import mark_public
from base.request_facts import client_address, demand_own_form
from base.tables.csv import download
from faq.asking.forms import errors_of
from faq.asking.limits import TRAP

from . import addresses, following, managing, retention, subscribing
from .forms import AddressForm, FollowForm
from .models import Subscriber

READING_AND_SENDING = ("GET", "HEAD", "POST")


@csrf_exempt
@require_http_methods(READING_AND_SENDING)
def follow(request):
    """Show what can be followed, or the form for one thing; take the form."""
    given = request.POST if request.method == "POST" else request.GET
    key, words = given.get(following.FOLLOWED, ""), given.get(following.QUERY, "")
    followed = following.find(key, words) if key else None
    if request.method != "POST":
        return _for_all_readers(
            request, _form_page(request, followed, FollowForm(), is_lost=bool(key) and followed is None)
        )
    demand_own_form(request)
    form = FollowForm(request.POST)
    if followed is None or not form.is_valid():
        return _private(_form_page(request, followed, form, is_lost=followed is None))
    if not request.POST.get(TRAP):
        subscribing.ask(
            followed,
            email=form.cleaned_data["email"],
            frequency=form.cleaned_data["frequency"],
            language=get_language(),
            consent_text=consent_words(request),
            network=client_address(request),
        )
    return HttpResponseRedirect(reverse("subscriptions_sent"), status=HTTPStatus.SEE_OTHER)


@require_safe
def sent(request):
    """Say what comes next: the mail and its link; the same for all readers, whatever became of the form."""
    title = _("Xin mở thư để xác nhận")
    context = _context(request, title) | {"days": subscribing.CONFIRM_DAYS, "most": subscribing.OF_BOX.most}
    return _for_all_readers(request, render(request, "subscriptions/sent.html", context))


@csrf_exempt
@require_http_methods(READING_AND_SENDING)
def ask_for_link(request):
    """Mail a person the link to what they follow."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    context = _context(request, _("Mục tôi đang theo dõi")) | {"form": form}
    if request.method != "POST":
        return _for_all_readers(request, render(request, "subscriptions/link.html", context))
    demand_own_form(request)
    if not form.is_valid():
        context["errors"], context["frame"].has_errors = errors_of(form), True
        return _private(render(request, "subscriptions/link.html", context))
    if not request.POST.get(TRAP):
        subscribing.ask_for_link(form.cleaned_data["email"], network=client_address(request))
    return HttpResponseRedirect(f"{reverse('subscriptions_sent')}#lien-ket", status=HTTPStatus.SEE_OTHER)


# --- By the link of a mail -----------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(READING_AND_SENDING)
def confirm(request, token: str):
    """Show what is to be confirmed, with its button; the press makes it count."""
    opened = addresses.opened_by(addresses.CONFIRM, token)
    subscription = opened[0].subscriptions.filter(pk=opened[1], ended_at=None).first() if opened else None
    if subscription is None:
        return _lapsed(request)
    subscriber = opened[0]
    done = request.method == "POST" and subscribing.confirm(subscriber, subscription.pk) is not None
    subscriber.refresh_from_db()
    context = _context(request, _("Đã bắt đầu nhận tin") if done else _("Xác nhận nhận tin"))
    context |= {
        "followed": following.find(subscription.followed, subscription.words),
        "subscriber": subscriber,
        "is_done": done,
        "manage_url": addresses.path(addresses.MANAGE, subscriber),
    }
    return _private(render(request, "subscriptions/confirm.html", context))


@csrf_exempt
@require_http_methods(READING_AND_SENDING)
def manage(request, token: str):
    """Show what a person follows; change how often, leave one or all, fetch the data, erase them."""
    opened = addresses.opened_by(addresses.MANAGE, token)
    if opened is None:
        return _lapsed(request)
    subscriber, done = opened[0], ""
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step == "copy":
            name = f"dang-ky-nhan-tin-{subscriber.pk}.txt"
            return download(managing.copy_of(subscriber).encode("utf-8-sig"), name, "text/plain; charset=utf-8")
        done = _carry_out(subscriber, step, request.POST.get("frequency", ""))
        if done is None:
            return _left(request)
        subscriber.refresh_from_db()
    context = _context(request, _("Mục tôi đang theo dõi")) | {
        "subscriber": subscriber,
        "rows": managing.followed_by(subscriber),
        "frequencies": Subscriber.Frequency.choices,
        "done": done,
        "term": retention.asked_again_on(subscriber),
        "leave_url": addresses.path(addresses.LEAVE, subscriber),
    }
    return _private(render(request, "subscriptions/manage.html", context))


def _carry_out(subscriber: Subscriber, step: str, frequency: str) -> str | None:
    """Carry out one press; return what is said of it, None when the person is gone."""
    if step == "frequency" and frequency in Subscriber.Frequency.values:
        managing.change_frequency(subscriber, frequency)
        return _("Đã đổi nhịp gửi.")
    if step == "leave-all":
        managing.leave_all(subscriber)
        return None
    number = step.removeprefix("leave-")
    if step.startswith("leave-") and number.isascii() and number.isdigit():
        return _("Đã thôi theo dõi mục này.") if managing.leave_one(subscriber, int(number)) else None
    return ""


@csrf_exempt
@require_http_methods(READING_AND_SENDING)
def leave(request, token: str):
    """Stop all mails to a person: by one POST of their mail program (RFC 8058), or by the button of the page."""
    opened = addresses.opened_by(addresses.LEAVE, token)
    if request.method == "POST":
        if opened is not None:
            managing.leave_all(opened[0])
        return _left(request)
    if opened is None:
        return _lapsed(request)
    context = _context(request, _("Thôi nhận tin qua thư")) | {"subscriber": opened[0]}
    return _private(render(request, "subscriptions/leave.html", context))


# --- Drawing ---------------------------------------------------------------------------------------------


def consent_words(request) -> str:
    """Return the sentence that is agreed to, in the language of the page; stored unchanged."""
    site = build_frame(None, request).agency
    return _(
        "Tôi đồng ý để %(unit)s dùng địa chỉ thư này vào việc gửi những tin tôi chọn. Địa chỉ được mã hóa khi lưu, "
        "không dùng vào việc khác, và bị xóa ngay khi tôi thôi nhận tin."
    ) % {"unit": site}


def _form_page(request, followed, form, *, is_lost: bool = False) -> HttpResponse:
    context = _context(request, _("Nhận tin qua thư"))
    frame = context["frame"]
    context |= {
        "followed": followed,
        "is_lost": is_lost,
        "form": form,
        "errors": errors_of(form) if form.is_bound else [],
        "consent_words": consent_words(request),
        "choices": following.choices_on(frame.site) if followed is None and frame.site else [],
        "trap": TRAP,
    }
    frame.has_errors = bool(context["errors"])
    return render(request, "subscriptions/follow.html", context)


def _context(request, title: str) -> dict:
    frame = build_frame(None, request, title=title)
    frame.is_indexed, frame.is_shared = False, False
    return {"frame": frame, "title": title, "link_url": reverse("subscriptions_link")}


def _for_all_readers(request, response: HttpResponse) -> HttpResponse:
    """Let the page cache keep an answer that is the same for all readers, until a site that it names changes."""
    frame = build_frame(None, request)
    sites = [site.pk for site in (frame.site, frame.city) if site is not None]
    key = request.GET.get(following.FOLLOWED, "")
    followed = following.find(key, request.GET.get(following.QUERY, "")) if key else None
    sites += followed.site_ids if followed is not None else ()
    return mark_public(response, sites, params=(following.FOLLOWED, following.QUERY), turns=frame.turns)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _left(request) -> HttpResponse:
    return _private(render(request, "subscriptions/left.html", _context(request, _("Đã thôi nhận tin"))))


def _lapsed(request) -> HttpResponse:
    context = _context(request, _("Liên kết không còn dùng được"))
    return _private(render(request, "subscriptions/lapsed.html", context, status=HTTPStatus.GONE))
