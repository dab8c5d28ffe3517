"""The working calendar of one year, as people look at it and as a table: its months, its days, its lines.

Lines come as CSV: ngày, loại, tên, căn cứ, đã công bố. `read` checks every line and takes only
the days of the year that was chosen; nothing is written here.
"""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from base.tables.columns import Column, Problem
from base.tables.csv import as_typed, csv_file
from base.tables.incoming import Layout, TableError
from vietnam import workdays
from vietnam.dates import format_short, parse_vn
from vietnam.text import fold

from .. import deadlines
from ..models import CalendarDay

FIRST_YEAR, LAST_YEAR = 2000, 2099
COLUMNS = ("ngày", "loại", "tên", "căn cứ", "đã công bố")
MOST_LINES = 400
NOT_UTF8 = "Không đọc được tệp: hãy lưu tệp CSV với bảng mã UTF-8 rồi chọn lại."
LAYOUT = Layout(
    tuple(Column(name, name, is_required=name in ("ngày", "loại", "tên")) for name in COLUMNS),
    missing=f"Thiếu cột {{quoted}}; dòng đầu phải là: {', '.join(COLUMNS)}.",
    empty="Bảng trống; hãy chọn tệp hoặc dán nội dung bảng.",
    not_csv="Không đọc được bảng: có dòng quá dài hoặc ký tự xuống dòng lạ; hãy lưu lại tệp CSV.",
)
MARKS = {
    CalendarDay.Kind.HOLIDAY: "lễ",
    CalendarDay.Kind.SUBSTITUTE: "bù",
    CalendarDay.Kind.SWAP_OFF: "đổi",
    CalendarDay.Kind.MAKE_UP_WORKING: "làm",
}
YES, NO = ("co", "x", "true", "1", "roi"), ("khong", "chua", "false", "0")


# --- As people look at it --------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """One cell: its day, what the calendar says of it (None: an ordinary day)."""

    on: date
    row: CalendarDay | None
    is_worked: bool
    is_today: bool

    @property
    def mark(self) -> str:
        """The word in the cell, so that colour alone says nothing: "lễ", "bù", "đổi", "làm"; "" for ordinary days."""
        return MARKS[self.row.kind] if self.row else ""

    @property
    def style(self) -> str:
        if self.row is None:
            return "work" if self.is_worked else "weekend"
        return self.row.kind.replace("_", "-")

    @property
    def text(self) -> str:
        """What is read out and shown on the cell's link."""
        if self.row is None:
            return f"{format_short(self.on)}, {'ngày làm việc' if self.is_worked else 'nghỉ cuối tuần'}"
        doubt = "" if self.row.confirmed else ", dự kiến"
        return f"{format_short(self.on)}, {self.row.get_kind_display()}: {self.row.name}{doubt}"


@dataclass(frozen=True)
class Month:
    number: int
    weeks: list[list[Day | None]]
    working_days: int


@dataclass(frozen=True)
class Year:
    """A year: months with weeks from Monday to Sunday (None outside the month), its special days, its sum."""

    number: int
    months: list[Month]
    rows: list[CalendarDay]
    working_days: int
    is_confirmed: bool

    @property
    def unconfirmed(self) -> int:
        """How many of its special days are only expected."""
        return sum(not row.confirmed for row in self.rows)


def year(number: int) -> Year:
    """Return one year of the calendar as it stands."""
    present, today = deadlines.calendar(), deadlines.today()
    rows = {row.date: row for row in CalendarDay.objects.filter(date__year=number)}
    months = []
    for month in range(1, 13):
        weeks = [
            [
                Day(day, rows.get(day), workdays.is_working_day(day, present.days), day == today)
                if day.month == month
                else None
                for day in week
            ]
            for week in calendar.Calendar().monthdatescalendar(number, month)
        ]
        worked = sum(day.is_worked for week in weeks for day in week if day)
        months.append(Month(month, weeks, worked))
    return Year(
        number,
        months,
        [rows[day] for day in sorted(rows)],
        sum(month.working_days for month in months),
        number in present.confirmed_years,
    )


