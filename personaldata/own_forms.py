"""What a person wrote in a form of the portal, for who has its number and secret: all of it as a copy.

It is seen, copied and erased at once, without a request: consent may be withdrawn at any time (Luật 91/2025/QH15), and
nothing of it is public.
"""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from base.audit.trail import record
from base.tables.csv import download
from faq.models import FilledForm
from vietnam.dates import format_moment, format_short

from .models import DataSubjectRequest

# The wishes that are fulfilled by erasing it.
ENDING = (DataSubjectRequest.Kind.DELETE, DataSubjectRequest.Kind.WITHDRAW)


def copy(filled: FilledForm) -> HttpResponse:
    """Answer the copy as a text file; each is written down."""
    record(
        "personal_data.read", actor_name="người có số và mã tra cứu", obj=filled, detail={"what": "bản sao của mình"}
    )
    name = f"du-lieu-{filled.number.lower()}.txt"
    return download(as_text(filled).encode("utf-8-sig"), name, "text/plain; charset=utf-8")


def as_text(filled: FilledForm) -> str:
    """Return all that the portal holds of what was written, as plain text to read."""
    ended = filled.purged_at is not None
    day = format_moment(filled.purged_at) if ended else format_short(filled.purge_on)
    lines = [
        _("Bản sao dữ liệu cá nhân: %(record)s") % {"record": filled.number},
        _("Cơ quan xử lý: %(unit)s") % {"unit": (filled.unit or filled.owner_site.unit).full_name},
        f"{_('Tiếp nhận lúc')}: {format_moment(filled.received_at)}",
        f"{_('Đã xóa lúc') if ended else _('Tự xóa từ ngày')}: {day}",
        f"{_('Mục đích')}: {filled.version.purpose}",
        f"{_('Nội dung đã đồng ý')}: {filled.consent_text}",
        "",
        *(f"{question}: {answer}" for question, answer in filled.rows()),
    ]
    return "\r\n".join(str(line) for line in lines) + "\r\n"
