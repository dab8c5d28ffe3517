"""The work queue entries of this room and the accounts: reviews, decisions, deadlines, drafts, appointments.

Each function takes the scope of a person and returns a queryset of rows, or None when its kind does not concern them.
It asks, as a database query, what the actions ask (`approval.may_approve`, `takedown.may_decide`, ...).
"""

from datetime import timedelta

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from wagtail.models import Comment, Page, PageSubscription, Revision, WorkflowState

from accounts import appointment_notices, appointment_rights
from accounts.models import Appointment, RescuedText
from accounts.roles import ADMINISTER, ROLES, WRITE, may
from accounts.signin import passwords, rescue
from base.admin.field_anchors import place_of
from base.models import PageOpinion
from base.public.opinions import figures as opinions
from base.sites import city_site

from .. import deadlines
from ..deadlines.acting import BY_BOARD, FRESH_RULE
from ..deadlines.duties import REVIEW_RULE
from ..models import (
    Deadline,
    LiveFinding,
    PreviewAnswer,
    ReviewDate,
    Schedule,
    TakeDown,
)
from ..upkeep import review_dates
from . import own_bundles, work_queue
from .deciding import (
    UNCONFIRMED,
    appointments_to_confirm,
    changed_files,
    changed_records,
    disposals,
    emergencies,
    moves,
    own_emergencies,
    proposed_disposals,
    proposed_files,
    proposed_moves,
    proposed_records,
    proposed_takedowns,
    refused_emergencies,
    reviews,
    schedules_to_look_at,
    submitted,
    takedowns,
)
from .own_places import address_key, own_pages, own_site_keys
from .work_queue import Rows, Scope, WorkNotice, rows

# So long after its hour a version that is not public has failed; the job runs every minute.
LATE_AFTER = timedelta(minutes=5)
# So long before its last day a section that must have news is work; until then it is on the board of deadlines alone.
FRESH_SHOWN_FOR = timedelta(days=7)
# So long a person is reminded of an hour that was lost; the mail has told them.
LOST_SHOWN_FOR = timedelta(days=7)

# --- Mine --------------------------------------------------------------------------------------------


@work_queue.out_of(lambda: WorkflowState.objects.filter(status=WorkflowState.STATUS_NEEDS_CHANGES))
def returned(scope: Scope) -> Rows | None:
    """What the person submitted and got back; for those who write, also what a user who has left submitted."""
    if not scope.sites:
        return None
    state, site = "current_task_state", "workflow__site_workflow__site"
    found = WorkflowState.objects.filter(
        Q(requested_by=scope.user) | Q(requested_by__is_active=False, **{f"{site}__in": scope.own_sites(WRITE)}),
        status=WorkflowState.STATUS_NEEDS_CHANGES,
        **{f"{site}__in": own_site_keys(scope)},
    )
    deadline_rows = Deadline.objects.filter(content_type=OuterRef("content_type"), object_id=OuterRef("object_id"))
    return rows(
        found,
        key=address_key(F("content_type"), F("object_id")),
        title=f"{state}__revision__object_str",
        note=f"{state}__comment",
        at=f"{state}__finished_at",
        site=site,
        **work_queue.soonest(deadline_rows),
    )


@work_queue.out_of(lambda: TakeDown.objects.filter(state=TakeDown.State.TO_EDIT))
def to_edit(scope: Scope) -> Rows | None:
    """Pages that a decision sent to be edited, in the work queue of those who write."""
    sites = scope.own_sites(WRITE)
    if not sites:
        return None
    found = TakeDown.objects.filter(state=TakeDown.State.TO_EDIT, site__in=sites)
    return rows(found, title="title", note="decision_note", at="decided_at", site="site")


@work_queue.out_of(lambda: Page.objects.filter(has_unpublished_changes=True))
def drafts(scope: Scope) -> Rows | None:
    """Pages whose newest version is the person's and not public, and that are not under review."""
    if not scope.sites:
        return None
    key = Cast("pk", CharField(max_length=255))
    running = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id=OuterRef("key_as_text")
    )
    gone = TakeDown.objects.filter(page=OuterRef("pk"), state=TakeDown.State.TAKEN_DOWN)
    found = (
        own_pages(scope)
        .filter(has_unpublished_changes=True, latest_revision__user=scope.user)
        .alias(key_as_text=key)
        .exclude(Exists(running))
        .exclude(Exists(gone))
    )
    return rows(found, title="draft_title", at="latest_revision_created_at")


