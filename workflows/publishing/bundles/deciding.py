"""3. A second person returns a dossier with a reason. 4. Or approves it: all of it is public, then or at its hour."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.admin.utils import get_latest_str
from wagtail.log_actions import log

from accounts.roles import APPROVE, REVIEW, holders, owner_site
from base.gate import Refused
from base.locking import hold
from base.models import PortalSite
from base.operations.notices import notify
from base.preflight import public_together
from base.public.index import changes_declared_once
from base.sites import sites_held
from vietnam.dates import format_moment

from ...deadlines import duties
from ...models import PublicationBundle
from ...models.bundle import WAITING
from .. import approval
from ..writing import writers_of
from . import proposals
from .items import demand_unhindered, in_order, key_of, outdated

State = PublicationBundle.State

# --- 3. Return ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """Who put a dossier together, submitted it, or wrote or submitted any of its items; the sites whose boards decide.

    Read once where several users are asked about (`concerned`).
    """

    people: frozenset[int]
    sites: frozenset[PortalSite]


def concerned(bundle: PublicationBundle, things: list | None = None) -> Concerned:
    """Return who may not decide a dossier and whose boards do; `things` as in `outdated`."""
    things = in_order(bundle) if things is None else things
    people = {bundle.made_by_id, bundle.submitted_by_id, *bundle.items.values_list("added_by_id", flat=True)}
    with sites_held():
        sites = frozenset({bundle.site, *map(owner_site, things)})
    changes, versions = proposals.apart(things)
    people |= {change.proposed_by_id for change in changes}
    return Concerned(frozenset(people.union(*writers_of(versions)) - {None}), sites)


def may_decide(user, bundle: PublicationBundle, about: Concerned | None = None) -> bool:
    """Tell whether a user may approve or return a dossier: a second person, for the board of the site of each item.

    They neither put it together nor submitted it, and neither wrote nor submitted any of its items.
    """
    return bundle.state == State.SUBMITTED and _acts_for_all(user, APPROVE, about or concerned(bundle))


def may_return(user, bundle: PublicationBundle, about: Concerned | None = None) -> bool:
    """Tell whether a user may return a dossier that waits for its decision or its hour: a reviewer of all of it who is
    not among its writers."""
    return bundle.state in WAITING and _acts_for_all(user, REVIEW, about or concerned(bundle))


def deciders(bundle: PublicationBundle) -> list:
    """Return the users who may approve a submitted dossier, for its mails and the reminders of its review."""
    about = concerned(bundle)
    return [user for user in holders(APPROVE, bundle.site) if may_decide(user, bundle, about)]


def in_hand(deadline_rows) -> dict[int, list]:
    """Return who may decide the dossier of each deadline, by the deadline's id (`acting.register_subject`)."""
    return {row.pk: deciders(row.subject) for row in deadline_rows if row.subject is not None}


def _acts_for_all(user, capability: str, about: Concerned) -> bool:
    if user.pk in about.people:
        return False
    return all(approval.acts_for_board(user, capability, site) for site in about.sites)


@transaction.atomic
def send_back(bundle: PublicationBundle, *, by, on: datetime | None = None, reason: str) -> PublicationBundle:
    """Return a dossier with a reason; its drafts stay drafts. Raises Refused, ValidationError without a reason."""
    bundle = _waiting(bundle, *WAITING)
    if not may_return(by, bundle):
        raise Refused("Chỉ thành viên Ban Biên tập không lập, không soạn, không gửi hồ sơ này mới trả lại được.")
    if not reason.strip():
        raise ValidationError({"comment": "Hãy ghi lý do trả lại để người gửi biết cần sửa gì."})
    recipients = {user.pk: user for user in (bundle.submitted_by, bundle.decided_by) if user is not None and user != by}
    bundle.decided_by, bundle.decided_at = by, on or timezone.now()
    hand_back(bundle, reason.strip(), by=by, on=on)
    notify(recipients.values(), "bundle_returned", {"bundle": bundle})
    return bundle


