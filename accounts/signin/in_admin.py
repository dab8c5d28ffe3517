"""What signing in adds to the administration: screens, the account page's panel, reminders, the watch of the session.

Imported when the room is ready; Wagtail collects the hooks from there.
"""

from django import forms
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.account import BaseSettingsPanel, SettingsTab

from ..models import JoinedSignIn
from . import factor_views, passwords, rescue, second_factor, session_views, sessions
from .single_sign_on import joining, offered

SECURITY_TAB = SettingsTab("security", "Mật khẩu và phiên", order=150)


@hooks.register("register_admin_urls")
def sign_in_urls():
    return [
        path("van-ban-giu-lai/", session_views.rescued_list, name="accounts_rescued"),
        path("van-ban-giu-lai/<int:pk>/", session_views.rescued, name="accounts_rescued_text"),
        path("phan-cong/nguoi/<int:pk>/dat-lai-xac-thuc/", factor_views.reset_factor, name="accounts_reset_factor"),
    ]


class RescuedMenuItem(MenuItem):
    """Shown while there is something to see."""

    def is_shown(self, request):
        return rescue.visible_to(request.user).exists()


@hooks.register("register_admin_menu_item")
def rescued_menu_item():
    return RescuedMenuItem(
        "Văn bản giữ lại", reverse("accounts_rescued"), name="van-ban-giu-lai", icon_name="history", order=295
    )


@hooks.register("register_account_settings_panel")
class SecurityPanel(BaseSettingsPanel):
    """Password, second factor and sessions of a person, on their own account page."""

    name = "security"
    title = "Mật khẩu, xác thực hai bước và các phiên đăng nhập"
    tab = SECURITY_TAB
    order = 10
    template_name = "accounts/signin/security_panel.html"

    def get_form(self):
        """Nothing to fill in; a form that is not bound is left alone by the page."""
        return forms.Form()

    def get_context_data(self):
        now = timezone.now()
        return {
            **super().get_context_data(),
            "due_at": passwords.due_at(self.user),
            "days_left": passwords.days_left(self.user, now),
            "has_factor": second_factor.device_of(self.user) is not None,
            "codes_left": second_factor.codes_left(self.user),
            "is_compulsory": second_factor.is_compulsory(self.user),
            "sessions": sessions.going_on(self.user, now),
            "own": self.request.portal_session,
            "joined": JoinedSignIn.objects.filter(user=self.user).first(),
            "single_sign_on": offered.name() if joining.may_join(self.user) else "",
        }


@hooks.register("insert_global_admin_js")
def watch_the_session():
    """Notice within a minute that the session has ended, and send in what was typed."""
    return format_html(
        '<script src="{}" data-state="{}" data-keep="{}" data-sign-in="{}" data-home="{}" defer></script>',
        static("js/session_watch.js"),
        reverse("accounts_state"),
        reverse("accounts_keep"),
        reverse("wagtailadmin_login"),
        reverse("wagtailadmin_home"),
    )


@hooks.register("insert_global_admin_css")
def session_styles():
    return format_html('<link rel="stylesheet" href="{}">', static("css/session.css"))
