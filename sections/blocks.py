"""The parts a section's text is made of: those of every page, and what cites law and links to other
bodies.
"""

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from wagtail.blocks import (
    CharBlock,
    ChooserBlock,
    ListBlock,
    StructBlock,
    StructValue,
    TextBlock,
    URLBlock,
)

from base.blocks import BodyBlock
from base.models import OrganisationUnit, PostHolder
from legalref.blocks import LegalBasisBlock


class LinkBlock(StructBlock):
    """One outside address with its name."""

    label = CharBlock(label="Tên cơ quan, trang", max_length=200)
    url = URLBlock(label="Địa chỉ")
    note = CharBlock(label="Ghi chú", max_length=200, required=False)

    class Meta:
        label = "Liên kết"
        icon = "link"


class LinksBlock(StructBlock):
    """A list of links to superior, subordinate and other bodies (NĐ 43/2011 Điều 15.1, 16)."""

    title = CharBlock(label="Tên danh sách", max_length=120)
    links = ListBlock(LinkBlock(), label="Các liên kết", min_num=1)

    class Meta:
        label = "Danh sách liên kết"
        icon = "link"
        template = "sections/blocks/links.html"
        description = "Liên kết đến cơ quan cấp trên, cấp dưới và cơ quan khác."
        preview_value = {
            "title": "Tên danh sách",
            "links": [
                {"label": "Cơ quan thứ nhất", "url": "https://example.invalid/", "note": "Ghi chú ngắn"},
                {"label": "Cơ quan thứ hai", "url": "https://example.invalid/", "note": ""},
            ],
        }


class UnitChoiceBlock(ChooserBlock):
    """One of the units of today, from a list."""

    target_model = OrganisationUnit
    widget = forms.Select()

    @cached_property
    def field(self):
        return forms.ModelChoiceField(
            queryset=OrganisationUnit.objects.real().order_by("name"), widget=self.widget, required=self._required
        )

    def get_form_state(self, value):
        """Return the chosen keys as a plain list of the editor takes them, [""] for none; a chooser wants more."""
        return self.widget.format_value(getattr(value, "pk", value) or "")

    def value_from_form(self, value):
        """Read the key that the list sent; a list in which nothing was chosen sends ""."""
        return super().value_from_form(value or None)

    class Meta:
        icon = "group"


class ContactValue(StructValue):
    """A unit with who holds its posts today."""

    @property
    def name(self) -> str:
        unit = self["unit"]
        return (get_language() == "en" and unit.name_en) or unit.full_name

    @property
    def holders(self) -> list[PostHolder]:
        return list(PostHolder.objects.valid(timezone.localdate()).filter(unit=self["unit"]))


class ContactBlock(StructBlock):
    """How a unit is reached and who leads it: kept once, at the unit, and shown here."""

    unit = UnitChoiceBlock(label="Đơn vị")

    class Meta:
        label = "Liên hệ của đơn vị"
        icon = "group"
        template = "sections/blocks/contact.html"
        value_class = ContactValue
        description = "Địa chỉ, điện thoại, lãnh đạo, ngày tiếp dân của một đơn vị; tự cập nhật."
        preview_template = "sections/blocks/previews/contact.html"


class ReceivedCommentBlock(StructBlock):
    """One comment on a draft as readers may see it, and what became of it (NĐ 43/2011 Điều 10.1.i)."""

    number = CharBlock(label="Số", max_length=20)
    sender = CharBlock(label="Người góp ý", max_length=200)
    part = CharBlock(label="Về phần nào của dự thảo", max_length=200, required=False)
    text = TextBlock(label="Nội dung")
    reply = TextBlock(label="Tiếp thu, giải trình", required=False)

    class Meta:
        label = "Ý kiến"
        icon = "comment"
        template = "sections/blocks/received_comment.html"
        description = "Một ý kiến đã ẩn danh; do màn hình «Góp ý dự thảo» đưa vào."
        preview_value = {
            "number": "1",
            "sender": "Một người dân",
            "part": "Điều 1",
            "text": "Nội dung ý kiến.",
            "reply": "Tiếp thu, giải trình.",
        }


class PollChoiceBlock(CharBlock):
    """One choice of a poll."""

    class Meta:
        label = "Phương án"
        icon = "list-ul"
        description = "Một phương án để bạn đọc chọn; không đổi được khi đã có người chọn."
        preview_value = "Sáng thứ bảy hằng tuần"


class SectionBodyBlock(BodyBlock):
    """The body of the pages of the sections."""

    links = LinksBlock()
    contact = ContactBlock()
    legal_basis = LegalBasisBlock()

    class Meta:
        template = "base/blocks/body.html"
