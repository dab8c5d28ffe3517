"""The public forms: a question, its tracking, and what the asker adds afterwards. The rules are in the actions."""

import re

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from base.models import OrganisationUnit
from workflows import deadlines

from ..handling.intake import LONGEST_TEXT, SHORTEST_TEXT
from ..models import Question, QuestionTopic

LONGEST_TITLE = 200
LONGEST_REASON = 5_000
PHONE = re.compile(r"\+?\d{8,15}")
UNSURE = gettext_lazy("Tôi chưa rõ")


class NamedUnit(forms.ModelChoiceField):
    """A unit by its name in the reader's language."""

    def label_from_instance(self, unit):
        return unit.name_en if get_language() == "en" and unit.name_en else unit.name


class NamedTopic(forms.ModelChoiceField):
    """A topic by its name in the reader's language."""

    def label_from_instance(self, topic):
        return topic.name_en if get_language() == "en" and topic.name_en else topic.name


def _too_long(most: int) -> str:
    return _("Dài quá %(most)s ký tự; hãy rút gọn.") % {"most": most}


too_long = lazy(_too_long, str)


class Short(forms.CharField):
    """One line of text that is never too long for its column."""

    def __init__(self, most: int, **options):
        super().__init__(max_length=most, error_messages={"max_length": too_long(most)}, **options)


class QuestionForm(forms.Form):
    """A question and how to reach who asks it. Files, consent texts and the marks of the form are added by `asking`."""

    title = Short(LONGEST_TITLE, label=gettext_lazy("Tiêu đề"))
    text = forms.CharField(
        label=gettext_lazy("Nội dung câu hỏi"),
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=gettext_lazy("Không ghi số căn cước, số điện thoại hay tên người khác vào nội dung nếu không cần."),
    )
    topic = NamedTopic(QuestionTopic.objects.none(), label=gettext_lazy("Lĩnh vực"), required=False, empty_label=UNSURE)
    name = Short(150, label=gettext_lazy("Họ và tên"), required=False)
    email = Short(254, label=gettext_lazy("Thư điện tử"), required=False)
    phone = Short(40, label=gettext_lazy("Số điện thoại"), required=False)
    address = Short(300, label=gettext_lazy("Địa chỉ nhận thư"), required=False)
    ward = NamedUnit(
        OrganisationUnit.objects.none(), label=gettext_lazy("Phường, xã nơi ở"), required=False, empty_label="—"
    )
    consent = forms.BooleanField(required=False)
    may_show_name = forms.BooleanField(required=False)
    # The public service it is about (`service_feedback.py`).
    service = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("auto_id", "hoi-%s")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["topic"].queryset = QuestionTopic.objects.filter(is_active=True)
        self.fields["ward"].queryset = OrganisationUnit.objects.public(deadlines.today()).filter(
            kind__in=[OrganisationUnit.Kind.WARD, OrganisationUnit.Kind.COMMUNE]
        )
        for name, kind in (("email", "email"), ("phone", "tel")):
            self.fields[name].widget.attrs |= {"inputmode": kind, "autocomplete": kind}
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["address"].widget.attrs["autocomplete"] = "address-line1"
        self.fields["title"].error_messages["required"] = _("Hãy ghi tiêu đề: câu hỏi về việc gì.")
        self.fields["text"].error_messages["required"] = _("Hãy viết nội dung câu hỏi.")
        for name in ("topic", "ward"):
            self.fields[name].error_messages["invalid_choice"] = _("Mục này không còn trong danh sách; hãy chọn lại.")

    def clean_text(self):
        text = self.cleaned_data["text"]
        if len(text) < SHORTEST_TEXT:
            raise forms.ValidationError(
                _("Nội dung quá ngắn; hãy viết ít nhất %(least)s ký tự để đơn vị hiểu được câu hỏi.")
                % {"least": SHORTEST_TEXT}
            )
        if len(text) > LONGEST_TEXT:
            raise forms.ValidationError(
                _("Nội dung dài %(length)s ký tự; tối đa %(most)s. Hãy rút gọn hoặc gửi kèm tệp.")
                % {"length": len(text), "most": LONGEST_TEXT}
            )
        return text

    def clean_email(self):
        address = self.cleaned_data["email"]
        if address:
            try:
                forms.EmailField().clean(address)
            except forms.ValidationError:
                raise forms.ValidationError(
                    _(
                        "Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@example.com. Hãy sửa lại, hoặc bỏ trống và "
                        "cho cách liên hệ khác."
                    )
                ) from None
        return address

    def clean_phone(self):
        number = self.cleaned_data["phone"]
        if number and not PHONE.fullmatch(re.sub(r"[\s().-]", "", number)):
            raise forms.ValidationError(
                _(
                    "Số điện thoại chưa đúng; hãy ghi đủ 10 hoặc 11 chữ số, ví dụ 0296 000 0000, hoặc bỏ trống và "
                    "cho cách liên hệ khác."
                )
            )
        return number

    def clean(self):
        data = super().clean()
        if not any(data.get(name) or name in self.errors for name in ("email", "phone", "address")):
            self.add_error(
                "email", _("Hãy cho ít nhất một cách liên hệ: thư điện tử, số điện thoại hoặc địa chỉ nhận thư.")
            )
        if data.get("may_show_name") and not data.get("name"):
            self.add_error("name", _("Hãy ghi họ và tên, hoặc bỏ đánh dấu đồng ý nêu tên."))
        if not data.get("consent"):
            self.add_error(
                "consent", _("Cần ông/bà đánh dấu đồng ý thì cơ quan mới được dùng thông tin liên hệ để trả lời.")
            )
        return data


