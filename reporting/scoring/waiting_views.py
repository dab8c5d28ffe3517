"""The screen where a criterion that no program measures gets its points on many sites of a month at once."""

from django.urls import reverse
from django.utils.functional import cached_property

from accounts.roles import SCORE
from accounts.screen_access import holding
from base.admin.action_views import ActionView

from ..models import ScoreLine
from . import rights, sheets
from .forms import WaitingForm
from .views import ICON, month_of


class ScoreWaitingView(ActionView):
    """One of the criteria that wait for points: the points, the reason, the sites they hold for."""

    screen_access = holding(SCORE)
    form_class = WaitingForm
    title = "Chấm một tiêu chí cho nhiều trang"
    header_icon = ICON
    submit_label = "Ghi điểm, trừ các trang đã đánh dấu"

    @cached_property
    def lines(self) -> list[ScoreLine]:
        return sheets.waiting_lines(rights.visible_to(self.request.user), month_of(self.kwargs["month"]))

    def seen(self):
        """The lines that wait for points."""
        return [line.pk for line in self.lines]

    def closed(self):
        return "" if self.lines else "Không còn tiêu chí nào của tháng này chờ chấm."

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Các phiếu của tháng"}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "lines": self.lines}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"tháng {month_of(self.kwargs['month']):%m/%Y}", **kwargs)

    def get_success_url(self):
        return f"{reverse('reporting_sheets')}?thang={self.kwargs['month']}"

    def call(self, form):
        given, lines = form.cleaned_data, form.chosen(self.lines)
        sheets.score_waiting(lines, by=self.request.user, points=given["points"], reason=given["reason"])
        self.success_message = f"Đã ghi điểm cho {len(lines)} trang."
