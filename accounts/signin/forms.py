"""The forms of signing in."""

import unicodedata

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from . import passwords

WRONG_OLD = "wrong_old"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng. Hãy nhập lại cả hai."


class PasswordField(forms.CharField):
    """A password as typed, in the one Unicode form that every keyboard's typing comes to."""

    def __init__(self, *, label: str, **options):
        widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        messages = {"required": f"Hãy nhập {label.lower()}."}
        super().__init__(label=label, strip=False, max_length=256, widget=widget, error_messages=messages, **options)

    def to_python(self, value):
        return unicodedata.normalize("NFC", super().to_python(value))


class LoginForm(AuthenticationForm):
    """Ask for user name and password, in Vietnamese.

    Nothing is remembered: a session ends with the browser, and neither field is offered for completion, since computers
    at the ward offices are shared. Known, unknown and closed accounts get the same words.
    """

    username = forms.CharField(
        label="Tên đăng nhập",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Hãy nhập tên đăng nhập."},
    )
    password = PasswordField(label="Mật khẩu")
    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def get_invalid_login_error(self):
        return ValidationError(WRONG, code="invalid_login")


class CodeForm(forms.Form):
    """Ask for a code of the app or a recovery code."""

    code = forms.CharField(
        label="Mã xác thực",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": "Hãy nhập mã đang hiện trong ứng dụng, hoặc một mã khôi phục."},
    )


class NewPasswordForm(forms.Form):
    """Ask twice for a new password that keeps the rules; what is wrong is said at the field."""

    new_password1 = PasswordField(label="Mật khẩu mới")
    new_password2 = PasswordField(label="Nhập lại mật khẩu mới")

    def __init__(self, user, *args, compare: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.compare = compare

    def clean_new_password1(self):
        password = self.cleaned_data["new_password1"]
        if found := passwords.problems(password, self.user, compare=self.compare):
            raise ValidationError(found)
        return password

    def clean(self):
        data = super().clean()
        first, second = data.get("new_password1"), data.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", "Hai lần nhập không giống nhau; hãy nhập lại.")
        return data


class ChangePasswordForm(NewPasswordForm):
    """Ask for the present password as well; the view counts wrong ones.

    The new one is compared with the former ones only when the present one was right: else this form would tell whether
    a guess is one of them, as often as one likes.
    """

    old_password = PasswordField(label="Mật khẩu đang dùng")
    field_order = ["old_password", "new_password1", "new_password2"]

    def clean_old_password(self):
        self.compare = self.user.check_password(self.cleaned_data["old_password"])
        if not self.compare:
            raise ValidationError("Mật khẩu đang dùng không đúng; hãy nhập lại.", code=WRONG_OLD)
        return self.cleaned_data["old_password"]

    def __init__(self, user, *args, **kwargs):
        super().__init__(user, *args, compare=False, **kwargs)


class ResetForm(forms.Form):
    """Ask whose password was lost, by user name or mail address."""

    typed = forms.CharField(
        label="Tên đăng nhập hoặc thư điện tử công vụ",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Hãy nhập tên đăng nhập hoặc địa chỉ thư điện tử."},
    )


class FirstAccountsForm(forms.Form):
    """The two people of the break-glass accounts."""

    PARTS = ("username", "full_name", "email")

    def __init__(self, data=None):
        super().__init__(data)
        text = {"autocomplete": "off", "spellcheck": "false"}
        for number in (1, 2):
            self.fields[f"username_{number}"] = forms.CharField(
                label="Tên đăng nhập",
                max_length=150,
                widget=forms.TextInput(attrs={**text, "autocapitalize": "none"}),
                error_messages={"required": f"Hãy ghi tên đăng nhập của người thứ {number}."},
            )
            self.fields[f"full_name_{number}"] = forms.CharField(
                label="Họ và tên",
                max_length=150,
                widget=forms.TextInput(attrs=text),
                error_messages={"required": f"Hãy ghi họ và tên của người thứ {number}."},
            )
            self.fields[f"email_{number}"] = forms.EmailField(
                label="Thư điện tử công vụ",
                widget=forms.EmailInput(attrs=text),
                error_messages={
                    "required": f"Hãy ghi thư điện tử của người thứ {number}.",
                    "invalid": f"Thư điện tử của người thứ {number} chưa đúng, ví dụ ten@longxuyen.example.",
                },
            )

    def people(self) -> list[dict[str, str]]:
        """Return what was typed, a dict for each person."""
        return [{part: self.cleaned_data[f"{part}_{number}"] for part in self.PARTS} for number in (1, 2)]

    @property
    def groups(self) -> list[tuple[str, list]]:
        """The fields of each person under a heading."""
        return [
            (f"Người thứ {word}", [self[f"{part}_{number}"] for part in self.PARTS])
            for number, word in ((1, "nhất"), (2, "hai"))
        ]
