"""The policy on personal data, in force or by its number (`/hoi-dap/du-lieu-ca-nhan/chinh-sach/`)."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.public.navigation import Link

from .. import consents
from ..models import ConsentText

PLACE = "du-lieu-ca-nhan"
POLICY = "chinh-sach"


def policy(page, request, version: int | None = None):
    """Answer the policy in force, or a confirmed version by its number."""
    present = consents.shown()
    shown = present if version is None else ConsentText.objects.filter(version=version).first()
    if shown is None or shown.confirmed_at is None:
        raise Http404
    is_english = get_language() == "en"
    context = page.get_context(request) | {
        "version": shown,
        "text": shown.policy_en if is_english else shown.policy,
        "is_present": shown.version == present.version,
        "versions": ConsentText.objects.exclude(confirmed_at=None).order_by("-version"),
        "place": f"{page.get_url(request)}{PLACE}/",
    }
    frame = context["frame"]
    frame.title = _("Chính sách bảo vệ dữ liệu cá nhân")
    frame.breadcrumbs.append(Link(page.title, page.get_url(request)))
    frame.canonical_url, frame.is_indexed = "", version is None
    for language in frame.languages:
        if language.is_translation:
            language.url = f"{language.url}{PLACE}/{POLICY}/" + (f"{version}/" if version else "")
    return render(request, "faq/policy.html", context)


def policy_url(page, request) -> str:
    """Return the address of the policy of a site."""
    return f"{page.get_url(request)}{PLACE}/{POLICY}/"
