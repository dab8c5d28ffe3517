"""A dossier that was approved for a later hour: all of it is public then, or nothing, and its people hear why.

1. `publish_due` (a job): each dossier whose hour has come is published in a transaction of its own. 2. What was edited,
moved or taken down since the approval, whose file is another now or whose site has stopped: the dossier goes back to
its writers with the reason. 3. Any other failure keeps the hour, is tried again every minute, and is in the dossier
(`PublicationBundle.failure`). Author and approver are told of both, once.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.admin.utils import get_latest_str

from accounts.roles import APPROVE, holders, owner_site, works_on
from base.gate import Refused
from base.operations.notices import notify
from vietnam.dates import format_moment

from ...models import PublicationBundle
from .. import schedules
from . import deciding
from .items import in_order

State = PublicationBundle.State


def publish_due(*, on: datetime | None = None) -> list[PublicationBundle]:
    """Publish the dossiers whose hour has come; return those that are public now, the soonest hour first.

    Raises RuntimeError with the reasons of those that failed, after the others are done; they are tried again.
    """
    moment = on or timezone.now()
    due = PublicationBundle.objects.filter(state=State.SCHEDULED, publish_at__lte=moment).order_by("publish_at", "pk")
    published, failed = [], []
    for pk in list(due.values_list("pk", flat=True)):
        try:
            published += _publish_or_hand_back(pk, moment)
        except Exception as error:  # noqa: BLE001  one dossier must not stop the others; it is raised below
            failed.append((pk, error))
    if failed:
        reasons = [f"hồ sơ {pk}: {error}{_note_failed(pk, error)}" for pk, error in failed]
        raise RuntimeError("Không đăng được hồ sơ theo giờ hẹn: " + "; ".join(reasons)) from failed[0][1]
    return published


def _publish_or_hand_back(pk: int, moment: datetime) -> list[PublicationBundle]:
    try:
        with transaction.atomic():
            bundle = _held(pk)
            if bundle is None:
                return []
            if reason := _obstacle(bundle):
                raise Refused(reason)
            deciding.publish(bundle, on=moment, was_approved=True)
            return [bundle]
    except (Refused, ValidationError) as error:
        _hand_back(pk, error, moment)
        return []


def _held(pk: int) -> PublicationBundle | None:
    """The dossier under a lock, None when another run or person was quicker."""
    return PublicationBundle.objects.select_for_update(of=("self",)).filter(pk=pk, state=State.SCHEDULED).first()


def _obstacle(bundle: PublicationBundle) -> str:
    """Return why a dossier may not appear although nothing of it changed; "" when it may.

    That its approver's appointment ended since takes nothing away.
    """
    for thing in in_order(bundle):
        site = owner_site(thing)
        if site.state in schedules.STOPPED:
            return f"«{get_latest_str(thing)}»: {schedules.SITE_STOPPED}"
        if not schedules.had_right(bundle.decided_by_id, site, bundle.decided_at):
            return f"«{get_latest_str(thing)}»: {schedules.NO_RIGHT}"
    return ""


@transaction.atomic
def _hand_back(pk: int, error: Exception, moment: datetime) -> None:
    bundle = _held(pk)
    if bundle is None:
        return
    why = " ".join(getattr(error, "messages", None) or [str(error)])
    reason = f"Đến giờ đăng {format_moment(bundle.publish_at)} không đăng được. {why}"
    deciding.hand_back(bundle, reason, on=moment, failure=why)
    notify(people_of(bundle), "bundle_void", {"bundle": bundle})


def _note_failed(pk: int, error: Exception) -> str:
    """Keep why a dossier failed and tell its people; return what there is to add when even that failed."""
    try:
        with transaction.atomic():
            bundle = _held(pk)
            if bundle is not None:
                bundle.failure = str(error)[:500] or type(error).__name__
                bundle.save(update_fields=["failure"])
                notify(people_of(bundle), "bundle_failed", {"bundle": bundle})
    except Exception as another:  # noqa: BLE001  the reasons of the others must be told all the same
        return f" (chưa báo được cho ai: {another})"
    return ""


def people_of(bundle: PublicationBundle) -> list:
    """Return who is told of a dossier: who submitted and approved it, while they work there.

    Where one who approved has gone, their board is told instead.
    """
    people = (bundle.submitted_by, bundle.decided_by)
    recipients = {
        user.pk: user for user in people if user is not None and user.is_active and works_on(user, bundle.site)
    }
    if bundle.decided_by_id not in recipients:
        recipients |= {user.pk: user for user in holders(APPROVE, bundle.site.parent or bundle.site)}
    return list(recipients.values())
