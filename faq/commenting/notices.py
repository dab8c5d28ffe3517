"""What the sender of a comment is told by mail; written into the outbox with the step that causes it.

Without a mail address he reads the same on the tracking page. No mail holds what he wrote.
"""

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from base.operations.mail import FORGET_HEADER, KEY_HEADER
from vietnam.dates import format_short

from ..models import ConsultationComment

TRACKING = "gop-y/tra-cuu/"


def tracking_url(comment: ConsultationComment) -> str:
    """Return the address where the comment can be followed; without the secret."""
    address = comment.page.full_url
    return f"{address}{TRACKING}" if address else ""


def acknowledge(comment: ConsultationComment) -> None:
    """Say that the comment was received: number, secret, when the outcome can be expected."""
    with translation.override(comment.language_code):
        _tell(
            comment,
            "received",
            _("Đã tiếp nhận ý kiến góp ý %(number)s") % {"number": comment.number},
            _("Cổng thông tin đã tiếp nhận ý kiến góp ý của ông/bà về: %(title)s") % {"title": comment.page.title},
            _("Số ý kiến: %(number)s") % {"number": comment.number},
            _("Mã tra cứu: %(secret)s") % {"secret": comment.secret},
            _("Lấy ý kiến đến hết ngày %(day)s; kết quả tiếp thu, giải trình được đăng tại trang của dự thảo.")
            % {"day": format_short(comment.page.closes_on)},
        )


def tell_refused(comment: ConsultationComment) -> None:
    """Say why the comment is not part of what the drafting body gets."""
    with translation.override(comment.language_code):
        _tell(
            comment,
            f"refused-{comment.decided_at.timestamp():.0f}",
            _("Ý kiến góp ý %(number)s không đưa vào tổng hợp") % {"number": comment.number},
            _("Lý do: %(reason)s") % {"reason": comment.refusal_reason},
        )


def tell_answered(comment: ConsultationComment) -> None:
    """Say that what became of the comment is public."""
    with translation.override(comment.language_code):
        _tell(
            comment,
            "answered",
            _("Đã có kết quả tiếp thu, giải trình ý kiến %(number)s") % {"number": comment.number},
            comment.reply or _("Kết quả tiếp thu, giải trình chung đã được đăng."),
            comment.page.full_url or "",
        )


def _tell(comment: ConsultationComment, key: str, subject: str, *lines: str) -> None:
    contact = comment.contact
    if not contact.email or contact.purged_at:
        return
    url = tracking_url(comment)
    footer = [_("Tra cứu: %(url)s") % {"url": url}] if url else []
    EmailMessage(
        subject,
        "\n\n".join(line for line in [*lines, *footer, comment.owner_site.name] if line),
        None,
        [contact.email],
        headers={KEY_HEADER: f"comment-{comment.pk}-{key}", FORGET_HEADER: "yes"},
    ).send()