@work_queue.out_of(lambda: Schedule.objects.waiting())
def scheduled(scope: Scope) -> Rows | None:
    """Pages and records approved for a later hour; of one that failed at its hour, why."""
    if not scope.sites:
        return None
    found = Schedule.objects.waiting().filter(site__in=scope.sites)
    hour = "revision__approved_go_live_at"
    is_late = Q(**{f"{hour}__lt": scope.moment - LATE_AFTER})
    note = Case(
        When(~Q(failure=""), then=Concat(Value("chưa đăng được: "), "failure", output_field=TextField())),
        When(is_late, then=Value("đến giờ mà chưa đăng được")),
        default=Value("hẹn giờ đăng"),
        output_field=TextField(),
    )
    return rows(found, key=_of_version(), title="title", note=note, at=hour, site="site")


@work_queue.out_of(lambda: Schedule.objects.filter(ended_at__isnull=False))
def hours_lost(scope: Scope) -> Rows | None:
    """Versions that the person submitted or approved and that lost their hour, until they go another way."""
    if not scope.sites:
        return None
    of_same = {
        "base_content_type": OuterRef("revision__base_content_type"),
        "object_id": OuterRef("revision__object_id"),
    }
    found = Schedule.objects.filter(Q(submitted_by=scope.user) | Q(approved_by=scope.user), site__in=scope.sites)
    found = found.filter(ended_at__gte=scope.moment - LOST_SHOWN_FOR, revision__approved_go_live_at=None)
    found = found.exclude(Exists(Revision.objects.filter(**of_same, pk__gt=OuterRef("revision_id"))))
    found = found.exclude(Exists(WorkflowState.objects.active().filter(**of_same)))
    note = Concat(Value("lịch đăng bị hủy: "), "ended_reason", output_field=TextField())
    return rows(found, key=_of_version(), title="title", note=note, at="ended_at", site="site")


def _of_version():
    return address_key(F("revision__content_type"), F("revision__object_id"))


@work_queue.out_of(lambda: Comment.objects.filter(resolved_at=None))
def comments(scope: Scope) -> Rows | None:
    """Open comments of others on pages that are the person's or that they follow."""
    if not scope.sites:
        return None
    follows = PageSubscription.objects.filter(page=OuterRef("page"), user=scope.user, comment_notifications=True)
    found = (
        Comment.objects.filter(resolved_at=None, page__in=own_pages(scope))
        .exclude(user=scope.user)
        .filter(Q(page__owner=scope.user) | Exists(follows))
    )
    return rows(
        found,
        key="page_id",
        title="page__draft_title",
        note=_quoted("user__full_name", "text"),
        at="created_at",
    )


@work_queue.out_of(lambda: PreviewAnswer.objects.filter(closed_at=None))
def remarks_of_outsiders(scope: Scope) -> Rows | None:
    """Remarks of outsiders on drafts to which the person made the link."""
    if not scope.sites:
        return None
    found = PreviewAnswer.objects.filter(closed_at=None, link__made_by=scope.user)
    note = Value("ý kiến của người xem trước")
    return rows(found, key="link__page_id", title="link__title", note=note, at="at", site="link__owner_site")


def _quoted(name, text):
    return Concat(name, Value(": "), text, output_field=TextField())


# --- Deadlines ---------------------------------------------------------------------------------------


@work_queue.out_of(lambda: Deadline.objects.open())
def deadline_rows(scope: Scope) -> Rows | None:
    """Open deadlines that are the person's and that no other group shows; of sections that have news, the near ones."""
    if not scope.sites:
        return None
    shown = ContentType.objects.get_for_models(*work_queue.SHOWN_ELSEWHERE).values()
    found = mine(scope).exclude(content_type__in=shown).exclude(rule__code=REVIEW_RULE)
    found = found.exclude(rule__code=FRESH_RULE, last_day__gt=scope.today + FRESH_SHOWN_FOR)
    key = address_key(F("content_type"), F("object_id"), F("pk"))
    return rows(found, key=key, title="title", note="rule__label", site="site", deadline="pk", last_day="last_day")


