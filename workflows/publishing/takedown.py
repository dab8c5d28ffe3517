"""Take-down (gỡ bỏ, Quy chế Điều 21.2): removal from public view while the archive copy stays.

1. `propose`: a person says what happened; one `TakeDown` a page, its translations and its public descendants under
   one group; each starts the archival-unpublish task, or waits for a running approval (`start_waiting`). So for a
   record that is no page and says that it `may_be_taken_down` by itself (a procedure).
2. `decide`: a second person takes the page down, keeps it with a note, or sends it to edit.
3. `carry_out`: what the decision does; the page, its aliases and the files only it used are gone for the public,
   and `middleware.py` answers its address with 410.
4. `restore`: the archived version comes back as a new draft through approval.
5. `expire_due`: what was approved with an end date goes when the date has come.
6. `emergency_remove`: the head alone, with a reason; open until a second person has looked.
7. `take_down_records`: records that are no pages (documents of the register), as one act of two persons.
"""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, Revision, TaskState, Workflow, WorkflowState, WorkflowTask

from accounts.roles import DECIDE_TAKEDOWN, EMERGENCY, PROPOSE_TAKEDOWN, WRITE, held_roles, may, owner_site
from base.gate import Refused, open_gate
from base.locking import hold, hold_all
from base.models import PortalSite
from base.public.gone import note_gone
from base.public.index import readers_see_changed
from base.sites import site_of
from vietnam.dates import format_moment

from .. import deadlines
from ..archive import copies, verifying
from ..deadlines.duties import REVIEW_RULE
from ..drafts import previews
from ..models import ArchivalUnpublishTask, ArchiveCopy, Declaration, EmergencyAct, LiveFinding, TakeDown
from ..upkeep import review_dates
from ..versions import one_action, unshared
from . import links_in, redirects, review_facts, schedules
from .approval import acts_for_board, current_state
from .bundles import stops as bundle_stops
from .targets import Target

WORKFLOW_NAME = "Gỡ bỏ lưu trữ (Điều 21.2)"
RULE = "DL-TAKEDOWN"
# A take-down waits at most this long for a running approval.
WAIT_WORKDAYS = 2

Ground, State, Behaviour, Decision = TakeDown.Ground, TakeDown.State, TakeDown.Behaviour, TakeDown.Decision
# What a page can be removed for at once, and readers are told: nothing that would first have to be looked up.
EXPLAINED_AT_ONCE = {Ground.ERROR: "Nội dung được gỡ để xem xét lại."}
AT_ONCE_GROUNDS = (Ground.ERROR, Ground.PERSONAL_DATA, Ground.NO_LONGER_SUITABLE, Ground.POLICY_REPEALED)

# "What happened?" picks the behaviour; the decider may change it.
BEHAVIOUR_OF = {
    Ground.POLICY_REPEALED: Behaviour.GONE,
    Ground.NO_LONGER_SUITABLE: Behaviour.GONE,
    Ground.SUPERSEDED: Behaviour.REDIRECT,
    Ground.ERROR: Behaviour.GONE,
    Ground.PERSONAL_DATA: Behaviour.GONE,
    Ground.MERGED: Behaviour.REDIRECT,
    Ground.EXPIRED: Behaviour.GONE,
}


NO_REPLACEMENT = "Đề nghị không nêu nội dung thay thế nên không chuyển người đọc đi đâu được; hãy chọn «Báo đã gỡ»."
# Why something cannot be kept under a note, and what to do instead.
NO_NOTE = (
    "đề nghị không có lời giải thích cho người đọc (hoặc là bản ghi không có chỗ cho ghi chú) nên không giữ lại kèm "
    "ghi chú được; hãy yêu cầu chỉnh sửa, hoặc rút và đề nghị lại kèm lời giải thích."
)

# --- Who may ---------------------------------------------------------------------------------------


def may_propose_on(user, subject) -> bool:
    """Tell whether a user may propose to take a page or record down."""
    return may(user, PROPOSE_TAKEDOWN, owner_site(subject))


