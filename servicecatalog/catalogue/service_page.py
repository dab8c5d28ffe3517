"""What the page of a service shows, its headings in one fixed order: from "who may" to the legal basis.

1. `fill` adds to the page's context a `ServiceSheet`, everything the template writes, read by few queries.
2. `?truong-hop=` narrows the papers to the cases chosen ("Kiểm tra tôi cần gì"); `?in=1` is the same as a sheet of
paper with boxes to tick.
3. What changes with time (the day of return, an outage) limits how long the page may be cached.
4. Rooms above add the answered questions about a service (`register_questions`).
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote_plus

from django.conf import settings
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.public.frame import Language
from base.public.index.addresses import Addresses
from base.public.navigation import Link
from base.public.site_cache import remembered
from base.queries import sql
from base.queries.prepared import Prepared, given
from vietnam.dates import format_vn
from workflows import deadlines

from ..models import CataloguePage, ServiceOffering
from ..usage import figures
from . import levels, outages
from .related import applicants_of, read_related
from .service_sheet import (
    CASE,
    ServiceSheet,
    agencies_of,
    bases_of,
    cases_of,
    fee_of,
    guides_of,
    papers_of,
    remarks_of,
    way_of,
)

PRINT = "in"
MAP = "https://www.openstreetmap.org/search?query="
SHEET_TEMPLATE = "servicecatalog/checklist.html"
_questions: list[Callable] = []


def register_questions(function: Callable) -> Callable:
    """Register what finds answered questions about a service, for a room above: called from `AppConfig.ready`.

    `function(offering, request)` returns rows with `title` and `url`, the nearest first; not called for a preview.
    """
    if function not in _questions:
        _questions.append(function)
    return function


# --- The page --------------------------------------------------------------------------------------


def fill(context: dict, offering: ServiceOffering, request) -> dict:
    """Add to the context of a service's page what it shows, its data for machines and its translation; return it."""
    frame = context["frame"]
    catalogue = _catalogue_of(offering, request)
    _annotate(context, offering, catalogue, request, address=offering.get_url(request) or "" if offering.path else "")
    if catalogue is not None:
        _lead_to_english(frame, offering, catalogue, request)
    return context


def _catalogue_of(offering: ServiceOffering, request) -> Page | None:
    """Return the page above a service, None for one that is not in the tree yet; one query when its site changed."""
    if not offering.path:
        return None
    path, site = offering.path[: -Page.steplen], offering.portal_site
    sites = None if site is None else [site.pk, site.parent_id]
    return remembered(request, ("above services", path), lambda: _AT_PATH.first(path=path), sites)


_AT_PATH = Prepared(lambda: Page.objects.filter(path=given("path")).select_related("locale"))


def fill_english(offering: ServiceOffering, mirror: CataloguePage, source: Page, request) -> dict:
    """Return the context of a service on the English mirror of its catalogue: the same facts in English words.

    `mirror`: the English catalogue; `source`: the Vietnamese one, under which the service stands.
    """
    context = mirror.get_context(request)
    frame, address = context["frame"], f"{mirror.get_url(request) or ''}{offering.slug}/"
    context["page"] = offering
    frame.breadcrumbs = [*frame.breadcrumbs, Link(mirror.title, mirror.get_url(request) or "")]
    frame.title_tail = f"{mirror.title} – {frame.site_name}"
    frame.canonical_url = f"{mirror.full_url or ''}{offering.slug}/"
    frame.updated_at = offering.updated_on
    frame.description = offering.description()
    elements = {
        **offering.dublin_core(),
        "title": offering.procedure.label,
        "language": mirror.locale.language_code,
        "identifier": frame.canonical_url,
    }
    frame.metadata = [(f"DC.{name}", value) for name, value in elements.items()]
    frame.structured_data |= {"url": frame.canonical_url, "identifier": frame.canonical_url}
    frame.languages = _languages(frame, "vi", offering.get_url(request) or "")
    frame.alternates = _alternates(offering.full_url or "", frame.canonical_url)
    _annotate(context, offering, source, request, address=address)
    return context


