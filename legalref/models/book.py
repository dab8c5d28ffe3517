"""The books in which numbers of documents are taken (sổ đăng ký văn bản đi): one a year, without gaps."""

from django.db import models

from accounts.roles import DISPATCH, WRITE
from base.models import PortalSite

from .document import LegalDocument
from .issuing import DocumentType, Family, IssuingBody


class NumberBook(models.Model):
    """A book of one issuing body, one family and one year; several types may share it.

    Numbers start at `first_number` (more than 1 when the portal takes over a year that has begun) and follow each
    other. The row is locked while a number is taken. Numbers begin anew each year (Nghị định 30/2020/NĐ-CP, Điều 8,
    Phụ lục I).
    """

    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang quản lý", on_delete=models.PROTECT, related_name="number_books"
    )
    issuer = models.ForeignKey(
        IssuingBody, verbose_name="cơ quan ban hành", on_delete=models.PROTECT, related_name="number_books"
    )
    family = models.CharField("nhóm", max_length=20, choices=Family.choices[:2], default=Family.ADMINISTRATIVE)
    types = models.ManyToManyField(DocumentType, verbose_name="loại văn bản lấy số trong sổ", related_name="+")
    year = models.PositiveSmallIntegerField("năm")
    first_number = models.PositiveIntegerField("số đầu tiên", default=1)

    permissions_by_capability = {WRITE: ("view",), DISPATCH: ("add", "change", "view")}

    never_deleted = True

    class Meta:
        verbose_name = "sổ đăng ký văn bản"
        verbose_name_plural = "sổ đăng ký văn bản"
        ordering = ["-year", "issuer__name", "pk"]
        indexes = [models.Index(fields=["issuer", "family", "year"])]

    def __str__(self):
        kinds = ", ".join(kind.name for kind in self.types.all()) if self.pk else ""
        return f"Sổ {self.year} · {self.issuer}{f' · {kinds}' if kinds else ''}"


class BookEntry(models.Model):
    """One number taken: to which document it went, when, by whom. Never changed, never removed.

    Holds ids and text of the person, so that it outlives the account. `identity` is the number as a reader tells it
    from others (`vietnam.document_numbers.identity`): two numbers that look alike cannot both be taken.
    """

    book = models.ForeignKey(NumberBook, verbose_name="sổ", on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField("số")
    symbol = models.CharField("số, ký hiệu", max_length=160)
    issuer_id_then = models.BigIntegerField("cơ quan ban hành")
    family = models.CharField("nhóm", max_length=20)
    year = models.PositiveSmallIntegerField("năm")
    identity = models.CharField("khóa so sánh", max_length=200)
    document_type = models.ForeignKey(
        DocumentType, verbose_name="loại văn bản", on_delete=models.PROTECT, related_name="+"
    )
    document = models.ForeignKey(
        LegalDocument,
        verbose_name="văn bản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="book_entries",
    )
    subject = models.TextField("trích yếu")
    taken_on = models.DateField("ngày lấy số")
    taken_at = models.DateTimeField("lúc")
    taken_by_id = models.BigIntegerField("số tài khoản")
    taken_by_name = models.CharField("người lấy số", max_length=200)

    append_only = True

    class Meta:
        verbose_name = "số trong sổ"
        verbose_name_plural = "số trong sổ"
        ordering = ["book", "number"]
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="one_entry_a_number"),
            models.UniqueConstraint(
                fields=["issuer_id_then", "family", "year", "identity"], name="no_numbers_that_look_alike"
            ),
        ]

    def __str__(self):
        return self.symbol

    @property
    def is_cancelled(self) -> bool:
        return hasattr(self, "cancellation")


class BookCancellation(models.Model):
    """A number marked «hủy»: it stays in the book with the reason and is never given out again."""

    entry = models.OneToOneField(BookEntry, verbose_name="số", on_delete=models.PROTECT, related_name="cancellation")
    reason = models.CharField("lý do", max_length=500)
    cancelled_at = models.DateTimeField("hủy lúc")
    cancelled_by_id = models.BigIntegerField("số tài khoản")
    cancelled_by_name = models.CharField("người hủy", max_length=200)

    append_only = True

    class Meta:
        verbose_name = "số bị hủy"
        verbose_name_plural = "số bị hủy"

    def __str__(self):
        return f"{self.entry}: hủy"
