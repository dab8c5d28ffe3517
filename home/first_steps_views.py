"""The list "Bắt đầu ở đây": its page, its buttons, and the way to it from the first screen."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.generic import TemplateView
from wagtail.admin.ui.components import Component

from accounts.screen_access import ROLE_HOLDERS
from base.gate import Refused

from . import first_steps


class FirstStepsView(TemplateView):
    """The whole list, with the buttons that tick, put away and bring back."""

    screen_access = ROLE_HOLDERS
    without_version = "The person's own list."

    template_name = "home/admin/first_steps.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Bắt đầu ở đây", header_icon="tasks", list=first_steps.listed(self.request.user), **kwargs
        )

    def post(self, request):
        action = request.POST.get("viec", "")
        try:
            if action == "cat":
                first_steps.put_away(by=request.user)
            elif action == "lay-lai":
                first_steps.take_out(by=request.user)
            elif action == "bo-danh-dau":
                first_steps.untick(request.POST.get("buoc", ""), by=request.user)
            else:
                first_steps.tick(request.POST.get("buoc", ""), by=request.user)
        except Refused as error:
            messages.error(request, str(error))
        return redirect("wagtailadmin_home" if action == "cat" else "home_first_steps")


class FirstStepsPanel(Component):
    """The way to the list at the foot of the first screen, until it is done or put away."""

    name = "first_steps"
    order = 10
    template_name = "home/admin/first_steps_panel.html"

    def __init__(self, found: first_steps.List):
        self.found = found

    def get_context_data(self, parent_context):
        # Wagtail renders a component without a request: its form has only the token that it is given.
        return {"list": self.found, "request": parent_context["request"], "csrf_token": parent_context["csrf_token"]}
