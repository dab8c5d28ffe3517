"""Screens of what comes in from a file: the list, one import with its rows, a decision on it.

A periodic job does the work; the screen of an import shows how far it is and loads itself again, without script.
"""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from .field_anchors import edit_address

PER_PAGE, REFRESH_SECONDS, LATE_SECONDS = 50, 4, 120


class OfImports:
    """Mixin: for those whom importing concerns; an import of another site is not there.

    Subclasses name `address` (of one import), `concerns(user)`, `visible_to(user)` and `counts_of(batch)`, {outcome:
    rows}, of their room.
    """

    header_icon = "upload"

    def dispatch(self, request, *args, **kwargs):
        if not self.concerns(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def batch(self):
        """The import of the address."""
        return get_object_or_404(self.visible_to(self.request.user), pk=self.kwargs["pk"])

    @cached_property
    def counts(self) -> dict:
        """How many rows of the import have each outcome."""
        return self.counts_of(self.batch)

    def get_success_url(self):
        return reverse(self.address, args=[self.batch.pk])


class ListOfImports(TemplateView):
    """The imports that one may see, newest first."""

    title = ""

    def get_context_data(self, **kwargs):
        page = Paginator(self.visible_to(self.request.user), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(title=self.title, header_icon=self.header_icon, page=page, **kwargs)


class OneImport(TemplateView):
    """One import: what it would do or has done, row by row of one outcome; the wrong ones first where there are any.

    Subclasses name `progress_of(batch)`, (done, total) rows, and say in `details()` what may be done with the import.
    """

    title = ""
    object_field = ""
    related: tuple[str, ...] = ()

    def get_context_data(self, **kwargs):
        outcomes = self.batch.rows.model.Outcome
        chosen = self.request.GET.get("dong", "")
        if chosen not in outcomes.values:
            chosen = outcomes.WRONG if self.counts[outcomes.WRONG] else outcomes.NEW
        done, total = self.progress_of(self.batch)
        return super().get_context_data(
            title=self.title,
            subject=str(self.batch),
            header_icon=self.header_icon,
            batch=self.batch,
            address=self.get_success_url(),
            counts=[(value, label, self.counts[value], value == chosen) for value, label in outcomes.choices],
            page=self._rows(chosen),
            is_in_work=self.is_in_work,
            is_late=self.is_in_work and not done and self.waits_long(),
            done=done,
            total=total,
            **self.details(),
            **kwargs,
        )

    @cached_property
    def is_in_work(self) -> bool:
        """Whether the job is at it."""
        return self.batch.state in self.batch.IN_WORK

    def _rows(self, outcome: str):
        found = self.batch.rows.filter(outcome=outcome).select_related(*self.related).defer("values").order_by("number")
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        for row in page:
            made = getattr(row, self.object_field)
            row.edit_url = edit_address(made) if made else ""
        return page

    def waits_long(self) -> bool:
        """Whether the job should have begun by now."""
        return (timezone.now() - self.batch.waits_since).total_seconds() > LATE_SECONDS

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        if self.is_in_work:
            # The browser asks again by itself, without script.
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response


class AboutImport:
    """Mixin of a form about one import: it fails when the import or what became of its rows has changed meanwhile."""

    def seen(self):
        """The import and what became of its rows."""
        return [self.batch, self.counts_of(self.batch)]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **{"subject": str(self.batch), "batch": self.batch, "counts": self.counts} | kwargs
        )