def special_days() -> dict[date, CalendarDay]:
    """Return every day outside the ordinary week, by its date."""
    return {row.date: row for row in CalendarDay.objects.all()}


def years_known() -> list[int]:
    """Return the years that have any special day, and the present one, in order."""
    found = {day.year for day in CalendarDay.objects.dates("date", "year")}
    return sorted(found | {deadlines.today().year})


# --- As a table ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """What a table says: days of the year, errors, and the days of other years, which are left out."""

    days: list[CalendarDay]
    violations: list[Problem]
    outside: list[date]


def as_csv(number: int) -> bytes:
    """Return the special days of a year as CSV, to be changed and read in again."""
    rows = [
        (format_short(row.date), row.get_kind_display(), row.name, row.legal_source, "có" if row.confirmed else "chưa")
        for row in CalendarDay.objects.filter(date__year=number)
    ]
    return csv_file([COLUMNS, *rows])


def read(text: str, number: int) -> Table:
    """Read lines into days of a year, every one checked; nothing is written.

    A table with errors is not to be used. Days of other years are named and left out.
    """
    try:
        lines = list(LAYOUT.rows_of_text(text.strip()))
    except TableError as error:
        return Table([], [Problem(error.row, "", error.message)], [])
    if len(lines) > MOST_LINES:
        return Table([], [Problem(0, "", f"Bảng có {len(lines)} dòng; mỗi lần nhập tối đa {MOST_LINES} dòng.")], [])
    days: dict[date, CalendarDay] = {}
    violations, outside = [], []
    for place, cells in lines:
        try:
            day = _day_of({column: as_typed(cells.get(column, "")) for column in COLUMNS})
        except ValidationError as error:
            violations += [Problem(place, "", message) for message in error.messages]
            continue
        if day.date.year != number:
            outside.append(day.date)
        elif day.date in days:
            message = f"Ngày {format_short(day.date)} đã có ở một dòng trên; hãy bỏ một dòng."
            violations.append(Problem(place, "", message))
        else:
            days[day.date] = day
    if not days and not violations:
        violations.append(Problem(0, "", f"Bảng không có ngày nào của năm {number}."))
    return Table([days[on] for on in sorted(days)], violations, sorted(outside))


def absent_from(days: Iterable[CalendarDay], number: int) -> list[date]:
    """Return the special days of a year that a table does not name."""
    named = {day.date for day in days}
    known = CalendarDay.objects.filter(date__year=number).values_list("date", flat=True)
    return [day for day in known if day not in named]


def _day_of(values: dict[str, str]) -> CalendarDay:
    wrong = []
    try:
        on = date.fromisoformat(values["ngày"])
    except ValueError:
        try:
            on = parse_vn(values["ngày"])
        except ValueError as error:
            wrong.append(f"Cột «ngày»: {error}")
            on = None
    kind = _kind_of(values["loại"])
    if kind is None:
        known = ", ".join(label for _, label in CalendarDay.Kind.choices)
        wrong.append(f"Cột «loại»: không có loại «{values['loại']}»; chọn một trong: {known}.")
    confirmed = fold(values["đã công bố"])
    if confirmed not in ("", *YES, *NO):
        wrong.append(f"Cột «đã công bố»: hãy ghi «có» hoặc «chưa», không phải «{values['đã công bố']}».")
    if wrong:
        raise ValidationError(wrong)
    day = CalendarDay(
        date=on, kind=kind, name=values["tên"], legal_source=values["căn cứ"], confirmed=confirmed not in NO
    )
    try:
        day.full_clean(exclude=["date"], validate_unique=False)
        day.clean()
    except ValidationError as error:
        names = {"name": "tên", "legal_source": "căn cứ", "kind": "loại", "date": "ngày"}
        raise ValidationError(
            [
                f"Cột «{names.get(field, field)}»: {message}"
                for field, messages in error.message_dict.items()
                for message in messages
            ]
        ) from None
    return day


def _kind_of(text: str) -> str | None:
    wanted = fold(text).strip()
    for value, label in CalendarDay.Kind.choices:
        if wanted in (fold(label), value):
            return value
    return None
