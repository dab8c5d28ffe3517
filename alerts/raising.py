"""Alone and at once: a person on duty raises, changes and ends an alert; a second person looks at it afterwards.

1. `raise_alert`: what is missing is said, the alert stands, the act is open until a second person has looked.
2. `change_alert`, `end_alert`: the same.
3. `end_alert` by that second person, who does not agree: the acts that were open are closed with it, and there is no
   new one, because two persons have acted. Not once two persons have agreed to what stands.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from base.gate import Refused
from workflows.publishing import approval

from . import putting, rights
from .contents import Content, content_of, demand_whole
from .models import Alert
from .putting import Doing

OVER = "Cảnh báo này không còn hiện."
NOT_ON_DUTY = "Chỉ người trực ban và Trưởng ban Biên tập được đăng, sửa, dừng cảnh báo ngay; hãy gửi người thứ hai."


@transaction.atomic
def raise_alert(content: Content, *, by, on: datetime | None = None, reason: str) -> Alert:
    """Put an alert on its sites at once; return it.

    Raises Refused without the right on those sites; ValidationError (by the names of the fields) for what is missing.
    """
    content, moment = content.tidied(), on or timezone.now()
    _demand_reason(reason, content, moment)
    owner = rights.owner_for(by, content, rights.may_act_alone)
    rights.demand_sites(owner, content)
    return putting.put(content, Doing(by, moment, reason.strip(), is_alone=True), owner=owner)


@transaction.atomic
def change_alert(alert: Alert, content: Content, *, by, on: datetime | None = None, reason: str) -> Alert:
    """Change an alert at once; return it. Raises what `raise_alert` raises, and Refused for one that is over."""
    content, moment = content.tidied(), on or timezone.now()
    alert = held(alert)
    _demand_on_duty(alert, by)
    _demand_reason(reason, content, moment)
    rights.demand_sites(alert.owner_site, content)
    demand_difference(alert, content)
    return putting.change(alert, content, Doing(by, moment, reason.strip(), is_alone=True))


@transaction.atomic
def end_alert(alert: Alert, *, by, on: datetime | None = None, reason: str) -> Alert:
    """Take an alert off its sites before its end; return it.

    The second person for what one alone did closes that with it. Raises Refused without the right or for one that is
    over; ValidationError without a reason.
    """
    alert, moment = held(alert), on or timezone.now()
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do dừng cảnh báo, ví dụ «Nước đã rút»."})
    if rights.may_end_as_second(by, alert):
        return _end_as_second(alert, by, moment, reason.strip())
    _demand_on_duty(alert, by)
    return putting.end(alert, Doing(by, moment, reason.strip(), is_alone=True))


def _end_as_second(alert: Alert, by, moment: datetime, reason: str) -> Alert:
    for act in rights.open_acts(alert):
        approval.second_look(act, by=by, on=moment, accepted=False, note=f"Đã dừng cảnh báo: {reason}")
    return putting.end(alert, Doing(by, moment, reason))


def held(alert: Alert) -> Alert:
    """Lock an alert and return it as it is stored. Raises Refused for one that is over."""
    alert = Alert.objects.select_for_update(of=("self",)).select_related("owner_site").get(pk=alert.pk)
    if alert.is_over():
        raise Refused(OVER)
    return alert


def demand_difference(alert: Alert, content: Content) -> None:
    """Raise ValidationError where an alert would stay as it is."""
    if content.begun(alert.starts_at) == content_of(alert):
        raise ValidationError("Chưa có gì thay đổi.")


def _demand_on_duty(alert: Alert, by) -> None:
    if not rights.may_act_alone(by, alert.owner_site):
        raise Refused(NOT_ON_DUTY)


def _demand_reason(reason: str, content: Content, moment: datetime) -> None:
    """Say all that is missing at once, the reason with the rest."""
    errors = {}
    try:
        demand_whole(content, moment)
    except ValidationError as error:
        errors = error.error_dict
    if not reason.strip():
        errors |= {"reason": [ValidationError("Hãy ghi lý do đăng ngay, không chờ người thứ hai.")]}
    if errors:
        raise ValidationError(errors)
