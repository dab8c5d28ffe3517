"""3. What a dossier says is corrected by its maker, before it is submitted and when it is returned.

Sites that were prepared with it keep their names and addresses, which all of their pages have: of these only the
legal act and the day are corrected. With a wrong name the dossier is discarded (`discarding.py`) and made anew.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from vietnam.dates import format_short

from ..models import Opening
from .ending import demand_closable, demand_mergeable, open_work
from .renaming import demand_renamable
from .rights import demand_may_change, locked, noted, problems_of_act, problems_of_day

Kind = Opening.Kind


@transaction.atomic
def correct_opening(
    opening: Opening, *, by, on: datetime | None = None, legal_act: str, effective_on: date, **fields
) -> Opening:
    """Correct a dossier that is a draft or was returned; return it, in the state it was in.

    `fields`: of a merger `predecessors`, `successor`; of a closing `successor`; of a new name `name`, `name_en`. Raises
    Refused for another user than its maker and once it is submitted, ValidationError (field → messages) for what is
    wrong.
    """
    opening = locked(opening)
    demand_may_change(by, opening)
    if problems := problems_of_act(legal_act):
        raise ValidationError(problems)
    before = _facts(opening)
    opening.legal_act, opening.effective_on = legal_act, effective_on
    _CORRECTIONS[Kind(opening.kind)](opening, **fields)
    opening.save()
    after = _facts(opening)
    changed = [f"{label} «{before[label]}» thành «{value}»" for label, value in after.items() if before[label] != value]
    if not changed:
        return opening
    return noted(opening, "correct", by, on or timezone.now(), f"Sửa hồ sơ: {'; '.join(changed)}.")


def _correct_merger(opening: Opening, *, predecessors, successor) -> None:
    predecessors = list(predecessors)
    demand_mergeable(
        predecessors, successor, legal_act=opening.legal_act, effective_on=opening.effective_on, but=opening
    )
    opening.site = successor
    opening.handover = [item for site in predecessors for item in open_work(site)]
    opening.predecessors.set(predecessors)


def _correct_closing(opening: Opening, *, successor=None) -> None:
    demand_closable(
        opening.site, successor, legal_act=opening.legal_act, effective_on=opening.effective_on, but=opening
    )
    opening.successor, opening.handover = successor or opening.site.successor, open_work(opening.site)


def _correct_name(opening: Opening, *, name: str, name_en: str = "") -> None:
    name = " ".join(name.split())
    demand_renamable(
        opening.site, name=name, legal_act=opening.legal_act, effective_on=opening.effective_on, but=opening
    )
    opening.details = {**opening.details, "name": name, "name_en": name_en.strip()}


def _correct_day(opening: Opening) -> None:
    """The sites that were prepared, their units and hosts begin on the day of the dossier."""
    if opening.kind == Kind.SPLIT and (
        problems := problems_of_day(opening.effective_on, [opening.site.unit], end=not opening.details["goes_on"])
    ):
        raise ValidationError(problems)
    for site in opening.sites_prepared():
        for row in (site, site.unit, *site.hosts.all()):
            row.valid_from = opening.effective_on
            row.save(update_fields=["valid_from"])


_CORRECTIONS: dict[Kind, Callable] = {
    Kind.OPEN: _correct_day,
    Kind.SPLIT: _correct_day,
    Kind.MERGE: _correct_merger,
    Kind.CLOSE: _correct_closing,
    Kind.RENAME: _correct_name,
}


def _facts(opening: Opening) -> dict[str, str]:
    """What a dossier says, as people read it, by label."""
    return {
        "căn cứ": opening.legal_act,
        "từ ngày": format_short(opening.effective_on),
        "trang": str(opening.site),
        "trang được sáp nhập": ", ".join(str(site) for site in opening.predecessors.order_by("name")),
        "trang kế thừa": str(opening.successor or ""),
        "tên mới": opening.details.get("name", ""),
        "tên tiếng Anh": opening.details.get("name_en", ""),
    }
