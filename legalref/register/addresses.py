"""The public addresses of documents: the register pages of the sites, and a document's address on one of them."""

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Length, Substr
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property
from wagtail.models import Page

from base.models import PortalSite

REGISTER_TYPE = ("legalref", "registerpage")


class Registers:
    """The live register pages by site and language, read once (one query) for all the addresses of an answer."""

    @cached_property
    def _pages(self) -> dict[tuple[int, str], Page]:
        app_label, model = REGISTER_TYPE
        parent = Page.objects.filter(path=OuterRef(OuterRef("parent_path")))
        site = PortalSite.objects.filter(home_key=Subquery(parent.values("translation_key")[:1]))
        pages = (
            Page.objects.live()
            .filter(content_type__app_label=app_label, content_type__model=model)
            .annotate(parent_path=Substr("path", 1, Length("path") - Page.steplen))
            .annotate(site_id=Subquery(site.values("pk")[:1]))
            .select_related("locale")
        )
        return {(page.site_id, page.locale.language_code): page for page in pages}

    @property
    def pages(self) -> list[Page]:
        """All of them."""
        return list(self._pages.values())

    def page(self, site_id: int, language: str | None = None) -> Page | None:
        """Return a site's register in a language (the active one), else in any language, or None."""
        language = language or translation.get_language()
        found = self._pages.get((site_id, language))
        return found or next((page for (key, _code), page in self._pages.items() if key == site_id), None)

    def url(self, document, request=None, site_id: int | None = None) -> str:
        """Return a document's address in its owner's register (or that of `site_id`); "" while it has none."""
        page = self.page(site_id or document.owner_site_id)
        if page is None or not document.slug:
            return ""
        return f"{page.get_url(request) or ''}{document.slug}/"

    def full_url(self, document) -> str:
        """Return a document's canonical address with its host; "" while it has none."""
        page = self.page(document.owner_site_id, document.language_code)
        if page is None or not document.slug:
            return ""
        return f"{page.full_url or ''}{document.slug}/"


def short_url(document) -> str:
    """Return the short address of a document, which leads to its page whatever becomes of its number or its site."""
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('legalref_short', args=[document.pk])}"


def data_url(document) -> str:
    """Return the address of a document in the read API; "" while it has none."""
    if not document.slug:
        return ""
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('legalref_api_document', args=[document.slug])}"
