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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.apps import apps
from django.db.models import QuerySet, Value
from django.urls import reverse
from wagtail.models import Page

from base.models import PortalSite
from base.models.page import BasePage
from base.sites import all_sites
from base.tables import xlsx
from faq.models import Answer
from faq.office import inbox
from vietnam.dates import format_moment, format_short, moments_of
from vietnam.text import sort_key
from workflows.archive.copies import may_read, username_in
from workflows.models import ArchiveCopy, Declaration

from .. import figures

COPIED = ("pk", "revision_id", "object_type", "object_id", "approved_by", "submitted_by")


class Copy(NamedTuple):
    """A version in the archive, as far as it is counted; `key` is that of its copy."""

    key: int
    revision_id: int
    object_type: str
    object_id: str
    approved_by: str
    submitted_by: str


@dataclass
class Row:
    """What one person or unit has done; `key`: the account of the person, the number of the unit.

    Each figure is the number of what is in a list here (`Figure.of`).
    """

    key: str | int
    name: str
    copies: list[Copy] = field(default_factory=list)
    approvals: list[Copy] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def things(self) -> dict[tuple[str, str], Copy]:
        """The newest version of each thing among the versions."""
        return {(copy.object_type, copy.object_id): copy for copy in self.copies}

    @cached_property
    def kinds(self) -> Counter:
        return Counter(_kind(object_type) for object_type, _key in self.things)

    @property
    def published(self) -> int:
        return self.kinds.total()

    @property
    def versions(self) -> int:
        return len(self.copies)

    @property
    def approved(self) -> int:
        return len(self.approvals)

    @property
    def answered(self) -> int:
        return len(self.answers)

    @property
    def kinds_text(self) -> str:
        """The kinds with their numbers: "Tin, bài: 12; Thông báo: 3"."""
        return "; ".join(f"{kind}: {number}" for kind, number in self.kinds.most_common())


@dataclass(frozen=True)
class Figure:
    """One figure of a row: its name in addresses and in tables, and the keys of what it counts.

    The keys are those of copies in the archive, or of answers.
    """

    key: str
    label: str
    name: str
    of: Callable[[Row], list[int]]
    counts_answers: bool = False


FIGURES = (
    Figure("dang", "Tin, bài, văn bản được đăng", "published", lambda row: [copy.key for copy in row.things.values()]),
    Figure("cap-nhat", "Số lần đăng, cập nhật", "versions", lambda row: [copy.key for copy in row.copies]),
    Figure("tra-loi", "Câu hỏi đã trả lời", "answered", lambda row: row.answers, counts_answers=True),
    Figure("duyet", "Lượt duyệt", "approved", lambda row: [copy.key for copy in row.approvals]),
)
BY_KEY = {figure.key: figure for figure in FIGURES}


def numbers(row: Row) -> list[tuple[Figure, int]]:
    """Return each figure of a row with its number."""
    return [(figure, getattr(row, figure.name)) for figure in FIGURES]


@dataclass(frozen=True)
class Contribution:
    """The rows of people and of units in a period, most published first."""

    people: list[Row]
    units: list[Row]

    def row(self, way: str, key: str) -> Row | None:
        """Return the row of a person ("nguoi") or of a unit ("don-vi"), None where there is none."""
        rows = {"nguoi": self.people, "don-vi": self.units}.get(way, [])
        return next((row for row in rows if str(row.key) == key), None)


def of_period(sites: Iterable[PortalSite], first: date, last: date) -> Contribution:
    """Count for the given sites from `first` to `last`, both included; a handful of queries however much there is."""
    sites = list(sites)
    approved = figures.versions(sites, first, last)
    copies = [copy for copy in map(Copy._make, approved.values_list(*COPIED)) if _is_work(copy.object_type)]
    people: dict[str, Row] = {}
    units: dict[int, Row] = {}
    _count_declared(copies, Declaration.objects.filter(revision_id__in=approved.values("revision_id")), people)
    _count_approved(copies, people)
    _count_units(copies, units)
    _count_answers(sites, first, last, people, units)
    return Contribution(_sorted(people.values()), _sorted(units.values()))


def _count_declared(copies: Sequence[Copy], declarations: QuerySet, people: dict[str, Row]) -> None:
    """What each person declared accurate and was approved."""
    rows = declarations.order_by("pk").values_list("revision_id", "declared_by__username", "declared_by_name")
    declared = {revision: (key, name) for revision, key, name in rows}
    for copy in copies:
        if copy.revision_id in declared:
            _row(people, *declared[copy.revision_id]).copies.append(copy)


def _row(people: dict[str, Row], username: str | None, name: str) -> Row:
    """The row of a person by the account, which the archive names too; of one that is gone by the name."""
    key = username or name
    return people.setdefault(key, Row(key, name))


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


def _count_approved(copies: Sequence[Copy], people: dict[str, Row]) -> None:
    """The versions that each person approved; the archive names them with their account."""
    for copy in copies:
        if copy.approved_by != copy.submitted_by and (username := username_in(copy.approved_by)):
            _row(people, username, copy.approved_by.removesuffix(f" ({username})")).approvals.append(copy)


