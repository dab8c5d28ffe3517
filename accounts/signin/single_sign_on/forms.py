"""The form before an account at the provider is joined."""

from ..forms import CodeForm, PasswordField
from ..second_factor import device_of


class JoinForm(CodeForm):
    """Ask for the password, and for a code of who has the second factor."""

    password = PasswordField(label="Mật khẩu đang dùng")
    field_order = ["password", "code"]

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.pop("autofocus", None)
        if device_of(user) is None:
            del self.fields["code"]
