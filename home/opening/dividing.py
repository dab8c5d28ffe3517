"""2. A component site is split: sites of new units are prepared whole, and one dossier opens them all on one day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from base.models import PortalSite
from vietnam import text

from ..models import Opening
from .ending import open_work
from .names import short_name_of
from .preparing import prepare_ward
from .rights import demand_city, demand_may_open, noted, problems_of_act, problems_of_day, problems_of_site


@dataclass(frozen=True)
class NewWard:
    """What must be said of a ward or commune that comes out of another: its full name, its official mail address,
    its kind."""

    name: str
    email: str
    kind: str


@transaction.atomic
def split_ward(
    *,
    site: PortalSite,
    by,
    on: datetime | None = None,
    wards: Iterable[NewWard],
    goes_on: bool,
    legal_act: str,
    effective_on: date,
) -> Opening:
    """Prepare the dossier by which an open component site is split; return it, state "draft".

    Each of `wards` gets a site as `prepare_ward` prepares one; its address and host follow from its name. The old site
    goes on (`goes_on`), or is frozen and followed by the first. Raises Refused without the right to open sites,
    ValidationError (field → messages) for what is wrong.
    """
    demand_may_open(by, demand_city())
    wards, errors = list(wards), problems_of_act(legal_act, "căn cứ chia tách")
    errors |= problems_of_day(effective_on, [site.unit], end=not goes_on)
    if problems := problems_of_site(site):
        errors["site"] = problems
    twice = [name for name, times in Counter(ward.name for ward in wards).items() if times > 1]
    if len(wards) < (1 if goes_on else 2):
        errors["wards"] = ["Hãy ghi các phường, xã mới; khi trang cũ ngừng hoạt động cần ít nhất hai."]
    elif twice:
        errors["wards"] = [f"«{name}» được ghi hai lần; hãy bỏ một dòng." for name in twice]
    if errors:
        raise ValidationError(errors)
    moment, made = on or timezone.now(), []
    for ward in wards:
        try:
            made.append(_prepared(ward, site, by, moment, legal_act, effective_on))
        except ValidationError as error:
            messages = [message for found in error.message_dict.values() for message in found]
            raise ValidationError({"wards": [f"{ward.name}: {message}" for message in messages]}) from error
    opening = Opening.objects.create(
        kind=Opening.Kind.SPLIT,
        site=site,
        effective_on=effective_on,
        legal_act=legal_act,
        made_by=by,
        made_at=moment,
        handover=[] if goes_on else open_work(site),
        successor=None if goes_on else made[0],
        details={"goes_on": goes_on},
    )
    opening.parts.set(made)
    names = ", ".join(found.name for found in made)
    return noted(opening, "make", by, moment, f"Lập hồ sơ chia tách {site} thành {names}.")


def _prepared(ward: NewWard, site: PortalSite, by, moment: datetime, legal_act: str, first_day: date) -> PortalSite:
    short = short_name_of(ward.name)
    return prepare_ward(
        by=by,
        on=moment,
        name=ward.name,
        kind=ward.kind,
        slug=text.slug(short),
        host_label=text.host_label(short),
        legal_act=legal_act,
        valid_from=first_day,
        email=ward.email,
        reception_hours=site.unit.reception_hours,
    )
