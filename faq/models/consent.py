"""What citizens are told and agree to before they give personal data, version by version."""

from django.db import models
from django.db.models import Q
from wagtail.fields import RichTextField

from accounts.roles import HANDLE_QUESTIONS
from base.blocks import TEXT_FEATURES


class ConsentQuerySet(models.QuerySet):
    """Versions by day."""

    def in_force(self, day):
        """The confirmed version that counts on a day, or None."""
        return self.exclude(confirmed_at=None).filter(valid_from__lte=day).order_by("-valid_from", "-version").first()


class ConsentText(models.Model):
    """One version of the sentence that is agreed to and of the policy behind it (Luật 91/2025/QH15; TT 25/2010).

    Proposed by one person and confirmed by another; from then on it does not change, and the forms show it from
    `valid_from`. The text that a citizen agreed to is stored beside their contact as well. `policy` is public under its
    version permanently.
    """

    version = models.PositiveSmallIntegerField("phiên bản", unique=True)
    valid_from = models.DateField("dùng từ ngày")
    text = models.TextField("câu đồng ý", help_text="Người gửi đánh dấu vào câu này; một câu, nói rõ mục đích.")
    text_en = models.TextField("câu đồng ý bằng tiếng Anh")
    policy = RichTextField("chính sách", features=TEXT_FEATURES)
    policy_en = RichTextField("chính sách bằng tiếng Anh", features=TEXT_FEATURES)
    proposed_by_id = models.BigIntegerField("số tài khoản người soạn", null=True, blank=True)
    proposed_by_name = models.CharField("người soạn", max_length=200, blank=True)
    proposed_at = models.DateTimeField("soạn lúc")
    confirmed_by_id = models.BigIntegerField("số tài khoản người duyệt", null=True, blank=True)
    confirmed_by_name = models.CharField("người duyệt", max_length=200, blank=True)
    confirmed_at = models.DateTimeField("duyệt lúc", null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    never_deleted = True
    permissions_by_capability = {HANDLE_QUESTIONS: ("view",)}

    class Meta:
        verbose_name = "văn bản đồng ý"
        verbose_name_plural = "các phiên bản văn bản đồng ý"
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by_id=None) | ~Q(confirmed_by_id=models.F("proposed_by_id")),
                name="consent_confirmed_by_another",
            )
        ]

    def __str__(self):
        return f"Chính sách dữ liệu cá nhân, phiên bản {self.version}"
