"""What readers looked for in a month: the list for editors, and as a spreadsheet."""

from datetime import date

from django.http import Http404
from django.utils import timezone
from django.views.generic import TemplateView, View

from accounts.roles import DISPATCH, REVIEW, WRITE
from accounts.screen_access import holding
from base.audit.trail import record
from base.tables.csv import download

from .. import searched

READERS = holding(WRITE, REVIEW, DISPATCH)


def chosen_month(request) -> date:
    """Return the first day of the month in `?thang=2026-11`, today's without one. Raises Http404 for anything else."""
    typed = request.GET.get("thang", "")
    if not typed:
        return timezone.localdate().replace(day=1)
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        raise Http404 from None


class SearchedView(TemplateView):
    """The words of a month: asked, found nothing, left."""

    screen_access = READERS
    template_name = "search/admin/searched.html"

    def get_context_data(self, **kwargs):
        first = chosen_month(self.request)
        rows = searched.month(first)
        return super().get_context_data(
            title="Người đọc tìm gì",
            header_icon="search",
            first=first,
            months=searched.months(),
            rows=rows,
            nothing=[row for row in rows if row.nothing],
            fewest=searched.FEWEST,
            **kwargs,
        )


class SearchedFileView(View):
    """The same as a spreadsheet."""

    screen_access = READERS

    def get(self, request):
        first = chosen_month(request)
        record("export.made", by=request.user, object_label="Người đọc tìm gì")
        return download(searched.as_xlsx(first), f"tim-kiem-{first:%Y-%m}.xlsx")
