"""Notices that online services are unavailable: which of them a service shows, and whether they came in time.

1. `on_site`: those of the site and of the city that are not over, one query; `naming` picks those of a procedure.
2. `turns`: the moments at which the display changes, for the page cache.
3. `notice_findings`: the preflight of a notice warns unless it comes at least one working day before (TT 32/2017 Điều
11), seven from 01/07/2026 (NĐ 224/2026 Điều 13).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page

from base.preflight import Finding
from base.public.site_cache import remembered
from base.queries import sql
from base.sites import ancestor_paths, site_of
from vietnam.dates import format_short
from workflows import deadlines

from ..models import ServiceOutagePage

# First day of a rule, working days of notice, source; the latest one first.
NOTICE_RULES = (
    (date(2026, 7, 1), 7, "NĐ 224/2026/NĐ-CP Điều 13"),
    (date(2018, 6, 1), 1, "TT 32/2017/TT-BTTTT Điều 11"),
)


@dataclass
class Outage:
    """A notice as a service shows it; `procedures`: keys of the procedures it names, empty for all.

    `is_native`: its words are Vietnamese on a page that is not.
    """

    key: int
    title: str
    message: str
    starts_at: datetime | None
    ends_at: datetime | None
    procedures: set[int] = field(default_factory=set)
    is_now: bool = False
    is_native: bool = False


def on_site(
    catalogue: Page, now: datetime | None = None, request=None, sites: Iterable[int] | None = None
) -> list[Outage]:
    """Return the public notices of a catalogue's site and of the city that are not over, the soonest first.

    `catalogue`: the Vietnamese catalogue of the site. One query, none for a `request` until one of the `sites` changes
    (any for None). A planned one is shown from its publication on.
    """
    now = now or timezone.now()
    rows = remembered(request, ("outages", catalogue.path), lambda: _not_over(catalogue, now), sites)
    found: dict[int, Outage] = {}
    for key, title, message, english, starts_at, ends_at, procedure in rows:
        if ends_at is not None and sql.moment(ends_at) <= now:
            continue
        outage = found.get(key)
        if outage is None:
            starts_at, ends_at = sql.moment(starts_at), sql.moment(ends_at)
            outage = found[key] = _outage(key, title, message, english, starts_at, ends_at, now)
        if procedure is not None:
            outage.procedures.add(procedure)
    return list(found.values())


def _not_over(catalogue: Page, now: datetime) -> list[tuple]:
    city_home = ancestor_paths(catalogue.path)[0]
    depth_of_city_notices = len(city_home) // Page.steplen + 2
    links = ServiceOutagePage.procedures.through._meta.db_table
    return sql.read(
        "SELECT p.id, p.title, o.message, o.message_en, o.starts_at, o.ends_at, n.procedure_id "
        "FROM servicecatalog_serviceoutagepage o JOIN wagtailcore_page p ON p.id = o.page_ptr_id "
        f"LEFT JOIN {links} n ON n.serviceoutagepage_id = p.id WHERE p.live AND (o.ends_at IS NULL OR o.ends_at > %s) "
        f"AND (substr(p.path, 1, {len(catalogue.path)}) = %s "
        f"OR (substr(p.path, 1, {len(city_home)}) = %s AND p.depth = %s)) ORDER BY o.starts_at, p.id",
        [now, catalogue.path, city_home, depth_of_city_notices],
    )


def as_shown(page: ServiceOutagePage, now: datetime | None = None) -> Outage:
    """Return a version of a notice as a service shows it, for a preview."""
    now = now or timezone.now()
    return _outage(page.pk, page.title, page.message, page.message_en, page.starts_at, page.ends_at, now)


def _outage(key, title, message, english, starts_at, ends_at, now) -> Outage:
    is_english, is_now = get_language() == "en", starts_at is None or starts_at <= now
    return Outage(
        key,
        title,
        (english if is_english else "") or message,
        starts_at,
        ends_at,
        is_now=is_now,
        is_native=is_english and not english,
    )


def naming(outages: Iterable[Outage], procedure_id: int) -> list[Outage]:
    """Return those of the notices that name a procedure, or all procedures."""
    return [outage for outage in outages if not outage.procedures or procedure_id in outage.procedures]


def turns(outages: Iterable[Outage]) -> list[datetime | None]:
    """Return when the notices begin and end, for what is kept of a page that shows them (`base/public/turning.py`)."""
    return [moment for outage in outages for moment in (outage.starts_at, outage.ends_at)]


def notice_wanted(starts_on: date) -> tuple[int, str]:
    """Return how many working days before an outage of a day it is to be told, and by which article."""
    for first_day, workdays, source in NOTICE_RULES:
        if starts_on >= first_day:
            return workdays, source
    return 0, ""


def notice_findings(page: ServiceOutagePage, now: datetime | None = None) -> list[Finding]:
    """Return what the preflight says of a notice's days: no beginning, already over, told too late."""
    if page.starts_at is None:
        return [Finding("blocker", "starts_at", "Thiếu lúc bắt đầu ngừng; hãy ghi ngày, giờ.")]
    if page.is_over(now):
        return [Finding("blocker", "ends_at", "Thời gian ngừng đã qua; hãy sửa lúc kết thúc hoặc bỏ thông báo.")]
    if page.whole_portal and page.path and not site_of(page).is_city:
        return [Finding("blocker", "whole_portal", "Chỉ thông báo của thành phố tạm ngừng toàn bộ cổng; bỏ đánh dấu.")]
    if (page.raises_alert or page.is_planned_stop) and page.ends_at is None:
        return [Finding("blocker", "ends_at", "Cảnh báo trên mọi trang phải có lúc tự ẩn; hãy ghi lúc kết thúc.")]
    starts_on, today = deadlines.local_date(page.starts_at), deadlines.local_date(now)
    workdays, source = notice_wanted(starts_on)
    # The number of whole working days that lie between the day of the notice and that of the outage.
    if not workdays or deadlines.workdays_after(today, workdays) <= starts_on:
        return []
    latest = deadlines.workdays_after(starts_on, -workdays)
    return [
        Finding(
            "warning",
            "starts_at",
            f"Phải thông báo trước ít nhất {workdays} ngày làm việc ({source}), tức là chậm nhất ngày "
            f"{format_short(latest)}; nếu là bảo trì có kế hoạch, hãy dời lịch; nếu là sự cố, hãy đăng ngay.",
        )
    ]
