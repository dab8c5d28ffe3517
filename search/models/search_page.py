"""The search page of each site and language."""

from base.models import BasePage
from base.public.navigation import following_url

from ..looking import THIS_SITE
from ..popular import POPULAR_SECONDS, popular
from ..results import PARAMETERS, search
from ..searched_words import words_of


class SearchPage(BasePage):
    """Search on a site or in the whole city: `?q=…&loai=…&pham-vi=…&xep=…&trang=…`."""

    subpage_types = []
    max_count_per_parent = 1
    template = "search/search_page.html"
    icon_name = "search"
    review_rule = ""
    page_description = "Tìm kiếm trong trang và toàn thành phố."
    needs_source = needs_summary = False
    is_made_by_portal = row_is_cached = True
    is_listed = False
    cache_params = PARAMETERS

    class Meta:
        verbose_name = "trang tìm kiếm"
        verbose_name_plural = "trang tìm kiếm"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["found"] = self._found = search(self, request.GET, request)
        # The page is a search itself.
        context["frame"].search_url = ""
        # One address a query would fill other search engines with our lists.
        context["frame"].is_indexed = context["frame"].is_indexed and not self._found.query
        if self._found.is_asked:
            site = self.portal_site.pk if self.portal_site and self._found.scope == THIS_SITE else 0
            context["searched"] = words_of(self._found)
            context["frame"].follow_url = following_url(self, self._found.query, site)
        else:
            context["popular"] = popular(self, request)
            # As old as any figure may be: a count must not make pages anew.
            self.cache_max_age_seconds = POPULAR_SECONDS
        return context

    def cache_sites(self):
        return sorted(self._found.site_ids)
