"""2. A component site gets another name: its unit is called otherwise from a day on; the address stays."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from base.models import PortalSite

from ..models import Opening
from .names import kind_in
from .rights import demand_city, demand_may_open, noted, problems_of_act, problems_of_day, problems_of_site


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
    name = " ".join(name.split())
    demand_renamable(site, name=name, legal_act=legal_act, effective_on=effective_on)
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


def demand_renamable(
    site: PortalSite, *, name: str, legal_act: str, effective_on: date, but: Opening | None = None
) -> None:
    """Raise ValidationError (field → messages) for what is wrong with a new name; `but`: one that is corrected."""
    errors = problems_of_act(legal_act, "căn cứ đổi tên") | problems_of_day(effective_on, [site.unit])
    if problems := problems_of_site(site, but=but):
        errors["site"] = problems
    if " " not in name:
        errors["name"] = ["Hãy ghi tên đầy đủ, ví dụ «Phường Mỹ Long»."]
    elif not site.is_city and kind_in(name) != site.unit.kind:
        errors["name"] = [
            f"Tên đầy đủ bắt đầu bằng «{site.unit.get_kind_display()}» như hiện nay, ví dụ «{site.name}»."
        ]
    elif PortalSite.objects.filter(name=name, valid_to__isnull=True).exists():
        errors["name"] = [f"Đã có trang mang tên «{name}»; hãy kiểm tra lại tên."]
    if errors:
        raise ValidationError(errors)
