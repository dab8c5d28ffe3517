"""The portal's addresses and two more, such as a careless later room might bring: they show and change any page."""

from django.http import HttpResponse
from django.urls import path
from wagtail.models import Page

from config import urls


def leaky(request, page_id):
    """Show any page's draft title to whoever asks; a POST writes over it."""
    page = Page.objects.filter(pk=page_id).first()
    if page is not None and request.method == "POST":
        Page.objects.filter(pk=page_id).update(draft_title="Bị đổi")
    return HttpResponse(page.draft_title if page else "")


urlpatterns = [
    path("quan-tri/trang-moi/<int:page_id>/", leaky, name="leaky_page"),
    *urls.urlpatterns,
]
