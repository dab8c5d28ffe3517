"""What the site's handlers do with a comment: accept or refuse it, and note what became of it.

Each action locks the comment, asks for the right to handle questions on its site, writes one line of the log without
anything of the sender, and returns the comment.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import HANDLE_QUESTIONS, may
from base.gate import Refused
from sections.models import ConsultationPage
from vietnam import text as written

from .. import terms
from ..handling import anonymising
from ..models import CommentContact, ConsultationComment
from . import notices

State = ConsultationComment.State
LONGEST_REPLY = 5_000


def may_handle(user, site) -> bool:
    """Tell whether a person handles the comments of a site."""
    return may(user, HANDLE_QUESTIONS, site)


def refused_for(text: str, comment: ConsultationComment) -> str:
    """Return why a text cannot be public: it holds what the sender gave as their own contact; "" when it can."""
    return as_text_of_comments(anonymising.refusal(text, comment.contact))


def as_text_of_comments(text: str) -> str:
    """Replace "the asker" with "the commenter" in a message: the sender of a comment has asked nothing."""
    return text.replace("người hỏi", "người góp ý")


@transaction.atomic
def accept(comment: ConsultationComment, *, public_text: str, by, on: datetime | None = None) -> ConsultationComment:
    """Take a comment in for the drafting body, with the text that may be public.

    Also for one that was refused before, and once more to correct the text. Raises ValidationError when the text is
    empty or holds what the sender gave as their own contact.
    """
    comment = _hold(comment, by)
    _demand_state(comment, {State.RECEIVED, State.ACCEPTED, State.REFUSED})
    public_text = written.nfc(public_text).strip()
    if not public_text:
        raise ValidationError({"public_text": "Hãy ghi nội dung sẽ đăng, đã bỏ thông tin cá nhân."})
    if refusal := refused_for(public_text, comment):
        raise ValidationError({"public_text": refusal})
    comment.public_text, comment.refusal_reason, comment.is_suspect = public_text, "", False
    CommentContact.objects.filter(comment=comment).update(purge_on=None)
    return _decide(comment, State.ACCEPTED, "accepted", by, on)


@transaction.atomic
def refuse(comment: ConsultationComment, *, reason: str, by, on: datetime | None = None) -> ConsultationComment:
    """Leave a comment out of what the drafting body gets, and tell its sender why; it stays and counts as received."""
    comment = _hold(comment, by)
    _demand_state(comment, {State.RECEIVED, State.ACCEPTED})
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do; người góp ý sẽ đọc được lý do này."})
    comment.refusal_reason, comment.public_text, comment.reply = written.nfc(reason).strip(), "", ""
    comment = _decide(comment, State.REFUSED, "refused", by, on)
    _set_purge_day(comment, comment.decided_at)
    if not comment.is_suspect:
        notices.tell_refused(comment)
    return comment


@transaction.atomic
def note_reply(comment: ConsultationComment, *, reply: str, by, on: datetime | None = None) -> ConsultationComment:
    """Note what became of an accepted comment; readers see it with the next version that two persons make public."""
    comment = _hold(comment, by)
    _demand_state(comment, ConsultationComment.SHOWN)
    reply = written.nfc(reply).strip()
    if not reply:
        raise ValidationError({"reply": "Hãy ghi ý kiến được tiếp thu thế nào, hoặc giải trình vì sao không."})
    if len(reply) > LONGEST_REPLY:
        raise ValidationError({"reply": f"Ý kiến tiếp thu, giải trình tối đa {LONGEST_REPLY} ký tự; hãy rút gọn."})
    if refusal := refused_for(reply, comment):
        raise ValidationError({"reply": refusal})
    comment.reply = reply
    comment.save(update_fields=["reply"])
    log(instance=comment, action="portal.comment.reply", user=by)
    return comment


def note_published(obj, on) -> None:
    """End the comments whose outcome has just become public; called by the action that publishes, in its transaction.

    Answered are, once the consultation shows its outcome, those in the digest that is public now.
    """
    if not isinstance(obj, ConsultationPage) or not obj.outcome_on:
        return
    shown = {entry.value["number"] for entry in obj.received_comments}
    comments = ConsultationComment.objects.on_page(obj).filter(number__in=shown, state=State.ACCEPTED)
    for comment in comments.select_for_update(of=("self",)).select_related("contact", "page", "owner_site"):
        comment.state, comment.answered_at = State.ANSWERED, on or timezone.now()
        comment.save(update_fields=["state", "answered_at"])
        _set_purge_day(comment, comment.answered_at)
        log(instance=comment, action="portal.comment.answered")
        notices.tell_answered(comment)


def _hold(comment: ConsultationComment, by) -> ConsultationComment:
    held = (
        ConsultationComment.objects.select_for_update(of=("self",))
        .select_related("owner_site", "page", "contact")
        .get(pk=comment.pk)
    )
    if not may_handle(by, held.owner_site):
        raise Refused("Bạn không có quyền xem xét ý kiến góp ý của trang này.")
    return held


def _demand_state(comment: ConsultationComment, wanted) -> None:
    if comment.state not in wanted:
        raise Refused(f"{comment} đang ở bước «{comment.get_state_display()}» nên không làm việc này được.")


def _decide(comment: ConsultationComment, state: str, action: str, by, on) -> ConsultationComment:
    comment.state, comment.decided_at = state, on or timezone.now()
    comment.decided_by_name = f"{by.get_full_name()} ({by.get_username()})"[:200]
    comment.save()
    log(instance=comment, action=f"portal.comment.{action}", user=by)
    return comment


def _set_purge_day(comment: ConsultationComment, moment: datetime) -> None:
    CommentContact.objects.filter(comment=comment, purged_at=None).update(purge_on=terms.purge_day(moment))