def may_decide_on(user, subject) -> bool:
    """Tell whether a user may decide the undecided take-down of a page or record."""
    row = undecided(subject)
    return row is not None and may_decide(user, row)


def may_decide(user, takedown: TakeDown) -> bool:
    """Tell whether a user may decide one take-down."""
    return user.pk != takedown.proposed_by_id and acts_for_board(user, DECIDE_TAKEDOWN, takedown.site)


def task_states_to_decide(user, task):
    """Return the take-down task states in progress that a user may decide."""
    if user is None or not held_roles(user):
        return TaskState.objects.none()
    sites = [site.pk for site in PortalSite.objects.all() if acts_for_board(user, DECIDE_TAKEDOWN, site)]
    return TaskState.objects.filter(
        task=task,
        status=TaskState.STATUS_IN_PROGRESS,
        archivalunpublishtaskstate__takedown__site__in=sites,
    ).exclude(archivalunpublishtaskstate__takedown__proposed_by=user)


# --- 1. Propose ------------------------------------------------------------------------------------


def reach(page) -> list:
    """Return the live pages that a take-down of `page` includes, the page itself first.

    They are the page, its public descendants, and the same in every translation. A record is alone.
    """
    if not isinstance(page, Page):
        return [page] if page.live else []
    found = {}
    for root in [page, *page.get_translations()]:
        for item in root.get_descendants(inclusive=True).live().order_by("path"):
            found.setdefault(item.pk, item)
    return list(found.values())


def undecided(subject) -> TakeDown | None:
    """Return the take-down of a page or record that still waits or is open."""
    return TakeDown.objects.of(subject).filter(state__in=TakeDown.UNDECIDED).first()


@transaction.atomic
@one_action()
def propose(
    page,
    ground: str,
    *,
    by,
    on: datetime | None = None,
    explanation: str = "",
    replacement_label: str = "",
    replacement_url: str = "",
    suggestion: str = Decision.TAKE_DOWN,
    behaviour: str | None = None,
    internal_note: str = "",
    group: uuid.UUID | None = None,
    joins: bool = True,
) -> list[TakeDown]:
    """Propose to take a page down, with its translations and public descendants, or a record alone; return the rows,
    the page first.

    Idempotent: a page with an undecided take-down keeps it. `joins`: so does this page itself; otherwise that is
    refused, because what is said here would be lost. `explanation` is what readers will see. Raises Refused without the
    right, ValidationError when a needed field is missing.
    """
    page = _specific(page)
    if not may_propose_on(by, page):
        raise Refused("Bạn không có quyền đề nghị gỡ bỏ trên trang này.")
    if not isinstance(page, Page) and not getattr(page, "may_be_taken_down", False):
        raise Refused("Loại nội dung này không có đề nghị gỡ bỏ riêng.")
    if ground not in Ground.values:
        raise ValidationError({"ground": "Hãy chọn điều đã xảy ra."})
    if isinstance(page, Page) and (page.is_root() or _is_home(page)):
        raise Refused("Không gỡ trang chủ; hãy đóng hoặc gộp trang thành phần ở «Các trang thành phần».")
    behaviour = behaviour or BEHAVIOUR_OF[ground]
    if behaviour == Behaviour.REDIRECT and not replacement_url:
        raise ValidationError(
            {"replacement_url": "Cách xử lý «chuyển đến nội dung thay thế» cần địa chỉ thay thế; hãy nhập địa chỉ."}
        )
    moment = on or timezone.now()
    group = group or uuid.uuid4()
    rows, taken_along = [], reach(page)
    if not taken_along:
        raise Refused("Nội dung này (cùng các trang con) không có gì đang đăng nên không có gì để gỡ bỏ.")
    target = Target()
    if replacement_url:
        target = redirects.replacement_of(replacement_url, owner_site(page), taken_along)
    hold_all([page, *taken_along])
    if not joins and (waiting := undecided(page)):
        raise Refused(f"{already_proposed(waiting)} Đề nghị này chưa được ghi.")
    for item in taken_along:
        existing = undecided(item)
        if existing:
            rows.append(existing)
            continue
        site = owner_site(item)
        row = TakeDown.objects.create(
            group=group,
            **_key_of(item),
            site=site,
            title=item.title[:300],
            ground=ground,
            behaviour=behaviour,
            suggestion=suggestion,
            explanation=explanation,
            internal_note=internal_note,
            replacement_label=replacement_label,
            replacement_url=replacement_url,
            replacement_page=target.page,
            replacement_route=target.route,
            proposed_by=by,
            proposed_at=moment,
            state=State.WAITING,
        )
        row.due_on = deadlines.start(
            subject=row, rule=RULE, on=timezone.localtime(moment).date(), site=site, title=str(row)[:200]
        ).due_on
        row.save(update_fields=["due_on"])
        log(
            instance=_specific(item),
            action="portal.takedown.propose",
            user=by,
            data={"takedown": row.pk, "ground": ground},
        )
        _start(row, moment)
        rows.append(row)
    return rows


