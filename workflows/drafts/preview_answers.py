"""What a person without an account says of the draft that a preview link shows them: a remark on that version.

1. `give`: name or office and text, while the link shows the version; at most ten a day of one link. Both lie encrypted;
   the audit trail and the mail to the maker of the link tell neither.
2. `of_page`: remarks on the versions of a page, for who writes it, and for who reviews it.
3. `close`: a person who works on the site has seen to one. 4. `purge`: after a year the name goes, the text stays.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import works_on
from base.audit import trail as audit
from base.gate import Refused
from base.operations.attempts import Window
from base.operations.notices import notify
from vietnam.text import nfc

from ..models import PreviewAnswer, PreviewLink
from . import previews

OF_LINK = Window(10, timedelta(days=1))
LONGEST_NAME, LONGEST_TEXT = 200, 5_000
NAME_DAYS = 365


# --- 1. Giving --------------------------------------------------------------------------------------


@transaction.atomic
def give(link: PreviewLink, *, name: str, text: str, on: datetime | None = None) -> PreviewAnswer:
    """Keep what the reader of a link says of its version; return it.

    Raises Refused when the link shows nothing any more; ValidationError (field → messages) without name or text, for
    what is too long, and over the day's number.
    """
    link, moment = PreviewLink.objects.select_for_update(of=("self",)).get(pk=link.pk), on or timezone.now()
    if previews.version_of(link, moment) is None:
        raise Refused(_("Liên kết xem trước đã hết hạn nên không nhận ý kiến nữa."))
    name, text = nfc(name).strip(), nfc(text).strip()
    errors = {}
    if not name:
        errors["name"] = _("Hãy ghi họ tên hoặc cơ quan của người cho ý kiến.")
    elif len(name) > LONGEST_NAME:
        errors["name"] = _("Tên dài quá %(most)s ký tự; hãy rút gọn.") % {"most": LONGEST_NAME}
    if not text:
        errors["text"] = _("Hãy ghi ý kiến về bản nháp.")
    elif len(text) > LONGEST_TEXT:
        message = _("Nội dung dài %(length)s ký tự; tối đa %(most)s. Hãy rút gọn.")
        errors["text"] = message % {"length": len(text), "most": LONGEST_TEXT}
    elif OF_LINK.is_full(PreviewAnswer.objects.filter(link=link), on=moment):
        message = _("Liên kết này đã nhận %(most)s ý kiến trong một ngày; xin chép lại ý kiến và gửi vào ngày mai.")
        errors["text"] = message % {"most": OF_LINK.most}
    if errors:
        raise ValidationError(errors)
    answer = PreviewAnswer.objects.create(link=link, name=name, text=text, at=moment)
    audit.record(
        "preview.answered",
        actor_name=previews.OUTSIDER,
        obj=link,
        site=link.owner_site,
        detail={"page_id": link.page_id, "revision_id": link.revision_id, "answer_id": answer.pk},
    )
    notify(link.made_by, "preview_answered", {"link": link, "answer": answer})
    return answer


# --- 2. Reading -------------------------------------------------------------------------------------


def of_page(page) -> list[PreviewAnswer]:
    """Return the remarks on the versions of a page, those that wait first, then the newest."""
    found = PreviewAnswer.objects.filter(link__page_id=page.pk).select_related("link", "closed_by")
    return sorted(found.order_by("-at", "-pk"), key=lambda answer: answer.closed_at is not None)


# --- 3. Closing -------------------------------------------------------------------------------------


@transaction.atomic
def close(answer: PreviewAnswer, *, by, on: datetime | None = None) -> PreviewAnswer:
    """Note that a remark has been seen to; any user who works on the site may. Safe to repeat."""
    answer = PreviewAnswer.objects.select_for_update(of=("self",)).select_related("link__owner_site").get(pk=answer.pk)
    if not works_on(by, answer.link.owner_site):
        raise Refused("Bạn không có vai trò trên trang này nên không đóng được ý kiến.")
    if answer.closed_at is None:
        answer.closed_at, answer.closed_by = on or timezone.now(), by
        answer.save(update_fields=["closed_at", "closed_by"])
        audit.record(
            "preview.answer_closed",
            by=by,
            obj=answer.link,
            site=answer.link.owner_site,
            detail={
                "page_id": answer.link.page_id,
                "revision_id": answer.link.revision_id,
                "answer_id": answer.pk,
            },
        )
    return answer


# --- 4. Terms ---------------------------------------------------------------------------------------


def purge(*, on: datetime) -> int:
    """Empty the names of those who said something a year ago; return how many."""
    old = PreviewAnswer.objects.filter(at__lt=on - timedelta(days=NAME_DAYS), name_purged_at=None)
    return old.update(name="", name_purged_at=on)
