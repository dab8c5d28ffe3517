"""The admin's screens of units and posts: parse, call an action of `acts` or `posts`, answer."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.roles import DISPATCH, OPEN_SITES, WRITE
from accounts.screen_access import ROLE_HOLDERS, holding
from base.admin.held_sites import SitesHeld
from base.models import OrganisationUnit, PostHolder
from vietnam import text
from workflows import deadlines
from workflows.models import RecordChange
from workflows.publishing import record_changes
from workflows.screens import record_views
from workflows.screens.subjects import QueueActionView

from . import acts, facts, forms, posts, staffing, usage
from .rights import OF_SITES, keeps, keeps_units, seen_units

KEEPERS = holding(OPEN_SITES, DISPATCH)
WRITERS = holding(WRITE)
FORMER, ALL = "da-cham-dut", "tat-ca"


class UnitsView(SitesHeld, TemplateView):
    """All units, each below the one it belongs to, with its head and whom it lacks."""

    screen_access = ROLE_HOLDERS
    template_name = "home/admin/units.html"

    def get_context_data(self, **kwargs):
        sent, today = self.request.GET, deadlines.today()
        wanted, kind, shown = text.fold(sent.get("q", "").strip()), sent.get("loai", ""), sent.get("hien", "")
        leaders = {
            holder.unit_id: holder
            for holder in PostHolder.objects.valid(today).filter(is_head=True).order_by("-sort_order", "-pk")
        }
        may_edit = keeps_units(self.request.user)
        lacking = staffing.lacking_by_unit() if may_edit else {}
        seen = set(seen_units(self.request.user).values_list("pk", flat=True))
        units = [unit for unit in staffing.units_in_order() if unit.pk in seen]
        for unit in units:
            unit.head, unit.lacking = leaders.get(unit.pk), lacking.get(unit.pk, ())
            unit.is_former, unit.indent = not unit.is_valid(today), "– " * unit.depth
        return super().get_context_data(
            title="Đơn vị",
            header_icon="group",
            kinds=OrganisationUnit.Kind.choices,
            states=[("", "Đang hoạt động"), (FORMER, "Đã chấm dứt"), (ALL, "Tất cả")],
            q=sent.get("q", ""),
            kind=kind,
            shown=shown,
            units=[
                unit
                for unit in units
                if (shown == ALL or unit.is_former == (shown == FORMER))
                and (not kind or unit.kind == kind)
                and (not wanted or wanted in text.fold(f"{unit.name} {unit.authority_name}"))
            ],
            waiting=acts.open_acts() if may_edit else [],
            may_edit=may_edit,
            **kwargs,
        )


class UnitMixin:
    """Loads the unit of the address."""

    @cached_property
    def unit(self) -> OrganisationUnit:
        return get_object_or_404(OrganisationUnit.objects.select_related("parent", "portal_site"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.unit), **kwargs)


class UnitView(SitesHeld, UnitMixin, TemplateView):
    """One unit: its facts, who holds its posts and held them, what became of it, where it is shown.

    Who does not keep it sees of it what readers see: nothing that is to come, is proposed, or is its work.
    """

    screen_access = ROLE_HOLDERS
    template_name = "home/admin/unit.html"

    @cached_property
    def unit(self) -> OrganisationUnit:
        seen = acts.with_successors(seen_units(self.request.user)).select_related("parent", "portal_site")
        return get_object_or_404(seen, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        user, unit = self.request.user, self.unit
        may_edit = keeps(user, unit)
        holders, history = posts.holders_of(unit), acts.history_of(unit)
        return super().get_context_data(
            title=unit.name,
            unit=unit,
            holders=holders.now,
            later=holders.later if may_edit else [],
            former=holders.former,
            acts=history.acts,
            acts_of_others=history.acts_of_others,
            successions=history.successions,
            uses=usage.uses_of(unit, user),
            lacking=staffing.lacking_in(unit, holders.former) if keeps_units(user) else (),
            may_edit=may_edit,
            may_act=keeps_units(user) and unit.kind not in OF_SITES and unit.valid_to is None,
            waiting=record_changes.open_change(unit) if may_edit else None,
            **kwargs,
        )


class ProposalView(QueueActionView):
    """A form that proposes something, and leads to the proposal."""

    without_version = "A proposal: what it was about is kept with it and compared when it comes true."
    screen_access = KEEPERS
    header_icon = "group"
    help_rule = "units"
    submit_label = "Gửi đề nghị"
    success_message = record_views.PROPOSED
    change: RecordChange | None = None

    def get_success_url(self):
        return reverse("workflows_record_change", args=[self.change.pk])


class FoundView(ProposalView):
    form_class = forms.FoundForm
    title = "Lập đơn vị mới"

    def call(self, form):
        self.change = acts.found_unit(by=self.request.user, **form.cleaned_data)


class MergeUnitsView(ProposalView):
    form_class = forms.MergeUnitsForm
    title = "Sáp nhập, hợp nhất đơn vị"

    def call(self, form):
        self.change = acts.merge_units(by=self.request.user, **form.cleaned_data)


class RenameView(UnitMixin, ProposalView):
    form_class = forms.RenameForm
    title = "Đổi tên đơn vị"

    def call(self, form):
        self.change = acts.rename_unit(self.unit, by=self.request.user, **form.cleaned_data)


class SplitUnitView(UnitMixin, ProposalView):
    form_class = forms.SplitUnitForm
    title = "Chia, tách đơn vị"

    def call(self, form):
        self.change = acts.split_unit(self.unit, by=self.request.user, **form.cleaned_data)


class EndUnitView(UnitMixin, ProposalView):
    form_class = forms.EndUnitForm
    title = "Chấm dứt đơn vị"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "unit": self.unit}

    def call(self, form):
        self.change = acts.end_unit(self.unit, by=self.request.user, **form.cleaned_data)


class OwnUnitView(UnitMixin, ProposalView):
    """What the people of a unit propose themselves; of another's unit there is no such screen."""

    screen_access = WRITERS

    @cached_property
    def unit(self) -> OrganisationUnit:
        unit = get_object_or_404(OrganisationUnit, pk=self.kwargs["pk"])
        if not keeps(self.request.user, unit):
            raise Http404
        return unit


