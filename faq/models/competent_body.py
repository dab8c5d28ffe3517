"""Whose matter it is when it is not ours: the directory of competent bodies, named to who asked (Điều 10.1.d)."""

from django.db import models

from accounts.roles import DISPATCH, HANDLE_QUESTIONS, WRITE


class CompetentBody(models.Model):
    """A body outside the city, with the matters that are its own and where to turn; data of the whole city.

    Who is asked something out of scope chooses one, and the asker reads its name and address at once.
    """

    name = models.CharField("tên cơ quan", max_length=200, unique=True)
    matters = models.CharField(
        "việc thuộc thẩm quyền", max_length=300, help_text="Ví dụ: cấp hộ chiếu, căn cước; xử phạt giao thông."
    )
    url = models.URLField("địa chỉ trang", blank=True)
    phone = models.CharField("điện thoại", max_length=40, blank=True)
    address = models.CharField("địa chỉ", max_length=255, blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    # The city's list is kept by the standing office (Quy chế Điều 13.1); one in use is put aside, not deleted.
    permissions_by_capability = {
        HANDLE_QUESTIONS: ("view",),
        WRITE: ("add", "view"),
        DISPATCH: ("add", "change", "view"),
    }

    class Meta:
        verbose_name = "cơ quan có thẩm quyền"
        verbose_name_plural = "cơ quan có thẩm quyền"
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        """The name with its matters, to choose by."""
        return f"{self.name}: {self.matters}"

    @property
    def way(self) -> str:
        """Where to turn beside its page, as askers read it."""
        return ", ".join(part for part in (self.address, self.phone and f"điện thoại {self.phone}") if part)
