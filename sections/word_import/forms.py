"""Forms of the import: parse what was chosen and typed; the actions decide."""

import re

from django import forms

from base.files.chosen import FileField
from base.files.texts import SCHEMES

from .drafting import AS_IT_IS, LONGEST_TITLE, Answers


class UploadForm(forms.Form):
    """Which file."""

    file = FileField(
        label="Tệp Word (.docx)",
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        help_text="Tối đa 50 MB, 12.000 đoạn. Cổng đọc tệp rồi cho xem trước; chưa ghi gì ở bước này.",
        error_messages={"required": "Hãy chọn tệp Word.", "empty": "Tệp rỗng; hãy chọn lại tệp."},
    )


class DraftForm(forms.Form):
    """The answers to what the preview asks: title and type of a new page, old letters, names and descriptions."""

    title = forms.CharField(
        label="Tiêu đề",
        max_length=LONGEST_TITLE,
        error_messages={
            "required": "Hãy nhập tiêu đề.",
            "max_length": "Tiêu đề dài quá %(limit_value)d ký tự; hãy rút ngắn.",
        },
    )
    page_type = forms.ChoiceField(label="Loại trang", error_messages={"required": "Hãy chọn loại trang."})
    scheme = forms.ChoiceField(
        label="Chữ trong tệp có vẻ ở bảng mã cũ",
        widget=forms.RadioSelect,
        help_text="So hai cách đọc ở trên; chọn cách đọc đúng.",
        error_messages={"required": "Hãy xem hai cách đọc ở trên rồi chọn chuyển hay giữ nguyên."},
    )

    def __init__(self, *args, types: list[type], parts: list[dict], suspected: str, adds_to_page: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.types = {model._meta.label_lower: model for model in types}
        if adds_to_page:
            del self.fields["title"], self.fields["page_type"]
        else:
            self.fields["page_type"].choices = [
                (label, str(model._meta.verbose_name).capitalize()) for label, model in self.types.items()
            ]
            self.fields["page_type"].widget.attrs["data-word-types"] = ""
        if suspected:
            self.fields["scheme"].choices = [
                (suspected, f"Chuyển sang Unicode từ {SCHEMES[suspected]}"),
                *((key, f"Chuyển sang Unicode từ {name}") for key, name in SCHEMES.items() if key != suspected),
                (AS_IT_IS, "Giữ nguyên, chữ đã đúng"),
            ]
        else:
            del self.fields["scheme"]
        self.tables, self.pictures = [], []
        for place, part in enumerate(parts):
            if part["type"] == "table":
                self._ask(f"name_{place}", self.tables, not part["caption"], "Tên bảng", part, "Bảng")
            elif part["type"] == "picture":
                unnamed = not part["alt"] and not part["decorative"]
                self._ask(f"alt_{place}", self.pictures, unnamed, "Mô tả ảnh", part, "Ảnh")

    def _ask(self, name: str, known: list, is_open: bool, label: str, part: dict, kind: str) -> None:
        """Ask for a name or a description that the file does not give."""
        known.append(part)
        part["label"] = f"{kind} {len(known)}"
        if is_open:
            self.fields[name] = forms.CharField(
                label=f"{label} {len(known)}",
                required=False,
                max_length=200,
                help_text="Điền ngay hoặc điền sau trong bài; thiếu thì chưa gửi duyệt được.",
                error_messages={"max_length": "Dài quá %(limit_value)d ký tự; hãy rút ngắn."},
            )

    def values(self) -> dict:
        """Return the answers as the actions take them."""
        data = self.cleaned_data
        typed = {
            kind: {
                int(name.removeprefix(kind)): value for name, value in data.items() if name.startswith(kind) and value
            }
            for kind in ("name_", "alt_")
        }
        values = {"scheme": data.get("scheme", ""), "answers": Answers(typed["name_"], typed["alt_"])}
        if "page_type" in data:
            values |= {"page_type": self.types[data["page_type"]], "title": data["title"]}
        return values


def typed_form(data) -> forms.Form:
    """Return a form with what was typed into a `DraftForm` whose file is there no more, to be copied."""
    form = forms.Form(data)
    for name in data:
        if found := _TYPED.fullmatch(name):
            form.fields[name] = forms.CharField(label=_LABELS[found[1]], required=False)
    return form


_TYPED = re.compile(r"(title|name|alt)(?:_\d+)?")
_LABELS = {"title": "Tiêu đề", "name": "Tên bảng", "alt": "Mô tả ảnh"}