def already_proposed(row: TakeDown) -> str:
    """Say that a take-down waits for its decision already: by whom, since when, and what may be done."""
    since = format_moment(row.proposed_at)
    return (
        f"«{row.title}» đã có đề nghị gỡ bỏ của {row.proposed_by} từ {since}, lý do «{row.get_ground_display()}», "
        "đang chờ quyết định. Muốn nêu lý do khác thì người đề nghị, hoặc người quyết định, rút đề nghị ấy trước."
    )


def _specific(subject):
    return subject.specific if isinstance(subject, Page) else subject


def _key_of(subject) -> dict:
    """What a row keeps of its page (with its address) or record."""
    if isinstance(subject, Page):
        return {"page_id": subject.pk, "old_url_path": subject.url_path, "old_slug": subject.slug}
    return {"object_type": subject._meta.label, "object_id": str(subject.pk)}


def _held(takedown: TakeDown) -> TakeDown:
    """Read a take-down anew, under a lock that holds its page or record, and the dossiers it is in, as well."""
    bundle_stops.hold_with([takedown.subject])
    hold_all([takedown.subject])
    return TakeDown.objects.select_for_update().get(pk=takedown.pk)


@transaction.atomic
def withdraw(
    takedown: TakeDown, *, by, on: datetime | None = None, reason: str, cause_is_gone: bool = False
) -> TakeDown:
    """Withdraw an undecided proposal: by its proposer, or by one who may decide; the page stays as it is.

    `cause_is_gone`: what had caused it was taken back by an action that has asked for the right to that.
    """
    row = _held(takedown)
    if row.state not in TakeDown.UNDECIDED:
        raise Refused(f"Đề nghị này đã được xử lý. {review_facts.ending_of_takedown(row)}")
    if not cause_is_gone and by.pk != row.proposed_by_id and not may_decide(by, row):
        raise Refused("Chỉ người đề nghị hoặc người có quyền quyết định được rút đề nghị.")
    row.state, row.decision_note = State.WITHDRAWN, reason
    row.save(update_fields=["state", "decision_note"])
    deadlines.cancel_for(row, on=on or timezone.now(), reason=reason)
    state = row.workflow_state
    if state and state.is_active:
        state.cancel(user=by)
    log(instance=row.subject, action="portal.takedown.withdraw", user=by, data={"takedown": row.pk})
    return row


def start_waiting(*, on: datetime | None = None) -> list[TakeDown]:
    """Start the task of every take-down that waits for an approval which has ended, or has waited long enough,
    and of every open one whose workflow was lost; return the rows started.

    One that fails stays as it is and is reported after the others are done.
    """
    moment = on or timezone.now()
    started, failed = [], []
    for row in TakeDown.objects.filter(state__in=TakeDown.UNDECIDED).select_related("workflow_state"):
        if row.state == State.OPEN and row.workflow_state and row.workflow_state.is_active:
            continue
        try:
            with transaction.atomic():
                row = _held(row)
                if row.state in TakeDown.UNDECIDED and _start(row, moment):
                    started.append(row)
        except Exception as error:  # noqa: BLE001  one bad row must not stop the others; it is raised below
            failed.append((row.pk, error))
    if failed:
        raise RuntimeError(
            "Không bắt đầu được việc gỡ bỏ: " + "; ".join(f"đề nghị {pk}: {error}" for pk, error in failed)
        ) from failed[0][1]
    return started


