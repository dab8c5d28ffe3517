"""What a site still lacks: for each section of the catalogue whether it is there, filled, fresh and on time.

The report of Quy chế Điều 9, 10.1.a and 18.2: one row a section, of one site or of all by the same handful of queries
whatever the amount of content (`reports`). A section index is known by its key; a section with a page type of its own
by its address, which is the key; one in another language by the Vietnamese page that it translates.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Count, F, Max, Q, Value, When
from django.db.models.functions import Length, Substr
from django.utils import timezone
from wagtail.models import Page

from base.models import PortalSite
from workflows.deadlines.acting import FRESH_RULE
from workflows.models import Deadline

from . import catalogue
from .models import SectionIndexPage

STEP = Page.steplen


@dataclass(frozen=True)
class Translation:
    """A section in another language: its page, how many live pages are under it, when readers last saw a change."""

    page: Page
    items: int
    newest_on: date | None
    needs_items: bool

    @property
    def is_filled(self) -> bool:
        """Public, and with an item where it is a section of items."""
        return self.page.live and (self.items > 0 or not self.needs_items)


@dataclass(frozen=True)
class SectionReport:
    """One section of one site.

    `page`: its page, live or draft, or None. `items`: live pages under it. `newest_on`: local date on which
    the section or something in it last changed for the public. `open_deadlines` and `late_deadlines` count
    the deadlines by the section's rules on this site, that of keeping it up to date for this section alone.
    `translations`: the section in other languages, by their codes.
    """

    section: catalogue.Section
    obligation: str
    page: Page | None
    items: int
    newest_on: date | None
    open_deadlines: int
    late_deadlines: int
    age_in_days: int | None
    translations: dict[str, Translation] = field(default_factory=dict)

    @property
    def is_required(self) -> bool:
        return self.obligation == catalogue.REQUIRED

    @property
    def exists(self) -> bool:
        return self.page is not None

    @property
    def is_live(self) -> bool:
        return self.page is not None and self.page.live

    @property
    def is_filled(self) -> bool:
        """A section of items needs one; a page of its own type cannot be published empty."""
        return self.is_live and (self.items > 0 or self.section.page_type != catalogue.INDEX)

    @property
    def is_complete(self) -> bool:
        return self.is_filled or not self.is_required

    @property
    def state(self) -> str:
        """What to do, as text."""
        if not self.exists:
            return "Chưa có mục"
        if not self.is_live:
            return "Chưa đăng"
        return "Đã có nội dung" if self.is_filled else "Chưa có nội dung"


def report(site: PortalSite, on: date | None = None) -> list[SectionReport]:
    """Return one row for each section a site must or should have on a local date, in the order of the
    catalogue.
    """
    return reports([site], on)[site.pk]


def reports(
    sites: Sequence[PortalSite], on: date | None = None, *, with_deadlines: bool = True
) -> dict[int, list[SectionReport]]:
    """Return the same for several sites, by the key of the site; four queries however many there are."""
    day = on or timezone.localdate()
    homes = _homes(sites)
    children, contents = _children(homes), _contents(homes)
    deadline_rows = _deadlines(sites if with_deadlines else [], day)
    found = {}
    for site in sites:
        home = homes.get((site.home_key, settings.LANGUAGE_CODE))
        pages = _section_pages(children.get(home.path, [])) if home else {}
        foreign = [one for (key, code), one in homes.items() if key == site.home_key and one is not home]
        pages["tieng-nuoc-ngoai"] = max(foreign, key=lambda one: one.live, default=None)
        in_others = {one.locale.language_code: _by_key(children.get(one.path, [])) for one in foreign}
        found[site.pk] = [
            _row(site, section, obligation, pages.get(section.key), contents, deadline_rows, in_others, day)
            for section in catalogue.SECTIONS
            if (obligation := section.obligation(site.kind, day)) != catalogue.NOT_APPLICABLE
        ]
    return found


def _row(site, section, obligation, page, contents, deadline_rows, in_others, day) -> SectionReport:
    opened, late = deadline_rows.get(site.pk, (Counter(), Counter()))
    items, newest_on = _content_of(page, contents)
    counted = [(rule, "") for rule in section.deadline_rules if rule != FRESH_RULE]
    counted += [(FRESH_RULE, str(page.pk))] if page else []
    translations = {
        code: Translation(other, *_content_of(other, contents), section.page_type == catalogue.INDEX)
        for code, by_key in in_others.items()
        if page is not None and (other := by_key.get(page.translation_key)) is not None
    }
    return SectionReport(
        section=section,
        obligation=obligation,
        page=page,
        items=items,
        newest_on=newest_on,
        open_deadlines=sum(opened[key] for key in counted),
        late_deadlines=sum(late[key] for key in counted),
        age_in_days=(day - newest_on).days if newest_on else None,
        translations=translations,
    )


def _content_of(page: Page | None, contents) -> tuple[int, date | None]:
    """Live pages under a section's page, and the local date of the newest change for the public."""
    items, newest = contents.get(page.path, (0, None)) if page else (0, None)
    moments = [moment for moment in (newest, page and page.live and page.last_published_at) if moment]
    return items, timezone.localtime(max(moments)).date() if moments else None


