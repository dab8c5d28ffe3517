"""Links of public content to others: asked at night, a few of each server, when the operators allow it (decision 0074).

1. `findings_in`, from the nightly look (`live_checks.py`): notes the addresses that something public leads to, and says
which of them fail. 2. The job `check_outside_links` calls `ask_some`: what was never asked first, then the oldest
answer; `base/operations/outward.py` reaches public addresses alone. 3. A link fails only when it was asked on two
nights: a server may be away for one. Without `PORTAL_CHECK_LINKS_OUT` nothing is noted, asked or told.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from wagtail.models import Site

from base.operations import outward
from base.preflight import OUTSIDE_LINK, Finding, texts_by_field
from vietnam.dates import format_short

from ..models import OutsideLink
from .nights import night_of

State = OutsideLink.State

HREF = re.compile(r'href="(https?://[^"]+)"', re.IGNORECASE)
BARE = re.compile(r"https?://\S+", re.IGNORECASE)
ROUND_SECONDS = 20
# Of one server in one round, and how long it is left alone between two questions.
A_ROUND_OF_A_HOST, PAUSE_SECONDS = 5, 1.0
CANDIDATES = 300
# What works is asked again after a month, what fails every night; what nothing leads to any more is left out, and
# removed in the end.
AGAIN, AGAIN_FAILING = timedelta(days=30), timedelta(hours=20)
UNSEEN, GONE = timedelta(days=3), timedelta(days=60)
FAILING_FROM = 2
# Answers of servers that let only browsers in, or ask to come later.
UNSURE = frozenset({401, 402, 403, 405, 406, 408, 418, 425, 429, 451, 999})
REASONS = {
    "name": "không có máy chủ mang tên này",
    "connection": "máy chủ không nhận kết nối",
    "time": "máy chủ không trả lời kịp",
    "certificate": "chứng thư của máy chủ không được tin cậy",
    "answer": "máy chủ trả lời không đọc được",
}


def is_on() -> bool:
    """Tell whether the operators let the portal ask the servers of others."""
    return settings.PORTAL_CHECK_LINKS_OUT


# --- 1. What leads outside -----------------------------------------------------------------------------


def addresses_in(obj) -> dict[str, str]:
    """Return the addresses outside that a page or record leads to: {address without its anchor: name of the field}."""
    own = set(Site.objects.values_list("hostname", flat=True))
    found: dict[str, str] = {}
    for field, texts in texts_by_field(obj):
        for address in (address for text in texts for address in _written(text)):
            if _host_of(address) not in own:
                found.setdefault(address, field.name)
    return found


def _written(text: str) -> Iterator[str]:
    if BARE.fullmatch(text.strip()):
        yield urldefrag(text.strip()).url
    for address in HREF.findall(text):
        yield urldefrag(unescape(address).strip()).url


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def findings_in(obj, *, on: datetime) -> list[Finding]:
    """Note the addresses that something public leads to; return a warning for each that fails."""
    if not is_on():
        return []
    fields = {OutsideLink.digest_of(address): (address, field) for address, field in addresses_in(obj).items()}
    if not fields:
        return []
    OutsideLink.objects.bulk_create(
        [
            OutsideLink(digest=digest, address=address, host=_host_of(address)[:255], seen_at=on)
            for digest, (address, _field) in fields.items()
        ],
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["seen_at"],
    )
    rows = failing().filter(digest__in=list(fields)).order_by("pk")
    return [Finding("warning", fields[row.digest][1], _message(row), OUTSIDE_LINK) for row in rows]


def failing() -> QuerySet[OutsideLink]:
    """Return the addresses to be corrected: those that failed on two nights, and those that no reader may reach."""
    return OutsideLink.objects.filter(Q(state=State.FAILS, failures__gte=FAILING_FROM) | Q(state=State.CLOSED))


def _message(row: OutsideLink) -> str:
    # The same on every night of the same failure, so that the finding keeps the day on which it was first there.
    since = f" từ {format_short(timezone.localtime(row.failing_since).date())}" if row.failing_since else ""
    return f"Liên kết ra ngoài «{row.address[:200]}» không mở được{since} ({row.reason}); hãy sửa hoặc bỏ liên kết."


# --- 2. Asking -----------------------------------------------------------------------------------------


def ask_some(*, on: datetime, seconds: float = ROUND_SECONDS) -> int:
    """Ask tonight's next addresses for `seconds`; return how many were asked, 0 by day and while this is off."""
    if not is_on() or night_of(on) is None:
        return 0
    OutsideLink.objects.filter(seen_at__lt=on - GONE).delete()
    until, asked, last = time.monotonic() + seconds, Counter(), {}
    for row in _candidates(on):
        if asked[row.host] >= A_ROUND_OF_A_HOST:
            continue
        time.sleep(max(0.0, last.get(row.host, 0.0) + PAUSE_SECONDS - time.monotonic()))
        ask(row, on=on)
        asked[row.host] += 1
        last[row.host] = time.monotonic()
        if last[row.host] >= until:
            break
    return asked.total()


def _candidates(on: datetime) -> QuerySet[OutsideLink]:
    """Return what is to be asked, what was never asked first."""
    still_there = OutsideLink.objects.filter(seen_at__gte=on - UNSEEN)
    due = Q(asked_at=None) | Q(asked_at__lt=on - AGAIN) | Q(failures__gt=0, asked_at__lt=on - AGAIN_FAILING)
    return still_there.filter(due).order_by(F("asked_at").asc(nulls_first=True), "pk")[:CANDIDATES]


def ask(row: OutsideLink, *, on: datetime) -> OutsideLink:
    """Ask one address and keep what came of it. Raises SandboxFailure where no child can read an answer."""
    row.status, row.reason = None, ""
    try:
        row.status = outward.head(row.address).status
    except outward.Closed as closed:
        row.state, row.reason = State.CLOSED, str(closed)
    except outward.Unreachable as failure:
        row.state, row.reason = State.FAILS, REASONS[failure.kind]
    else:
        row.state = _state_of(row.status)
        row.reason = f"máy chủ trả lời {row.status}" if row.state == State.FAILS else ""
    row.asked_at = on
    row.failures = min(row.failures + 1, 1000) if row.state in (State.FAILS, State.CLOSED) else 0
    row.failing_since = (row.failing_since or on) if row.failures else None
    # By a query: meanwhile the nightly look may have seen the address again, and a row that is gone stays gone.
    values = {
        name: getattr(row, name) for name in ("state", "status", "reason", "asked_at", "failures", "failing_since")
    }
    OutsideLink.objects.filter(pk=row.pk).update(**values)
    return row


def _state_of(status: int) -> str:
    if status in UNSURE:
        return State.UNSURE
    return State.FAILS if status >= 400 else State.WORKS


# --- 3. What the figures say ---------------------------------------------------------------------------


def last_asked() -> datetime | None:
    """Return when an address was last asked; None before the first."""
    return OutsideLink.objects.exclude(asked_at=None).order_by("-asked_at").values_list("asked_at", flat=True).first()
