"""What the law says of scales and when: ceilings of coefficients, and from when on only amounts are possible."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

# The portion of the genre that a translation gets.
TRANSLATION = "dich"


@dataclass(frozen=True)
class Regime:
    """What holds between two days: its source, the most a coefficient may be by genre, whether there are any."""

    source: str
    first: date
    last: date | None
    knows_coefficients: bool
    ceilings: dict[str, Decimal] = field(default_factory=dict)


REGIMES = (
    Regime(
        "Nghị định 18/2014/NĐ-CP, Điều 7",
        date(2014, 6, 1),
        date(2026, 8, 31),
        True,
        {
            **dict.fromkeys(("tin", "tranh", "anh"), Decimal(10)),
            **dict.fromkeys(("chinh-luan", "phong-su", "van-hoc", "nghien-cuu"), Decimal(30)),
            "truc-tuyen": Decimal(50),
        },
    ),
    # The detailed table is the provincial chairman's (Điều 21.2); none of coefficients any more.
    Regime("Nghị định 287/2026/NĐ-CP", date(2026, 9, 1), None, False),
)


def regime_on(day: date) -> Regime | None:
    """Return what holds on a day; None before the first."""
    return next((row for row in REGIMES if row.first <= day and (row.last is None or day <= row.last)), None)
