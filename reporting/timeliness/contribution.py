"""Contribution of people and units, evidence for rewards (Quy chế Điều 23.1): what was published, answered, approved.

| Figure | Counts |
|---|---|
| published | works of which a version that the person declared accurate became public in the period, each once |
| versions | such versions, so that upkeep of what is public counts as well; one that is sealed anew counts once |
| by kind | the published things by their kind: article, notice, document, procedure |
| approved | versions that the person approved, one by one or in a dossier; not their own, put up in an emergency |
| answered | answers to citizens that the person wrote and that were sent |

What the portal makes itself, the sections of a new site and its lists, is no person's work and counts nowhere.
A unit counts the published pages for which it is responsible, and the answers that it gave. The archive knows what
became public and when; what was taken down later counts as well, since the work was done.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.db.models import QuerySet, Value
from wagtail.models import Page

from accounts.models import User
from base.models import OrganisationUnit, PortalSite
from base.models.page import BasePage
from base.tables import xlsx
from faq.models import Answer
from vietnam.dates import format_short, moments_of
from vietnam.text import sort_key
from workflows.archive.copies import username_in
from workflows.models import Declaration

from .. import figures


@dataclass
class Row:
    """What one person or unit has done."""

    name: str
    kinds: Counter = field(default_factory=Counter)
    versions: int = 0
    approved: int = 0
    answered: int = 0

    @property
    def published(self) -> int:
        return sum(self.kinds.values())

    @property
    def kinds_text(self) -> str:
        """The kinds with their numbers: "Tin, bài: 12; Thông báo: 3"."""
        return "; ".join(f"{kind}: {number}" for kind, number in self.kinds.most_common())


@dataclass(frozen=True)
class Contribution:
    """The rows of people and of units in a period, most published first."""

    people: list[Row]
    units: list[Row]


def of_period(sites: Iterable[PortalSite], first: date, last: date) -> Contribution:
    """Count for the given sites from `first` to `last`, both included; a handful of queries however much there is."""
    sites = list(sites)
    approved = figures.versions(sites, first, last)
    rows = approved.values_list("revision_id", "object_type", "object_id", "approved_by", "submitted_by")
    copies = [copy for copy in rows if _is_work(copy[1])]
    people: dict[int, Row] = {}
    units: dict[int, Row] = {}
    _count_declared(copies, Declaration.objects.filter(revision_id__in=approved.values("revision_id")), people)
    _count_approved(copies, people)
    _count_units(copies, units)
    _count_answers(sites, first, last, people, units)
    names = dict(OrganisationUnit.objects.filter(pk__in=units).values_list("pk", "name"))
    for key, row in units.items():
        row.name = names.get(key, "")
    return Contribution(_sorted(people.values()), _sorted(units.values()))


def _count_declared(copies: Sequence[tuple], declarations: QuerySet, people: dict[int, Row]) -> None:
    """What each person declared accurate and was approved."""
    rows = declarations.order_by("pk").values_list("revision_id", "declared_by_id", "declared_by_name")
    declared = {revision: (key, name) for revision, key, name in rows}
    seen = set()
    for revision, object_type, object_id, *_names in copies:
        if revision not in declared:
            continue
        key, name = declared[revision]
        row = people.setdefault(key, Row(name))
        row.versions += 1
        if (key, object_type, object_id) not in seen:
            seen.add((key, object_type, object_id))
            row.kinds[_kind(object_type)] += 1


def _is_work(object_type: str) -> bool:
    """Tell whether people made what is of a kind, not the portal."""
    try:
        return not getattr(apps.get_model(object_type), "is_made_by_portal", False)
    except (LookupError, ValueError):
        return True


def _kind(object_type: str) -> str:
    """The name of a kind of content as people read it; one of a release long gone as it was written."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name).capitalize()
    except (LookupError, ValueError):
        return object_type


def _count_approved(copies: Sequence[tuple], people: dict[int, Row]) -> None:
    """The versions that each person approved; the archive names them by their account."""
    numbers = Counter(username_in(approver) for *_version, approver, submitter in copies if approver != submitter)
    for person in User.objects.filter(username__in=numbers):
        people.setdefault(person.pk, Row(person.full_name)).approved += numbers[person.username]


def _count_units(copies: Sequence[tuple], units: dict[int, Row]) -> None:
    """The published pages of the units that are responsible for them."""
    versions = Counter((object_type, object_id) for _revision, object_type, object_id, *_names in copies)
    of_type: dict[str, list[str]] = {}
    for object_type, object_id in versions:
        of_type.setdefault(object_type, []).append(object_id)
    found = []
    for object_type, keys in of_type.items():
        if (model := _responsible(object_type)) is not None:
            rows = model.objects.filter(pk__in=keys).exclude(responsible_unit=None).order_by()
            found.append(rows.values_list(Value(object_type), "pk", "responsible_unit"))
    # Each page type has a table of its own; together they are one question.
    for object_type, key, unit in found[0].union(*found[1:], all=True) if found else ():
        row = units.setdefault(unit, Row(""))
        row.kinds[_kind(object_type)] += 1
        row.versions += versions[object_type, str(key)]


def _responsible(object_type: str) -> type[Page] | None:
    """The page type of a copy, where its pages name the unit that answers for them."""
    try:
        model = apps.get_model(object_type)
    except (LookupError, ValueError):
        return None
    return model if issubclass(model, BasePage) else None


def _count_answers(sites, first: date, last: date, people: dict[int, Row], units: dict[int, Row]) -> None:
    """The answers that were sent, for who wrote them and for the unit that gave them."""
    begin, end = moments_of(first, last)
    found = Answer.objects.filter(question__owner_site__in=sites, sent_at__gte=begin, sent_at__lt=end)
    for key, name, unit in found.values_list("written_by_id", "written_by_name", "unit_id"):
        if key is not None:
            people.setdefault(key, Row(name)).answered += 1
        units.setdefault(unit, Row("")).answered += 1


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.published, -row.answered, -row.approved, sort_key(row.name)))


COLUMNS = (
    ("Tin, bài, văn bản được đăng", 18, "published"),
    ("Số lần đăng, cập nhật", 18, "versions"),
    ("Câu hỏi đã trả lời", 18, "answered"),
    ("Lượt duyệt", 14, "approved"),
    ("Theo loại", 70, "kinds_text"),
)


def sheets(found: Contribution, sites: Sequence[PortalSite], first: date, last: date) -> list[xlsx.Sheet]:
    """Return the figures as sheets: people, and units."""
    whose = sites[0].name if len(sites) == 1 else f"{len(sites)} trang"
    above = ["Đóng góp của cá nhân, đơn vị", f"{whose}, từ {format_short(first)} đến {format_short(last)}"]
    return [
        xlsx.sheet("Cá nhân", above, (("Họ và tên", 40, "name"), *COLUMNS), found.people),
        xlsx.sheet("Đơn vị", above, (("Đơn vị", 50, "name"), *COLUMNS), found.units),
    ]
