"""What the standing office does with an article of a person without an account, and what its sender may do.

Each action locks the article, asks for right and state, writes one line of the log without anything of the sender, and
returns the article.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from accounts.roles import DISPATCH, may
from base.gate import Refused
from base.operations.log_names import person_text
from base.queries import sql
from base.queries.known_rows import known_once
from vietnam import text as written

from .. import submission, terms
from ..models import ContributedArticle, ContributedFile, ContributionMessage, ContributorContact
from ..submission import Attached
from . import due, notices

State = ContributedArticle.State
LONGEST_MESSAGE = 5_000
WORKED_ON = frozenset({State.RECEIVED, State.WAITING})


def may_handle(user, site) -> bool:
    """Tell whether a person works on what people without an account send to a site: the standing office."""
    return may(user, DISPATCH, site)


# --- The standing office ----------------------------------------------------------------------------


@transaction.atomic
def ask_back(article: ContributedArticle, *, text: str, by, on: datetime | None = None) -> ContributedArticle:
    """Ask the sender of an article something; it waits for the answer."""
    article = hold(article, by, {*WORKED_ON, State.DRAFTED})
    message = _say(article, text, on, by_name=person_text(by))
    if article.state != State.DRAFTED:
        article.state = State.WAITING
    article.is_suspect = False
    article.save(update_fields=["state", "is_suspect"])
    due.note_handled(article, on, by)
    log(instance=article, action="portal.contribution.asked", user=by)
    notices.tell_asked(article, message)
    return article


@transaction.atomic
def decline(article: ContributedArticle, *, reason: str, by, on: datetime | None = None) -> ContributedArticle:
    """Decide that an article is not used, with a reason that its sender reads; a draft of it stays one."""
    article = hold(article, by, {*WORKED_ON, State.DRAFTED})
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do không sử dụng; người gửi sẽ đọc được."})
    article.reply = written.nfc(reason).strip()
    was_suspect = article.is_suspect
    article = _end(article, State.DECLINED, "declined", by, on)
    if not was_suspect:
        notices.tell_declined(article)
    return article


@transaction.atomic
def mark_spam(article: ContributedArticle, *, reason: str, by, on: datetime | None = None) -> ContributedArticle:
    """Put aside what is no article; the row and its number stay."""
    article = hold(article, by, WORKED_ON)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do."})
    return _end(article, State.SPAM, "spam", by, on)


def note_drafted(article: ContributedArticle, page: Page, *, by, on: datetime | None = None) -> ContributedArticle:
    """Note which draft was made of an article; called by the action that makes it, which holds the article."""
    article.page, article.state, article.is_suspect = page, State.DRAFTED, False
    article.save(update_fields=["page", "state", "is_suspect"])
    due.note_handled(article, on, by)
    log(instance=article, action="portal.contribution.drafted", user=by, data={"page": page.pk})
    return article


def origin_of(page: Page, user) -> tuple[str, str] | None:
    """Say of which article a draft was made, with its screen for who works on it (`review_facts.register_origin`)."""
    article = ContributedArticle.objects.filter(page=page).select_related("owner_site").first()
    if article is None:
        return None
    address = reverse("faq_contribution", args=[article.pk]) if may_handle(user, article.owner_site) else ""
    return f"Bài gửi cộng tác {article.number}, {article.author_line}", address


def note_published(obj, on) -> None:
    """End the article whose page has just become public; called by the action that publishes, in its transaction.

    Raises Refused for one that its sender has withdrawn, or that was declined, and for a translation of one that is not
    public: nothing is published then.
    """
    if not isinstance(obj, Page):
        return
    articles = ContributedArticle.objects.select_for_update(of=("self",)).select_related("page")
    article = articles.filter(page__translation_key=obj.translation_key).first()
    if article is None or article.state == State.PUBLISHED:
        return
    if article.state != State.DRAFTED or article.page_id != obj.pk:
        raise Refused(f"{article}: «{article.get_state_display()}» nên không đăng trang này được.")
    article = _end(article, State.PUBLISHED, "published", None, on)
    notices.tell_published(article)


def name_in_logs(key) -> str:
    """Return what logs call the draft of an article: until it is public, its title may name who sent it; "" for others.

    A title in the audit trail would stay after the contact of the article is purged.
    """
    # Of a draft that is published the log speaks as of a draft, to its end.
    rows = known_once(("contributed article of", str(key)), lambda: _numbers_of_drafts(key))
    return f"Bản nháp của bài gửi {rows[0][0]}" if rows else ""


def _numbers_of_drafts(key) -> list[tuple]:
    return sql.read(
        "SELECT number FROM faq_contributedarticle WHERE page_id = %s AND state <> %s ORDER BY id LIMIT 1",
        [key, State.PUBLISHED],
    )


def demand_copyable(page: Page) -> None:
    """Raise Refused for a page with a draft among it and what is below it whose sender may still take it back.

    A copy would not be bound to the article: it could be published after its sender has withdrawn it.
    """
    drafts = Page.objects.descendant_of(page, inclusive=True).values("pk")
    article = ContributedArticle.objects.filter(page__in=drafts).exclude(state=State.PUBLISHED).first()
    if article is not None:
        raise Refused(f"{article} chưa được đăng nên bản nháp của bài không sao chép được; hãy sửa chính bản nháp đó.")


# --- The sender -------------------------------------------------------------------------------------


@transaction.atomic
def answer_back(
    article: ContributedArticle, *, text: str, files: Iterable[Attached] = (), on: datetime | None = None
) -> ContributedArticle:
    """Take the sender's answer to what was asked; the standing office works on. Raises Refused, ValidationError."""
    article = _locked(article)
    if not may_answer(article):
        raise Refused(_("Bài gửi này không chờ trả lời."))
    _say(article, text, on, is_from_sender=True)
    for attached in files:
        submission.store(ContributedFile(contribution=article), attached, on or timezone.now())
    if article.state == State.WAITING:
        article.state = State.RECEIVED
        article.save(update_fields=["state"])
        due.start(article, on or timezone.now())
    log(instance=article, action="portal.contribution.answered")
    return article


