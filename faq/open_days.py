"""Whether a page takes what readers send to it: on its days, and a little longer from who opened the form in time."""

from datetime import datetime, timedelta
from enum import Enum, auto

from base.models import PortalSite
from base.sites import site_of
from sections.models.taking_part.open_days import Stage
from workflows import deadlines

# The last day ends at 24:00 (Bộ luật Dân sự 2015 Điều 148.5). A sender who opened the form before then has this much
# longer to finish writing and send. The portal signs the time at which the form was opened.
GRACE = timedelta(minutes=30)


class NotNow(Enum):
    """Why a page takes nothing: it or its site is not public, its first day is to come, its last day is over."""

    AWAY = auto()
    UPCOMING = auto()
    CLOSED = auto()


def why_not(page, on: datetime, opened_at: datetime | None = None) -> NotNow | None:
    """Return why a page (`OpenFromTo`) takes nothing at a moment; None when it does.

    `opened_at`: when the form was opened, as the portal signed it.
    """
    site = site_of(page)
    if not page.live or site is None or site.state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        return NotNow.AWAY
    stage = page.stage(deadlines.local_date(on))
    if stage == Stage.CLOSED and opened_at is not None and _was_open(page, opened_at, on - GRACE):
        return None
    return {Stage.OPEN: None, Stage.UPCOMING: NotNow.UPCOMING, Stage.CLOSED: NotNow.CLOSED}[stage]


def _was_open(page, *moments: datetime) -> bool:
    return all(page.stage(deadlines.local_date(moment)) == Stage.OPEN for moment in moments)