def mine(scope: Scope) -> QuerySet:
    """Return the open deadlines on which a person must act (`acting.Actors.of`), as a queryset."""
    city = city_site()
    base = Deadline.objects.open().annotate(of_site=Coalesce("site_id", Value(city.pk if city else 0)))
    author = (
        Revision.objects.filter(content_type=OuterRef("content_type"), object_id=OuterRef("object_id"))
        .order_by("-created_at", "-pk")
        .values("user")[:1]
    )
    keys = [role.key for role in ROLES.values() if WRITE in role.capabilities]
    can_write = Appointment.objects.in_force().filter(
        Q(site=OuterRef("of_site")) | Q(site=city.pk if city else 0),
        person=OuterRef("author"),
        person__is_active=True,
        role__in=keys,
    )
    of_all = When(rule__code=FRESH_RULE, then=None)
    base = base.annotate(author=Case(of_all, default=Subquery(author))).annotate(has_author=Exists(can_write))
    wanted = Q(rule__acting=WRITE) & (
        Q(author=scope.user.pk, has_author=True) | Q(has_author=False, of_site__in=scope.own_sites(WRITE))
    )
    for capability, _label in Deadline.rule.field.related_model.Acting.choices:
        if capability != WRITE:
            sites = scope.board(capability) if capability in BY_BOARD else scope.own_sites(capability)
            wanted |= Q(rule__acting=capability, of_site__in=sites)
    return base.filter(wanted)


def address_by_key(key: str) -> str:
    """Return the screen where a page or record is worked on; of a deadline about something else, its own screen."""
    content_type, object_id, *deadline = key.split("/")
    model = ContentType.objects.get_for_id(int(content_type)).model_class()
    if model is not None and issubclass(model, Page):
        return reverse("wagtailadmin_pages:edit", args=[object_id])
    if model is not None and hasattr(model, "snippet_viewset"):
        return reverse(model.snippet_viewset.get_url_name("edit"), args=[object_id])
    return reverse("workflows_deadline", args=deadline)


# --- What is public ---------------------------------------------------------------------------------


@work_queue.out_of(lambda: LiveFinding.objects.all())
def to_fix(scope: Scope) -> Rows | None:
    """Public pages and records in which the nightly look found something (a broken link first of all), one row each."""
    sites = scope.own_sites(WRITE)
    if not sites:
        return None
    before = LiveFinding.objects.filter(
        Q(level__lt=OuterRef("level")) | Q(level=OuterRef("level"), pk__lt=OuterRef("pk")),
        object_type=OuterRef("object_type"),
        object_id=OuterRef("object_id"),
    )
    found = LiveFinding.objects.filter(owner_site__in=sites).exclude(Exists(before))
    key = Concat("object_type", Value("/"), "object_id", Value("/"), "field", output_field=CharField())
    level = Case(When(level="blocker", then=Value("Phải sửa: ")), default=Value("Nên xem lại: "))
    note = Concat(level, "message", output_field=TextField())
    return rows(found, key=key, title="title", note=note, at="since", site="owner_site")


@work_queue.out_of(lambda: PageOpinion.objects.all())
def found_useless(scope: Scope) -> Rows | None:
    """Public pages of the person's sites that too few readers find useful (`base/public/opinions/figures.py`)."""
    sites = scope.own_sites(WRITE)
    if not sites:
        return None
    found = Page.objects.filter(pk__in=opinions.low_pages(sites, scope.today))
    note = Value(f"dưới {opinions.LOW_SHARE}% người đọc thấy có ích")
    return rows(found, title="title", note=note, at="last_published_at")


