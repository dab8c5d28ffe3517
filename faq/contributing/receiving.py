"""Taking in an article that a person without an account sends."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from base.models import PortalSite
from vietnam import text as written

from .. import numbering, submission
from ..handling import succession
from ..models import ContributedArticle, ContributedFile, ContributorContact
from ..models.contribution import LONGEST_AUTHOR
from ..submission import Attached, Contact
from . import due, notices

SHORTEST_TEXT, LONGEST_TEXT = 100, 40_000


@transaction.atomic
def receive(
    site: PortalSite,
    *,
    title: str,
    text: str,
    author_line: str,
    contact: Contact,
    declaration: str,
    files: Iterable[Attached] = (),
    language_code: str = "vi",
    is_suspect: bool = False,
    on: datetime | None = None,
) -> ContributedArticle:
    """Take an article in; return it with number and secret.

    `declaration`: what the sender declared of authorship and accuracy (Điều 20.2). Raises ValidationError (field →
    messages) when something is missing: a title, a text or a file, the name to be shown, the declaration, a channel to
    answer by, the consent to use it.
    """
    moment, files = on or timezone.now(), list(files)
    title, text, author_line = (written.nfc(part).strip() for part in (title, text, author_line))
    if wrong := missing(title, text, author_line, contact, declaration, has_files=bool(files)):
        raise ValidationError(wrong)
    number, year = numbering.next_number(numbering.Series.CONTRIBUTION, moment)
    article = ContributedArticle.objects.create(
        number=number,
        year=year,
        secret=numbering.new_secret(),
        owner_site=succession.site_that_acts(site),
        language_code=language_code,
        title=title[:200],
        text=text,
        author_line=author_line[:LONGEST_AUTHOR],
        declaration=declaration,
        received_at=moment,
        is_suspect=is_suspect,
    )
    ContributorContact.objects.create(contribution=article, **contact.as_row(moment))
    for attached in files:
        submission.store(ContributedFile(contribution=article), attached, moment)
    due.start(article, moment)
    log(instance=article, action="portal.contribution.received")
    # What looks like a program's gets no mail: the address may be another person's.
    if not is_suspect:
        notices.acknowledge(article)
    return article


def find(number: str, secret: str) -> ContributedArticle | None:
    """Return the article of a number and its secret; None alike for each that is wrong."""
    found = ContributedArticle.objects.select_related("owner_site", "page", "contact")
    return numbering.opens(found, number, secret)


def missing(title: str, text: str, author_line: str, contact: Contact, declaration: str, *, has_files: bool) -> dict:
    """Return what an article lacks: {field: message}."""
    wrong = {}
    if not title:
        wrong["title"] = _("Hãy ghi tiêu đề của bài.")
    if problem := problem_of_text(text, has_files=has_files):
        wrong["text"] = problem
    if not author_line:
        wrong["author_line"] = _("Hãy ghi tên hoặc bút danh sẽ nêu khi bài được đăng.")
    if not (contact.email.strip() or contact.phone.strip() or contact.address.strip()):
        wrong["email"] = _("Hãy cho ít nhất một cách liên hệ: thư điện tử, số điện thoại hoặc địa chỉ.")
    if not contact.consent_text:
        wrong["consent"] = _("Hãy đánh dấu đồng ý cho phép xử lý thông tin liên hệ.")
    if not declaration:
        wrong["declaration"] = _("Hãy đánh dấu lời cam kết về quyền tác giả và tính chính xác (Điều 20.2 Quy chế).")
    return wrong


def problem_of_text(text: str, *, has_files: bool) -> str:
    """Return what is wrong with the text of an article, "" for nothing: beside a file it may be short."""
    if len(text) > LONGEST_TEXT:
        return _("Nội dung dài %(length)s ký tự; tối đa %(most)s. Hãy rút gọn hoặc gửi kèm tệp.") % {
            "length": len(text),
            "most": LONGEST_TEXT,
        }
    if len(text) < SHORTEST_TEXT and not has_files:
        return _("Hãy viết bài (ít nhất %(least)s ký tự) hoặc gửi kèm tệp có nội dung bài.") % {"least": SHORTEST_TEXT}
    return ""
