"""The public register: the list of a site's documents, each document's page, the feed of new ones."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.contrib.routable_page.models import path
from wagtail.models import ModelLogEntry, Page

from base.models import BasePage, PortalSite, RoutedPage
from base.public.frame import build_frame
from base.public.navigation import Link
from base.public.page_cache import mark_public
from base.public.site_cache import memory_of
from base.queries.prepared import Prepared, given
from base.sites import following

from ..register import feeds, listing, table
from ..register.addresses import Registers
from ..register.as_of import DAY, day_asked
from .document import LegalDocument
from .provision import DocumentFile

# The list of a closed site, as it stands.
OLD = "ban-cu"


_AT_ADDRESS = Prepared(
    lambda: (
        LegalDocument.objects.in_register_of(given("site"), given("parent"))
        .filter(slug=given("slug"))
        .annotate(
            is_joint=Exists(LegalDocument.co_issuers.through.objects.filter(legaldocument=OuterRef("pk"))),
            has_more_files=Exists(DocumentFile.objects.filter(document=OuterRef("pk"))),
        )
        .select_related("document_type", "main_issuer", "owner_site__unit", "signed_file", "stored_status")
        .defer("full_text", "search_text")
        .order_by("pk")[:1]
    )
)


class RegisterPage(RoutedPage):
    """The register of legal documents (`/van-ban/`) of a site in one language; documents are not pages under it.

    A document's address is `<loại>-<số>-<năm>-<cơ quan>/` below it; the owner's register is the canonical one.

    The register of a closed site redirects to that of its successor, as its other pages do. Documents of its unit stay
    at their address, because they apply until they are ended; the old list stays at `?ban-cu=1`, and the successor's
    register links to it.
    """

    subpage_types: list[str] = []
    max_count_per_parent = 1
    cache_params = (*listing.PARAMETERS, DAY, OLD)
    needs_source = False
    needs_summary = False
    template = "legalref/register.html"
    icon_name = "folder-inverse"
    review_rule = ""
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
        """The list, today or as of a day; a number typed in the search field leads straight to its one document."""
        onward = self.redirect_to_successor(request)
        if onward is not None and not request.GET.get(OLD):
            return onward
        query = request.GET.get(listing.QUERY, "").strip()
        found = listing.addressed(self.documents(), query) if query else []
        today = timezone.localdate()
        day, problem = day_asked(request.GET.get(DAY, ""), today)
        asked = "" if day == today else f"?{DAY}={day.isoformat()}"
        if len(found) == 1 and found[0][1]:
            return HttpResponseRedirect(f"{self.get_url(request)}{found[0][1]}/{asked}")
        context = self.get_context(request)
        context["page_url"] = self.get_url(request)
        context["old"] = OLD if onward is not None else ""
        context["former"] = self.former_registers(request)
        context["frame"].is_indexed = context["frame"].is_indexed and onward is None
        context["day"], context["day_query"], context["day_error"] = day, asked, problem
        context["day_written"] = request.GET.get(DAY, "")
        context["listing"] = listing.list_documents(
            self.portal_site, request.GET, [pk for pk, _slug in found], day if asked else None, request=request
        )
        context["frame"].feed_url = f"{self.get_url(request)}rss/"
        context["frame"].feed_title = self.title
        context["frame"].atom_url = f"{self.get_url(request)}atom/"
        return TemplateResponse(request, self.template, context)

    @path("rss/")
    def feed_route(self, request):
        """RSS of the newest documents."""
        if (onward := self.redirect_to_successor(request, "rss/")) is not None:
            return onward
        response = feeds.documents_feed(self, self.documents())
        return mark_public(response, self.cache_sites())

    @path("atom/")
    def atom_route(self, request):
        """Atom of the newest documents."""
        if (onward := self.redirect_to_successor(request, "atom/")) is not None:
            return onward
        return mark_public(feeds.documents_atom(self, self.documents()), self.cache_sites())

    @path(f"{table.ADDRESS}/")
    def table_route(self, request):
        """What the list shows under its filters today, as a table."""
        if (onward := self.redirect_to_successor(request, f"{table.ADDRESS}/")) is not None:
            return onward
        return table.respond(self, request)

    @path("<slug:slug>/")
    def document_route(self, request, slug):
        """The page of one document, today or as of a day; one of another site's register only is shown there."""
        from ..register import document_page

        document = self._find(slug, request)
        if isinstance(document, HttpResponse):
            return document
        context = document_page.fill(self.get_context(request), self, document, request)
        return TemplateResponse(request, "legalref/document.html", context)

    @path("<slug:slug>/phieu-hieu-luc/")
    def cover_route(self, request, slug):
        """The sheet with the document's status, to be laid on the signed file."""
        from ..register import document_page

        document = self._find(slug, request, "phieu-hieu-luc/")
        if isinstance(document, HttpResponse):
            return document
        response = HttpResponse(document_page.cover(document, request, self), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="phieu-hieu-luc-{document.slug}.pdf"'
        response.headers["X-Robots-Tag"] = "noindex"
        return mark_public(response, PortalSite.objects.all())

    @path("<slug:slug>/so-sanh/")
    def compare_route(self, request, slug):
        """What changed in a document between two days."""
        from ..register import between_days

        document = self._find(slug, request, "so-sanh/")
        if isinstance(document, HttpResponse):
            return document
        context = between_days.fill(self.get_context(request), self, document, request)
        response = render(request, "legalref/between_days.html", context)
        # What is no day is not kept: there is too much of it.
        if context["problems"]:
            return response
        days, turns = (between_days.FROM, between_days.TO), context["frame"].turns
        return mark_public(response, PortalSite.objects.all(), params=days, turns=turns)

    def shows(self, route: str) -> bool:
        """Tell whether something public stands at a path below: a document's, as long as it is public."""
        name = route.strip("/").partition("/")[0]
        if name in ("rss", "atom", table.ADDRESS) or not super().shows(route):
            return super().shows(route)
        return LegalDocument.objects.public().filter(slug=name).exists()

    def _find(self, slug: str, request, ending: str = ""):
        """Return a document of this register; else the answer: where it stands, 410 for one taken down, or 404."""
        address = ""
        site = self.portal_site
        # No site has the key 0.
        document = _AT_ADDRESS.first(site=site.pk, parent=site.parent_id or 0, slug=slug)
        if document is None:
            elsewhere = LegalDocument.objects.public().filter(slug=slug).first()
            if elsewhere and elsewhere.owner_site_id != self.portal_site.pk:
                address = Registers().full_url(elsewhere)
            if address:
                return HttpResponseRedirect(f"{address}{ending}")
            return self._gone(slug, request)
        if document.owner_site_id != self.portal_site.pk and self.redirect_to_successor(request) is not None:
            # Of the city, or marked for this site: it stands on where its owner keeps it.
            address = Registers().full_url(document)
            return HttpResponseRedirect(f"{address}{ending}") if address else document
        return document

    def _gone(self, slug: str, request):
        """Answer 410 at the address of a document that was public here and was taken down (Quy chế Điều 21.2)."""
        document = (
            LegalDocument.objects.filter(slug=slug, live=False, owner_site=self.portal_site)
            .exclude(first_published_at=None)
            .select_related("document_type")
            .first()
        )
        if document is None:
            raise Http404
        entry = ModelLogEntry.objects.for_instance(document).filter(action="portal.takedown.record").first()
        frame = build_frame(self, request, title=document.name)
        frame.is_indexed, frame.canonical_url = False, ""
        gone = {
            "public_title": document.name,
            "get_ground_display": _("Cơ quan thu hồi việc đăng văn bản này"),
            "decided_at": entry.timestamp if entry else None,
        }
        response = render(request, "410.html", {"takedown": gone, "frame": frame, "status": 410}, status=410)
        response.headers["X-Robots-Tag"] = "noindex"
        return mark_public(response, PortalSite.objects.all(), turns=frame.turns)

    # --- After the end of a site ------------------------------------------------------------------------

    def redirect_to_successor(self, request, ending: str = ""):
        """The redirect from the register of a closed site to that of the site that followed it, or to its home page."""
        site = self.portal_site
        if site is None or site.state != site.State.CLOSED:
            return None
        successor = following(site)
        register = successor and Registers().page(successor.pk, self.locale.language_code)
        if register is None:
            return super().redirect_to_successor(request)
        return redirect(f"{register.get_url(request)}{ending}", permanent=True)

    def former_registers(self, request) -> list[Link]:
        """The registers of the sites that this one followed, as far as they list documents of their own.

        Cached until a site changes, as the menu is.
        """
        site, memory = self.portal_site, memory_of(request)
        if site is None or site.state != site.State.OPEN:
            return []
        key = ("former registers", self.pk)
        links = memory.get(key) if memory is not None else None
        if links is None:
            links = self._former_registers(site, request)
            if memory is not None:
                memory.keep(key, links, memory.all_sites)
        return links

    def _former_registers(self, site: PortalSite, request) -> list[Link]:
        own = LegalDocument.objects.public().filter(owner_site=OuterRef("pk"))
        ended = PortalSite.objects.exclude(successor=None).exclude(state=PortalSite.State.OPEN).filter(Exists(own))
        links, registers = [], Registers()
        for found in ended.select_related("successor"):
            register = registers.page(found.pk, self.locale.language_code) if following(found) == site else None
            if register is not None:
                asked = f"?{OLD}=1" if found.state == found.State.CLOSED else ""
                links.append(Link(found.name, f"{register.get_url(request)}{asked}"))
        return links

    def serve(self, request, *args, **kwargs):
        return self.marked(super().serve(request, *args, **kwargs))

    def mark_public(self, response):
        """A document's page names pages of other sites: what is taken down there must leave it, too."""
        response = super().mark_public(response)
        shown = response.context_data
        if "citing_sites" in shown:
            mark_public(response, [*self.cache_sites(), *shown["citing_sites"]], params=(DAY,))
        return response
