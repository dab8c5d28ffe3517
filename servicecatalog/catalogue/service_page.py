"""What the page of a service shows, its headings in one fixed order: from "who may" to the legal basis.

1. `fill` adds to the page's context a `ServiceSheet`, everything the template writes, read by few queries.
2. `?truong-hop=` narrows the papers to the cases chosen ("Kiểm tra tôi cần gì"); `?in=1` is the same as a sheet of
paper with boxes to tick.
3. What changes by the clock (the day of return, an outage) ends what the page cache may keep.
4. Rooms above hand in the answered questions about a service (`register_questions`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote_plus

from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.public.frame import Language
from base.public.navigation import Link
from base.sites import ancestor_paths
from legalref.models import LegalDocument
from legalref.register.addresses import Registers
from vietnam import text
from vietnam.dates import format_vn
from workflows import deadlines

from ..models import CataloguePage, ProcedureAgency, ProcedureChannel, ServiceGuidePage, ServiceOffering
from ..usage import figures
from . import levels, limits, outages

CASE, PRINT = "truong-hop", "in"
LONGEST_CASE = 60
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


# --- What the template gets -----------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A case that the papers depend on: what stands in the address, its label, whether it is chosen."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Papers:
    """The papers of one case; of all cases when `case` is empty."""

    case: str
    components: list


@dataclass(frozen=True)
class Way:
    """A way of handing in: its name, description, time limit in words, and the day of return when handed in now."""

    name: str
    description: str
    limit: str
    returns: limits.Return | None


@dataclass(frozen=True)
class Fee:
    """A fee in words: what for, by which way when it differs, how much."""

    label: str
    way: str
    amount: str
    note: str


@dataclass(frozen=True)
class Basis:
    """A legal basis: a document of the register with its address and status, or what is printed."""

    label: str
    subject: str
    provision: str
    url: str
    status: object = None


@dataclass(frozen=True)
class Remark:
    """A remark above the text; `kind` and `icon` as in `.notice`."""

    kind: str
    icon: str
    title: str
    text: str = ""


@dataclass
class ServiceSheet:
    """Everything that the page of a service says, in the language of the page.

    `native`: the `lang` of passages that exist in Vietnamese only, "" on a Vietnamese page.
    """

    procedure: object
    name: str
    is_english: bool
    applicants: list[str]
    cases: list[Case]
    papers: list[Papers]
    forms: list
    steps: list
    ways: list[Way]
    fees: list[Fee]
    results: list[str]
    agencies: list[tuple[str, str]]
    bases: list[Basis]
    decided_by: str
    level: levels.LevelShown | None
    place: str
    map_url: str
    unit: object
    phone: str
    email: str
    reception: str
    hours: list[str]
    remarks: list[Remark]
    outages: list
    apply_url: str
    apply_to: str
    guides: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    page_url: str = ""
    catalogue_url: str = ""
    places_url: str = ""
    ask_url: str = ""
    handed_in: str = ""

    @property
    def native(self) -> str:
        return "vi" if self.is_english else ""

    @property
    def is_narrowed(self) -> bool:
        return any(case.is_chosen for case in self.cases)

    @property
    def chosen(self) -> list[str]:
        return [case.label for case in self.cases if case.is_chosen]

    @property
    def waits(self) -> list[tuple[str, Way]]:
        """The time limits, each said once: the names of the ways that share it, and one of those ways."""
        shared: dict[tuple, list[Way]] = {}
        for way in self.ways:
            shared.setdefault((way.limit, way.returns), []).append(way)
        return [(", ".join(way.name for way in ways), ways[0]) for ways in shared.values()]

    @property
    def soonest(self) -> Way | None:
        """The way whose day of return the sheet of papers names: the first one with a limit."""
        return next((way for way in self.ways if way.returns), None)

    @property
    def queries(self) -> str:
        """The cases chosen, as they stand in an address."""
        return "&".join(f"{CASE}={case.value}" for case in self.cases if case.is_chosen)


# --- The page --------------------------------------------------------------------------------------


def fill(context: dict, offering: ServiceOffering, request) -> dict:
    """Add to the context of a service's page what it shows, its data for machines and its translation; return it."""
    frame = context["frame"]
    catalogue = Page.objects.filter(path=offering.path[: -Page.steplen]).first() if offering.path else None
    _dress(context, offering, catalogue, request, address=offering.get_url(request) or "" if offering.path else "")
    if catalogue is not None:
        _lead_to_english(frame, offering, catalogue, request)
    return context


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
    _dress(context, offering, source, request, address=address)
    return context


