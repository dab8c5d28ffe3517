"""A ward in short, for the front page of readers who have chosen it: a part of a page, the same for all.

Only the browser knows who chose what (decision 0090). It asks for this part (`/cua-toi/<tên trang>/`), which lies in
the page cache under the generations of the ward and the city: whatever is published or taken down there changes it too.
"""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail.models import Page

from base.models import PortalSite
from base.public.index.addresses import Addresses
from base.public.look import alerts
from base.public.navigation import CHOICES_ADDRESS, name_of
from base.public.page_cache import mark_public
from base.public.site_cache import WITH_SITE
from base.sites import following

from . import front_lists

TEMPLATE = "home/ward_digest.html"
# What people come to their ward for, by the name of the section in every language (`navigation.name_of`).
WAYS = ("dich-vu-cong", "hoi-dap", "van-ban", "lien-he-can-bo")


def respond(home, request, slug: str) -> HttpResponse:
    """Answer the ward of this name, or lead to the one that followed it; raises Http404 where there is none.

    `home`: the city's front page, whose language is that of the answer.
    """
    site = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, slug=slug).select_related(*WITH_SITE).first()
    if site is None:
        raise Http404
    if site.state != PortalSite.State.OPEN:
        successor = following(site)
        if successor is None or successor.is_city:
            raise Http404
        return HttpResponseRedirect(f"{home.get_url(request)}{CHOICES_ADDRESS}/{successor.slug}/")
    context, turns = _context(home, site, request)
    response = HttpResponse(render_to_string(TEMPLATE, context, request))
    response.headers["X-Robots-Tag"] = "noindex"
    return mark_public(response, [home.portal_site, site], turns=turns)


def _context(home, site: PortalSite, request) -> tuple[dict, list]:
    """What the template shows, and the moments at which that changes by itself."""
    language, addresses = home.locale.language_code, Addresses(request)
    homes = Page.objects.filter(translation_key=site.home_key, live=True).select_related("locale")
    by_language = {page.locale.language_code: page for page in homes}
    ward = by_language.get(language) or next(iter(by_language.values()), None)
    if ward is None:
        raise Http404
    now = timezone.now()
    found, turns = alerts.on_site(site, language, now)
    of_city, _turns = alerts.on_site(home.portal_site, language, now)
    ways = {name_of(page.slug): page for page in ward.get_children().live()}
    context = {
        "site": site,
        "unit": site.unit,
        "name": (language == "en" and site.unit.name_en) or site.unit.name,
        "home_url": addresses.of(ward.url_path),
        # Those of the whole city stand above the page already.
        "alerts": [alert for alert in found if alert not in of_city],
        "ways": [(ways[name].title, addresses.of(ways[name].url_path)) for name in WAYS if name in ways],
        **front_lists.of_ward(site, ward.locale.language_code, request),
    }
    return context, turns
