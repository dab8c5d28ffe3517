"""A form made of the questions of a page."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sections.models.taking_part.form import DAY, EMAIL, LONG, ONE, PHONE, SEVERAL, Question

from ..asking.forms import PHONE as NUMBER
from ..asking.forms import FindForm, Short

LONGEST_LINE, LONGEST_TEXT = 300, 5_000
DAY_FORMATS = ["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y"]


class FillForm(forms.Form):
    """The questions of a form, and the consent; a field of a question is named by its key.

    `email` and `phone` among what is clean: the first of each kind, by which sendings are limited.
    """

    consent = forms.BooleanField(required=False)

    def __init__(self, *args, questions: list[Question], **kwargs):
        kwargs.setdefault("auto_id", "hoi-%s")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.questions = questions
        for question in questions:
            self.fields[name_of(question)] = _field(question)
        self.order_fields([*map(name_of, questions), "consent"])

    @property
    def asked(self) -> list[tuple[Question, forms.BoundField]]:
        """Each question with its field."""
        return [(question, self[name_of(question)]) for question in self.questions]

    def clean(self):
        data = super().clean()
        if not data.get("consent"):
            self.add_error(
                "consent", _("Cần ông/bà đánh dấu đồng ý thì cơ quan mới được nhận thông tin ghi trong biểu mẫu.")
            )
        data["email"], data["phone"] = self._first(EMAIL), self._first(PHONE)
        return data

    def answers(self) -> dict[str, str | list[str]]:
        """Return what was written by the keys of the questions, of a form that is valid; without what is empty."""
        found = {}
        for question in self.questions:
            value = self.cleaned_data[name_of(question)]
            if value:
                found[question.key] = f"{value:%d/%m/%Y}" if question.kind == DAY else value
        return found

    def _first(self, kind: str) -> str:
        names = [name_of(question) for question in self.questions if question.kind == kind]
        return next((self.cleaned_data[name] for name in names if self.cleaned_data.get(name)), "")


class FindFilledForm(FindForm):
    """Number and secret of a filled form."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].label = gettext_lazy("Số biểu mẫu đã gửi")
        self.fields["number"].error_messages["required"] = _("Hãy ghi số trên biên nhận, ví dụ BM-2026-000123.")


def name_of(question: Question) -> str:
    """Return the name of the field of a question."""
    return f"cau-{question.key}"


def problem_of(question: Question, answer: str | list[str] | None) -> str:
    """Return what is wrong with an answer as it is stored, for the person who wrote it; "" for nothing."""
    field = _field(question)
    try:
        field.clean(answer)
    except ValidationError as problem:
        return " ".join(problem.messages)
    if answer and isinstance(answer, list) != (question.kind == SEVERAL):
        return field.error_messages["required"]
    return ""


def _demand_telephone(number: str) -> None:
    if not NUMBER.fullmatch(re.sub(r"[\s().-]", "", number)):
        raise ValidationError(_("Số điện thoại chưa đúng; hãy ghi đủ 10 hoặc 11 chữ số, ví dụ 0296 000 0000."))


def _field(question: Question) -> forms.Field:
    options = {"label": question.label, "required": question.is_required, "help_text": question.help}
    if question.kind in (ONE, SEVERAL):
        field = _choice(question, options)
    elif question.kind == DAY:
        field = forms.DateField(input_formats=DAY_FORMATS, **options)
        field.help_text = field.help_text or _("Ngày/tháng/năm, ví dụ 30/11/2026.")
        field.error_messages["invalid"] = _("«%(name)s»: hãy ghi ngày/tháng/năm, ví dụ 30/11/2026.") % _named(question)
    elif question.kind == EMAIL:
        field = forms.EmailField(max_length=254, **options)
        field.widget.attrs |= {"inputmode": "email", "autocomplete": "email"}
        field.error_messages["invalid"] = _("Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@example.com.")
    elif question.kind == LONG:
        field = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6}), **options)
        message = _("«%(name)s» dài quá %(most)s ký tự; hãy rút gọn.")
        field.error_messages["max_length"] = message % {**_named(question), "most": LONGEST_TEXT}
    else:
        field = Short(LONGEST_LINE, **options)
        if question.kind == PHONE:
            field.widget.attrs |= {"inputmode": "tel", "autocomplete": "tel"}
            field.validators.append(_demand_telephone)
    field.error_messages["required"] = _("Hãy trả lời «%(name)s».") % _named(question)
    return field


def _choice(question: Question, options: dict) -> forms.Field:
    choices = [(text, text) for text in question.options]
    if question.kind == ONE:
        field = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **options)
    else:
        field = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
    message = _("«%(name)s»: lựa chọn này không còn; hãy chọn lại.") % _named(question)
    field.error_messages |= {"invalid_choice": message, "invalid_list": message}
    return field


def _named(question: Question) -> dict[str, str]:
    return {"name": question.label}
