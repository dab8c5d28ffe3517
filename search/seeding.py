"""First filling of the words that mean the same; what people changed later is never touched."""

from pathlib import Path

from django.db import transaction

from base.tables.incoming import shipped

from .models import Equivalent

DATA = Path(__file__).resolve().parent / "data" / "equivalents.csv"


@transaction.atomic
def load_equivalents() -> list[Equivalent]:
    """Fill an empty table from `data/equivalents.csv`; return those added, none when there are any already."""
    if Equivalent.objects.exists():
        return []
    return Equivalent.objects.bulk_create(
        Equivalent(
            phrase=row["phrase"],
            means="\n".join(row["means"].split("|")),
            is_both_ways=row["is_both_ways"] == "true",
            source=row["source"],
        )
        for row in shipped(DATA)
    )
