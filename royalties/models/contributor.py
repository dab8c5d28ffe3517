"""Who is paid: people with and without an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from base.operations.encryption import EncryptedTextField
from vietnam.text import fold


class Contributor(models.Model):
    """Who gets royalties, by the name that stands under what they made (`byline`, public with it).

    What is needed to pay a person lies encrypted (`PERSONAL`); of a person with an account name and post are those of
    the account. `has_contract`: paid by the office under a labour contract, so that no tax is withheld here.
    """

    byline = models.CharField("tên, bút danh trên bài", max_length=150)
    # How the name is found, whatever its case and marks.
    folded = models.CharField(max_length=150, db_index=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="tài khoản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    organisation = models.CharField("đơn vị, tổ chức", max_length=200, blank=True)
    has_contract = models.BooleanField(
        "có hợp đồng lao động với cơ quan chi trả",
        default=False,
        help_text="Khi đó thuế thu nhập tính cùng tiền lương, không khấu trừ ở bảng kê.",
    )
    full_name = EncryptedTextField("họ và tên", blank=True)
    phone = EncryptedTextField("số điện thoại", blank=True)
    address = EncryptedTextField("địa chỉ", blank=True)
    tax_code = EncryptedTextField("mã số thuế, số định danh", blank=True)
    bank_account = EncryptedTextField("số tài khoản, ngân hàng", blank=True)
    # Who wrote down last what tells this person from others; for that user the word is their own.
    identified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người ghi",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Who compared a payee without an account with the person's papers; taken back when what identifies them changes.
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người đối chiếu",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    checked_at = models.DateTimeField("đối chiếu lúc", null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField("ghi lúc")
    # The last day anything was paid: from there the term of what is needed to pay counts.
    paid_on = models.DateField("được chi lần cuối ngày", null=True, blank=True)
    purged_at = models.DateTimeField("đã xóa lúc", null=True, blank=True)

    # What says who a person is, or where their money goes.
    IDENTIFYING = ("user", "full_name", "tax_code", "bank_account")
    PERSONAL = ("full_name", "phone", "address", "tax_code", "bank_account")
    never_deleted = True

    class Meta:
        verbose_name = "người hưởng nhuận bút"
        verbose_name_plural = "người hưởng nhuận bút"
        ordering = ["folded", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["folded"], condition=Q(user=None), name="one_contributor_a_byline")
        ]

    def __str__(self):
        return self.byline

    def save(self, *args, **kwargs):
        self.folded = fold(self.byline)[:150]
        super().save(*args, **kwargs)

    @property
    def is_checked(self) -> bool:
        """Whether it is known who is paid: by the account, or by the person's papers, with which a user compared it."""
        return self.user_id is not None or self.checked_at is not None

    @property
    def name_to_pay(self) -> str:
        """The name on the payment list: that of the account, the person's full name, or the byline."""
        return self.user.get_full_name() if self.user_id else (self.full_name or self.byline)

    @property
    def post(self) -> str:
        """The unit or organisation, for the payment list."""
        return self.organisation or (self.user.position if self.user_id else "")
