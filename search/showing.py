"""What a search found, made ready to show: one page of the list, titles and summaries with the typed words marked."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.public.highlighting import highlight
from base.public.index.addresses import Addresses
from base.public.index.filters import Filter
from base.public.index.items import kind_names, retained_as_text
from base.public.navigation import Link
from base.queries import sql
from base.queries.prepared import Prepared, given_list
from legalref.models import LegalDocument
from legalref.register.addresses import Registers

from .facets import PLACE
from .looking import Looked, Place, open_sites
from .order import CONTACT, DOCUMENT, PAGE, SERVICE, Slot

LONGEST_EXCERPT = 320


@dataclass(frozen=True)
class Hit:
    """One thing found: `title` and `summary` are safe HTML with the typed words in <mark>.

    `is_native`: its words are Vietnamese whatever the page speaks. `places`: of a service the sites that offer it, with
    the address of its page there, "" where there is none. `state`: that it is kept for the record only, else "".
    """

    title: SafeString
    summary: SafeString
    url: str
    kind: str
    site: str
    unit: str = ""
    published_on: datetime | None = None
    document: object = None
    is_native: bool = False
    places: tuple[Link, ...] = ()
    state: str = ""


def hits_of(slots: list[Slot], looked: Looked, place: Place, facets: list[Filter]) -> dict[Slot, Hit]:
    """Return what is at some places of the list, ready to show; what went meanwhile is left out."""
    marked, request = looked.marked, place.request
    by_source = {
        source: [slot for slot in slots if slot.source == source] for source in (PAGE, DOCUMENT, SERVICE, CONTACT)
    }
    return {
        **_page_hits(by_source[PAGE], marked, place.homes, request),
        **_document_hits(by_source[DOCUMENT], marked, request),
        **_service_hits(by_source[SERVICE], looked, place, facets),
        **_contact_hits(by_source[CONTACT], looked, place),
    }


def public_pages(keys: list[int], marked: str, place: Place) -> list[Hit]:
    """Return those of some pages that are public where is searched, in this order, ready to show.

    Two queries, or none.
    """
    if not keys:
        return []
    public = sql.read(
        f"SELECT page_id, site_id FROM base_publicitem WHERE language = %s AND page_id IN {sql.places(keys)}",
        [place.page.locale.language_code, *keys],
    )
    sites, site_of_page = open_sites(place), dict(public)
    slots = [Slot(PAGE, key) for key in keys if site_of_page.get(key) in sites]
    found = _page_hits(slots, marked, place.homes, place.request)
    return [found[slot] for slot in slots if slot in found]


def _site_name(path: str, homes) -> str:
    ways = [home for home in homes if path.startswith(home)]
    return homes[max(ways, key=len)].name if ways else ""


def _page_hits(slots: list[Slot], marked: str, homes, request) -> dict[Slot, Hit]:
    if not slots:
        return {}
    keys, addresses = [slot.key for slot in slots], Addresses(request)
    rows = sql.read(
        "SELECT i.page_id, i.kind, i.title, i.summary, i.published_at, p.url_path, p.path, p.search_description, "
        "u.name, i.facts FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
        f"LEFT JOIN base_organisationunit u ON u.id = i.unit_id WHERE i.page_id IN {sql.places(keys)}",
        keys,
    )
    names = kind_names(row[1] for row in rows)
    places = {slot.key: slot for slot in slots}
    return {
        places[key]: Hit(
            title=highlight(title, marked),
            summary=highlight(_cut(summary or description), marked),
            url=addresses.of(url_path),
            kind=names[kind],
            site=_site_name(path, homes),
            unit=unit or "",
            published_on=sql.moment(published),
            state=retained_as_text(json.loads(facts)) if facts else "",
        )
        for key, kind, title, summary, published, url_path, path, description, unit, facts in rows
    }


def _document_hits(slots: list[Slot], marked: str, request) -> dict[Slot, Hit]:
    if not slots:
        return {}
    registers, places = Registers(request), {slot.key: slot for slot in slots}
    documents = _SHOWN.all(keys=list(places))
    return {
        places[document.pk]: Hit(
            title=highlight(document.name, marked),
            summary=highlight(_cut(document.subject), marked),
            url=registers.url(document, request),
            kind=_("Văn bản"),
            site=document.owner_site.name,
            unit=document.main_issuer.name,
            document=document,
            is_native=True,
        )
        for document in documents
    }


_SHOWN = Prepared(lambda keys: LegalDocument.objects.public().filter(pk__in=given_list("keys", keys)).for_display())


def _service_hits(slots: list[Slot], looked: Looked, place: Place, facets: list[Filter]) -> dict[Slot, Hit]:
    """The services shown, each once: with its page on the site chosen or on the own one, and the other sites below."""
    if not slots:
        return {}
    known = {service.key: service for service in looked.services}
    addresses = Addresses(place.request)
    # English readers get services on the mirror of the catalogue, which the offerings know nothing of.
    is_native = get_language() == settings.LANGUAGE_CODE
    chosen = {choice.label for facet in facets if facet.name == PLACE for choice in facet.choices if choice.is_chosen}
    hits = {}
    for slot in slots:
        service, offers = known[slot.key], looked.offers.get(slot.key, [])
        links = [
            Link(place.homes[offer.home].name, addresses.of(offer.url_path) if is_native else "") for offer in offers
        ]
        there = next((link.url for link in links if link.label in chosen and link.url), "")
        hits[slot] = Hit(
            title=highlight(service.name, looked.marked),
            summary=highlight(_cut(service.summary), looked.marked),
            url=there or service.url,
            kind=_("Dịch vụ công"),
            site=links[0].label if len(links) == 1 else "",
            unit=offers[0].unit if len(offers) == 1 else "",
            places=tuple(links) if len(links) > 1 else (),
            is_native=service.is_native,
        )
    return hits


def _contact_hits(slots: list[Slot], looked: Looked, place: Place) -> dict[Slot, Hit]:
    """The units and people shown, each with its place on the page that shows it."""
    known = {contact.key: contact for contact in looked.contacts.contacts}
    names = {home.site_id: home.name for home in place.homes.values()}
    addresses = Addresses(place.request)
    return {
        slot: Hit(
            title=highlight(contact.title, looked.marked),
            summary=highlight(_cut(contact.summary), looked.marked),
            url=addresses.of(contact.url_path) + (f"#{contact.anchor}" if contact.anchor else ""),
            kind=_("Đơn vị, cán bộ"),
            site=names.get(contact.site_id, ""),
            unit=contact.unit,
            is_native=True,
        )
        for slot, contact in ((slot, known[slot.key]) for slot in slots)
    }


def _cut(summary: str) -> str:
    if len(summary) <= LONGEST_EXCERPT:
        return summary
    return summary[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + "…"
