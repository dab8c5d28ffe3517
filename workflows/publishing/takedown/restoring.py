"""4. The archived version comes back as a new draft through approval."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from accounts.roles import WRITE, may
from base.gate import Refused

from ...archive import copies, verifying
from ...models import ArchiveCopy, TakeDown
from .grounds import State
from .subjects import held


@transaction.atomic
def restore(takedown: TakeDown, *, by, on: datetime | None = None, reason: str) -> Revision:
    """Bring a taken-down page or record back as a draft made from its archive copy; it goes public through approval.

    Frees the old address for it again when nothing else took it. Raises Refused without the right, when it was not
    taken down, or when the archive copy does not verify.
    """
    row = held(takedown)
    if row.state != State.TAKEN_DOWN:
        raise Refused("Chỉ khôi phục được nội dung đã gỡ.")
    if not may(by, WRITE, row.site):
        raise Refused("Bạn không có quyền soạn trên trang này.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do khôi phục."})
    copy = ArchiveCopy.objects.filter(pk=row.archive_copy_id).first()
    if copy is None or verifying.verify([copy]):
        raise Refused("Bản lưu trữ không còn nguyên vẹn nên không khôi phục được.")
    page = row.subject
    content = {**page.serializable_data(), **copies.archived_content(copy)}
    restored = page.with_content_json(content)
    restored.go_live_at = restored.expire_at = None
    if isinstance(page, Page):
        _give_back_address(row, page, restored)
    revision = restored.save_revision(user=by)
    data = {"takedown": row.pk, "reason": reason}
    log(instance=page, action="portal.takedown.restore", user=by, revision=revision, data=data)
    return revision


def _give_back_address(row: TakeDown, page, restored) -> None:
    """Free the old address of a page for its restored draft unless another page stands there."""
    taken = Page.objects.filter(url_path=row.old_url_path).exclude(pk=page.pk).exists()
    restored.slug = page.slug if taken else row.old_slug
    if not taken:
        page.slug = row.old_slug
        page.save(update_fields=["slug", "url_path"], clean=False)
