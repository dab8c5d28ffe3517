"""Who may open and decide; a dossier is locked and its steps are noted."""

from datetime import datetime

from django.db.models import Q
from wagtail.log_actions import log

from accounts.roles import APPROVE, OPEN_SITES, may
from base.gate import Refused
from base.models import PortalSite
from base.sites import city_site

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


def demand_city() -> PortalSite:
    city = city_site()
    if city is None:
        raise Refused("Chưa có trang thành phố; hãy chạy lệnh setup_portal trước.")
    return city


def pending_for(site: PortalSite) -> bool:
    pending = Opening.objects.filter(state__in=(Opening.State.DRAFT, Opening.State.SUBMITTED))
    return pending.filter(Q(site=site) | Q(predecessors=site) | Q(parts=site)).exists()


def problems_of_site(site: PortalSite, *, or_frozen: bool = False) -> list[str]:
    """Return what keeps a component site from being changed by a new dossier; `or_frozen`: it may be frozen as well."""
    states = [PortalSite.State.OPEN, *([PortalSite.State.FROZEN] if or_frozen else [])]
    if site.is_city or site.state not in states:
        wanted = "đang hoạt động hoặc đã ngừng cập nhật" if or_frozen else "đang hoạt động"
        return [f"«{site}» không phải trang phường, xã {wanted}."]
    if pending_for(site):
        return [f"«{site}» đang có hồ sơ khác chưa quyết định; hãy xử lý hồ sơ đó trước."]
    return []


def problems_of_act(legal_act: str, what: str = "căn cứ", wanted: str = "số, ký hiệu văn bản") -> dict[str, list[str]]:
    """Return what is wrong with a legal act, by its field. `what` it is called, and what of it is wanted."""
    return {} if legal_act.strip() else {"legal_act": [f"Chưa ghi {what}; hãy ghi {wanted}."]}


def locked(opening: Opening) -> Opening:
    return Opening.objects.select_for_update().get(pk=opening.pk)


def noted(opening: Opening, step: str, by, moment: datetime, story: str) -> Opening:
    """Write one line of the dossier's story and of the log."""
    person = by.get_full_name() if by else ""
    opening.events = [*opening.events, {"at": moment.isoformat(), "by": person, "step": step, "text": story}]
    opening.save(update_fields=["events"])
    log(instance=opening, action=f"portal.opening.{step}", user=by, data={"text": story})
    return opening