class FactsView(OwnUnitView):
    title = "Sửa thông tin đơn vị"

    def get_form_class(self):
        return forms.FullFactsForm if keeps_units(self.request.user) else forms.FactsForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.unit}

    def call(self, form):
        self.change = facts.change_facts(self.unit, by=self.request.user, **form.cleaned_data)


class NewHolderView(OwnUnitView):
    form_class = forms.HolderForm
    title = "Thêm người giữ chức vụ"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": None}

    def call(self, form):
        self.change = posts.appoint_holder(self.unit, by=self.request.user, **form.cleaned_data)


class HolderMixin:
    """Loads the person of the address, of a unit that the user keeps."""

    screen_access = WRITERS

    @cached_property
    def holder(self) -> PostHolder:
        holder = get_object_or_404(PostHolder.objects.select_related("unit"), pk=self.kwargs["pk"])
        if not keeps(self.request.user, holder.unit):
            raise Http404
        return holder

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            subject=str(self.holder),
            holder=self.holder,
            uses=usage.uses_of_holder(self.holder, self.request.user),
            **kwargs,
        )


class HolderView(HolderMixin, ProposalView):
    form_class = forms.HolderForm
    template_name = "home/admin/holder.html"
    title = "Sửa người giữ chức vụ"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.holder}

    def call(self, form):
        self.change = posts.change_holder(self.holder, by=self.request.user, **form.cleaned_data)


class EndTermView(HolderMixin, ProposalView):
    form_class = forms.EndTermForm
    title = "Thôi giữ chức vụ"

    def call(self, form):
        self.change = posts.end_term(self.holder, by=self.request.user, **form.cleaned_data)
