"""What the page of a service shows, part by part: cases, papers, ways, fees, bases, remarks."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.public.index.addresses import Addresses
from base.public.navigation import Link
from base.public.site_cache import remembered
from base.queries import sql
from base.queries.prepared import Prepared, given_list, in_steps
from base.sites import ancestor_paths
from legalref.models import LegalDocument
from legalref.register.addresses import Registers
from vietnam import text

from ..models import ProcedureAgency, ProcedureChannel, ServiceGuidePage
from . import levels, limits

CASE = "truong-hop"
LONGEST_CASE = 60


@dataclass(frozen=True)
class Case:
    """A case that the papers depend on: its value in the address, its label, whether it is chosen."""

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
    """A way of submitting: its name, description, time limit as text, and the day of return if submitted now."""

    name: str
    description: str
    limit: str
    returns: limits.Return | None


@dataclass(frozen=True)
class Fee:
    """A fee as text: what for, by which way when it differs, how much."""

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
    submitted_on: str = ""

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
        """The cases chosen, as the query string of an address."""
        return "&".join(f"{CASE}={case.value}" for case in self.cases if case.is_chosen)


def case_value(label: str) -> str:
    """Return the value of a case in an address: "Sinh tại cơ sở y tế" -> "sinh-tai-co-so-y-te"."""
    return text.slug(label, LONGEST_CASE) or "khac"


def cases_of(components, chosen: list[str]) -> list[Case]:
    labels = dict.fromkeys(part.case for part in components if part.case)
    return [Case(case_value(label), label, case_value(label) in chosen) for label in labels]


def papers_of(components, cases: list[Case]) -> list[Papers]:
    """The papers that all need, then those of each case; of the chosen cases only when any is chosen."""
    wanted = {case.label for case in cases if case.is_chosen} or {case.label for case in cases}
    groups: dict[str, list] = {}
    for part in components:
        if not part.case or part.case in wanted:
            groups.setdefault(part.case, []).append(part)
    # What every applicant needs comes first, whatever the order of the record.
    return [Papers(case, groups[case]) for case in sorted(groups, key=bool)]


def way_of(channel: ProcedureChannel, now: datetime | None) -> Way:
    returns = limits.return_on(channel, now) if now is not None else None
    return Way(_(channel.get_way_display()), channel.description, limits.say(channel), returns)


def fee_of(row) -> Fee:
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


def agencies_of(procedure, is_english: bool) -> list[tuple[str, str]]:
    """The agencies by their role: (role, names), in the order of the roles."""
    names: dict[str, list[str]] = {}
    for agency in procedure.agencies.select_related("unit"):
        name = (agency.unit.name_en if is_english and agency.unit else "") or str(agency)
        names.setdefault(agency.role, []).append(name)
    return [(_(role.label), "; ".join(names[role])) for role in ProcedureAgency.Role if role in names]


def bases_of(procedure, request, reader=None) -> list[Basis]:
    """Return what a procedure rests on; `reader`: the request with which documents are kept until a site changes."""
    rows = list(procedure.legal_bases.all())
    keys = in_steps(row.document_id for row in rows if row.document_id)
    # Each status is that of a day.
    entry = ("bases", timezone.localdate(), *keys)
    documents = remembered(reader, entry, lambda: _SHOWN.all(keys=keys)) if keys else ()
    documents = {document.pk: document for document in documents}
    registers, found = Registers(request), []
    for row in rows:
        document = documents.get(row.document_id)
        if document is not None:
            url = registers.url(document, request)
            found.append(Basis(document.name, document.subject, row.provision, url, document.status))
        elif row.as_printed:
            found.append(Basis(row.as_printed, "", row.provision, ""))
    return found


_SHOWN = Prepared(lambda keys: LegalDocument.objects.public().for_display().filter(pk__in=given_list("keys", keys)))


def remarks_of(offering, procedure, day, bases: list[Basis]) -> list[Remark]:
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
        notice = _("Lệ phí và thời hạn trên trang này chỉ để minh họa, không dùng để nộp hồ sơ.")
        found.append(Remark("warning", "info", _("Dữ liệu minh họa"), notice))
    return found


def guides_of(procedure, catalogue, request) -> list[Link]:
    """The guides of the site and of the city for this procedure, those of its own before those for all."""
    addresses, named = Addresses(request), {}
    rows = remembered(request, ("guides for", catalogue.path), lambda: _guides(catalogue))
    for title, url_path, key in rows:
        named.setdefault((title, url_path), set()).update({key} - {None})
    return [
        Link(title, addresses.of(url_path))
        for (title, url_path), keys in named.items()
        if not keys or procedure.pk in keys
    ]


def _guides(catalogue) -> list[tuple[str, str, int | None]]:
    """Return the public guides of a site and of the city: title, address in the tree, and a procedure each names."""
    city_home = ancestor_paths(catalogue.path)[0]
    depth = len(city_home) // Page.steplen + 2
    links = ServiceGuidePage.procedures.through._meta.db_table
    return sql.read(
        "SELECT p.title, p.url_path, n.procedure_id FROM base_publicitem i "
        f"JOIN wagtailcore_page p ON p.id = i.page_id AND p.live LEFT JOIN {links} n ON n.serviceguidepage_id = p.id "
        f"WHERE i.kind = %s AND (substr(p.path, 1, {len(catalogue.path)}) = %s "
        f"OR (substr(p.path, 1, {len(city_home)}) = %s AND p.depth = %s)) ORDER BY p.path",
        [ServiceGuidePage._meta.label, catalogue.path, city_home, depth],
    )