def template(offering: ServiceOffering, request) -> str:
    """Return the template of a service's page: the page, or the sheet of paper of `?in=1`."""
    return SHEET_TEMPLATE if request is not None and request.GET.get(PRINT) else offering.template


def _annotate(context: dict, offering, catalogue, request, *, address: str) -> None:
    frame, now = context["frame"], timezone.now()
    sheet = read(offering, request, now=now, catalogue=catalogue)
    sheet.page_url = address
    sheet.catalogue_url = frame.breadcrumbs[-1].url if frame.breadcrumbs else ""
    if sheet.catalogue_url and sheet.procedure.at_ward and frame.city_url:
        sheet.places_url = f"{sheet.catalogue_url}thu-tuc/{sheet.procedure.code.replace('.', '-')}/"
    asking = frame.section_urls.get("hoi-dap", "")
    sheet.ask_url = f"{asking}gui-cau-hoi/" if asking else ""
    frame.title = sheet.name
    frame.is_demo = offering.is_illustrative or sheet.procedure.is_illustrative
    is_sheet = request is not None and bool(request.GET.get(PRINT))
    if is_sheet or sheet.is_narrowed:
        frame.is_indexed = False
    frame.structured_data = structured_data(sheet, frame)
    context["sheet"] = sheet
    statistics_url = f"{sheet.catalogue_url}thong-ke/" if sheet.catalogue_url else ""
    context["usage"] = figures.shown_on(offering, request, address=address, statistics_url=statistics_url)
    frame.counted = context["usage"].counted
    offering.cache_max_age_seconds, offering.turns = figures.REFRESHED_SECONDS, turns(sheet, now)


def read(offering, request=None, *, now: datetime, catalogue=None) -> ServiceSheet:
    """Return what the page of a service says at a moment; about twenty queries, whatever the amount of content."""
    procedure, is_english = offering.procedure, get_language() == "en"
    # What is not public changes without a word to readers.
    reader = request if procedure.live and offering.live else None
    read_related(procedure, offering, reader)
    day = timezone.localdate(now)
    components = list(procedure.components.select_related("form_file"))
    cases = cases_of(components, request.GET.getlist(CASE) if request is not None else [])
    channels = list(procedure.channels.all())
    unit = offering.responsible_unit or (offering.portal_site.unit if offering.path else None)
    place = offering.place or procedure.reception_address or (unit.address if unit else "")
    shown = bases_of(procedure, request, reader)
    level = levels.level_on(offering, day, levels=levels.known_levels(request))
    away = _away(offering, catalogue, request, now) if catalogue is not None else []
    in_use = procedure.is_in_use(day) and offering.is_offered(day)
    papers = papers_of(components, cases)
    with deadlines.calendar_held():
        ways = [way_of(channel, now if in_use else None) for channel in channels]
    sheet = ServiceSheet(
        procedure=procedure,
        name=procedure.label,
        is_english=is_english,
        applicants=[kind.label for kind in applicants_of(procedure, reader)],
        cases=cases,
        papers=papers,
        forms=[part for group in papers for part in group.components if part.form_file_id],
        steps=list(procedure.steps.all()),
        ways=ways,
        fees=[fee_of(row) for row in procedure.fees.all()],
        results=[result.label for result in procedure.results.all()],
        agencies=agencies_of(procedure, is_english),
        bases=shown,
        decided_by=str(procedure.deciding_document or procedure.decided_by),
        level=level,
        place=place,
        map_url=offering.map_url or (f"{MAP}{quote_plus(place)}" if place else ""),
        unit=unit,
        phone=offering.contact_phone or (unit.phone if unit else ""),
        email=offering.contact_email or (unit.email if unit else ""),
        reception=offering.reception_hours or (unit.reception_hours if unit else ""),
        hours=[line.strip() for line in offering.office_hours.splitlines() if line.strip()],
        remarks=remarks_of(offering, procedure, day, shown),
        outages=away,
        apply_url=offering.apply_url if in_use and offering.delivery != offering.Delivery.INFORMATION else "",
        apply_to=offering.apply_to or _("hệ thống dịch vụ công của thành phố"),
        guides=guides_of(procedure, catalogue, request) if catalogue is not None else [],
        submitted_on=f"{day:%d/%m/%Y}" if is_english else format_vn(day),
    )
    if offering.live and catalogue is not None:
        sheet.questions = [row for function in _questions for row in function(offering, request)]
    return sheet


