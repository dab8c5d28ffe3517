"""The read API of all sets of data: `/api/du-lieu-mo/v1/`, described in `openapi.py`.

1. `index`: the sets with their columns. 2. `rows`: some rows of a set and the address of the next ones. 3. `one`: one
thing by its number, 410 once it went. 4. `description`: the OpenAPI document. A program is refused what makes no sense,
because it would not notice that it was left out.
"""

import re
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date

from base.models import PortalSite
from base.public.api import Problem, answer, read_only
from base.public.page_cache.queries import TRACKING_PARAMS
from base.queries import sql
from vietnam.dates import format_moment

from . import licence, openapi, paging
from .reading import gone
from .reading.asked import Asked, Place
from .sets import GONE, SETS, DataSet

SITE, KIND, SINCE, AFTER = "don-vi", "loai", "doi-tu", "sau"
PARAMETERS = (SITE, KIND, SINCE, AFTER)
# Those of which the page cache has copies; places and moments are of one program each.
CACHED = (SITE, KIND)
ROWS_AT_ONCE = 100
SLUG = re.compile(r"[a-z0-9-]{1,80}")
LARGEST_KEY = 2**63 - 1


@read_only
def index(request):
    """Answer the sets of data with what they hold and where their rows and files are."""
    given(request, ())
    data = {
        "title": openapi.TITLE,
        "licence": {"name": licence.NAME, "url": licence.url()},
        "date": timezone.localdate().isoformat(),
        "sets": [_described(one) for one in SETS.values()],
    }
    return answer(request, data, _sites().values(), headers={"Link": _links(("service-desc", _url("opendata_api")))})


@read_only
def rows(request, name: str):
    """Answer some rows of a set, the longest unchanged first, with the address of those behind them."""
    found = set_of(name)
    asked, values, sites = ask(request, found, ROWS_AT_ONCE + 1)
    read = found.read(asked)
    shown = read[:ROWS_AT_ONCE]
    following = _following(found, values, shown[-1].place) if len(read) > ROWS_AT_ONCE else None
    data = {
        "set": found.key,
        "date": asked.today.isoformat(),
        "rows": [row.values for row in shown],
        "next": following,
    }
    links = [("license", licence.url()), ("service-desc", _url("opendata_api"))]
    links = [("next", following), *links] if following else links
    turns = found.turns(asked.now) if found.turns else ()
    return answer(request, data, sites.values(), params=CACHED, turns=turns, headers={"Link": _links(*links)})


@read_only
def one(request, name: str, number: int):
    """Answer one thing of a set; 410 for one that went, 404 for a number that was never public."""
    found = set_of(name)
    given(request, ())
    if not found.has_ids or not 0 < number <= LARGEST_KEY:
        raise Problem(404, "Không có mục nào mang số này.")
    asked = Asked(most=1, one=number)
    read = found.read(asked)
    if not read:
        raise _missing(found, number)
    (row,) = read
    headers = {"Link": _links(("license", licence.url()))}
    if row.place.moment is not None:
        headers["Last-Modified"] = http_date(row.place.moment.timestamp())
    turns = found.turns(asked.now) if found.turns else ()
    return answer(request, row.values, _sites().values(), turns=turns, headers=headers)


@read_only
def description(request):
    """Answer the OpenAPI document of this API."""
    return answer(request, openapi.description(), _sites().values())


# --- What was asked ------------------------------------------------------------------------------------


def set_of(name: str) -> DataSet:
    """Return the set with a name; raises Problem for none."""
    if name not in SETS:
        raise Problem(404, f"Không có tập dữ liệu này; các tập: {', '.join(SETS)}.")
    return SETS[name]


def ask(request, found: DataSet, most: int) -> tuple[Asked, dict[str, str], dict[str, int]]:
    """Return what a request asks of a set, its parameters, and the keys of all sites by their names."""
    values, found_sites = given(request, PARAMETERS), _read_sites()
    # Of a site that is prepared, or was given up, readers do not even know the name.
    known = {slug: key for slug, key, state in found_sites if state not in PortalSite.UNKNOWN}
    if SITE in values and values[SITE] not in known:
        raise Problem(404, f"Giá trị của «{SITE}» không ứng với trang nào; hãy lấy ở cột «site».")
    asked = Asked(
        most=most,
        after=_place(found, values[AFTER]) if AFTER in values else None,
        since=_since(found, values[SINCE]) if SINCE in values else None,
        site=known.get(values.get(SITE)),
        kind=_kind(found, values[KIND]) if KIND in values else "",
    )
    return asked, values, {slug: key for slug, key, _state in found_sites}


