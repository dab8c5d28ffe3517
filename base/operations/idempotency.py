"""A form sent twice has one effect: double click, "back" and send again, a retry after the line broke.

1. The form carries a key made when it was drawn (`base/submission_key.html`). 2. `once` puts a digest of
form, key and content into a table whose rows are unique, in the transaction of the effect: of five at one moment four
wait for the first. 3. Those that come second get the first one's outcome: the same receipt, the same address. What
failed or was rolled back left no row, so that sending again works. Other content under the same key is another sending.
4. The job `purge_submissions` removes old rows.

A form with a key is never kept by the page cache: it is drawn for one person.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from ..chain.canonical_json import digest
from ..models import Submission

FIELD = "portal_submission"
LONGEST_KEY = 64
RETENTION = timedelta(days=7)


@dataclass(frozen=True)
class Outcome:
    """What the sender is told, and whether it had been carried out before."""

    text: str
    is_repeat: bool


def new_key() -> str:
    """Return a key for a form that is drawn anew."""
    return secrets.token_urlsafe(18)


def key_of(request) -> str:
    """Return the key a form came with, "" for one without."""
    return request.POST.get(FIELD, "")[:LONGEST_KEY]


def content_of(request, but: Iterable[str] = ()) -> list:
    """Return what was typed and attached, without the marks that change with each drawing of the form (and `but`)."""
    marks = {FIELD, "csrfmiddlewaretoken", *but}
    typed = sorted((name, values) for name, values in request.POST.lists() if name not in marks)
    attached = [
        (name, file.name, file.size, _digest_of(file))
        for name, files in sorted(request.FILES.lists())
        for file in files
    ]
    return [typed, attached]


@transaction.atomic
def once(request, purpose: str, call: Callable[[], str], *, but: Iterable[str] = ()) -> Outcome:
    """Carry out `call` unless the same sending was carried out before; return what its sender is told.

    `purpose`: the name of the form, and whose it is where that matters ("questions.ask", "legalref_take_number 12").
    `but`: fields that no user typed and that may differ between two submissions of one form.
    `call` returns what a repeated sending shall be told, at most 500 signs: a receipt number, an address. A form
    without a key is carried out each time. What `call` raises is raised, and leaves the key as it was.
    """
    key = key_of(request)
    if not key:
        return Outcome(call(), is_repeat=False)
    row, is_new = Submission.objects.get_or_create(
        digest=digest([purpose, key, content_of(request, but)]), defaults={"made_at": timezone.now()}
    )
    if not is_new:
        return Outcome(row.outcome, is_repeat=True)
    row.outcome = call()
    row.save(update_fields=["outcome"])
    return Outcome(row.outcome, is_repeat=False)


def purge(*, on: datetime | None = None) -> int:
    """Remove the rows of sendings older than `RETENTION`; return how many went."""
    return Submission.objects.filter(made_at__lt=(on or timezone.now()) - RETENTION).delete()[0]


def _digest_of(file) -> str:
    found = sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()
