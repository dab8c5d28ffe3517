"""The admin's screens of clarifications: offer a ward's to the city, ask a unit's head to sign one, sign it."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.utils import get_latest_str

from accounts.roles import SIGN_ANSWERS, WRITE
from accounts.screen_access import holding
from accounts.unit_roles import may_for_unit
from base.admin.decision_buttons import DecisionButtons
from base.sites import site_of
from workflows.drafts import previews
from workflows.screens.subjects import QueueActionView, demand_works_on

from . import signing
from .clarification import offer_to_city
from .models import ClarificationPage, ClarificationSignature


class _ClarificationView(QueueActionView):
    """One question about a clarification of a site on which the user works."""

    form_class = forms.Form

    def seen(self):
        """The clarification as it stands."""
        return [self.page]

    @cached_property
    def page(self):
        page = get_object_or_404(ClarificationPage, pk=self.kwargs["page_id"])
        demand_works_on(self.request.user, site_of(page))
        return page

    def get_success_url(self):
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])


class OfferToCityView(_ClarificationView):
    """Ask once more, then copy the clarification as a draft into the city's section."""

    template_name = "sections/admin/offer_to_city.html"
    title = "Gửi bài giải thích lên trang thành phố"
    header_icon = "upload"
    submit_label = "Gửi lên trang thành phố"
    success_message = "Đã gửi: Ban Biên tập thành phố thấy bài này trên màn hình chính và duyệt riêng."

    def call(self, form):
        offer_to_city(self.page, by=self.request.user)

    def get_context_data(self, **kwargs):
        site = site_of(self.page)
        if site is None or site.is_city:
            raise Http404
        return super().get_context_data(page=self.page, site=site, subject=get_latest_str(self.page), **kwargs)


class AskSignatureView(_ClarificationView):
    """Ask the head of the unit that answers for a clarification to sign its newest version."""

    screen_access = holding(WRITE)
    template_name = "sections/admin/ask_signature.html"
    title = "Xin chữ ký của thủ trưởng đơn vị"
    header_icon = "edit"
    submit_label = "Xin chữ ký"
    success_message = "Đã gửi; thủ trưởng đơn vị thấy bài ở màn hình chính của mình."

    def get_context_data(self, **kwargs):
        version = self.page.get_latest_revision_as_object()
        return super().get_context_data(
            unit=version.responsible_unit,
            returned=self.page.signatures.filter(accepted=False).select_related("unit").first(),
            subject=get_latest_str(self.page),
            **kwargs,
        )

    def call(self, form):
        signing.ask(self.page, by=self.request.user)


class SignForm(forms.Form):
    """Sign or give back."""

    note = forms.CharField(
        label="Cần sửa gì (khi trả lại)", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
    decision = forms.ChoiceField(
        label="Quyết định",
        choices=[("sign", "Ký"), ("return", "Trả lại để sửa")],
        widget=DecisionButtons,
        error_messages={"required": "Hãy chọn ký hoặc trả lại."},
    )


class SignClarificationView(QueueActionView):
    """The version as readers will see it; its unit's head signs it or gives it back. Of other units there is none."""

    screen_access = holding(SIGN_ANSWERS)
    form_class = SignForm
    template_name = "sections/admin/sign_clarification.html"
    title = "Ký bài giải thích, làm rõ"
    header_icon = "edit"

    @cached_property
    def request_to_sign(self) -> ClarificationSignature:
        found = ClarificationSignature.objects.select_related(
            "unit", "page", "link__owner_site__parent", "link__made_by", "proposed_by", "decided_by"
        )
        request_to_sign = get_object_or_404(found, pk=self.kwargs["pk"])
        if not may_for_unit(self.request.user, SIGN_ANSWERS, request_to_sign.unit_id):
            raise Http404
        return request_to_sign

    def seen(self):
        """The request and the newest version of the page."""
        return [self.request_to_sign, self.request_to_sign.page.latest_revision_id]

    def closed(self):
        request_to_sign = self.request_to_sign
        if not request_to_sign.is_open:
            return "Bài này đã được ký hoặc đã trả lại."
        return "" if signing.may_sign(self.request.user, request_to_sign) else "Bạn đã tham gia soạn bài nên không ký."

    def get_context_data(self, **kwargs):
        link = self.request_to_sign.link
        is_shown = previews.version_of(link) is not None
        return super().get_context_data(
            request_to_sign=self.request_to_sign,
            preview_url=reverse("workflows_preview", args=[previews.token_of(link)]) if is_shown else "",
            subject=self.request_to_sign.title,
            **kwargs,
        )

    def call(self, form):
        data, by = form.cleaned_data, self.request.user
        if data["decision"] == "return":
            signing.give_back(self.request_to_sign, by=by, note=data["note"])
            self.success_message = "Đã trả lại; người soạn nhận được lý do."
        elif data["note"].strip():
            raise ValidationError({"note": "Bạn đã ghi cần sửa gì: hãy bấm «Trả lại để sửa», hoặc xóa ô này rồi ký."})
        else:
            signing.sign(self.request_to_sign, by=by)
            self.success_message = "Đã ký; người soạn gửi duyệt được."
