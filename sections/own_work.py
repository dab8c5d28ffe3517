"""What this room adds to the work queue (`workflows/dashboard/work_queue.py`): clarifications (Điều 11).

Those that wards offer to the city, and those that wait for the signature of a unit's head or came back from there.
"""

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Concat

from accounts.roles import SIGN_ANSWERS, WRITE, may
from accounts.unit_roles import units_for
from base.sites import city_site
from workflows.dashboard import work_queue
from workflows.dashboard.work_queue import Scope, rows

from . import signing
from .clarification import offers_waiting
from .models import ClarificationSignature


def offers(scope: Scope) -> QuerySet | None:
    city = city_site()
    if city is None or city.pk not in scope.own_sites(WRITE):
        return None
    note = Concat(Value("gửi từ: "), "offered_from__draft_title", output_field=CharField())
    return rows(offers_waiting(), title="draft_title", note=note, at="latest_revision_created_at")


def to_sign(scope: Scope) -> QuerySet | None:
    units = units_for(scope.user, SIGN_ANSWERS)
    if not units:
        return None
    found = signing.waiting_for(scope.user, units)
    return rows(found, title="title", note=Value("bài giải thích, làm rõ"), at="proposed_at")


def given_back(scope: Scope) -> QuerySet | None:
    """Clarifications that a unit's head gave back and that were not changed since."""
    if not scope.sites:
        return None
    found = ClarificationSignature.objects.filter(
        proposed_by=scope.user, accepted=False, page__latest_revision=F("revision_id")
    )
    return rows(found, key="page_id", title="title", note="note", at="decided_at")


def register_own_work() -> None:
    """Add it to the work queue; called once, from `SectionsConfig.ready`."""
    work_queue.register_shortcut(
        "Viết tin bài", "sections_write_news", lambda scope: bool(scope.sites) and may(scope.user, WRITE)
    )
    work_queue.register_source("giai-thich", "gui-len", offers, "wagtailadmin_pages:edit")
    work_queue.register_source("ky-giai-thich", "ky", to_sign, "sections_sign_clarification")
    work_queue.register_source("giai-thich-bi-tra", work_queue.RETURNED, given_back, "wagtailadmin_pages:edit")