def _start(row: TakeDown, moment: datetime) -> bool:
    """Start the archival-unpublish task of a row unless a running approval goes first; tell whether it started."""
    page = row.subject
    state = current_state(page)
    if state:
        running = state.status == WorkflowState.STATUS_IN_PROGRESS
        waited = deadlines.workdays_after(timezone.localtime(row.proposed_at).date(), WAIT_WORKDAYS)
        if (
            running
            and row.ground not in TakeDown.AT_ONCE
            and timezone.localtime(moment).date() <= waited
            and not isinstance(state.current_task_state.task.specific, ArchivalUnpublishTask)
        ):
            if row.state != State.WAITING:
                row.state = State.WAITING
                row.save(update_fields=["state"])
            return False
        # The draft under review keeps its versions; its writer sees in the page's history why it stopped.
        state.cancel(user=row.proposed_by)
        deadlines.cancel_for(
            page, reason="Dừng duyệt để xem xét gỡ bỏ.", on=moment, by=row.proposed_by, rule=REVIEW_RULE
        )
        log(instance=page, action="portal.takedown.first", user=row.proposed_by, data={"takedown": row.pk})
    if page.get_latest_revision() is None:
        page.save_revision(user=None, changed=False, clean=False)
    row.state = State.OPEN
    row.save(update_fields=["state"])
    row.workflow_state = _workflow().start(page, row.proposed_by)
    row.save(update_fields=["workflow_state"])
    return True


def start_task(task, default_start, workflow_state, user):
    """Start the Wagtail task for the undecided row of its page or record; refuse one that no proposal opened."""
    row = undecided(workflow_state.content_object)
    if row is None:
        raise Refused("Hãy dùng «Đề nghị gỡ bỏ» để bắt đầu việc gỡ bỏ.")
    task_state = default_start(workflow_state, user=user)
    task_state.takedown = row
    task_state.save(update_fields=["takedown"])
    return task_state


def _workflow() -> Workflow:
    task = ArchivalUnpublishTask.objects.first()
    if task is None:
        task = ArchivalUnpublishTask.objects.create(name="Quyết định gỡ bỏ")
        workflow = Workflow.objects.create(name=WORKFLOW_NAME)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return Workflow.objects.get(workflow_tasks__task=task)


# --- 2. Decide -------------------------------------------------------------------------------------


@transaction.atomic
@one_action()
def decide(
    takedown: TakeDown,
    decision: str,
    *,
    by,
    on: datetime | None = None,
    note: str = "",
    behaviour: str | None = None,
) -> TakeDown:
    """Decide a take-down: "take_down", "keep" (under the proposed explanation) or "edit" (with what to change).

    Raises Refused for the proposer, without the right, or when it is decided already; ValidationError when the note
    is missing.
    """
    row = _held(takedown)
    if row.state not in TakeDown.UNDECIDED:
        raise Refused(f"Đề nghị này đã được xử lý. {review_facts.ending_of_takedown(row)}")
    if not may_decide(by, row):
        raise Refused("Người quyết định phải có quyền và không phải người đề nghị gỡ bỏ.")
    if decision not in Decision.values:
        raise ValidationError({"decision": "Hãy chọn gỡ bỏ, giữ lại hoặc chỉnh sửa."})
    if decision != Decision.TAKE_DOWN and not note.strip():
        raise ValidationError({"comment": "Hãy ghi chú: lý do giữ lại hoặc điều cần chỉnh sửa."})
    if decision not in decisions_on(row):
        raise ValidationError({"decision": f"«{row.title}»: {NO_NOTE}"})
    way = behaviour or row.behaviour
    if decision == Decision.TAKE_DOWN and way == Behaviour.REDIRECT and not leads_somewhere(row):
        raise ValidationError({"behaviour": NO_REPLACEMENT})
    if row.state == State.WAITING or not (row.workflow_state and row.workflow_state.is_active):
        # Its task waits, or a publication meanwhile ended it, as Wagtail has it.
        _start_now(row, by)
    row.decision, row.decision_note = decision, note
    row.decided_by, row.decided_at = by, on or timezone.now()
    if behaviour:
        row.behaviour = behaviour
    row.save()
    task_state = row.workflow_state.current_task_state.specific
    newest = row.subject.latest_revision_id
    if newest and task_state.revision_id != newest:
        # The page is what is decided about, whatever was drafted since; Wagtail would ask again for the newer version.
        task_state.revision_id = newest
        task_state.save(update_fields=["revision"])
    task_state.approve(user=by, comment=note)
    row.refresh_from_db()
    return row


