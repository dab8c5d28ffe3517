"""What a site still lacks: for each section of the catalogue whether it is there, filled, fresh and on time.

The report of Quy chế Điều 9, 10.1.a and 18.2: one row a section, by a handful of queries whatever the amount
of content. A section index is known by its key; a section with a page type of its own by its address, which
is the key.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Max
from django.db.models.functions import Substr
from django.utils import timezone
from wagtail.models import Page

from base.models import PortalSite
from workflows.models import Deadline

from . import catalogue
from .models import SectionIndexPage

STEP = Page.steplen


@dataclass(frozen=True)
class SectionReport:
    """One section of one site.

    `page`: its page, live or draft, or None. `items`: live pages under it. `newest_on`: local date on which
    the section or something in it last changed for the public. `open_deadlines` and `late_deadlines` count
    the deadlines by the section's rules on this site.
    """

    section: catalogue.Section
    obligation: str
    page: Page | None
    items: int
    newest_on: date | None
    open_deadlines: int
    late_deadlines: int
    age_in_days: int | None

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
    day = on or timezone.localdate()
    home = site.home_page()
    pages = _section_pages(home) if home else {}
    contents = _contents(home) if home else {}
    opened, late = _deadlines(site, day)
    rows = []
    for section in catalogue.SECTIONS:
        obligation = section.obligation(site.kind, day)
        if obligation == catalogue.NOT_APPLICABLE:
            continue
        page = _foreign_home(site) if section.key == "tieng-nuoc-ngoai" else pages.get(section.key)
        items, newest = contents.get(page.path, (0, None)) if page else (0, None)
        moments = [moment for moment in (newest, page and page.live and page.last_published_at) if moment]
        newest_on = timezone.localtime(max(moments)).date() if moments else None
        rows.append(
            SectionReport(
                section=section,
                obligation=obligation,
                page=page,
                items=items,
                newest_on=newest_on,
                open_deadlines=sum(opened[rule] for rule in section.deadline_rules),
                late_deadlines=sum(late[rule] for rule in section.deadline_rules),
                age_in_days=(day - newest_on).days if newest_on else None,
            )
        )
    return rows


def lacking(site: PortalSite, on: date | None = None) -> list[SectionReport]:
    """Return the required sections of a site that are missing, not public or empty."""
    return [row for row in report(site, on) if not row.is_complete]


def _section_pages(home) -> dict[str, Page]:
    """The page of each section under the home page, by key."""
    children = list(home.get_children().select_related("content_type").order_by("path"))
    keys = dict(SectionIndexPage.objects.child_of(home).exclude(section_key="").values_list("pk", "section_key"))
    found: dict[str, Page] = {}
    for child in children:
        key = keys.get(child.pk)
        if key is None:
            row = catalogue.section(child.slug)
            label = f"{child.content_type.app_label}.{child.content_type.model}"
            key = child.slug if row and row.page_type.lower() == label else None
        # Of two pages for one section the public one counts.
        if key and (key not in found or child.live > found[key].live):
            found[key] = child
    return found


def _contents(home) -> dict[str, tuple[int, datetime | None]]:
    """(live pages, last change) under each child of the home page, by the child's tree path."""
    rows = (
        Page.objects.filter(path__startswith=home.path, depth__gt=home.depth + 1, live=True)
        .annotate(branch=Substr("path", 1, len(home.path) + STEP))
        .order_by()
        .values("branch")
        .annotate(items=Count("pk"), newest=Max("last_published_at"))
    )
    return {row["branch"]: (row["items"], row["newest"]) for row in rows}


def _deadlines(site, day) -> tuple[Counter, Counter]:
    """Open deadlines of a site, all and late ones, counted by the rule's code."""
    opened, late = Counter(), Counter()
    rows = Deadline.objects.open().filter(site=site).select_related("rule")
    for deadline in rows:
        opened[deadline.rule.code] += 1
        if deadline.last_day < day:
            late[deadline.rule.code] += 1
    return opened, late


def _foreign_home(site) -> Page | None:
    """The home page in another language, public if there is one."""
    return (
        Page.objects.filter(translation_key=site.home_key)
        .exclude(locale__language_code=settings.LANGUAGE_CODE)
        .order_by("-live")
        .first()
    )
