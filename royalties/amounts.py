"""Arithmetic of royalties: exact decimals, whole đồng, rounded once, halves up.

What it gives is stored with the item and never computed again.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


def whole(value: Decimal) -> int:
    """Return an amount in whole đồng; half a đồng goes up.

    >>> whole(Decimal("74500.5")), whole(Decimal("74500.49"))
    (74501, 74500)
    """
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def unit_value(base_salary: int, percent: Decimal) -> int:
    """Return the value of one unit of the coefficient, in đồng, as a share of the monthly base salary.

    >>> unit_value(1_490_000, Decimal(10)), unit_value(2_530_000, Decimal(10))
    (149000, 253000)
    """
    return whole(base_salary * percent / HUNDRED)


def amount_of(rate: Decimal, unit: int, *, portion: Decimal = HUNDRED, extra: Decimal = Decimal(0)) -> int:
    """Return what an item is worth in đồng: rate × unit, of that a portion (%), and on top of it an extra (%).

    `rate` is the coefficient, or how many pages or fields; `portion` is that of a translation, `extra` the sum of what
    is added.

    >>> amount_of(Decimal("1.5"), 149_000), amount_of(Decimal(2), 253_000, portion=Decimal(50), extra=Decimal(10))
    (223500, 278300)
    """
    return whole(rate * unit * portion * (HUNDRED + extra) / (HUNDRED * HUNDRED))


def divided(amount: int, portions: Sequence[Decimal]) -> list[int]:
    """Divide whole đồng by portions so that the parts add up to the amount; what rounding leaves goes to the largest
    remainders, of equal ones to the first.

    Raises ValueError for a negative portion, or when all are zero.

    >>> divided(100_000, [Decimal(1), Decimal(1), Decimal(1)])
    [33334, 33333, 33333]
    """
    whole_of = sum(portions, Decimal(0))
    if whole_of <= 0 or any(portion < 0 for portion in portions):
        raise ValueError("The portions of an amount are positive.")
    exact = [amount * portion / whole_of for portion in portions]
    parts = [int(part.to_integral_value(rounding=ROUND_FLOOR)) for part in exact]
    left = amount - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[:left]:
        parts[place] += 1
    return parts


def withheld(amount: int, percent: Decimal, threshold: int) -> int:
    """Return the income tax withheld from one payment to one person, in đồng; none below the threshold.

    >>> withheld(2_000_000, Decimal(10), 2_000_000), withheld(1_999_999, Decimal(10), 2_000_000)
    (200000, 0)
    """
    return whole(amount * percent / HUNDRED) if amount >= threshold else 0
