"""Who may see, score and sign which sheets."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from accounts.responsibility import sites_worked_on
from accounts.roles import SCORE, SIGN_SCORES, WRITE, may
from base.authority import is_city_person
from base.models import PortalSite
from vietnam.dates import format_short

from ..models import ScoreSheet
from .measuring import is_over, last_day_of

NOT_RETURNED = "Chỉ Trưởng ban trả lại được phiếu đang chờ ký mà mình không trình, không ghi gì vào."


def may_score(user) -> bool:
    """Tell whether a user scores the sites: corrects points with a reason, submits sheets to the head."""
    return may(user, SCORE)


def may_sign(user, sheet: ScoreSheet) -> bool:
    """Tell whether a user may sign a sheet or return it: another submitted it, and nothing in it was ever theirs.

    Asks the lines and the writers of the sheet. Where no user is left, the head's deputy is appointed to sign.
    """
    return (
        may(user, SIGN_SCORES, sheet.site)
        and sheet.state == ScoreSheet.State.SUBMITTED
        and sheet.submitted_by_id != user.pk
        and user not in sheet.writers.all()
        and all(line.corrected_by_id != user.pk for line in sheet.lines.all())
    )


def may_sign_on(user, sheet: ScoreSheet, day: date) -> bool:
    """Tell whether a user may sign a sheet on a day: its month is over."""
    return not why_not_sign(user, sheet, day)


def why_not_sign(user, sheet: ScoreSheet, day: date) -> str:
    """Return why a user may not sign a submitted sheet on a day, as a sentence; "" when they may."""
    if not may_sign(user, sheet):
        return (
            f"{sheet}: phải do Trưởng ban ký, và người đã trình, đã sửa điểm hoặc ghi chú (dù về sau lấy lại) thì "
            "không ký; hãy để người được ủy quyền ký."
        )
    if not is_over(sheet.month, day):
        return f"{sheet}: tháng chưa hết, ký được từ ngày sau {format_short(last_day_of(sheet.month))}."
    return ""


def may_assess(user, sheet: ScoreSheet) -> bool:
    """Tell whether a user may say what their site scores by its own account: who writes for it, while it is open."""
    return sheet.is_open and may(user, WRITE, sheet.site)


def sees_all(user) -> bool:
    """Tell whether a user sees the sheets and figures of every site: the board and the standing office."""
    return is_city_person(user)


def sites_seen(user) -> list[PortalSite]:
    """Return the sites whose unsigned figures a user may see: those on whose content they work."""
    return sites_worked_on(user)


def visible_to(user, sheets: QuerySet | None = None) -> QuerySet:
    """Return the sheets a user may see: those of their sites, and the signed ones of all."""
    found = ScoreSheet.objects.all() if sheets is None else sheets
    return found.filter(Q(site__in=_keys(sites_seen(user))) | Q(state=ScoreSheet.State.SIGNED))


def sees(user, sheet: ScoreSheet | None) -> bool:
    """Tell whether a user may see one sheet; there is none to see where there is no sheet."""
    return sheet is not None and (sheet.is_signed or sheet.site in sites_seen(user))


def _keys(sites: Iterable[PortalSite]) -> list[int]:
    return [site.pk for site in sites]
