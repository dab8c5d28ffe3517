"""Drafts decided together: one person submits a batch, another approves it, then everything in it is published.

1. `hand_in`: procedures and services, each complete, with the declaration of accuracy. 2. `approve` or `send_back` by a
second person (Quy chế Điều 20). 3. `carry_on`: publishes what is not public yet, procedures first, a bounded time at a
call; the request that approves begins, the job continues. A version saved after the submission is not published: the
job then returns the batch with the reason.
"""

import time
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import APPROVE, WRITE, may, owner_site
from base.gate import Refused
from base.locking import hold
from base.operations.steps import carry_on_each, sentences_of
from base.sites import city_site, sites_held
from vietnam.dates import format_moment
from workflows.publishing import approval, declared_files
from workflows.publishing.approval import acts_for_board
from workflows.publishing.waiting import Change, Happening, Reach, register_waiting, tell

from ..models import CatalogueBatch, Procedure, ServiceOffering

State = CatalogueBatch.State
SECONDS_A_STEP = 20.0
# Published in one transaction: few enough that a user who saves meanwhile does not wait long.
AT_ONCE = 10
# What a batch says of an item that went; no title: it may be what the item was removed for.
ENDED = {
    Change.REMOVED: "Một thủ tục, dịch vụ của lô bị gỡ bỏ lúc {on}.",
    Change.MOVED: "Một dịch vụ của lô được chuyển sang nơi khác lúc {on}.",
    Change.HANDED_OVER: "Một dịch vụ của lô chuyển sang trang kế thừa lúc {on}.",
    Change.REPLACED: "Một thủ tục, dịch vụ của lô được đăng khẩn cấp lúc {on}.",
    Change.ENDED: "Trang của một dịch vụ trong lô ngừng cập nhật lúc {on}.",
}
DECLARE = "Chưa ghi gì vì ô «Cam kết» (Điều 20.2) chưa được đánh dấu; hãy đánh dấu ô đó rồi gửi lại."


# --- 1. Submit ---------------------------------------------------------------------------------------


@transaction.atomic
def hand_in(
    title: str, *, procedures=(), offerings=(), by, on: datetime | None = None, declaration: bool, fresh=frozenset()
) -> CatalogueBatch:
    """Submit the newest versions of procedures and services for approval as one act; return the batch.

    `fresh`: keys of services that an action has just created complete; publication still checks them like all others.

    Raises Refused without the right to write on one of their sites, or while one of them is under review by itself;
    ValidationError without the declaration, for an empty batch, and for what an item lacks, naming the item.
    """
    procedures, offerings = list(procedures), list(offerings)
    if not procedures and not offerings:
        raise ValidationError("Lô chưa có thủ tục hay dịch vụ nào; hãy chọn ít nhất một.")
    if not declaration:
        raise ValidationError({"declaration": DECLARE})
    coming = {procedure.pk for procedure in procedures}
    versions, lacking, declared = [], [], []
    for item in [*procedures, *offerings]:
        site = owner_site(item)
        if not may(by, WRITE, site):
            raise Refused(f"Bạn không có quyền soạn trên trang chứa «{item}».")
        if approval.current_state(item) is not None:
            raise Refused(f"«{item}» đang chờ duyệt hoặc bị trả lại ở luồng riêng; hãy xử lý xong rồi gửi lô.")
        revision = item.get_latest_revision() or item.save_revision(user=by)
        version = revision.as_object()
        if (hour := getattr(version, "go_live_at", None)) is not None and hour > timezone.now():
            lacking.append(f"{item}: có giờ hẹn đăng mà lô được đăng ngay; hãy bỏ giờ hẹn hoặc gửi duyệt riêng.")
        if not (isinstance(item, ServiceOffering) and item.pk in fresh):
            lacking += [f"{item}: {finding.message}" for finding in _blockers(item, coming)]
        versions.append([item._meta.label, item.pk, revision.pk])
        declared.append((item, revision, version))
    if lacking:
        raise ValidationError(lacking)
    for item, revision, version in declared:
        approval.declare(item, revision, by=by, version=version)
    batch = CatalogueBatch.objects.create(
        owner_site=city_site(), title=title[:300], versions=versions, made_by=by, made_at=on or timezone.now()
    )
    batch.procedures.set(procedures)
    batch.offerings.set(offerings)
    log(instance=batch, action="portal.catalogue.hand_in", user=by, data={"rows": len(versions)})
    return batch


def _blockers(item, coming: set[int]) -> list:
    """What stops an item; that its procedure is not public does not, when that comes in the same batch."""
    found = approval.blockers(item)
    if isinstance(item, ServiceOffering) and item.procedure_id in coming:
        found = [finding for finding in found if finding.field != "procedure"]
    return found


# --- 2. Decide ---------------------------------------------------------------------------------------