def leads_somewhere(row: TakeDown) -> bool:
    """Tell whether a take-down names what readers may be led to."""
    return bool(row.replacement_page_id or row.replacement_url)


def decisions_on(takedown: TakeDown) -> list[str]:
    """Return the decisions there are on a take-down.

    What is kept stands under the words that one person proposed and another approves: a proposal without an
    explanation has none, and a record has no place for them.
    """
    may_retain = takedown.page_id and takedown.explanation.strip()
    return [value for value in Decision.values if may_retain or value != Decision.RETAIN]


@transaction.atomic
def decide_group(rows, decision: str, *, by, on: datetime | None = None, note: str = "", without=()) -> list[TakeDown]:
    """Decide several take-downs by one reason; those in `without` (ids) are struck out and stay open."""
    return [
        decide(row, decision, by=by, on=on, note=note)
        for row in rows
        if row.pk not in set(without) and row.state in TakeDown.UNDECIDED
    ]


def _start_now(row: TakeDown, by) -> None:
    state = current_state(row.subject)
    if state:
        state.cancel(user=by)
    _start(row, timezone.now())


# --- 3. Carry out ----------------------------------------------------------------------------------


@transaction.atomic
def carry_out(task_state, *, by=None) -> TakeDown:
    """Do what the approved take-down task decided; the one road by which a page or procedure leaves public view.

    Demands an approved task state whose row names a decision by a second person.
    """
    row = task_state.takedown
    if row is not None:
        row.refresh_from_db()
    if task_state.status != TaskState.STATUS_APPROVED or row is None or not row.decision:
        raise Refused("Chưa có quyết định gỡ bỏ của người thứ hai.")
    if row.decided_by_id is None or not may_decide(row.decided_by, row):
        raise Refused("Người quyết định gỡ bỏ phải có quyền và không phải người đề nghị.")
    moment = row.decided_at
    page = row.subject
    if row.decision == Decision.TAKE_DOWN:
        note_gone([page], **_facts(row))
        _remove(row, page, by=row.decided_by, moment=moment)
        links_in.look_afterwards([page], on=moment)
    elif row.decision == Decision.RETAIN:
        row.behaviour = Behaviour.NOTICE
        with open_gate("take_down"):
            page.retained_note, page.retained_note_on = row.explanation, timezone.localtime(moment).date()
            page.save(update_fields=["retained_note", "retained_note_on"], clean=False)
        if page.live_revision_id:
            copies.seal(
                # The note is in its row only: what was read before does not have it.
                unshared(page.live_revision),
                submitted_by=row.proposed_by,
                approved_by=row.decided_by,
                on=moment,
                ground=f"Giữ lại kèm ghi chú: {row.explanation}",
            )
        row.state = State.RETAINED_WITH_NOTE
        row.save(update_fields=["state", "behaviour"])
        deadlines.meet_for(row, on=moment)
    else:
        row.state = State.TO_EDIT
        row.save(update_fields=["state"])
    log(
        instance=page,
        action=f"portal.takedown.{row.decision}",
        user=row.decided_by,
        data={"takedown": row.pk, "note": row.decision_note},
    )
    readers_see_changed([page], sites=_sites_showing(page), gone=row.decision == Decision.TAKE_DOWN)
    return row


