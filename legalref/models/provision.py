"""What a document is made of: the nodes of its text with their anchors, and its further files."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from base.models import PortalFile

from ..life import structure


class DocumentFile(Orderable):
    """Another file of a document: DOCX, appendix, scan."""

    document = ParentalKey("LegalDocument", on_delete=models.CASCADE, related_name="document_files")
    file = models.ForeignKey(PortalFile, verbose_name="tệp", on_delete=models.PROTECT, related_name="+")
    label = models.CharField("tên hiển thị", max_length=200, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "tệp kèm theo"
        verbose_name_plural = "tệp kèm theo"

    def __str__(self):
        return self.label or self.file.title


class Provision(Orderable):
    """One node of a document's text: an article, a heading or a frame part, with its anchor in the page.

    Made from the full text by `LegalDocument.set_full_text`, versioned and approved with the document.
    """

    document = ParentalKey("LegalDocument", on_delete=models.CASCADE, related_name="provisions")
    kind = models.CharField("loại", max_length=12)
    part = models.CharField("phần", max_length=60)
    part_label = models.CharField("tên phần", max_length=80)
    chapter = models.CharField("chương", max_length=12, blank=True)
    section = models.CharField("mục", max_length=12, blank=True)
    number = models.CharField("số", max_length=12, blank=True)
    heading = models.TextField("tiêu đề", blank=True)
    text = models.TextField("nội dung", blank=True)
    anchor = models.CharField("địa chỉ trong trang", max_length=120)

    class Meta(Orderable.Meta):
        verbose_name = "điều khoản"
        verbose_name_plural = "điều khoản"
        indexes = [models.Index(fields=["document", "anchor"])]

    def __str__(self):
        return self.label

    @property
    def label(self) -> str:
        """ "Điều 10", "Chương IV", "Mục 2"; "" for a frame part."""
        word = {structure.ARTICLE: "Điều", structure.CHAPTER: "Chương", structure.SECTION: "Mục"}.get(self.kind, "")
        return f"{word} {self.number}".strip()

    @property
    def is_article(self) -> bool:
        return self.kind == structure.ARTICLE

    @property
    def is_heading(self) -> bool:
        return self.kind in (structure.CHAPTER, structure.SECTION)

    @property
    def frame_lines(self) -> list[str]:
        """The lines of a frame part as printed."""
        return self.text.split("\n")

    def lines(self) -> list[structure.Line]:
        """Its paragraphs: clauses and points with their anchors."""
        return structure.lines_of(self.text, self.anchor)


def readable(document) -> list[Provision]:
    """Return the provisions of a document in order, whether stored or of a draft."""
    return sorted(document.provisions.all(), key=lambda provision: provision.sort_order or 0)


def contents(provisions) -> list[dict]:
    """Return the table of contents: dicts of anchor, label, heading, level (1 part, 2 chapter, 3 section, 4 article).

    The first part has a heading of its own only when instruments are attached to the document.
    """
    provisions = list(provisions)
    has_several = len({provision.part for provision in provisions}) > 1
    entries, part = [], ""
    for provision in provisions:
        if has_several and provision.part != part:
            part = provision.part
            entries.append({"anchor": provision.anchor, "label": provision.part_label, "heading": "", "level": 1})
        if provision.is_article or provision.is_heading:
            level = {structure.CHAPTER: 2, structure.SECTION: 3}.get(provision.kind, 4)
            entries.append(
                {"anchor": provision.anchor, "label": provision.label, "heading": provision.heading, "level": level}
            )
    return entries
