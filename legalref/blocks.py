"""The block by which any page cites a legal document: link, title and status badge without a query a row."""

import copy

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, StructBlock, StructValue
from wagtail.snippets.blocks import SnippetChooserBlock

from .citations.citing_pages import ABOUT, BASIS, REFERENCE
from .life import structure
from .register.addresses import Registers
from .register.for_display import documents_for_display

ROLES = [
    (ABOUT, _("Nói về chính sách này")),
    (BASIS, _("Căn cứ")),
    (REFERENCE, _("Dẫn chiếu")),
]


class DocumentChooserBlock(SnippetChooserBlock):
    """A chooser that reads all documents of a body in one query, and their addresses in another."""

    def __init__(self, **kwargs):
        super().__init__("legalref.LegalDocument", **kwargs)

    def to_python(self, value):
        return None if value is None else self.bulk_to_python([value])[0]

    def bulk_to_python(self, values):
        """Return the documents in the order of `values`, None where one is missing; copies for repeated ones."""
        wanted = {value for value in values if value is not None}
        if not wanted:
            return [None] * len(values)
        documents = documents_for_display(wanted)
        registers = Registers()
        for document in documents.values():
            document.registers = registers
        return [copy.copy(documents[value]) if value in documents else None for value in values]


class LegalBasisValue(StructValue):
    """A citation, ready to be shown."""

    @property
    def role_label(self) -> str:
        return str(dict(ROLES).get(self["role"], ""))

    @property
    def is_shown(self) -> bool:
        """Only what is public is linked and described; a draft cited by mistake stays hidden."""
        return bool(self["document"] and self["document"].live)

    def url(self, request=None) -> str:
        """The address of the document, at the provision when one is named."""
        document = self["document"]
        registers = getattr(document, "registers", None) or Registers()
        address = registers.url(document, request)
        anchor = structure.anchor_for(self["provision"], document.parts) if self["provision"] else ""
        return f"{address}#{anchor}" if address and anchor else address


class LegalBasisBlock(StructBlock):
    """A citation of a legal document: which one, which provision, and what for.

    When the document is repealed, pages that cite it are proposed for review (Điều 21.2).
    """

    document = DocumentChooserBlock(label="Văn bản")
    provision = CharBlock(
        label="Điều khoản", max_length=120, required=False, help_text="Ví dụ: điểm c khoản 1 Điều 10."
    )
    role = ChoiceBlock(
        label="Vai trò",
        choices=ROLES,
        default=BASIS,
        help_text="«Nói về chính sách này»: khi văn bản bị bãi bỏ, bài được đề nghị gỡ bỏ.",
    )

    class Meta:
        label = "Văn bản pháp luật"
        icon = "doc-full"
        template = "legalref/blocks/legal_basis.html"
        value_class = LegalBasisValue
        description = "Dẫn một văn bản trong sổ; hiện liên kết và tình trạng hiệu lực."
        preview_template = "legalref/blocks/previews/legal_basis.html"

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        if value.is_shown:
            context["document"] = value["document"]
            context["url"] = value.url((parent_context or {}).get("request"))
            context["status"] = value["document"].status
        return context


def lapsed_citations(stream) -> list:
    """Return the documents cited in a stream that no longer apply: for a warning, never a reason to remove."""
    found = {}
    for child in stream:
        cited = child.value.get("document") if isinstance(child.value, LegalBasisValue) else None
        if cited is not None and not cited.status.applies:
            found.setdefault(cited.pk, cited)
    return list(found.values())
