"""Dossiers (hồ sơ đăng): a decision, its news, a service, an answer and an alert are reviewed and published as one.

1. `make`, `put_in`, `take_out`: drafts of one's sites, pages and records of any kind, are put together.
2. `submit`: one person declares every version accurate (Quy chế Điều 20.2). Another item, or one item less, takes the
   dossier out of review; a version saved since makes it wait for another submission. `recall` takes it back.
3. `send_back`: a second person returns it with a reason.
4. `approve`: a second person, who neither put it together nor wrote any of it, publishes exactly these versions through
   `approval.publish_bundle`, in one transaction: all become public, or none. Where the dossier has an hour
   (`publish_at`), it waits for it approved; `bundle_hours` publishes it then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.admin.utils import get_latest_str
from wagtail.log_actions import log

from accounts.roles import APPROVE, REVIEW, WRITE, holders, may, owner_site
from base.gate import Refused
from base.locking import hold
from base.models import PortalSite
from base.operations.notices import notify
from base.preflight import Finding, public_together
from base.sites import city_site, sites_held
from vietnam.dates import format_moment

from ..deadlines import duties, late_reasons
from ..models import BundleItem, PublicationBundle
from ..models.bundle import WAITING, open_items_of, type_of
from ..versions import one_action
from . import approval, declared_files
from .bundle_items import ends_before, hindrances, in_order, key_of, place_in_order, version_to_submit

State = PublicationBundle.State
MOST_ITEMS = 30
NO_TITLE = "Hãy ghi tên hồ sơ, ví dụ «Sửa lệ phí đăng ký kinh doanh»."
NOTHING = "Hồ sơ chưa có nội dung nào; hãy chọn ít nhất một bản nháp."
CLOSED = "Hồ sơ này đã đăng hoặc đã bỏ nên không sửa được nữa."


# --- 1. Put together ---------------------------------------------------------------------------------


def may_change(user, bundle: PublicationBundle) -> bool:
    """Tell whether a user may put something into a dossier, take something out, submit it or drop it."""
    return bundle.is_open and may(user, WRITE, bundle.site)


@transaction.atomic
def make(title: str, things: Iterable = (), *, by, on: datetime | None = None) -> PublicationBundle:
    """Begin a dossier with some drafts; return it.

    Raises ValidationError (`title`, `things`) without a title or a draft; Refused for what may not be put into it.
    """
    things = list(things)
    errors = {} if title.strip() else {"title": NO_TITLE}
    if not things:
        errors["things"] = NOTHING
    if errors:
        raise ValidationError(errors)
    bundle = PublicationBundle.objects.create(
        site=site_of(things), title=title.strip()[:200], made_by=by, made_at=on or timezone.now()
    )
    log(instance=bundle, action="portal.bundle.make", user=by)
    return _put_in(bundle, things, by=by)


@transaction.atomic
def put_in(bundle: PublicationBundle, things: Iterable, *, by) -> PublicationBundle:
    """Put drafts into a dossier; one that was submitted has to be submitted anew. Raises Refused, ValidationError."""
    return _put_in(_held(bundle, by), list(things), by=by)


def _put_in(bundle: PublicationBundle, things: list, *, by) -> PublicationBundle:
    if bundle.items.count() + len(things) > MOST_ITEMS:
        raise ValidationError({"things": f"Một hồ sơ có nhiều nhất {MOST_ITEMS} nội dung; hãy lập thêm hồ sơ."})
    # Held before it is looked where they are, each in the order of publication: of two dossiers one gets a draft.
    for thing in map(hold, sorted(things, key=place_in_order)):
        _demand_may_join(thing, by)
        bundle.items.create(
            object_type=type_of(thing), object_id=str(thing.pk), title=get_latest_str(thing)[:300], added_by=by
        )
    return _changed(bundle, by=by)


@transaction.atomic
def take_out(bundle: PublicationBundle, items: Iterable[BundleItem], *, by) -> PublicationBundle:
    """Take items out of a dossier; one that was submitted has to be submitted anew. The drafts stay. Raises Refused."""
    bundle = _held(bundle, by)
    bundle.items.filter(pk__in=[item.pk for item in items]).delete()
    return _changed(bundle, by=by)


def _demand_may_join(thing, by) -> None:
    site = owner_site(thing)
    if not may(by, WRITE, site):
        raise Refused("Bạn không có quyền soạn trên trang của một nội dung đã chọn.")
    other = open_items_of(thing).first()
    if other is not None:
        raise Refused(f"«{get_latest_str(thing)}» đã ở trong hồ sơ «{other.bundle}»; hãy bỏ ra khỏi hồ sơ đó trước.")


def _changed(bundle: PublicationBundle, *, by) -> PublicationBundle:
    """Follow what is in a dossier now: whose it is, and that nothing of it is under review any more."""
    things = in_order(bundle)
    if things:
        bundle.site = site_of(things)
    if bundle.state in WAITING:
        duties.stop_review(bundle, by=by)
        bundle.state, bundle.failure = State.COLLECTING, ""
        bundle.items.update(revision=None)
    bundle.save(update_fields=["site", "state", "failure"])
    log(instance=bundle, action="portal.bundle.change", user=by, data={"rows": len(things)})
    return bundle


def site_of(things: list) -> PortalSite:
    """Return the site of all of them, the city's where they are of several."""
    with sites_held():
        sites = {site.pk: site for site in map(owner_site, things) if site is not None}
    found = next(iter(sites.values())) if len(sites) == 1 else city_site()
    if found is None:
        raise Refused("Nội dung này không thuộc trang nào nên không lập hồ sơ được.")
    return found


