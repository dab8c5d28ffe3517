"""What waits for a decision of the person, and what they have proposed and others decide."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, Left, Length
from wagtail.models import DraftStateMixin, Page, Revision, TaskState, WorkflowState

from accounts import appointment_rights
from accounts.models import Appointment
from accounts.roles import APPROVE, DECIDE_TAKEDOWN, REVIEW, may
from base.models import PortalSite
from base.sites import all_sites, city_site

from ..models import (
    BundleItem,
    Deadline,
    Declaration,
    DisposalList,
    EditorialApprovalTask,
    EmergencyAct,
    FileChange,
    MoveProposal,
    RecordChange,
    Schedule,
    TakeDown,
)
from ..models.bundle import OPEN
from ..publishing import record_rules
from . import work_queue
from .own_places import address_key, own_pages, own_site_keys
from .work_queue import Rows, Scope, rows

REFUSED_SHOWN_DAYS = 14
UNCONFIRMED = Q(state=Appointment.State.PREPARED, needs_confirmation=True, confirmed_at=None)


@work_queue.out_of(lambda: TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS))
def reviews(scope: Scope) -> Rows | None:
    """Versions under review for whose approving body the person acts, and which they neither wrote nor submitted."""
    sites = scope.board(REVIEW)
    if not sites:
        return None
    mine = Declaration.objects.filter(declared_by=scope.user).values("revision_id")
    of_this = TaskState.objects.filter(workflow_state=OuterRef("workflow_state"), revision_id__in=mine)
    # That of the review itself, or of what is reviewed (a document to be posted): the soonest.
    deadline_rows = Deadline.objects.filter(
        content_type=OuterRef("revision__content_type"), object_id=OuterRef("revision__object_id")
    )
    found = (
        TaskState.objects.filter(
            task__in=EditorialApprovalTask.objects.values("pk"),
            status=TaskState.STATUS_IN_PROGRESS,
            workflow_state__workflow__site_workflow__site__in=sites,
        )
        .exclude(workflow_state__requested_by=scope.user)
        .exclude(Exists(of_this))
        .exclude(Exists(_versions_of(scope.user)))
    )
    return rows(
        found,
        title="revision__object_str",
        note=_with_claim("workflow_state__requested_by__full_name", "workflow_state__claim", scope),
        at="started_at",
        site="workflow_state__workflow__site_workflow__site",
        **work_queue.soonest(deadline_rows),
    )


def _with_claim(note, claim: str, scope: Scope):
    """A note with who has the work in hand."""
    note = note if hasattr(note, "resolve_expression") else F(note)
    name = Case(
        When(**{f"{claim}__person": scope.user.pk}, then=Value("bạn")),
        default=F(f"{claim}__person__full_name"),
        output_field=TextField(),
    )
    taken = Concat(note, Value(" · đang xử lý: "), name, output_field=TextField())
    return Case(When(**{f"{claim}__isnull": True}, then=note), default=taken, output_field=TextField())


def _versions_of(user) -> QuerySet:
    """The versions by a person of what a task state is about, newer than the public one (`approval.writers`)."""
    roots = [Page, *(m for m in apps.get_models() if issubclass(m, DraftStateMixin) and not issubclass(m, Page))]
    kinds = ContentType.objects.get_for_models(*roots, for_concrete_models=False)
    number = Cast(OuterRef("object_id"), IntegerField())
    public = Case(
        *(
            When(
                base_content_type=kinds[model],
                then=Subquery(model._base_manager.filter(pk=number).values("live_revision__created_at")[:1]),
            )
            for model in roots
        )
    )
    return (
        Revision.objects.filter(
            user=user,
            base_content_type=OuterRef("revision__base_content_type"),
            object_id=OuterRef("revision__object_id"),
        )
        .annotate(public_since=public)
        .filter(Q(public_since=None) | Q(created_at__gt=F("public_since")))
    )


@work_queue.out_of(lambda: TakeDown.objects.filter(state=TakeDown.State.OPEN))
def takedowns(scope: Scope) -> Rows | None:
    """Take-downs that wait for a decision of the person."""
    sites = scope.board(DECIDE_TAKEDOWN)
    if not sites:
        return None
    found = TakeDown.objects.filter(state=TakeDown.State.OPEN, site__in=sites).exclude(proposed_by=scope.user)
    grounds = Case(*(When(ground=value, then=Value(label)) for value, label in TakeDown.Ground.choices))
    note = _with_claim(grounds, "claim", scope)
    return rows(found, title="title", note=note, at="proposed_at", site="site", **work_queue.deadlines_of(TakeDown))


@work_queue.out_of(lambda: MoveProposal.objects.filter(decided_at=None))
def moves(scope: Scope) -> Rows | None:
    """Moves of pages between sites for both of which the person approves (`arrangement.may_decide_move`)."""
    sites = scope.board(APPROVE)
    if not sites:
        return None
    homes = Page.objects.filter(translation_key__in=PortalSite.objects.filter(pk__in=sites).values("home_key"))
    own = Page.objects.filter(Exists(homes.filter(path=Left(OuterRef("path"), Length("path")))))
    found = MoveProposal.objects.filter(decided_at=None, page__in=own, target__in=own).exclude(proposed_by=scope.user)
    note = Concat(Value("chuyển trang đến «"), "target__title", Value("»"), output_field=CharField())
    return rows(found, title="title", note=note, at="proposed_at")


@work_queue.out_of(lambda: FileChange.objects.filter(decided_at=None))
def changed_files(scope: Scope) -> Rows | None:
    """Proposals to change a file; where another site shows it, the screen asks for the city's board."""
    sites = scope.board(APPROVE)
    if not sites:
        return None
    found = FileChange.objects.filter(decided_at=None, site__in=sites).exclude(proposed_by=scope.user)
    return rows(found, title="former_title", note=Value("thay tệp đang đăng"), at="proposed_at", site="site")


