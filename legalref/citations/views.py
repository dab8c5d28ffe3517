"""The admin's screens of citations: parse, call an action, answer."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.utils import get_latest_str
from wagtail.models import Page

from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
from base.admin.screen_access import SITE_MEMBERS
from base.sites import site_of
from workflows.screens.subjects import demand_works_on

from ..models import Citation, LegalDocument
from . import citing_pages, reading
from .forms import CitationsForm

PER_PAGE = 30
# A request takes a thousand fields; each citation has three.
MOST_IN_FORM = 250
OUTCOME = "ket-qua"


class CitationsView(ActionView):
    """What the newest version of a text cites, with what may be decided about each; a child says which text."""

    screen_access = SITE_MEMBERS
    form_class = CitationsForm
    template_name = "legalref/admin/citations.html"
    title = "Trích dẫn"
    header_icon = "link"
    submit_label = "Lưu quyết định"

    def seen(self):
        """The newest version of the text."""
        return [self.source]

    def get_source(self):
        raise NotImplementedError

    @cached_property
    def source(self):
        return self.get_source()

    def dispatch(self, request, *args, **kwargs):
        if not reading.may_decide(request.user, self.source):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def suggestions(self):
        return reading.suggestions(self.source.get_latest_revision_as_object())

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "suggestions": self.suggestions[:MOST_IN_FORM]}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            subject=get_latest_str(self.source),
            edit_url=edit_address(self.source),
            left_out=len(self.suggestions[MOST_IN_FORM:]),
            **kwargs,
        )
        context["rows"] = context["form"].rows()
        return context

    def call(self, form):
        count = reading.propose(self.source, form.decisions(), by=self.request.user)
        self.success_message = f"Đã ghi {count} quyết định; có hiệu lực khi phiên bản này được duyệt và đăng."

    def get_success_url(self):
        return self.request.path


class PageCitationsView(CitationsView):
    """The citations of a page."""

    def get_source(self):
        page = get_object_or_404(Page, pk=self.kwargs["page_id"], depth__gt=1).specific
        demand_works_on(self.request.user, site_of(page))
        return page


class DocumentCitationsView(CitationsView):
    """The citations in a document's full text."""

    model = LegalDocument

    def get_source(self):
        document = get_object_or_404(
            LegalDocument.objects.select_related("document_type", "main_issuer", "owner_site"), pk=self.kwargs["pk"]
        )
        demand_works_on(self.request.user, document.owner_site)
        return document


class WantedView(TemplateView):
    """What the public texts of one's own sites cite without a link: not in the register, or several in question."""

    screen_access = SITE_MEMBERS
    template_name = "legalref/admin/wanted.html"

    def get_context_data(self, **kwargs):
        user, asked = self.request.user, self.request.GET.get(OUTCOME)
        outcome = Citation.Outcome.SEVERAL if asked == Citation.Outcome.SEVERAL else Citation.Outcome.NONE
        page = Paginator(citing_pages.waiting_for(user, outcome), PER_PAGE).get_page(self.request.GET.get("p"))
        rows = citing_pages.with_places(user, outcome, page.object_list)
        for row in rows:
            for place in row.places:
                place.url = _address(place)
        return super().get_context_data(
            title="Văn bản cần nhập",
            header_icon="link",
            page=page,
            rows=rows,
            outcome=outcome,
            is_choosing=outcome == Citation.Outcome.SEVERAL,
            **kwargs,
        )


def _address(place: Citation) -> str:
    if place.page_id:
        return reverse("legalref_page_citations", args=[place.page_id])
    return reverse("legalref_document_citations", args=[place.source_id])
