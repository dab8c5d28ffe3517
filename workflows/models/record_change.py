"""The change of a shared record: it waits for a second person, until then readers see the old value."""

from django.apps import apps
from django.db import models
from django.db.models import Q

from base.models import PortalSite

from .proposal import Proposal


class RecordChange(Proposal):
    """One record to be added, changed or removed (`object_type`, `object_id`; "" for one to be added).

    `values` and `former` are the record as data, as it shall be and as it was (`record_changes.data_of`). `before` and
    `digest` are SHA-256: of what it was when the change was proposed, and of all that is proposed.
    """

    class Act(models.TextChoices):
        ADD = "add", "Thêm"
        CHANGE = "change", "Sửa"
        REMOVE = "remove", "Xóa"

    act = models.CharField("việc", max_length=10, choices=Act.choices)
    object_type = models.CharField("loại", max_length=100)
    object_id = models.CharField("mã bản ghi", max_length=40, blank=True)
    label = models.CharField("tên", max_length=300)
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    values = models.JSONField("sẽ là", default=dict)
    former = models.JSONField("đang là", default=dict)
    before = models.CharField("mã băm lúc đề nghị", max_length=64, blank=True)
    digest = models.CharField("mã băm của đề nghị", max_length=64)

    never_deleted = True

    class Meta:
        verbose_name = "đề nghị sửa danh mục chung"
        verbose_name_plural = "đề nghị sửa danh mục chung"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["object_type", "object_id"],
                condition=Q(decided_at=None) & ~Q(object_id=""),
                name="one_open_change_a_record",
            )
        ]

    def __str__(self):
        if self.names_what_is_done:
            return self.label
        return f"{self.get_act_display()} {self.kind}: {self.label}"

    @property
    def owner_site(self) -> PortalSite:
        return self.site

    @property
    def model(self):
        return apps.get_model(self.object_type)

    @property
    def kind(self) -> str:
        """What kind of record it is, as text; of a kind that is no more, its name in the code."""
        try:
            return str(self.model._meta.verbose_name)
        except (LookupError, ValueError):
            return self.object_type

    @property
    def names_what_is_done(self) -> bool:
        """Tell whether the record's own name says what is done: «Thành lập: Phòng Nội vụ»."""
        try:
            return getattr(self.model, "names_what_is_done", False)
        except (LookupError, ValueError):
            return False

    @property
    def record(self):
        """The record as it is stored now, or None."""
        return self.model._base_manager.filter(pk=self.object_id).first() if self.object_id else None