def template(offering: ServiceOffering, request) -> str:
    """Return the template of a service's page: the page, or the sheet of paper of `?in=1`."""
    return SHEET_TEMPLATE if request is not None and request.GET.get(PRINT) else offering.template


def _dress(context: dict, offering, catalogue, request, *, address: str) -> None:
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
    offering.cache_max_age_seconds, offering.turns = figures.REFRESHED_SECONDS, turns(sheet, now)


def read(offering, request=None, *, now: datetime, catalogue=None) -> ServiceSheet:
    """Return what the page of a service says at a moment; about twenty queries, whatever the amount of content."""
    procedure, is_english = offering.procedure, get_language() == "en"
    # Read again for the hours of limits and for machines.
    if procedure.pk:
        prefetch_related_objects([procedure], "channels", "fees")
    day = timezone.localdate(now)
    components = list(procedure.components.select_related("form_file"))
    cases = _cases(components, request.GET.getlist(CASE) if request is not None else [])
    channels = list(procedure.channels.all())
    unit = offering.responsible_unit or (offering.portal_site.unit if offering.path else None)
    place = offering.place or procedure.reception_address or (unit.address if unit else "")
    shown = _bases(procedure, request)
    level = levels.level_on(offering, day)
    away = outages.naming(outages.on_site(catalogue, now), procedure.pk) if catalogue is not None else []
    in_use = procedure.is_in_use(day) and offering.is_offered(day)
    papers = _papers(components, cases)
    with deadlines.calendar_held():
        ways = [_way(channel, now if in_use else None) for channel in channels]
    sheet = ServiceSheet(
        procedure=procedure,
        name=procedure.label,
        is_english=is_english,
        applicants=[kind.label for kind in procedure.applicants.all()],
        cases=cases,
        papers=papers,
        forms=[part for group in papers for part in group.components if part.form_file_id],
        steps=list(procedure.steps.all()),
        ways=ways,
        fees=[_fee(row) for row in procedure.fees.all()],
        results=[result.label for result in procedure.results.all()],
        agencies=_agencies(procedure, is_english),
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
        remarks=_remarks(offering, procedure, day, shown),
        outages=away,
        apply_url=offering.apply_url if in_use and offering.delivery != offering.Delivery.INFORMATION else "",
        apply_to=offering.apply_to or _("hệ thống dịch vụ công của thành phố"),
        guides=_guides(procedure, catalogue, request) if catalogue is not None else [],
        handed_in=f"{day:%d/%m/%Y}" if is_english else format_vn(day),
    )
    if offering.live and catalogue is not None:
        sheet.questions = [row for function in _questions for row in function(offering, request)]
    return sheet


def turns(sheet: ServiceSheet, now: datetime) -> list[datetime | None]:
    """Return when the page changes besides midnight: at the hour of a limit, with an outage
    (`base/public/turning.py`)."""
    local = timezone.localtime(now)
    hours = [channel.cutoff_hour for channel in sheet.procedure.channels.all() if channel.cutoff_hour is not None]
    return [
        *outages.turns(sheet.outages),
        *(local.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in hours),
    ]


# --- Parts -----------------------------------------------------------------------------------------


def case_value(label: str) -> str:
    """Return what stands in the address for a case: "Sinh tại cơ sở y tế" -> "sinh-tai-co-so-y-te"."""
    return text.slug(label, LONGEST_CASE) or "khac"


def _cases(components, chosen: list[str]) -> list[Case]:
    labels = dict.fromkeys(part.case for part in components if part.case)
    return [Case(case_value(label), label, case_value(label) in chosen) for label in labels]


def _papers(components, cases: list[Case]) -> list[Papers]:
    """The papers that all need, then those of each case; of the chosen cases only when any is chosen."""
    wanted = {case.label for case in cases if case.is_chosen} or {case.label for case in cases}
    groups: dict[str, list] = {}
    for part in components:
        if not part.case or part.case in wanted:
            groups.setdefault(part.case, []).append(part)
    # What everybody needs stands first, whatever the order of the record.
    return [Papers(case, groups[case]) for case in sorted(groups, key=bool)]


def _way(channel: ProcedureChannel, now: datetime | None) -> Way:
    returns = limits.return_on(channel, now) if now is not None else None
    return Way(_(channel.get_way_display()), channel.description, limits.say(channel), returns)


def _fee(row) -> Fee:
    if row.amount is None:
        amount = ""
    elif row.amount == 0:
        amount = _("Miễn phí")
    else:
        amount = money(row.amount) + (f"/{row.per}" if row.per else "")
    return Fee(row.label, _(row.get_way_display()) if row.way else "", amount, row.note)


