"""The public register: the list of a site's documents, each document's page, the feed of new ones."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page

from base.models import BasePage
from base.navigation import Link
from base.page_cache import mark_public

from .. import feeds, listing
from ..addresses import Registers
from ..effect import BASED_ON, REFERS_TO, RELATIONS, REPLACES, Status, status_on
from .document import DocumentFile, LegalDocument, contents, readable
from .relation import DocumentRelation


@dataclass
class Related:
    """A document on the other end of a relation, as the page of a document lists it."""

    name: str
    subject: str = ""
    url: str = ""
    status: Status | None = None
    effective_on: object = None
    scope: list[str] = field(default_factory=list)
    is_verified: bool = True


class RegisterPage(RoutablePageMixin, BasePage):
    """The register of legal documents (`/van-ban/`) of a site in one language; documents are not pages under it.

    A document's address is `<loại>-<số>-<năm>-<cơ quan>/` below it; the owner's register is the canonical one.
    """

    subpage_types: list[str] = []
    max_count_per_parent = 1
    cache_params = listing.PARAMETERS
    needs_source = False
    needs_summary = False
    # Who cites a document: the process imports the models, so it is handed in by `LegalrefConfig.ready`.
    citations = None
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

    @path("<slug:slug>/")
    def document_route(self, request, slug):
        """The page of one document; one that stands in another site's register only is shown there."""
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
        registers = Registers()
        if document is None:
            elsewhere = LegalDocument.objects.public().filter(slug=slug).first()
            address = (
                registers.full_url(elsewhere) if elsewhere and elsewhere.owner_site_id != self.portal_site.pk else ""
            )
            if address:
                return HttpResponseRedirect(address)
            raise Http404
        context = self.get_context(request)
        context.update(self._document_context(document, registers, request))
        self._adapt_frame(context["frame"], document, registers, request)
        return TemplateResponse(request, "legalref/document.html", context)

    def serve(self, request, *args, **kwargs):
        response = super().serve(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            self.mark_public(response)
        return response

    def mark_public(self, response):
        """A document's page names pages of other sites: what is taken down there must leave it, too."""
        response = super().mark_public(response)
        others = response.context_data.get("citing_sites")
        if others:
            mark_public(response, [*self.cache_sites(), *others], params=self.cache_params)
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

    # --- Preparing the page of a document -------------------------------------------------------------

    def _document_context(self, document, registers: Registers, request) -> dict:
        rows = list(
            DocumentRelation.objects.valid()
            .filter(Q(source=document) | Q(target=document))
            .select_related(
                "source__document_type", "source__main_issuer", "source__stored_status", "source__owner_site",
                "target__document_type", "target__main_issuer", "target__stored_status", "target__owner_site",
            )
            .defer("source__full_text", "target__full_text", "source__search_text", "target__search_text")
            .order_by("code", "effective_on", "pk")
        )  # fmt: skip
        status = status_on(document, timezone.localdate(), [row for row in rows if row.target_id == document.pk])
        groups: dict[str, list[Related]] = {}
        lapsed = 0
        for row in rows:
            acts = row.source_id == document.pk
            kind = RELATIONS[row.code]
            other = self._related(row, row.target if acts else row.source, registers, request)
            groups.setdefault(str(kind.active if acts else kind.passive), []).append(other)
            if acts and row.code in (BASED_ON, REFERS_TO) and other.status and not other.status.applies:
                lapsed += 1
        provisions = readable(document) if document.part_keys else []
        successor = status.by_document
        citing = self.citations.shown_citing(document, registers, request, self.locale)
        return {
            "document": document,
            "status": status,
            "successor": successor if successor and successor.live else None,
            "successor_url": registers.url(successor, request) if successor and successor.live else "",
            "is_replaced": any(row.code == REPLACES and row.target_id == document.pk for row in rows),
            "relations": groups,
            "cited_by": citing.entries,
            "citing_sites": citing.sites,
            "lapsed_bases": lapsed,
            "provisions": provisions,
            "contents": contents(provisions),
            "document_files": self._files(document),
            "issuers": self._issuers(document),
        }

    @staticmethod
    def _related(row, other, registers, request) -> Related:
        extra = {"effective_on": row.effective_on, "scope": row.scope, "is_verified": row.is_verified}
        if other is None:
            return Related(row.source_text or row.stated_in, **extra)
        if not other.live:
            return Related(other.name, **extra)
        return Related(other.name, other.subject, registers.url(other, request), other.status, **extra)

    @staticmethod
    def _issuers(document) -> list:
        """The bodies that issued it; asks for those beside the main one only when there are some."""
        if not hasattr(document, "_issuers_shown"):
            document._issuers_shown = document.issuers() if document.is_joint else [document.main_issuer]
        return document._issuers_shown

    @staticmethod
    def _files(document) -> list[dict]:
        files = [{"file": document.signed_file, "label": _("Bản ký")}] if document.signed_file else []
        more = document.document_files.select_related("file") if document.has_more_files else []
        return files + [{"file": row.file, "label": row.label or row.file.title} for row in more]

    def _adapt_frame(self, frame, document, registers: Registers, request) -> None:
        """Let the frame speak of the document instead of the register."""
        canonical = registers.full_url(document) or f"{self.full_url}{document.slug}/"
        elements = document.dublin_core(canonical, self._issuers(document))
        frame.title = document.name
        frame.description = document.subject
        frame.canonical_url = canonical
        frame.is_demo = document.is_illustrative
        frame.breadcrumbs.append(Link(self.title, self.get_url(request)))
        frame.metadata = [(f"DC.{name}", value) for name, value in elements.items()]
        frame.updated_at = document.last_published_at
        for language in frame.languages:
            if language.is_translation:
                language.url = f"{language.url}{document.slug}/"
        frame.alternates = []
        frame.structured_data = {
            "@context": "https://schema.org",
            "@type": "Legislation",
            "name": document.name,
            "description": document.subject,
            "legislationIdentifier": document.symbol,
            "legislationType": document.document_type.name,
            "legislationPassedBy": {"@type": "GovernmentOrganization", "name": document.main_issuer.name},
            "legislationDate": document.issued_on.isoformat() if document.issued_on else None,
            "url": canonical,
            "inLanguage": document.language_code,
        }
