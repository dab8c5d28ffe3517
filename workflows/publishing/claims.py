"""Who has a review or a take-down in hand: taken by a colleague, or given by who decides for the board.

1. `claim`: a person takes the review of a page or record, or a take-down, as their own work. 2. `assign`: one who
approves for the site's board gives it to a colleague who may do it. 3. `release`: it is free for all again; a person
who loses their right on the site releases everything (`release_all`). `hand`: whichever of these the chosen person asks
for.

A claim takes no right away: others may still decide, and see who has it in hand.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import TaskState, WorkflowState

from accounts.models import User
from accounts.roles import APPROVE, DECIDE_TAKEDOWN, REVIEW, holders, owner_site
from base.gate import Refused
from base.models import PortalSite
from base.operations.log_names import name_in_logs
from base.operations.notices import notify
from vietnam.text import sort_key

from ..models import TakeDown, WorkClaim
from . import takedown
from .approval import acts_for_board, rights_of
from .writing import writers

NOT_YOURS = "Bạn không nhận được việc này: người soạn, người gửi, người đề nghị không tự quyết định việc của mình."
ENDED = "Việc này đã có quyết định nên không nhận, không giao được nữa."

# A review (the task state that waits) or a take-down.
Work = TaskState | TakeDown


def claim_of(work: Work) -> WorkClaim | None:
    """Return who has a review or a take-down in hand, None while it is free."""
    return WorkClaim.objects.filter(**_key(work)).select_related("person", "given_by").first()


def may_work(user, work: Work) -> bool:
    """Tell whether a user may decide a piece of work, and so take it."""
    if isinstance(work, TakeDown):
        return takedown.may_decide(user, work)
    rights = rights_of(user, _subject(work))
    return rights.may_return or rights.may_approve


def may_assign(user, work: Work) -> bool:
    """Tell whether a user may give a piece of work to a colleague: who decides for the site's board."""
    return acts_for_board(user, DECIDE_TAKEDOWN if isinstance(work, TakeDown) else APPROVE, site_of_work(work))


def workers(work: Work) -> list[User]:
    """Return who may do a piece of work, by name."""
    site = site_of_work(work)
    capability = DECIDE_TAKEDOWN if isinstance(work, TakeDown) else REVIEW
    apart = {work.proposed_by_id} if isinstance(work, TakeDown) else writers(_subject(work))
    found = [
        user for user in holders(capability, site) if user.pk not in apart and acts_for_board(user, capability, site)
    ]
    return sorted(found, key=lambda user: sort_key(user.get_full_name()))


def takers(user, work: Work) -> list[User]:
    """Return to whom a user may give a piece of work: all who may do it, themselves alone, or no user."""
    if may_assign(user, work):
        return workers(work)
    return [user] if may_work(user, work) else []


@transaction.atomic
def hand(work: Work, *, by, to: User | None, note: str = "", on: datetime | None = None) -> WorkClaim | None:
    """Let a person have a piece of work in hand, or no one (`to` None); return the claim.

    What is free, and what one may not give to others, a person takes themselves. Raises what `claim`, `assign` and
    `release` raise.
    """
    work = _held(work)
    if to is None:
        return release(work, by=by)
    if to.pk == by.pk and not (claim_of(work) and may_assign(by, work)):
        return claim(work, by=by, on=on)
    return assign(work, by=by, to=to, note=note, on=on)


@transaction.atomic
def claim(work: Work, *, by, on: datetime | None = None) -> WorkClaim:
    """Take a review or a take-down as one's own work; return the claim. One's own again changes nothing.

    Raises Refused without the right, when it was decided, or while another has it.
    """
    work = _held(work)
    if not may_work(by, work):
        raise Refused(NOT_YOURS)
    found = claim_of(work)
    if found is not None and found.person_id != by.pk:
        raise Refused(f"{found.person} đang xử lý việc này; hãy nhờ người đó nhả việc, hoặc nhờ lãnh đạo Ban giao lại.")
    if found is None:
        found = WorkClaim.objects.create(**_key(work), person=by, given_by=by, at=on or timezone.now())
        _log(work, "take", by)
    return found


