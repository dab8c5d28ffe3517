"""Citations found in texts: what a page or a document cites in its words, and what people decided about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from wagtail.models import Page


class CitationQuerySet(models.QuerySet):
    """Citations by what they lead to and where they stand."""

    def of(self, source):
        """Citations in the text of a page or a document."""
        if source.pk is None:
            return self.none()
        return self.filter(**({"page_id": source.pk} if isinstance(source, Page) else {"source_id": source.pk}))

    def in_public_text(self):
        """Those that readers see: in the public version of a page or document that is public."""
        return self.filter(is_live=True).filter(Q(page__live=True) | Q(source__live=True))

    def leading_to(self, document):
        """Public citations that are links to a document, other than its own."""
        return self.in_public_text().filter(target=document).exclude(source=document)

    def waiting(self):
        """Public citations for which there is no one document: none in the register (any more), or several."""
        unlinked = Q(target=None) | Q(target__live=False)
        return self.in_public_text().exclude(state=Citation.State.REJECTED).filter(unlinked)


class Citation(models.Model):
    """One citation as it is written in a text, however often it stands there.

    `state`, `target` and `note` are what readers get: a link to `target` (at `anchor`), none for a rejected one, an
    editor's note beside it. A decision of an editor waits in `proposed_…` until a version that is not older than
    `proposed_revision` is approved and published: so it takes two persons, as every change of what is public.
    `is_live` says that the public text still holds it; what people decided outlives that.
    """

    class State(models.TextChoices):
        AUTOMATIC = "automatic", "Tự động"
        ACCEPTED = "accepted", "Đã chấp nhận"
        REJECTED = "rejected", "Không dẫn"

    class Outcome(models.TextChoices):
        ONE = "one", "Xác định được"
        SEVERAL = "several", "Cần chọn"
        NONE = "none", "Chưa có trong sổ"

    page = models.ForeignKey(
        Page, verbose_name="trang dẫn", null=True, on_delete=models.CASCADE, related_name="legal_citations"
    )
    source = models.ForeignKey(
        "legalref.LegalDocument",
        verbose_name="văn bản dẫn",
        null=True,
        on_delete=models.CASCADE,
        related_name="citations_made",
    )
    written = models.CharField("viết là", max_length=600)
    count = models.PositiveIntegerField("số lần", default=1)
    is_live = models.BooleanField("có trong nội dung đang đăng", default=False)

    kind = models.CharField("loại", max_length=12)
    role = models.CharField("vai trò", max_length=12)
    label = models.CharField("văn bản được dẫn", max_length=300)
    provision = models.CharField("điều khoản", max_length=200, blank=True)
    number_key = models.CharField("khóa số", max_length=40, blank=True, db_index=True)
    title_key = models.CharField("khóa tên luật", max_length=200, blank=True, db_index=True)
    outcome = models.CharField("kết quả", max_length=10, choices=Outcome.choices, default=Outcome.NONE)
    has_wrong_provision = models.BooleanField("điều khoản không có trong văn bản", default=False)

    state = models.CharField("trạng thái", max_length=12, choices=State.choices, default=State.AUTOMATIC)
    target = models.ForeignKey(
        "legalref.LegalDocument", verbose_name="dẫn tới", null=True, on_delete=models.SET_NULL, related_name="cited_in"
    )
    chosen = models.ForeignKey(
        "legalref.LegalDocument", verbose_name="văn bản đã chọn", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    anchor = models.CharField("địa chỉ trong trang", max_length=160, blank=True)
    note = models.CharField("ghi chú của biên tập", max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người quyết định", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True)

    proposed_state = models.CharField("trạng thái chờ duyệt", max_length=12, choices=State.choices, blank=True)
    proposed_target = models.ForeignKey(
        "legalref.LegalDocument",
        verbose_name="văn bản chờ duyệt",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    proposed_note = models.CharField("ghi chú chờ duyệt", max_length=300, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người đề nghị", null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("đề nghị lúc", null=True)
    proposed_revision = models.BigIntegerField("phiên bản chờ duyệt", null=True)

    objects = CitationQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "trích dẫn"
        verbose_name_plural = "trích dẫn"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(page=None, source__isnull=False) | Q(page__isnull=False, source=None),
                name="citation_stands_in_one_text",
            ),
            models.UniqueConstraint(fields=["page", "written"], condition=Q(source=None), name="one_citation_a_page"),
            models.UniqueConstraint(
                fields=["source", "written"], condition=Q(page=None), name="one_citation_a_document"
            ),
        ]
        indexes = [models.Index(fields=["target", "is_live"])]

    def __str__(self):
        return f"{self.written} → {self.target or self.get_outcome_display()}"

    @property
    def is_decided(self) -> bool:
        return self.state != self.State.AUTOMATIC

    @property
    def is_waiting_for_approval(self) -> bool:
        return bool(self.proposed_state)