@work_queue.out_of(lambda: EmergencyAct.objects.filter(looked_at=None))
def emergencies(scope: Scope) -> Rows | None:
    sites = scope.board(APPROVE)
    if not sites:
        return None
    found = EmergencyAct.objects.filter(looked_at=None, site__in=sites).exclude(acted_by=scope.user)
    kinds = Case(*(When(kind=value, then=Value(label)) for value, label in EmergencyAct.Kind.choices))
    note = Concat(Value("việc khẩn cấp chờ xem lại: "), kinds, output_field=CharField())
    return rows(found, title="object_label", note=note, at="acted_at", site="site")


@work_queue.out_of(lambda: Schedule.objects.waiting())
def schedules_to_look_at(scope: Scope) -> Rows | None:
    """Schedules of the person's board whose approver's appointment has ended, and that they did not submit."""
    sites = scope.board(APPROVE)
    if not sites:
        return None
    found = Schedule.objects.without_approver().filter(site__in=sites).exclude(submitted_by=scope.user)
    found = found.exclude(Exists(_versions_of(scope.user)))
    note = Value("lịch đăng mà người duyệt đã hết phân công")
    return rows(found, title="title", note=note, at="revision__approved_go_live_at", site="site")


@work_queue.out_of(lambda: DisposalList.objects.filter(state=DisposalList.State.PROPOSED))
def disposals(scope: Scope) -> Rows | None:
    city = city_site()
    if city is None or city.pk not in scope.board(DECIDE_TAKEDOWN):
        return None
    found = DisposalList.objects.filter(state=DisposalList.State.PROPOSED).exclude(proposed_by_id=scope.user.pk)
    return rows(found, title="reason", note=Value("danh mục tiêu hủy"), at="proposed_at")


@work_queue.out_of(lambda: Appointment.objects.filter(UNCONFIRMED))
def appointments_to_confirm(scope: Scope) -> Rows | None:
    """Appointments that the user confirms as the second person: until then their people cannot work."""
    if not appointment_rights.is_second_person(scope.user):
        return None
    found = Appointment.objects.filter(UNCONFIRMED).exclude(recorded_by=scope.user).exclude(person=scope.user)
    note = Concat("role_label", Value(", phân công chờ xác nhận"), output_field=CharField())
    return rows(found, title="person__full_name", note=note, at="recorded_at", site="site")


@work_queue.out_of(lambda: RecordChange.objects.filter(decided_at=None))
def changed_records(scope: Scope) -> Rows | None:
    """Changes of shared records that another proposed and that the person may confirm (`record_changes.may_decide`).

    What is in an open dossier is decided with it.
    """
    wanted = []
    for rights, labels in record_rules.labels_by_rights().items():
        held = {site for right in rights if right != APPROVE for site in _sites_with(scope.user, right)}
        held |= set(scope.board(APPROVE)) if APPROVE in rights else set()
        if held:
            wanted.append(Q(object_type__in=labels, site__in=held))
    if not wanted:
        return None
    bundled = BundleItem.objects.filter(
        object_type=RecordChange._meta.label,
        object_id=Cast(OuterRef("pk"), CharField(max_length=255)),
        bundle__state__in=OPEN,
    )
    found = RecordChange.objects.filter(reduce(or_, wanted), decided_at=None).exclude(proposed_by=scope.user)
    found = found.exclude(Exists(bundled))
    note = Concat(_what_is_proposed(), Value(", người đề nghị: "), "proposed_by__full_name", output_field=CharField())
    return rows(found, title="label", note=note, at="proposed_at", site="site")


