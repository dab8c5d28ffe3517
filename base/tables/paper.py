"""What is printed on paper, whatever writes it (`pdf.py`, `docx.py`): a title, parts of text and tables, signatures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Table:
    """One part: its caption, paragraphs below it, then a table: heads of columns, their relative widths, rows of text.

    Without columns it is text alone. In a PDF no column is narrower than its longest word, up to a fifth of the page: a
    date, a number or STT stays on one line. `numbers`: places of the columns of numbers, written at their right side;
    `has_sum`: the last row adds the others up.
    """

    caption: str
    columns: Sequence[str] = ()
    widths: Sequence[float] = ()
    rows: Sequence[Sequence[str]] = ()
    empty: str = "Không có."
    notes: Sequence[str] = ()
    numbers: Sequence[int] = ()
    has_sum: bool = False


@dataclass(frozen=True)
class Report:
    """A document of tables: who issues it, its title, lines below the title, tables, who signs.

    `number`, `dated`: given for a letter, whose head also names the State (NĐ 30/2020/NĐ-CP, Phụ lục I):
    "Số: 12/BC-BBT", "Long Xuyên, ngày 25 tháng 11 năm 2026".
    """

    issuer: str
    title: str
    lines: Sequence[str] = ()
    tables: Sequence[Table] = ()
    signatures: Sequence[str] = ()
    made_at: datetime | None = None
    landscape: bool = True
    subject: str = field(default="")
    number: str = ""
    dated: str = ""

    @property
    def is_letter(self) -> bool:
        """Whether the head names the State, the number and the day."""
        return bool(self.number or self.dated)


STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc")
