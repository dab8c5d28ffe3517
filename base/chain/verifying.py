"""Whether a chain is whole: row by row from its start, compared with the tips stated outside the database."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..models.chain import UNREADABLE, Chain
from .tips import Tips


@dataclass(frozen=True)
class Violation:
    """One thing that a check found wrong: its place in the chain (0 when none can be named), and why."""

    place: int
    message: str


def in_order(violations: Iterable[Violation]) -> list[Violation]:
    """Return violations with the first bad place first, and what concerns the chain as a whole last."""
    return sorted(violations, key=lambda violation: (not violation.place, violation.place))


class Walk:
    """One walk along a chain, from its first row to its tip.

    `count` links were followed, the last has the seal `seal`; `reached`: how many have been compared with a tip stated
    outside, whatever came out. `violations` is the caller's list of what is wrong.
    """

    def __init__(self, chain: type[Chain], outside: Tips):
        self.count, self.seal, self.reached = 0, "", 0
        self.violations: list[Violation] = []
        self._chain, self._ahead, self._confirmed = chain, deque(outside.of_chain.get(chain.NAME, ())), 0

    def follow(self, seal: str, *, count: int) -> tuple[int, str]:
        """Go on to the row with this seal, the link `count`; return (first link that may be bad, message) or (0, "").

        A stated tip that differs tells that the chain was written anew somewhere since the last one that agrees.
        """
        self.count, self.seal, result = count, seal, (0, "")
        while self._ahead and self._ahead[0].count <= count:
            tip = self._ahead.popleft()
            self.reached = tip.count
            if (tip.count, tip.seal) == (count, seal):
                self._confirmed = count
            elif not result[0]:
                first = self._confirmed + 1
                stretch = f"chuỗi đã bị viết lại trong khoảng mắt xích {first}–{tip.count}"
                result = (first, f"{stretch}: khác đầu chuỗi đã ký ({tip.where}).")
        return result

    def first_bad(self, since: int, *, otherwise: int) -> int:
        """Return the first place from `since` on that is known to be bad, or `otherwise`."""
        return min((found.place for found in self.violations if found.place >= since), default=otherwise)

    def cut_off(self) -> str:
        """After the last row: tell that the tips outside know of more links, or ""."""
        if not self._ahead:
            return ""
        last = self._ahead[-1]
        return (
            f"mất {last.count - self.count} mắt xích cuối: cơ sở dữ liệu bị cắt đuôi hoặc là bản sao cũ "
            f"({last.where} ghi {last.count} mắt xích, ở đây chỉ có {self.count})."
        )

    def ends_at_the_tip(self) -> bool:
        """After the last row: tell whether the tip in the database says the same."""
        return self._chain.tip() == (self.count, self.seal)


def readable(queryset) -> Iterator[tuple[object, object]]:
    """Yield (key, row) of a queryset, in its order; None for a row that holds what its columns never could.

    SQLite lets anyone who has the file write any text into any column; that one row must not hide the others.
    """
    try:
        yield from [(row.pk, row) for row in queryset]
    except UNREADABLE:
        for key in queryset.values_list("pk", flat=True):
            try:
                row = queryset.model._base_manager.get(pk=key)
            except UNREADABLE:
                row = None
            yield key, row


def in_batches(queryset, size: int, *, after: int | None = None) -> Iterator[list[tuple[object, object]]]:
    """Yield a queryset by its keys, `size` rows at a time, those beyond `after`; rows as `readable` gives them."""
    queryset = queryset.order_by("pk")
    while batch := [*readable((queryset if after is None else queryset.filter(pk__gt=after))[:size])]:
        yield batch
        after = batch[-1][0]