def _remove(row: TakeDown, page, *, by, moment: datetime) -> None:
    """Unpublish a page and its aliases, free its slug, remember its address and its archive copy; or a record."""
    copy = ArchiveCopy.objects.filter(object_type=page._meta.label, object_id=str(page.pk)).order_by("-pk").first()
    if copy is None and page.live_revision_id:
        copy = copies.seal(page.live_revision, approved_by=by, on=moment, ground="Lưu khi gỡ bỏ")
    row.archive_copy_id = copy.pk if copy else None
    if isinstance(page, Page):
        row.old_slug = page.slug
        row.old_url_path = row.old_url_path or page.url_path
    schedules.void_below(page, f"«{row.title}» đã bị gỡ bỏ.", by=by, on=moment)
    bundle_stops.stop_removed(page, by=by, on=moment)
    with open_gate("take_down"):
        page.unpublish(user=None, log_action=False, set_expired=row.ground == Ground.EXPIRED)
        page.refresh_from_db()
        if isinstance(page, Page):
            page.slug = f"{page.slug[:230]}-da-go-{row.pk}"
            page.save(update_fields=["slug", "url_path"], clean=False)
    row.state = State.TAKEN_DOWN
    row.save(update_fields=["state", "archive_copy_id", "old_url_path", "old_slug"])
    log(instance=page, action="wagtail.unpublish", user=by)
    if isinstance(page, Page):
        previews.end_links_of(page, previews.End.REMOVED, by=by, on=moment)
        review_dates.remove(page, on=moment)
    LiveFinding.objects.filter(object_type=page._meta.label, object_id=str(page.pk)).delete()
    deadlines.meet_for(row, on=moment)


def _facts(row: TakeDown) -> dict:
    """What the journal keeps of a take-down, so that it can be done again after a restore (`replaying.py`)."""
    return {
        "ground": row.ground,
        "explanation": row.explanation,
        "note": row.decision_note,
        "proposed_by": row.proposed_by_id,
        "decided_by": row.decided_by_id,
    }


def _sites_showing(page) -> list[PortalSite]:
    """The sites on whose pages this one may be listed: its own, and all component sites when it is the city's."""
    site = owner_site(page)
    if site is None:
        return []
    if site.is_city:
        return list(PortalSite.objects.all())
    return [site, *PortalSite.objects.filter(pk=site.parent_id)]


# --- 4. Restore ------------------------------------------------------------------------------------


@transaction.atomic
def restore(takedown: TakeDown, *, by, on: datetime | None = None, reason: str) -> Revision:
    """Bring a taken-down page or record back as a draft made from its archive copy; it goes public through approval.

    Frees the old address for it again when nothing else took it. Raises Refused without the right, when it was not
    taken down, or when the archive copy does not verify.
    """
    row = _held(takedown)
    if row.state != State.TAKEN_DOWN:
        raise Refused("Chỉ khôi phục được nội dung đã gỡ.")
    if not may(by, WRITE, row.site):
        raise Refused("Bạn không có quyền soạn trên trang này.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do khôi phục."})
    copy = ArchiveCopy.objects.filter(pk=row.archive_copy_id).first()
    if copy is None or verifying.verify([copy]):
        raise Refused("Bản lưu trữ không còn nguyên vẹn nên không khôi phục được.")
    page = row.subject
    content = {**page.serializable_data(), **copies.archived_content(copy)}
    restored = page.with_content_json(content)
    restored.go_live_at = restored.expire_at = None
    if isinstance(page, Page):
        _give_back_address(row, page, restored)
    revision = restored.save_revision(user=by)
    data = {"takedown": row.pk, "reason": reason}
    log(instance=page, action="portal.takedown.restore", user=by, revision=revision, data=data)
    return revision


def _give_back_address(row: TakeDown, page, restored) -> None:
    """Free the old address of a page for its restored draft unless another page stands there."""
    taken = Page.objects.filter(url_path=row.old_url_path).exclude(pk=page.pk).exists()
    restored.slug = page.slug if taken else row.old_slug
    if not taken:
        page.slug = row.old_slug
        page.save(update_fields=["slug", "url_path"], clean=False)


