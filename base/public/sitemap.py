"""What search engines may read: robots.txt and the sitemaps of the site a host stands for.

The city's host lists the city's pages and those of wards without a host of their own; a ward's host lists its
own (every page is in one sitemap, under its canonical address).
"""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from ..models import PortalSite
from .page_cache import mark_public

PAGES_PER_FILE = 5000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@require_safe
def robots(request):
    """Answer robots.txt: everything may be read but the administration, and where the sitemap is."""
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('wagtailadmin_home')}",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    return _cached(response, _site(request))


@require_safe
def index(request):
    """Answer the sitemap of the host, or the list of its parts when it has more than PAGES_PER_FILE pages."""
    site = _site(request)
    count = _pages(site).count()
    if count <= PAGES_PER_FILE:
        return _cached(_urlset(request, site, 1), site)
    parts = range(1, -(-count // PAGES_PER_FILE) + 1)
    entries = [{"loc": request.build_absolute_uri(reverse("sitemap_section", args=[number]))} for number in parts]
    return _cached(_xml("sitemapindex", "sitemap", entries), site)


@require_safe
def section(request, number: int):
    """Answer one part of the sitemap, counted from 1; 404 beyond the last."""
    site = _site(request)
    if number < 1 or _pages(site).count() <= (number - 1) * PAGES_PER_FILE:
        raise Http404
    return _cached(_urlset(request, site, number), site)


def _site(request) -> Site:
    site = Site.find_for_request(request)
    if site is None:
        raise Http404
    return site


def _pages(site: Site):
    """Live pages below the root page of a host, in all languages."""
    roots = [site.root_page, *site.root_page.get_translations().live()]
    trees = Page.objects.none()
    for root in roots:
        trees |= Page.objects.descendant_of(root, inclusive=True)
    return trees.live().public().order_by("path")


def _urlset(request, site: Site, number: int) -> HttpResponse:
    start = (number - 1) * PAGES_PER_FILE
    entries = []
    for page in _pages(site)[start : start + PAGES_PER_FILE].specific():
        # Asked without the request, which would take every page below the city's front page for one of its host: a
        # ward with a host of its own is in that host's sitemap, under its canonical address.
        parts = page.get_url_parts()
        if not parts or parts[0] != site.pk:
            continue
        for entry in page.get_sitemap_urls(request):
            found = {"loc": entry["location"]}
            if entry.get("lastmod"):
                found["lastmod"] = entry["lastmod"].isoformat(timespec="seconds")
            entries.append(found)
    return _xml("urlset", "url", entries)


def _xml(root: str, item: str, entries: list[dict[str, str]]) -> HttpResponse:
    response = HttpResponse(content_type="application/xml; charset=utf-8")
    xml = SimplerXMLGenerator(response, settings.DEFAULT_CHARSET)
    xml.startDocument()
    xml.startElement(root, {"xmlns": NAMESPACE})
    for entry in entries:
        xml.startElement(item, {})
        for name, value in entry.items():
            xml.addQuickElement(name, value)
        xml.endElement(item)
    xml.endElement(root)
    xml.endDocument()
    return response


def _cached(response: HttpResponse, site: Site) -> HttpResponse:
    portal_site = PortalSite.objects.filter(wagtail_site=site).first()
    if portal_site is None:
        return response
    sites = [portal_site.pk]
    if portal_site.is_city:
        sites += PortalSite.objects.filter(parent=portal_site).values_list("pk", flat=True)
    return mark_public(response, sites)
