"""Order, place and schedule of pages: what needs the publish permission in plain Wagtail, as actions of our own.

1. `reorder`: a section's pages in another order, by one person with the right.
2. `propose_move` -> `decide_move`: a public page goes to another place by two persons; the old address redirects.
   A page that never was public is moved by `move_draft`, at a merger by `hand_over_draft`.
3. What was approved or is under review for one place does not travel: a move takes the hour from it and stops its
   review, and that of its dossier; a merger begins the review anew under the successor.
4. `unschedule`: an approved publication in the future is cancelled; the version goes back to being a draft.
   `confirm_schedule`: one whose approver's appointment ended stays, by a person of the board.
"""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Page, Revision, Workflow, WorkflowState

from accounts.roles import APPROVE, ARRANGE, WRITE, may, owner_site
from base.gate import Refused, open_gate
from base.locking import hold
from base.models import PortalSite
from base.public.index import readers_see_changed
from base.sites import city_site, site_of

from .. import deadlines
from ..deadlines import duties
from ..deadlines.duties import REVIEW_RULE
from ..models import Declaration, MoveProposal, Schedule
from ..upkeep import review_dates
from . import schedules
from .approval import acts_for_board, may_approve
from .bundles import stops as bundle_stops
from .takedown import undecided

MOVED = "Trang được chuyển sang nơi khác."


@transaction.atomic
def reorder(page, *, by, on: datetime | None = None, before=None) -> Page:
    """Put a page before a sibling, or last when `before` is None; return it read anew."""
    site = site_of(page)
    if not may(by, ARRANGE, site):
        raise Refused("Bạn không có quyền sắp xếp mục trên trang này.")
    parent = page.get_parent()
    if before is not None and before.get_parent().pk != parent.pk:
        raise ValidationError({"before": "Hai trang phải cùng nằm trong một mục."})
    with open_gate("arrange"):
        if before is not None:
            page.move(before, pos="left", user=None)
        else:
            page.move(parent, pos="last-child", user=None)
    moved = Page.objects.get(pk=page.pk)
    log(instance=moved.specific, action="portal.arrange", user=by)
    # What follows it in the tree moves on: below the city's front page those of wards, too.
    readers_see_changed(sites={site, site_of(parent)} - {None})
    return moved


def demand_movable(page, target) -> None:
    """Raise Refused or ValidationError unless a page may stand under `target` and nothing about it is undecided."""
    if PortalSite.objects.filter(home_key=page.translation_key).exists():
        raise Refused("Không chuyển trang chủ của một trang thành phần.")
    if undecided(page):
        raise Refused("Trang đang có đề nghị gỡ bỏ; hãy quyết định đề nghị đó trước.")
    if site_of(target).is_practice and page.get_descendants(inclusive=True).exclude(first_published_at=None).exists():
        raise Refused("Nội dung đã từng đăng không chuyển vào trang thực hành.")
    if not page.specific.can_move_to(target) or target.path.startswith(page.path):
        raise ValidationError({"target": "Loại trang này không đặt được ở mục đã chọn; hãy chọn mục khác."})
    ending = schedules.ending_above(target, inclusive=True)
    if ending is not None and page.get_descendants(inclusive=True).live().exists():
        raise ValidationError(
            {"target": f"«{ending.title}» tự gỡ theo hạn nên bên dưới không đặt trang đang đăng; hãy chọn mục khác."}
        )
    if target.get_children().filter(slug=page.slug).exclude(pk=page.pk).exists():
        raise ValidationError({"target": f"Mục đã chọn có trang mang địa chỉ «{page.slug}»; hãy đổi địa chỉ trước."})


@transaction.atomic
def move_draft(page, target, *, by, on: datetime | None = None) -> Page:
    """Move a page that never was public, and holds no public page, within the sites a person writes for.

    Its schedule, its review and those of the pages below it end: they were asked and given for another place.
    """
    demand_may_move_draft(page, target, by=by)
    schedules.void_below(page, MOVED, by=by, on=on)
    for item, state in _reviews_below(page):
        _stop_review(item, state, by=by, on=on)
    moved = _move(page, target, by=by)
    bundle_stops.follow_move(moved, by=by, on=on)
    return moved


