"""Taking in a comment on a draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from base.gate import Refused
from base.sites import site_of
from sections.models import ConsultationPage
from vietnam import text as written
from vietnam.dates import format_short

from .. import numbering, submission
from ..handling import succession
from ..models import CommentContact, CommentFile, ConsultationComment
from ..open_days import NotNow, why_not
from ..submission import Attached, Contact
from . import notices

SHORTEST_TEXT, LONGEST_TEXT, LONGEST_PART = 10, 20_000, 200


class WindowClosed(Refused):
    """The consultation takes no comments at this moment."""


@dataclass(frozen=True)
class ReceivedComment:
    """A comment that was received, and its secret."""

    comment: ConsultationComment
    secret: str


@transaction.atomic
def receive(
    page: ConsultationPage,
    *,
    text: str,
    contact: Contact,
    part: str = "",
    sender: str = ConsultationComment.Sender.PERSON,
    files: Iterable[Attached] = (),
    language_code: str = "vi",
    is_suspect: bool = False,
    opened_at: datetime | None = None,
    on: datetime | None = None,
) -> ReceivedComment:
    """Take a comment on a draft in; return it with its secret.

    `opened_at`: when the form was opened, as the portal signed it. Raises WindowClosed before the first and after the
    last day of the window (but see `open_days.GRACE`), ValidationError (field → messages) for a text too short or too
    long, and without a channel to answer by or without consent.
    """
    moment = on or timezone.now()
    demand_window(page, moment, opened_at)
    text, part = written.nfc(text).strip(), written.nfc(part).strip()
    _demand_comment(text, part, sender, contact)
    number, year = numbering.next_number(numbering.Series.COMMENT, moment)
    comment = ConsultationComment.objects.create(
        number=number,
        year=year,
        secret=numbering.new_secret(),
        page=page,
        owner_site=succession.site_that_acts(site_of(page)),
        language_code=language_code,
        sender=sender,
        part=part,
        text=text,
        received_at=moment,
        is_suspect=is_suspect,
    )
    CommentContact.objects.create(comment=comment, **contact.as_row(moment))
    for attached in files:
        submission.store(CommentFile(comment=comment), attached, moment)
    log(instance=comment, action="portal.comment.received", data={"page": page.pk})
    # What looks like a program's gets no mail: the address may be another person's.
    if not is_suspect:
        notices.acknowledge(comment)
    return ReceivedComment(comment, comment.secret)


def demand_window(page: ConsultationPage, on: datetime, opened_at: datetime | None = None) -> None:
    """Raise WindowClosed unless the consultation takes comments now, or did when the form was opened a moment ago."""
    reason = why_not(page, on, opened_at)
    if reason is None:
        return
    if reason == NotNow.AWAY:
        raise WindowClosed(_("Trang này không nhận ý kiến góp ý."))
    if reason == NotNow.UPCOMING:
        raise WindowClosed(_("Dự thảo này chưa đến ngày lấy ý kiến."))
    raise WindowClosed(
        _(
            "Thời hạn góp ý đã hết vào cuối ngày %(day)s nên ý kiến này chưa được tiếp nhận. Nội dung ông/bà đã viết "
            "vẫn còn bên dưới để chép lại; có thể gửi trực tiếp đến %(body)s, thư điện tử %(mail)s."
        )
        % {"day": format_short(page.closes_on), "body": page.receiving_body, "mail": page.receiving_email}
    )


def find(number: str, secret: str) -> ConsultationComment | None:
    """Return the comment of a number and its secret; None alike for each that is wrong."""
    found = ConsultationComment.objects.select_related("page", "owner_site")
    return numbering.opens(found, number, secret)


def _demand_comment(text: str, part: str, sender: str, contact: Contact) -> None:
    wrong = {}
    if len(text) < SHORTEST_TEXT:
        wrong["text"] = _("Nội dung quá ngắn; hãy viết ít nhất %(number)s ký tự.") % {"number": SHORTEST_TEXT}
    elif len(text) > LONGEST_TEXT:
        wrong["text"] = _("Nội dung dài %(length)s ký tự; tối đa %(most)s. Hãy rút gọn hoặc gửi kèm tệp.") % {
            "length": len(text),
            "most": LONGEST_TEXT,
        }
    if len(part) > LONGEST_PART:
        wrong["part"] = _("Tên phần của dự thảo tối đa %(most)s ký tự; hãy rút gọn.") % {"most": LONGEST_PART}
    if sender not in ConsultationComment.Sender.values:
        wrong["sender"] = _("Hãy chọn góp ý với tư cách cá nhân hoặc tổ chức.")
    if not (contact.email.strip() or contact.phone.strip() or contact.address.strip()):
        wrong["email"] = _("Hãy cho ít nhất một cách liên hệ: thư điện tử, số điện thoại hoặc địa chỉ.")
    if not contact.consent_text:
        wrong["consent"] = _("Hãy đánh dấu đồng ý cho phép xử lý thông tin liên hệ.")
    if wrong:
        raise ValidationError(wrong)
