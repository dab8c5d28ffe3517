"""Forms of the registers' screens: parse what was typed; the actions decide."""

from django import forms
from django.forms import formset_factory

from base.admin.action_views import say_at_once
from base.admin.typed_days import day

from ..appointment_forms import MOST_ROWS, DecisionFields, People, RowsFormSet
from ..models import Attendance, BoardMember, Training
from . import board


class BoardDecisionForm(DecisionFields):
    """A decision that sets up the board or changes its members."""

    KINDS = ("board",)


class MemberRow(forms.Form):
    """What a decision says of one member."""

    rank = forms.TypedChoiceField(
        label="Chức danh",
        coerce=int,
        empty_value=None,
        error_messages={"required": "Hãy chọn chức danh trong Ban Biên tập."},
    )
    person = People(label="Tài khoản", required=False, empty_label="— không có tài khoản —")
    name = forms.CharField(
        label="Họ và tên", max_length=150, required=False, help_text="Để trống nếu đã chọn tài khoản."
    )
    post = forms.CharField(label="Chức vụ", max_length=150, required=False)
    agency = forms.CharField(label="Cơ quan, đơn vị", max_length=200, required=False)
    duties = forms.CharField(
        label="Phụ trách", max_length=300, required=False, help_text="Ví dụ «tin bài lĩnh vực y tế, giáo dục»."
    )
    valid_from = day("Từ ngày")

    def __init__(self, *args, **kwargs):
        # A row in which nothing was written does not count, wherever it stands.
        super().__init__(*args, **{**kwargs, "empty_permitted": True, "use_required_attribute": False})
        self.fields["rank"].choices = [("", "— chọn chức danh —"), *BoardMember.Rank.choices]

    def is_blank(self) -> bool:
        return not self.has_changed()

    def compare(self, signed_on) -> None:
        """Say at once what the action would say of this row, by a decision of a day (None: not known yet)."""
        if not self.is_blank():
            data = getattr(self, "cleaned_data", {})
            known = {name: data.get(name) for name in ("rank", "person", "valid_from")}
            problems = board.problems(name=data.get("name", ""), signed_on=signed_on, **known)
            if "person" in self.errors:
                problems.pop("name", None)
            say_at_once(self, problems)

    def member(self) -> dict:
        """The arguments of `board.enter`."""
        return dict(self.cleaned_data)


MemberRows = formset_factory(MemberRow, formset=RowsFormSet, extra=1, max_num=MOST_ROWS, validate_max=True)


class EndMemberForm(DecisionFields):
    KINDS = ("board",)

    last_day = day("Là thành viên đến hết ngày")


class DelegateMemberForm(DecisionFields):
    KINDS = ("board",)

    taker = forms.ModelChoiceField(
        BoardMember.objects.none(),
        label="Người được ủy quyền",
        error_messages={"required": "Hãy chọn một thành viên khác được ủy quyền."},
    )
    scope = forms.CharField(
        label="Việc được ủy quyền",
        max_length=300,
        error_messages={"required": "Hãy ghi việc được ủy quyền, ví dụ «duyệt tin bài trên trang thành phố»."},
    )
    valid_from = day("Ủy quyền từ ngày")
    valid_to = day("Đến hết ngày")

    def __init__(self, *args, giver, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["taker"].queryset = BoardMember.objects.filter(valid_to=None).exclude(pk=giver.pk)


class OnDayForm(forms.Form):
    """The day of which the board is shown."""

    ngay = day("Ban Biên tập ngày")


class TrainingForm(forms.Form):
    """A training that was held."""

    title = forms.CharField(label="Nội dung", max_length=200, error_messages={"required": "Hãy ghi nội dung lớp."})
    field = forms.ChoiceField(
        label="Lĩnh vực", choices=Training.Field.choices, error_messages={"required": "Hãy chọn lĩnh vực."}
    )
    document = forms.CharField(
        label="Theo kế hoạch, công văn",
        max_length=200,
        help_text="Số, ký hiệu, ngày, ví dụ «Công văn 45/VHTT ngày 02/03/2026».",
        error_messages={"required": "Hãy ghi kế hoạch, công văn."},
    )
    organiser = forms.CharField(
        label="Đơn vị tổ chức", max_length=200, error_messages={"required": "Hãy ghi đơn vị tổ chức."}
    )
    held_from = day("Từ ngày")
    held_to = day("Đến ngày")
    hours = forms.IntegerField(
        label="Số giờ",
        required=False,
        min_value=1,
        max_value=1000,
        error_messages={"invalid": "Hãy ghi số giờ bằng chữ số, ví dụ 8."},
    )


class AttendanceForm(forms.Form):
    """Who was at a training: a choice for each person who is to be trained."""

    def __init__(self, *args, people, recorded, **kwargs):
        super().__init__(*args, **kwargs)
        for trainee in people:
            more = " · ".join(part for part in (trainee.post, trainee.place) if part)
            self.fields[trainee.key] = forms.ChoiceField(
                label=f"{trainee.name} ({more})" if more else trainee.name,
                choices=[("", "— chưa ghi —"), *Attendance.Result.choices],
                required=False,
                initial=recorded.get(trainee.key, ""),
            )


class ResumeForm(forms.Form):
    reason = forms.CharField(
        label="Lý do mở lại",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Hãy ghi lý do mở lại, ví dụ «trở lại sau kỳ nghỉ»."},
    )


class YearForm(forms.Form):
    """The year of which the training is shown."""

    nam = forms.IntegerField(
        label="Năm", min_value=2000, max_value=2100, error_messages={"invalid": "Hãy ghi năm bằng bốn chữ số."}
    )
