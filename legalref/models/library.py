"""The public register: the list of a site's documents, each document's page, the feed of new ones."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page

from base.models import BasePage, PortalSite
from base.page_cache import mark_public

from .. import feeds, listing
from ..addresses import Registers
from ..as_of import DAY
from .document import DocumentFile, LegalDocument


class RegisterPage(RoutablePageMixin, BasePage):
    """The register of legal documents (`/van-ban/`) of a site in one language; documents are not pages under it.

    A document's address is `<loại>-<số>-<năm>-<cơ quan>/` below it; the owner's register is the canonical one.
    """

    subpage_types: list[str] = []
    max_count_per_parent = 1
    cache_params = listing.PARAMETERS
    needs_source = False
    needs_summary = False
    # What the page of a document shows: the module imports the models, so it is handed in by `LegalrefConfig.ready`.
    document_page = None
    template = "legalref/register.html"
    page_description = "Sổ văn bản của trang: danh sách có bộ lọc, trang của từng văn bản."
    content_panels = [*Page.content_panels, "summary", *BasePage.responsibility_panels]

    class Meta:
        verbose_name = "trang sổ văn bản"
        verbose_name_plural = "trang sổ văn bản"

    def documents(self):
        """The public documents of this register."""
        return LegalDocument.objects.on_site(self.portal_site)

    # --- Addresses ------------------------------------------------------------------------------------

    @path("")
    def list_route(self, request):
        """The list; a number typed in the search field leads straight to its document when there is just one."""
        query = request.GET.get(listing.QUERY, "").strip()
        keys = []
        if query:
            keys = listing.numbered(self.documents(), query)
            if len(keys) == 1:
                slug = LegalDocument.objects.values_list("slug", flat=True).get(pk=keys[0])
                if slug:
                    return HttpResponseRedirect(f"{self.get_url(request)}{slug}/")
        context = self.get_context(request)
        context["page_url"] = self.get_url(request)
        context["listing"] = listing.list_documents(self.portal_site, request.GET, keys)
        context["frame"].feed_url = f"{self.get_url(request)}rss/"
        context["frame"].feed_title = self.title
        return TemplateResponse(request, self.template, context)

    @path("rss/")
    def feed_route(self, request):
        """RSS of the newest documents."""
        response = feeds.documents_feed(self, self.documents())
        return mark_public(response, self.cache_sites())

    @path("atom/")
    def atom_route(self, request):
        """Atom of the newest documents."""
        return mark_public(feeds.documents_atom(self, self.documents()), self.cache_sites())

    @path("<slug:slug>/")
    def document_route(self, request, slug):
        """The page of one document, today or as of a day; one of another site's register only is shown there."""
        document = self._find(slug)
        if isinstance(document, HttpResponseRedirect):
            return document
        context = self.document_page.fill(self.get_context(request), self, document, request)
        return TemplateResponse(request, "legalref/document.html", context)

    @path("<slug:slug>/phieu-hieu-luc/")
    def cover_route(self, request, slug):
        """The sheet with the document's status, to be laid on the signed file."""
        document = self._find(slug, "phieu-hieu-luc/")
        if isinstance(document, HttpResponseRedirect):
            return document
        response = HttpResponse(self.document_page.cover(document, request, self), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="phieu-hieu-luc-{document.slug}.pdf"'
        response.headers["X-Robots-Tag"] = "noindex"
        return mark_public(response, PortalSite.objects.all())

    def _find(self, slug: str, ending: str = ""):
        """Return a document of this register, or the redirect to the register in which it stands; else 404."""
        address = ""
        document = (
            self.documents()
            .filter(slug=slug)
            .annotate(
                is_joint=Exists(LegalDocument.co_issuers.through.objects.filter(legaldocument=OuterRef("pk"))),
                has_more_files=Exists(DocumentFile.objects.filter(document=OuterRef("pk"))),
            )
            .select_related("document_type", "main_issuer", "owner_site__unit", "signed_file", "stored_status")
            .defer("full_text", "search_text")
            .first()
        )
        if document is None:
            elsewhere = LegalDocument.objects.public().filter(slug=slug).first()
            if elsewhere and elsewhere.owner_site_id != self.portal_site.pk:
                address = Registers().full_url(elsewhere)
            if address:
                return HttpResponseRedirect(f"{address}{ending}")
            raise Http404
        return document

    def serve(self, request, *args, **kwargs):
        response = super().serve(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            self.mark_public(response)
        return response

    def mark_public(self, response):
        """A document's page names pages of other sites: what is taken down there must leave it, too."""
        response = super().mark_public(response)
        shown = response.context_data
        if "citing_sites" in shown:
            mark_public(response, [*self.cache_sites(), *shown["citing_sites"]], params=(DAY,))
        return response

    def get_sitemap_urls(self, request=None):
        """The register itself and the documents it is the canonical register of."""
        address = self.full_url
        documents = LegalDocument.objects.public().filter(owner_site=self.portal_site).exclude(slug=None)
        if self.locale.language_code != self.get_default_locale().language_code:
            documents = documents.none()
        return [
            *super().get_sitemap_urls(request),
            *(
                {"location": f"{address}{slug}/", "lastmod": published}
                for slug, published in documents.values_list("slug", "last_published_at").iterator()
            ),
        ]