# --- 5. Expire -------------------------------------------------------------------------------------


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
                page = _hold_with_dossiers(Page.objects.get(pk=pk))
                if not page.live or not page.expire_at or page.expire_at > moment or _is_home(page):
                    continue
                along = [item for item in schedules.reach_of_end(page) if item.live]
                if below := schedules.live_below(along):
                    raise Refused(
                        f"«{below.title}» bên dưới đang đăng; hãy gỡ, chuyển trang ấy, hoặc duyệt bản không có hạn gỡ."
                    )
                submitted, approved = _approvers_of(page)
                done += _remove_all(
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


def _hold_with_dossiers(page):
    """Lock a page, and before it the dossiers in which it, or what goes with it, waits; return it as stored now."""
    bundle_stops.hold_with([page, *page.get_translations()])
    return hold(page)


def _is_home(page) -> bool:
    return PortalSite.objects.filter(home_key=page.translation_key).exists()


def _approvers_of(page) -> tuple:
    """Return (submitter, approver) of the version that is public; the approver None when a dossier was approved."""
    declared = Declaration.objects.filter(revision_id=page.live_revision_id).select_related("declared_by").last()
    task_state = (
        TaskState.objects.filter(revision_id=page.live_revision_id, status=TaskState.STATUS_APPROVED)
        .select_related("finished_by")
        .last()
    )
    return declared.declared_by if declared else page.owner, task_state.finished_by if task_state else None


def _remove_all(
    page, along, *, ground, explanation, note, proposed_by, decided_by, moment, over=False
) -> list[TakeDown]:
    """Remove a page with all that goes with it by a decision already made; return the rows, the page first.

    What waits for a decision keeps its ground and explanation; `over`: what is decided now takes their place, and the
    log keeps them. A title that may be what was disclosed stays hidden whatever is decided.
    """
    group, rows = uuid.uuid4(), []
    hold_all([page, *along])
    reached = [(item.url_path, item.specific) for item in along]
    if any(row.ground == Ground.PERSONAL_DATA for item in along if (row := undecided(item))):
        ground = Ground.PERSONAL_DATA
    note_gone(
        [item for _address, item in reached],
        action="takedown",
        ground=ground,
        explanation=explanation,
        note=note,
        proposed_by=getattr(proposed_by, "pk", None),
        decided_by=getattr(decided_by, "pk", None),
    )
    for address, item in reached:
        row = undecided(item) or TakeDown(
            group=group,
            page_id=item.pk,
            site=site_of(item),
            proposed_by=proposed_by,
            proposed_at=moment,
        )
        if row.pk is None or over or ground == Ground.PERSONAL_DATA:
            if row.pk is not None:
                former = {"takedown": row.pk, "ground": row.ground, "explanation": row.explanation}
                log(instance=item, action="portal.takedown.overtaken", user=decided_by, data=former)
            row.ground = ground
        row.explanation = explanation if over else row.explanation or explanation
        running = current_state(item)
        row.title, row.behaviour, row.old_url_path = item.title[:300], Behaviour.GONE, address
        row.decision, row.decision_note, row.decided_by, row.decided_at = (
            Decision.TAKE_DOWN,
            note,
            decided_by,
            moment,
        )
        row.save()
        if running:
            running.cancel(user=decided_by)
        item.refresh_from_db()
        _remove(row, item, by=decided_by, moment=moment)
        rows.append(row)
    links_in.look_afterwards([item for _address, item in reached], on=moment)
    for _address, item in reached:
        readers_see_changed([item], sites=_sites_showing(item), gone=True)
    return rows


@transaction.atomic
def take_down_again(page, facts: dict, *, proposed_by, by, on: datetime | None = None) -> list[TakeDown]:
    """Repeat a take-down that a restored backup does not know, in the name of those who had decided; return the rows.

    `facts`: what the journal keeps (`ground`, `explanation`, `note`). Called by `replaying.py` only.
    """
    ground = facts.get("ground") if facts.get("ground") in Ground.values else Ground.NO_LONGER_SUITABLE
    page = _hold_with_dossiers(page)
    return _remove_all(
        page,
        [page],
        ground=ground,
        explanation=facts.get("explanation", ""),
        note=facts.get("note", ""),
        proposed_by=proposed_by,
        decided_by=by,
        moment=on or timezone.now(),
    )


# --- 6. The head's emergency -----------------------------------------------------------------------


@transaction.atomic
def emergency_remove(page, *, by, on: datetime | None = None, reason: str, ground: str = Ground.ERROR) -> TakeDown:
    """Remove a page at once by the head alone, with a reason; open until a second person has looked.

    Readers are told the `ground`, one of `AT_ONCE_GROUNDS`; the reason stays in the office.
    """
    page = _hold_with_dossiers(page)
    site = site_of(page)
    if not acts_for_board(by, EMERGENCY, site):
        raise Refused("Chỉ Trưởng ban Biên tập được gỡ khẩn cấp.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do gỡ khẩn cấp."})
    if not page.live or _is_home(page):
        raise Refused("Trang này không phải nội dung đang đăng, hoặc là trang chủ.")
    if ground not in AT_ONCE_GROUNDS:
        raise ValidationError({"ground": "Hãy chọn điều đã xảy ra."})
    moment = on or timezone.now()
    rows = _remove_all(
        page,
        reach(page),
        ground=ground,
        explanation=EXPLAINED_AT_ONCE.get(ground, ""),
        note=reason,
        proposed_by=by,
        decided_by=by,
        moment=moment,
        over=True,
    )
    EmergencyAct.objects.create(
        kind=EmergencyAct.Kind.REMOVE,
        site=site,
        object_type=page._meta.label,
        object_id=str(page.pk),
        object_label=page.title[:300],
        reason=reason,
        acted_by=by,
        acted_at=moment,
    )
    log(instance=page, action="portal.emergency", user=by, data={"reason": reason})
    return rows[0]


