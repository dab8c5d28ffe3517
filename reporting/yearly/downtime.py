"""When the portal or its services stood still in a year: by notices, and by the gaps in its periodic work."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from base.figures import written
from base.operations import stops
from base.sites import city_site
from servicecatalog.models import ServiceOutagePage
from vietnam.dates import format_short

from .parts import Counted, Period, number

MOST_ROWS = 200
NOTHING = timedelta(0)
STOPPED = "Cổng ngừng chạy (theo nhịp việc định kỳ)"
BY_PEOPLE = (
    "người lập ghi theo hệ thống giám sát (địa chỉ /readyz) và nhật ký của máy chủ, sửa số của cổng thì ghi lý do."
)


def downtime(period: Period) -> Counted:
    """The stops that were announced to readers, and those that the portal noticed afterwards."""
    first, after = period.moments
    found = ServiceOutagePage.objects.filter(
        first_published_at__isnull=False,
        starts_at__gte=first,
        starts_at__lt=after,
        locale_id=city_site().home_page().locale_id,
    )
    notices = list(found.order_by("starts_at", "pk")[:MOST_ROWS])
    lengths = [page.ends_at - page.starts_at if page.ends_at else NOTHING for page in notices]
    rows = [
        [page.title, *map(_moment, (page.starts_at, page.ends_at, page.first_published_at)), _hours(length)]
        for page, length in zip(notices, lengths, strict=True)
    ]
    announced = [(page.starts_at, page.ends_at) for page in notices if _tells_in_advance(page)]
    noticed = stops.between(first, after)
    unplanned = {
        stop: _unannounced(max(stop.began_at, first), min(stop.ended_at, after), announced) for stop in noticed
    }
    rows += [
        [STOPPED, _moment(stop.began_at), _moment(stop.ended_at), "—" if length else "đã báo trước", _hours(length)]
        for stop, length in list(unplanned.items())[:MOST_ROWS]
    ]
    is_known = (since := stops.noted_since()) is not None and since < after
    return Counted(
        (
            ("notices", "Lần ngừng dịch vụ có thông báo", number(len(notices))),
            ("hours", "Tổng số giờ ngừng có thông báo", _in_hours(lengths)),
            ("stops", "Lần cổng ngừng ngoài kế hoạch", number(sum(map(bool, unplanned.values()))) if is_known else ""),
            (
                "unplanned",
                "Tổng số giờ ngừng ngoài kế hoạch của cổng",
                _in_hours(unplanned.values()) if is_known else "",
            ),
        ),
        ("Thông báo", "Từ", "Đến", "Đăng lúc", "Số giờ"),
        rows,
        _how_known(since, first, after),
    )


def _tells_in_advance(page: ServiceOutagePage) -> bool:
    """Tell whether a notice announced a stop of the whole portal before it began, and when it would end."""
    return page.whole_portal and page.ends_at is not None and page.first_published_at < page.starts_at


def _unannounced(begin: datetime, end: datetime, announced: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Return how much of a stop no notice had announced."""
    length, until = end - begin, begin
    for first, last in sorted(announced):
        covered = min(last, end) - max(first, until)
        if covered > NOTHING:
            length, until = length - covered, min(last, end)
    return length


def _how_known(since: datetime | None, first: datetime, after: datetime) -> str:
    minutes = stops.STOPPED_AFTER // timedelta(minutes=1)
    if since is None or since >= after:
        return f"Gián đoạn ngoài kế hoạch: trong kỳ cổng chưa tự ghi lúc chính nó ngừng; {BY_PEOPLE}"
    words = f"Gián đoạn ngoài kế hoạch: các lần việc định kỳ của cổng ngừng quá {minutes} phút mà không báo trước"
    if since <= first:
        return f"{words}."
    return f"{words}, ghi từ ngày {format_short(timezone.localtime(since).date())}; trước đó {BY_PEOPLE}"


def _in_hours(lengths: Iterable[timedelta]) -> str:
    return written(round(sum(lengths, NOTHING) / timedelta(hours=1), 1))


def _hours(length: timedelta) -> str:
    return _in_hours([length]) if length else "—"


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}" if at else "—"
