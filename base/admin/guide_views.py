"""The screens of the editors' guide."""

from django.http import FileResponse, Http404
from django.views.generic import TemplateView, View

from . import guide
from .screen_access import SIGNED_IN

CONTENT_TYPES = {".png": "image/png", ".webp": "image/webp"}


class GuideView(TemplateView):
    """Every page, one's own work first; or what was searched for."""

    screen_access = SIGNED_IN
    template_name = "base/admin/guide.html"

    def get_context_data(self, **kwargs):
        listed = list(guide.pages().values())
        roles = guide.roles_of(self.request.user)
        words = self.request.GET.get("q", "").strip()[:100]
        own = [page for page in listed if page.is_for(roles)]
        return super().get_context_data(
            title="Trợ giúp",
            header_icon="help",
            words=words,
            found=guide.search(words, listed) if words else None,
            own=guide.grouped(own),
            others=guide.grouped(page for page in listed if page not in own),
            links=guide.links(),
            **kwargs,
        )


class GuidePageView(TemplateView):
    """One page, with those of its group beside it."""

    screen_access = SIGNED_IN
    template_name = "base/admin/guide_page.html"

    def get_context_data(self, **kwargs):
        page = guide.page(self.kwargs["slug"])
        if page is None:
            raise Http404
        beside = [other for other in guide.pages().values() if other.group == page.group and other != page]
        return super().get_context_data(
            title=page.title, header_icon="help", page=page, body=guide.rendered(page), beside=beside, **kwargs
        )


class GuidePictureView(View):
    """A picture that a page of the guide shows."""

    screen_access = SIGNED_IN

    def get(self, request, name):
        if not any(name in page.pictures for page in guide.pages().values()):
            raise Http404
        path = guide.PICTURES / name
        if path.suffix not in CONTENT_TYPES or not path.is_file():
            raise Http404
        return FileResponse(path.open("rb"), content_type=CONTENT_TYPES[path.suffix])