@transaction.atomic
def drop(bundle: PublicationBundle, *, by, on: datetime | None = None) -> PublicationBundle:
    """Give a dossier up; its drafts stay and go their own way again. Raises Refused."""
    bundle = _held(bundle, by)
    duties.stop_review(bundle, by=by, on=on)
    end(bundle, "", by=by, on=on)
    return bundle


def end(bundle: PublicationBundle, reason: str, *, by=None, on: datetime | None = None) -> None:
    """Give up a dossier that the caller holds."""
    bundle.state, bundle.decided_by, bundle.decided_at = State.DROPPED, by, on or timezone.now()
    bundle.reason = reason
    bundle.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    log(instance=bundle, action="portal.bundle.drop", user=by)


# --- 2. Submit ---------------------------------------------------------------------------------------


def findings(things: list) -> list[tuple[object, list[Finding]]]:
    """Return what the preflight says of the things of a dossier (`in_order`): (page or record, findings) of each.

    That one leads to another of them, which is not public yet either, is no finding.
    """
    with sites_held(), public_together(things):
        return [(thing, approval.findings_at_submission(thing)) for thing in things]


@transaction.atomic
@one_action()
def submit(
    bundle: PublicationBundle,
    *,
    by,
    on: datetime | None = None,
    declaration: bool,
    remark: str = "",
    publish_at: datetime | None = None,
    late_reason: str = "",
) -> PublicationBundle:
    """Submit the newest version of every item for approval as one act; return the dossier.

    `publish_at`: nothing of it is public before that hour; None means at the approval. `late_reason`: why what of it is
    past its last day comes late. Of one that waits already, the
    versions saved since take the place of the older ones. Raises Refused without the right, or where an item cannot be
    published now; ValidationError without the declaration, for an empty dossier, for an hour that has passed, for what
    an item lacks (naming it), and where warnings have no `remark`.
    """
    bundle = _held(bundle, by)
    if bundle.state in WAITING and not outdated(bundle):
        raise Refused("Hồ sơ này đã duyệt rồi." if bundle.state == State.SCHEDULED else "Hồ sơ này đang chờ duyệt rồi.")
    if not declaration:
        raise ValidationError({"declaration": "Hãy đánh dấu cam kết về tính chính xác (Điều 20.2) rồi gửi lại."})
    moment = on or timezone.now()
    _demand_to_come(publish_at, moment)
    found = findings(in_order(bundle))
    if not found:
        raise ValidationError(NOTHING)
    _demand_unhindered(thing for thing, _of_it in found)
    versions, lacking, warnings = [], [], {}
    for thing, of_it in found:
        versions.append((thing, version_to_submit(thing, by, moment)))
        lacking += [f"«{get_latest_str(thing)}»: {one.message}" for one in of_it if one.is_blocker]
        lacking += ends_before(publish_at, thing)
        warnings[thing] = [" ".join(one.message.split()) for one in of_it if not one.is_blocker]
    if lacking:
        raise ValidationError(lacking)
    if any(warnings.values()) and not remark.strip():
        raise ValidationError({"remark": "Có điều cần xem lại; hãy ghi vì sao vẫn gửi duyệt, hoặc sửa rồi gửi."})
    for thing, revision in versions:
        approval.declare(thing, revision, by=by, warnings=warnings[thing], remark=remark.strip())
        duties.note_duties(thing, by=by, on=on)
        late_reasons.note(thing, late_reason, by=by, on=on)
        bundle.items.filter(object_type=type_of(thing), object_id=str(thing.pk)).update(
            revision=revision, title=get_latest_str(thing)[:300]
        )
    bundle.state, bundle.submitted_by, bundle.submitted_at = State.SUBMITTED, by, moment
    bundle.remark, bundle.reason, bundle.decided_by, bundle.decided_at = remark.strip(), "", None, None
    bundle.publish_at, bundle.failure = publish_at, ""
    bundle.save()
    log(instance=bundle, action="portal.bundle.submit", user=by, data={"rows": len(versions)})
    duties.start_review(bundle, by=by, on=on)
    notify(deciders(bundle), "bundle_submitted", {"bundle": bundle})
    return bundle


