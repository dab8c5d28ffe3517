"""Articles that people without an account send to be published (Quy chế Điều 20.2), and who sent them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import DISPATCH
from base.models import PortalSite
from base.operations.encryption import EncryptedTextField

from .personal import PersonalContact, SubmittedFile

# As long as the author of a page.
LONGEST_AUTHOR = 120


class ContributedQuerySet(models.QuerySet):
    """Articles by where they stand."""

    def open(self):
        """Those of which the outcome is still to come, the oldest first."""
        return self.exclude(state__in=ContributedArticle.ENDED).order_by("received_at", "pk")


class ContributedArticle(models.Model):
    """An article that a person outside sent; never public itself, never deleted.

    `number` is "CT-2026-000001"; together with `secret` it opens the tracking page. `author_line` is the name or pen
    name that readers see when it is published. `declaration` is what the sender declared of authorship and accuracy.
    `page` is the draft that the standing office made of it: it goes the way of every draft. `reply` says why it is not
    used; the sender reads it.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã tiếp nhận")
        WAITING = "waiting", _("Chờ người gửi trả lời")
        DRAFTED = "drafted", _("Đang biên tập, kiểm duyệt")
        PUBLISHED = "published", _("Đã đăng")
        DECLINED = "declined", _("Không sử dụng")
        WITHDRAWN = "withdrawn", _("Người gửi đã rút")
        SPAM = "spam", _("Không phải bài gửi")

    ENDED = frozenset({State.PUBLISHED, State.DECLINED, State.WITHDRAWN, State.SPAM})

    number = models.CharField("số", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("năm")
    secret = EncryptedTextField("mã tra cứu")
    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang tiếp nhận", on_delete=models.PROTECT, related_name="contributed_articles"
    )
    language_code = models.CharField("ngôn ngữ", max_length=10, default=settings.LANGUAGE_CODE)
    title = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung", blank=True)
    author_line = models.CharField("tên hoặc bút danh khi đăng", max_length=LONGEST_AUTHOR)
    declaration = models.TextField("lời cam kết của người gửi")
    received_at = models.DateTimeField("tiếp nhận lúc")
    is_suspect = models.BooleanField("nghi không phải bài gửi", default=False)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.RECEIVED)
    page = models.OneToOneField(
        "wagtailcore.Page",
        verbose_name="bản nháp, trang",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reply = models.TextField("lý do không sử dụng", blank=True)
    decided_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    decided_by_name = models.CharField("người xử lý", max_length=200, blank=True)
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    objects = ContributedQuerySet.as_manager()

    permissions_by_capability = {DISPATCH: ("change", "view")}
    never_deleted = True
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "bài gửi cộng tác"
        verbose_name_plural = "bài gửi cộng tác"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["owner_site", "state"], name="contributed_of_site")]

    def __str__(self):
        # Goes into logs and mails: neither title nor author, which may name the sender.
        return f"Bài gửi {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state not in self.ENDED


class ContributorContact(PersonalContact):
    """Who sent an article; `purge_on` is set when it was published, declined, withdrawn or put aside."""

    contribution = models.OneToOneField(
        ContributedArticle, verbose_name="bài gửi", on_delete=models.PROTECT, related_name="contact"
    )

    class Meta:
        verbose_name = "thông tin người gửi bài"
        verbose_name_plural = "thông tin người gửi bài"
        indexes = [models.Index(fields=["purge_on"], condition=Q(purged_at=None), name="contributor_to_purge")]

    def __str__(self):
        return f"Người gửi {self.contribution}"


class ContributedFile(SubmittedFile):
    """A file that came with an article, or is the article; only the standing office gets it."""

    contribution = models.ForeignKey(ContributedArticle, on_delete=models.PROTECT, related_name="files")

    class Meta:
        verbose_name = "tệp của bài gửi"
        verbose_name_plural = "tệp của bài gửi"
        ordering = ["pk"]

    def __str__(self):
        return f"Tệp số {self.pk} của {self.contribution}"

    @property
    def owner_site(self) -> PortalSite:
        """The site on which the article was sent."""
        return self.contribution.owner_site


class ContributionMessage(models.Model):
    """What the standing office asks the sender of an article, and what the sender answers; read by both."""

    contribution = models.ForeignKey(ContributedArticle, on_delete=models.PROTECT, related_name="messages")
    at = models.DateTimeField("lúc")
    is_from_sender = models.BooleanField("của người gửi bài", default=False)
    text = models.TextField("nội dung")
    by_name = models.CharField("người hỏi", max_length=200, blank=True)

    never_deleted = True

    class Meta:
        verbose_name = "trao đổi về bài gửi"
        verbose_name_plural = "trao đổi về bài gửi"
        ordering = ["at", "pk"]

    def __str__(self):
        return f"Trao đổi số {self.pk} của {self.contribution}"