def _away(offering, catalogue: Page, request, now: datetime) -> list[outages.Outage]:
    sites = offering.cache_sites() if offering.path else None
    return outages.naming(outages.on_site(catalogue, now, request, sites), offering.procedure_id)


def turns(sheet: ServiceSheet, now: datetime) -> list[datetime | None]:
    """Return when the page changes besides midnight: at the hour of a limit, with an outage
    (`base/public/turning.py`)."""
    local = timezone.localtime(now)
    hours = [channel.cutoff_hour for channel in sheet.procedure.channels.all() if channel.cutoff_hour is not None]
    return [
        *outages.turns(sheet.outages),
        *(local.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in hours),
    ]


# --- Languages and machines ------------------------------------------------------------------------


def _lead_to_english(frame, offering, catalogue, request) -> None:
    """Name the English page of the service, when the English mirror of its catalogue is public."""

    def read() -> list[tuple]:
        return sql.read(
            "SELECT p.url_path FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
            "WHERE i.kind = %s AND i.language = %s AND i.translation_key = %s",
            [CataloguePage._meta.label, "en", str(catalogue.translation_key)],
        )

    site = offering.portal_site
    sites = None if site is None else [site.pk, site.parent_id]
    rows = remembered(request, ("english catalogue", catalogue.pk), read, sites)
    for (url_path,) in rows:
        addresses = Addresses(request)
        frame.languages = _languages(frame, "en", f"{addresses.of(url_path)}{offering.slug}/")
        frame.alternates = _alternates(frame.canonical_url, f"{addresses.full(url_path)}{offering.slug}/")


def _languages(frame, code: str, url: str) -> list[Language]:
    name = dict(settings.WAGTAIL_CONTENT_LANGUAGES).get(code, code)
    others = [language for language in frame.languages if language.code != code]
    return [*others, Language(code, name, url, is_translation=True)]


def _alternates(vietnamese: str, english: str) -> list[Language]:
    names = dict(settings.WAGTAIL_CONTENT_LANGUAGES)
    return [
        Language(code, names.get(code, code), url, url) for code, url in (("vi", vietnamese), ("en", english)) if url
    ]


def structured_data(sheet: ServiceSheet, frame) -> dict:
    """Return the service as schema.org/GovernmentService; nothing in it that the page does not say."""
    procedure = sheet.procedure
    provider = None
    if sheet.unit:
        provider = _known(
            {
                "@type": "GovernmentOrganization",
                "name": (sheet.is_english and sheet.unit.name_en) or sheet.unit.full_name,
                "telephone": sheet.phone,
                "email": sheet.email,
                "address": sheet.unit.address,
            }
        )
    location = sheet.place and {"@type": "Place", "name": sheet.place, "address": sheet.place}
    channels = [
        _known(
            {
                "@type": "ServiceChannel",
                "name": way.name,
                "description": strip_tags(way.description),
                "serviceLocation": location,
            }
        )
        for way in sheet.ways
    ]
    if sheet.apply_url:
        channels.append({"@type": "ServiceChannel", "name": sheet.apply_to, "serviceUrl": sheet.apply_url})
    offers = [
        {"@type": "Offer", "name": row.label, "price": str(row.amount), "priceCurrency": "VND"}
        for row in procedure.fees.all()
        if row.amount is not None
    ]
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentService",
            "name": sheet.name,
            "url": frame.canonical_url,
            "description": strip_tags(procedure.description),
            "identifier": procedure.code,
            "serviceType": procedure.field.label,
            "serviceOperator": provider,
            "provider": provider,
            "areaServed": frame.site and {"@type": "AdministrativeArea", "name": frame.site_name},
            "audience": [{"@type": "Audience", "audienceType": name} for name in sheet.applicants],
            "serviceOutput": [{"@type": "Thing", "name": name} for name in sheet.results],
            "availableChannel": channels,
            "offers": offers,
        }
    )


def _known(values: dict) -> dict:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
