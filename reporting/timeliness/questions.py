"""Questions by field and by officer (Quy chế Điều 10.1.d, 22), by the figures of `faq/public/figures.py`.

Each number leads to the questions that it counts: a line keeps what it is made of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from base.figures import written
from base.models import OrganisationUnit, PortalSite
from base.tables import xlsx
from faq.models import Question, QuestionTopic
from faq.office import inbox
from faq.public import figures
from faq.public.figures import COUNTED, Fact, Figures, GivenBack
from faq.public.statistics import as_written
from vietnam.dates import format_short
from vietnam.text import sort_key

NO_TOPIC, NO_OFFICER = "Chưa phân loại", "Chưa có người nhận"


@dataclass(frozen=True)
class Way:
    """One way to sum up: its name in addresses, and what a line of it is called."""

    key: str
    label: str


BY_TOPIC, BY_OFFICER, BY_UNIT = Way("linh-vuc", "Lĩnh vực"), Way("nguoi", "Người xử lý"), Way("don-vi", "Đơn vị")


@dataclass(frozen=True)
class Column:
    """One figure of the tables; `lists`: it counts questions, which can be listed."""

    name: str
    label: str
    lists: bool = True


COLUMNS = (
    Column("received", "Tiếp nhận"),
    Column("answered", "Đã trả lời"),
    Column("out_of_scope", "Không thuộc phạm vi"),
    Column("waiting", "Đang xử lý"),
    Column("overdue", "Quá hạn"),
    Column("on_time", "Đúng hạn"),
    Column("share_on_time", "Tỷ lệ đúng hạn (%)", lists=False),
    Column("median_workdays", "Số ngày trung vị", lists=False),
    Column("share_satisfied", "Tỷ lệ hài lòng (%)", lists=False),
)
BACK_COLUMNS = (
    Column("given", "Câu hỏi được giao"),
    Column("questions", "Câu hỏi trả lại"),
    Column("times", "Số lần trả lại"),
    Column("share", "Tỷ lệ trả lại (%)", lists=False),
)


@dataclass(frozen=True)
class Line:
    """The figures of one field, officer or unit; `key` in addresses, "" for who has none and for the sum of all."""

    name: str
    key: str
    row: Figures | GivenBack
    facts: Sequence[Fact] = field(default=(), repr=False)
    given: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()

    columns = COLUMNS

    def keys(self, column: Column) -> list[int]:
        """Return the keys of the questions that a figure counts."""
        return [fact.key for fact in self.facts if COUNTED[column.name](fact)]


class BackLine(Line):
    """How often one unit gave questions back."""

    columns = BACK_COLUMNS

    def keys(self, column: Column) -> list[int]:
        """Return the keys of the questions that the unit was given, or gave back, each once."""
        return list(self.given if column.name == "given" else self.back)


@dataclass(frozen=True)
class Tables:
    """The figures of a year by field and by officer, most questions first, and of all.

    `given_back`: how often each unit gave one back as not its own, most first.
    """

    year: int
    topics: list[Line]
    officers: list[Line]
    total: Line
    given_back: list[BackLine]

    def chosen(self, way: str, key: str, column: str) -> tuple[Line, Column | None]:
        """Return the line of a way and key, the sum of all without a way, and its column; None for none to list."""
        lines = {BY_TOPIC.key: self.topics, BY_OFFICER.key: self.officers, BY_UNIT.key: self.given_back}.get(way, [])
        line = self.total if not way else next((line for line in lines if line.key == key), None)
        columns = line.columns if line else ()
        return line, next((one for one in columns if one.name == column and one.lists), None)


def of_year(site: PortalSite, year: int) -> Tables:
    """Return the figures of the questions that a site handles, of all sites for the city."""
    facts = figures.facts_of(site, year)
    topics = dict(QuestionTopic.objects.values_list("pk", "name"))
    handed_out = figures.handed_out(site, year)
    units = dict(OrganisationUnit.objects.filter(pk__in=handed_out).values_list("pk", "name"))
    people = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in={fact.officer for fact in facts})}
    back = [
        BackLine(units[key], str(key), figures.times_of(given, back), given=frozenset(given), back=frozenset(back))
        for key, (given, back) in handed_out.items()
    ]
    return Tables(
        year,
        _grouped(facts, lambda fact: fact.topic, topics, NO_TOPIC),
        _grouped(facts, lambda fact: fact.officer, people, NO_OFFICER),
        Line("Cộng", "", figures.count(facts), facts),
        sorted(back, key=lambda line: (-line.row.times, sort_key(line.name))),
    )


def _grouped(facts: list[Fact], key_of: Callable[[Fact], int | None], names: dict[int, str], no: str) -> list[Line]:
    groups: dict[int | None, list[Fact]] = {}
    for fact in facts:
        key = key_of(fact)
        groups.setdefault(key if key in names else None, []).append(fact)
    lines = [Line(names.get(key, no), str(key or ""), figures.count(group), group) for key, group in groups.items()]
    return sorted(lines, key=lambda line: (-line.row.received, sort_key(line.name)))


def cells(line: Line) -> list[tuple[str, Column]]:
    """Return the figures of a line as text, each with its column; a column lists nothing where nothing was counted."""
    found = []
    for column in line.columns:
        value = getattr(line.row, column.name)
        text = as_written(value) if column.name == "median_workdays" else written(value)
        found.append((text, column if column.lists and value else None))
    return found


# --- The questions that a figure counts ----------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One question as the list names it: nothing that the asker wrote; `address` of its screen, "" for none."""

    number: str
    topic: str
    unit: str
    received_at: datetime
    state: str
    address: str