def fix_address(key: str) -> str:
    """Return the edit form of what is to be fixed, at the field; the report for what is edited on no such form.

    A finding about a kind of record that an update removed stays until the next nightly check.
    """
    label, object_id, field = key.split("/", 2)
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return reverse("workflows_live_checks")
    if issubclass(model, Page):
        return reverse("wagtailadmin_pages:edit", args=[object_id]) + place_of(model(), field)
    if hasattr(model, "snippet_viewset"):
        return reverse(model.snippet_viewset.get_url_name("edit"), args=[object_id]) + place_of(model(), field)
    return reverse("workflows_live_checks")


@work_queue.out_of(lambda: ReviewDate.objects.all())
def due_for_review(scope: Scope) -> Rows | None:
    """Public pages whose review is near or late (`review_dates.start_deadlines` started its deadline)."""
    sites = scope.own_sites(WRITE)
    if not sites:
        return None
    found = ReviewDate.objects.filter(review_dates.with_deadline(), site__in=sites)
    note = Concat(Value("đơn vị: "), "unit__name", output_field=CharField())
    return rows(
        found, key="page_id", title="page__title", note=note, site="site", **work_queue.deadlines_of(ReviewDate)
    )


# --- People ------------------------------------------------------------------------------------------


def appointments_ending(scope: Scope) -> Rows | None:
    """Appointments that wait for another person, or end soon, for those who see all of them."""
    if not appointment_rights.may_see_all(scope.user):
        return None
    soon = scope.today + timedelta(days=appointment_notices.SOON_DAYS)
    waits = UNCONFIRMED
    if appointment_rights.is_second_person(scope.user):
        # What others recorded is theirs to confirm (`appointments_to_confirm`).
        waits &= Q(recorded_by=scope.user) | Q(person=scope.user)
    found = Appointment.objects.filter(waits | Q(state=Appointment.State.IN_FORCE, valid_to__lte=soon))
    note = Case(
        When(UNCONFIRMED, then=Concat("role_label", Value(", chờ người thứ hai xác nhận"), output_field=CharField())),
        default=Concat("role_label", Value(", sắp hết hạn"), output_field=CharField()),
    )
    return rows(found, title="person__full_name", note=note, at="recorded_at", site="site", last_day="valid_to")


@work_queue.out_of(lambda: RescuedText.objects.all())
def rescued(scope: Scope) -> Rows | None:
    """The person's own texts that were saved when their session ended."""
    found = RescuedText.objects.filter(user=scope.user, stored_at__gt=scope.moment - rescue.OFFERED_FOR)
    return rows(found, title="label", at="stored_at")


# --- What they should know ---------------------------------------------------------------------------


def of_his_password(scope: Scope) -> list[WorkNotice]:
    left = passwords.days_left(scope.user, scope.moment)
    if left > passwords.WARN_DAYS:
        return []
    when = f"trong {left} ngày tới" if left else "ngay hôm nay"
    return [
        WorkNotice(f"Mật khẩu phải đổi {when}.", reverse("accounts_change_password"), "Đổi mật khẩu", is_grave=not left)
    ]


def of_short_units(scope: Scope) -> list[WorkNotice]:
    if not appointment_rights.may_see_all(scope.user):
        return []
    short = [f"{unit.site} ({unit.count})" for unit in appointment_rights.approvers() if unit.is_short]
    text = f"Thiếu người duyệt (cần ít nhất {appointment_rights.ENOUGH_APPROVERS}): {', '.join(short)}."
    return [WorkNotice(text, reverse("accounts_appointments"), "Xem phân công")] if short else []


def of_late_schedules(scope: Scope) -> list[WorkNotice]:
    """Versions of the person's sites whose hour came and that could not be published; the job goes on trying."""
    if not scope.sites:
        return []
    late = Schedule.objects.filter(
        revision__approved_go_live_at__lt=scope.moment - LATE_AFTER, site__in=scope.sites
    ).count()
    text = f"{late} bài đã duyệt đến giờ mà chưa đăng được; cổng thử lại từng phút, thư báo lỗi đã gửi."
    return [WorkNotice(text, f"{reverse('wagtailadmin_home')}?loai=hen-gio", "Xem các bài ấy")] if late else []


