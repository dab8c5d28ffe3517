"""All comments on a draft as a spreadsheet, for the body that drafts it."""

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.sites import site_of
from base.tables import xlsx
from sections.models import ConsultationPage

from ..models import ConsultationComment
from .deciding import may_handle
from .digest import sender_shown

CONTACTS = (
    ("Họ và tên", 26, "contact.name"),
    ("Thư điện tử", 30, "contact.email"),
    ("Số điện thoại", 18, "contact.phone"),
    ("Địa chỉ", 36, "contact.address"),
    ("Phường, xã", 20, "contact.ward"),
)


@transaction.atomic
def as_xlsx(page: ConsultationPage, *, by, with_contacts: bool = False) -> bytes:
    """Return the comments on a draft as an XLSX file, in the order in which they came; the export is logged.

    Without contact data unless asked for: then the accepted text freed of personal data takes the place of what was
    sent. Raises Refused without the right.
    """
    if not may_handle(by, site_of(page)):
        raise Refused("Bạn không có quyền xuất ý kiến góp ý của trang này.")
    comments = list(ConsultationComment.objects.on_page(page).select_related("contact__ward").prefetch_related("files"))
    log(
        instance=page,
        action="portal.comment.contacts_exported" if with_contacts else "portal.comment.exported",
        user=by,
        data={"comments": len(comments)},
    )
    columns = [
        ("Số", 18, "number"),
        ("Tiếp nhận lúc", 18, lambda comment: f"{timezone.localtime(comment.received_at):%d/%m/%Y %H:%M}"),
        ("Người góp ý", 28, sender_shown),
        ("Về phần", 24, "part"),
        ("Nội dung", 70, "text" if with_contacts else "public_text"),
        ("Tệp kèm", 24, _files if with_contacts else lambda comment: ""),
        ("Tình trạng", 20, lambda comment: comment.get_state_display()),
        ("Lưu ý", 24, lambda comment: "Nghi không phải góp ý" if comment.is_suspect else ""),
        ("Lý do không đưa vào", 30, "refusal_reason"),
        ("Tiếp thu, giải trình", 40, "reply"),
        *(CONTACTS if with_contacts else ()),
    ]
    lines = [f"Ý kiến góp ý: {page.title}", f"Số ý kiến: {len(comments)}"]
    return xlsx.write([xlsx.sheet("Ý kiến góp ý", lines, columns, comments)])


def _files(comment: ConsultationComment) -> str:
    return "; ".join(file.name for file in comment.files.all())