@transaction.atomic
def assign(work: Work, *, by, to: User, note: str = "", on: datetime | None = None) -> WorkClaim:
    """Give a review or a take-down to a colleague, who is told; return the claim.

    Raises Refused without the right or when it was decided, ValidationError when the colleague may not do it.
    """
    work = _held(work)
    if not may_assign(by, work):
        raise Refused("Chỉ người quyết định cho Ban Biên tập của trang được giao việc cho người khác.")
    if not may_work(to, work):
        raise ValidationError({"person": [f"{to} không quyết định được việc này; hãy chọn người khác."]})
    WorkClaim.objects.filter(**_key(work)).delete()
    found = WorkClaim.objects.create(
        **_key(work), person=to, given_by=by, at=on or timezone.now(), note=" ".join(note.split())[:300]
    )
    _log(work, "give", by, to=to.get_full_name(), note=found.note)
    if to.pk != by.pk:
        notify(to, "work_assigned", {"claim": found, "title": title_of(work), "work": work})
    return found


@transaction.atomic
def release(work: Work, *, by) -> None:
    """Give a review or a take-down back to all: one's own, or as one who may assign it. Raises Refused."""
    work = _held(work)
    found = claim_of(work)
    if found is None:
        return
    if found.person_id != by.pk and not may_assign(by, work):
        raise Refused(f"{found.person} đang xử lý việc này; chỉ người đó hoặc lãnh đạo Ban nhả được.")
    found.delete()
    _log(work, "release", by, of=found.person.get_full_name())


@transaction.atomic
def release_all(person: User, sites: list[PortalSite], *, by=None) -> list[WorkClaim]:
    """Give back all that a person who has lost their right on some sites had in hand there; return the former claims.

    The end of an appointment, or the nightly job (`by` None), has checked the right to that. What has been decided
    meanwhile loses its claim without a line in the log: a claim says nothing of it any more.
    """
    found = WorkClaim.objects.filter(person=person, takedown__site__in=sites) | WorkClaim.objects.filter(
        person=person, workflow_state__workflow__site_workflow__site__in=sites
    )
    rows = list(found.distinct().select_related("takedown", "workflow_state__current_task_state"))
    for row in rows:
        work = row.takedown or row.workflow_state.current_task_state
        row.delete()
        if _waits(work):
            _log(work, "release", by, of=person.get_full_name())
    return rows


def _waits(work: Work | None) -> bool:
    if isinstance(work, TakeDown):
        return work.state in TakeDown.UNDECIDED
    return work is not None and work.status == TaskState.STATUS_IN_PROGRESS


def site_of_work(work: Work) -> PortalSite | None:
    """Return the site that a piece of work belongs to."""
    return work.site if isinstance(work, TakeDown) else owner_site(_subject(work))


def title_of(work: Work) -> str:
    """Return what a piece of work is about."""
    return work.title if isinstance(work, TakeDown) else work.revision.object_str


def _subject(task_state: TaskState):
    obj = task_state.revision.content_object
    return obj.specific if hasattr(obj, "specific") else obj


def _key(work: Work) -> dict:
    return {"takedown": work} if isinstance(work, TakeDown) else {"workflow_state_id": work.workflow_state_id}


def _held(work: Work) -> Work:
    """Return a piece of work that waits, held so that of two at once one counts."""
    if isinstance(work, TakeDown):
        row = TakeDown.objects.select_for_update(of=("self",)).select_related("site").get(pk=work.pk)
        if row.state not in TakeDown.UNDECIDED:
            raise Refused(ENDED)
        return row
    state = WorkflowState.objects.select_for_update().get(pk=work.workflow_state_id)
    if state.status != WorkflowState.STATUS_IN_PROGRESS or state.current_task_state_id != work.pk:
        raise Refused(ENDED)
    return work


def _log(work: Work, step: str, by, **more) -> None:
    obj = work.subject if isinstance(work, TakeDown) else _subject(work)
    kind = "đề nghị gỡ bỏ" if isinstance(work, TakeDown) else "duyệt"
    log(instance=obj, action=f"portal.claim.{step}", user=by, data={"work": kind, "name": name_in_logs(obj), **more})
