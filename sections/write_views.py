"""The ways from the dashboard to a new item of news on one's own site: an empty form, or a Word file."""

from django.http import Http404
from django.shortcuts import redirect
from django.views.generic import View

from accounts.roles import WRITE, may
from accounts.screen_access import holding
from workflows.deadlines.boards import sites_of

from .models import ArticlePage, SectionIndexPage

NEWS = "tin-tuc"


def news_section(user) -> SectionIndexPage | None:
    """Return the section of news where a person writes: that of their ward, of the city for the city's people."""
    sites = [site for site in sites_of(user) if may(user, WRITE, site)]
    sites.sort(key=lambda site: (not site.is_city, site.name))
    for site in sites:
        home = site.home_page()
        found = SectionIndexPage.objects.child_of(home).filter(section_key=NEWS).first() if home else None
        if found is not None:
            return found
    return None


class WriteNewsView(View):
    """Lead to the form of a new article in the section of news."""

    screen_access = holding(WRITE)

    def get(self, request):
        section = news_section(request.user)
        if section is None:
            raise Http404
        meta = ArticlePage._meta
        return redirect("wagtailadmin_pages:add", meta.app_label, meta.model_name, section.pk)


class WriteFromWordView(View):
    """Lead to the import of a Word file that becomes an article in the section of news."""

    screen_access = holding(WRITE)

    def get(self, request):
        section = news_section(request.user)
        if section is None:
            raise Http404
        return redirect("sections_word_below", section.pk)