@transaction.atomic
def withdraw(article: ContributedArticle, *, on: datetime | None = None) -> ContributedArticle:
    """Let the sender take their article back as long as it is not published. Raises Refused."""
    article = _locked(article)
    if not article.is_open:
        raise Refused(_("Bài gửi này đã kết thúc nên không rút được."))
    return _end(article, State.WITHDRAWN, "withdrawn", None, on)


def may_answer(article: ContributedArticle) -> bool:
    """Tell whether the sender has been asked something since they wrote last."""
    last = article.messages.order_by("-at", "-pk").first()
    return article.is_open and last is not None and not last.is_from_sender


# --- Shared -----------------------------------------------------------------------------------------


def hold(article: ContributedArticle, by, states) -> ContributedArticle:
    """Lock an article on which a person works; Refused without the right, or in another state than these."""
    held = _locked(article)
    if not may_handle(by, held.owner_site):
        raise Refused("Chỉ cơ quan Thường trực xử lý bài gửi cộng tác.")
    if held.state not in states:
        raise Refused(f"{held} đang ở bước «{held.get_state_display()}» nên không làm việc này được.")
    return held


def _locked(article: ContributedArticle) -> ContributedArticle:
    rows = ContributedArticle.objects.select_for_update(of=("self",))
    return rows.select_related("owner_site", "contact", "page").get(pk=article.pk)


def _say(article, text: str, on, *, by_name: str = "", is_from_sender: bool = False) -> ContributionMessage:
    text = written.nfc(text).strip()
    if not text or len(text) > LONGEST_MESSAGE:
        raise ValidationError({"text": _("Hãy ghi nội dung, nhiều nhất %(most)s ký tự.") % {"most": LONGEST_MESSAGE}})
    return ContributionMessage.objects.create(
        contribution=article, at=on or timezone.now(), text=text, by_name=by_name[:200], is_from_sender=is_from_sender
    )


def _end(article: ContributedArticle, state: str, action: str, by, on: datetime | None) -> ContributedArticle:
    moment = on or timezone.now()
    article.state, article.decided_at = state, moment
    article.decided_by_name = person_text(by)
    article.save(update_fields=["state", "decided_at", "decided_by_name", "reply"])
    contact = ContributorContact.objects.filter(contribution=article, purged_at=None)
    contact.update(purge_on=terms.purge_day(moment))
    if state == State.WITHDRAWN:
        due.note_withdrawn(article, moment)
    else:
        due.note_handled(article, moment, by)
    log(instance=article, action=f"portal.contribution.{action}", user=by)
    return article
