"""The alert of the city (thông báo khẩn), by the head alone: on every page of every site, within a minute.

1. `raise_alert` and `end_alert` take the front page as readers see it, change its alert and nothing else, and publish
that by the head's emergency act (`approval.emergency_publish`): with a reason, open until a second person has looked.
2. What others have drafted of the front page is not published with it. It comes back as the newest version, with the
alert written into it, so that its own publication will not take the alert away. When an alert ends, it ends in the
draft too, unless the draft has another one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from accounts.models import User
from accounts.roles import EMERGENCY
from base.gate import Refused
from base.locking import hold
from base.public.frame import alert_of
from base.sites import site_of
from vietnam.dates import format_moment
from workflows import deadlines
from workflows.deadlines.duties import REVIEW_RULE
from workflows.models import Schedule
from workflows.publishing import approval, schedules
from workflows.publishing.review_facts import name_of
from workflows.publishing.writing import writers

from .models import HomePage

FIELDS = frozenset({"alert_level", "alert_title", "alert_text", "alert_until"})
NO_ALERT = {"alert_level": "info", "alert_title": "", "alert_text": "", "alert_until": None}
NO_TEXT = "Hãy ghi nội dung thông báo: việc gì, ở đâu, người dân làm gì."
NO_END = "Hãy chọn ngày giờ thông báo tự ẩn."
UNREVIEWED = "Việc duyệt đã dừng vì trang chủ vừa được đăng lại với thông báo khẩn mới, hoặc không còn thông báo."
UNSCHEDULED = "Trang chủ vừa được đăng lại vì thông báo khẩn thay đổi; hãy gửi duyệt lại để hẹn giờ."


@dataclass(frozen=True)
class Raised:
    """What was done: the front page as readers see it, whose draft stayed a draft, whose review was stopped ("")."""

    home: HomePage
    drafted_by: str = ""
    submitted_by: str = ""


def may_raise(user, home) -> bool:
    """Tell whether a user may put an alert on a front page."""
    return approval.acts_for_board(user, EMERGENCY, site_of(home))


@transaction.atomic
def raise_alert(
    home,
    *,
    by,
    on: datetime | None = None,
    reason: str,
    alert_level: str,
    alert_text: str,
    alert_until: datetime | None,
    alert_title: str = "",
) -> Raised:
    """Put an alert on the pages of a site at once, in place of the one that stands there, until `alert_until`.

    Raises Refused without the right or for a front page that is not public; ValidationError (by the names of the
    fields) when something is missing, or the end is not in the future.
    """
    home = _held(home, by)
    alert = {
        "alert_level": alert_level,
        "alert_title": alert_title.strip(),
        "alert_text": alert_text.strip(),
        "alert_until": alert_until,
    }
    _demand_whole(alert, reason)
    label = f"Thông báo khẩn: {alert['alert_title'] or alert['alert_text']}"
    return _publish(alert, home, by=by, on=on, reason=reason, label=label)


@transaction.atomic
def end_alert(home, *, by, on: datetime | None = None, reason: str) -> Raised:
    """Take the alert off the pages of a site at once.

    Raises Refused without the right or where no alert stands; ValidationError without a reason.
    """
    home = _held(home, by)
    if alert_of(home) is None:
        raise Refused("Không còn thông báo nào đang hiện.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do dừng thông báo, ví dụ «Nước đã rút»."})
    label = f"Dừng thông báo khẩn: {home.alert_title or home.alert_text}"
    return _publish(NO_ALERT, home, by=by, on=on, reason=reason, label=label)


def _held(home, by):
    home = hold(home)
    if not may_raise(by, home):
        raise Refused("Chỉ Trưởng ban Biên tập được đăng, dừng thông báo khẩn.")
    if not home.live:
        raise Refused("Trang chủ chưa đăng nên thông báo không hiện ở đâu; hãy mở trang trước.")
    return home


def _publish(alert: dict, home, *, by, on: datetime | None, reason: str, label: str) -> Raised:
    draft, writers_of_draft = _draft_of(home)
    standing = {name: getattr(home, name) for name in FIELDS}
    review = approval.waiting_review(home)
    submitted_by = name_of(review.workflow_state.requested_by) if review else ""
    if review:
        deadlines.cancel_for(home, reason=UNREVIEWED, on=on, by=by, rule=REVIEW_RULE)
    for row in Schedule.objects.waiting().of(home).select_related("revision"):
        schedules.void(row.revision, home, UNSCHEDULED, by=by, on=on)
    home.go_live_at = None
    _save_with(alert, home, by=by)
    public = approval.emergency_publish(home, by=by, on=on, reason=reason, only=FIELDS, label=label)
    for writer in writers_of_draft:
        version = Revision.objects.get(pk=draft.pk).as_object()
        has_its_own = any(getattr(version, name) != value for name, value in standing.items())
        _save_with({} if alert == NO_ALERT and has_its_own else alert, version, by=writer)
    return Raised(public, name_of(writers_of_draft[-1]) if draft else "", submitted_by)


def _demand_whole(alert: dict, reason: str) -> None:
    errors, until = {}, alert["alert_until"]
    if alert["alert_level"] not in HomePage.AlertLevel.values:
        errors["alert_level"] = "Hãy chọn mức độ của thông báo."
    if not alert["alert_text"]:
        errors["alert_text"] = NO_TEXT
    for name in ("alert_title", "alert_text"):
        most = HomePage._meta.get_field(name).max_length
        if len(alert[name]) > most:
            errors[name] = f"Dài quá {most} ký tự; hãy rút ngắn."
    if until is None:
        errors["alert_until"] = NO_END
    elif until <= timezone.now():
        errors["alert_until"] = f"{format_moment(until)} đã qua; hãy chọn ngày giờ sau bây giờ."
    if not reason.strip():
        errors["reason"] = "Hãy ghi lý do đăng khẩn cấp."
    if errors:
        raise ValidationError(errors)


def _draft_of(home) -> tuple[Revision | None, list[User | None]]:
    """The newest version of a front page where readers do not have it yet, and for whom it comes back.

    All who wrote or submitted any of it stay among its writers, so that no user approves their own words: a version for
    each, its author's last.
    """
    newest = home.get_latest_revision()
    if newest is None or not home.has_unpublished_changes or newest.pk == home.live_revision_id:
        return None, []
    others = writers(home) - {newest.user_id}
    return newest, [*User.objects.filter(pk__in=others).order_by("pk"), newest.user]


def _save_with(alert: dict, version, *, by) -> Revision:
    for name, value in alert.items():
        setattr(version, name, value)
    return version.save_revision(user=by, clean=False)
