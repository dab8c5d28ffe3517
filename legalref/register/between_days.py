"""One document on two days (`/van-ban/<văn bản>/so-sanh/?tu=2020-01-01&den=2021-01-01`): what changed in between.

1. `days_asked` reads the two days. 2. `changes_between`: each turn of a relation between them, with the provisions that
it names: amended or added, lapsed, suspended, in effect again. The text that is shown is the one that the register
keeps; beside it stands what the document that amends it says of it, where that is found (`new_words.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.public.navigation import Link

from ..life import structure
from ..life.effect import RELATIONS, Status, status_on
from ..models import DocumentRelation, LegalDocument
from ..models.provision import Provision, readable
from . import as_of, new_words
from .addresses import Registers

FROM, TO = "tu", "den"
# How far from today a day may lie that has not come.
FARTHEST = timedelta(days=5 * 366)
WORDS = {
    "amends": gettext_lazy("Sửa đổi, bổ sung"),
    "ends": gettext_lazy("Hết hiệu lực"),
    "suspends": gettext_lazy("Ngưng hiệu lực"),
}
AGAIN = gettext_lazy("Có hiệu lực trở lại")


@dataclass(frozen=True)
class Affected:
    """A provision as a change names it (`label`); its article as the register keeps it, where it is known.

    `new_words`: the lines of the amending document about it, none where they are not found.
    """

    label: str
    article: Provision | None = None
    anchor: str = ""
    new_words: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """What happened on one day: `word` says what, `by_name` which document did it. Without `affected` the whole."""

    on: date
    word: str
    by_name: str
    by_url: str
    affected: list[Affected]


def days_asked(parameters, document: LegalDocument, today: date) -> tuple[date, date, list[str]]:
    """Return the two days, the earlier first, and what is wrong with them; without a day: from its issue to today.

    Nothing changes in a document before its issue, and what comes in more than five years is not known.
    """
    problems, found = [], []
    first, last = document.issued_on or date.min, today + FARTHEST
    for name, usual in ((FROM, document.issued_on or today), (TO, today)):
        written = parameters.get(name, "").strip()
        day, problem = as_of.day_asked(written, usual)
        found.append(max(first, min(day, last)))
        problems += [problem] if problem else []
    return min(found), max(found), problems


def changes_between(
    document: LegalDocument, rows: Iterable[DocumentRelation], first: date, last: date, registers: Registers, request
) -> list[Change]:
    """Return what changed in a document after `first`, up to and including `last`, the earliest first.

    `rows`: the relations that act on it.
    """
    provisions = readable(document) if document.part_keys else []
    found = []
    for row in rows:
        kind = RELATIONS[row.code].effect
        turns = [(row.effective_on, str(WORDS[kind])), (row.until, str(AGAIN))]
        for on, word in turns:
            if on is not None and first < on <= last:
                found.append(_change(row, on, word, provisions, document, registers, request))
    return sorted(found, key=lambda change: change.on)


def fill(context: dict, page, document: LegalDocument, request) -> dict:
    """Add to a register page's context what the comparison shows; return it."""
    registers, today = Registers(request), timezone.localdate()
    first, last, problems = days_asked(request.GET, document, today)
    rows = list(DocumentRelation.objects.acting_on([document.pk]))
    amended = DocumentRelation.objects.amended_by([document]).get(document.pk, [])

    def status(day: date) -> Status:
        return status_on(document, day, rows, amended)

    frame, address = context["frame"], f"{page.get_url(request)}{document.slug}/"
    context |= {
        "document": document,
        "first": first,
        "last": last,
        "problems": problems,
        "first_status": status(first),
        "last_status": status(last),
        "changes": changes_between(document, rows, first, last, registers, request),
        "page_url": address,
    }
    frame.title = _("So sánh hai ngày: %(name)s") % {"name": document.name}
    frame.breadcrumbs += [Link(page.title, page.get_url(request)), Link(document.name, address)]
    frame.canonical_url, frame.is_indexed, frame.alternates, frame.metadata = "", False, [], []
    frame.structured_data = {}
    return context


def _change(row, on: date, word: str, provisions, document, registers: Registers, request) -> Change:
    by, url = row.source_text or row.stated_in, ""
    if row.source_id:
        by = row.source.name
        url = registers.url(row.source, request) if row.source.live else ""
    says = readable(row.source) if url and word == str(WORDS["amends"]) and row.scope else []
    return Change(on, word, by, url, list(_affected(row.scope, provisions, document, says)))


def _affected(scope: Iterable[str], provisions: list[Provision], document, says: list[Provision]) -> Iterable[Affected]:
    by_anchor = {provision.anchor: provision for provision in provisions if provision.is_article}
    for label in scope:
        anchor = structure.anchor_for(label, document.parts) if provisions else ""
        article = next((by_anchor[one] for one in by_anchor if anchor == one or anchor.startswith(f"{one}-")), None)
        words = new_words.passage(label, says) if says else []
        yield Affected(label, article, anchor if article is not None else "", words)