# --- 7. Records -------------------------------------------------------------------------------------


@transaction.atomic
def take_down_records(records, *, proposed_by, by, on: datetime | None = None, reason: str) -> list:
    """Take down published records that are no pages, proposed by one person and decided by another; return them.

    The counterpart of `approval.publish_bundle`: for a batch of documents that is taken back. Each keeps its sealed
    copy. What is not public is left as it is. Raises Refused for one person alone or without the right, ValidationError
    without a reason.
    """
    if proposed_by is None or by is None or proposed_by.pk == by.pk:
        raise Refused("Cần hai người khác nhau: người đề nghị và người quyết định gỡ bỏ.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do gỡ bỏ."})
    moment, removed, records = on or timezone.now(), [], list(records)
    note_gone(
        [record for record in records if record.live],
        action="records",
        note=reason,
        proposed_by=proposed_by.pk,
        decided_by=by.pk,
    )
    bundle_stops.hold_with(records)
    for record in records:
        record = hold(record)
        site = record.owner_site
        if not may(proposed_by, PROPOSE_TAKEDOWN, site) or not acts_for_board(by, DECIDE_TAKEDOWN, site):
            raise Refused("Người đề nghị và người quyết định phải có quyền gỡ bỏ trên trang này.")
        if not record.live:
            continue
        if (
            record.live_revision_id
            and not ArchiveCopy.objects.filter(
                object_type=record._meta.label, object_id=str(record.pk), revision_id=record.live_revision_id
            ).exists()
        ):
            copies.seal(record.live_revision, approved_by=by, on=moment, ground="Lưu khi gỡ bỏ")
        state = current_state(record)
        if state:
            state.cancel(user=by)
        schedules.void_below(record, "Văn bản đã bị gỡ bỏ.", by=by, on=moment)
        bundle_stops.stop_removed(record, by=by, on=moment)
        with open_gate("take_down"):
            record.unpublish(user=None, log_action=False)
        log(
            instance=record,
            action="portal.takedown.record",
            user=by,
            data={"reason": reason, "proposed_by": proposed_by.get_username()},
        )
        removed.append(record)
    if removed:
        links_in.look_afterwards(removed, on=moment)
        readers_see_changed(sites=PortalSite.objects.all(), gone=True)
    return removed
