"""The admin's screens of component sites: parse, call an action of `opening`, answer."""

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.views.generic import TemplateView

from accounts.roles import OPEN_SITES, may
from accounts.screen_access import holding
from base.models import PortalSite
from base.sites import site_of, sites_held
from workflows.publishing import record_changes
from workflows.screens import record_views
from workflows.screens.subjects import QueueActionView

from . import opening
from .forms import (
    CloseForm,
    CorrectClosingForm,
    CorrectDayForm,
    CorrectNameForm,
    DecideOpeningForm,
    MergeForm,
    OpenWardForm,
    PracticeForm,
    RenameForm,
    SettingsForm,
    SplitForm,
    SubmitOpeningForm,
)
from .models import Opening

Kind = Opening.Kind


class MayOpenSites:
    """Only for people with the right to open sites."""

    screen_access = holding(OPEN_SITES)

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, OPEN_SITES):
            raise PermissionDenied("Bạn không có quyền xem các hồ sơ trang thành phần.")
        return super().dispatch(request, *args, **kwargs)


class SitesView(MayOpenSites, TemplateView):
    """The component sites with their state, and the dossiers."""

    template_name = "home/admin/sites.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Các trang thành phần",
            sites=PortalSite.objects.exclude(state=PortalSite.State.DISCARDED)
            .select_related("unit", "successor")
            .prefetch_related("hosts")
            .order_by("kind", "unit__sort_order", "name"),
            dossiers=Opening.objects.select_related("site", "made_by", "approved_by")[:50],
            **kwargs,
        )


class PracticeView(MayOpenSites, QueueActionView):
    """The practice site: made once, emptied between two classes."""

    form_class = PracticeForm
    help_rule = "training"
    title = "Trang thực hành"
    header_icon = "site"
    template_name = "home/admin/practice.html"

    def seen(self):
        """The practice site, if there is one."""
        return [self.site.pk if self.site else None]

    def to_hold(self):
        return []

    @cached_property
    def site(self):
        return opening.practice_site()

    @property
    def submit_label(self):
        return "Dọn bài của lớp trước" if self.site else "Lập trang thực hành"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "written": opening.practised().count() if self.site else None}

    def get_context_data(self, **kwargs):
        return super().get_context_data(site=self.site, **kwargs)

    def call(self, form):
        if self.site:
            count = opening.clear_practice(by=self.request.user)
            self.success_message = f"Đã xóa {count} bài của lớp trước; các mục và phân công còn nguyên."
        else:
            opening.open_practice(by=self.request.user)
            self.success_message = "Đã lập trang thực hành. Hãy phân công học viên vào trang này bằng quyết định."

    def get_success_url(self):
        return reverse("home_practice")


class DossierFormView(MayOpenSites, QueueActionView):
    """A form that makes a dossier, and leads to it."""

    without_version = "A new dossier; the form names the sites chosen."
    help_rule = "open_ward"
    header_icon = "site"
    submit_label = "Lập hồ sơ"
    success_message = "Đã lập hồ sơ; kiểm tra rồi gửi duyệt."
    dossier = None

    def get_success_url(self):
        return reverse("home_opening", args=[self.dossier.pk])


class OpenWardView(DossierFormView):
    form_class = OpenWardForm
    title = "Mở trang thành phần"

    def call(self, form):
        self.dossier = opening.open_ward(by=self.request.user, **form.cleaned_data)


class MergeView(DossierFormView):
    form_class = MergeForm
    title = "Sáp nhập trang thành phần"

    def call(self, form):
        data = form.cleaned_data
        self.dossier = opening.merge_wards(by=self.request.user, **{**data, "predecessors": list(data["predecessors"])})


class SplitView(DossierFormView):
    form_class = SplitForm
    title = "Chia, tách trang thành phần"

    def call(self, form):
        self.dossier = opening.split_ward(by=self.request.user, **form.cleaned_data)


class RenameView(DossierFormView):
    form_class = RenameForm
    title = "Đổi tên trang thành phần"

    def call(self, form):
        self.dossier = opening.rename_ward(by=self.request.user, **form.cleaned_data)


class CloseView(DossierFormView):
    form_class = CloseForm
    title = "Đóng trang thành phần"

    def call(self, form):
        self.dossier = opening.close_ward(by=self.request.user, **form.cleaned_data)


