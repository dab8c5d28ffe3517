"""Why something was done after its last day: asked of who submits or publishes it, kept with the deadline.

1. `register`: a room names the rules of its records for which a reason is asked. 2. `asked_of`: the deadlines of a
page or record that are past their last day and have no reason yet; the submission asks for it, the approval offers to
say it. 3. `give`: it is kept, shown in the lists and reports of what was late. Nothing waits for a reason: what is due
is published without one, and a user who writes or approves there gives it afterwards.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from accounts.roles import APPROVE, DISPATCH, WRITE, may, owner_site
from base.gate import Refused
from vietnam.dates import format_short

from .. import deadlines
from ..models import Deadline

LONGEST = 500
NO_REASON = "Hãy ghi vì sao đăng sau hạn, ví dụ «văn bản chuyển đến sau ngày hết hạn»."
IN_TIME = "Việc này không quá hạn nên không cần ghi lý do."
# Label of a model ("legalref.LegalDocument") → codes of its rules.
_rules: dict[str, frozenset[str]] = {}


def register(label: str, *codes: str) -> None:
    """Ask a reason for what of a model's records is late under some rules; called once, from `AppConfig.ready`."""
    _rules[label] = frozenset(codes)


def asked_of(obj, on: date | datetime | None = None) -> list[Deadline]:
    """Return the deadlines of a page or record that are, or were met, past their last day without a reason."""
    codes = _rules.get(obj._meta.label)
    if not codes:
        return []
    found = Deadline.objects.for_subject(obj).filter(rule__code__in=codes, cancelled=False, late_reason="")
    return [row for row in found.select_related("rule", "site") if deadlines.is_late(row, on)]


def described(late: Iterable[Deadline]) -> str:
    """Say which last days have passed: "03/06/2026 (Thành phố Long Xuyên), 15/06/2026 (Phường Mỹ Long)"."""
    return ", ".join(f"{format_short(row.last_day)}{f' ({row.site})' if row.site else ''}" for row in late)


def may_give(user, deadline: Deadline) -> bool:
    """Tell whether a user may say why something is late: who writes, approves or dispatches where it is owed or kept,
    or whose task its rule makes it.

    The site of a deadline owes it, that of its subject keeps the text.
    """
    sites = {deadline.site, owner_site(deadline.subject) if deadline.subject is not None else None} - {None}
    return any(
        may(user, capability, site)
        for site in sites
        for capability in (WRITE, APPROVE, DISPATCH, deadline.rule.acting)
        if capability
    )


@transaction.atomic
def give(deadline: Deadline, reason: str, *, by, on: date | datetime | None = None) -> Deadline:
    """Keep why something is late, for all late deadlines of its page or record without a reason; return the deadline.

    A reason that is there is replaced, both stay in the log. Raises Refused without the right or for what is not late,
    ValidationError ("late_reason") without a reason.
    """
    deadline = Deadline.objects.select_for_update(of=("self",)).select_related("rule", "site").get(pk=deadline.pk)
    if not may_give(by, deadline):
        raise Refused("Chỉ người soạn, người duyệt của trang này được ghi lý do quá hạn.")
    if not deadlines.is_late(deadline, on):
        raise Refused(IN_TIME)
    if not reason.strip():
        raise ValidationError({"late_reason": NO_REASON})
    _store(deadline, reason, by)
    if deadline.subject is not None:
        note(deadline.subject, reason, by=by, on=on)
    return deadline


def note(obj, reason: str, *, by, on: date | datetime | None = None) -> list[Deadline]:
    """Keep a reason for all that is late of a page or record; return these deadlines, none without a reason.

    Called by submission and approval.
    """
    if not reason.strip():
        return []
    found = [row for row in asked_of(obj, on) if may_give(by, row)]
    for row in found:
        _store(row, reason, by)
    return found


def _store(deadline: Deadline, reason: str, by) -> None:
    before, deadline.late_reason, deadline.late_reason_by = deadline.late_reason, reason.strip()[:LONGEST], by
    deadline.save(update_fields=["late_reason", "late_reason_by"])
    data = {"rule": deadline.rule.code, "reason": deadline.late_reason, **({"before": before} if before else {})}
    log(instance=deadline, action="portal.deadline.late_reason", user=by, data=data)
