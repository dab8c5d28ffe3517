"""The Word file between the two steps: examined, scanned, kept for its sender, deleted."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from accounts.roles import WRITE, may
from base.files.checks.common import MB, extension_of, refuse_size
from base.files.checks.examine import examine_document
from base.files.chosen import release_files
from base.files.upload_forms import demand_storable
from base.gate import Refused
from base.models import PortalSite
from base.models.files import digest_of
from base.sites import site_of
from vietnam.text import nfc

from ..models import WordUpload
from ..models.item import SectionItem, WithBody

RETENTION_HOURS = 6
LARGEST = 50 * MB
_OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOOKED_AT = 8 * MB
ENCRYPTED = (
    "Tệp Word có mật khẩu nên cổng không đọc được; hãy mở bằng Word, bỏ mật khẩu (Tệp → Thông tin → Bảo vệ tài liệu), "
    "lưu lại rồi tải lên."
)
OLD_WORD = "Đây là tệp Word dạng cũ (.doc); hãy mở bằng Word, chọn «Lưu thành» dạng .docx rồi tải lên."
NOT_WORD = "Chỉ nhập được tệp Word «.docx»; hãy mở tệp bằng Word, chọn «Lưu thành» dạng .docx rồi chọn lại."


def page_types(parent: Page) -> list[type]:
    """Return the types of page with a text that may stand under a page, as its «Thêm trang» offers them."""
    return [
        model
        for model in type(parent).creatable_subpage_models()
        if issubclass(model, WithBody) and issubclass(model, SectionItem) and model.can_create_at(parent)
    ]


def takes_text(page: Page) -> bool:
    """Tell whether a page has a text of parts."""
    return isinstance(page, WithBody)


def demand_may_import(page: Page, *, by, adds_to_page: bool) -> PortalSite:
    """Return the site of a page; raises Refused when a person may not make a draft under it or write on into it."""
    site = site_of(page)
    if site is None or not may(by, WRITE, site):
        raise Refused("Bạn không có vai trò soạn bài trên trang này nên không nhập tệp Word được.")
    if site.state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        raise Refused("Trang này đã ngừng cập nhật nên không nhận bài mới.")
    tester = page.permissions_for_user(by)
    if not adds_to_page:
        if not page_types(page) or not tester.can_add_subpage():
            raise Refused("Dưới trang này không tạo được bài từ tệp Word; hãy chọn một chuyên mục nhận bài viết.")
    elif not takes_text(page) or not tester.can_edit():
        raise Refused("Trang này không nhận chữ từ tệp Word, hoặc bạn không sửa được trang này.")
    elif tester.page_locked():
        raise Refused("Bài đang bị khóa hoặc đang chờ duyệt; hãy đợi xử lý xong rồi nhập tệp Word.")
    return site


@transaction.atomic
def take_in(page: Page, file, *, by, on: datetime | None = None, adds_to_page: bool = False) -> WordUpload:
    """Examine a Word file and keep it for the second step; nothing is read yet.

    `page`: the page under which a draft is to be made, or with `adds_to_page` the one to write on. Raises Refused
    without the right, ValidationError (field "file") for a file that is not taken.
    """
    site = demand_may_import(page, by=by, adds_to_page=adds_to_page)
    name = nfc(file.name)[-150:]
    try:
        _refuse_other_kinds(file)
        refuse_size(file.size, LARGEST)
        clean = examine_document(file).file
        demand_storable(clean, by=by, site=site)
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from None
    upload = WordUpload(
        name=name,
        digest=digest_of(clean),
        owner_site=site,
        page_id=page.pk,
        adds_to_page=adds_to_page,
        made_by=by,
        made_at=on or timezone.now(),
    )
    upload.file.save("nhap.docx", clean, save=False)
    upload.save()
    return upload


def stored_for(user, on: datetime):
    """Return the files that a person has sent and that are still kept."""
    return WordUpload.objects.filter(made_by=user, made_at__gt=on - timedelta(hours=RETENTION_HOURS)).select_related(
        "page"
    )


def purge(*, on: datetime | None = None) -> int:
    """Remove the files whose senders did not decide in time; return how many went. A job."""
    old = list(WordUpload.objects.filter(made_at__lte=(on or timezone.now()) - timedelta(hours=RETENTION_HOURS)))
    release_files(old)
    return len(old)


def _refuse_other_kinds(file) -> None:
    """Say of what is no .docx what it is: of another ending, an old file under a new name, one with a password."""
    if extension_of(file.name) != "docx":
        raise ValidationError(OLD_WORD if extension_of(file.name) == "doc" else NOT_WORD)
    file.seek(0)
    first_bytes = file.read(_LOOKED_AT)
    file.seek(0)
    if first_bytes.startswith(_OLD_CONTAINER):
        raise ValidationError(ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in first_bytes else OLD_WORD)
