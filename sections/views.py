"""The admin's screen of this room: offer a ward's clarification to the city."""

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.utils import get_latest_str

from base.sites import site_of
from workflows.screens.subjects import QueueActionView, demand_works_on

from .clarification import offer_to_city
from .models import ClarificationPage


class OfferToCityView(QueueActionView):
    """Ask once more, then copy the clarification as a draft into the city's section."""

    form_class = forms.Form
    template_name = "sections/admin/offer_to_city.html"
    title = "Gửi bài giải thích lên trang thành phố"
    header_icon = "upload"
    submit_label = "Gửi lên trang thành phố"
    success_message = "Đã gửi: Ban Biên tập thành phố thấy bài này trên màn hình chính và duyệt riêng."

    def seen(self):
        """The clarification as it stands."""
        return [self.page]

    @cached_property
    def page(self):
        page = get_object_or_404(ClarificationPage, pk=self.kwargs["page_id"])
        demand_works_on(self.request.user, site_of(page))
        return page

    def call(self, form):
        offer_to_city(self.page, by=self.request.user)

    def get_success_url(self):
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])

    def get_context_data(self, **kwargs):
        site = site_of(self.page)
        if site is None or site.is_city:
            raise Http404
        return super().get_context_data(page=self.page, site=site, subject=get_latest_str(self.page), **kwargs)
