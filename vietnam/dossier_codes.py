"""Codes of dossiers (mã hồ sơ) of the one-stop offices: printed text becomes the unit's code, the day, the counter.

Two formats are in use. Thông tư 01/2018/TT-VPCP Điều 19: `V1V2V3.Z1Z2.Y1Y2.MX1X2-YYMMDD-XXXX`, read right to left,
where M and two digits are the ministry or province. Since Quyết định 20/2020/QĐ-TTg (15/09/2020): the identification
code of the unit, left to right, of at most 35 characters together with day and counter. Which unit a code belongs to is
said by a table of such codes alone; nothing is guessed from its parts.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

LONGEST = 35
SHORTEST_COUNTER = 4
FROM_RIGHT, FROM_LEFT = "tt01-2018", "qd20-2020"
# Dashes that keyboards and word processors put in the place of the plain one.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－_", "-"))
_FROM_RIGHT = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}", re.ASCII)
_FROM_LEFT = re.compile(r"[A-Z]\d{2}(?:\.\d{2,3}){0,4}", re.ASCII)
_DAY, _COUNTER = re.compile(r"\d{6}", re.ASCII), re.compile(rf"\d{{{SHORTEST_COUNTER},}}", re.ASCII)


class WrongCode(ValueError):
    """The text is no code of a dossier; says in Vietnamese what is wrong and how to correct it."""


@dataclass(frozen=True)
class DossierCode:
    """A code in its one spelling, and its parts: `unit_code` as it stands, day of receipt, number of the day."""

    text: str
    unit_code: str
    day: date
    counter: int
    format: str

    def unit(self, table: Mapping[str, object]) -> object | None:
        """Return what a table of identification codes says this unit is; None when it does not know the code."""
        return table.get(self.unit_code)


def parse(text: str) -> DossierCode:
    """Read a code as it was typed: blanks, small letters and long dashes are forgiven, blanks for dashes too.

    Raises WrongCode.

    >>> parse("h01.24.07-230605-0001").day
    datetime.date(2023, 6, 5)
    """
    # Longer than anything a code can be with blanks in it: not even looked at.
    if len(text) > 4 * LONGEST:
        raise WrongCode(f"Mã hồ sơ dài quá {LONGEST} ký tự; hãy chép lại mã in trên giấy tiếp nhận.")
    written = _with_dashes(unicodedata.normalize("NFKC", text.translate(_DASHES)))
    if len(written) > LONGEST:
        raise WrongCode(f"Mã hồ sơ dài quá {LONGEST} ký tự; hãy chép lại mã in trên giấy tiếp nhận.")
    parts = written.split("-")
    if len(parts) != 3:
        raise WrongCode(
            "Mã hồ sơ gồm ba phần nối bằng dấu gạch ngang, ví dụ 000.00.24.H01-200605-0001; hãy chép lại mã."
        )
    unit_code, day, counter = parts
    if _FROM_RIGHT.fullmatch(unit_code):
        kind = FROM_RIGHT
    elif _FROM_LEFT.fullmatch(unit_code):
        kind = FROM_LEFT
    else:
        raise WrongCode(
            "Phần đầu của mã hồ sơ là mã đơn vị, ví dụ 000.00.24.H01 hoặc H01.24.07; hãy chép lại phần trước dấu gạch."
        )
    if not _COUNTER.fullmatch(counter):
        raise WrongCode(f"Phần cuối của mã hồ sơ là số thứ tự có ít nhất {SHORTEST_COUNTER} chữ số; hãy chép lại mã.")
    return DossierCode(written, unit_code, _read_day(day), int(counter), kind)


def _with_dashes(text: str) -> str:
    """Return a code without its blanks, in capitals; where blanks stand for the two dashes they become dashes."""
    parts = re.sub(r"\s*-[\s-]*", "-", " ".join(text.split())).strip(" -").upper()
    spaced = re.fullmatch(r"(\S+)[ -](\d{6})[ -](\d+)", parts)
    return "-".join(spaced.groups()) if spaced else parts.replace(" ", "")


def is_unit_code(text: str) -> bool:
    """Tell whether a text is spelled as the identification code of a unit, in either format."""
    return bool(_FROM_RIGHT.fullmatch(text) or _FROM_LEFT.fullmatch(text))


def _read_day(written: str) -> date:
    wrong = (
        "Phần giữa của mã hồ sơ là ngày tiếp nhận dạng năm-tháng-ngày, ví dụ 200605 cho 05/06/2020; hãy chép lại mã."
    )
    if not _DAY.fullmatch(written):
        raise WrongCode(wrong)
    try:
        # The century is not in the code: dossiers of the last one are none of ours.
        return datetime.strptime(f"20{written}", "%Y%m%d").date()  # noqa: DTZ007  a day, without an hour
    except ValueError:
        raise WrongCode(wrong) from None
