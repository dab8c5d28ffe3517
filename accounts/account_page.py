"""A person's own account page, and the name under which the administration shows them.

Name, post and official e-mail are those of the decision: the person reads them here, the technical admin changes them
(`persons.change_account`). There are no pictures of persons: an upload here would pass by the checks of files.
"""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.admin.telepath import register
from wagtail.admin.ui.sidebar import BaseSidebarAdapter, MainMenuModule
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel
from wagtail.log_actions import log

from base.admin.screen_access import SIGNED_IN

LEFT_OUT = (NameEmailSettingsPanel, AvatarSettingsPanel)


@method_decorator([never_cache, require_admin_access], name="dispatch")
class OwnAccountView(AccountView):
    """Wagtail's account page without the forms for name, e-mail and picture; stands before Wagtail's own address."""

    screen_access = SIGNED_IN
    without_version = "The person's own account and sessions."

    def get_panels(self):
        return [panel for panel in super().get_panels() if not isinstance(panel, LEFT_OUT)]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "form_is_multipart": False}

    def post(self, request):
        """Save the panels that were filled in.

        Wagtail would also begin a new session, in which the second factor would have to be shown again; nothing here
        touches the password.
        """
        forms = [panel.get_form() for panel in self.get_panels()]
        bound = [form for form in forms if form.is_bound]
        valid = [form.is_valid() for form in bound]  # each says what is wrong with it
        if not all(valid):
            return TemplateResponse(request, self.template_name, self.get_context_data())
        with transaction.atomic():
            for form in bound:
                form.save()
            log(request.user, "wagtail.edit")
        messages.success(request, "Đã lưu thiết lập của bạn.")
        return redirect("wagtailadmin_account")


class NamedMainMenuAdapter(BaseSidebarAdapter):
    """The side menu with the person's full name; Wagtail would show the user name, as no user has a "first name"."""

    js_constructor = "wagtail.sidebar.MainMenuModule"

    def js_args(self, module):
        *items, person = module.js_args()
        return [*items, {**person, "name": module.user.get_full_name()}]


register(NamedMainMenuAdapter(), MainMenuModule)
