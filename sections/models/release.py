"""Announced releases: what will be published when.

A day that was announced does not vanish: it is kept, or changed with its reason, and a late one is shown as late.
"""

from dataclasses import replace
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, PageChooserPanel
from wagtail.models import Orderable

from base.authority import owner_of
from base.models import BasePage
from base.preflight import Finding
from vietnam.dates import format_short
from workflows.translations.sources import source_of

from .item import SectionItem, WithBody, body_panels, missing


class ReleasePage(WithBody, SectionItem):
    """What will be published, and on which day. `released` is the page that was published, `released_on` when.

    Each change of a day that was announced is a row of `changes` with its reason; public rows stay (`_lost_history`).
    """

    due_on = models.DateField("ngày sẽ công bố", default=timezone.localdate)
    released = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name="trang đã công bố",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Chọn khi nội dung đã đăng.",
    )
    released_on = models.DateField("ngày đã công bố", null=True, blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("due_on"),
        InlinePanel("changes", heading="Đổi ngày công bố", label="lần đổi"),
        FieldRowPanel([PageChooserPanel("released"), FieldPanel("released_on")]),
        FieldPanel("summary"),
        *body_panels,
        *BasePage.responsibility_panels,
    ]

    template = "sections/release_page.html"
    icon_name = "date"
    review_rule = ""
    page_description = "Báo trước nội dung sẽ công bố và ngày công bố; đổi ngày phải ghi lý do, chậm thì hiện là chậm."
    retention_class = "permanent"

    class Meta:
        verbose_name = "nội dung sẽ công bố"
        verbose_name_plural = "nội dung sẽ công bố"

    # --- In lists ---------------------------------------------------------------------------------

    def own_facts(self):
        own = super().own_facts()
        more = {"released_on": self.released_on.isoformat()} if self.released_on else {}
        return replace(own, starts_on=self.due_on, more=own.more | more)

    @classmethod
    def labels(cls, own, on):
        released = own.more.get("released_on")
        return _("Sẽ công bố"), standing_as_text(own.starts_on, date.fromisoformat(released) if released else None, on)

    @property
    def standing(self) -> str:
        """What the page says of its day today."""
        return standing_as_text(self.due_on, self.released_on, timezone.localdate())

    @property
    def is_late(self) -> bool:
        return self.due_on < (self.released_on or timezone.localdate())

    def history(self) -> list["ReleaseChange"]:
        """The changes of the day, the newest first; a translation has those of its source, in its own words if any."""
        source = source_of(self)
        rows = self.changes.all() if source is None else ReleaseChange.objects.filter(page=source.pk)
        own = {(row.was_due_on, row.due_on): row for row in self.changes.all()}
        newest = sorted(rows, key=lambda row: row.sort_order or 0, reverse=True)
        return [own.get((row.was_due_on, row.due_on), row) for row in newest]

    # --- Before it is public ----------------------------------------------------------------------

    def preflight(self):
        findings = super().preflight()
        if self.released_on is not None:
            findings += missing(self, {"released": "Đã ghi ngày công bố; hãy chọn trang đã đăng."})
            if self.released_on > timezone.localdate():
                findings.append(Finding("blocker", "released_on", "Ngày đã công bố không thể sau hôm nay."))
        elif self.released is not None:
            findings.append(Finding("blocker", "released_on", "Đã chọn trang; hãy ghi ngày trang ấy được đăng."))
        if self.released is not None and not self.released.live:
            # A reader of the findings may not learn the name of another site's page.
            named = f"«{self.released.title}»" if owner_of(self.released) == owner_of(self) else "Trang đã chọn"
            findings.append(Finding("blocker", "released", f"{named} chưa đăng; hãy đăng trang ấy trước."))
        return findings + [Finding("blocker", "changes", message) for message in self._lost_history()]

    def _lost_history(self) -> list[str]:
        """Say what of the public history a version drops, and which change of the day it does not explain.

        Nothing of a translation: the day and its history are those of its source.
        """
        if source_of(self) is not None:
            return []
        stored = ReleasePage.objects.filter(pk=self.pk).exclude(first_published_at=None).first() if self.pk else None
        rows = [(row.was_due_on, row.due_on, row.reason.strip()) for row in self.changes.all()]
        if stored is None:
            return [f"Nội dung chưa từng đăng thì chưa có lần đổi ngày; hãy xóa {len(rows)} dòng."] if rows else []
        public = list(ReleaseChange.objects.filter(page=stored).order_by("sort_order", "pk"))
        found = []
        for row in public:
            known = (row.was_due_on, row.due_on, row.reason.strip())
            if known in rows:
                rows.remove(known)
            else:
                found.append(
                    f"Lần đổi từ {format_short(row.was_due_on)} sang {format_short(row.due_on)} đã đăng nên phải giữ "
                    "đúng chữ; hãy thêm lại."
                )
        wanted = (stored.due_on, self.due_on)
        new = [(before, after) for before, after, _reason in rows]
        if self.due_on != stored.due_on and new != [wanted]:
            found.append(
                f"Đã báo ngày {format_short(stored.due_on)}, nay là {format_short(self.due_on)}: hãy thêm đúng một lần "
                "đổi từ ngày ấy sang ngày này, kèm lý do."
            )
        elif self.due_on == stored.due_on and new and not found:
            found.append("Ngày công bố không đổi so với bản đang đăng; hãy xóa lần đổi mới.")
        return found


class ReleaseChange(Orderable):
    """One change of an announced day, with its reason; those that were public stay as they are."""

    page = ParentalKey(ReleasePage, on_delete=models.CASCADE, related_name="changes")
    was_due_on = models.DateField("từ ngày")
    due_on = models.DateField("sang ngày")
    reason = models.CharField("lý do", max_length=300)
    changed_on = models.DateField("ghi ngày", default=timezone.localdate, editable=False)

    panels = [FieldRowPanel([FieldPanel("was_due_on"), FieldPanel("due_on")]), FieldPanel("reason")]

    class Meta(Orderable.Meta):
        verbose_name = "lần đổi ngày công bố"
        verbose_name_plural = "lần đổi ngày công bố"

    def __str__(self):
        return f"{format_short(self.was_due_on)} → {format_short(self.due_on)}"


def standing_as_text(due_on: date | None, released_on: date | None, on: date) -> str:
    """Return how an announced release stands on a day: due, late, published in time or late."""
    if due_on is None:
        return ""
    day, late = format_short(due_on), ((released_on or on) - due_on).days
    if released_on is None and late <= 0:
        return _("Ngày %(day)s") % {"day": day}
    if released_on is None:
        return _("Chậm %(days)s ngày (hẹn %(day)s)") % {"days": late, "day": day}
    if late <= 0:
        return _("Đã công bố ngày %(day)s, đúng hẹn") % {"day": format_short(released_on)}
    return _("Đã công bố ngày %(day)s, chậm %(days)s ngày") % {"day": format_short(released_on), "days": late}
