"""What the pages of the sections share: where they may stand, what they cite, what they attach, how long
they hold.
"""

from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from base.admin import preview_modes
from base.blocks import FileItemBlock
from base.models import BasePage, PortalFile
from base.preflight import Finding
from base.public.index.cards import card_of
from base.public.index.items import OwnFacts
from legalref.blocks import LegalBasisBlock, lapsed_citations
from legalref.citations import reading
from workflows.deadlines.terms import Duty

from .. import listing
from ..blocks import SectionBodyBlock

DISCLOSURES, DISCLOSURE_RULE = "cong-khai", "DL-ATI-DEFAULT"


@dataclass(frozen=True)
class Attachment:
    """A file in a page's file list; without a label of its own it has the file's title."""

    file: PortalFile
    label: str = ""


class SectionItem(BasePage):
    """A page that belongs to a section and has no pages under it.

    `kind_field` names the field by which the section's list can be filtered, if there is one. `is_news`: readers of the
    whole site get it with its feed.
    """

    subpage_types: list[str] = []
    kind_field = ""
    is_news = False
    # The files of a page, the documents that it cites, and the wards that show it too.
    same_in_each_language = frozenset({"attachments", "legal_basis", "on_wards"})

    class Meta:
        abstract = True

    @classmethod
    def can_create_at(cls, parent):
        """Offer a type only in the sections whose row of the catalogue names it."""
        return super().can_create_at(parent) and accepts(parent, cls)

    # --- In lists ---------------------------------------------------------------------------------

    def own_facts(self):
        return OwnFacts(
            sub_kind=getattr(self, self.kind_field) if self.kind_field else "",
            in_feed=self.is_news,
            more={"author": self.author_name} if self.author_name else {},
        )

    @classmethod
    def labels(cls, own, on):
        return cls.label_of_kind(own.sub_kind), ""

    @classmethod
    def label_of_kind(cls, value: str) -> str:
        """Return the label of a kind of this type, "" when it knows no kinds."""
        return str(dict(cls._meta.get_field(cls.kind_field).flatchoices).get(value, value)) if cls.kind_field else ""

    # --- Seeing it before it is public ------------------------------------------------------------

    def stands_in_list(self):
        """An item is listed in the section it is under; a new one, whose place is not known yet, in any."""
        if not self.path:
            return self._meta.label in apps.get_model("sections", "SectionIndexPage").subpage_types
        return hasattr(self.get_parent().specific_class, "section_key")

    def list_places(self, request):
        """The item in its place among the first of its section's list."""
        section = self.get_parent().specific
        public = listing.list_items(section, {}, request).items
        place = next((place for place, item in enumerate(public) if item.pk == self.pk), 0)
        others = [item for item in public if item.pk != self.pk]
        first = max(0, place - preview_modes.NEIGHBOURS)
        shown = [*others[first:place], card_of(self, request), *others[place : first + preview_modes.NEIGHBOURS]]
        heading = f"Trong mục «{section.title}»"
        return [preview_modes.listed(heading, "sections/parts/list_item.html", "item", shown, request)]

    @property
    def kind_label(self) -> str:
        """The label of the item's kind today, or "" when its type knows no kinds."""
        return self.labels(self.own_facts(), timezone.localdate())[0]

    @property
    def list_status(self) -> str:
        """What the section's list says about the state of the item today, or ""."""
        return self.labels(self.own_facts(), timezone.localdate())[1]

    def subjects(self) -> list[str]:
        return [str(self.kind_label)] if self.kind_label else []

    def duties(self) -> list[Duty]:
        """Return the publication deadlines that publishing this page meets."""
        return []


class WithBody(models.Model):
    """A page whose text is made of blocks."""

    body = StreamField(SectionBodyBlock(), verbose_name="nội dung", blank=True)

    begins_with_paragraph = False

    class Meta:
        abstract = True

    @classmethod
    def defaults_for(cls, site, user):
        """Where the kind of page says so, the text begins with a paragraph to write in."""
        known = super().defaults_for(site, user)
        if not cls.begins_with_paragraph:
            return known
        text = cls._meta.get_field("body").stream_block
        return {**known, "body": text.to_python([{"type": "paragraph", "value": ""}])}


class WithFiles(models.Model):
    """A page with files to download."""

    attachments = StreamField(
        [("file", FileItemBlock())],
        verbose_name="tệp đính kèm",
        blank=True,
        help_text="Mỗi tệp nên có bản đọc được bằng máy (không chỉ bản quét).",
    )

    class Meta:
        abstract = True

    def files(self) -> list[Attachment]:
        return [
            Attachment(entry.value["file"], entry.value["label"]) for entry in self.attachments if entry.value["file"]
        ]


