"""What the screens of this room share: which page or record they are about, and whom they turn away."""

from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.utils import get_latest_str
from wagtail.models import DraftStateMixin, Page, PreviewableMixin

from accounts.roles import owner_site, works_on
from accounts.screen_access import ROLE_HOLDERS
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address, label_of, place_of
from base.models import PortalSite
from base.sites import site_of


def demand_works_on(user, site: PortalSite | None) -> None:
    """Answer 404 to a person who does not work on a site's content: another ward's things do not exist for them."""
    if not works_on(user, site):
        raise Http404


class QueueActionView(ActionView):
    """A form that calls one action and leads back to the queue."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/form.html"

    def get_success_url(self):
        return reverse("workflows_queue")


class PageMixin:
    """Loads the page of the address for a person who works on its site."""

    @cached_property
    def page(self):
        page = get_object_or_404(Page, pk=self.kwargs["page_id"], depth__gt=1).specific
        demand_works_on(self.request.user, site_of(page))
        return page

    def get_context_data(self, **kwargs):
        return super().get_context_data(page=self.page, subject=get_latest_str(self.page), **kwargs)


class ThingMixin:
    """Loads the page or draftable record of the address for a person who works on its site."""

    @cached_property
    def object(self):
        content_type = get_object_or_404(
            ContentType, app_label=self.kwargs["app_label"], model=self.kwargs["model_name"]
        )
        model = content_type.model_class()
        if model is None or not issubclass(model, DraftStateMixin):
            raise Http404
        obj = get_object_or_404(model, pk=self.kwargs["pk"])
        obj = obj.specific if hasattr(obj, "specific") else obj
        demand_works_on(self.request.user, owner_site(obj))
        return obj

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=get_latest_str(self.object), **kwargs)

    def get_success_url(self):
        return edit_address(self.object)


def described(obj, finding) -> dict:
    """A finding with the label of its field and the place of that field in the edit form."""
    place = place_of(obj, finding.field)
    return {"message": finding.message, "label": label_of(obj, finding.field), "url": f"{edit_address(obj)}{place}"}


def preview_url(obj, revision_id) -> str:
    """Address where a version can be read as the public would."""
    if isinstance(obj, Page):
        return reverse("wagtailadmin_pages:revisions_view", args=[obj.pk, revision_id])
    if isinstance(obj, PreviewableMixin):
        return reverse(obj.snippet_viewset.get_url_name("revisions_view"), args=[obj.pk, revision_id])
    return reverse(obj.snippet_viewset.get_url_name("revisions_compare"), args=[obj.pk, "live", revision_id])