class DossierView(MayOpenSites, QueueActionView):
    """One dossier: what it does, its pages, its story; submit, approve or return."""

    help_rule = "open_ward"
    template_name = "home/admin/opening.html"
    header_icon = "site"
    submit_label = "Gửi duyệt"

    def seen(self):
        """The dossier and the newest version of each of its pages."""
        return [self.dossier, [(page.pk, page.latest_revision_id, page.live) for page in self.dossier.pages()]]

    @cached_property
    def dossier(self):
        return get_object_or_404(
            Opening.objects.select_related("site__unit", "successor", "made_by", "submitted_by", "approved_by"),
            pk=self.kwargs["pk"],
        )

    @property
    def is_for_decision(self) -> bool:
        return self.dossier.state == Opening.State.SUBMITTED

    def get_form_class(self):
        return DecideOpeningForm if self.is_for_decision else SubmitOpeningForm

    def get_context_data(self, **kwargs):
        self.title = str(self.dossier)
        user = self.request.user
        if self.is_for_decision:
            may_act = opening.may_decide(user, self.dossier)
        else:
            may_act = self.dossier.is_undecided
        return super().get_context_data(
            dossier=self.dossier,
            pages=self.pages(),
            changed=opening.changed_since_submission(self.dossier) if self.is_for_decision else [],
            added=opening.added_since_submission(self.dossier) if self.is_for_decision else [],
            may_act=may_act,
            may_change=opening.may_change(user, self.dossier),
            is_for_decision=self.is_for_decision,
            **kwargs,
        )

    def pages(self) -> list:
        """The pages of the dossier, each with the site it belongs to."""
        pages = list(self.dossier.pages().select_related("locale", "content_type"))
        with sites_held():
            for page in pages:
                page.of_site = site_of(page)
        return pages

    def call(self, form):
        if not self.is_for_decision:
            opening.submit_opening(self.dossier, by=self.request.user)
            self.success_message = "Đã gửi duyệt hồ sơ; cần người thứ hai duyệt."
        elif form.cleaned_data["decision"] == "approve":
            opening.approve_opening(self.dossier, by=self.request.user)
            self.success_message = self.approval_message()
        else:
            opening.reject_opening(self.dossier, by=self.request.user, reason=form.cleaned_data["reason"])
            self.success_message = "Đã trả lại hồ sơ."

    def approval_message(self):
        """What the approval did, with the way to the site that readers find now."""
        message, home = "Đã duyệt và thực hiện hồ sơ.", self.dossier.site.home_page()
        address = home.full_url if home is not None and home.live else ""
        return format_html('{} <a href="{}">Xem trang công khai</a>', message, address) if address else message

    def get_success_url(self):
        return reverse("home_opening", args=[self.dossier.pk])


class ChangesDossier(MayOpenSites, QueueActionView):
    """What the maker of a dossier may do with it, before it is submitted and when it is returned."""

    help_rule = "open_ward"
    header_icon = "site"

    @cached_property
    def dossier(self):
        return get_object_or_404(Opening.objects.select_related("site__unit", "made_by"), pk=self.kwargs["pk"])

    def seen(self):
        """The dossier."""
        return [self.dossier]

    def closed(self):
        if opening.may_change(self.request.user, self.dossier):
            return ""
        return "Chỉ người lập sửa, bỏ được hồ sơ, khi còn là bản nháp hoặc bị trả lại."

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Xem hồ sơ"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.dossier), dossier=self.dossier, **kwargs)

    def get_success_url(self):
        return reverse("home_opening", args=[self.dossier.pk])


class CorrectView(ChangesDossier):
    """Correct what a dossier says."""

    title = "Sửa hồ sơ"
    submit_label = "Lưu"
    success_message = "Đã sửa hồ sơ."

    def get_form_class(self):
        forms = {Kind.MERGE: MergeForm, Kind.CLOSE: CorrectClosingForm, Kind.RENAME: CorrectNameForm}
        return forms.get(self.dossier.kind, CorrectDayForm)

    def get_initial(self):
        dossier = self.dossier
        successor = dossier.site if dossier.kind == Kind.MERGE else dossier.successor
        return {
            "legal_act": dossier.legal_act,
            "effective_on": dossier.effective_on,
            "predecessors": dossier.predecessors.all(),
            "successor": successor,
            "name": dossier.details.get("name", ""),
            "name_en": dossier.details.get("name_en", ""),
        }

    def call(self, form):
        opening.correct_opening(self.dossier, by=self.request.user, **form.cleaned_data)


class DiscardView(ChangesDossier):
    """Discard a dossier, after saying what becomes free."""

    form_class = Form
    template_name = "home/admin/discard.html"
    title = "Bỏ hồ sơ"
    submit_label = "Bỏ hồ sơ"
    success_message = "Đã bỏ hồ sơ; các trang trong hồ sơ lập được hồ sơ khác."

    def seen(self):
        """The dossier and its pages."""
        return [self.dossier, [(page.pk, page.latest_revision_id) for page in self.dossier.pages()]]

    def get_context_data(self, **kwargs):
        prepared = self.dossier.sites_prepared()
        return super().get_context_data(prepared=prepared, count=self.dossier.pages().count(), **kwargs)

    def call(self, form):
        opening.discard_opening(self.dossier, by=self.request.user)


class SiteSettingsView(MayOpenSites, QueueActionView):
    """Who approves on a site, and its contacts."""

    form_class = SettingsForm
    header_icon = "cog"
    submit_label = "Lưu cài đặt"
    success_message = "Đã lưu cài đặt của trang."

    def seen(self):
        """Who approves on the site, and its contacts."""
        return [self.site.pk, self.get_initial()]

    def to_hold(self):
        return [[self.site]]

    def get_success_message(self):
        waiting = record_changes.open_change(self.site.unit)
        return self.success_message if waiting is None else f"{self.success_message} {record_views.PROPOSED}"

    @cached_property
    def site(self):
        return get_object_or_404(PortalSite.objects.select_related("unit"), pk=self.kwargs["pk"])

    @property
    def title(self):
        return f"Cài đặt: {self.site}"

    def get_initial(self):
        contacts = {name: getattr(self.site.unit, name) for name in opening.CONTACTS}
        return {"approval_mode": self.site.approval_mode, **contacts}

    def call(self, form):
        contacts = {name: form.cleaned_data[name] for name in opening.CONTACTS}
        opening.change_settings(
            self.site, by=self.request.user, approval_mode=form.cleaned_data["approval_mode"], contacts=contacts
        )

    def get_success_url(self):
        return reverse("home_sites")