def may_decide(user, batch: CatalogueBatch) -> bool:
    """Tell whether a user may approve or return a batch: a second person, acting for the board of each of its sites."""
    return (
        batch.state == State.SUBMITTED
        and user.pk != batch.made_by_id
        and all(acts_for_board(user, APPROVE, site) for site in _sites(batch))
    )


@transaction.atomic
def approve(batch: CatalogueBatch, *, by, on: datetime | None = None) -> CatalogueBatch:
    """Approve a batch; `carry_on` then publishes it.

    Raises Refused for the person who submitted it, for one who wrote an item, without the right, or when an item was
    saved again since.
    """
    batch = _held(batch)
    with sites_held():
        _demand_may_decide(by, batch)
        _demand_as_submitted(batch, by=by)
    batch.state, batch.decided_by, batch.decided_at = State.APPROVED, by, on or timezone.now()
    batch.save(update_fields=["state", "decided_by", "decided_at"])
    log(instance=batch, action="portal.catalogue.approve", user=by, data={"rows": len(batch.versions)})
    return batch


@transaction.atomic
def send_back(batch: CatalogueBatch, *, by, on: datetime | None = None, reason: str) -> CatalogueBatch:
    """Return a batch with a reason; its drafts stay drafts. Raises Refused, ValidationError without a reason."""
    batch = _held(batch)
    _demand_may_decide(by, batch)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do trả lại để người gửi biết cần sửa gì."})
    batch.state, batch.decided_by, batch.decided_at = State.RETURNED, by, on or timezone.now()
    batch.reason = reason.strip()[:300]
    batch.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    log(instance=batch, action="portal.catalogue.send_back", user=by, data={"reason": batch.reason})
    return batch


def _demand_as_submitted(batch: CatalogueBatch, *, by) -> None:
    held = items(batch)
    for item, is_allowed in zip(held, approval.those_he_may_approve(by, held), strict=True):
        if not is_allowed:
            raise Refused(f"Bạn không duyệt được «{item}»: người duyệt không được là người soạn hoặc người gửi.")
        if item.latest_revision_id != _version_of(batch, item):
            raise Refused(f"«{item}» đã được sửa sau khi gửi duyệt; hãy trả lại lô này rồi gửi lô mới.")
        declared_files.demand_as_declared(item.latest_revision, approval.declaration_of(item.latest_revision_id))


def _demand_may_decide(by, batch: CatalogueBatch) -> None:
    if batch.state != State.SUBMITTED:
        raise Refused("Lô này đã được quyết định; hãy tải lại trang.")
    if not may_decide(by, batch):
        raise Refused("Người duyệt phải có quyền duyệt trên mọi trang của lô và không phải người gửi.")


# --- 3. Publish --------------------------------------------------------------------------------------


def carry_on(batch: CatalogueBatch, *, on: datetime | None = None, seconds: float = SECONDS_A_STEP) -> CatalogueBatch:
    """Publish what of an approved batch is not public yet, for a bounded time; return the batch as it stands then.

    Each few items are one transaction; what was published stays when a later one fails, and the error is raised.
    """
    until = time.monotonic() + seconds
    while batch.state == State.APPROVED:
        with transaction.atomic(), sites_held():
            batch = _held(batch)
            waiting = [item for item in items(batch) if not is_published(batch, item)]
            if batch.state != State.APPROVED or not waiting:
                return _finished(batch)
            # Held before they are compared: another version could be saved until each has its turn.
            held = [hold(item) for item in waiting[:AT_ONCE]]
            for item in held:
                if item.latest_revision_id != _version_of(batch, item):
                    raise Refused(f"«{item}» đã được sửa sau khi duyệt nên không đăng được; hãy gửi duyệt riêng.")
            approval.publish_bundle(
                held,
                submitted_by=batch.made_by,
                by=batch.decided_by,
                on=on or batch.decided_at,
                reason=f"Duyệt lô: {batch.title}",
                is_declared=True,
            )
        if time.monotonic() >= until:
            break
    return batch


def work(*, on: datetime | None = None, seconds: float = SECONDS_A_STEP) -> int:
    """Carry on with every approved batch; return how many. The periodic job; one that fails stops no other.

    One of which the next item cannot be published any more is returned with the reason; what is public stays.
    """
    waiting = CatalogueBatch.objects.filter(state=State.APPROVED).order_by("pk")
    return carry_on_each(waiting, lambda batch: _go_on(batch, seconds), "Không đăng được lô danh mục")


