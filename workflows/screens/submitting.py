"""The screens before a decision: send a version to be approved, take it back."""

from django.forms import Form
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.utils import get_latest_str
from wagtail.models import Page

from accounts.roles import DISPATCH, may, owner_site
from base.admin.field_anchors import edit_address

from ..deadlines import late_reasons
from ..publishing import approval, review_facts
from ..translations import sources
from .forms import (
    SubmitForm,
)
from .subjects import QueueActionView, ThingMixin, described


class RecallView(ThingMixin, QueueActionView):
    """Takes back what waits for approval."""

    form_class = Form
    title = "Rút về để sửa"
    header_icon = "resubmit"
    template_name = "workflows/recall.html"
    submit_label = "Rút về để sửa"
    success_message = "Đã rút; nội dung trở lại là bản nháp. Sửa xong hãy gửi duyệt lại."

    def seen(self):
        """The version that waits."""
        older = approval.waiting_review(self.object)
        return [self.object, older.pk if older else None]

    def get_context_data(self, **kwargs):
        return super().get_context_data(edit_address=edit_address(self.object), **kwargs)

    def closed(self):
        return "" if approval.waiting_review(self.object) else "Nội dung này không còn chờ duyệt."

    def way_on(self):
        return {"url": edit_address(self.object), "words": "Mở bài"}

    def call(self, form):
        approval.recall(self.object, by=self.request.user)


class SubmitView(ThingMixin, QueueActionView):
    """Preflight and declaration of accuracy, for a page or any draftable record."""

    help_rule = "submit"
    template_name = "workflows/submit.html"
    form_class = SubmitForm
    title = "Gửi duyệt"
    header_icon = "check"
    submit_label = "Gửi duyệt"

    def seen(self):
        """The newest version of the page or record, and the one that waits."""
        return [self.object, self.older.pk if self.older else None]

    def closed(self):
        return approval.waits_already(self.object)

    def way_on(self):
        if self.older is None:
            return None
        return {"url": reverse("workflows_review", args=[self.older.pk]), "words": "Mở bài đang chờ duyệt"}

    @cached_property
    def older(self):
        """The step of the review that waits, of an older version or of this one."""
        return approval.waiting_review(self.object)

    @cached_property
    def findings(self):
        return approval.findings_at_submission(self.object)

    def get_form_kwargs(self):
        entering = may(self.request.user, DISPATCH, owner_site(self.object)) and isinstance(self.object, Page)
        has_warnings = any(not finding.is_blocker for finding in self.findings)
        return {
            **super().get_form_kwargs(),
            "may_enter_contributions": entering,
            "has_warnings": has_warnings,
            "late": late_reasons.asked_of(self.object),
            "has_source": sources.version_to_follow(self.object) is not None,
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            edit_url=edit_address(self.object),
            older=self.older,
            saved_since=review_facts.saved_since(self.older, self.object) if self.older else [],
            blockers=[described(self.object, finding) for finding in self.findings if finding.is_blocker],
            warnings=[described(self.object, finding) for finding in self.findings if not finding.is_blocker],
            **kwargs,
        )

    def call(self, form):
        approval.submit(
            self.object,
            by=self.request.user,
            declaration=form.cleaned_data["declaration"],
            contribution=form.contribution(),
            remark=form.cleaned_data.get("remark", ""),
            late_reason=form.cleaned_data.get("late_reason", ""),
            follows_source=form.cleaned_data.get("follows_source", False),
        )

    def get_success_message(self):
        return f"Đã gửi duyệt «{get_latest_str(self.object)}». Ban Biên tập sẽ xem xét."


def submit_url(obj) -> str:
    """Return the address of the screen on which a page or record is submitted."""
    return _url_of("workflows_submit", obj)


def recall_url(obj) -> str:
    """Return the address of the screen that takes back what waits."""
    return _url_of("workflows_recall", obj)


def _url_of(name: str, obj) -> str:
    kind = Page if isinstance(obj, Page) else obj
    return reverse(name, args=[kind._meta.app_label, kind._meta.model_name, obj.pk])
