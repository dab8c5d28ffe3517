"""Panels of the register's forms: fields with readable comparisons, and what follows from other rows."""

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.compare import FieldComparison, TextFieldComparison
from wagtail.admin.panels import FieldPanel, Panel

from accounts.responsibility import sites_worked_on
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import Deadline

from ..life import duty, lifecycle
from ..models import PostingRule


class LinesComparison(TextFieldComparison):
    """Two versions of a text whose lines stay lines, so that its articles can be told apart."""

    def htmldiff(self):
        return format_html('<div class="portal-lines">{}</div>', super().htmldiff())


class DayComparison(FieldComparison):
    """Two days as people here write them."""

    def __init__(self, *args):
        super().__init__(*args)
        self.val_a, self.val_b = (format_short(day) if day else "" for day in (self.val_a, self.val_b))


class ReadablePanel(FieldPanel):
    """A field whose comparison of versions is for readers: a day as 01/07/2026, a text in its lines."""

    def get_comparison_class(self):
        if isinstance(self.db_field, models.DateField):
            return DayComparison
        return LinesComparison if isinstance(self.db_field, models.TextField) else super().get_comparison_class()


class DutyPanel(Panel):
    """Where the document must be posted and until when, on each site of the person, and what became of each rule."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "legalref/admin/panels/duty.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            document = self.instance
            outcomes = lifecycle.outcomes(document)
            return super().get_context_data(parent_context) | {
                "measures": duty.of_document(document, sites_worked_on(self.request.user)),
                "outcomes": [(outcome, _owed(outcome.article)) for outcome in outcomes],
                "rules_url": reverse(PostingRule.snippet_viewset.get_url_name("list")),
                "mark_url": reverse("legalref_mark", args=[document.pk]),
            }


def _owed(article) -> list:
    """The open deadlines of an article that was drafted about a document, each with how its day was computed."""
    found = list(Deadline.objects.for_subject(article).open().select_related("rule")) if article is not None else []
    for deadline in found:
        deadline.explained = deadlines.explain(deadline)
    return found


class RelationsPanel(Panel):
    """The way to the relations of the document."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "legalref/admin/panels/relations.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            document = self.instance
            return super().get_context_data(parent_context) | {
                "status": document.status,
                "acts": document.acts_on.filter(revoked_at=None).count(),
                "acted_on": document.acted_on_by.filter(revoked_at=None).count(),
                "relations_url": reverse("legalref_relations", args=[document.pk]),
            }


class SuccessorsPanel(Panel):
    """Who followed an issuing body, and how many documents it keeps."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "legalref/admin/panels/successors.html"

        def is_shown(self):
            return bool(self.instance.pk)

        def get_context_data(self, parent_context=None):
            body = self.instance
            return super().get_context_data(parent_context) | {
                "successors": list(body.successors.all()),
                "kept": body.documents.filter(live=True).count(),
            }