def _go_on(batch: CatalogueBatch, seconds: float) -> None:
    try:
        carry_on(batch, seconds=seconds)
    except (Refused, ValidationError) as error:
        reason = sentences_of(error)
        with transaction.atomic():
            batch = _held(batch)
            if batch.state == State.APPROVED:
                batch.state, batch.reason = State.RETURNED, reason[:300]
                batch.save(update_fields=["state", "reason"])
                log(instance=batch, action="portal.catalogue.stop", data={"reason": batch.reason})
                address = reverse("servicecatalog_batch", args=[batch.pk])
                tell([batch.made_by, batch.decided_by], "Lô", batch.title, reason, address=address)


def _finished(batch: CatalogueBatch) -> CatalogueBatch:
    if batch.state == State.APPROVED:
        batch.state = State.PUBLISHED
        batch.save(update_fields=["state"])
        data = {"rows": len(batch.versions)}
        log(instance=batch, action="portal.catalogue.publish", user=batch.decided_by, data=data)
    return batch


# --- What waits --------------------------------------------------------------------------------------


def register_what_waits() -> None:
    """Say what becomes of a batch (`workflows.publishing.waiting`); called once, from `ServicecatalogConfig.ready`."""
    register_waiting(
        CatalogueBatch,
        of=_open_with,
        of_site=lambda site: [batch for batch in _open() if any(owner_site(item) == site for item in items(batch))],
        release=dict.fromkeys(Change, _end),
        is_held_first=True,
        versions=_waiting_versions,
    )


def _open() -> list[CatalogueBatch]:
    return list(CatalogueBatch.objects.filter(state__in=(State.SUBMITTED, State.APPROVED)).order_by("pk"))


def _waiting_versions() -> list[int]:
    return [version for batch in _open() for _label, _pk, version in batch.versions]


def _open_with(reach: Reach) -> list[CatalogueBatch]:
    return [batch for batch in _open() if _reached(batch, reach)] if reach.pages or reach.records else []


def _reached(batch: CatalogueBatch, reach: Reach) -> list:
    """Return the items of a batch that a change reaches."""
    pages = reach.pages_among(batch.offerings.values_list("pk", flat=True))
    records = {record.pk for record in reach.records if isinstance(record, Procedure)}
    return [item for item in items(batch) if item.pk in (pages if isinstance(item, ServiceOffering) else records)]


def _end(batch: CatalogueBatch, happening: Happening) -> None:
    """Return one that waits for its decision; of one that is being published, what is left of it goes on."""
    batch = _held(batch)
    if happening.change == Change.ENDED:
        gone = [item for item in items(batch) if owner_site(item) == happening.site]
    else:
        gone = _reached(batch, happening.reach)
    if happening.change == Change.REPLACED:
        # The very version that it holds may become public before the others.
        gone = [item for item in gone if item.latest_revision_id != _version_of(batch, item)]
        if not gone:
            return
    if batch.state == State.SUBMITTED:
        batch.state, batch.decided_by, batch.decided_at = State.RETURNED, happening.by, happening.on
        batch.reason = ENDED[happening.change].format(on=format_moment(happening.on))
        batch.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    elif batch.state == State.APPROVED and gone:
        batch.procedures.remove(*(item for item in gone if isinstance(item, Procedure)))
        batch.offerings.remove(*(item for item in gone if isinstance(item, ServiceOffering)))
    else:
        return
    data = {"reason": batch.reason, "rows": len(gone)}
    log(instance=batch, action="portal.catalogue.stop", user=happening.by, data=data)
    address = reverse("servicecatalog_batch", args=[batch.pk])
    reason = ENDED[happening.change].format(on=format_moment(happening.on))
    tell([batch.made_by, batch.decided_by], "Lô", batch.title, reason, address=address)


# --- Shown -------------------------------------------------------------------------------------------


def items(batch: CatalogueBatch) -> list:
    """Return the procedures of a batch, then its services, in the order in which they are published."""
    return [*batch.procedures.order_by("pk"), *batch.offerings.select_related("procedure").order_by("path")]


def is_published(batch: CatalogueBatch, item) -> bool:
    """Tell whether the version that a batch holds of an item is the public one."""
    return item.live and item.live_revision_id == _version_of(batch, item)


def visible_to(user):
    """Return the batches a user may look at: those they submitted, and all for those who work for the city."""
    found = CatalogueBatch.objects.select_related("made_by", "decided_by")
    city = city_site()
    return found if city and (may(user, WRITE, city) or may(user, APPROVE, city)) else found.filter(made_by=user.pk)


def _held(batch: CatalogueBatch) -> CatalogueBatch:
    return CatalogueBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


def _version_of(batch: CatalogueBatch, item) -> int | None:
    return next((version for label, pk, version in batch.versions if (label, pk) == (item._meta.label, item.pk)), None)


def _sites(batch: CatalogueBatch) -> list:
    found = {batch.owner_site.pk: batch.owner_site}
    for item in items(batch):
        site = owner_site(item)
        found[site.pk] = site
    return list(found.values())
