"""The screens of the register of training."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.action_views import ActionView
from base.audit.trail import record
from base.tables.csv import download

from ..appointment_views.access import MaySee
from ..models import Training
from . import board, tables, training
from .forms import AttendanceForm, TrainingForm, YearForm


class OfYear:
    """Mixin: the year that the address asks for (`?nam=`), this one without."""

    @cached_property
    def form(self):
        asked = self.request.GET.copy()
        asked.setdefault("nam", str(timezone.localdate().year))
        return YearForm(asked)

    @property
    def year(self) -> int:
        return self.form.cleaned_data["nam"] if self.form.is_valid() else timezone.localdate().year


class TrainingsView(MaySee, OfYear, TemplateView):
    """What was held in a year, who is to be trained, and who has attended nothing yet."""

    template_name = "accounts/registers/trainings.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        people = training.trainees(min(today, today.replace(year=self.year, month=12, day=31)))
        return super().get_context_data(
            title="Đào tạo, bồi dưỡng",
            form=self.form,
            year=self.year,
            trainings=Training.objects.filter(held_to__year=self.year).prefetch_related("attendances"),
            people=[(trainee, trainee.is_due(self.year)) for trainee in people],
            due=sum(trainee.is_due(self.year) for trainee in people),
            **kwargs,
        )


class TrainingFileView(MaySee, OfYear, View):
    """The training of a year as a spreadsheet."""

    def get(self, request):
        made = tables.of_training(self.year, timezone.localdate())
        record("export.made", by=request.user, object_label=f"Sổ đào tạo, bồi dưỡng năm {self.year}")
        return download(made, f"dao-tao-{self.year}.xlsx")


class RecordTrainingView(MaySee, ActionView):
    """A training that was held."""

    without_version = "A new row of the register."
    help_rule = "training"
    template_name = "accounts/appointments/form.html"
    form_class = TrainingForm
    title = "Ghi lớp đào tạo, bồi dưỡng"
    header_icon = "group"
    submit_label = "Ghi lớp"
    success_message = "Đã ghi lớp; hãy ghi người dự ở dưới."
    made = None

    def call(self, form):
        self.made = training.record(by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("accounts_training", args=[self.made.pk])


class TrainingView(MaySee, ActionView):
    """One training: who was there."""

    help_rule = "training"
    template_name = "accounts/registers/training.html"
    form_class = AttendanceForm
    header_icon = "group"
    submit_label = "Ghi người dự"
    success_message = "Đã ghi người dự."

    @cached_property
    def training(self) -> Training:
        return get_object_or_404(Training.objects.select_related("recorded_by"), pk=self.kwargs["pk"])

    @cached_property
    def recorded(self) -> dict[str, str]:
        rows = self.training.attendances.all()
        return {f"person-{row.person_id}" if row.person_id else f"member-{row.member_id}": row.result for row in rows}

    @property
    def title(self):
        return self.training.title

    def seen(self):
        """The training and what is recorded of each person."""
        return [self.training, self.recorded]

    def get_form_kwargs(self):
        people = training.trainees(self.training.held_to)
        return {**super().get_form_kwargs(), "people": people, "recorded": self.recorded}

    def get_context_data(self, **kwargs):
        rows = self.training.attendances.all()
        return super().get_context_data(
            training=self.training,
            attendances=rows,
            may_write=board.may_write(self.request.user),
            **kwargs,
        )

    def call(self, form):
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        training.attend(self.training, by=self.request.user, results=changed)

    def get_success_url(self):
        return reverse("accounts_training", args=[self.training.pk])