def lacking(site: PortalSite, on: date | None = None) -> list[SectionReport]:
    """Return the required sections of a site that are missing, not public or empty."""
    return [row for row in reports([site], on, with_deadlines=False)[site.pk] if not row.is_complete]


def _homes(sites: Iterable[PortalSite]) -> dict[tuple, Page]:
    """The home pages of sites by (key, language)."""
    pages = Page.objects.filter(translation_key__in=[site.home_key for site in sites]).select_related("locale")
    return {(page.translation_key, page.locale.language_code): page for page in pages}


def _children(homes: dict[tuple, Page]) -> dict[str, list[Page]]:
    """The pages right below each home page, in their order, by its tree path; an index with its key."""
    paths = [home.path for home in homes.values()]
    below = Q(pk=None)
    for length in {len(path) for path in paths}:
        below |= Q(depth=length // STEP + 1, above__in=[path for path in paths if len(path) == length])
    above = Substr("path", 1, Length("path") - STEP, output_field=CharField())
    found: dict[str, list[Page]] = {}
    pages = Page.objects.annotate(above=above, index_key=F(f"{SectionIndexPage._meta.model_name}__section_key"))
    for page in pages.filter(below).order_by("path").defer("search_description"):
        found.setdefault(page.above, []).append(page)
    return found


def _section_pages(children: list[Page]) -> dict[str, Page]:
    """The page of each section among the children of a home page, by key."""
    found: dict[str, Page] = {}
    for child in children:
        key = child.index_key
        if not key:
            row = catalogue.section(child.slug)
            kind = ContentType.objects.get_for_id(child.content_type_id)
            key = child.slug if row and row.page_type.lower() == f"{kind.app_label}.{kind.model}" else None
        # Of two pages for one section the public one counts.
        if key and (key not in found or child.live > found[key].live):
            found[key] = child
    return found


def _by_key(children: list[Page]) -> dict:
    return {child.translation_key: child for child in children}


def _contents(homes: dict[tuple, Page]) -> dict[str, tuple[int, datetime | None]]:
    """(live pages, last change) under each child of the home pages, by the child's tree path; one query.

    A ward's home page is a child of the city's: the deepest home above a page counts.
    """
    by_length: dict[int, list[str]] = {}
    for home in homes.values():
        by_length.setdefault(len(home.path), []).append(home.path)
    if not by_length:
        return {}
    of_home = [
        When(
            **{f"above_{length}__in": paths},
            then=Substr("path", 1, length + STEP, output_field=CharField()),
        )
        for length, paths in sorted(by_length.items(), reverse=True)
    ]
    rows = (
        Page.objects.annotate(**{f"above_{length}": Substr("path", 1, length) for length in by_length})
        .annotate(branch=Case(*of_home, default=Value(""), output_field=CharField()))
        .filter(live=True)
        .exclude(branch="")
        .exclude(branch=F("path"))
        .order_by()
        .values("branch")
        .annotate(items=Count("pk"), newest=Max("last_published_at"))
    )
    return {row["branch"]: (row["items"], row["newest"]) for row in rows}


def _deadlines(sites: Iterable[PortalSite], day: date) -> dict[int, tuple[Counter, Counter]]:
    """Open deadlines of each site, all and late ones, counted by (rule, ""), that of freshness by (rule, page)."""
    found = {site.pk: (Counter(), Counter()) for site in sites}
    if not found:
        return found
    rows = Deadline.objects.open().filter(site__in=list(found)).order_by()
    for site, code, object_id, last_day in rows.values_list("site_id", "rule__code", "object_id", "last_day"):
        key = (code, object_id if code == FRESH_RULE else "")
        opened, late = found[site]
        opened[key] += 1
        late[key] += last_day < day
    return found
