"""Taking the full text of a document from one of its files: shown first, written as a draft when a person agrees."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from accounts.roles import DISPATCH, WRITE, may
from base.files import texts
from base.gate import Refused
from base.locking import hold
from base.models import PortalFile
from workflows.publishing.approval import current_state

from ..models import LegalDocument
from .checking import files_of


def readable_files(document: LegalDocument) -> list[tuple[PortalFile, str]]:
    """Return the files of a document's newest version whose text can be read, with their shown names."""
    newest = document.get_latest_revision_as_object()
    files = [*files_of(newest, "document_files"), *files_of(newest, "signed_file")]
    return [(file, shown) for file, shown in files if texts.is_readable(file.address_name)]


def preview(file: PortalFile, scheme: str = "") -> texts.FoundText:
    """Return the text of a file as it would be taken; nothing is written."""
    with file.file.open("rb") as handle:
        return texts.read(handle, file.address_name, scheme=scheme)


@transaction.atomic
def take_text(
    document: LegalDocument, file: PortalFile, *, by, on: datetime | None = None, scheme: str = ""
) -> LegalDocument:
    """Take over the text of a file as the full text of a document's draft; return the draft, which goes to approval.

    `scheme`: the encoding before Unicode that the person confirmed, "" for none. Raises Refused without the right, for
    a file of another document or while the document is under review, ValidationError when the file has no text.
    """
    document = hold(document)
    site = document.owner_site
    if not (may(by, WRITE, site) or may(by, DISPATCH, site)):
        raise Refused("Bạn không có quyền sửa văn bản của trang này.")
    if current_state(document) is not None or document.locked:
        raise Refused("Văn bản đang chờ duyệt, bị trả lại hoặc bị khóa; hãy xử lý xong rồi lấy toàn văn.")
    if file.pk not in {known.pk for known, _shown in readable_files(document)}:
        raise Refused("Tệp này không thuộc văn bản, hoặc không đọc được chữ.")
    if scheme:
        texts.confirm_scheme(file, scheme, by=by, on=on)
    found = preview(file, scheme)
    if not found.text:
        raise ValidationError({"file": " ".join(found.notes)})
    newest = document.get_latest_revision_as_object()
    newest.set_full_text(found.text)
    if not document.live:
        newest.save()
    revision = newest.save_revision(user=by, log_action=False)
    log(
        instance=newest,
        action="portal.document.take_text",
        user=by,
        revision=revision,
        data={"file": file.pk, "scheme": scheme, "characters": len(found.text)},
    )
    return newest
