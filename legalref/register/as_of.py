"""The day for which a visitor asks what was in force: `?ngay=2021-01-01`, in the register, on a page, in the API.

1. `day_asked` reads the day. 2. `statuses` answers for some documents, `statuses_apart` for all whose status may differ
between two days: for the rest the stored status of today holds.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from vietnam.dates import parse_vn

from ..life.effect import AMENDING, TURNS_OF_DOCUMENT, TURNS_OF_RELATION, Status, status_on
from ..models.relation import DocumentRelation

DAY = "ngay"
LONGEST = 40
# Documents whose status is computed in one go.
KEYS_A_QUERY = 5_000


def read_day(written: str) -> date:
    """Read "2021-01-01", "01/01/2021" or "ngày 01 tháng 01 năm 2021".

    Raises ValueError with a message in the reader's language for anything else, and for a day that does not exist.
    """
    written = " ".join(written.split())[:LONGEST]
    # Of ISO 8601 only the whole date: Python would take "20210101" and weeks as well.
    if len(written) == 10 and written[4] == written[7] == "-":
        reader = date.fromisoformat
    else:
        reader = parse_vn
    try:
        return reader(written)
    except ValueError:
        message = _("Không đọc được ngày «%(written)s»; hãy ghi ngày/tháng/năm, ví dụ 01/01/2021.")
        raise ValueError(message % {"written": written}) from None


def day_asked(written: str, today: date) -> tuple[date, str]:
    """Return the day that was written; today and the message for the reader when it makes no sense, or none is."""
    written = written.strip()
    if not written:
        return today, ""
    try:
        return read_day(written), ""
    except ValueError as problem:
        return today, str(problem)


def statuses(documents: Iterable, on: date) -> dict[int, Status]:
    """Return the status of each document on a local date, by its key; one query however many documents.

    Wants the main issuer of each document with it.
    """
    documents = list(documents)
    return _computed(documents, on, [document.pk for document in documents]) if documents else {}


def statuses_apart(documents: QuerySet, on: date, other: date) -> dict[int, Status]:
    """Return the status on a day of those documents that may have had another one on the other day; a query for all of
    them and a few for each 5,000 found.

    What has no turn between the two days has the same status on both.
    """
    first, last = min(on, other) - timedelta(days=1), max(on, other)
    codes = DocumentRelation.objects.with_effect()
    acted_on = codes.filter(_any_between(TURNS_OF_RELATION, first, last)).values("target")
    turned = Q(pk__in=acted_on) | _any_between(TURNS_OF_DOCUMENT, first, last)
    others = documents.model._default_manager.filter(turned).values("pk")
    amending = DocumentRelation.objects.valid().filter(code__in=AMENDING, target__in=others).values("source")
    # Whether a document that amends is still of use follows from what it amends.
    turning = documents.filter(turned | Q(pk__in=amending)).order_by().values_list("pk", flat=True)
    found: dict[int, Status] = {}
    # By their keys: the conditions cost more than the documents.
    for keys in _in_parts(turning):
        these = documents.model._default_manager.filter(pk__in=keys).select_related("main_issuer")
        found |= _computed(list(these.defer("full_text", "search_text")), on, keys)
    return found


def _in_parts(keys: Iterable[int]) -> Iterator[list[int]]:
    keys = iter(keys)
    while part := list(islice(keys, KEYS_A_QUERY)):
        yield part


def _any_between(names: Iterable[str], first: date, last: date) -> Q:
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__range": (first, last)})
    return found


def _computed(documents: list, on: date, keys) -> dict[int, Status]:
    acting: dict[int, list] = {}
    for row in DocumentRelation.objects.acting_on(keys):
        acting.setdefault(row.target_id, []).append(row)
    amended = DocumentRelation.objects.amended_by(documents)
    return {
        document.pk: status_on(document, on, acting.get(document.pk, []), amended.get(document.pk, []))
        for document in documents
    }