@transaction.atomic
def hand_over_draft(page, target, *, by, on: datetime | None = None, workflow: Workflow) -> Page:
    """Move a page that never was public to the site that takes its own one in; a running review begins anew there.

    `workflow`: the successor's. What was returned stays returned. The schedules are for the caller to end and list.
    """
    demand_may_move_draft(page, target, by=by)
    reviews = _reviews_below(page)
    moved = _move(page, target, by=by)
    for item, state in reviews:
        item = item.__class__.objects.get(pk=item.pk)
        if state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            state.workflow = workflow
            state.save(update_fields=["workflow"])
            continue
        _stop_review(item, state, by=by, on=on)
        if Declaration.objects.filter(revision_id=item.latest_revision_id).exists():
            workflow.start(item, state.requested_by)
            duties.start_review(item, by=by, on=on)
    return moved


def demand_may_move_draft(page, target, *, by) -> None:
    """Raise Refused or ValidationError unless a person may move a page that never was public to another place."""
    if page.get_descendants(inclusive=True).filter(first_published_at__isnull=False).exists():
        raise Refused("Trang đã từng đăng: hãy đề nghị chuyển để người thứ hai duyệt.")
    if not (may(by, WRITE, site_of(page)) and may(by, WRITE, site_of(target))):
        raise Refused("Bạn cần quyền soạn ở cả nơi đi và nơi đến.")
    demand_movable(page, target)


def _move(page, target, *, by) -> Page:
    with open_gate("arrange"):
        page.move(target, pos="last-child", user=None)
    moved = Page.objects.get(pk=page.pk)
    log(instance=moved.specific, action="portal.move", user=by)
    return moved


def _reviews_below(page) -> list[tuple[Page, WorkflowState]]:
    """The running and returned reviews of a page and of the pages below it: (page, its workflow)."""
    pages = {str(item.pk): item for item in page.get_descendants(inclusive=True).order_by("path")}
    states = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id__in=list(pages)
    )
    return [(pages[state.object_id].specific, state) for state in states.order_by("pk")]


def _stop_review(page, state: WorkflowState, *, by, on) -> None:
    state.cancel(user=by)
    deadlines.cancel_for(page, reason=MOVED, on=on or timezone.now(), by=by, rule=REVIEW_RULE)


def stops(page) -> int:
    """Return how many schedules and reviews of a page, and of the pages below it, a move ends, dossiers among them."""
    alone = Schedule.objects.waiting().below(page).count() + len(_reviews_below(page))
    return alone + len(bundle_stops.waiting_with([page]))


@transaction.atomic
def propose_move(page, target, *, by, on: datetime | None = None, reason: str) -> MoveProposal:
    """Propose to move a page to another section or site; a second person decides."""
    if not (may(by, WRITE, site_of(page)) and may(by, WRITE, site_of(target))):
        raise Refused("Bạn cần quyền soạn ở cả nơi đi và nơi đến.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do chuyển trang."})
    demand_movable(page, target)
    if MoveProposal.objects.filter(page_id=page.pk, decided_at=None).exists():
        raise Refused("Trang này đã có đề nghị chuyển đang chờ.")
    proposal = MoveProposal.objects.create(
        page_id=page.pk,
        target_id=target.pk,
        title=page.title[:300],
        reason=reason,
        proposed_by=by,
        proposed_at=on or timezone.now(),
    )
    log(
        instance=page.specific,
        action="portal.move.propose",
        user=by,
        data={"target": target.pk, "reason": reason},
    )
    return proposal


def may_decide_move(user, proposal: MoveProposal) -> bool:
    """Tell whether a user may decide a move: they approve on both sites and did not propose it."""
    if user.pk == proposal.proposed_by_id or not proposal.is_open:
        return False
    return all(acts_for_board(user, APPROVE, site) for site in (site_of(proposal.page), site_of(proposal.target)))


