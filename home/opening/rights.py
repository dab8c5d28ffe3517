"""Who may open and decide; a dossier is locked and its steps are noted."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from wagtail.log_actions import log

from accounts.roles import APPROVE, OPEN_SITES, may
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, PostHolder
from base.sites import city_site
from vietnam.dates import format_short
from workflows import deadlines

from ..models import Opening


def may_decide(user, opening: Opening) -> bool:
    """Tell whether a user may approve or return a dossier: a second person with the right to open sites."""
    city = city_site()
    return (
        opening.state == Opening.State.SUBMITTED
        and user.pk not in (opening.made_by_id, opening.submitted_by_id)
        and may(user, OPEN_SITES, city)
        and may(user, APPROVE, city)
    )


def demand_may_decide(user, opening: Opening) -> None:
    """Raise Refused unless the user may decide the dossier, saying why not."""
    if opening.state != Opening.State.SUBMITTED:
        raise Refused("Hồ sơ này chưa gửi duyệt hoặc đã được quyết định.")
    if user.pk in (opening.made_by_id, opening.submitted_by_id):
        raise Refused("Người lập, người gửi hồ sơ không được tự duyệt; cần người thứ hai.")
    if not may_decide(user, opening):
        raise Refused("Chỉ Trưởng ban, Phó Trưởng ban Biên tập được duyệt hồ sơ trang thành phần.")


def demand_may_open(user, city: PortalSite) -> None:
    """Raise Refused unless the user may prepare dossiers of component sites."""
    if not may(user, OPEN_SITES, city):
        raise Refused("Bạn không có quyền mở, sáp nhập hoặc đóng trang thành phần.")


def may_change(user, opening: Opening) -> bool:
    """Tell whether a user may correct or discard a dossier: its maker, before it is submitted and when it is returned.

    Where the maker may open sites no more, or left, any user who may open sites does it.
    """
    city, maker = city_site(), opening.made_by
    if opening.state not in Opening.WITH_MAKER or opening.kind == Opening.Kind.CITY or not may(user, OPEN_SITES, city):
        return False
    return maker is None or maker.pk == user.pk or not (maker.is_active and may(maker, OPEN_SITES, city))


def demand_may_change(user, opening: Opening) -> None:
    """Raise Refused unless the user may correct or discard the dossier, saying why not."""
    if opening.state not in Opening.WITH_MAKER:
        raise Refused("Hồ sơ đã gửi duyệt, đã được quyết định hoặc đã bỏ; chỉ sửa, bỏ được bản nháp hoặc hồ sơ bị trả.")
    if not may_change(user, opening):
        raise Refused("Chỉ người lập hồ sơ được sửa hoặc bỏ hồ sơ này.")


def demand_city() -> PortalSite:
    city = city_site()
    if city is None:
        raise Refused("Chưa có trang thành phố; hãy chạy lệnh setup_portal trước.")
    return city


def pending_for(site: PortalSite, but: Opening | None = None) -> bool:
    """Tell whether a site is in a dossier that is not decided; `but`: one that is not asked."""
    pending = Opening.objects.filter(state__in=(Opening.State.DRAFT, Opening.State.SUBMITTED))
    pending = pending.exclude(pk=but.pk) if but is not None else pending
    return pending.filter(Q(site=site) | Q(predecessors=site) | Q(parts=site)).exists()


def problems_of_site(site: PortalSite, *, or_frozen: bool = False, but: Opening | None = None) -> list[str]:
    """Return what keeps a component site from being changed by a dossier.

    `or_frozen`: it may be frozen as well; `but`: a dossier that is corrected.
    """
    states = [PortalSite.State.OPEN, *([PortalSite.State.FROZEN] if or_frozen else [])]
    if site.is_city or site.state not in states:
        wanted = "đang hoạt động hoặc đã ngừng cập nhật" if or_frozen else "đang hoạt động"
        return [f"«{site}» không phải trang phường, xã {wanted}."]
    if pending_for(site, but):
        return [f"«{site}» đang có hồ sơ khác chưa quyết định; hãy xử lý hồ sơ đó trước."]
    return []


def problems_of_act(legal_act: str, what: str = "căn cứ", wanted: str = "số, ký hiệu văn bản") -> dict[str, list[str]]:
    """Return what is wrong with a legal act, by its field. `what` it is called, and what of it is wanted."""
    return {} if legal_act.strip() else {"legal_act": [f"Chưa ghi {what}; hãy ghi {wanted}."]}


def problems_of_day(
    effective_on: date, units: Iterable[OrganisationUnit], *, end: bool = False
) -> dict[str, list[str]]:
    """Return what is wrong with the day of an act, by its field: no unit is touched before its own first day.

    `end`: the units end on the day before, so that it is later than their first day and than those of their people.
    """
    problems = []
    for unit in units:
        first = unit.valid_from
        if first and (effective_on < first or end and effective_on == first):
            problems.append(f"{unit} có từ ngày {format_short(first)}; ngày hiệu lực phải sau ngày đó.")
        elif end and (holder := _begun_since(unit, effective_on)):
            problems.append(
                f"{unit}: {holder} nhận chức vụ từ ngày {format_short(holder.valid_from)}; ngày hiệu lực phải sau ngày "
                "đó. Ngày nhận chức vụ ghi sai thì sửa trước ở đơn vị."
            )
    return {"effective_on": problems} if problems else {}


def _begun_since(unit: OrganisationUnit, day: date) -> PostHolder | None:
    """Who holds a post of a unit today, and began on a day or later."""
    return unit.holders.valid(deadlines.today()).filter(valid_from__gte=day).first()


def locked(opening: Opening) -> Opening:
    return Opening.objects.select_for_update().get(pk=opening.pk)


def noted(opening: Opening, step: str, by, moment: datetime, story: str) -> Opening:
    """Write one line of the dossier's story and of the log."""
    person = by.get_full_name() if by else ""
    opening.events = [*opening.events, {"at": moment.isoformat(), "by": person, "step": step, "text": story}]
    opening.save(update_fields=["events"])
    log(instance=opening, action=f"portal.opening.{step}", user=by, data={"text": story})
    return opening
