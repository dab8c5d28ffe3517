"""Where to report a weakness: security.txt (RFC 9116) and the policy it names."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Site

from ..models import PortalSite
from .frame import build_frame
from .page_cache import mark_public

# Said anew every month, so that the date given is never past and never a year away.
VALID_MONTHS = 6
SHOWN_SECONDS = 3600


@require_safe
def security_txt(request):
    """Answer "/.well-known/security.txt": contact, policy, languages, and until when this holds."""
    lines = [
        f"Contact: {contact()}",
        f"Expires: {expires(timezone.now()):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: vi, en",
        f"Canonical: {settings.WAGTAILADMIN_BASE_URL}{reverse('security_txt')}",
        f"Policy: {settings.WAGTAILADMIN_BASE_URL}{reverse('security_policy')}",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    return mark_public(response, _sites(request), max_age=SHOWN_SECONDS)


@require_safe
def policy(request):
    """Answer the policy: how to report a weakness, what happens then, what is asked of the reporter."""
    frame = build_frame(None, request, title=_("Báo cáo lỗ hổng bảo mật"))
    contact_address = contact()
    context = {
        "frame": frame,
        "contact": contact_address,
        "contact_label": contact_address.removeprefix("mailto:").removeprefix("tel:"),
    }
    response = render(request, "base/security_policy.html", context)
    return mark_public(response, _sites(request), turns=frame.turns)


def contact() -> str:
    """Return the contact as an address (URI): the one in the settings, else the e-mail of the city's unit."""
    if settings.PORTAL_SECURITY_CONTACT:
        given = settings.PORTAL_SECURITY_CONTACT
    else:
        city = PortalSite.objects.filter(kind=PortalSite.Kind.CITY).select_related("unit").first()
        given = city.unit.email if city is not None else ""
    if not given:
        return settings.WAGTAILADMIN_BASE_URL + "/"
    return given if ":" in given else f"mailto:{given}"


def expires(now: datetime) -> datetime:
    """Return the first moment (UTC) of the month that is VALID_MONTHS after the month of `now`."""
    month = now.astimezone(UTC).month - 1 + VALID_MONTHS
    return datetime(now.astimezone(UTC).year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _sites(request) -> list[int]:
    """The sites whose frame or contact is shown: the host's own and the city's."""
    site = PortalSite.objects.filter(wagtail_site=Site.find_for_request(request)).first()
    return [pk for pk in (site.pk, site.parent_id) if pk] if site is not None else []
