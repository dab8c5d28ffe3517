"""Requests of citizens about their own data and complaints about what is public."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from accounts.roles import HANDLE_QUESTIONS, WRITE
from base.models import OrganisationUnit, PortalSite
from base.operations.encryption import EncryptedTextField
from faq.models.comment import ConsultationComment
from faq.models.contribution import ContributedArticle
from faq.models.personal import PersonalContact
from faq.models.question import Question
from sections.models import ClarificationPage

# --- Complaints about what is public ------------------------------------------------------------------


class ComplaintQuerySet(models.QuerySet):
    """Complaints by where they stand."""

    def open(self):
        """Those that wait for an answer of their own, the oldest first."""
        return self.filter(state=CorrectionComplaint.State.RECEIVED).order_by("received_at", "pk")


class CorrectionComplaint(models.Model):
    """A report that public information is wrong (Luật Tiếp cận thông tin 104/2016/QH13 Điều 22); never public.

    Kind *format*: the page is wanted in another format, which takes the same way. `unit` answers: that of the page when
    it was reported. `clarification`: the draft that was made of it (Quy chế Điều 11).

    `number` is "DC-2026-000001"; together with `secret` it opens the outcome. `address` and `page_title` name the page
    as the sender saw it. The same report of the same page again is merged into the first and answered with it.
    """

    class Kind(models.TextChoices):
        ERROR = "error", _("Báo lỗi, đề nghị đính chính")
        FORMAT = "format", _("Yêu cầu định dạng khác")

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã tiếp nhận, đang xem xét")
        CORRECTED = "corrected", _("Đã đính chính")
        RIGHT = "right", _("Đã xem xét: thông tin đúng, không đính chính")
        MERGED = "merged", _("Xem xét chung với phản ánh cùng nội dung")
        SPAM = "spam", _("Không phải phản ánh")

    ANSWERED = frozenset({State.CORRECTED, State.RIGHT})
    # What the states of an answer say of a request for another format.
    OF_FORMAT = {State.CORRECTED: _("Đã cung cấp ở định dạng khác"), State.RIGHT: _("Không cung cấp được")}

    kind = models.CharField("loại", max_length=10, choices=Kind.choices, default=Kind.ERROR)
    number = models.CharField("số", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("năm")
    secret = EncryptedTextField("mã tra cứu")
    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang xử lý", on_delete=models.PROTECT, related_name="correction_complaints"
    )
    unit = models.ForeignKey(
        OrganisationUnit, verbose_name="đơn vị xử lý", null=True, on_delete=models.PROTECT, related_name="+"
    )
    clarification = models.ForeignKey(
        ClarificationPage,
        verbose_name="bài giải thích, làm rõ",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    language_code = models.CharField("ngôn ngữ", max_length=10, default=settings.LANGUAGE_CODE)
    page = models.ForeignKey(
        Page, verbose_name="trang bị phản ánh", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    address = models.CharField("địa chỉ trang", max_length=500)
    page_title = models.CharField("tên trang", max_length=255)
    text = models.TextField("chỗ sai và cách sửa đề nghị")
    text_digest = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField("tiếp nhận lúc")
    is_suspect = models.BooleanField("nghi không phải phản ánh", default=False)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.RECEIVED)
    merged_into = models.ForeignKey(
        "self", verbose_name="gộp vào", null=True, blank=True, on_delete=models.PROTECT, related_name="repeats"
    )
    reply = models.TextField("trả lời", blank=True)
    decided_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    decided_by_name = models.CharField("người trả lời", max_length=200, blank=True)
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    objects = ComplaintQuerySet.as_manager()

    permissions_by_capability = {HANDLE_QUESTIONS: ("change", "view"), WRITE: ("change", "view")}
    never_deleted = True
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "phản ánh thông tin sai"
        verbose_name_plural = "các phản ánh thông tin sai"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["owner_site", "state"], name="complaint_of_site")]

    def __str__(self):
        # Goes into logs and mails: nothing of the text, which may name the sender.
        return f"Phản ánh {self.number}"

    @property
    def is_for_format(self) -> bool:
        return self.kind == self.Kind.FORMAT

    @property
    def state_label(self) -> str:
        """The state, as it is said of what was asked for."""
        label = self.OF_FORMAT.get(self.state) if self.is_for_format else None
        return str(label or self.get_state_display())


class ComplaintContact(PersonalContact):
    """Who complained, when they wanted to say so; `purge_on` is set with the answer."""

    complaint = models.OneToOneField(
        CorrectionComplaint, verbose_name="phản ánh", on_delete=models.PROTECT, related_name="contact"
    )

    class Meta:
        verbose_name = "thông tin người phản ánh"
        verbose_name_plural = "thông tin người phản ánh"
        indexes = [models.Index(fields=["purge_on"], condition=Q(purged_at=None), name="complainant_to_purge")]

    def __str__(self):
        return f"Người gửi {self.complaint}"


# --- Requests about one's own data --------------------------------------------------------------------


class DataRequestQuerySet(models.QuerySet):
    """Requests by where they stand."""

    def open(self):
        """Those not decided, or accepted and not carried out; the oldest first."""
        State = DataSubjectRequest.State
        return self.filter(state__in=[State.RECEIVED, State.ACCEPTED]).order_by("received_at", "pk")


class DataSubjectRequest(models.Model):
    """A citizen asks about, or disposes of, their own data (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15); never public.

    `question`, `comment`, `complaint` or `contribution` is the record whose contact the citizen is, known by its number
    and secret; none for one who came to the office and of whom the portal holds nothing. `name` to `address` are the
    values wanted (kind *correct*), else how to reach the citizen. `answer` is what they are told; it names no person.
    """

    class Kind(models.TextChoices):
        KNOW = "know", _("Được biết dữ liệu của mình được xử lý thế nào")
        ACCESS = "access", _("Nhận bản sao dữ liệu của mình")
        CORRECT = "correct", _("Chỉnh sửa thông tin liên hệ")
        DELETE = "delete", _("Xóa dữ liệu của mình")
        WITHDRAW = "withdraw", _("Rút lại sự đồng ý")
        OBJECT = "object", _("Phản đối, hạn chế việc xử lý")

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã tiếp nhận")
        ACCEPTED = "accepted", _("Đã chấp nhận, đang thực hiện")
        DONE = "done", _("Đã thực hiện")
        REFUSED = "refused", _("Không chấp nhận")

    class Identified(models.TextChoices):
        SECRET = "secret", "Số và mã tra cứu"
        IN_PERSON = "in_person", "Giấy tờ xuất trình tại trụ sở"
        LETTER = "letter", "Văn bản có chữ ký"

    number = models.CharField("số", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("năm")
    kind = models.CharField("yêu cầu", max_length=10, choices=Kind.choices)
    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang xử lý", on_delete=models.PROTECT, related_name="data_requests"
    )
    language_code = models.CharField("ngôn ngữ", max_length=10, default=settings.LANGUAGE_CODE)
    question = models.ForeignKey(
        Question, verbose_name="câu hỏi", null=True, blank=True, on_delete=models.PROTECT, related_name="data_requests"
    )
    comment = models.ForeignKey(
        ConsultationComment,
        verbose_name="ý kiến góp ý",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="data_requests",
    )
    complaint = models.ForeignKey(
        CorrectionComplaint,
        verbose_name="phản ánh",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="data_requests",
    )
    contribution = models.ForeignKey(
        ContributedArticle,
        verbose_name="bài gửi",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="data_requests",
    )
    identified_by = models.CharField("nhận diện bằng", max_length=10, choices=Identified.choices)
    details = EncryptedTextField("nội dung yêu cầu", blank=True)
    name = EncryptedTextField("họ và tên", blank=True)
    email = EncryptedTextField("thư điện tử", blank=True)
    phone = EncryptedTextField("số điện thoại", blank=True)
    address = EncryptedTextField("địa chỉ", blank=True)
    received_at = models.DateTimeField("tiếp nhận lúc")
    received_by_name = models.CharField("người nhập", max_length=200, blank=True)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.RECEIVED)
    answer = models.TextField("trả lời", blank=True)
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    decided_by_name = models.CharField("người quyết định", max_length=200, blank=True)
    done_at = models.DateTimeField("thực hiện lúc", null=True, blank=True)
    done_by_name = models.CharField("người thực hiện", max_length=200, blank=True)
    purge_on = models.DateField("xóa từ ngày", null=True, blank=True)
    purged_at = models.DateTimeField("đã xóa lúc", null=True, blank=True)

    objects = DataRequestQuerySet.as_manager()

    PERSONAL = ("details", "name", "email", "phone", "address")
    permissions_by_capability = {HANDLE_QUESTIONS: ("add", "change", "view")}
    never_deleted = True
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "yêu cầu về dữ liệu cá nhân"
        verbose_name_plural = "các yêu cầu về dữ liệu cá nhân"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["owner_site", "state"], name="data_request_of_site")]

    def __str__(self):
        # Goes into logs and mails: nothing of what was asked.
        return f"Yêu cầu {self.number}"

    @property
    def record(self):
        """The question, comment, complaint or article whose sender asks; None when there is none."""
        return self.question or self.comment or self.complaint or self.contribution

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.RECEIVED, self.State.ACCEPTED)
