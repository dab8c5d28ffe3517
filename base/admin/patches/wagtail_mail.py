"""Wagtail's own mails, about workflows and about comments in a draft, leave as notices of this portal.

So their texts stand with all others (`workflows/templates/workflows/mails/`), and what a person turned off is asked in
one place. The text of a comment is part of the draft: a user who may no longer see the draft (Wagtail writes to all
who once took part) gets no text by mail either. Written for Wagtail 8.0; goes when Wagtail lets a project send these.
"""

from collections.abc import Callable

from wagtail.admin.mail import (
    BaseWorkflowStateEmailNotifier,
    EmailNotificationMixin,
    WorkflowStateApprovalEmailNotifier,
)
from wagtail.admin.utils import get_latest_str
from wagtail.admin.views.pages import edit

from ...authority import belongs_to
from ...operations.notices import notify

_outcome: Callable | None = None


def register_outcome(function: Callable) -> None:
    """Let `workflows` say what was decided at the end of one: `function(workflow_state)` → facts for the text."""
    global _outcome
    _outcome = function


def send_as_notices() -> None:
    """Let Wagtail's notifiers and the editor call `notify`; runs once, when `wagtail_hooks` is loaded."""
    EmailNotificationMixin.get_valid_recipients = _recipients
    EmailNotificationMixin.get_template_set = _kind
    EmailNotificationMixin.send_notifications = _send
    WorkflowStateApprovalEmailNotifier.get_context = _context_of_approval
    edit.send_notification = _send_comments


def _recipients(self, instance, **kwargs) -> set:
    """Return all users concerned; `notify` asks what each of them turned off."""
    return {user for user in self.get_recipient_users(instance, **kwargs) if user}


def _kind(self, instance, **kwargs) -> str:
    """The kind of notice, which has the name that Wagtail's template would have: "workflow_state_rejected"."""
    return self.get_template_base_prefix(instance) + self.notification


def _context_of_approval(self, workflow_state, **kwargs) -> dict:
    """What Wagtail says of a workflow that ended, and what was decided: a take-down is one as well."""
    context = BaseWorkflowStateEmailNotifier.get_context(self, workflow_state, **kwargs)
    return {**context, **(_outcome(workflow_state) if _outcome else {})}


def _send(self, kind: str, context: dict, recipients: set, **kwargs) -> None:
    page = context.get("page")
    title = page.get_admin_display_title() if page else get_latest_str(context["object"])
    notify(recipients, kind, {**context, "title": title})


def _send_comments(recipients, kind: str, context: dict) -> None:
    page = context["page"]
    notify([user for user in recipients if belongs_to(user, page)], kind, context)
