"""Days of national mourning: proposed by one person with the number of the decision, confirmed by another.

They begin and end by their dates: every page turns at midnight (`base/public/turning.py`).
"""

from datetime import datetime

from django.utils import timezone

from base.gate import Refused
from base.models import PortalSite
from base.public.index import readers_see_changed
from base.sites import city_site
from workflows.archive import copies
from workflows.models import RecordChange
from workflows.publishing import record_changes, record_rules, record_texts

from . import banners, rights
from .models import Mourning


def may_propose(user) -> bool:
    """Tell whether a user may propose days of mourning: who writes for the city, or is on duty there."""
    city = city_site()
    return city is not None and rights.may_propose(user, city)


def propose(mourning: Mourning, *, by, on: datetime | None = None, reason: str = "") -> RecordChange:
    """Propose a mourning, new or changed and not saved; return the proposal.

    Raises Refused without the right or while a proposal about it is open; ValidationError for days that make no sense.
    """
    mourning.full_clean()
    return record_changes.propose(mourning, by=by, on=on, reason=reason)


def _demand_right(mourning: Mourning, by) -> None:
    if not may_propose(by):
        raise Refused("Chỉ người soạn, người trực ban của thành phố đề nghị được ngày quốc tang.")


def _apply(change: RecordChange, by, on: datetime | None) -> Mourning:
    mourning, moment = record_texts.as_record(change, change.values), on or timezone.now()
    if mourning.pk is not None:
        Mourning.objects.select_for_update().get(pk=mourning.pk)
        if found := _obstacle(change):
            raise Refused(f"{found}; hãy không đồng ý và làm đề nghị mới.")
    mourning.full_clean()
    mourning.save()
    copies.seal_record(
        mourning,
        record_changes.data_of(mourning),
        approved_by=by,
        submitted_by=change.proposed_by,
        on=moment,
        ground=f"Quốc tang: {mourning.decision_number}",
    )
    banners.write([], on=moment)
    readers_see_changed(sites=PortalSite.objects.exclude(kind=PortalSite.Kind.PRACTICE))
    return mourning


def _obstacle(change: RecordChange) -> str:
    """Why it cannot come true any more, before it is tried (`record_rules.Rule.obstacle`)."""
    return "Ngày quốc tang đã thay đổi từ lúc đề nghị" if record_changes.differs(change, change.record) else ""


def register() -> None:
    """Say how days of mourning change; called once, from `AlertsConfig.ready`."""
    record_rules.register(
        Mourning, check=_demand_right, apply=_apply, joins_dossiers=True, obstacle=_obstacle, is_pressing=True
    )
