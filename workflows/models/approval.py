"""Approval: the task, the workflow of each site, the declarations made at submission, the head's emergency acts."""

from django import forms
from django.conf import settings
from django.db import models
from wagtail.forms import TaskStateCommentForm
from wagtail.models import Task, Workflow

from base.gate import validation_as_refusal
from base.models import PortalFile, PortalSite


class SiteWorkflow(models.Model):
    """The approval workflow of a site; one row a site, so that changing who approves touches one site only."""

    site = models.OneToOneField(PortalSite, on_delete=models.PROTECT, related_name="site_workflow")
    workflow = models.OneToOneField(Workflow, on_delete=models.PROTECT, related_name="site_workflow")

    class Meta:
        verbose_name = "luồng duyệt của trang"
        verbose_name_plural = "luồng duyệt của các trang"

    def __str__(self):
        return f"{self.site} · {self.workflow}"


class RemarkForm(TaskStateCommentForm):
    """What a reviewer is asked for in the dialog of an action; without a dialog nothing is asked for."""

    comment = forms.CharField(label="Ý kiến", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_comment(self):
        comment = self.cleaned_data["comment"].strip()
        if "comment" in self.data and not comment:
            raise forms.ValidationError("Hãy ghi ý kiến: khi trả lại là lý do, khi duyệt là vì sao vẫn đăng.")
        return comment


class EditorialApprovalTask(Task):
    """Review by the Editorial Board (Quy chế Điều 20): approve, or return with a reason.

    Who may do so is asked anew for each object and person (`workflows.publishing.approval.may_approve`): never the user
    who wrote or submitted it.
    """

    class Meta:
        verbose_name = "nhiệm vụ kiểm duyệt"
        verbose_name_plural = "nhiệm vụ kiểm duyệt"

    # The actions are in `workflows.publishing.approval`, which imports this module: it sets itself here, once, when it
    # is loaded.
    policy = None

    def start(self, workflow_state, user=None):
        self.policy.demand_declaration(workflow_state, user)
        return super().start(workflow_state, user=user)

    def locked_for_user(self, obj, user):
        return not self.policy.may_review(user, obj)

    def user_can_access_editor(self, obj, user):
        return self.policy.may_review(user, obj)

    def get_actions(self, obj, user):
        actions = []
        rights = self.policy.rights_of(user, obj)
        if rights.may_return:
            actions.append(("reject", "Trả lại kèm lý do", True))
        is_edited = self.policy.is_edited_since(obj)
        if rights.may_approve and not is_edited and not self.policy.blockers(obj):
            actions.append(("approve", "Duyệt và đăng", self.policy.needs_remark(obj)))
        return actions

    def get_form_for_action(self, action):
        return RemarkForm

    def on_action(self, task_state, user, action_name, **kwargs):
        with validation_as_refusal():
            if action_name == "approve":
                self.policy.approve(task_state, by=user, comment=kwargs.get("comment", ""))
            elif action_name == "reject":
                self.policy.send_back(task_state, by=user, reason=kwargs.get("comment", ""))

    def get_task_states_user_can_moderate(self, user, **kwargs):
        return self.policy.task_states_to_review(user, self)

    @classmethod
    def get_description(cls):
        return "Ban Biên tập kiểm duyệt; người soạn và người gửi không được duyệt bài của mình."


class Declaration(models.Model):
    """What a person declared when submitting one version: that its content is accurate (Quy chế Điều 20.2).

    `warnings`: what the preflight doubted then, one a line; `remark`: why it was submitted all the same. `files`: every
    picture and file that the version shows, as it was then (`declared_files.files_of`); None of before files belonged
    to it. `source_version`: of a translation, the version of its source that it follows, where the submitter said so.
    """

    revision_id = models.BigIntegerField("phiên bản", db_index=True)
    object_label = models.CharField("nội dung", max_length=300)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người cam kết",
        on_delete=models.PROTECT,
        related_name="declarations",
    )
    declared_by_name = models.CharField("tên người cam kết", max_length=150)
    text = models.TextField("lời cam kết")
    declared_at = models.DateTimeField("lúc", auto_now_add=True)
    personal_data_checked = models.BooleanField(
        "đã kiểm tra dữ liệu cá nhân, bí mật nhà nước, bản quyền", default=False
    )

    warnings = models.TextField("điều cần xem lại lúc gửi", blank=True)
    remark = models.TextField("ý kiến của người gửi", blank=True)
    files = models.JSONField("ảnh và tệp lúc gửi", null=True, blank=True)
    source_version = models.BigIntegerField("phiên bản gốc của bản dịch", null=True)

    append_only = True

    class Meta:
        verbose_name = "cam kết"
        verbose_name_plural = "cam kết"

    def __str__(self):
        return f"{self.declared_by_name}: {self.object_label}"


class Contribution(models.Model):
    """A contribution of a person or organisation without an account, entered by the standing office (Điều 20.2)."""

    page_id = models.BigIntegerField("trang", db_index=True)
    contributor_name = models.CharField("người cung cấp", max_length=150)
    organisation = models.CharField("tổ chức", max_length=200, blank=True)
    contact = models.CharField("liên hệ", max_length=200, blank=True, help_text="Chỉ dùng nội bộ, không đăng.")
    received_on = models.DateField("ngày nhận")
    declaration_file = models.ForeignKey(
        PortalFile,
        verbose_name="bản cam kết",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Bản cam kết về tính chính xác do người cung cấp ký (Điều 20.2).",
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    never_deleted = True

    class Meta:
        verbose_name = "bài cộng tác"
        verbose_name_plural = "bài cộng tác"

    def __str__(self):
        return self.contributor_name


class EmergencyAct(models.Model):
    """A publication, a removal or a day of the calendar by the head alone, or an alert by who is on duty.

    With a reason; open until a second person has looked.
    """

    class Kind(models.TextChoices):
        PUBLISH = "publish", "Đăng khẩn cấp"
        REMOVE = "remove", "Gỡ khẩn cấp"
        CALENDAR = "calendar", "Sửa lịch làm việc khẩn cấp"
        ALERT = "alert", "Cảnh báo đăng ngay"

    kind = models.CharField("loại", max_length=10, choices=Kind.choices)
    site = models.ForeignKey(PortalSite, on_delete=models.PROTECT, related_name="+")
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField("nội dung", max_length=300)
    revision_id = models.BigIntegerField(null=True)
    reason = models.TextField("lý do")
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người thực hiện", on_delete=models.PROTECT, related_name="+"
    )
    acted_at = models.DateTimeField("lúc")
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người xem lại",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    looked_at = models.DateTimeField("xem lại lúc", null=True)
    accepted = models.BooleanField("đồng ý", null=True)
    note = models.TextField("ý kiến", blank=True)

    never_deleted = True

    class Meta:
        verbose_name = "việc khẩn cấp"
        verbose_name_plural = "việc khẩn cấp"
        ordering = ["-acted_at"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.object_label}"

    @property
    def is_open(self) -> bool:
        return self.looked_at is None