class FindForm(forms.Form):
    """The two things that open a question: never in an address, only in a body."""

    number = Short(40, label=gettext_lazy("Số câu hỏi"))
    secret = Short(40, label=gettext_lazy("Mã tra cứu"))

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("auto_id", "tra-%s")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for name, error in (
            ("number", _("Hãy ghi số câu hỏi, ví dụ HD-2026-000123.")),
            ("secret", _("Hãy ghi mã tra cứu có trên biên nhận.")),
        ):
            self.fields[name].error_messages["required"] = error
            self.fields[name].widget.attrs |= {
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
            }


class SupplementForm(forms.Form):
    """What the asker adds while the question waits for them."""

    added = forms.CharField(
        label=gettext_lazy("Nội dung bổ sung"), widget=forms.Textarea(attrs={"rows": 6}), required=False
    )


class RateForm(forms.Form):
    """Whether the asker is satisfied with the answer."""

    satisfaction = forms.TypedChoiceField(
        label=gettext_lazy("Mức độ hài lòng"),
        choices=Question.Satisfaction.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wrong = _("Hãy chọn một trong ba mức hài lòng.")
        self.fields["satisfaction"].error_messages |= {"required": wrong, "invalid_choice": wrong}


class ReopenForm(forms.Form):
    """Why the asker wants the answer to be looked at again."""

    reason = forms.CharField(
        label=gettext_lazy("Điều cần xem xét lại"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )

    def clean_reason(self):
        reason = self.cleaned_data["reason"]
        if not reason:
            raise forms.ValidationError(_("Hãy ghi điều ông/bà thấy cần xem xét lại."))
        if len(reason) > LONGEST_REASON:
            raise forms.ValidationError(_too_long(LONGEST_REASON))
        return reason


def errors_of(form) -> list[tuple[str, str]]:
    """Return (anchor, message) for each thing to correct, in the order of the form; "" means the whole of it."""
    found = [("", message) for message in form.non_field_errors()]
    for name in form.fields:
        field = form[name]
        found += [(field.id_for_label or field.auto_id, message) for message in form.errors.get(name, [])]
    return found
