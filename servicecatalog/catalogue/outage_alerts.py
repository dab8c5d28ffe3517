"""A notice of outage that says so raises an alert on every page of its site, of the city's on all sites, and ends it.

1. `note_published`: the two persons who published the notice have decided about its alert with it. That of a planned
stop of the whole portal stands from the publication on and says from when to when (NĐ 224/2026/NĐ-CP Điều 13).
2. A notice that is removed takes its alert with it (`register_what_waits`); one that is over has an alert that is over.
"""

from datetime import datetime

from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from alerts import following
from alerts.contents import Content
from alerts.models import Alert
from base.sites import site_of
from vietnam.dates import format_moment
from workflows.archive import copies
from workflows.publishing.waiting import Change, GoesOn, Happening, Reach, register_waiting

from ..models import ServiceOutagePage

LONGEST_TITLE, LONGEST_TEXT = 120, 400
STAYS = GoesOn("The notice is public as before.")


def note_published(page, on: datetime) -> None:
    """Let the alert of a notice say what the notice says. Registered with `approval.register_after_publication`."""
    if not isinstance(page, ServiceOutagePage):
        return
    copy = copies.last_copy_of(page.live_revision)
    following.follow(
        source_of(page.pk),
        content_of(page) if page.raises_alert or page.is_planned_stop else None,
        owner=site_of(page),
        by=copy.submitted_by,
        agreed_by=copy.approved_by,
        on=on,
        reason=f"Theo thông báo «{page.title}»",
    )


def content_of(page: ServiceOutagePage) -> Content:
    """Return what the alert of a notice says: its title and text, cut at a word where they are longer, with a link."""
    site = site_of(page)
    with translation.override("en"):
        title_en = _heading(page) if page.message_en else ""
        text_en = _with_times(page, page.message_en) if page.message_en else ""
    with translation.override("vi"):
        text = _with_times(page, page.message)
    return Content(
        level=Alert.Level.INFO if page.is_planned else Alert.Level.WARNING,
        title=Truncator(page.title).chars(LONGEST_TITLE),
        text=Truncator(text).chars(LONGEST_TEXT),
        title_en=title_en,
        text_en=Truncator(text_en).chars(LONGEST_TEXT),
        url=page.full_url or "",
        starts_at=None if page.is_planned_stop else page.starts_at,
        ends_at=page.ends_at,
        everywhere=site.is_city,
        sites=() if site.is_city else (site.pk,),
    ).tidied()


def _heading(page: ServiceOutagePage) -> str:
    return _("Cổng tạm ngừng theo kế hoạch") if page.is_planned_stop else _("Đang tạm ngừng dịch vụ trực tuyến")


def _with_times(page: ServiceOutagePage, text: str) -> str:
    """Return a text behind when a planned stop begins and ends: its alert stands before that."""
    if not page.is_planned_stop:
        return text
    times = {"start": format_moment(page.starts_at), "end": format_moment(page.ends_at)}
    return f"{_('Từ %(start)s đến %(end)s.') % times} {text}"


def source_of(key: int) -> str:
    """Return by what an alert names the notice that it follows."""
    return f"{ServiceOutagePage._meta.label} {key}"


def register_what_waits() -> None:
    """Say what becomes of the alert of a notice; called once, from `ServicecatalogConfig.ready`."""
    answers = dict.fromkeys(Change, STAYS) | {Change.REMOVED: _end}
    register_waiting(Alert, of=_following, release=answers, waits=lambda alert: False)


def _following(reach: Reach) -> list[Alert]:
    if not reach.pages:
        return []
    found = {int(alert.source.split(" ")[1]): alert for alert in Alert.objects.standing() if _follows(alert)}
    return [found[key] for key in sorted(reach.pages_among(found))] if found else []


def _follows(alert: Alert) -> bool:
    return alert.source.startswith(f"{ServiceOutagePage._meta.label} ")


def _end(alert: Alert, happening: Happening) -> None:
    following.follow(
        alert.source,
        None,
        owner=alert.owner_site,
        by=happening.by or "Hết thời hạn đăng",
        agreed_by="",
        on=happening.on,
        reason=happening.reason or "Thông báo tạm ngừng dịch vụ đã gỡ.",
    )
