"""2. A ward leaves a page of the city off its site, or shows it again: one person proposes, another confirms."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import Page

from accounts.roles import APPROVE, DISPATCH, WRITE, holders, may
from base.gate import Refused
from base.locking import hold
from base.models import PlaceRefusal, PortalSite
from base.operations.notices import notify
from base.public.index import readers_see_changed
from base.public.index.places import EVERY_WARD
from base.sites import city_site
from workflows.models import RecordChange
from workflows.publishing import record_changes, record_rules

LABEL = PlaceRefusal._meta.label
NO_REASON = "Hãy ghi lý do; thành phố đọc được nguyên văn."
URGENT = "Thông báo khẩn của thành phố hiện ở mọi trang mà thành phố chọn, không bỏ được"


def register() -> None:
    """Say how refusals come true; called once, from `SectionsConfig.ready`."""
    record_rules.register(
        PlaceRefusal,
        confirming=(APPROVE,),
        site_of=lambda refusal: refusal.site,
        check=_demand_right,
        follow=_follow,
        is_pressing=True,
    )


def may_propose(user, site: PortalSite) -> bool:
    """Tell whether a user may propose what a ward leaves off: who writes for it, while its site takes what is new."""
    return site.kind == PortalSite.Kind.WARD and site.state in PortalSite.TAKING and may(user, WRITE, site)


@transaction.atomic
def propose(page: Page, site: PortalSite, *, by, reason: str, on: datetime | None = None) -> RecordChange:
    """Propose that a ward leaves a page of the city off its site; return the proposal.

    Raises Refused without the right, for an urgent notice, for what the ward does not show, while a proposal is open;
    ValidationError (`reason`) without a reason.
    """
    _demand_reason(reason)
    page = hold(page)
    if problem := obstacle(page, site):
        raise Refused(f"{problem}.")
    if any(change.values["site"] == site.pk for change in open_proposals([page.pk])):
        raise Refused("Việc này đã có đề nghị đang chờ người thứ hai; hãy chờ quyết định hoặc rút đề nghị đó.")
    refusal = PlaceRefusal.objects.filter(page=page, site=site).first() or PlaceRefusal(page=page, site=site)
    if refusal.pk and refusal.is_in_force:
        raise Refused("Trang của phường, xã đã không hiện bài này.")
    refusal.is_in_force, refusal.reason = True, reason.strip()
    return record_changes.propose(refusal, by=by, on=on, reason=reason)


@transaction.atomic
def propose_again(refusal: PlaceRefusal, *, by, reason: str, on: datetime | None = None) -> RecordChange:
    """Propose that a ward shows again what it left off; return the proposal. Raises as `propose`."""
    _demand_reason(reason)
    refusal = PlaceRefusal.objects.select_related("page", "site").get(pk=refusal.pk)
    if not refusal.is_in_force:
        raise Refused("Trang của phường, xã đang hiện bài này.")
    refusal.is_in_force = False
    return record_changes.propose(refusal, by=by, on=on, reason=reason)


def obstacle(page: Page, site: PortalSite) -> str:
    """Return why a ward cannot leave a page off, without a full stop; "" while it can. `page`: as it is stored."""
    if not page.live:
        return "Bài này không còn đăng"
    if not {site.pk, EVERY_WARD} & {*page.shown_also_on()}:
        return "Thành phố không cho bài này hiện ở trang của phường, xã"
    return "" if page.wards_may_refuse else URGENT


def open_proposals(pages: Iterable[int]) -> QuerySet[RecordChange]:
    """Return the open proposals about some pages of the city, given by their keys, the first made first."""
    waiting = RecordChange.objects.filter(object_type=LABEL, decided_at=None, values__page__in=[*pages])
    return waiting.select_related("proposed_by").order_by("pk")


def violations() -> list[str]:
    """Return a line for each page that a ward leaves off without two persons who decided it."""
    confirmed = RecordChange.objects.filter(object_type=LABEL, accepted=True).values_list("object_id", flat=True)
    alone = PlaceRefusal.objects.filter(is_in_force=True).exclude(pk__in=[int(key) for key in confirmed])
    return [f"«{refusal}» không có người thứ hai xác nhận." for refusal in alone.select_related("page", "site")]


# --- How it comes true -----------------------------------------------------------------------------


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": NO_REASON})


def _demand_right(refusal: PlaceRefusal, by) -> None:
    if not may_propose(by, refusal.site):
        raise Refused("Chỉ người soạn của phường, xã đề nghị được; trang đã khóa hoặc đóng thì không sửa nữa.")


def _follow(refusal: PlaceRefusal, by, on: datetime | None) -> None:
    page = hold(refusal.page.specific)
    if refusal.is_in_force and (problem := obstacle(page, refusal.site)):
        raise Refused(f"{problem}; hãy không đồng ý.")
    readers_see_changed([page])
    notify(holders(DISPATCH, city_site()), "place_refused", {"refusal": refusal, "decided_by": by})
