"""Order, place and schedule of pages: what hangs on the publish permission in plain Wagtail, as verbs of our own.

1. `reorder`: a section's pages in another order, by one person with the right.
2. `propose_move` -> `decide_move`: a public page goes to another place by two persons; the old address redirects.
   A page that never was public is moved by `move_draft`.
3. `unschedule`: an approved publication in the future is cancelled; the version goes back to being a draft.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from accounts.roles import APPROVE, ARRANGE, WRITE, may
from base.gate import Refused, open_gate
from base.models import PortalSite
from base.page_cache import raise_generation
from base.sites import city_site, site_of

from . import review_dates
from .approval import acts_for_board
from .models import MoveProposal
from .takedown import undecided


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
    raise_generation([site])
    return moved


def demand_movable(page, target) -> None:
    """Raise Refused or ValidationError unless a page may stand under `target` and nothing about it is undecided."""
    if PortalSite.objects.filter(home_key=page.translation_key).exists():
        raise Refused("Không chuyển trang chủ của một trang thành phần.")
    if undecided(page):
        raise Refused("Trang đang có đề nghị gỡ bỏ; hãy quyết định đề nghị đó trước.")
    if not page.specific.can_move_to(target) or target.path.startswith(page.path):
        raise ValidationError({"target": "Loại trang này không đặt được ở mục đã chọn; hãy chọn mục khác."})
    if target.get_children().filter(slug=page.slug).exclude(pk=page.pk).exists():
        raise ValidationError({"target": f"Mục đã chọn có trang mang địa chỉ «{page.slug}»; hãy đổi địa chỉ trước."})


@transaction.atomic
def move_draft(page, target, *, by, on: datetime | None = None) -> Page:
    """Move a page that never was public, and holds no public page, within the sites a person writes for."""
    if page.get_descendants(inclusive=True).filter(first_published_at__isnull=False).exists():
        raise Refused("Trang đã từng đăng: hãy đề nghị chuyển để người thứ hai duyệt.")
    if not (may(by, WRITE, site_of(page)) and may(by, WRITE, site_of(target))):
        raise Refused("Bạn cần quyền soạn ở cả nơi đi và nơi đến.")
    demand_movable(page, target)
    with open_gate("arrange"):
        page.move(target, pos="last-child", user=None)
    moved = Page.objects.get(pk=page.pk)
    log(instance=moved.specific, action="portal.move", user=by)
    return moved


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
        page_id=page.pk, target_id=target.pk, title=page.title[:300], reason=reason,
        proposed_by=by, proposed_at=on or timezone.now(),
    )  # fmt: skip
    log(
        instance=page.specific,
        action="portal.move.propose",
        user=by,
        data={"target": target.pk, "reason": reason},
    )
    return proposal


def may_decide_move(user, proposal: MoveProposal) -> bool:
    """Tell whether a user may decide a move: he approves on both sites and did not propose it."""
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
    raise_generation(sites - {None})
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
def unschedule(page, *, by, on: datetime | None = None) -> Revision:
    """Cancel an approved publication in the future; the version stays as a draft and needs approval again."""
    site = site_of(page) if hasattr(page, "path") else page.owner_site
    if not may(by, ARRANGE, site):
        raise Refused("Bạn không có quyền hủy lịch đăng trên trang này.")
    revision = Revision.objects.for_instance(page).filter(approved_go_live_at__isnull=False).first()
    if revision is None:
        raise Refused("Nội dung này không có lịch đăng nào.")
    revision.approved_go_live_at = None
    revision.save(user=by, update_fields=["approved_go_live_at"])
    return revision
