"""An article that a unit without a site of its own writes for the city's site (Quy chế Điều 2, 20.2)."""

from django.conf import settings
from django.db import models
from wagtail.models import Page

from base.models import OrganisationUnit, PortalSite
from base.sites import city_site


class UnitArticle(models.Model):
    """What a contributor of a unit writes, sends to the standing office and is given back; never public itself.

    `section`: where they think it belongs. `page`: the draft that the standing office made of it, which goes the way of
    every draft. `declaration`: what its writer declared of accuracy when it was sent. `reply`: why it was given back or
    is not used.
    """

    class State(models.TextChoices):
        WRITTEN = "written", "Đang viết"
        SENT = "sent", "Đã gửi, chờ cơ quan Thường trực"
        RETURNED = "returned", "Trả lại để viết thêm"
        TAKEN = "taken", "Đã thành bản nháp của trang"
        DECLINED = "declined", "Không sử dụng"

    WRITABLE = frozenset({State.WRITTEN, State.RETURNED})

    unit = models.ForeignKey(OrganisationUnit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung", blank=True)
    author_line = models.CharField("tên tác giả khi đăng", max_length=120, blank=True)
    section = models.ForeignKey(
        Page, verbose_name="chuyên mục đề nghị", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.WRITTEN)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người viết", on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField("lưu lúc")
    sent_at = models.DateTimeField("gửi lúc", null=True)
    declaration = models.TextField("lời cam kết của người viết", blank=True)
    reply = models.TextField("lý do", blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người xử lý", null=True, on_delete=models.PROTECT, related_name="+"
    )
    handled_at = models.DateTimeField("xử lý lúc", null=True)
    page = models.OneToOneField(
        Page, verbose_name="bản nháp, trang", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "bài của đơn vị"
        verbose_name_plural = "bài của đơn vị"
        ordering = ["-saved_at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "state"], name="unit_article_of_unit"),
            models.Index(fields=["state", "sent_at"], name="unit_article_to_handle"),
            models.Index(fields=["-saved_at", "-id"], name="unit_articles_newest"),
        ]

    def __str__(self):
        return self.title

    @property
    def owner_site(self) -> PortalSite | None:
        """The city's site: units without a site of their own write for it."""
        return city_site()

    @property
    def is_writable(self) -> bool:
        """Whether its writer may still change it."""
        return self.state in self.WRITABLE

    @property
    def state_label(self) -> str:
        """What became of it, as shown: of a draft also whether it is public."""
        if self.state != self.State.TAKEN:
            return self.get_state_display()
        if self.page is None:
            return "Bản nháp của trang đã bị xóa"
        return "Đã đăng" if self.page.live else self.get_state_display()
