"""The screen of a review: the version as readers will see it, what changed, what is known of it; approve or return."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from wagtail.models import Comment, CommentReply, Page, Revision, TaskState

from accounts.roles import owner_site
from base.admin.field_anchors import edit_address, label_of
from vietnam.dates import format_moment

from ..deadlines import late_reasons
from ..drafts import preview_answers
from ..models import EditorialApprovalTask
from ..publishing import approval, claims, review_facts, schedules
from .forms import (
    ReviewForm,
)
from .subjects import QueueActionView, demand_works_on, described, preview_url
from .submitting import submit_url


class ReviewView(QueueActionView):
    """One version under review: as readers will see it, what is known of it, what changed; approve or return."""

    help_rule = "review"
    template_name = "workflows/review.html"
    form_class = ReviewForm
    title = "Xem xét và duyệt"
    header_icon = "view"

    def seen(self):
        """The step of the approval with its version, the newest version, and what is public."""
        subject = self.subject_of(self.task_state)
        return [self.task_state, subject.latest_revision_id, subject.live_revision_id]

    def closed(self):
        ending = review_facts.ending(self.task_state)
        return f"Việc này đã được xử lý. {ending} {self.appears}".rstrip() if ending else ""

    def way_on(self):
        newer = review_facts.newer_review(self.task_state, self.subject_of(self.task_state))
        if newer is None:
            approved = self.task_state.status == TaskState.STATUS_APPROVED
            address = self.public_address() if approved else ""
            return {"url": address, "words": "Xem trang công khai"} if address else None
        by, when = newer.workflow_state.requested_by, format_moment(newer.started_at)
        words = f"Mở bài gửi mới ({review_facts.name_of(by)} gửi lúc {when})"
        return {"url": reverse("workflows_review", args=[newer.pk]), "words": words}

    def get_form_kwargs(self):
        late = late_reasons.asked_of(self.subject_of(self.task_state)) if self.rights.may_approve else []
        return {**super().get_form_kwargs(), "late": late}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if self.saved_since:
            field = form.fields["decision"]
            field.choices = [choice for choice in field.choices if choice[0] != "approve"]
            field.error_messages["invalid_choice"] = (
                f"Bản đã gửi không duyệt được nữa: nội dung đã được sửa sau khi gửi "
                f"({review_facts.who_saved(self.saved_since)})."
            )
        return form

    @cached_property
    def saved_since(self):
        """The versions saved after the one that waits for the decision."""
        if self.task_state.status != TaskState.STATUS_IN_PROGRESS:
            return []
        return review_facts.saved_since(self.task_state, self.subject_of(self.task_state))

    @cached_property
    def appears(self) -> str:
        """When the version is public, as text."""
        if approval.is_practice(self.subject_of(self.task_state)):
            return "Không: trang thực hành."
        return review_facts.appears(self.task_state, timezone.now())

    def public_address(self) -> str:
        """Where readers find it now; "" while they do not."""
        obj = self.subject_of(self.task_state)
        public = type(obj).objects.filter(pk=obj.pk, live=True).first()
        return getattr(public, "full_url", "") or ""

    def to_hold(self):
        return [[self.subject_of(self.task_state)], [self.task_state]]

    @cached_property
    def task_state(self):
        task_state = get_object_or_404(TaskState, pk=self.kwargs["pk"]).specific
        if not isinstance(task_state.task.specific, EditorialApprovalTask):
            raise Http404
        demand_works_on(self.request.user, owner_site(self.subject_of(task_state)))
        return task_state

    @staticmethod
    def subject_of(task_state):
        obj = task_state.revision.content_object
        return obj.specific if hasattr(obj, "specific") else obj

    @cached_property
    def rights(self):
        """What the person may do about what is under review."""
        return approval.rights_of(self.request.user, self.subject_of(self.task_state))

    @cached_property
    def version(self):
        """What waits, as an object."""
        return self.task_state.revision.as_object()

    @cached_property
    def findings(self):
        """What the preflight says of it now."""
        return approval.findings_of(self.version)

    def choices_offered(self, choices):
        """What the person has no right to decide is not offered, nor what would be refused."""
        is_stopped = any(finding.is_blocker for finding in self.findings)
        allowed = {"approve": self.rights.may_approve and not is_stopped, "return": self.rights.may_return}
        return [choice for choice in choices if allowed[choice[0]]]

    def get_context_data(self, **kwargs):
        obj = self.subject_of(self.task_state)
        version, findings = self.version, self.findings
        declared = approval.declaration_of(self.task_state.revision_id)
        user, rights = self.request.user, self.rights
        returns = review_facts.returns(self.task_state, obj)
        return super().get_context_data(
            subject=str(version),
            version=version,
            task_state=self.task_state,
            claim=claims.claim_of(self.task_state),
            edit_url=edit_address(obj),
            saved_since=self.saved_since,
            newest=obj.get_latest_revision_as_object() if self.saved_since else None,
            renew_url=submit_url(obj) if approval.may_renew(user, obj) else "",
            former_life=review_facts.former_life(obj),
            preview_url=preview_url(obj, self.task_state.revision_id),
            papers=review_facts.papers(version),
            compare_url=compare_url(obj, self.task_state.revision_id),
            returns=returns,
            returned_version=returns[0].revision.as_object() if returns else None,
            appears=self.appears,
            public=obj if obj.live else None,
            comments=open_comments(obj),
            outside_answers=preview_answers.of_page(obj) if isinstance(obj, Page) else [],
            submitted_by=self.task_state.workflow_state.requested_by,
            supplied=review_facts.supplied(obj),
            origin=review_facts.origin(obj, user),
            remark=declared.remark if declared else "",
            new_warnings=[described(obj, finding) for finding in approval.unanswered(findings, declared)],
            blockers=[described(obj, finding) for finding in findings if finding.is_blocker],
            warnings=[described(obj, finding) for finding in findings if not finding.is_blocker],
            end=version.expire_at,
            may_approve=not self.saved_since and rights.may_approve,
            may_return=rights.may_return,
            is_writer=rights.is_writer,
            **kwargs,
        )

    def call(self, form):
        if form.cleaned_data["decision"] == "approve":
            # Asked before the action: a version that is public does not have its hour any more.
            passed = self.passed
            typed = {name: form.cleaned_data.get(name, "") for name in ("comment", "late_reason")}
            approval.approve(self.task_state, by=self.request.user, **typed)
            self.success_message = self.approval_message(passed)
        else:
            approval.send_back(self.task_state, by=self.request.user, reason=form.cleaned_data["comment"])
            self.success_message = "Đã trả lại kèm lý do."

    def approval_message(self, passed) -> str:
        """What the approval did, with a link: published at once, also because its hour had passed, or later."""
        revision = self.task_state.revision
        if approval.is_practice(self.subject_of(self.task_state)):
            return f"Đã duyệt «{revision.object_str}». Trang thực hành: bài không công khai, vẫn là bản nháp."
        later = Revision.objects.filter(pk=revision.pk).values_list("approved_go_live_at", flat=True).first()
        if later:
            address, words = reverse("workflows_review", args=[self.task_state.pk]), "Xem bản đã duyệt"
            message = f"Đã duyệt, sẽ đăng lúc {format_moment(later)}: «{revision.object_str}»."
        else:
            address, words = self.public_address(), "Xem trang công khai"
            message = f"Đã duyệt và đăng «{revision.object_str}»."
            if passed:
                message = f"{message} Giờ hẹn {format_moment(passed)} đã qua nên bài được đăng ngay khi duyệt."
        return format_html('{} <a href="{}">{}</a>', message, address, words) if address else message

    @cached_property
    def passed(self):
        """The hour of the version when it has passed while it waited for the decision."""
        return schedules.hour_passed(self.task_state.revision.as_object(), timezone.now())


def open_comments(obj) -> list[dict]:
    """Return the remarks in a page that are not closed yet, with their answers, in the order of writing."""
    if not isinstance(obj, Page):
        return []
    found = Comment.objects.filter(page_id=obj.pk, resolved_at=None).select_related("user").order_by("created_at", "pk")
    answers = CommentReply.objects.select_related("user").order_by("created_at", "pk")
    return [
        {
            "user": comment.user,
            "created_at": comment.created_at,
            "text": comment.text,
            "place": label_of(obj, comment.contentpath.split(".")[0]),
            "replies": comment.replies.all(),
        }
        for comment in found.prefetch_related(Prefetch("replies", queryset=answers))
    ]


def compare_url(obj, revision_id) -> str:
    """Address of the comparison with what is public, or an empty string for something new."""
    return changes_url(obj, "live", revision_id) if obj.live else ""


def changes_url(obj, before, after) -> str:
    """Address of the comparison of two versions, by their numbers; "live": the public one."""
    if isinstance(obj, Page):
        return reverse("wagtailadmin_pages:revisions_compare", args=[obj.pk, before, after])
    return reverse(obj.snippet_viewset.get_url_name("revisions_compare"), args=[obj.pk, before, after])
