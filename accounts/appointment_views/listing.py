"""The list of appointments, and who held which right when."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from base.audit.trail import record
from base.queries.contains import contains
from base.sites import city_site
from base.tables import pdf
from base.tables.csv import download
from vietnam.dates import format_short

from .. import appointment_notices, appointment_rights, appointments
from ..appointment_forms import (
    FilterForm,
    SpanForm,
)
from ..models import Appointment
from .access import MayLook

PER_PAGE = 50


class AppointmentsView(MayLook, TemplateView):
    """The appointments, filtered, and what needs action: units short of approvers, confirmations, people waiting."""

    template_name = "accounts/appointments/index.html"

    def get_context_data(self, **kwargs):
        form = FilterForm(self.request.GET, sites=self.sites)
        found = self.visible
        if form.is_valid():
            found = self.filtered(found, form.cleaned_data)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title="Phân công theo quyết định",
            form=form,
            page=page,
            today=timezone.localdate(),
            units=appointment_rights.approvers() if self.sees_all else [],
            waiting=appointments.waiting_for_decision() if self.sees_all else [],
            to_confirm=[
                row
                for row in self.visible.filter(state=Appointment.State.PREPARED)
                if appointment_rights.may_confirm(self.request.user, row)
            ],
            **kwargs,
        )

    @staticmethod
    def filtered(found, data):
        if data["site"]:
            found = found.filter(site=data["site"])
        if data["role"]:
            found = found.filter(role=data["role"])
        if data["q"].strip():
            words = data["q"].strip()
            found = found.filter(
                contains("person__full_name", words)
                | Q(person__username__icontains=words)
                | Q(decision__number__icontains=words)
            )
        soon = timezone.localdate() + timedelta(days=appointment_notices.SOON_DAYS)
        match data["state"]:
            case "":
                return found.open()
            case "all":
                return found
            case "confirm":
                return found.filter(state="prepared", needs_confirmation=True, confirmed_at=None)
            case FilterForm.ENDING_SOON:
                return found.ending_by(soon)
        return found.filter(state=data["state"])


class HeldView(MayLook, TemplateView):
    """Who held which right on a day or in a span of days; as a page, or as a PDF to print (`?in=pdf`)."""

    template_name = "accounts/appointments/held.html"

    @cached_property
    def asked(self):
        """What was asked for; today until a day is."""
        asked = self.request.GET.copy()
        asked.setdefault("first", format_short(timezone.localdate()))
        return asked

    @cached_property
    def form(self):
        return SpanForm(self.asked, sites=self.sites)

    @cached_property
    def span(self):
        first = self.form.cleaned_data["first"]
        return first, self.form.cleaned_data["last"] or first

    @cached_property
    def rows(self):
        if not self.form.is_valid():
            return []
        found = self.visible.held_between(*self.span)
        if self.form.cleaned_data["site"]:
            found = found.filter(site=self.form.cleaned_data["site"])
        if self.form.cleaned_data["role"]:
            found = found.filter(role=self.form.cleaned_data["role"])
        return found.order_by("site__kind", "site__name", "role", "began_on", "pk")

    @property
    def title(self):
        if not self.form.is_valid():
            return "Ai giữ quyền gì"
        first, last = self.span
        if first == last:
            return f"Ai giữ quyền gì ngày {format_short(first)}"
        return f"Ai giữ quyền gì từ {format_short(first)} đến {format_short(last)}"

    def get(self, request, *args, **kwargs):
        if request.GET.get("in") == "pdf" and self.form.is_valid():
            return self.as_pdf()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        query = self.asked.copy()
        query["in"] = "pdf"
        return super().get_context_data(
            title=self.title, form=self.form, rows=self.rows, print_query=query.urlencode(), **kwargs
        )

    def as_pdf(self):
        city = city_site()
        made = pdf.write(
            pdf.Report(
                issuer=city.unit.full_name if city else "",
                title=self.title,
                lines=[f"Lập lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}, người lập: {self.request.user}"],
                tables=[
                    pdf.Table(
                        f"{len(self.rows)} phân công",
                        ("STT", "Họ và tên", "Chức vụ", "Vai trò", "Trang", "Có quyền từ", "đến", "Theo quyết định"),
                        (5, 20, 20, 26, 22, 11, 11, 24),
                        [
                            (
                                str(number),
                                row.person.get_full_name(),
                                row.person.position,
                                row.role_label,
                                row.site.name,
                                format_short(row.began_on),
                                format_short(row.ended_on) if row.ended_on else "nay",
                                str(row.decision),
                            )
                            for number, row in enumerate(self.rows, 1)
                        ],
                        empty="Không ai giữ quyền trong thời gian này.",
                    )
                ],
                made_at=timezone.now(),
            )
        )
        record("export.made", by=self.request.user, object_label=self.title, detail={"rows": len(self.rows)})
        return download(made, "ai-giu-quyen-gi.pdf")
