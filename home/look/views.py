"""The admin's screens of a site's look and of the order of its menu: parse, call an action of `proposing`, answer."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from base.models import PortalSite
from base.models.look import look_of, menu_order_of
from workflows.publishing import record_changes

from ..units.rights import keeps
from ..units.views import WRITERS, ProposalView
from . import forms, proposing


class OfSiteView(ProposalView):
    """What the people of a site and the board propose; of another's site there is no such screen."""

    screen_access = WRITERS
    header_icon = "site"
    help_rule = "site_look"
    template_name = "home/admin/look.html"

    @cached_property
    def site(self) -> PortalSite:
        sites = PortalSite.objects.select_related("unit", "look__emblem", "menu")
        site = get_object_or_404(sites, pk=self.kwargs["pk"])
        if not keeps(self.request.user, site.unit):
            raise Http404
        return site

    @property
    def row(self):
        """The row that would change, None before the first proposal."""
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            subject=self.site.name,
            site=self.site,
            waiting=record_changes.open_change(self.row) if self.row is not None else None,
            **kwargs,
        )


class LookView(OfSiteView):
    form_class = forms.LookForm
    title = "Biểu trưng, màu sắc, giấy phép"

    @property
    def row(self):
        return look_of(self.site)

    def get_form_kwargs(self):
        has_emblem = self.row is not None and self.row.emblem_id is not None
        return {**super().get_form_kwargs(), "has_emblem": has_emblem, "is_city": self.site.is_city}

    def get_initial(self):
        names = (*proposing.COLOURS, "licence")
        return {name: getattr(self.row, name) for name in names} if self.row is not None else {}

    def get_context_data(self, **kwargs):
        looks = [("Hiện nay", self.row)] if self.row is not None else []
        return super().get_context_data(looks=looks, **kwargs)

    def call(self, form):
        data = form.cleaned_data
        self.change = proposing.propose_look(
            self.site,
            by=self.request.user,
            emblem=data["emblem"],
            without_emblem=data.get("without_emblem", False),
            colours={name: data[name] for name in proposing.COLOURS},
            licence=data["licence"],
        )


class MenuView(OfSiteView):
    form_class = forms.MenuForm
    title = "Thứ tự trình đơn"

    @property
    def row(self):
        return getattr(self.site, "menu", None)

    def get_form_kwargs(self):
        groups = proposing.groups_of(self.site, menu_order_of(self.site))
        return {**super().get_form_kwargs(), "groups": groups}

    def call(self, form):
        self.change = proposing.propose_menu(self.site, by=self.request.user, order=form.order)
