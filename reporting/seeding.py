"""First filling of the list of criteria; what the office changed afterwards is never touched.

The list of the province is not published: the shipped one follows the Regulation's articles and is replaced through the
screens by two persons once it is.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from base.tables.incoming import shipped

from .models import Criterion

CRITERIA = Path(__file__).resolve().parent / "data" / "criteria.csv"
IN_FORCE = date(2020, 6, 15)
STEP = 10


@transaction.atomic
def load_criteria() -> list[Criterion]:
    """Add the criteria of the shipped list that are not there yet, by their code; return those added."""
    added = []
    for place, row in enumerate(shipped(CRITERIA), 1):
        texts = {name: row[name] for name in ("label", "group", "site_kind", "measure", "section_key", "rules")}
        criterion, is_new = Criterion.objects.get_or_create(
            code=row["code"],
            defaults={
                **texts,
                "max_points": Decimal(row["max_points"]),
                "late_points": Decimal(row["late_points"]),
                "legal_source": row["legal_source"],
                "sort_order": place * STEP,
                "valid_from": IN_FORCE,
            },
        )
        if is_new:
            added.append(criterion)
    return added