def _demand_to_come(hour: datetime | None, moment: datetime) -> None:
    if hour is not None and hour <= moment:
        message = f"Giờ đăng {format_moment(hour)} đã qua; hãy chọn giờ sau bây giờ, hoặc để trống để đăng khi duyệt."
        raise ValidationError({"publish_at": message})


def _demand_unhindered(things: Iterable) -> None:
    if stopping := hindrances(things):
        raise Refused(" ".join(stopping.values()))


def outdated(bundle: PublicationBundle, things: list | None = None) -> list[BundleItem]:
    """Return the items of a submitted dossier that were saved again, or deleted, since: it has to be submitted anew.

    `things`: what is in it as it is stored now, where the caller has read it.
    """
    if bundle.state not in WAITING:
        return []
    versions = {key_of(thing): thing.latest_revision_id for thing in (in_order(bundle) if things is None else things)}
    return [item for item in bundle.items.all() if versions.get(item.key, -1) != item.revision_id]


@transaction.atomic
def recall(bundle: PublicationBundle, *, by) -> PublicationBundle:
    """Take a dossier back that waits for its decision or its hour, so that it can be changed.

    Raises Refused without the right, or too late.
    """
    bundle = _held(bundle, by)
    if bundle.state not in WAITING:
        raise Refused("Hồ sơ này không còn chờ duyệt.")
    return _changed(bundle, by=by)


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
    return Concerned(frozenset(people.union(*approval.writers_of(things)) - {None}), sites)


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
        approval.demand_bundle(things, submitted_by=bundle.submitted_by, by=by)
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
    with public_together(things):
        published = approval.publish_bundle(
            things,
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
    _demand_unhindered(things)
    for thing in things:
        if thing.live and thing.live_revision_id == versions[key_of(thing)]:
            raise Refused(f"«{get_latest_str(thing)}» đã được đăng riêng; hãy trả lại hồ sơ để bỏ nội dung này ra.")
    return things


def waiting_versions() -> list[int]:
    """Return the versions that wait in dossiers for a decision or their hour (`declared_files.register_waiting`)."""
    found = BundleItem.objects.filter(bundle__state__in=WAITING).exclude(revision=None)
    return list(found.values_list("revision_id", flat=True))


def in_hand(deadline_rows) -> dict[int, list]:
    """Return who may decide the dossier of each deadline, by the deadline's id (`acting.register_subject`)."""
    return {row.pk: deciders(row.subject) for row in deadline_rows if row.subject is not None}


def register() -> None:
    """Keep the files of what waits in dossiers as they are; called once, from `WorkflowsConfig.ready`."""
    declared_files.register_waiting(waiting_versions)


def _held(bundle: PublicationBundle, by) -> PublicationBundle:
    bundle = PublicationBundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if not bundle.is_open:
        raise Refused(CLOSED)
    if not may_change(by, bundle):
        raise Refused("Bạn không có vai trò soạn bài trên trang của hồ sơ này.")
    return bundle


def _waiting(bundle: PublicationBundle, *states: str) -> PublicationBundle:
    bundle = PublicationBundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if bundle.state not in states:
        raise Refused("Hồ sơ này không còn chờ duyệt; hãy tải lại trang.")
    return bundle
