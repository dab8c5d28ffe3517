"""What the rules of the preflight say of content that is public already, and how far tonight's look has come."""

from django.db import models

from base.models import PortalSite


class LiveFinding(models.Model):
    """One thing to fix in a public page or record.

    Only `workflows/upkeep/live_checks.py` makes and removes rows. `topic`: that of `base.preflight.Finding`; `since`:
    when it was first found; `checked_at`: when it was last found still to be there.
    """

    owner_site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    object_type = models.CharField("loại", max_length=80)
    object_id = models.CharField("số", max_length=40)
    title = models.CharField("tiêu đề", max_length=300)
    level = models.CharField("mức", max_length=10)
    field = models.CharField("ô", max_length=80)
    message = models.TextField("nội dung")
    topic = models.CharField("về", max_length=10, blank=True)
    since = models.DateTimeField("thấy từ lúc")
    checked_at = models.DateTimeField("kiểm tra lúc")

    class Meta:
        verbose_name = "điều cần sửa ở nội dung đã đăng"
        verbose_name_plural = "điều cần sửa ở nội dung đã đăng"
        ordering = ["level", "-since", "pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="live_finding_object"),
            models.Index(fields=["checked_at"], name="live_finding_checked"),
        ]

    def __str__(self):
        return f"{self.title}: {self.message}"

    @property
    def is_blocker(self) -> bool:
        return self.level == "blocker"


class LiveRound(models.Model):
    """One night's look at everything public: after which row of which model it goes on."""

    night = models.DateField("đêm", unique=True)
    model = models.CharField("loại đang xem", max_length=80, blank=True)
    last_id = models.BigIntegerField("đã xem đến số", default=0)
    checked = models.PositiveIntegerField("đã xem", default=0)
    started_at = models.DateTimeField("bắt đầu lúc")
    finished_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "lượt kiểm tra nội dung đã đăng"
        verbose_name_plural = "lượt kiểm tra nội dung đã đăng"
        ordering = ["-night"]

    def __str__(self):
        return f"Kiểm tra đêm {self.night:%d/%m/%Y}"
