"""Forms of the score sheets: parse what was typed; the actions of `sheets` decide."""

from decimal import Decimal

from django import forms

from ..models import ScoreLine
from .table import points


class PointsField(forms.DecimalField):
    """Points with at most two digits after the comma, which people here write with a comma."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=6, decimal_places=2, required=False, localize=False, **kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 8})

    def to_python(self, value):
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value):
        return points(value) if isinstance(value, Decimal) else value


class CorrectForm(forms.Form):
    """Points of one line, the reason, the note of the official table."""

    points = PointsField(
        label="Điểm sửa", help_text="Để trống: lấy điểm đo. Viết số thập phân bằng dấu phẩy, ví dụ 3,5."
    )
    reason = forms.CharField(
        label="Lý do sửa điểm",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Bắt buộc khi có điểm sửa; lý do in trên phiếu.",
    )
    note = forms.CharField(label="Ghi chú", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class WaitingForm(forms.Form):
    """Points of one criterion for the sites of which it waits, all of them unless some are left out."""

    criterion = forms.ChoiceField(
        label="Tiêu chí",
        # Each with the most points it gives, whole on any screen; none is taken for chosen before it was.
        widget=forms.RadioSelect,
        error_messages={
            "required": "Hãy chọn một tiêu chí.",
            "invalid_choice": "Tiêu chí này không còn chờ chấm; hãy chọn lại.",
        },
    )
    points = PointsField(label="Điểm", help_text="Viết số thập phân bằng dấu phẩy, ví dụ 3,5.")
    reason = forms.CharField(
        label="Lý do, căn cứ chấm",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Lý do in trên từng phiếu.",
    )
    left_out = forms.MultipleChoiceField(
        label="Trừ các trang",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Trang được đánh dấu không được ghi điểm. Không đánh dấu: ghi cho mọi trang còn chờ chấm.",
        error_messages={"invalid_choice": "Một trang đã đánh dấu không còn chờ chấm; hãy đánh dấu lại."},
    )

    def __init__(self, *args, lines: list[ScoreLine], **kwargs):
        super().__init__(*args, **kwargs)
        sites: dict[str, list[ScoreLine]] = {}
        for line in lines:
            sites.setdefault(line.criterion, []).append(line)
        self.fields["criterion"].choices = [
            (key, f"{of_it[0].label} (tối đa {points(of_it[0].max_points)}; {len(of_it)} trang chờ chấm)")
            for key, of_it in sites.items()
        ]
        if len(sites) == 1:
            self.fields["criterion"].initial = next(iter(sites))
        names = {str(line.sheet_id): line.sheet.site_name for line in lines}
        self.fields["left_out"].choices = list(names.items())

    def chosen(self, lines: list[ScoreLine]) -> list[ScoreLine]:
        """Return those of some lines that were chosen."""
        given = self.cleaned_data
        return [
            line
            for line in lines
            if line.criterion == given["criterion"] and str(line.sheet_id) not in given["left_out"]
        ]


class AssessForm(forms.Form):
    """The points that a site gives itself, a field a line: "line-<key>"."""

    def __init__(self, *args, lines: list[ScoreLine], **kwargs):
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"line-{line.pk}"] = PointsField(
                label=f"{line.label} (tối đa {points(line.max_points)})", initial=line.self_assessed
            )

    def points_by_line(self) -> dict[int, Decimal | None]:
        """Return what was typed by the key of the line."""
        return {int(name.removeprefix("line-")): value for name, value in self.cleaned_data.items()}


class VersionForm(forms.Form):
    """Why a signed sheet gets a new version."""

    reason = forms.CharField(
        label="Lý do lập bản mới",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sai ở đâu, theo văn bản hay phản ánh nào; in trên phiếu và gửi tỉnh cùng số liệu.",
    )


class ReasonForm(forms.Form):
    """Why a sheet goes back."""

    reason = forms.CharField(
        label="Lý do trả lại", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