def given(request, names) -> dict[str, str]:
    """Return the parameters of a request; each known, given once and not empty."""
    values = {}
    for name, written in request.GET.lists():
        if name in TRACKING_PARAMS:
            continue
        if name not in names:
            known = f"các tham số: {', '.join(names)}" if names else "địa chỉ này không có tham số"
            raise Problem(400, f"Không có tham số «{name[:40]}»; {known}.")
        values[name] = written[0].strip()
        if len(written) > 1 or not values[name]:
            raise Problem(400, f"Tham số «{name}» phải được ghi một lần, có giá trị; hãy sửa hoặc bỏ tham số.")
    return values


def _kind(found: DataSet, value: str) -> str:
    if found.kinds is not None:
        kinds = found.kinds()
        if value not in kinds:
            raise Problem(400, f"Giá trị của «{KIND}» phải là một trong: {', '.join(kinds)}.")
        return kinds[value]
    if not SLUG.fullmatch(value):
        raise Problem(400, f"Giá trị của «{KIND}» không đúng dạng; hãy lấy ở cột «kind».")
    return value


def _since(found: DataSet, value: str) -> datetime:
    if not found.knows_changes:
        raise Problem(400, f"Tập này không ghi lúc thay đổi; hãy bỏ tham số «{SINCE}».")
    try:
        # A plus sign in an address that is not escaped is a blank.
        moment = datetime.fromisoformat(value.replace(" ", "+") if "T" in value else value)
        moment = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(
            400, f"«{SINCE}» phải là ngày hoặc thời điểm, ví dụ 2026-11-30 hoặc 2026-11-30T08:00:00+07:00."
        ) from None
    return moment


def _place(found: DataSet, value: str) -> Place:
    try:
        place = paging.place_of(value)
        is_whole = isinstance(place.key, str) is (found is GONE) and (place.moment is not None) is found.knows_changes
        if not is_whole or (isinstance(place.key, int) and place.key > LARGEST_KEY):
            raise ValueError(value)
    except (ValueError, OverflowError):
        raise Problem(400, f"Giá trị của «{AFTER}» không đúng; hãy dùng địa chỉ ở «next» của trang trước.") from None
    return place


# --- What is answered ----------------------------------------------------------------------------------


def _sites() -> dict[str, int]:
    """Return the keys of the sites by their names in addresses: one query."""
    return {slug: key for slug, key, _state in _read_sites()}


def _read_sites() -> list[tuple[str, int, str]]:
    return sql.read("SELECT slug, id, state FROM base_portalsite ORDER BY id")


def _missing(found: DataSet, number: int) -> Problem:
    """Return the refusal for a thing that is not public: whether it ever was, and not what it was."""
    moment = gone.moment_of(found.key, number, timezone.now())
    if moment is not None:
        return Problem(410, f"Mục này đã được gỡ lúc {format_moment(moment)}; hãy bỏ bản đã lấy.")
    return Problem(404, "Không có mục nào đang đăng mang số này.")


def _described(found: DataSet) -> dict:
    return {
        "set": found.key,
        "title": found.title,
        "description": found.words,
        "rows_url": _url("opendata_api_rows", found.key),
        "csv_url": _url("opendata_file", found.key, "csv"),
        "json_url": _url("opendata_file", found.key, "json"),
        "columns": [
            {"name": one.name, "type": one.kind, "is_optional": one.is_optional, "description": one.words}
            for one in found.columns
        ],
    }


def _following(found: DataSet, values: dict[str, str], place: Place) -> str:
    query = {**values, AFTER: paging.cursor_of(place)}
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('opendata_api_rows', args=[found.key], query=query)}"


def _url(name: str, *parts: str) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse(name, args=parts)}"


def _links(*links: tuple[str, str]) -> str:
    """Return links as a header has them (RFC 8288): (relation, address) each."""
    return ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links)
