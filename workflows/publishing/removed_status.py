"""«Đã gỡ 28/11»: what lists say of what was taken down, where Wagtail says that it is a draft.

1. `note` finds for many pages and records at once when they were taken down. 2. `say_removed` lets every table of the
administration do so for its rows (explorer, search, choosers, records), and the word for the status tell it; it runs
once, when `wagtail_hooks` is loaded. To go once a model can give Wagtail's lists a status of its own
(`DraftStateMixin.status_string` takes the word "draft" for all that is not live).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.admin.ui.tables import Table
from wagtail.models import DraftStateMixin, ModelLogEntry, Page, WorkflowMixin

from ..models import TakeDown

NOTED = "_removed_on"
# What `takedown.take_down_records` logs: a batch of documents, without a proposal for each.
OF_RECORDS = "portal.takedown.record"


def note(things: Iterable) -> None:
    """Write down with each of some pages and records when it was taken down, for `said`.

    One query for the pages, two for the records of a model; none where nothing was public before.
    """
    of_model = defaultdict(dict)
    for thing in things:
        if isinstance(thing, DraftStateMixin) and not thing.live and thing.first_published_at is not None:
            of_model[Page if isinstance(thing, Page) else type(thing)].setdefault(str(thing.pk), []).append(thing)
    for model, found in of_model.items():
        for key, moment in _removals(model, list(found)).items():
            for thing in found[key]:
                setattr(thing, NOTED, timezone.localtime(moment).date())


def _removals(model: type, keys: list[str]) -> dict:
    """When each was taken down last, by its key."""
    rows = TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN, decided_at__isnull=False).order_by("decided_at")
    if model is Page:
        return {str(pk): moment for pk, moment in rows.filter(page__in=keys).values_list("page_id", "decided_at")}
    kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
    entries = ModelLogEntry.objects.filter(action=OF_RECORDS, content_type=kind, object_id__in=keys)
    found = dict(entries.order_by("timestamp").values_list("object_id", "timestamp"))
    return found | dict(
        rows.filter(object_type=model._meta.label, object_id__in=keys).values_list("object_id", "decided_at")
    )


def label_of(thing) -> str:
    """Say that something was taken down, and when, as `note` has found it; "" for what was not. The year where it is
    not this one."""
    day: date | None = getattr(thing, NOTED, None)
    if day is None or thing.live:
        return ""
    return f"Đã gỡ {day:%d/%m}" if day.year == timezone.localdate().year else f"Đã gỡ {day:%d/%m/%Y}"


def say_removed() -> None:
    """Let the tables of the administration and the word for the status tell what was taken down."""
    Table.rows = property(_noting(Table.rows.fget))
    for mixin in (DraftStateMixin, WorkflowMixin):
        mixin.status_string = property(_saying(mixin.status_string.fget))


def _noting(wagtails):
    def rows(table):
        table.data = table.data if isinstance(table.data, list) else list(table.data)
        note(table.data)
        return wagtails(table)

    return rows


def _saying(wagtails):
    def status_string(thing):
        word = wagtails(thing)
        # Where more is to be told, that a draft of it waits or has its hour, Wagtail tells it.
        return (label_of(thing) or word) if str(word) == gettext("draft") else word

    return status_string
