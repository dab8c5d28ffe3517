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

COLUMNS = (
    "Số",
    "Tiếp nhận lúc",
    "Người góp ý",
    "Về phần",
    "Nội dung",
    "Tệp kèm",
    "Tình trạng",
    "Lý do không đưa vào",
    "Tiếp thu, giải trình",
)
WIDTHS = (18, 18, 28, 24, 70, 24, 20, 30, 40)
CONTACT_COLUMNS = ("Họ và tên", "Thư điện tử", "Số điện thoại", "Địa chỉ", "Phường, xã")
CONTACT_WIDTHS = (26, 30, 18, 36, 20)


@transaction.atomic
def as_xlsx(page: ConsultationPage, *, by, with_contacts: bool = False) -> bytes:
    """Return the comments on a draft as an XLSX file, in the order of their coming; the export stands in the log.

    Without contact data unless asked for: then the accepted text freed of personal data stands in the place of what
    was sent. Raises Refused without the right.
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
    sheet = xlsx.Sheet(
        "Ý kiến góp ý",
        [f"Ý kiến góp ý: {page.title}", f"Số ý kiến: {len(comments)}"],
        [*COLUMNS, *(CONTACT_COLUMNS if with_contacts else ())],
        [*WIDTHS, *(CONTACT_WIDTHS if with_contacts else ())],
        [_row(comment, with_contacts) for comment in comments],
    )
    return xlsx.write([sheet])


def _row(comment: ConsultationComment, with_contacts: bool) -> list[str]:
    text = comment.text if with_contacts else comment.public_text
    row = [
        comment.number,
        f"{timezone.localtime(comment.received_at):%d/%m/%Y %H:%M}",
        sender_shown(comment),
        comment.part,
        text,
        "; ".join(file.name for file in comment.files.all()) if with_contacts else "",
        comment.get_state_display(),
        comment.refusal_reason,
        comment.reply,
    ]
    if with_contacts:
        contact = comment.contact
        row += [contact.name, contact.email, contact.phone, contact.address, str(contact.ward or "")]
    return row
