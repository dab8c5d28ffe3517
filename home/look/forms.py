"""Forms of the look of a site and of the order of its menu: parse what was typed; `proposing` decides."""

from django import forms

from base.files.upload_forms import ExaminedImageField

BY_ITSELF = "Để trống: cổng tự chọn màu hợp với màu chính."
NOT_A_PLACE = "Hãy nhập số thứ tự, ví dụ 1."


class LookForm(forms.Form):
    """The emblem, the colours and the licence of a site."""

    emblem = ExaminedImageField(
        label="Biểu trưng mới",
        required=False,
        help_text="Ảnh PNG hoặc WebP nền trong, mỗi cạnh từ 96 đến 1024 điểm, nhẹ hơn 300 kB. Để trống: giữ như cũ.",
    )
    without_emblem = forms.BooleanField(label="Bỏ biểu trưng riêng, dùng của thành phố", required=False)
    accent = forms.CharField(
        label="Màu chính",
        max_length=7,
        required=False,
        help_text=(
            "Thanh danh mục, nút bấm, tên cơ quan. Dạng # và sáu chữ số thập lục phân, ví dụ #8a1b1f. Để trống: dùng "
            "màu của thành phố."
        ),
    )
    dark_accent = forms.CharField(label="Màu chính trên nền tối", max_length=7, required=False, help_text=BY_ITSELF)
    dark_text = forms.CharField(label="Màu chữ nhấn trên nền tối", max_length=7, required=False, help_text=BY_ITSELF)

    licence = forms.CharField(
        label="Giấy phép",
        max_length=255,
        required=False,
        help_text=(
            "Số, cơ quan cấp, ngày cấp giấy phép thiết lập trang; hiện ở chân mọi trang. Để trống: của thành phố."
        ),
    )

    def __init__(self, *args, has_emblem: bool, is_city: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_emblem:
            del self.fields["without_emblem"]
        elif is_city:
            self.fields["without_emblem"].label = "Bỏ biểu trưng riêng"


class MenuForm(forms.Form):
    """A number for each group of the menu, and for each section of a group that has several."""

    def __init__(self, *args, groups: list[tuple[str, list]], **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = groups
        for place, (label, pages) in enumerate(groups, 1):
            self.fields[f"nhom-{place}"] = self._number(label if len(pages) > 1 else pages[0].title, place)
            for number, page in enumerate(pages if len(pages) > 1 else [], 1):
                self.fields[f"muc-{page.slug}"] = self._number(f"{label}: {page.title}", number)

    @staticmethod
    def _number(label: str, initial: int) -> forms.IntegerField:
        return forms.IntegerField(
            label=label,
            initial=initial,
            min_value=1,
            max_value=999,
            error_messages={"required": NOT_A_PLACE, "invalid": NOT_A_PLACE, "min_value": NOT_A_PLACE},
        )

    @property
    def order(self) -> list[str]:
        """The names in the address of all sections as the numbers put them; of equal ones the former order holds."""
        typed = self.cleaned_data
        ordered = sorted(enumerate(self.groups, 1), key=lambda item: typed[f"nhom-{item[0]}"])
        return [
            page.slug
            for _place, (_label, pages) in ordered
            for page in sorted(pages, key=lambda page: typed.get(f"muc-{page.slug}", 0))
        ]
