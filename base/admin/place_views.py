"""Where a new page or a copy goes: of Wagtail's two forms that take the number of a page, own places only.

Wagtail looks for the number among all pages and names what it finds in its refusal. Here a page of another site is no
choice, whatever right the user has there, so that it is answered like a number that nothing has; nor is anything
asked below it (whether an address is taken, for one).
"""

from django.views.generic import FormView
from wagtail.admin.forms.pages import CopyForm, ParentChooserForm
from wagtail.admin.views.pages.choose_parent import GenericChooseParentView
from wagtail.admin.views.pages.copy import CopyView
from wagtail.models import Page

from ..authority import own_pages, unreachable
from .guarded_forms import RemovesRefusedChoices


class OwnPlaces(RemovesRefusedChoices):
    """Mixin for a form: `place` names the field of the page below which something goes."""

    place = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields[self.place]
        field.queryset = own_pages(self.user)
        field.error_messages["invalid_choice"] = unreachable(Page, "%(value)s")


class OwnParentChooserForm(OwnPlaces, ParentChooserForm):
    """Below which page a new page begins."""

    place = "parent_page"


class OwnCopyForm(OwnPlaces, CopyForm):
    """Below which page a copy begins."""

    place = "new_parent_page"


class OwnParentView(GenericChooseParentView):
    """Choose the parent of a new page."""

    def get_form(self):
        sent = [self.request.POST] if self.request.method == "POST" else []
        return OwnParentChooserForm(self.model, self.request.user, *sent)


class OwnCopyView(CopyView):
    """Copy a page."""

    def get_form_class(self):
        return OwnCopyForm

    def post(self, request, *args, **kwargs):
        # Not Wagtail's own, which looks the number up before the form does.
        return FormView.post(self, request, *args, **kwargs)
