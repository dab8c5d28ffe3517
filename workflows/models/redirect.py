"""An address that leads elsewhere: Wagtail's row, by the portal's rules and two persons."""

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.contrib.redirects.models import Redirect

from accounts.roles import ARRANGE
from base.preflight import is_or_becomes_public

from ..publishing import targets
from ..publishing.targets import Target


class AddressRedirect(Redirect):
    """A redirect as the board keeps it: to public content of the portal, kept by its key, or to an allowed host.

    It acts only where nothing stands: a live page at the address always wins, and what was taken down answers 410.
    """

    permissions_by_capability = {ARRANGE: ("add", "change", "delete", "view")}

    class Meta:
        proxy = True
        verbose_name = "chuyển hướng địa chỉ"
        verbose_name_plural = "chuyển hướng địa chỉ"

    def __str__(self):
        return f"{self.old_path} → {self.target_text}"

    @property
    def target(self) -> Target:
        return Target(self.redirect_page, self.redirect_page_route_path, self.redirect_link)

    @property
    def target_text(self) -> str:
        """Where it leads now, as text."""
        if address := targets.address_of(self.target):
            return address
        page = self.redirect_page
        if page is not None and page.first_published_at is None:
            return f"«{page.title}», khi được đăng"
        return "(nội dung không còn đăng)"

    def clean(self):
        super().clean()
        if self.site_id is None:
            raise ValidationError({"site": "Hãy chọn tên miền của địa chỉ cũ."})
        if self.old_path == "/" or self.old_path.startswith(tuple(path.rstrip("/") for path in targets.OWN_PATHS)):
            raise ValidationError({"old_path": "Không chuyển hướng trang chủ, phần quản trị hoặc tệp của cổng."})
        if targets.content_at(self.old_path, self.site) is not None:
            raise ValidationError(
                {"old_path": "Địa chỉ này đang có nội dung nên chuyển hướng không có tác dụng; hãy xem lại."}
            )
        if not targets.address_of(self.target) and not self._becomes_public():
            raise ValidationError("Nội dung đích không đang đăng, hoặc tên miền đích không được phép.")

    def _becomes_public(self) -> bool:
        """Tell whether it leads to a page that becomes public in the same transaction, by the same dossier."""
        return self.redirect_page is not None and is_or_becomes_public(self.redirect_page)


class RedirectUse(models.Model):
    """How often a redirect was followed on a local day, by readers and programs alike; says nothing of who it was.

    Written by `base/public/usage/counting.py` only.
    """

    redirect = models.ForeignKey(Redirect, verbose_name="chuyển hướng", on_delete=models.CASCADE, related_name="+")
    day = models.DateField("ngày")
    count = models.PositiveIntegerField("số lượt", default=0)

    class Meta:
        verbose_name = "lượt chuyển hướng"
        verbose_name_plural = "lượt chuyển hướng"
        constraints = [models.UniqueConstraint(fields=["redirect", "day"], name="one_redirect_row_a_day")]
        indexes = [models.Index(fields=["day"], name="redirect_use_by_day")]

    def __str__(self):
        return f"{self.redirect_id} · {self.day:%d/%m/%Y}: {self.count}"
