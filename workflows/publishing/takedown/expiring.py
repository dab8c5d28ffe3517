"""5. What was approved with an end date goes when the date has come."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, TaskState

from base.gate import Refused

from ...models import Declaration, TakeDown
from .. import schedules
from .grounds import Ground
from .removing import remove_all
from .subjects import hold_with_waiting, is_home


def expire_due(*, on: datetime | None = None) -> list[TakeDown]:
    """Take down pages whose end date, approved with them, has come; each in its own transaction.

    A source takes its translations along, a translation only itself (`schedules.reach_of_end`), and nothing takes
    public pages below along: such an end is refused at approval, and one that stands nevertheless fails here.
    The proposer is who submitted the page, the decider who approved it: two persons decided when they approved it.
    A page that fails stays and is reported after the others are done.
    """
    moment = on or timezone.now()
    done, failed = [], []
    for pk in list(Page.objects.filter(live=True, expire_at__lte=moment).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                page = hold_with_waiting(Page.objects.get(pk=pk))
                if not page.live or not page.expire_at or page.expire_at > moment or is_home(page):
                    continue
                along = [item for item in schedules.reach_of_end(page) if item.live]
                if below := schedules.live_below(along):
                    raise Refused(
                        f"«{below.title}» bên dưới đang đăng; hãy gỡ, chuyển trang ấy, hoặc duyệt bản không có hạn gỡ."
                    )
                submitted, approved = _approvers_of(page)
                done += remove_all(
                    page,
                    along,
                    ground=Ground.EXPIRED,
                    explanation="Nội dung đã hết thời hạn đăng.",
                    note="",
                    proposed_by=submitted,
                    decided_by=approved,
                    moment=moment,
                )
        except Exception as error:  # noqa: BLE001  one bad page must not stop the others; it is raised below
            failed.append((pk, error))
    if failed:
        raise RuntimeError(
            "Không gỡ được theo hạn: " + "; ".join(f"trang {pk}: {error}" for pk, error in failed)
        ) from failed[0][1]
    return done


def _approvers_of(page) -> tuple:
    """Return (submitter, approver) of the version that is public; the approver None when a dossier was approved."""
    declared = Declaration.objects.filter(revision_id=page.live_revision_id).select_related("declared_by").last()
    task_state = (
        TaskState.objects.filter(revision_id=page.live_revision_id, status=TaskState.STATUS_APPROVED)
        .select_related("finished_by")
        .last()
    )
    return declared.declared_by if declared else page.owner, task_state.finished_by if task_state else None
