"""What this room adds to the work queue (`workflows/dashboard/work_queue.py`): clarifications that wards offer to the
city (Điều 11)."""

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat

from accounts.roles import WRITE, may
from base.sites import city_site
from workflows.dashboard import work_queue
from workflows.dashboard.work_queue import Scope, rows

from .clarification import offers_waiting


def offers(scope: Scope) -> QuerySet | None:
    city = city_site()
    if city is None or city.pk not in scope.own_sites(WRITE):
        return None
    note = Concat(Value("gửi từ: "), "offered_from__draft_title", output_field=CharField())
    return rows(offers_waiting(), title="draft_title", note=note, at="latest_revision_created_at")


def register_own_work() -> None:
    """Add it to the work queue; called once, from `SectionsConfig.ready`."""
    work_queue.register_shortcut(
        "Viết tin bài", "sections_write_news", lambda scope: bool(scope.sites) and may(scope.user, WRITE)
    )
    work_queue.register_source("giai-thich", "gui-len", offers, "wagtailadmin_pages:edit")
