"""The public forms: an address and how often; nothing else is asked."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from faq.asking.forms import Short

from .models import Subscriber

LONGEST_ADDRESS = 254


class AddressForm(forms.Form):
    """The address to which the link to one's subscriptions goes."""

    email = Short(LONGEST_ADDRESS, label=gettext_lazy("Thư điện tử"))

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("auto_id", "tin-%s")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        field = self.fields["email"]
        field.error_messages["required"] = _("Hãy ghi địa chỉ thư điện tử, ví dụ ten@example.com.")
        field.widget.attrs |= {"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}

    def clean_email(self):
        address = self.cleaned_data["email"]
        try:
            forms.EmailField().clean(address)
        except forms.ValidationError:
            raise forms.ValidationError(
                _("Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@example.com. Hãy sửa lại.")
            ) from None
        return address


class FollowForm(AddressForm):
    """The address, how often, and the consent."""

    frequency = forms.ChoiceField(
        label=gettext_lazy("Nhận tin"),
        choices=Subscriber.Frequency.choices,
        initial=Subscriber.Frequency.DAILY,
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(label=gettext_lazy("Đồng ý"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wrong = _("Hãy chọn nhận tin ngay, mỗi ngày hay mỗi tuần.")
        self.fields["frequency"].error_messages |= {"required": wrong, "invalid_choice": wrong}

    def clean_consent(self):
        if not self.cleaned_data["consent"]:
            raise forms.ValidationError(_("Cần ông/bà đánh dấu đồng ý thì cổng mới được dùng địa chỉ thư để gửi tin."))
        return True
