"""What joins documents to each other, to sites and to take-downs, and the stored status."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from base.models import PortalSite
from workflows.models import TakeDown

from ..life.effect import AMENDING, RELATIONS, Status, StatusCode, bare_reason, happened, is_amending, status_on
from .entry import RegisterEntry
from .posting import PostingRule


class DocumentRelationQuerySet(models.QuerySet):
    """Relations that count: noted by one person, agreed to by a second, and not taken back."""

    def valid(self):
        return self.filter(revoked_at=None, agreed_at__isnull=False)

    def waiting(self):
        """Relations that one person has noted and that wait for a second; nothing of them is public."""
        return self.filter(revoked_at=None, agreed_at=None)

    def standing(self):
        """Relations that hold or wait."""
        return self.filter(revoked_at=None)

    def of_unregistered(self, text: str):
        """Relations of a document that is not in the register, by its name; of a reason without one too."""
        return self.filter(Q(source_text=text) | Q(source_text="", stated_in=text))

    def with_effect(self):
        """Relations that hold and may change the status of a document."""
        return self.valid().filter(code__in=[code for code, kind in RELATIONS.items() if kind.effect])

    def acting_on(self, documents):
        """Relations that may change the status of the given documents, the earliest first."""
        return (
            self.with_effect()
            .filter(target__in=documents)
            .select_related("source", "source__document_type", "source__owner_site")
            .order_by("effective_on", "pk")
        )

    def amended_by(self, documents) -> dict[int, list]:
        """Return what each of some documents amends, with what acts on that: key → pairs, as `status_on` wants them.

        Two queries, none when no document is an amending one by its title.
        """
        keys = [document.pk for document in documents if is_amending(document)]
        if not keys:
            return {}
        found = self.valid().filter(source__in=keys, code__in=AMENDING)
        rows = found.select_related("target__main_issuer").defer("target__full_text", "target__search_text")
        acting: dict[int, list] = {}
        for row in self.acting_on(found.values("target")):
            acting.setdefault(row.target_id, []).append(row)
        amended: dict[int, list] = {}
        for row in rows:
            amended.setdefault(row.source_id, []).append((row.target, acting.get(row.target_id, [])))
        return amended


class DocumentRelation(models.Model):
    """One document acts on another (source → target), as one of the fifteen relations of the national database.

    `scope` lists the provisions concerned, empty for the whole document. Without a source in the register,
    `source_text` names it, and without a document at all `stated_in` says why. `follows_from`: the repeal with which
    the target lapses, because it details what was repealed. `tasks_opened_on`: when the pages that cite the target were
    looked for, once it had taken effect (even if there were none). One person notes a relation (`confirmed_by`),
    another agrees (`agreed_by`); until then readers see nothing of it and no status follows from it. One taken back
    stays, with who took it back and when.
    """

    source = models.ForeignKey(
        "legalref.LegalDocument",
        verbose_name="văn bản tác động",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="acts_on",
    )
    source_text = models.CharField("văn bản tác động (khi chưa có trong sổ)", max_length=300, blank=True)
    target = models.ForeignKey(
        "legalref.LegalDocument",
        verbose_name="văn bản bị tác động",
        on_delete=models.PROTECT,
        related_name="acted_on_by",
    )
    code = models.PositiveSmallIntegerField(
        "quan hệ", choices=[(code, kind.active) for code, kind in RELATIONS.items()]
    )
    scope = models.JSONField("điều khoản liên quan", default=list, blank=True)
    effective_on = models.DateField("từ ngày", null=True, blank=True)
    until = models.DateField("đến trước ngày", null=True, blank=True)
    stated_in = models.CharField("căn cứ ghi tại", max_length=300, blank=True)
    is_verified = models.BooleanField("đã đối chiếu với bản gốc", default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField("ghi lúc")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người thứ hai xác nhận",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    agreed_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    follows_from = models.ForeignKey(
        "self", verbose_name="hệ quả của", null=True, blank=True, on_delete=models.PROTECT, related_name="consequences"
    )
    tasks_opened_on = models.DateField("đã tìm trang dẫn ngày", null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người thu hồi", null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField("thu hồi lúc", null=True)
    revoked_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)
    # Who asks to take back what readers see already; it stays until another agrees.
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người đề nghị thu hồi",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undo_asked_at = models.DateTimeField("đề nghị thu hồi lúc", null=True, blank=True)
    undo_reason = models.CharField("lý do đề nghị thu hồi", max_length=300, blank=True)

    objects = DocumentRelationQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "quan hệ văn bản"
        verbose_name_plural = "quan hệ văn bản"
        ordering = ["effective_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(source=None) | ~Q(source=F("target")), name="document_acts_on_another"),
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("confirmed_by")), name="relation_of_two_persons"
            ),
            models.UniqueConstraint(
                fields=["source", "target", "code", "effective_on"],
                condition=Q(revoked_at=None),
                name="one_relation_a_pair_and_day",
            ),
        ]
        indexes = [models.Index(fields=["target", "code"])]

    def __str__(self):
        return f"{self.source or self.source_text or self.stated_in} · {self.active_label} · {self.target}"

    @property
    def active_label(self) -> str:
        """What the source does: "Thay thế"."""
        return str(RELATIONS[self.code].active)

    @property
    def passive_label(self) -> str:
        """What the target undergoes: "Được thay thế bởi"."""
        return str(RELATIONS[self.code].passive)

    @property
    def happened(self) -> str:
        """What the target undergoes, and by what, or from which day and why."""
        return happened(self)

    @property
    def has_bare_reason(self) -> bool:
        """Tell whether no document is known that acts, only why."""
        return bool(bare_reason(self))


class DocumentStatus(models.Model):
    """The status of a document as last computed, for lists and badges; `lifecycle.refresh_status` renews it nightly."""

    document = models.OneToOneField("legalref.LegalDocument", on_delete=models.CASCADE, related_name="stored_status")
    code = models.CharField("tình trạng", max_length=20, choices=StatusCode.choices, db_index=True)
    reason = models.TextField("lý do", blank=True)
    caution = models.CharField("lưu ý", max_length=300, blank=True)
    since = models.DateField("từ ngày", null=True)
    by_document = models.ForeignKey("legalref.LegalDocument", null=True, on_delete=models.SET_NULL, related_name="+")
    rank = models.PositiveSmallIntegerField("thứ tự", default=0, db_index=True)
    computed_on = models.DateField("tính cho ngày")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "tình trạng hiệu lực"
        verbose_name_plural = "tình trạng hiệu lực"

    def __str__(self):
        return self.get_code_display()

    def as_status(self) -> Status:
        """The stored status, without the document that caused it: for that ask `lifecycle.status`."""
        return Status(self.code, self.reason, self.since, caution=self.caution)

    @classmethod
    def store(cls, document, on, relations=None, amended=None) -> bool:
        """Compute and store the status of a document for a day; tell whether it changed.

        `relations`: those acting on it, `amended`: what it amends (`amended_by`), when already read. What amends it is
        computed anew as well when it changed.
        """
        if relations is None:
            relations = DocumentRelation.objects.acting_on([document.pk])
        if amended is None:
            amended = DocumentRelation.objects.amended_by([document]).get(document.pk, [])
        found = status_on(document, on, relations, amended)
        values = {
            "code": str(found.code),
            "reason": found.reason,
            "since": found.since,
            "rank": found.rank,
            "caution": found.caution,
            "by_document_id": found.by_document.pk if found.by_document else None,
        }
        stored = cls.objects.filter(document_id=document.pk).first()
        if stored is None:
            cls.objects.create(document_id=document.pk, computed_on=on, **values)
            cls._store_amending(document, on)
            return True
        changed = any(getattr(stored, name) != value for name, value in values.items())
        if changed or stored.computed_on != on:
            cls.objects.filter(pk=stored.pk).update(computed_on=on, **values)
        if changed:
            RegisterEntry.store_status(document.pk, found)
            cls._store_amending(document, on)
        return changed

    @classmethod
    def _store_amending(cls, document, on) -> None:
        """Store the status of the documents that amend one anew; no circle of amendments is ever recorded."""
        rows = DocumentRelation.objects.valid().filter(target=document, code__in=AMENDING).exclude(source=None)
        for row in rows.select_related("source__main_issuer").defer("source__full_text", "source__search_text"):
            if is_amending(row.source):
                cls.store(row.source, on)


class SiteDocument(models.Model):
    """Says that a document must stand on a site, and why: the one object that carries the deadline (Điều 10.1.c).

    Without such a row there is no duty to publish: a portal does not republish the whole of the law. `rule`: the one
    that made it as soon as the document stood in the register; empty when a person decided it.
    """

    class Ground(models.TextChoices):
        ISSUER = "issuer", "Cơ quan của trang là cơ quan ban hành"
        IN_SCOPE = "in_scope", "Cơ quan của trang thuộc phạm vi điều chỉnh"

    document = models.ForeignKey(
        "legalref.LegalDocument", verbose_name="văn bản", on_delete=models.CASCADE, related_name="site_documents"
    )
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="site_documents")
    ground = models.CharField("lý do", max_length=10, choices=Ground.choices)
    rule = models.ForeignKey(
        PostingRule,
        verbose_name="theo quy tắc",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="site_documents",
    )
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người đánh dấu",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    marked_on = models.DateField("ngày đánh dấu")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "văn bản của trang"
        verbose_name_plural = "văn bản của trang"
        constraints = [models.UniqueConstraint(fields=["document", "site"], name="one_mark_a_document_and_site")]

    def __str__(self):
        return f"{self.document} · {self.site}"


class RepealEffect(models.Model):
    """A take-down that a relation opened: which document, by which relation."""

    takedown = models.OneToOneField(TakeDown, on_delete=models.PROTECT, related_name="repeal_effect")
    relation = models.ForeignKey(DocumentRelation, on_delete=models.PROTECT, related_name="effects")
    document = models.ForeignKey("legalref.LegalDocument", on_delete=models.PROTECT, related_name="repeal_effects")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "tác động của việc bãi bỏ"
        verbose_name_plural = "tác động của việc bãi bỏ"

    def __str__(self):
        return f"{self.document} → {self.takedown}"
