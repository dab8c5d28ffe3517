"""What the sender of a comment is told by mail; written into the outbox with the step that causes it.

Senders without a mail address read the same on the tracking page. No mail holds what the sender wrote.
"""

from base.operations.notices import notify
from vietnam.dates import format_short

from ..models import ConsultationComment

TRACKING = "gop-y/tra-cuu/"


def tracking_url(comment: ConsultationComment) -> str:
    """Return the address where the comment can be followed; without the secret."""
    address = comment.page.full_url
    return f"{address}{TRACKING}" if address else ""


def acknowledge(comment: ConsultationComment) -> None:
    """Say that the comment was received: number, secret, when the outcome can be expected."""
    _tell(comment, "comment_received", day=format_short(comment.page.closes_on))


def tell_refused(comment: ConsultationComment) -> None:
    """Say why the comment is not part of what the drafting body gets."""
    _tell(comment, "comment_refused", decided=comment.decided_at.timestamp())


def tell_answered(comment: ConsultationComment) -> None:
    """Say that what became of the comment is public."""
    _tell(comment, "comment_answered")


def _tell(comment: ConsultationComment, kind: str, **context) -> None:
    if not comment.contact.purged_at:
        context |= {"comment": comment, "url": tracking_url(comment), "site": comment.owner_site}
        notify(comment.contact, kind, context, language=comment.language_code)
