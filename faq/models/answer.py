"""What is told to the asker: interim notices and answers; and the templates answers begin with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from wagtail.fields import RichTextField

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS
from base.blocks import TEXT_FEATURES
from base.models import OrganisationUnit, PortalSite
from legalref.models import LegalDocument

from .question import Question
from .topic import QuestionTopic


class InterimNotice(models.Model):
    """Thông báo quá trình xử lý (Quy chế Điều 10.1.d): what has been done, and by which day the answer will come."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="notices")
    text = models.TextField("nội dung", help_text="Đã làm được gì, còn vướng gì; người hỏi đọc được.")
    promised_on = models.DateField("hẹn trả lời ngày")
    sent_at = models.DateTimeField("gửi lúc")
    sent_by_id = models.BigIntegerField("số tài khoản")
    sent_by_name = models.CharField("người gửi", max_length=200)

    never_deleted = True

    class Meta:
        verbose_name = "thông báo quá trình xử lý"
        verbose_name_plural = "thông báo quá trình xử lý"
        ordering = ["sent_at", "pk"]

    def __str__(self):
        return f"{self.question}: hẹn {self.promised_on:%d/%m/%Y}"


class Answer(models.Model):
    """The answer of one round: written by one person, signed by the head of the unit, then sent.

    A signed answer does not change; another text is another round (`Question.round`). `documents` are the legal
    documents it rests on.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Đang soạn"
        SUBMITTED = "submitted", "Chờ ký duyệt"
        RETURNED = "returned", "Trả lại để sửa"
        SIGNED = "signed", "Đã ký duyệt"
        SENT = "sent", "Đã gửi"

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField("lần xử lý", default=1)
    body = RichTextField("câu trả lời", features=TEXT_FEATURES)
    documents = models.ManyToManyField(LegalDocument, verbose_name="căn cứ", blank=True, related_name="+")
    unit = models.ForeignKey(OrganisationUnit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.DRAFT)
    # All who wrote at it: none of them signs it.
    writer_ids = models.JSONField("số tài khoản người soạn", default=list)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người soạn", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_by_name = models.CharField("người soạn", max_length=200)
    written_at = models.DateTimeField("soạn lúc")
    submitted_at = models.DateTimeField("trình lúc", null=True, blank=True)
    returned_reason = models.TextField("lý do trả lại", blank=True)
    signed_by_id_then = models.BigIntegerField("số tài khoản người ký", null=True, blank=True)
    signer_name = models.CharField("người ký", max_length=150, blank=True)
    signer_position = models.CharField("chức vụ người ký", max_length=150, blank=True)
    signed_at = models.DateTimeField("ký lúc", null=True, blank=True)
    sent_at = models.DateTimeField("gửi lúc", null=True, blank=True)

    never_deleted = True

    class Meta:
        verbose_name = "câu trả lời"
        verbose_name_plural = "câu trả lời"
        ordering = ["round", "pk"]
        constraints = [models.UniqueConstraint(fields=["question", "round"], name="one_answer_a_round")]

    def __str__(self):
        return f"Trả lời {self.question}"


class AnswerTemplate(models.Model):
    """A text that answers begin with, offered by topic and unit; with the documents it rests on.

    A template without a site is the city's, and offered everywhere.
    """

    name = models.CharField("tên mẫu", max_length=120)
    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    topic = models.ForeignKey(
        QuestionTopic, verbose_name="lĩnh vực", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = RichTextField("nội dung mẫu", features=TEXT_FEATURES)
    documents = models.ManyToManyField(LegalDocument, verbose_name="căn cứ", blank=True, related_name="+")
    is_active = models.BooleanField("đang dùng", default=True)

    permissions_by_capability = {
        ANSWER_QUESTIONS: ("view",),
        HANDLE_QUESTIONS: ("add", "change", "delete", "view"),
    }

    class Meta:
        verbose_name = "mẫu trả lời"
        verbose_name_plural = "mẫu trả lời"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "owner_site"], condition=Q(is_active=True), name="one_active_template_a_name"
            )
        ]

    def __str__(self):
        return self.name
