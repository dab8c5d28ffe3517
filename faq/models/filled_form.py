"""What people write in forms of the portal (`sections.FormPage`), with the version of the form that they answered."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime

from accounts.roles import HANDLE_QUESTIONS
from base.models import OrganisationUnit, PortalSite
from base.operations.encryption import EncryptedTextField
from sections.models import FormPage
from sections.models.taking_part.form import Question


class FormVersion(models.Model):
    """The questions of a form as they were answered at least once; never changed, `digest` tells one from another."""

    page = models.ForeignKey(FormPage, verbose_name="biểu mẫu", on_delete=models.PROTECT, related_name="versions")
    digest = models.CharField("mã băm", max_length=64)
    questions = models.JSONField("các câu hỏi", default=list)
    purpose = models.CharField("mục đích thu thập", max_length=300)
    made_at = models.DateTimeField("có từ lúc")

    never_deleted = True
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "phiên bản biểu mẫu"
        verbose_name_plural = "phiên bản biểu mẫu"
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["page", "digest"], name="one_version_a_digest")]

    def __str__(self):
        return f"Biểu mẫu {self.page_id}, từ {localtime(self.made_at):%d/%m/%Y}"

    def asked(self) -> list[Question]:
        """Return the questions in their order."""
        return [Question.of_data(data) for data in self.questions]


class FilledFormQuerySet(models.QuerySet):
    """Filled forms by what is left of them."""

    def open(self):
        """Those whose answers are held."""
        return self.filter(purged_at=None)


class FilledForm(models.Model):
    """What one person wrote in a form; never public, read by the people of its site and unit alone, each time logged.

    `number` is "BM-2026-000123"; with `secret` its sender sees and erases it. `answers`: JSON, {key of the question:
    text or list of texts}. From the day `purge_on` they are emptied (`purged_at`); number and day stay.
    """

    number = models.CharField("số", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("năm")
    secret = EncryptedTextField("mã tra cứu")
    page = models.ForeignKey(FormPage, verbose_name="biểu mẫu", on_delete=models.PROTECT, related_name="filled")
    version = models.ForeignKey(
        FormVersion, verbose_name="phiên bản biểu mẫu", on_delete=models.PROTECT, related_name="filled"
    )
    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang xử lý", on_delete=models.PROTECT, related_name="filled_forms"
    )
    unit = models.ForeignKey(
        OrganisationUnit, verbose_name="đơn vị nhận", null=True, on_delete=models.PROTECT, related_name="+"
    )
    language_code = models.CharField("ngôn ngữ", max_length=10, default=settings.LANGUAGE_CODE)
    answers = EncryptedTextField("câu trả lời", blank=True)
    consent_text = models.TextField("nội dung đã đồng ý")
    received_at = models.DateTimeField("tiếp nhận lúc")
    is_suspect = models.BooleanField("nghi không phải người gửi", default=False)
    purge_on = models.DateField("xóa từ ngày")
    purged_at = models.DateTimeField("đã xóa lúc", null=True)

    objects = FilledFormQuerySet.as_manager()

    PERSONAL = ("answers",)
    permissions_by_capability = {HANDLE_QUESTIONS: ("view",)}
    never_deleted = True
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "biểu mẫu đã điền"
        verbose_name_plural = "biểu mẫu đã điền"
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["page", "received_at"], name="filled_of_form"),
            models.Index(fields=["purge_on"], condition=Q(purged_at=None), name="filled_to_purge"),
        ]

    def __str__(self):
        # Goes into logs: nothing of what was written.
        return f"Biểu mẫu đã điền {self.number}"

    def given(self) -> dict[str, str]:
        """Return what was written by the keys of the questions, as text; nothing once it is purged."""
        found = json.loads(self.answers) if self.answers else {}
        return {key: "; ".join(value) if isinstance(value, list) else value for key, value in found.items()}

    def rows(self) -> list[tuple[str, str]]:
        """Return (question, answer) in the order of the version that was answered, without what was left empty."""
        questions = self.version.asked()
        given = self.given() if questions else {}
        return [(asked.label, given[asked.key]) for asked in questions if given.get(asked.key)]