def _what_is_proposed() -> Case:
    """Say what a proposal does to what: «Sửa cơ quan ban hành»; where its name says what is done, what it is about."""
    acts = Case(*(When(act=value, then=Value(f"{label} ")) for value, label in RecordChange.Act.choices))
    kinds = []
    for label in (label for labels in record_rules.labels_by_rights().values() for label in labels):
        model = apps.get_model(label)
        name, is_named = Value(str(model._meta.verbose_name)), getattr(model, "names_what_is_done", False)
        shown = Concat(Value("Đề nghị về "), name) if is_named else Concat(acts, name)
        kinds.append(When(object_type=label, then=shown))
    return Case(*kinds, default=acts, output_field=CharField())


def _sites_with(user, right: str) -> list[int]:
    return [site.pk for site in all_sites() if may(user, right, site)]


@work_queue.out_of(lambda: WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS))
def submitted(scope: Scope) -> Rows | None:
    """What the person submitted and others review."""
    if not scope.sites:
        return None
    state = "current_task_state"
    found = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS,
        requested_by=scope.user,
        workflow__site_workflow__site__in=own_site_keys(scope),
        current_task_state__task__in=EditorialApprovalTask.objects.values("pk"),
    )
    return rows(
        found,
        key=address_key(F("content_type"), F("object_id")),
        title=f"{state}__revision__object_str",
        note=Value("chờ duyệt"),
        at=f"{state}__started_at",
        site="workflow__site_workflow__site",
    )


@work_queue.out_of(lambda: TakeDown.objects.filter(state__in=TakeDown.UNDECIDED))
def proposed_takedowns(scope: Scope) -> Rows | None:
    if not scope.sites:
        return None
    found = TakeDown.objects.filter(state__in=TakeDown.UNDECIDED, proposed_by=scope.user, site__in=own_site_keys(scope))
    return rows(found, title="title", note=Value("đề nghị gỡ bỏ"), at="proposed_at", site="site")


@work_queue.out_of(lambda: FileChange.objects.filter(decided_at=None))
def proposed_files(scope: Scope) -> Rows | None:
    if not scope.sites:
        return None
    found = FileChange.objects.filter(decided_at=None, proposed_by=scope.user, site__in=own_site_keys(scope))
    return rows(found, title="former_title", note=Value("đề nghị thay tệp"), at="proposed_at", site="site")


@work_queue.out_of(lambda: MoveProposal.objects.filter(decided_at=None))
def proposed_moves(scope: Scope) -> Rows | None:
    if not scope.sites:
        return None
    found = MoveProposal.objects.filter(decided_at=None, proposed_by=scope.user, page__in=own_pages(scope))
    note = Concat(Value("đề nghị chuyển đến «"), "target__title", Value("»"), output_field=CharField())
    return rows(found, title="title", note=note, at="proposed_at")


@work_queue.out_of(lambda: DisposalList.objects.filter(state=DisposalList.State.PROPOSED))
def proposed_disposals(scope: Scope) -> Rows | None:
    found = DisposalList.objects.filter(state=DisposalList.State.PROPOSED, proposed_by_id=scope.user.pk)
    return rows(found, title="reason", note=Value("danh mục tiêu hủy"), at="proposed_at")


@work_queue.out_of(lambda: EmergencyAct.objects.filter(looked_at=None))
def own_emergencies(scope: Scope) -> Rows | None:
    """What the person did alone and a second has not looked at yet."""
    found = EmergencyAct.objects.filter(looked_at=None, acted_by=scope.user)
    return rows(found, title="object_label", note=Value("việc khẩn cấp chờ xem lại"), at="acted_at", site="site")


@work_queue.out_of(lambda: EmergencyAct.objects.filter(accepted=False))
def refused_emergencies(scope: Scope) -> Rows | None:
    """What the person did alone and a second did not agree with, for some weeks: the way to undo it stands there."""
    since = scope.moment - timedelta(days=REFUSED_SHOWN_DAYS)
    found = EmergencyAct.objects.filter(accepted=False, looked_at__gte=since, acted_by=scope.user)
    note = Concat(Value("người xem lại không đồng ý: "), "note", output_field=TextField())
    return rows(found, title="object_label", note=note, at="looked_at", site="site")


@work_queue.out_of(lambda: RecordChange.objects.filter(decided_at=None))
def proposed_records(scope: Scope) -> Rows | None:
    found = RecordChange.objects.filter(decided_at=None, proposed_by=scope.user)
    return rows(found, title="label", note=Value("chờ người thứ hai xác nhận"), at="proposed_at", site="site")
