"""What readers said of the pages of one's sites: «Trang này có ích không?» (`base/public/opinions/`)."""

from django.core.paginator import Paginator
from django.db.models import F, Sum
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.models import Page

from accounts.screen_access import ROLE_HOLDERS
from base.models import OpinionReason, PortalSite
from base.public.opinions import figures

from .. import deadlines
from . import live_checks

ROWS_A_PAGE, MOST_TEXTS = 50, 5


class OpinionsView(TemplateView):
    """The pages of which readers said something lately, those that most found not useful first."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/opinions.html"

    def get_context_data(self, **kwargs):
        user, slug, today = self.request.user, self.request.GET.get("trang", ""), deadlines.today()
        sites = live_checks.sites_to_report(user)
        listed = Paginator(_pages([site for site in sites if slug in ("", site.slug)], today), ROWS_A_PAGE).get_page(
            self.request.GET.get("p")
        )
        return super().get_context_data(
            title="Ý kiến của người đọc về trang",
            header_icon="comment",
            listed=listed,
            rows=_rows([row["page"] for row in listed], today),
            sites=sites,
            slug=slug,
            days=figures.DAYS,
            fewest=figures.FEWEST,
            low_share=figures.LOW_SHARE,
            text_days=figures.TEXT_DAYS,
            **kwargs,
        )


def _pages(sites: list[PortalSite], today):
    """The sums of the pages of some sites: {"page", "yes", "no"}."""
    found = figures.lately(today).filter(site__in=sites).order_by().values("page")
    return found.annotate(yes=Sum("useful"), no=Sum("not_useful")).order_by(F("no").desc(), "page")


def _rows(keys: list[int], today) -> list[dict]:
    pages, opinions = Page.objects.in_bulk(keys), figures.of_pages(keys, today)
    texts: dict[int, list[OpinionReason]] = {}
    for reason in OpinionReason.objects.filter(page__in=keys, has_text=True).order_by("-given_at")[: ROWS_A_PAGE * 20]:
        texts.setdefault(reason.page_id, []).append(reason)
    return [
        {
            "page": pages[key],
            "edit_url": reverse("wagtailadmin_pages:edit", args=[key]),
            "opinions": opinions[key],
            "texts": texts.get(key, [])[:MOST_TEXTS],
        }
        for key in keys
        if key in pages
    ]