def entries(keys: Sequence[int], user) -> list[Entry]:
    """Return questions by their keys, the newest first, with the way to those that the user may read."""
    found = list(
        Question.objects.filter(pk__in=keys).select_related("topic", "unit", "owner_site__unit").order_by("-pk")
    )
    seen = set(inbox.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        Entry(
            question.number,
            question.topic.name if question.topic else NO_TOPIC,
            (question.unit or question.owner_site.unit).name,
            question.received_at,
            question.get_state_display(),
            reverse("faq_question", args=[question.pk]) if question.pk in seen else "",
        )
        for question in found
    ]


# --- As tables -----------------------------------------------------------------------------------------


def sheets(found: Tables, name: str) -> list[xlsx.Sheet]:
    """Return the tables as sheets, the sum of all in each last row."""
    above = [f"Kết quả trả lời câu hỏi năm {found.year}", name, "Tính theo năm tiếp nhận; số ngày là ngày làm việc."]
    return [
        _sheet("Theo lĩnh vực", BY_TOPIC, above, COLUMNS, 14, [*found.topics, found.total]),
        _sheet("Theo người", BY_OFFICER, above, COLUMNS, 14, [*found.officers, found.total]),
        _sheet("Trả lại nơi chuyển", BY_UNIT, above, BACK_COLUMNS, 18, found.given_back),
    ]


ITEM_COLUMNS = (
    ("Câu hỏi", 20, "number"),
    ("Lĩnh vực", 36, "topic"),
    ("Đơn vị", 44, "unit"),
    ("Tiếp nhận", 14, lambda entry: format_short(timezone.localdate(entry.received_at))),
    ("Tình trạng", 24, "state"),
)


def sheet_of_items(line: Line, column: Column, name: str, year: int, user) -> xlsx.Sheet:
    """Return the questions that one figure of a line counts as a sheet, the newest first."""
    above = [f"Câu hỏi: {column.label.lower()}, {line.name}", f"{name}, năm {year}"]
    return xlsx.sheet("Từng câu hỏi", above, ITEM_COLUMNS, entries(list(line.keys(column)), user))


def _sheet(
    title: str, way: Way, above: list[str], columns: Sequence[Column], width: int, lines: Sequence[Line]
) -> xlsx.Sheet:
    return xlsx.Sheet(
        title,
        above,
        [way.label, *(column.label for column in columns)],
        [44, *[width] * len(columns)],
        [[line.name, *(text for text, _column in cells(line))] for line in lines],
    )
