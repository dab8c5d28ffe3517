"""Order, place and schedule of pages: what needs the publish permission in plain Wagtail, as actions of our own.

1. `reorder`: a section's pages in another order, by one person with the right.
2. `propose_move` -> `decide_move`: a public page goes to another place by two persons; the old address redirects. Its
   translations go along, under the translation of the new place (`translations/places.py`). A page that never was
   public is moved by `move_draft`, at a merger by `hand_over_draft`.
3. What was approved or is under review for one place does not travel: a move ends what waits on the page (`waiting`);
   a merger begins its review anew under the successor.
4. `unschedule`: an approved publication in the future is cancelled; the version goes back to being a draft.
   `confirm_schedule`: one whose approver's appointment ended stays, by a person of the board.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from accounts.roles import APPROVE, ARRANGE, WRITE, may, owner_site
from base.gate import Refused, open_gate
from base.locking import hold
from base.models import PortalSite
from base.public.index import readers_see_changed
from base.sites import city_site, site_of

from ..models import MoveProposal, Schedule
from ..translations.places import Follower, followers
from ..upkeep import review_dates
from . import schedules, waiting
from .approval import acts_for_board, may_approve
from .waiting import Change, GoesOn, Happening, Reach

MOVED = "Trang được chuyển sang nơi khác."


def register_what_waits() -> None:
    """Say what becomes of the proposal of a move (`waiting`); called by `what_waits`."""
    waiting.register_waiting(
        MoveProposal,
        of=_proposals_on,
        of_site=_proposals_into,
        release={
            Change.REMOVED: _end_proposal,
            Change.MOVED: _end_proposal,
            Change.HANDED_OVER: _end_proposal,
            Change.REPLACED: GoesOn("It is about the place of the page, not about what it says."),
            Change.ENDED: _end_proposal,
        },
    )


def _proposals_on(reach: Reach) -> list[MoveProposal]:
    """Those that would move what a change reaches, or move something below it."""
    rows = list(MoveProposal.objects.filter(decided_at=None).order_by("pk")) if reach.pages else []
    inside = reach.pages_among({pk for row in rows for pk in (row.page_id, row.target_id)}) if rows else set()
    return [row for row in rows if inside & {row.page_id, row.target_id}]


def _proposals_into(site: PortalSite) -> list[MoveProposal]:
    """Those that would move something to a site; what shall leave it is for the city's board to decide."""
    rows = MoveProposal.objects.filter(decided_at=None).select_related("target").order_by("pk")
    return [row for row in rows if site_of(row.target) == site]


def _end_proposal(proposal: MoveProposal, happening: Happening) -> None:
    proposal = MoveProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not proposal.is_open:
        return
    proposal.decided_by, proposal.decided_at = happening.by, happening.on
    proposal.accepted, proposal.note = False, happening.reason
    proposal.save(update_fields=["decided_by", "decided_at", "accepted", "note"])
    log(instance=proposal.page.specific, action="portal.move.end", user=happening.by)
    waiting.tell([proposal.proposed_by], "Đề nghị chuyển trang", proposal.title, happening.reason)


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
    waiting.demand_allowed([page], Change.MOVED)
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


def _demand_all_movable(page, target) -> list[Follower]:
    """Raise unless a page and its translations may stand at the new place; return the translations that go along."""
    demand_movable(page, target)
    going = [follower for follower in followers(page, target) if not follower.stays]
    for follower in going:
        try:
            demand_movable(follower.page, follower.place)
        except (Refused, ValidationError) as error:
            why = str(error) if isinstance(error, Refused) else " ".join(error.messages)
            raise ValidationError({"target": f"Bản dịch «{follower.page.title}» không đi theo được: {why}"}) from error
    return going


@transaction.atomic
def move_draft(page, target, *, by, on: datetime | None = None) -> Page:
    """Move a page that never was public, and holds no public page, within the sites a person writes for.

    What waits on it and on the pages below it ends: it was asked and given for another place.
    """
    demand_may_move_draft(page, target, by=by)
    waiting.hold([page], Change.MOVED)
    site, moved = site_of(page), _move(page, target, by=by)
    waiting.release_on([moved], Change.MOVED, reason=MOVED, by=by, on=on, site=site)
    return moved


@transaction.atomic
def hand_over_draft(page, target, *, by, on: datetime | None = None) -> Page:
    """Move a page that never was public to the site that takes its own one in; a running review begins anew there.

    What was returned stays returned. What ends with the site itself is for the caller (`waiting.on_site`).
    """
    demand_may_move_draft(page, target, by=by)
    waiting.hold([page], Change.MOVED)
    site, moved = site_of(page), _move(page, target, by=by)
    waiting.release_on([moved], Change.HANDED_OVER, reason=MOVED, by=by, on=on, site=site)
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


def stops(page) -> int:
    """Return how many approvals of a page, and of the pages below it, a move ends."""
    return waiting.count_ended([page], Change.MOVED)


@transaction.atomic
def propose_move(page, target, *, by, on: datetime | None = None, reason: str) -> MoveProposal:
    """Propose to move a page to another section or site; a second person decides."""
    if not (may(by, WRITE, site_of(page)) and may(by, WRITE, site_of(target))):
        raise Refused("Bạn cần quyền soạn ở cả nơi đi và nơi đến.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do chuyển trang."})
    _demand_all_movable(page, target)
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
    """Decide a move; an accepted one moves the page and its translations, each with its descendants, and makes
    redirects from the old addresses."""
    proposal = MoveProposal.objects.select_for_update().get(pk=proposal.pk)
    if not may_decide_move(by, proposal):
        raise Refused("Người quyết định phải có quyền duyệt ở cả hai trang và không phải người đề nghị.")
    sites = {site_of(proposal.page), site_of(proposal.target)}
    moved = _carry_out(proposal, by=by, on=on) if accepted else []
    proposal.decided_by, proposal.decided_at, proposal.accepted, proposal.note = (
        by,
        on or timezone.now(),
        accepted,
        note,
    )
    proposal.save()
    shown = [below for page in moved for below in page.get_descendants(inclusive=True).live().specific()]
    readers_see_changed(shown, sites=sites - {None})
    return proposal


def _carry_out(proposal: MoveProposal, *, by, on: datetime | None) -> list[Page]:
    """Move the page of a proposal, and the translations that follow it; return them read anew."""
    page, target = proposal.page.specific, proposal.target.specific
    site, going = site_of(page), _demand_all_movable(page, target)
    places = {page.pk: target.pk} | {follower.page.pk: follower.place.pk for follower in going}
    things = [page, *(follower.page for follower in going)]
    waiting.hold(things, Change.MOVED)
    old = {item.pk: _addresses(item) for thing in things for item in thing.get_descendants(inclusive=True).live()}
    with open_gate("arrange"):
        for key, place in places.items():
            # The tree has changed with the page before.
            Page.objects.get(pk=key).specific.move(Page.objects.get(pk=place), pos="last-child", user=None)
    for pk, addresses in old.items():
        for site_id, path in addresses:
            Redirect.objects.update_or_create(
                old_path=Redirect.normalise_path(path),
                site_id=site_id,
                defaults={"redirect_page_id": pk, "is_permanent": True, "automatically_created": True},
            )
    moved = [Page.objects.get(pk=key) for key in places]
    for one in moved:
        review_dates.note_moved(one, on=on)
    waiting.release_on(moved, Change.MOVED, without=proposal, reason=MOVED, by=by, on=on, site=site, by_two=True)
    for one in moved:
        log(instance=one.specific, action="portal.move", user=by, data={"target": places[one.pk]})
    return moved


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