def _count_units(copies: Sequence[Copy], units: dict[int, Row]) -> None:
    """The published pages of the units that are responsible for them."""
    versions: dict[tuple[str, str], list[Copy]] = {}
    for copy in copies:
        versions.setdefault((copy.object_type, copy.object_id), []).append(copy)
    of_type: dict[str, list[str]] = {}
    for object_type, object_id in versions:
        of_type.setdefault(object_type, []).append(object_id)
    found = []
    for object_type, keys in of_type.items():
        if (model := _responsible(object_type)) is not None:
            rows = model.objects.filter(pk__in=keys).exclude(responsible_unit=None).order_by()
            found.append(rows.values_list(Value(object_type), "pk", "responsible_unit", "responsible_unit__name"))
    # Each page type has a table of its own; together they are one question.
    for object_type, key, unit, name in found[0].union(*found[1:], all=True) if found else ():
        units.setdefault(unit, Row(unit, name)).copies += versions[object_type, str(key)]


def _responsible(object_type: str) -> type[Page] | None:
    """The page type of a copy, where its pages name the unit that answers for them."""
    try:
        model = apps.get_model(object_type)
    except (LookupError, ValueError):
        return None
    return model if issubclass(model, BasePage) else None


def _count_answers(sites, first: date, last: date, people: dict[str, Row], units: dict[int, Row]) -> None:
    """The answers that were sent, for who wrote them and for the unit that gave them."""
    begin, end = moments_of(first, last)
    found = Answer.objects.filter(question__owner_site__in=sites, sent_at__gte=begin, sent_at__lt=end)
    rows = found.values_list("pk", "written_by__username", "written_by_name", "unit_id", "unit__name")
    for answer, username, name, unit, unit_name in rows:
        if username is not None:
            _row(people, username, name).answers.append(answer)
        units.setdefault(unit, Row(unit, unit_name)).answers.append(answer)


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.published, -row.answered, -row.approved, sort_key(row.name)))


# --- What a figure counts, one by one -------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One thing that was counted: what, of which site, when; `address` of the screen that shows it, "" for none."""

    title: str
    kind: str
    site: str
    at: datetime
    address: str


def entries(figure: Figure, keys: Sequence[int], user) -> list[Entry]:
    """Return what a figure counts by its keys, the newest first, with the way to what the user may read."""
    return _answers(keys, user) if figure.counts_answers else _versions(keys, user)


def _versions(keys: Sequence[int], user) -> list[Entry]:
    sites = {site.slug: site for site in all_sites()}
    return [
        Entry(
            copy.title,
            _kind(copy.object_type),
            sites[copy.site_slug].name,
            copy.approved_at,
            reverse("workflows_archive_copy", args=[copy.pk]) if may_read(user, sites[copy.site_slug]) else "",
        )
        for copy in ArchiveCopy.objects.filter(pk__in=keys).order_by("-pk")
    ]


def _answers(keys: Sequence[int], user) -> list[Entry]:
    found = list(Answer.objects.filter(pk__in=keys).select_related("question__owner_site").order_by("-sent_at", "-pk"))
    asked = [answer.question_id for answer in found]
    seen = set(inbox.visible_to(user).filter(pk__in=asked).values_list("pk", flat=True))
    return [
        Entry(
            answer.question.number,
            "Câu trả lời",
            answer.question.owner_site.name,
            answer.sent_at,
            reverse("faq_question", args=[answer.question_id]) if answer.question_id in seen else "",
        )
        for answer in found
    ]


# --- As tables ------------------------------------------------------------------------------------------

COLUMNS = (
    *((figure.label, 18, figure.name) for figure in FIGURES),
    ("Theo loại", 70, "kinds_text"),
)


ITEM_COLUMNS = (
    ("Nội dung", 70, "title"),
    ("Loại", 24, "kind"),
    ("Trang", 30, "site"),
    ("Lúc", 18, lambda entry: format_moment(entry.at)),
)


def sheet_of_items(row: Row, figure: Figure, sites: Sequence[PortalSite], first: date, last: date, user) -> xlsx.Sheet:
    """Return what one figure of a person or unit counts as a sheet, the newest first."""
    keys = sorted(figure.of(row), reverse=True)
    above = [f"{figure.label}: {row.name}", _of(sites, first, last)]
    return xlsx.sheet("Từng mục", above, ITEM_COLUMNS, entries(figure, keys, user))


def sheets(found: Contribution, sites: Sequence[PortalSite], first: date, last: date) -> list[xlsx.Sheet]:
    """Return the figures as sheets: people, and units."""
    above = ["Đóng góp của cá nhân, đơn vị", _of(sites, first, last)]
    return [
        xlsx.sheet("Cá nhân", above, (("Họ và tên", 40, "name"), *COLUMNS), found.people),
        xlsx.sheet("Đơn vị", above, (("Đơn vị", 50, "name"), *COLUMNS), found.units),
    ]


def _of(sites: Sequence[PortalSite], first: date, last: date) -> str:
    whose = sites[0].name if len(sites) == 1 else f"{len(sites)} trang"
    return f"{whose}, từ {format_short(first)} đến {format_short(last)}"
