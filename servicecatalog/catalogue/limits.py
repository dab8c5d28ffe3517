"""What the time limit of a service means (thời hạn giải quyết): its words, and the day on which the result is due.

The limit is a value (`TimeLimit`); the days are counted by `workflows.deadlines` alone, by the working calendar of the
portal. The day of receipt is never counted; received on a day off, day 1 is the next working day (Bộ luật Dân sự 2015,
Điều 147, 148). "Returned on the day, from 15:00 on the next working day" is that of Luật Hộ tịch 2014 and of Nghị định
23/2015/NĐ-CP Điều 7.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from workflows import deadlines
from workflows.models import DeadlineRule

from ..models import ProcedureChannel
from ..models.procedure import TimeLimit

RECEIVED = "tiếp nhận"
Unit = TimeLimit.Unit
# Words of the records that are common enough to have their English.
COMMON_WORDS = (gettext_noop("ngày nhận đủ hồ sơ hợp lệ"), gettext_noop("phải xác minh"))


@dataclass(frozen=True)
class Return:
    """The last day for the result (its end, 24:00) and why; `latest` is the day when the limit is extended in full."""

    day: date
    explanation: str
    latest: date | None = None
    latest_explanation: str = ""


def limit_for(procedure, way: str = ProcedureChannel.Way.IN_PERSON) -> ProcedureChannel | None:
    """Return the channel whose limit counts for a dossier that came this way: its own, or the first; or None.

    A channel without any limit says nothing of its own, so the first one that has a limit counts.
    """
    limited = [channel for channel in procedure.channels.all() if has_limit(channel)]
    return next((channel for channel in limited if channel.way == way), None) or next(iter(limited), None)


def has_limit(limit: TimeLimit) -> bool:
    """Answer whether a limit is laid down at all."""
    return limit.same_day or bool(limit.amount)


def say(limit: TimeLimit) -> str:
    """Describe a limit as text, in the language of the page.

    Example: "3 ngày làm việc, kể từ ngày nhận đủ hồ sơ hợp lệ; kéo dài không quá 3 ngày làm việc khi phải xác minh".
    """
    if not has_limit(limit):
        return _("Không quy định thời hạn")
    parts = [_same_day_text(limit) if limit.same_day else _amount_text(limit)]
    if limit.extra_amount:
        period = _period(limit.extra_amount, limit.extra_unit)
        parts.append(
            _("kéo dài không quá %(period)s khi %(reason)s") % {"period": period, "reason": _(limit.extra_reason)}
            if limit.extra_reason
            else _("kéo dài không quá %(period)s") % {"period": period}
        )
    if limit.not_counted:
        parts.append(_("không tính %(time)s") % {"time": limit.not_counted})
    return "; ".join(parts)


def return_on(limit: TimeLimit, moment: date | datetime | None = None) -> Return | None:
    """Return when the result is due for a dossier received whole at a moment (now for None); None without a limit.

    A date without its hour counts as received before the cutoff hour. Example: same day with cutoff 15, received on
    Friday 05/06/2020 at 15:00, is due on Monday 08/06/2020.
    """
    if not has_limit(limit):
        return None
    moment = timezone.now() if moment is None else moment
    day, explanation = _after_receipt(limit, moment)
    if not limit.extra_amount:
        return Return(day, explanation)
    # Beside "on the day" an extension counts from the receipt; else it begins where the limit ends.
    begin, event = (moment, RECEIVED) if limit.same_day else (day, "hết hạn")
    latest, described = deadlines.period_end(begin, limit.extra_amount, limit.extra_unit, event=event)
    return Return(day, explanation, max(latest, day), described)


def _after_receipt(limit: TimeLimit, moment: date | datetime) -> tuple[date, str]:
    if not limit.same_day:
        return deadlines.period_end(moment, limit.amount, limit.unit, event=RECEIVED)
    if _is_past_cutoff(limit, moment):
        day, explanation = deadlines.period_end(moment, 1, DeadlineRule.Unit.WORKING_DAY, event=RECEIVED)
        return day, f"nhận từ {limit.cutoff_hour} giờ, trả vào ngày làm việc tiếp theo; {explanation}"
    return deadlines.period_end(moment, 0, DeadlineRule.Unit.WORKING_DAY, event=RECEIVED)


def _is_past_cutoff(limit: TimeLimit, moment: date | datetime) -> bool:
    if limit.cutoff_hour is None or not isinstance(moment, datetime):
        return False
    local = moment.astimezone(deadlines.VIETNAM) if timezone.is_aware(moment) else moment
    return local.hour >= limit.cutoff_hour


def _same_day_text(limit: TimeLimit) -> str:
    if limit.cutoff_hour is None:
        return _("Trả kết quả ngay trong ngày làm việc")
    return _("Trả kết quả ngay trong ngày làm việc; hồ sơ nhận từ %(hour)s giờ thì trả vào ngày làm việc tiếp theo") % {
        "hour": limit.cutoff_hour
    }


def _amount_text(limit: TimeLimit) -> str:
    period = _period(limit.amount, limit.unit)
    if not limit.start_event:
        return period
    return _("%(period)s, kể từ %(event)s") % {"period": period, "event": _(limit.start_event)}


def _period(amount: int, unit: str) -> str:
    described = {
        Unit.HOUR: ngettext("%(n)s giờ", "%(n)s giờ", amount),
        Unit.CALENDAR_DAY: ngettext("%(n)s ngày", "%(n)s ngày", amount),
        Unit.WORKING_DAY: ngettext("%(n)s ngày làm việc", "%(n)s ngày làm việc", amount),
        Unit.MONTH: ngettext("%(n)s tháng", "%(n)s tháng", amount),
    }
    return described[unit] % {"n": amount}
