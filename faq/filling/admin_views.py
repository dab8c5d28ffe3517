"""The admin's screens of filled forms: the forms, one of them, one answer; parse, call an action, answer.

A person sees what they may read (`receiving.visible_to`); what a person wrote is shown by a press only, each time
written down before it is shown.
"""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, ROLES, may
from accounts.unit_roles import units_for
from base.admin.screen_access import ScreenAccess
from base.audit.trail import record_personal_data_read
from base.sites import site_of, sites_held
from base.tables.csv import download
from sections.models import FormPage

from ..models import FilledForm
from ..office import inbox
from . import exporting, receiving

PER_PAGE = 50
# What the audit trail says was read.
READ = "câu trả lời trong biểu mẫu"


def _reads(user) -> bool:
    return may(user, HANDLE_QUESTIONS) or bool(units_for(user, ANSWER_QUESTIONS))


# For those who handle citizens' matters on a site, and the people of a unit without one.
READERS = ScreenAccess(
    _reads,
    ", ".join(
        role.label
        for role in ROLES.values()
        if HANDLE_QUESTIONS in role.capabilities or role.of_unit and ANSWER_QUESTIONS in role.capabilities
    ),
)


def forms_of(user) -> list[FormPage]:
    """Return the forms that were public and of which a person may read answers, the newest first."""
    sites = {site.pk for site in inbox.sites_for(user, HANDLE_QUESTIONS)}
    answered = set(receiving.visible_to(user).values_list("page", flat=True))
    pages = FormPage.objects.exclude(first_published_at=None).order_by("-opens_on", "-pk")
    with sites_held():
        return [page for page in pages if getattr(site_of(page), "pk", None) in sites or page.pk in answered]


def _reads_of(user, page: FormPage) -> bool:
    """Tell whether a person may read answers of a form that was public (`forms_of`)."""
    sites = inbox.sites_for(user, HANDLE_QUESTIONS)
    return site_of(page) in sites or receiving.visible_to(user).filter(page=page).exists()


class FormsView(TemplateView):
    """The forms of one's sites and unit, with how many answers came and how many are held."""

    screen_access = READERS
    template_name = "faq/admin/filled/forms.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        counted = receiving.visible_to(user).order_by().values("page")
        counted = counted.annotate(total=Count("pk"), held=Count("pk", filter=Q(purged_at=None)))
        counts = {row["page"]: row for row in counted}
        none = {"total": 0, "held": 0}
        rows = [(page, site_of(page), counts.get(page.pk, none)) for page in forms_of(user)]
        return super().get_context_data(title="Biểu mẫu", header_icon="form", rows=rows, **kwargs)


class OfForm:
    """Mixin: the form of the address, for a person who may read its answers; else there is none."""

    screen_access = READERS
    model = FormPage
    header_icon = "form"

    @cached_property
    def form_page(self) -> FormPage:
        page = get_object_or_404(FormPage.objects.exclude(first_published_at=None), pk=self.kwargs["page_id"])
        if not _reads_of(self.request.user, page):
            raise Http404
        return page


class FilledFormsView(OfForm, TemplateView):
    """What came in of one form, the newest first: numbers and days, not what was written."""

    template_name = "faq/admin/filled/filled_forms.html"

    def get_context_data(self, **kwargs):
        found = receiving.visible_to(self.request.user).filter(page=self.form_page)
        page = Paginator(found.defer("answers"), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title="Biểu mẫu",
            header_icon=self.header_icon,
            form_page=self.form_page,
            page=page,
            is_empty=not found.filter(purged_at=None).exists(),
            **kwargs,
        )


class FormSheetView(OfForm, View):
    """All answers of a form as a spreadsheet, by a press; written down before it is made."""

    without_version = "Only shows; each reading is written down."
    http_method_names = ["post"]

    def post(self, request, page_id):
        page = self.form_page
        record_personal_data_read(by=request.user, obj=page, site=site_of(page), what=READ)
        return download(exporting.as_xlsx(page, by=request.user), f"bieu-mau-{page.slug[:60]}.xlsx")


class FilledFormView(TemplateView):
    """What one person wrote; opened by its address alone it shows nothing."""

    screen_access = READERS
    model = FilledForm
    without_version = "Only shows; each reading is written down."
    template_name = "faq/admin/filled/filled_form.html"
    http_method_names = ["get", "post"]

    @cached_property
    def filled(self) -> FilledForm:
        found = receiving.visible_to(self.request.user).select_related("page", "version", "owner_site", "unit")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get(self, request, *args, **kwargs):
        return redirect("faq_filled_forms", self.filled.page_id)

    def post(self, request, *args, **kwargs):
        filled = self.filled
        record_personal_data_read(by=request.user, obj=filled, site=filled.owner_site, what=READ)
        context = self.get_context_data(title=filled.number, header_icon="form", filled=filled, rows=filled.rows())
        response = self.render_to_response(context)
        response.headers["Cache-Control"] = "private, no-store"
        return response