def of_missing_calendar(scope: Scope) -> list[WorkNotice]:
    if not deadlines.may_change_calendar(scope.user):
        return []
    return [
        WorkNotice(
            f"Chưa có lịch chính thức năm {year}; các hạn của năm này chỉ là dự kiến.",
            reverse("workflows_calendar_year", args=[year]),
            f"Nhập lịch năm {year}",
            is_grave=False,
        )
        for year in deadlines.years_without_calendar(scope.today)
    ]


def register_own_work() -> None:
    """Add all of it to the work queue; called once, from `WorkflowsConfig.ready`."""
    page = "wagtailadmin_pages:edit"
    for key, kind, find, address, more in (
        ("duyet", "cho-duyet", reviews, "workflows_review", "workflows_queue"),
        ("go-bo", "go-bo", takedowns, "workflows_takedown", "workflows_takedowns"),
        ("chuyen-trang", "quyet-dinh", moves, "workflows_decide_move", "workflows_queue"),
        ("thay-tep", "quyet-dinh", changed_files, "workflows_file_change", ""),
        ("khan-cap", "quyet-dinh", emergencies, "workflows_second_look", ""),
        ("lich-dang", "quyet-dinh", schedules_to_look_at, "workflows_schedule", ""),
        ("tieu-huy", "quyet-dinh", disposals, "workflows_disposal", ""),
        ("danh-muc-chung", "quyet-dinh", changed_records, "workflows_record_change", ""),
        ("da-gui-duyet", "da-gui", submitted, address_by_key, ""),
        ("da-de-nghi-go", "da-gui", proposed_takedowns, "workflows_takedown", ""),
        ("da-de-nghi-tep", "da-gui", proposed_files, "workflows_file_change", ""),
        ("da-de-nghi-chuyen", "da-gui", proposed_moves, "workflows_decide_move", ""),
        ("da-lap-danh-muc", "da-gui", proposed_disposals, "workflows_disposal", ""),
        ("da-lam-khan-cap", "da-gui", own_emergencies, "workflows_second_look", ""),
        ("da-de-nghi-danh-muc", "da-gui", proposed_records, "workflows_record_change", ""),
        ("tra-lai", "tra-lai", returned, address_by_key, ""),
        ("sua-theo-quyet-dinh", "tra-lai", to_edit, "workflows_takedown", ""),
        ("khan-cap-khong-dong-y", "tra-lai", refused_emergencies, "workflows_second_look", ""),
        ("thoi-han", "thoi-han", deadline_rows, address_by_key, "workflows_deadlines"),
        ("can-sua", "can-sua", to_fix, fix_address, "workflows_live_checks"),
        ("chua-co-ich", "can-sua", found_useless, page, "workflows_opinions"),
        ("ra-soat", "ra-soat", due_for_review, "workflows_review_date", "workflows_review_dates"),
        ("hen-gio", "hen-gio", scheduled, address_by_key, ""),
        ("mat-gio", "hen-gio", hours_lost, address_by_key, ""),
        ("binh-luan", "binh-luan", comments, page, ""),
        ("nguoi-xem-truoc", "binh-luan", remarks_of_outsiders, "workflows_previews", ""),
        ("trang-nhap", "ban-nhap", drafts, page, ""),
        ("xac-nhan-phan-cong", "quyet-dinh", appointments_to_confirm, "accounts_confirm", ""),
        ("phan-cong", "phan-cong", appointments_ending, "accounts_appointment", "accounts_appointments"),
        ("giu-lai", "giu-lai", rescued, "accounts_rescued_text", "accounts_rescued"),
    ):
        work_queue.register_source(key, kind, find, address, more)
    own_bundles.register()
    work_queue.SHOWN_ELSEWHERE.update((TakeDown, ReviewDate))
    work_queue.register_shortcut(
        "Ghi quyết định phân công", "accounts_record", lambda scope: may(scope.user, ADMINISTER)
    )
    work_queue.register_shortcut("Việc tôi đã gửi", "workflows_submissions", lambda scope: bool(scope.sites))
    for find in (of_his_password, of_short_units, of_missing_calendar, of_late_schedules):
        work_queue.register_notice(find)
