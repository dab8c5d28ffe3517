"""The screens of reviews: what is due, one page's review, another day for it."""

from django.core.paginator import Paginator
from django.urls import reverse
from django.views.generic import TemplateView

from accounts.screen_access import ROLE_HOLDERS

from .. import deadlines
from ..screens.forms import ReviewDayForm, ReviewedForm
from ..screens.subjects import PageMixin, QueueActionView
from . import live_checks, review_dates

ROWS_A_PAGE = 50


class ReviewDatesView(TemplateView):
    """The reviews of a person's sites: those that are due, or all of them."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/review_dates.html"

    def get_context_data(self, **kwargs):
        slug, only_due = self.request.GET.get("trang", ""), self.request.GET.get("xem", "") != "tat-ca"
        sites = live_checks.sites_to_report(self.request.user)
        wanted = [site.pk for site in sites if slug in ("", site.slug)]
        listed = Paginator(review_dates.rows_of(wanted, only_due=only_due), ROWS_A_PAGE)
        shown = listed.get_page(self.request.GET.get("p"))
        with deadlines.calendar_held():
            deadline_rows = review_dates.deadlines_of(shown.object_list)
            rows = [{"row": row, **_described(deadline_rows.get(row.pk))} for row in shown]
        return super().get_context_data(
            title="Rà soát định kỳ",
            header_icon="calendar-check",
            listed=shown,
            rows=rows,
            sites=sites,
            slug=slug,
            only_due=only_due,
            help_rule="review_date",
            **kwargs,
        )


def _described(deadline) -> dict:
    if deadline is None:
        return {"left": "", "standing": ""}
    return {"left": deadlines.time_left(deadline), "standing": deadlines.standing(deadline)}


class OneReview(PageMixin, QueueActionView):
    """One page's review."""

    help_rule = "review_date"
    header_icon = "calendar-check"

    def seen(self):
        """What is public, and the day of its review."""
        return [self.page.live_revision_id, review_dates.of_page(self.page)]

    def get_context_data(self, **kwargs):
        row = review_dates.of_page(self.page)
        deadline = review_dates.deadline_of(row) if row is not None else None
        return super().get_context_data(
            row=row,
            explanation=deadlines.explain(deadline) if deadline else "",
            **_described(deadline),
            may_wait=review_dates.may_wait(deadline),
            may_review=review_dates.may_review_on(self.request.user, self.page.portal_site),
            **kwargs,
        )


class ReviewedView(OneReview):
    """Reviewed, nothing to change: one click and a note."""

    template_name = "workflows/review_date.html"
    form_class = ReviewedForm
    title = "Rà soát"
    submit_label = "Đã rà soát, không thay đổi"
    success_message = "Đã ghi: trang được rà soát và không phải sửa. Nội dung đang đăng giữ nguyên."

    def call(self, form):
        review_dates.confirm(self.page, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("workflows_review_dates")


class ReviewDayView(OneReview):
    """Another day for the next review."""

    form_class = ReviewDayForm
    title = "Đổi ngày rà soát"
    submit_label = "Ghi ngày rà soát"
    success_message = "Đã ghi ngày rà soát."

    def get_initial(self):
        row = review_dates.of_page(self.page)
        return {"day": row.chosen_on} if row is not None else {}

    def call(self, form):
        review_dates.choose(self.page, form.cleaned_data["day"], by=self.request.user)

    def get_success_url(self):
        return reverse("workflows_review_date", args=[self.page.pk])
