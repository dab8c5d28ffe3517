"""The form people sign in with."""

from django import forms
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm


class LoginForm(WagtailLoginForm):
    """Ask for user name and password, in Vietnamese.

    Nothing is remembered: a session ends with the browser, and neither field is offered for completion, since desks
    at the ward offices are shared.
    """

    remember = None
    error_messages = {
        **WagtailLoginForm.error_messages,
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng. Hãy nhập lại cả hai.",
        "inactive": "Tài khoản này đã ngừng hoạt động. Hãy hỏi cán bộ quản trị kỹ thuật.",
    }

    def __init__(self, request=None, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        for name, label in (("username", "Tên đăng nhập"), ("password", "Mật khẩu")):
            self.fields[name].label = label
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def get_invalid_login_error(self):
        return forms.ValidationError(self.error_messages["invalid_login"], code="invalid_login")
