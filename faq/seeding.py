"""First filling of the topics of questions and of what is agreed to; what people changed later is never touched."""

from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from base.models import OrganisationUnit
from base.tables.incoming import shipped

from .models import ConsentText, QuestionTopic

DATA = Path(__file__).resolve().parent / "data" / "topics.csv"
CONSENT = Path(__file__).resolve().parent / "data" / "consent"
# Since when Luật 91/2025/QH15, on which the delivered version rests, is in force.
FIRST_DAY = date(2026, 1, 1)


@transaction.atomic
def load_topics() -> list[QuestionTopic]:
    """Fill an empty table of topics from `data/topics.csv`; return those added, none when there are any already.

    The units that usually answer are those of the city's divisions that exist; a topic without one is answered by
    whatever unit was asked.
    """
    if QuestionTopic.objects.exists():
        return []
    units = {unit.slug: unit for unit in OrganisationUnit.objects.filter(kind__in=_DIVISIONS)}
    return QuestionTopic.objects.bulk_create(
        QuestionTopic(
            slug=row["slug"],
            name=row["name"],
            name_en=row["name_en"],
            kind=row["kind"],
            unit=units.get(row["unit"]),
            keywords="\n".join(filter(None, row["keywords"].split("|"))),
            sort_order=place,
        )
        for place, row in enumerate(shipped(DATA), 1)
    )


@transaction.atomic
def load_consents() -> ConsentText | None:
    """Make the first version of what is agreed to, as the portal is delivered; None when there is any already."""
    if ConsentText.objects.exists():
        return None
    first = delivered_consent()
    first.save()
    return first


def delivered_consent() -> ConsentText:
    """Return the version that the portal is delivered with, not saved."""
    texts = {
        name: (CONSENT / file).read_text(encoding="utf-8").strip()
        for name, file in (
            ("text", "text.vi.txt"),
            ("text_en", "text.en.txt"),
            ("policy", "policy.vi.html"),
            ("policy_en", "policy.en.html"),
        )
    }
    now = timezone.now()
    return ConsentText(version=1, valid_from=FIRST_DAY, proposed_at=now, confirmed_at=now, **texts)


_DIVISIONS = (OrganisationUnit.Kind.OFFICE, OrganisationUnit.Kind.SECTOR)
