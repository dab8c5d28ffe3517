"""A citizen's question, who asked it, and what has been done with it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, SIGN_ANSWERS
from base.models import OrganisationUnit, PortalSite
from base.operations.encryption import EncryptedTextField

from .personal import PersonalContact, SubmittedFile
from .topic import QuestionTopic


class State(models.TextChoices):
    """Where a question stands (`faq.handling.states` says which step leads where)."""

    RECEIVED = "received", _("Đã tiếp nhận")
    CLASSIFIED = "classified", _("Đã phân loại")
    ASSIGNED = "assigned", _("Đã chuyển đơn vị trả lời")
    DRAFTED = "drafted", _("Đang trình duyệt câu trả lời")
    SIGNED = "signed", _("Câu trả lời đã được ký duyệt")
    REPLIED = "replied", _("Đã trả lời")
    PUBLISHED = "published", _("Đã trả lời và đăng công khai")
    CLOSED = "closed", _("Đã trả lời, không đăng công khai")
    OUT_OF_SCOPE = "out_of_scope", _("Không thuộc phạm vi trả lời")
    MERGED = "merged", _("Gộp với câu hỏi cùng nội dung")
    SPAM = "spam", _("Không phải câu hỏi")


ENDED = frozenset({State.PUBLISHED, State.CLOSED, State.OUT_OF_SCOPE, State.SPAM})


class QuestionQuerySet(models.QuerySet):
    """Questions by where they stand."""

    def open(self):
        """Those on which an action is still due; the oldest first."""
        return self.exclude(state__in=[*ENDED, State.MERGED]).order_by("received_at", "pk")

    def for_lists(self):
        """With all that a list shows, without contact data."""
        return self.select_related("topic", "unit", "owner_site", "claimed_by").order_by("-received_at", "-pk")


class Question(models.Model):
    """One question; never public itself, never deleted.

    `owner_site` is the site whose people handle it now: that of the unit it is assigned to, at first the one it was
    asked on. `number` is "HD-2026-000123". `secret` opens the tracking page together with it. `received_at` is the
    server's time of the submission; reading it late moves nothing. `text_digest` finds the same text sent again.
    """

    class Channel(models.TextChoices):
        WEB = "web", "Trang thông tin điện tử"
        PHONE = "phone", "Điện thoại"
        LETTER = "letter", "Thư, công văn"
        IN_PERSON = "in_person", "Trực tiếp"
        MAIL = "mail", "Thư điện tử"

    class Satisfaction(models.IntegerChoices):
        VERY = 3, _("Rất hài lòng")
        SATISFIED = 2, _("Hài lòng")
        NOT = 1, _("Chưa hài lòng")

    number = models.CharField("số", max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("năm")
    secret = EncryptedTextField("mã tra cứu")
    asked_on_site = models.ForeignKey(
        PortalSite, verbose_name="gửi trên trang", on_delete=models.PROTECT, related_name="questions_asked"
    )
    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang xử lý", on_delete=models.PROTECT, related_name="questions"
    )
    language_code = models.CharField("ngôn ngữ", max_length=10, default=settings.LANGUAGE_CODE)
    channel = models.CharField("kênh tiếp nhận", max_length=10, choices=Channel.choices, default=Channel.WEB)
    title = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung")
    text_digest = models.CharField(max_length=64, editable=False, db_index=True)
    topic = models.ForeignKey(
        QuestionTopic,
        verbose_name="lĩnh vực",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    received_at = models.DateTimeField("tiếp nhận lúc")
    received_by_name = models.CharField("người nhập", max_length=200, blank=True)
    is_suspect = models.BooleanField("nghi không phải câu hỏi", default=False)
    state = models.CharField("tình trạng", max_length=14, choices=State.choices, default=State.RECEIVED)
    unit = models.ForeignKey(
        OrganisationUnit,
        verbose_name="đơn vị trả lời",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người xử lý",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="questions",
    )
    claimed_at = models.DateTimeField("nhận xử lý lúc", null=True, blank=True)
    in_scope = models.BooleanField("thuộc phạm vi trả lời", null=True)
    scope_reason = models.TextField("lý do không thuộc phạm vi", blank=True)
    competent_body = models.CharField("cơ quan có thẩm quyền", max_length=200, blank=True)
    competent_body_url = models.URLField("địa chỉ của cơ quan có thẩm quyền", blank=True)
    common_interest = models.BooleanField("có liên quan chung", null=True)
    common_interest_reason = models.TextField("lý do", blank=True)
    times_given_back = models.PositiveSmallIntegerField("số lần đơn vị trả lại", default=0)
    waiting_since = models.DateField("chờ người hỏi bổ sung từ ngày", null=True, blank=True)
    round = models.PositiveSmallIntegerField("lần xử lý", default=1)
    merged_into = models.ForeignKey(
        "self", verbose_name="gộp vào", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    replied_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    closed_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField("mức hài lòng", null=True, choices=Satisfaction.choices)
    satisfaction_at = models.DateTimeField("đánh giá lúc", null=True, blank=True)
    page = models.OneToOneField(
        "faq.FaqPage",
        verbose_name="trang công khai",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    service = models.ForeignKey(
        "servicecatalog.ServiceOffering",
        verbose_name="góp ý về dịch vụ",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    objects = QuestionQuerySet.as_manager()

    permissions_by_capability = {
        HANDLE_QUESTIONS: ("add", "change", "view"),
        ANSWER_QUESTIONS: ("view",),
        SIGN_ANSWERS: ("view",),
    }
    never_deleted = True

    class Meta:
        verbose_name = "câu hỏi"
        verbose_name_plural = "câu hỏi"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["state", "received_at"]), models.Index(fields=["owner_site", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="question_not_merged_into_itself"
            )
        ]

    def __str__(self):
        # Goes into logs and mails: neither title nor text, which may name the asker.
        return f"Câu hỏi {self.number}"

    def submitted_files(self) -> list["QuestionFile"]:
        """Return the files the asker sent, as long as they are kept; for the asker alone, who chose their names."""
        return list(self.files.filter(redacted_of=None, removed_at=None))


class QuestionContact(PersonalContact):
    """Who asked; `purge_on` is set when the question ends, the job `purge_contacts` empties it from that day."""

    question = models.OneToOneField(Question, verbose_name="câu hỏi", on_delete=models.PROTECT, related_name="contact")

    class Meta:
        verbose_name = "thông tin người hỏi"
        verbose_name_plural = "thông tin người hỏi"
        indexes = [models.Index(fields=["purge_on"], condition=Q(purged_at=None), name="contact_to_purge")]

    def __str__(self):
        return f"Người hỏi của {self.question}"


class QuestionEvent(models.Model):
    """One step of a question: what the timeline shows and what the figures count.

    `public_text` is what the asker reads about the step (an interim notice, a reason); `note` is for the office only.
    Holds the person's name as text, so that it outlives the account.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Tiếp nhận")
        ROUTED = "routed", _("Chuyển cơ quan Thường trực")
        CLASSIFIED = "classified", _("Phân loại")
        ASSIGNED = "assigned", _("Chuyển đơn vị trả lời")
        REASSIGNED = "reassigned", _("Chuyển đơn vị khác")
        GIVEN_BACK = "given_back", _("Đơn vị trả lại nơi chuyển")
        CLAIMED = "claimed", _("Nhận xử lý")
        RELEASED = "released", _("Thôi xử lý")
        NOTICE = "notice", _("Thông báo quá trình xử lý")
        WAITING = "waiting", _("Đề nghị người hỏi bổ sung")
        RESUMED = "resumed", _("Tiếp tục xử lý")
        DRAFTED = "drafted", _("Soạn câu trả lời")
        SUBMITTED = "submitted", _("Trình ký câu trả lời")
        RETURNED = "returned", _("Trả lại để sửa")
        SIGNED = "signed", _("Ký duyệt câu trả lời")
        REPLIED = "replied", _("Trả lời")
        OUT_OF_SCOPE = "out_of_scope", _("Trả lời: không thuộc phạm vi")
        INTEREST = "interest", _("Xác định mức độ liên quan chung")
        PREPARED = "prepared", _("Soạn trang công khai")
        PUBLISHED = "published", _("Đăng công khai")
        CLOSED = "closed", _("Kết thúc, không đăng công khai")
        RATED = "rated", _("Đánh giá mức hài lòng")
        REOPENED = "reopened", _("Xem xét lại")
        MERGED = "merged", _("Gộp với câu hỏi khác")
        SPAM = "spam", _("Loại: không phải câu hỏi")
        HANDED_OVER = "handed_over", _("Chuyển đơn vị kế thừa")

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField("việc", max_length=14, choices=Kind.choices)
    at = models.DateTimeField("lúc")
    by_id = models.BigIntegerField("số tài khoản", null=True, blank=True)
    by_name = models.CharField("người thực hiện", max_length=200, blank=True)
    unit = models.ForeignKey(
        OrganisationUnit, verbose_name="đơn vị", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    public_text = models.TextField("nội dung người hỏi đọc được", blank=True)
    note = models.TextField("ghi chú nội bộ", blank=True)
    is_public = models.BooleanField("người hỏi thấy bước này", default=True)

    never_deleted = True

    class Meta:
        verbose_name = "bước xử lý câu hỏi"
        verbose_name_plural = "các bước xử lý câu hỏi"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["kind", "at"])]

    def __str__(self):
        return f"{self.question}: {self.get_kind_display()}"


class QuestionFile(SubmittedFile):
    """A file that came with a question, or its copy without personal data.

    `redacted_of` names the original: the original stays private whatever becomes of the copy.
    """

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="files")
    redacted_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="redacted_copies"
    )

    class Meta:
        verbose_name = "tệp kèm câu hỏi"
        verbose_name_plural = "tệp kèm câu hỏi"
        ordering = ["pk"]

    def __str__(self):
        return f"Tệp số {self.pk} của {self.question}"

    @property
    def owner_site(self) -> PortalSite:
        """The site whose people handle the question."""
        return self.question.owner_site