def hand_back(
    bundle: PublicationBundle,
    reason: str,
    *,
    by=None,
    on: datetime | None = None,
    failure: str = "",
    action: str = "portal.bundle.send_back",
) -> None:
    """Make a dossier that the caller holds wait for its writers again, with a reason; its drafts stay drafts.

    `failure`: what hindered it at its hour, where no person has returned it.
    """
    duties.end_review(bundle, by=by, on=on)
    bundle.state, bundle.reason, bundle.failure = State.RETURNED, reason, failure
    bundle.save()
    bundle.items.update(revision=None)
    log(instance=bundle, action=action, user=by, data={"reason": reason})


# --- 4. Publish --------------------------------------------------------------------------------------


@transaction.atomic
def approve(bundle: PublicationBundle, *, by, on: datetime | None = None) -> list:
    """Approve a dossier: all of it becomes public in this transaction, or nothing; return what did.

    One whose hour is still to come waits for it, and nothing is returned. Raises Refused without the right, or when an
    item or one of its files is not what was submitted; ValidationError when an item lacks something by now.
    """
    bundle = _waiting(bundle, State.SUBMITTED)
    if not may_decide(by, bundle):
        raise Refused("Người duyệt phải có quyền duyệt trên trang của mọi nội dung, và không lập, soạn, gửi hồ sơ này.")
    moment = on or timezone.now()
    duties.end_review(bundle, by=by, on=moment)
    bundle.decided_by, bundle.decided_at = by, moment
    if bundle.publish_at is None or bundle.publish_at <= moment:
        return publish(bundle, on=moment)
    things = hold_unchanged(bundle)
    with public_together(things):
        approval.demand_bundle(proposals.apart(things)[1], submitted_by=bundle.submitted_by, by=by)
    bundle.state = State.SCHEDULED
    bundle.save(update_fields=["state", "decided_by", "decided_at"])
    log(instance=bundle, action="portal.bundle.schedule", user=by, data={"hour": bundle.publish_at.isoformat()})
    notify(bundle.submitted_by, "bundle_scheduled", {"bundle": bundle, "hour": format_moment(bundle.publish_at)})
    return []


def publish(bundle: PublicationBundle, *, on: datetime, was_approved: bool = False) -> list:
    """Publish a dossier that the caller holds and whose approval (`decided_by`) counts; return what became public.

    `was_approved`: it was approved for this hour, and what its approver's rights were then is known.
    """
    things = hold_unchanged(bundle)
    changes, versions = proposals.apart(things)
    # What pages show of shared records is sealed with them, so these change first; what readers see, at the end.
    with changes_declared_once(), public_together(things):
        published = proposals.come_true(changes, by=bundle.decided_by, on=on)
        published += approval.publish_bundle(
            versions,
            submitted_by=bundle.submitted_by,
            by=bundle.decided_by,
            on=on,
            reason=f"Duyệt hồ sơ: {bundle.title}",
            is_declared=True,
            was_approved=was_approved,
        )
    bundle.state, bundle.failure = State.PUBLISHED, ""
    bundle.save(update_fields=["state", "failure", "decided_by", "decided_at"])
    by = None if was_approved else bundle.decided_by
    log(instance=bundle, action="portal.bundle.publish", user=by, data={"rows": len(published)})
    notify(bundle.submitted_by, "bundle_published", {"bundle": bundle})
    return published


def hold_unchanged(bundle: PublicationBundle) -> list:
    """Hold all that is in a dossier, in the order of publication; Refused when an item is not what was submitted."""
    versions = {item.key: item.revision_id for item in bundle.items.all()}
    # Held before they are compared: another version could be saved until each has its turn.
    things = [hold(thing) for thing in in_order(bundle)]
    if changed := outdated(bundle, things):
        names = ", ".join(f"«{item}»" for item in changed)
        raise Refused(f"{names} đã được sửa sau khi gửi; hãy trả lại hồ sơ, hoặc đợi gửi lại bản mới.")
    demand_unhindered(things)
    for thing in proposals.apart(things)[1]:
        if thing.live and thing.live_revision_id == versions[key_of(thing)]:
            raise Refused(f"«{get_latest_str(thing)}» đã được đăng riêng; hãy trả lại hồ sơ để bỏ nội dung này ra.")
    return things


def _waiting(bundle: PublicationBundle, *states: str) -> PublicationBundle:
    bundle = PublicationBundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if bundle.state not in states:
        raise Refused("Hồ sơ này không còn chờ duyệt; hãy tải lại trang.")
    return bundle
