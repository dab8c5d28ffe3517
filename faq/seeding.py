"""First filling of the topics of questions; what people changed, added or put aside later is never touched."""

import csv
from pathlib import Path

from django.db import transaction

from base.models import OrganisationUnit

from .models import QuestionTopic

DATA = Path(__file__).resolve().parent / "data" / "topics.csv"


@transaction.atomic
def load_topics() -> list[QuestionTopic]:
    """Fill an empty table of topics from `data/topics.csv`; return those added, none when there are any already.

    The units that usually answer are those of the city's divisions that exist; a topic without one is answered by
    whatever unit was asked.
    """
    if QuestionTopic.objects.exists():
        return []
    units = {unit.slug: unit for unit in OrganisationUnit.objects.filter(kind__in=_DIVISIONS)}
    with DATA.open(encoding="utf-8", newline="") as file:
        return QuestionTopic.objects.bulk_create(
            QuestionTopic(
                slug=row["slug"], name=row["name"], name_en=row["name_en"], kind=row["kind"],
                unit=units.get(row["unit"]), keywords="\n".join(filter(None, row["keywords"].split("|"))),
                sort_order=place,
            )
            for place, row in enumerate(csv.DictReader(file), 1)
        )  # fmt: skip


_DIVISIONS = (OrganisationUnit.Kind.OFFICE, OrganisationUnit.Kind.SECTOR)
