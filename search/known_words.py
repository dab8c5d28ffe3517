"""The words that public things are called by: counted from titles and summaries, kept in a table by a job.

What is taken down leaves the table with the next round; until then nothing is shown of it, because a reader is offered
only what finds something public (`spelling.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from base.models import OrganisationUnit
from base.queries import sql
from legalref.models import LegalDocument
from servicecatalog.models import Procedure
from vietnam.analysis import WORD, split
from vietnam.text import nfc, unify_tone_placement

from .models import Equivalent, KnownWord

LONGEST_WORD = 20
MOST_SPELLINGS = 8
# Pairs of words beyond these are the rarest.
MOST_PAIRS = 60_000
ROWS_AT_ONCE = 2_000

# The row whose count is the sum of the generations at which the table was counted; no word of a query is empty.
STAMP = ""


def count_anew(*, on: datetime | None = None) -> int:
    """Count the words again when anything public has changed; return how many rows changed. A job."""
    now = sum(value for (value,) in sql.read("SELECT value FROM base_sitegeneration"))
    if KnownWord.objects.filter(words=STAMP, count=now).exists():
        return 0
    changed = store(counted(texts()))
    KnownWord.objects.update_or_create(words=STAMP, defaults={"count": now})
    return changed


def texts() -> Iterator[str]:
    """Return what public things are called by, a text each: pages in Vietnamese, documents, services, units."""
    rows = sql.read(
        "SELECT i.title, i.summary FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
        "WHERE i.language = %s",
        [settings.LANGUAGE_CODE],
    )
    for title, summary in rows:
        yield f"{title}\n{summary}"
    for kind, subject in LegalDocument.objects.public().values_list("document_type__name", "subject"):
        yield f"{kind} {subject}"
    for words in Procedure.objects.filter(live=True).values_list("name", "keywords", "summary"):
        yield "\n".join(words)
    for words in OrganisationUnit.objects.public(timezone.localdate()).values_list("name", "short_name", "duties"):
        yield "\n".join(words)
    for words in Equivalent.objects.filter(is_active=True).values_list("phrase", "means"):
        yield "\n".join(words)


def counted(everything: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Return {words without marks: (their spellings, how many texts have them)}, of one word and of two."""
    counts, spellings = Counter(), defaultdict(Counter)
    for text in everything:
        found = {}
        for line in text.split("\n"):
            words = [word for word in WORD.findall(nfc(line).lower()) if len(word) <= LONGEST_WORD]
            pairs = [" ".join(pair) for pair in zip(words, words[1:], strict=False)]
            for spelt in (*words, *pairs):
                found[folded(spelt)] = unify_tone_placement(spelt)
        counts.update(found.keys())
        for words, spelt in found.items():
            spellings[words][spelt] += 1
    pairs = Counter({words: count for words, count in counts.items() if " " in words})
    chosen = {words for words in counts if " " not in words} | {
        words for words, _count in pairs.most_common(MOST_PAIRS)
    }
    return {words: (_spellings(words, spellings[words]), counts[words]) for words in chosen if words.strip()}


def folded(text: str) -> str:
    """Return words without marks."""
    return " ".join(split(word)[0] for word in text.split())


def _spellings(words: str, spelt: Counter) -> str:
    ordered = [text for text, _count in spelt.most_common()]
    # Of one word no more than the column takes.
    return ordered[0] if " " in words else " ".join(ordered[:MOST_SPELLINGS])


@transaction.atomic
def store(found: dict[str, tuple[str, int]]) -> int:
    """Make the table hold these words; return how many rows were added, changed or removed."""
    stored = {row.words: row for row in KnownWord.objects.exclude(words=STAMP)}
    gone = [row.pk for words, row in stored.items() if words not in found]
    for start in range(0, len(gone), ROWS_AT_ONCE):
        KnownWord.objects.filter(pk__in=gone[start : start + ROWS_AT_ONCE]).delete()
    rows = [
        KnownWord(words=words, spellings=spellings, count=count)
        for words, (spellings, count) in found.items()
        if words not in stored or (stored[words].spellings, stored[words].count) != (spellings, count)
    ]
    KnownWord.objects.bulk_create(
        rows,
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["words"],
        update_fields=["spellings", "count"],
    )
    return len(gone) + len(rows)