class CitesLaw(models.Model):
    """A page that rests on legal documents or speaks about a policy they set (Quy chế Điều 21.2).

    When one of them is repealed, this page gets a take-down task.
    """

    seldom_has = ("legal_citations",)

    legal_basis = StreamField(
        [("document", LegalBasisBlock())],
        verbose_name="căn cứ, văn bản liên quan",
        blank=True,
        help_text=("Văn bản mà bài nói đến hoặc dựa vào; khi văn bản bị bãi bỏ, bài này được đưa ra xem xét gỡ bỏ."),
    )

    class Meta:
        abstract = True

    def cited_documents(self, role: str = "") -> list:
        """Return the legal documents cited under the text (in one role when given), each once."""
        found = {}
        for entry in self.legal_basis:
            document = entry.value.get("document")
            if document is not None and role in ("", entry.value.get("role")):
                found.setdefault(document.pk, document)
        return list(found.values())

    def preflight(self):
        lapsed = [
            Finding(
                "warning",
                field.name,
                f"«{document}» không còn hiệu lực hoặc chưa có hiệu lực; hãy kiểm tra xem dẫn văn bản này có còn đúng.",
            )
            for field in self._meta.concrete_fields
            if isinstance(field, StreamField)
            for document in lapsed_citations(getattr(self, field.name))
        ]
        return super().preflight() + lapsed + reading.findings(self, "legal_basis")


class Discloses(models.Model):
    """A page that discloses what an authority has made: 5 working days (Luật Tiếp cận thông tin Điều 18.4).

    `information_on` starts them. What is below the section «Công khai thông tin» is such a page.
    """

    information_on = models.DateField(
        "ngày tạo ra thông tin",
        null=True,
        blank=True,
        help_text="Với bài công khai thông tin: ngày có thông tin phải công khai; thời hạn 5 ngày làm việc tính từ đó.",
    )

    class Meta:
        abstract = True

    @property
    def is_disclosure(self) -> bool:
        """Whether the page is below the section of disclosures, at any depth."""
        if not self.path:
            return False
        sections = apps.get_model("sections", "SectionIndexPage").objects.ancestor_of(self)
        return sections.filter(section_key=DISCLOSURES).exists()

    def duties(self) -> list[Duty]:
        found = super().duties()
        if self.information_on and self.is_disclosure:
            found.append(Duty(DISCLOSURE_RULE, self.information_on, self.title))
        return found

    def preflight(self):
        findings = super().preflight()
        if self.information_on is None and self.is_disclosure:
            findings.append(
                Finding(
                    "warning",
                    "information_on",
                    "Chưa ghi ngày tạo ra thông tin nên chưa tính được thời hạn công khai "
                    "(Luật Tiếp cận thông tin, Điều 18.4); hãy điền ngày.",
                )
            )
        return findings


def accepts(parent, model) -> bool:
    """Tell whether a page type may stand under `parent`: only a section index is choosy."""
    parent = parent.specific
    return not hasattr(parent, "section_key") or model._meta.label in parent.item_types


def missing(page, names: dict[str, str]) -> list[Finding]:
    """Return a blocker for each empty field of `page`; `names` maps a field to the message shown."""
    return [Finding("blocker", name, message) for name, message in names.items() if _is_empty(getattr(page, name))]


def _is_empty(value) -> bool:
    """Tell whether a field says nothing: also a text whose paragraphs are all empty."""
    if not hasattr(value, "raw_data"):
        return value in (None, "")
    return all(part["type"] == "paragraph" and not strip_tags(part["value"] or "").strip() for part in value.raw_data)


def wrong_order(page, first: str, last: str, message: str) -> dict[str, str]:
    """Return an error for the field `last` when its date lies before that of `first`."""
    start, end = getattr(page, first), getattr(page, last)
    return {last: message} if isinstance(start, date) and isinstance(end, date) and end < start else {}


def file_field(label: str) -> models.ForeignKey:
    """Return the field of one file of a page, which stays as long as the page names it."""
    return models.ForeignKey(
        PortalFile, verbose_name=label, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


body_panels = [FieldPanel("body")]
files_panels = [FieldPanel("attachments")]
law_panels = [FieldPanel("legal_basis")]
# What most items end with.
text_panels = [*body_panels, *law_panels, *files_panels, *BasePage.responsibility_panels]
