"""5. What was approved for a later hour is published when that has come, or becomes a draft again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.models import Revision

from accounts.roles import owner_site
from base.public.index import readers_see_changed

from ...archive import copies
from ...versions import hold_subject
from .. import schedules
from .publishing import date_as_before, finish_publication, let_through


def publish_due(*, on: datetime | None = None) -> list:
    """Publish what was approved for a time that has come; return the published objects, soonest first.

    What may not appear any more (`schedules.obstacle`: it was edited or moved since, a file is not what was sealed, its
    section, its source or what it leads to is public no more) becomes a draft again. Each item is its own transaction;
    one that fails keeps its schedule and is reported after the others are done. Author and approver are told of both.
    """
    moment = on or timezone.now()
    published, failed = [], []
    due = Revision.objects.filter(approved_go_live_at__lte=moment).order_by("approved_go_live_at", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                published += _publish_scheduled(pk, moment)
        except Exception as error:  # noqa: BLE001  one bad item must not stop the others; it is raised below
            failed.append((pk, error))
    if failed:
        reasons = [f"phiên bản {pk}: {error}{_tell_failed(pk, error)}" for pk, error in failed]
        raise RuntimeError("Không đăng được theo lịch: " + "; ".join(reasons)) from failed[0][1]
    return published


def _tell_failed(pk: int, error: Exception) -> str:
    """Tell author and approver; return what there is to add to the reason when even that failed."""
    try:
        with transaction.atomic():
            schedules.tell_failed(Revision.objects.get(pk=pk), error)
    except Exception as another:  # noqa: BLE001  the reasons of the others must be told all the same
        return f" (chưa báo được cho ai: {another})"
    return ""


def _publish_scheduled(pk: int, moment: datetime) -> list:
    """Publish one version whose hour has come, or make it a draft again; return what became public."""
    obj = hold_subject(Revision.objects.get(pk=pk))
    revision = Revision.objects.select_for_update().filter(pk=pk, approved_go_live_at__lte=moment).first()
    if revision is None or schedules.waits_for_section(obj):
        return []
    if reason := schedules.obstacle(revision, obj, moment):
        schedules.void(revision, obj, reason, on=moment)
        return []
    # `obstacle` has found one: what is compared with no copy does not appear.
    copy = copies.last_copy_of(revision)
    first = obj.first_published_at
    public = let_through(revision, by=None, log_action="wagtail.publish.scheduled")
    if first is None:
        date_as_before(public)
    finish_publication(public, copy, moment)
    site = owner_site(public)
    readers_see_changed([public], sites=[site] if site else [])
    return [public]
