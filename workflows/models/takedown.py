"""Take-down (gỡ bỏ, Quy chế Điều 21.2): its own row from the proposal on, and the Wagtail task that decides it."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from wagtail.models import Page, Task, TaskState, WorkflowState

from base.gate import validation_as_refusal
from base.models import PortalSite


class TakeDownQuerySet(models.QuerySet):
    """Take-downs by what they are of."""

    def of(self, subject):
        """Those of a page or a record."""
        if isinstance(subject, Page):
            return self.filter(page_id=subject.pk)
        return self.filter(object_type=subject._meta.label, object_id=str(subject.pk))

    def in_force(self):
        """The one by which something is gone now, the latest; None when there is none."""
        rows = self.filter(state=TakeDown.State.TAKEN_DOWN).select_related("site__unit", "site__parent")
        return rows.order_by("-decided_at").first()


class TakeDown(models.Model):
    """One page, or one record that is no page (`object_type`, `object_id`), proposed for removal, from the proposal to
    its end; never lost, whatever happens to the workflow.

    Labels and addresses of the replacing document are text: no key points to a room above. `group` joins the
    rows of one decision: the pages of a section, the translations of a page, all pages a repeal reaches.
    """

    class Ground(models.TextChoices):
        POLICY_REPEALED = "policy_repealed", "Chính sách, văn bản đã bị bãi bỏ"
        NO_LONGER_SUITABLE = "no_longer_suitable", "Không còn phù hợp với văn bản cấp trên"
        SUPERSEDED = "superseded", "Đã có nội dung mới thay thế"
        ERROR = "error", "Nội dung sai"
        PERSONAL_DATA = "personal_data", "Lộ dữ liệu cá nhân"
        MERGED = "merged", "Đã gộp vào nội dung khác"
        EXPIRED = "expired", "Hết thời hạn đăng"

    class State(models.TextChoices):
        WAITING = "waiting", "Chờ luồng duyệt đang chạy"
        OPEN = "open", "Chờ quyết định"
        TAKEN_DOWN = "taken_down", "Đã gỡ"
        RETAINED_WITH_NOTE = "retained_with_note", "Giữ lại, có ghi chú"
        TO_EDIT = "to_edit", "Chờ chỉnh sửa"
        RESTORED = "restored", "Đã khôi phục"
        WITHDRAWN = "withdrawn", "Đã rút đề nghị"

    class Behaviour(models.TextChoices):
        GONE = "gone", "Báo đã gỡ (410) kèm lý do"
        REDIRECT = "redirect", "Chuyển đến nội dung thay thế"
        NOTICE = "notice", "Giữ trang, hiện ghi chú"

    class Decision(models.TextChoices):
        TAKE_DOWN = "take_down", "Gỡ bỏ"
        RETAIN = "keep", "Giữ lại kèm ghi chú"
        EDIT = "edit", "Yêu cầu chỉnh sửa"

    # Grounds that go before a running approval instead of waiting for it.
    AT_ONCE = frozenset({Ground.ERROR, Ground.PERSONAL_DATA})
    UNDECIDED = frozenset({State.WAITING, State.OPEN})
    # What is not published together with other things.
    AGAINST_PUBLICATION = UNDECIDED | {State.TAKEN_DOWN}

    group = models.UUIDField("quyết định chung", db_index=True)
    page = models.ForeignKey(
        Page, verbose_name="trang", null=True, blank=True, on_delete=models.PROTECT, related_name="takedowns"
    )
    object_type = models.CharField("loại bản ghi", max_length=100, blank=True)
    object_id = models.CharField("mã bản ghi", max_length=40, blank=True)
    site = models.ForeignKey(PortalSite, on_delete=models.PROTECT, related_name="takedowns")
    title = models.CharField("tiêu đề", max_length=300)
    ground = models.CharField("lý do", max_length=20, choices=Ground.choices)
    state = models.CharField("tình trạng", max_length=20, choices=State.choices, default=State.OPEN)
    behaviour = models.CharField("cách xử lý", max_length=10, choices=Behaviour.choices, default=Behaviour.GONE)
    suggestion = models.CharField("đề xuất", max_length=10, choices=Decision.choices, default=Decision.TAKE_DOWN)
    explanation = models.TextField("giải thích cho người đọc", blank=True)
    internal_note = models.TextField("ghi chú nội bộ", blank=True)
    replacement_label = models.CharField("thay thế bởi", max_length=300, blank=True)
    replacement_url = models.CharField("địa chỉ thay thế", max_length=500, blank=True)
    # The replacement by its key, looked up at each redirect; `replacement_url` is what was typed.
    replacement_page = models.ForeignKey(
        Page, verbose_name="trang thay thế", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    replacement_route = models.CharField("địa chỉ dưới trang thay thế", max_length=255, blank=True)

    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("đề nghị lúc")
    due_on = models.DateField("hạn nội bộ", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    decision = models.CharField("quyết định", max_length=10, choices=Decision.choices, blank=True)
    decision_note = models.TextField("nội dung quyết định", blank=True)

    workflow_state = models.ForeignKey(WorkflowState, null=True, on_delete=models.SET_NULL, related_name="+")
    archive_copy_id = models.BigIntegerField("bản lưu trữ", null=True)
    old_url_path = models.CharField("đường dẫn cũ", max_length=1000, blank=True, db_index=True)
    old_slug = models.CharField(max_length=255, blank=True)
    restored_at = models.DateTimeField("khôi phục lúc", null=True)

    objects = TakeDownQuerySet.as_manager()
    never_deleted = True

    class Meta:
        verbose_name = "đề nghị gỡ bỏ"
        verbose_name_plural = "đề nghị gỡ bỏ"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page"],
                condition=Q(state__in=("waiting", "open")),
                name="one_undecided_takedown_a_page",
            ),
            models.UniqueConstraint(
                fields=["object_type", "object_id"],
                condition=Q(state__in=("waiting", "open"), page=None),
                name="one_undecided_takedown_a_record",
            ),
            models.CheckConstraint(
                condition=Q(page__isnull=False, object_type="") | (Q(page=None) & ~Q(object_type="")),
                name="takedown_of_a_page_or_a_record",
            ),
        ]

    def __str__(self):
        return f"{self.get_ground_display()}: {self.title}"

    @property
    def public_title(self) -> str:
        """The title as readers may be told it; "" where it may itself be what was disclosed."""
        return "" if self.ground == self.Ground.PERSONAL_DATA else self.title

    @property
    def subject(self):
        """The page (as specific) or the record, as it is stored now."""
        if self.page_id:
            return self.page.specific
        return apps.get_model(self.object_type)._base_manager.get(pk=self.object_id)

    def note_last_day(self, day) -> None:
        """Keep the last day of the deadline, which moves with an extension or the calendar."""
        self.due_on = day
        self.save(update_fields=["due_on"])


class ArchivalUnpublishTask(Task):
    """Wagtail's task for a take-down: a second person takes it down, keeps it with a note, or sends it to edit."""

    class Meta:
        verbose_name = "nhiệm vụ gỡ bỏ lưu trữ"
        verbose_name_plural = "nhiệm vụ gỡ bỏ lưu trữ"

    # Set by `workflows.publishing.takedown`, which imports this module.
    policy = None

    @classmethod
    def get_task_state_class(cls):
        return ArchivalUnpublishTaskState

    def start(self, workflow_state, user=None):
        return self.policy.start_task(self, super().start, workflow_state, user)

    def get_actions(self, obj, user):
        if not self.policy.may_decide_on(user, obj):
            return []
        return [
            ("take_down", "Gỡ bỏ trang", True),
            ("keep", "Giữ lại kèm ghi chú", True),
            ("edit", "Yêu cầu chỉnh sửa", True),
        ]

    def on_action(self, task_state, user, action_name, **kwargs):
        if action_name in TakeDown.Decision.values:
            takedown = task_state.specific.takedown
            with validation_as_refusal():
                self.policy.decide(takedown, action_name, by=user, note=kwargs.get("comment", ""))

    def get_task_states_user_can_moderate(self, user, **kwargs):
        return self.policy.task_states_to_decide(user, self)

    @classmethod
    def get_description(cls):
        return "Người thứ hai quyết định gỡ bỏ, giữ lại kèm ghi chú hoặc yêu cầu chỉnh sửa (Điều 21.2)."


class ArchivalUnpublishTaskState(TaskState):
    """The state of a take-down task, bound to its `TakeDown` row."""

    takedown = models.ForeignKey(TakeDown, null=True, on_delete=models.CASCADE, related_name="task_states")

    class Meta:
        verbose_name = "trạng thái gỡ bỏ"
        verbose_name_plural = "trạng thái gỡ bỏ"
