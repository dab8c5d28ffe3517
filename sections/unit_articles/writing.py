"""1. A contributor of a unit writes an article, sends it to the standing office and takes it back.

Each action locks the article, asks for right and state, writes one line of the log and returns the article.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from accounts.roles import DISPATCH, SUPPLY, holders
from accounts.unit_roles import may_for_unit
from base.gate import Refused
from base.models import OrganisationUnit
from base.operations.notices import notify
from base.sites import city_site
from vietnam import text as written

from ..drafting import taking_articles
from ..models import SectionIndexPage, UnitArticle
from . import seeing

State = UnitArticle.State
SHORTEST_TEXT, LONGEST_TEXT = 100, 40_000
DECLARATION = (
    "Tôi cam kết nội dung bài chính xác, không vi phạm quyền tác giả của người khác, và thay mặt đơn vị cung cấp bài "
    "này cho trang thông tin điện tử (Điều 20.2 Quy chế ban hành kèm theo Quyết định 01/2020/QĐ-UBND)."
)
# What the log says of who wrote: it is asked who wrote an article before another took it over.
WRITE = "portal.unit_article.write"
NOT_YOURS = "Bạn không viết bài cho đơn vị này."


@transaction.atomic
def begin(unit: OrganisationUnit, *, by, on: datetime | None = None, **fields) -> UnitArticle:
    """Begin an article of a unit; return it. `fields`: `title`, `text`, `author_line`, `section` (a section or None).

    Raises Refused for who does not write for the unit, ValidationError for what is missing or too long.
    """
    if not may_for_unit(by, SUPPLY, unit.pk) or unit.valid_to is not None:
        raise Refused(NOT_YOURS)
    article = UnitArticle(unit=unit, written_by=by)
    _fill(article, fields, on)
    log(instance=article, action=WRITE, user=by)
    return article


@transaction.atomic
def save(article: UnitArticle, *, by, on: datetime | None = None, **fields) -> UnitArticle:
    """Write on an article that was not sent, or came back; raises as `begin`."""
    article = _own(article, by)
    _fill(article, fields, on)
    log(instance=article, action=WRITE, user=by)
    return article


@transaction.atomic
def send(article: UnitArticle, *, by, on: datetime | None = None, declaration: bool) -> UnitArticle:
    """Send an article to the standing office with the declaration of accuracy; it is told.

    Raises Refused for who did not write it or once it is sent, ValidationError without the declaration or for a text
    that is too short.
    """
    article = _own(article, by)
    errors = {}
    if len(article.text) < SHORTEST_TEXT:
        errors["text"] = f"Bài cần ít nhất {SHORTEST_TEXT} ký tự; hãy viết thêm rồi gửi."
    if not article.author_line:
        errors["author_line"] = "Hãy ghi tên tác giả nêu dưới bài khi đăng, ví dụ tên người viết hoặc tên đơn vị."
    if not declaration:
        errors["declaration"] = "Hãy đánh dấu lời cam kết về tính chính xác (Điều 20.2) rồi gửi lại."
    if errors:
        raise ValidationError(errors)
    article.state, article.sent_at, article.declaration = State.SENT, on or timezone.now(), DECLARATION
    article.reply = ""
    article.save(update_fields=["state", "sent_at", "declaration", "reply"])
    log(instance=article, action="portal.unit_article.send", user=by)
    notify(holders(DISPATCH, city_site()), "unit_article_sent", {"article": article})
    return article


@transaction.atomic
def take_back(article: UnitArticle, *, by) -> UnitArticle:
    """Take an article back that the standing office has not worked on. Raises Refused without the right, too late."""
    article = held(article)
    _demand_writer(article, by)
    if article.state != State.SENT:
        raise Refused(f"Bài đang ở bước «{article.state_label}» nên không rút được.")
    article.state = State.WRITTEN
    article.save(update_fields=["state"])
    log(instance=article, action="portal.unit_article.take_back", user=by)
    return article


@transaction.atomic
def discard(article: UnitArticle, *, by) -> None:
    """Discard an article that was never sent. Raises Refused without the right, and for one that was."""
    article = _own(article, by)
    if article.sent_at is not None:
        raise Refused("Bài đã từng gửi nên không xóa được; bài vẫn ở danh sách của đơn vị.")
    log(instance=article, action="portal.unit_article.discard", user=by)
    article.delete()


@transaction.atomic
def take_over(article: UnitArticle, *, by) -> UnitArticle:
    """Let the head of the unit go on with what another of the unit left; it is theirs then. Raises Refused.

    Who wrote before stays one of its `writers`.
    """
    article = held(article)
    if not seeing.leads(by, article.unit_id) or not article.is_writable or article.written_by_id == by.pk:
        raise Refused("Chỉ thủ trưởng đơn vị viết tiếp được bài chưa gửi của người khác trong đơn vị.")
    former, article.written_by = article.written_by, by
    article.save(update_fields=["written_by"])
    log(instance=article, action="portal.unit_article.take_over", user=by, data={"from": str(former)})
    return article


def held(article: UnitArticle) -> UnitArticle:
    """Lock an article and return it as it is stored."""
    rows = UnitArticle.objects.select_for_update(of=("self",)).select_related("unit", "written_by", "page")
    return rows.get(pk=article.pk)


def _own(article: UnitArticle, by) -> UnitArticle:
    article = held(article)
    _demand_writer(article, by)
    if not article.is_writable:
        raise Refused(f"Bài đang ở bước «{article.state_label}» nên không sửa được.")
    return article


def _demand_writer(article: UnitArticle, by) -> None:
    if article.written_by_id != by.pk or not may_for_unit(by, SUPPLY, article.unit_id):
        raise Refused(NOT_YOURS)


def _fill(article: UnitArticle, fields: dict, on: datetime | None) -> None:
    for name in ("title", "text", "author_line"):
        setattr(article, name, written.nfc(fields[name]).strip())
    article.section = fields.get("section")
    article.saved_at = on or timezone.now()
    errors = {}
    # Without a letter there is no address to make of it.
    if not written.slug(article.title):
        errors["title"] = "Hãy ghi tiêu đề của bài, có chữ hoặc số."
    if len(article.text) > LONGEST_TEXT:
        errors["text"] = (
            f"Nội dung dài {len(article.text)} ký tự; tối đa {LONGEST_TEXT}. Hãy rút gọn hoặc chia thành hai bài."
        )
    if article.section is not None and article.section.pk not in {section.pk for section in sections()}:
        errors["section"] = "Hãy chọn một chuyên mục nhận bài của trang thành phố, hoặc để trống."
    if errors:
        raise ValidationError(errors)
    article.save()


def writers(article: UnitArticle) -> list:
    """Return the users who wrote on an article, the first of them first and whose it is now among them; one query."""
    entries = ModelLogEntry.objects.for_instance(article).filter(action=WRITE).exclude(user=None)
    wrote = [entry.user for entry in entries.select_related("user").order_by("timestamp", "pk")]
    return list(dict.fromkeys([*wrote, article.written_by]))


def sections() -> list[SectionIndexPage]:
    """Return the public sections of the city's site that take articles, news first."""
    return taking_articles(city_site())
