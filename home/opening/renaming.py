"""2. A component site gets another name: its unit is called otherwise from a day on; the address stays."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from base.models import PortalSite

from ..models import Opening
from .rights import demand_city, demand_may_open, noted, pending_for


@transaction.atomic
def rename_ward(
    *,
    site: PortalSite,
    by,
    on: datetime | None = None,
    name: str,
    name_en: str = "",
    legal_act: str,
    effective_on: date,
) -> Opening:
    """Prepare the dossier by which an open component site and its unit get another name; return it, state "draft".

    `name` is the full name ("Phường Mỹ Long"). Address and host stay, so that every link goes on working. Raises
    Refused without the right to open sites, ValidationError (field → messages) for what is wrong.
    """
    demand_may_open(by, demand_city())
    name, errors = " ".join(name.split()), {}
    if site.is_city or site.state != PortalSite.State.OPEN:
        errors["site"] = [f"«{site}» không phải trang phường, xã đang hoạt động."]
    elif pending_for(site):
        errors["site"] = [f"«{site}» đang có hồ sơ khác chưa quyết định; hãy xử lý hồ sơ đó trước."]
    if " " not in name:
        errors["name"] = ["Hãy ghi tên đầy đủ, ví dụ «Phường Mỹ Long»."]
    elif PortalSite.objects.filter(name=name, valid_to__isnull=True).exists():
        errors["name"] = [f"Đã có trang mang tên «{name}»; hãy kiểm tra lại tên."]
    if not legal_act.strip():
        errors["legal_act"] = ["Chưa ghi căn cứ đổi tên; hãy ghi số, ký hiệu văn bản."]
    if errors:
        raise ValidationError(errors)
    moment = on or timezone.now()
    opening = Opening.objects.create(
        kind=Opening.Kind.RENAME,
        site=site,
        effective_on=effective_on,
        legal_act=legal_act,
        made_by=by,
        made_at=moment,
        details={"name": name, "name_en": name_en.strip(), "former": site.name},
    )
    return noted(opening, "make", by, moment, f"Lập hồ sơ đổi tên {site.name} thành {name}.")
