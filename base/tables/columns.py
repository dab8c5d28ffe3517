"""The columns of a table that people fill in: one description each, cells that hold several parts, what is wrong."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date

from vietnam import text
from vietnam.dates import format_short

SEPARATOR = " | "


class CellError(ValueError):
    """What is wrong with one cell: each problem a sentence that says how to correct it (`messages`)."""

    @property
    def messages(self) -> list[str]:
        return [str(one) for one in self.args]

    def __str__(self) -> str:
        return " ".join(self.messages)


@dataclass(frozen=True)
class Column:
    """One column: the name that code uses, its head, what the sheet to fill in explains of it, its two ways.

    `read` turns the text of a cell into a value and raises CellError, `write` gives the text back; what else they take
    is the room's own matter. A column that is not `is_read` only shows something.
    """

    name: str
    header: str
    help: str = ""
    example: str = ""
    width: int = 20
    is_required: bool = False
    is_read: bool = True
    read: Callable | None = None
    write: Callable | None = None

    @property
    def key(self) -> str:
        """How a head is recognised, whatever its case and marks."""
        return text.fold(self.header)


@dataclass(frozen=True)
class Problem:
    """What is wrong: the row as the spreadsheet numbers it (0: the whole table), the head of the column, a sentence."""

    row: int
    column: str
    message: str


def repeated(keys: Iterable[tuple[int, Hashable]]) -> dict[int, int]:
    """Return {number of a row: number of the first row with the same key}, of (number, key); "" repeats nothing."""
    first: dict[Hashable, int] = {}
    return {number: first[key] for number, key in keys if key and first.setdefault(key, number) != number}


def shown(value) -> str:
    """Return a value as a cell of a table says it: a day as dd/mm/yyyy, "" for none."""
    return "" if value is None else format_short(value) if isinstance(value, date) else str(value)


# --- Cells that hold several parts ------------------------------------------------------------------------


def lines(cell: str) -> list[str]:
    """Return the lines of a cell that say something."""
    return [line.strip() for line in cell.splitlines() if line.strip()]


def gathered(items: Iterable, read: Callable) -> list:
    """Return what `read` makes of each item; raises one CellError with the problems of all of them."""
    found, wrong = [], []
    for item in items:
        try:
            found.append(read(item))
        except CellError as error:
            wrong += error.messages
    if wrong:
        raise CellError(*wrong)
    return found


def parted(line: str) -> list[str]:
    """Split "a | b | c" into its parts; a bar that belongs to the text is written "¦"."""
    return [part.strip().replace("¦", "|") for part in line.split("|")]


def joined(*parts) -> str:
    """Join parts into one line of a cell, without empty ones at its end: the inverse of `parted`."""
    return SEPARATOR.join(" ".join(str(part).split()).replace("|", "¦") for part in parts).rstrip(SEPARATOR)