def money(amount: int) -> str:
    """Write an amount of đồng in the language of the page: "8.000 đồng", "8,000 VND"."""
    return f"{amount:,} VND" if get_language() == "en" else f"{amount:,}".replace(",", ".") + " đồng"


def _agencies(procedure, is_english: bool) -> list[tuple[str, str]]:
    """The agencies by their role: (role, names), in the order of the roles."""
    names: dict[str, list[str]] = {}
    for agency in procedure.agencies.select_related("unit"):
        name = (agency.unit.name_en if is_english and agency.unit else "") or str(agency)
        names.setdefault(agency.role, []).append(name)
    return [(_(role.label), "; ".join(names[role])) for role in ProcedureAgency.Role if role in names]


def _bases(procedure, request) -> list[Basis]:
    rows = list(procedure.legal_bases.all())
    documents = {
        document.pk: document
        for document in LegalDocument.objects.public()
        .for_display()
        .filter(pk__in=[row.document_id for row in rows if row.document_id])
    }
    registers, found = Registers(), []
    for row in rows:
        document = documents.get(row.document_id)
        if document is not None:
            url = registers.url(document, request)
            found.append(Basis(document.name, document.subject, row.provision, url, document.status))
        elif row.as_printed:
            found.append(Basis(row.as_printed, "", row.provision, ""))
    return found


def _remarks(offering, procedure, day, bases: list[Basis]) -> list[Remark]:
    """What must be known before anything else: abolished, not offered, a basis that has lapsed, data that only show."""
    found = []
    if procedure.valid_to and procedure.valid_to < day:
        title = _("Thủ tục này đã bị bãi bỏ, chỉ áp dụng đến hết ngày %(day)s.") % {
            "day": f"{procedure.valid_to:%d/%m/%Y}"
        }
        found.append(Remark("bad", "triangle-alert", title, _("Trang được giữ lại để tra cứu.")))
    elif procedure.valid_from and procedure.valid_from > day:
        title = _("Thủ tục này áp dụng từ ngày %(day)s.") % {"day": f"{procedure.valid_from:%d/%m/%Y}"}
        found.append(Remark("warning", "clock", title))
    elif offering.offered_to and offering.offered_to < day:
        title = _("Nơi này chỉ cung cấp dịch vụ đến hết ngày %(day)s.") % {"day": f"{offering.offered_to:%d/%m/%Y}"}
        found.append(Remark("warning", "triangle-alert", title))
    elif offering.offered_from and offering.offered_from > day:
        title = _("Nơi này cung cấp dịch vụ từ ngày %(day)s.") % {"day": f"{offering.offered_from:%d/%m/%Y}"}
        found.append(Remark("warning", "clock", title))
    lapsed = [basis.label for basis in bases if basis.status is not None and not basis.status.applies]
    if lapsed:
        title = _("Một căn cứ pháp lý của thủ tục không còn hiệu lực: %(names)s.") % {"names": "; ".join(lapsed)}
        found.append(Remark("warning", "triangle-alert", title, _("Nội dung đang chờ rà soát; hãy hỏi nơi tiếp nhận.")))
    if procedure.is_illustrative:
        said = _("Lệ phí và thời hạn trên trang này chỉ để minh họa, không dùng để nộp hồ sơ.")
        found.append(Remark("warning", "info", _("Dữ liệu minh họa"), said))
    return found


def _guides(procedure, catalogue, request) -> list[Link]:
    """The guides of the site and of the city for this procedure, those of its own before those for all."""
    city_home = ancestor_paths(catalogue.path)[0]
    depth = len(city_home) // Page.steplen + 2
    rows = (
        ServiceGuidePage.objects.live()
        .filter(Q(procedures=procedure) | Q(procedures=None))
        .filter(Q(path__startswith=catalogue.path) | Q(path__startswith=city_home, depth=depth))
        # The steps are long, and telling rows apart by them costs more than all the rest.
        .select_related("locale")
        .defer("steps")
        .order_by("path")
        .distinct()
    )
    return [Link(guide.title, guide.get_url(request) or "") for guide in rows]


# --- Languages and machines ------------------------------------------------------------------------


def _lead_to_english(frame, offering, catalogue, request) -> None:
    """Name the English page of the service, when the English mirror of its catalogue is public."""
    mirror = (
        CataloguePage.objects.live()
        .filter(translation_key=catalogue.translation_key, locale__language_code="en")
        .select_related("locale")
        .first()
    )
    if mirror is None:
        return
    frame.languages = _languages(frame, "en", f"{mirror.get_url(request) or ''}{offering.slug}/")
    frame.alternates = _alternates(frame.canonical_url, f"{mirror.full_url or ''}{offering.slug}/")


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
