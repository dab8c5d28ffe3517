"""A translation is begun: a draft beside its source, bound to it, with a title and an address of its own language."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.coreutils import find_available_slug
from wagtail.log_actions import log
from wagtail.models import Locale, Page

from accounts.roles import WRITE, may
from base.gate import Refused
from base.locking import hold
from base.models import PortalSite
from base.sites import site_of
from vietnam import text

from .marks import follow
from .sources import is_translated_by_hand, is_translation

ENGLISH = "en"
NOT_HERE = "Mục chứa trang này chưa có bản tiếng Anh, nên bản dịch chưa có chỗ; hãy dịch mục ấy trước."


def may_start(user, page) -> bool:
    """Tell whether a user is offered to translate a page: one that writes on its site, a public Vietnamese page."""
    return (
        page.depth > 2
        and page.live
        and not is_translation(page)
        and is_translated_by_hand(page)
        and may(user, WRITE, site_of(page))
    )


def translation_of(page) -> Page | None:
    """Return the English page of a Vietnamese one, public or not."""
    return (
        Page.objects.filter(translation_key=page.translation_key, locale__language_code=ENGLISH)
        .exclude(pk=page.pk)
        .first()
    )


@transaction.atomic
def start(page, *, by, on: datetime | None = None, title: str) -> Page:
    """Begin the English translation of a public page as a draft; return it.

    It begins with what the source says now. Raises Refused without the right, for what is not public or has no words of
    its own, where the section has no English page, and where the translation is there already; ValidationError
    ("title") without an English title.
    """
    # Of two at once the second finds the draft of the first.
    page = hold(page)
    if not may_start(by, page):
        raise Refused("Chỉ người soạn bài của trang được dịch, và chỉ dịch trang tiếng Việt đang đăng.")
    if site_of(page).state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        raise Refused("Trang này đã ngừng cập nhật nên không nhận bản dịch mới.")
    if translation_of(page) is not None:
        raise Refused("Trang này đã có bản tiếng Anh; hãy mở bản ấy để sửa.")
    title = text.nfc(" ".join(title.split()))
    if not title:
        raise ValidationError({"title": "Hãy ghi tiêu đề bằng tiếng Anh."})
    locale = Locale.objects.get(language_code=ENGLISH)
    parent = page.get_parent().get_translation_or_none(locale)
    if parent is None:
        raise Refused(NOT_HERE)
    slug = find_available_slug(parent, text.slug(title)[:240] or page.slug)
    unit = page.responsible_unit
    made = page.copy(
        to=parent,
        update_attrs={
            "locale": locale,
            "title": title[:255],
            "draft_title": title[:255],
            "slug": slug,
            "author_name": (unit.name_en or page.author_name)[:120] if unit else page.author_name,
            "owner": by,
        },
        copy_revisions=False,
        keep_live=False,
        reset_translation_key=False,
        user=by,
        log_action="wagtail.copy_for_translation",
    )
    follow(made, page.live_revision_id)
    log(instance=page, action="portal.translation.start", user=by, data={"page": made.pk, "language": ENGLISH})
    return made