@transaction.atomic
def decide_move(
    proposal: MoveProposal, *, by, on: datetime | None = None, accepted: bool, note: str = ""
) -> MoveProposal:
    """Decide a move; an accepted one moves the page with its descendants and makes redirects from the old addresses."""
    proposal = MoveProposal.objects.select_for_update().get(pk=proposal.pk)
    if not may_decide_move(by, proposal):
        raise Refused("Người quyết định phải có quyền duyệt ở cả hai trang và không phải người đề nghị.")
    page, target = proposal.page.specific, proposal.target.specific
    sites = {site_of(page), site_of(target)}
    if accepted:
        demand_movable(page, target)
        schedules.void_below(page, MOVED, by=by, on=on)
        for item, state in _reviews_below(page) if len(sites) > 1 else []:
            _stop_review(item, state, by=by, on=on)
        old = {item.pk: _addresses(item) for item in page.get_descendants(inclusive=True).live()}
        with open_gate("arrange"):
            page.move(target, pos="last-child", user=None)
        for pk, addresses in old.items():
            for site_id, path in addresses:
                Redirect.objects.update_or_create(
                    old_path=Redirect.normalise_path(path),
                    site_id=site_id,
                    defaults={"redirect_page_id": pk, "is_permanent": True, "automatically_created": True},
                )
        review_dates.note_moved(Page.objects.get(pk=page.pk), on=on)
        bundle_stops.follow_move(Page.objects.get(pk=page.pk), by=by, on=on)
        log(
            instance=Page.objects.get(pk=page.pk).specific,
            action="portal.move",
            user=by,
            data={"target": target.pk},
        )
    proposal.decided_by, proposal.decided_at, proposal.accepted, proposal.note = (
        by,
        on or timezone.now(),
        accepted,
        note,
    )
    proposal.save()
    moved = Page.objects.get(pk=page.pk).get_descendants(inclusive=True).live().specific() if accepted else []
    readers_see_changed(moved, sites=sites - {None})
    return proposal


def _addresses(page) -> set[tuple[int, str]]:
    """(Wagtail site, path) of every address a page answers on: its own host's, and the city's with the ward's path."""
    parts, city = page.get_url_parts(), city_site()
    found = {(parts[0], parts[2])} if parts and parts[2] else set()
    home = city.home_page() if city else None
    if home and city.wagtail_site_id and page.url_path.startswith(home.url_path):
        found.add((city.wagtail_site_id, "/" + page.url_path.removeprefix(home.url_path)))
    return found


@transaction.atomic
def unschedule(obj, *, by, on: datetime | None = None, reason: str = "") -> Revision:
    """Cancel an approved publication in the future; the version stays as a draft and needs approval again.

    Author and approver are told, with the reason. Raises Refused without the right, or when nothing waits any more.
    """
    obj = hold(obj)
    if not may(by, ARRANGE, owner_site(obj)):
        raise Refused("Bạn không có quyền hủy lịch đăng trên trang này.")
    revision = Revision.objects.for_instance(obj).filter(approved_go_live_at__isnull=False).first()
    if revision is None:
        raise Refused("Nội dung này không có lịch đăng nào.")
    message = f"{by.get_full_name() or by.get_username()} đã hủy lịch"
    message = f"{message}: {reason.strip()}" if reason.strip() else f"{message}."
    schedules.void(revision, obj, message, by=by, on=on)
    return revision


def may_confirm_schedule(user, row: Schedule) -> bool:
    """Tell whether a user may say that a schedule stays: they could approve it themselves, and did not submit it."""
    obj = row.revision.content_object
    return obj is not None and user.pk != row.submitted_by_id and may_approve(user, obj)


@transaction.atomic
def confirm_schedule(row: Schedule, *, by, on: datetime | None = None) -> Schedule:
    """Keep a schedule whose approver's appointment has ended; it leaves the board's list. Raises Refused."""
    row = Schedule.objects.select_for_update(of=("self",)).select_related("revision").get(pk=row.pk)
    if row.revision.approved_go_live_at is None:
        raise Refused("Lịch này không còn chờ đăng.")
    if not may_confirm_schedule(by, row):
        raise Refused("Người xem lại lịch đăng phải có quyền duyệt và không phải người soạn, người gửi.")
    row.looked_by, row.looked_at = by, on or timezone.now()
    row.save(update_fields=["looked_by", "looked_at"])
    log(instance=row.revision.content_object, action="portal.schedule.keep", user=by, revision=row.revision)
    return row
