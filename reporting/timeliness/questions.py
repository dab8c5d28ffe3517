"""Questions by field and by officer (Quy chế Điều 10.1.d, 22), by the figures of `faq/public/figures.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from base.figures import written
from base.models import OrganisationUnit, PortalSite
from base.tables import xlsx
from faq.models import QuestionTopic
from faq.public import figures
from faq.public.figures import Fact, Figures, GivenBack
from faq.public.statistics import as_written
from vietnam.text import sort_key

NO_TOPIC, NO_OFFICER = "Chưa phân loại", "Chưa có người nhận"


@dataclass(frozen=True)
class Tables:
    """The figures of a year by field and by officer, most questions first, and of all.

    `given_back`: how often each unit gave one back as not its own, most first.
    """

    year: int
    topics: list[tuple[str, Figures]]
    officers: list[tuple[str, Figures]]
    total: Figures
    given_back: list[tuple[str, GivenBack]]


def of_year(site: PortalSite, year: int) -> Tables:
    """Return the figures of the questions that a site handles, of all sites for the city."""
    facts = figures.facts_of(site, year)
    topics = dict(QuestionTopic.objects.values_list("pk", "name"))
    back = figures.given_back(site, year)
    units = dict(OrganisationUnit.objects.filter(pk__in=back).values_list("pk", "name"))
    people = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in={fact.officer for fact in facts})}
    return Tables(
        year,
        _grouped(facts, lambda fact: topics.get(fact.topic, NO_TOPIC)),
        _grouped(facts, lambda fact: people.get(fact.officer, NO_OFFICER)),
        figures.count(facts),
        sorted(((units[key], found) for key, found in back.items()), key=lambda row: (-row[1].times, sort_key(row[0]))),
    )


def _grouped(facts: list[Fact], name_of: Callable[[Fact], str]) -> list[tuple[str, Figures]]:
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(name_of(fact), []).append(fact)
    rows = [(name, figures.count(group)) for name, group in groups.items()]
    return sorted(rows, key=lambda row: (-row[1].received, sort_key(row[0])))


COLUMNS = (
    ("Tiếp nhận", "received"),
    ("Đã trả lời", "answered"),
    ("Không thuộc phạm vi", "out_of_scope"),
    ("Đang xử lý", "waiting"),
    ("Quá hạn", "overdue"),
    ("Đúng hạn", "on_time"),
    ("Tỷ lệ đúng hạn (%)", "share_on_time"),
    ("Số ngày trung vị", "median_workdays"),
    ("Tỷ lệ hài lòng (%)", "share_satisfied"),
)


BACK_COLUMNS = (
    ("Câu hỏi được giao", "given"),
    ("Câu hỏi trả lại", "questions"),
    ("Số lần trả lại", "times"),
    ("Tỷ lệ trả lại (%)", "share"),
)


def back_cells(row: GivenBack) -> list[str]:
    """Return how often a unit gave questions back as text, in the order of `BACK_COLUMNS`."""
    return [written(getattr(row, name)) for _header, name in BACK_COLUMNS]


def cells(row: Figures) -> list[str]:
    """Return the figures of a row as text, in the order of `COLUMNS`."""
    return [
        as_written(getattr(row, name)) if name == "median_workdays" else written(getattr(row, name))
        for _header, name in COLUMNS
    ]


def sheets(found: Tables, name: str) -> list[xlsx.Sheet]:
    """Return the tables as sheets, the sum of all in each last row."""
    above = [f"Kết quả trả lời câu hỏi năm {found.year}", name, "Tính theo năm tiếp nhận; số ngày là ngày làm việc."]
    headers = [header for header, _name in COLUMNS]
    back_headers = [header for header, _name in BACK_COLUMNS]
    back = xlsx.Sheet(
        "Trả lại nơi chuyển",
        above,
        ["Đơn vị", *back_headers],
        [44, *[18] * len(back_headers)],
        [[unit, *back_cells(row)] for unit, row in found.given_back],
    )
    return [
        *_by_group(found, above, headers),
        back,
    ]


def _by_group(found: Tables, above: list[str], headers: list[str]) -> list[xlsx.Sheet]:
    return [
        xlsx.Sheet(
            title,
            above,
            [first, *headers],
            [44, *[14] * len(headers)],
            [[label, *cells(row)] for label, row in [*rows, ("Cộng", found.total)]],
        )
        for title, first, rows in (
            ("Theo lĩnh vực", "Lĩnh vực", found.topics),
            ("Theo người", "Người xử lý", found.officers),
        )
    ]
