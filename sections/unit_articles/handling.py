"""2. The standing office gives an article of a unit back, does not use it, or makes a draft of it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from base.gate import Refused
from base.operations.notices import notify
from base.sites import city_site
from vietnam import text as written

from ..drafting import body_of
from ..models import ArticlePage, SectionIndexPage, UnitArticle
from . import seeing
from .writing import held, sections, writers

State = UnitArticle.State
NO_REASON = "Hãy ghi lý do; người viết đọc được nguyên văn."


@transaction.atomic
def give_back(article: UnitArticle, *, reason: str, by, on: datetime | None = None) -> UnitArticle:
    """Give an article back to its writer with what is missing. Raises Refused, ValidationError without a reason."""
    return _decided(_sent(article, by), State.RETURNED, "give_back", reason, by, on)


@transaction.atomic
def decline(article: UnitArticle, *, reason: str, by, on: datetime | None = None) -> UnitArticle:
    """Decide that an article is not used, with a reason that its writer reads. Raises as `give_back`."""
    return _decided(_sent(article, by), State.DECLINED, "decline", reason, by, on)


@transaction.atomic
def make_draft(article: UnitArticle, *, section: SectionIndexPage | None, by, on: datetime | None = None) -> Page:
    """Make a draft of an article below a section of the city's site; return it.

    Its first versions are those of the unit's writers, who therefore approve nothing of it; who made the draft wrote
    it too. Raises Refused without the right or state, ValidationError without a section of the city that takes
    articles.
    """
    article = _sent(article, by)
    if section is None or section.pk not in {found.pk for found in sections()}:
        raise ValidationError({"section": "Hãy chọn chuyên mục nhận bài."})
    moment, site = on or timezone.now(), city_site()
    page = ArticlePage(
        title=article.title, live=False, owner=by, locale=section.locale, **ArticlePage.defaults_for(site, by)
    )
    page.body = body_of(ArticlePage, article.text)
    page.author_name, page.source_name = article.author_line, article.unit.full_name[:200]
    page.responsible_unit = article.unit
    section.add_child(instance=page)
    log(instance=page, action="wagtail.create", user=by, content_changed=True, timestamp=moment)
    for writer in (*writers(article), by):
        page.save_revision(user=writer, log_action=False)
    article.page = page
    _decided(article, State.TAKEN, "make_draft", f"Bản nháp ở chuyên mục «{section.title}».", by, on)
    return page


def _sent(article: UnitArticle, by) -> UnitArticle:
    article = held(article)
    if not seeing.may_handle(by):
        raise Refused("Chỉ cơ quan Thường trực Ban Biên tập xử lý bài của đơn vị.")
    if by in writers(article):
        raise Refused("Người viết bài không tự xử lý bài của mình.")
    if article.state != State.SENT:
        raise Refused(f"Bài đang ở bước «{article.state_label}» nên không làm việc này được.")
    return article


def _decided(article: UnitArticle, state: str, action: str, reason: str, by, on: datetime | None) -> UnitArticle:
    if not reason.strip():
        raise ValidationError({"reason": NO_REASON})
    article.state, article.reply = state, written.nfc(reason).strip()
    article.handled_by, article.handled_at = by, on or timezone.now()
    article.save()
    data = {"reason": article.reply, **({"page": article.page_id} if article.page_id else {})}
    log(instance=article, action=f"portal.unit_article.{action}", user=by, data=data)
    notify(article.written_by, "unit_article_handled", {"article": article})
    return article
