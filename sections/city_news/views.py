"""The screens of the city's news on wards' sites: what stands where, leaving a page off, showing it again."""

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.roles import APPROVE, DISPATCH, WRITE
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.models import PlaceRefusal, PortalSite
from workflows.models import RecordChange

from . import refusing
from .standing import Standing, page_standing, standing

ICON = "site"
HELP = "city_news"
SEEING, PROPOSING = holding(WRITE, APPROVE, DISPATCH), holding(WRITE)
PROPOSED = "Đã gửi đề nghị; trang của phường, xã đổi sau khi người thứ hai xác nhận."


class ReasonForm(forms.Form):
    """Why; the city reads it."""

    reason = forms.CharField(
        label="Lý do",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": refusing.NO_REASON},
        help_text="Ban Biên tập thành phố đọc; người đọc trang không thấy.",
    )


class LeaveOffForm(ReasonForm):
    """On which site, and why."""

    site = forms.ModelChoiceField(
        PortalSite.objects.none(), label="Trang", error_messages={"required": "Hãy chọn trang của phường, xã."}
    )
    field_order = ("site", "reason")

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = PortalSite.objects.filter(pk__in=[site.pk for site in sites]).order_by("name")
        if len(sites) == 1:
            self.fields["site"].initial = sites[0].pk


class CityNewsView(TemplateView):
    """What the city shows on the sites of wards, the newest first; who does not show it, and why."""

    screen_access = SEEING
    template_name = "sections/admin/city_news.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Tin thành phố ở phường, xã",
            header_icon=ICON,
            help_rule=HELP,
            page=standing(self.request.user, self.request.GET.get("p")),
            **kwargs,
        )


class _ProposeView(ActionView):
    """A proposal about a page on the site of a ward."""

    screen_access = PROPOSING
    without_version = "A proposal: what it was about is kept with it and compared when it comes true."
    header_icon = ICON
    help_rule = HELP
    submit_label = "Gửi người thứ hai"
    success_message = PROPOSED
    made: RecordChange | None = None

    def get_success_url(self):
        return reverse("workflows_record_change", args=[self.made.pk])


class LeaveOffView(_ProposeView):
    """Leave a page of the city off the site of a ward."""

    form_class = LeaveOffForm
    title = "Không hiện ở trang của phường, xã"

    @cached_property
    def row(self) -> Standing:
        row = page_standing(self.request.user, self.kwargs["page_id"])
        if row is None:
            raise Http404
        return row

    def closed(self):
        if self.row.free:
            return ""
        if self.row.is_urgent:
            return f"{refusing.URGENT}."
        return "Không còn trang nào của bạn đang hiện bài này, hoặc đã có đề nghị đang chờ người thứ hai."

    def way_on(self):
        return {"url": reverse("sections_city_news"), "words": "Xem danh sách"}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "sites": self.row.free}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.row.item.title, **kwargs)

    def call(self, form):
        data = form.cleaned_data
        self.made = refusing.propose(self.row.item.page, data["site"], by=self.request.user, reason=data["reason"])


class ShowAgainView(_ProposeView):
    """Show a page of the city again that a ward left off."""

    form_class = ReasonForm
    title = "Hiện lại ở trang của phường, xã"

    @cached_property
    def refusal(self) -> PlaceRefusal:
        found = get_object_or_404(PlaceRefusal.objects.select_related("site", "page"), pk=self.kwargs["pk"])
        if not refusing.may_propose(self.request.user, found.site):
            raise Http404
        return found

    def closed(self):
        return "" if self.refusal.is_in_force else "Trang của phường, xã đang hiện bài này."

    def way_on(self):
        return {"url": reverse("sections_city_news"), "words": "Xem danh sách"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"{self.refusal.site}: {self.refusal.page.title}", **kwargs)

    def call(self, form):
        self.made = refusing.propose_again(self.refusal, by=self.request.user, reason=form.cleaned_data["reason"])
