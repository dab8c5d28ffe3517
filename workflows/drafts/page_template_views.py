"""The screens of templates of pages: choose one below a page, keep a page as one, the list."""

from django import forms
from django.apps import apps
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.screen_access import ROLE_HOLDERS

from ..models import PageTemplate
from ..screens.forms import SaveTemplateForm, StartForm
from ..screens.subjects import PageMixin, QueueActionView
from ..screens.taking_down import with_places
from ..upkeep.live_checks import sites_to_report
from . import page_templates


class TemplatesBelowView(PageMixin, TemplateView):
    """The templates that fit under a page."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/templates_below.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Bắt đầu từ mẫu",
            header_icon="doc-full",
            rows=[(each, type_name(each)) for each in page_templates.templates_below(self.page, self.request.user)],
            **kwargs,
        )


class PlacesView(TemplateView):
    """Where a template may be used: the only place at once, several to choose from."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/template_places.html"

    def get(self, request, *args, **kwargs):
        found = page_templates.places_for(self.template, request.user)
        if len(found) == 1:
            return redirect("workflows_template_start", found[0].pk, self.template.pk)
        return self.render_to_response(self.get_context_data(places=with_places(found)))

    @cached_property
    def template(self):
        return get_object_or_404(templates_of(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Dùng mẫu bài", header_icon="doc-full", subject=self.template.name, template=self.template, **kwargs
        )


class StartView(PageMixin, QueueActionView):
    """Ask for the title, then make the draft and open it."""

    form_class = StartForm
    title = "Bắt đầu từ mẫu"
    header_icon = "doc-full"
    submit_label = "Tạo bản nháp"
    success_message = "Đã tạo bản nháp từ mẫu; hãy điền những chỗ […] rồi gửi duyệt."

    def seen(self):
        """The template."""
        return [self.template]

    @cached_property
    def template(self):
        offered = {each.pk: each for each in page_templates.templates_below(self.page, self.request.user)}
        if self.kwargs["pk"] not in offered:
            raise Http404
        return offered[self.kwargs["pk"]]

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "subject": self.template.name}

    def call(self, form):
        self.made = page_templates.start_from_template(
            self.template, self.page, by=self.request.user, title=form.cleaned_data["title"]
        )

    def get_success_url(self):
        return reverse("wagtailadmin_pages:edit", args=[self.made.pk])


class SaveTemplateView(PageMixin, QueueActionView):
    """Keep the texts of a page as a template."""

    template_name = "workflows/template_save.html"
    form_class = SaveTemplateForm
    title = "Lưu làm mẫu bài"
    header_icon = "doc-full"
    submit_label = "Lưu làm mẫu"
    success_message = "Đã lưu mẫu bài."

    def seen(self):
        """The newest version of the page."""
        return [self.page]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "may_for_all": page_templates.may_save(self.request.user, None)}

    def call(self, form):
        page_templates.save_as_template(self.page, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("workflows_templates")


class TemplateListView(TemplateView):
    """The templates of the person's sites, and those of all."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/templates.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        rows = [
            {"template": each, "type": type_name(each), "may_retire": page_templates.may_save(user, each.owner_site)}
            for each in templates_of(user).select_related("owner_site", "made_by")
        ]
        return super().get_context_data(title="Mẫu bài", header_icon="doc-full", rows=rows, **kwargs)


class RetireView(QueueActionView):
    """Offer a template no more."""

    form_class = forms.Form
    title = "Cho thôi dùng mẫu bài"
    header_icon = "doc-full"
    submit_label = "Thôi dùng mẫu này"
    success_message = "Mẫu không còn được đưa ra; những bài đã làm từ mẫu vẫn như cũ."

    def seen(self):
        """The template."""
        return [self.template]

    @cached_property
    def template(self):
        template = page_templates.retirable(self.kwargs["pk"], self.request.user)
        if template is None:
            raise Http404
        return template

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.template.name, **kwargs)

    def call(self, form):
        page_templates.retire(self.template, by=self.request.user)

    def get_success_url(self):
        return reverse("workflows_templates")


def templates_of(user):
    """Return the templates of a person's sites, and those of all."""
    found = PageTemplate.objects.none()
    for site in sites_to_report(user):
        found = found | page_templates.visible_to_site(site)
    return found.distinct()


def type_name(template: PageTemplate) -> str:
    """Return what people call the page type of a template, "" for a type that is known no more."""
    try:
        name = str(apps.get_model(template.page_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return ""
    return name[:1].upper() + name[1:]


def has_templates_below(page, user) -> bool:
    """Tell whether the button "Bắt đầu từ mẫu" has a use on a page."""
    return bool(page_templates.templates_below(page, user))
