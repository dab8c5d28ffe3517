"""From accepted comments to what readers see of them: a draft of the consultation, made public by two persons."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override
from wagtail.log_actions import log
from wagtail.models import WorkflowState

from base.gate import Refused
from base.locking import hold
from base.sites import site_of
from sections.models import ConsultationPage
from workflows import deadlines
from workflows.publishing import approval

from ..models import ConsultationComment
from .deciding import may_handle, refused_for


@transaction.atomic
def prepare_digest(
    page: ConsultationPage, comments: Iterable[ConsultationComment], *, by, on: datetime | None = None
) -> ConsultationPage:
    """Put accepted comments into a new draft version of their consultation; return the page.

    The draft shows number, sender (by name only with their consent), part, text and reply, in the order in which they
    came, and how many were received until `on`. Raises Refused without the right and while the page waits for
    approval, ValidationError for a comment of another draft, one not accepted, and one whose text holds personal data.
    """
    page = hold(page)
    site = site_of(page)
    if not may_handle(by, site):
        raise Refused("Bạn không có quyền tổng hợp ý kiến góp ý của trang này.")
    state = approval.current_state(page)
    if state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS:
        raise Refused("Dự thảo này đang chờ duyệt; hãy đợi duyệt xong hoặc bị trả lại rồi đưa ý kiến vào.")
    moment, comments = on or timezone.now(), list(comments)
    everything = ConsultationComment.objects.on_page(page)
    chosen = list(
        everything.filter(pk__in={comment.pk for comment in comments})
        .select_related("contact")
        .select_for_update(of=("self",))
    )
    _demand_showable(chosen, comments)
    newest = page.get_latest_revision_as_object()
    with override(page.locale.language_code):
        newest.received_comments = [("comment", shown(comment)) for comment in chosen]
    newest.comments_received = everything.filter(received_at__lte=moment).count()
    newest.comments_counted_on = deadlines.local_date(moment)
    newest.save_revision(user=by, changed=True)
    log(
        instance=page,
        action="portal.comment.digest",
        user=by,
        data={"shown": len(chosen), "received": newest.comments_received},
    )
    return page


def shown(comment: ConsultationComment) -> dict[str, str]:
    """Return what readers may see of a comment, by the fields of its block."""
    return {
        "number": comment.number,
        "sender": sender_shown(comment),
        "part": comment.part,
        "text": comment.public_text,
        "reply": comment.reply,
    }


def sender_shown(comment: ConsultationComment) -> str:
    """Return who sent a comment as readers see it: "Cá nhân", or the sender's name when they agreed to be named."""
    contact, kind = comment.contact, str(comment.get_sender_display())
    may_name = contact.may_show_name and contact.name and not (contact.purged_at or contact.withdrawn_at)
    return f"{contact.name} ({kind})" if may_name else kind


def _demand_showable(chosen: list[ConsultationComment], asked: list[ConsultationComment]) -> None:
    wrong = []
    if foreign := {comment.number for comment in asked} - {comment.number for comment in chosen}:
        wrong.append(f"Không phải ý kiến về dự thảo này: {', '.join(sorted(foreign))}.")
    for comment in chosen:
        if comment.state not in ConsultationComment.SHOWN or not comment.public_text:
            wrong.append(f"{comment} chưa được chấp nhận; hãy xem xét ý kiến này trước.")
        for text in (comment.part, comment.public_text, comment.reply):
            if refusal := refused_for(text, comment):
                wrong.append(f"{comment}: {refusal}")
    if wrong:
        raise ValidationError({"comments": wrong})
