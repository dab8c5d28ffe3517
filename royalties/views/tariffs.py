"""The screens of scales and other tariffs: what holds, what waits, a new one, the head's decision."""

from typing import NamedTuple

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from base.admin.action_views import ActionView

from .. import rights, tariffs
from ..forms import BudgetForm, DecideTariffForm, SalaryForm, ScaleForm, TaxForm, lines_as_text
from ..models import BaseSalary, Budget, Scale, Tariff, TaxRule
from .access import ICON, PROPOSING, STATEMENTS


class TariffKind(NamedTuple):
    """One kind of tariff on the screens: its model, the form of a new one, its heading."""

    model: type[Tariff]
    form: type
    heading: str


KINDS = {
    "bieu-muc": TariffKind(Scale, ScaleForm, "Biểu mức chi"),
    "luong-co-so": TariffKind(BaseSalary, SalaryForm, "Mức lương cơ sở"),
    "thue": TariffKind(TaxRule, TaxForm, "Khấu trừ thuế thu nhập cá nhân"),
    "kinh-phi": TariffKind(Budget, BudgetForm, "Kinh phí"),
}


class TariffsView(TemplateView):
    """Every row of each kind, the newest first: what holds, what waits, what was."""

    screen_access = STATEMENTS
    template_name = "royalties/tariffs.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Mức chi nhuận bút, thù lao",
            header_icon=ICON,
            groups=[
                (key, kind.heading, kind.model.objects.select_related("proposed_by", "decided_by"))
                for key, kind in KINDS.items()
            ],
            today=timezone.localdate(),
            may_propose=rights.may_propose(self.request.user),
            **kwargs,
        )


class OfKind:
    """Mixin: the kind of the address; 404 for a word that is none."""

    header_icon = ICON

    @cached_property
    def kind(self) -> TariffKind:
        if self.kwargs["kind"] not in KINDS:
            raise Http404
        return KINDS[self.kwargs["kind"]]

    def get_success_url(self):
        return reverse("royalties_tariff", args=[self.kwargs["kind"], self.row.pk])


class TariffView(OfKind, ActionView):
    """One row; while it waits, the head decides here by one press."""

    screen_access = STATEMENTS
    form_class = DecideTariffForm
    template_name = "royalties/tariff.html"
    success_message = "Đã ghi quyết định."

    @cached_property
    def row(self) -> Tariff:
        return get_object_or_404(self.kind.model.objects.all(), pk=self.kwargs["pk"])

    def seen(self):
        """The row, and the lines of a scale."""
        return [self.row, list(self.row.lines.all()) if isinstance(self.row, Scale) else []]

    @property
    def title(self):
        return self.kind.heading

    def get_context_data(self, **kwargs):
        user, row = self.request.user, self.row
        return super().get_context_data(
            row=row,
            subject=str(row),
            facts=[
                (field.verbose_name, _value(row, field.name))
                for field in row._meta.concrete_fields
                if field.name in KINDS[self.kwargs["kind"]].form._meta.fields
            ],
            lines=row.lines.all() if isinstance(row, Scale) else [],
            may_decide=not tariffs.why_not_decide(row, user),
            **kwargs,
        )

    def call(self, form):
        data = form.cleaned_data
        tariffs.decide(self.row, by=self.request.user, accepted=data["decision"] == "yes", note=data["note"])


def _value(row: Tariff, name: str):
    shown = getattr(row, f"get_{name}_display", None)
    return shown() if shown else getattr(row, name)


class NewTariffView(OfKind, ActionView):
    """A new row from a day on; a scale begins with the lines of the one that holds."""

    screen_access = PROPOSING
    without_version = "Something new; nothing is shown that could change."
    help_rule = "royalties"
    submit_label = "Trình Trưởng ban"
    success_message = "Đã trình Trưởng ban; mức mới áp dụng khi được quyết định."

    @property
    def title(self):
        return f"{self.kind.heading}: mức mới"

    def get_form_class(self):
        return self.kind.form

    def get_initial(self):
        present = tariffs.scale_on(timezone.localdate())
        return {"lines": lines_as_text(present)} if self.kind.model is Scale and present else {}

    def call(self, form):
        fields = dict(form.cleaned_data)
        if self.kind.model is Scale:
            self.row = tariffs.propose_scale(by=self.request.user, **fields)
        else:
            self.row = tariffs.propose(self.kind.model, by=self.request.user, **fields)
