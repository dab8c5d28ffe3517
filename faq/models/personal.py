"""What citizens give about themselves and send, whatever they write to the portal about."""

from django.core.files.storage import default_storage
from django.db import models

from base.files import scanner
from base.models import OrganisationUnit
from base.models.files import ScanState, random_name
from base.operations.encryption import EncryptedTextField


class PersonalContact(models.Model):
    """Who wrote, how to reach them, and what they agreed to; shown to handlers only, each reading is logged.

    `consent_text` is the text that was agreed to. From the day `purge_on` what identifies a person (`PERSONAL`) is
    emptied (`purged_at`); what they wrote stays.
    """

    name = EncryptedTextField("họ và tên", blank=True)
    email = EncryptedTextField("thư điện tử", blank=True)
    phone = EncryptedTextField("số điện thoại", blank=True)
    address = EncryptedTextField("địa chỉ", blank=True)
    ward = models.ForeignKey(
        OrganisationUnit, verbose_name="phường, xã", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    may_show_name = models.BooleanField("đồng ý nêu tên khi đăng công khai", default=False)
    consent_text = models.TextField("nội dung đã đồng ý", blank=True)
    consented_at = models.DateTimeField("đồng ý lúc", null=True, blank=True)
    consent_source = models.CharField("đồng ý qua", max_length=100, blank=True)
    withdrawn_at = models.DateTimeField("rút lại đồng ý lúc", null=True, blank=True)
    purge_on = models.DateField("xóa từ ngày", null=True, blank=True)
    purged_at = models.DateTimeField("đã xóa lúc", null=True, blank=True)

    PERSONAL = ("name", "email", "phone", "address")

    class Meta:
        abstract = True


class SubmittedFile(models.Model):
    """A file that came with what a citizen wrote; only handlers get it, each time logged."""

    file = models.FileField("tệp", upload_to=random_name, storage=default_storage, max_length=200)
    name = models.CharField("tên tệp", max_length=200)
    size = models.PositiveIntegerField("kích thước (byte)")
    digest = models.CharField("mã băm SHA-256", max_length=64)
    scan_state = models.CharField(
        "kết quả quét mã độc", max_length=10, choices=ScanState.choices, default=ScanState.UNSCANNED
    )
    scan_signature = models.CharField("phiên bản mẫu nhận dạng", max_length=120, blank=True)
    scanned_at = models.DateTimeField("quét lúc", null=True, blank=True)
    uploaded_at = models.DateTimeField("tải lên lúc")
    # When the term was over: the file is gone, what it was stays as size and digest.
    removed_at = models.DateTimeField("đã xóa lúc", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        """What it is called when it is saved (`base.files.serving.send_private`)."""
        return self.name

    def is_servable(self) -> bool:
        """Tell whether the scanner has nothing against it; where none is set up, only what was found is refused."""
        if self.scan_state == ScanState.INFECTED or self.removed_at is not None:
            return False
        return self.scan_state == ScanState.CLEAN or not scanner.is_configured()
