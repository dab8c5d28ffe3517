"""Comments of citizens and organisations on a consultation (lấy ý kiến dự thảo), and who sent them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import HANDLE_QUESTIONS
from base.models import PortalSite
from base.operations.encryption import EncryptedTextField
from sections.models import ConsultationPage

from .personal import PersonalContact, SubmittedFile


class CommentQuerySet(models.QuerySet):
    """Comments by what they are about."""

    def open(self):
        """Those whose outcome is still to come, the oldest first."""
        State = ConsultationComment.State
        return self.filter(state__in=[State.RECEIVED, State.ACCEPTED]).order_by("received_at", "pk")

    def on_page(self, page):
        """Those on a consultation, in whichever language they were sent; in the order of their coming."""
        return self.filter(page__translation_key=page.translation_key).order_by("received_at", "pk")

    def to_show(self):
        """Those that were accepted, with a text freed of personal data."""
        return self.filter(state__in=ConsultationComment.SHOWN).exclude(public_text="")


class ConsultationComment(models.Model):
    """What one person or organisation says to a draft; never public itself, never deleted.

    `number` is "GY-2026-000123"; together with `secret` it opens the tracking page. `public_text` is the text without
    personal data and `reply` what became of it: both reach readers only with a version of the consultation that two
    persons made public (`commenting.digest`). `refusal_reason` is read by the sender.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã tiếp nhận")
        ACCEPTED = "accepted", _("Đã chuyển cơ quan soạn thảo")
        REFUSED = "refused", _("Không đưa vào tổng hợp")
        ANSWERED = "answered", _("Đã có kết quả tiếp thu, giải trình")

    class Sender(models.TextChoices):
        PERSON = "person", _("Cá nhân")
        ORGANISATION = "organisation", _("Cơ quan, tổ chức, doanh nghiệp")

    SHOWN = frozenset({State.ACCEPTED, State.ANSWERED})

    number = models.CharField("số", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("năm")
    secret = EncryptedTextField("mã tra cứu")
    page = models.ForeignKey(
        ConsultationPage, verbose_name="dự thảo", on_delete=models.PROTECT, related_name="comments"
    )
    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang xử lý", on_delete=models.PROTECT, related_name="consultation_comments"
    )
    language_code = models.CharField("ngôn ngữ", max_length=10, default=settings.LANGUAGE_CODE)
    sender = models.CharField("người góp ý là", max_length=12, choices=Sender.choices, default=Sender.PERSON)
    part = models.CharField("điều, khoản, phần của dự thảo", max_length=200, blank=True)
    text = models.TextField("nội dung góp ý")
    received_at = models.DateTimeField("tiếp nhận lúc")
    is_suspect = models.BooleanField("nghi không phải góp ý", default=False)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.RECEIVED)
    public_text = models.TextField("nội dung đăng, đã ẩn danh", blank=True)
    refusal_reason = models.TextField("lý do không đưa vào tổng hợp", blank=True)
    reply = models.TextField("ý kiến tiếp thu, giải trình", blank=True)
    decided_at = models.DateTimeField("xem xét lúc", null=True, blank=True)
    decided_by_name = models.CharField("người xem xét", max_length=200, blank=True)
    answered_at = models.DateTimeField("có kết quả lúc", null=True, blank=True)
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    objects = CommentQuerySet.as_manager()

    permissions_by_capability = {HANDLE_QUESTIONS: ("change", "view")}
    never_deleted = True
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "ý kiến góp ý dự thảo"
        verbose_name_plural = "ý kiến góp ý dự thảo"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["owner_site", "state"], name="comment_of_site")]

    def __str__(self):
        # Goes into logs and mails: nothing of the text, which may name the sender.
        return f"Ý kiến {self.number}"


class CommentContact(PersonalContact):
    """Who sent a comment; `purge_on` is set when the outcome of the consultation is public, or with the refusal."""

    comment = models.OneToOneField(
        ConsultationComment, verbose_name="ý kiến", on_delete=models.PROTECT, related_name="contact"
    )

    class Meta:
        verbose_name = "thông tin người góp ý"
        verbose_name_plural = "thông tin người góp ý"
        indexes = [models.Index(fields=["purge_on"], condition=Q(purged_at=None), name="commenter_to_purge")]

    def __str__(self):
        return f"Người gửi {self.comment}"


class CommentFile(SubmittedFile):
    """A file that came with a comment; it goes to the drafting body and is never public."""

    comment = models.ForeignKey(ConsultationComment, on_delete=models.PROTECT, related_name="files")

    class Meta:
        verbose_name = "tệp kèm ý kiến góp ý"
        verbose_name_plural = "tệp kèm ý kiến góp ý"
        ordering = ["pk"]

    def __str__(self):
        return f"Tệp số {self.pk} của {self.comment}"

    @property
    def owner_site(self) -> PortalSite:
        """The site whose people handle the comment."""
        return self.comment.owner_site
