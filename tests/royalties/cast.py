"""What stories of royalties begin with: tariffs of three times, publications of a day, a second account."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import time_machine

from royalties import proposing, seeding, tariffs
from royalties.models import Budget, Scale
from tests import factories
from tests.city import CityTestCase, fresh, person, publish_at_once

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
IN_2020, IN_JULY, IN_SEPTEMBER = date(2020, 6, 20), date(2026, 7, 15), date(2026, 9, 15)
LINES = (
    {"kind": "genre", "code": "tin", "label": "Tin", "least": "0.5", "usual": "1", "most": "2"},
    {"kind": "genre", "code": "anh", "label": "Ảnh", "least": "0.5", "usual": "0.5", "most": "3"},
    {"kind": "genre", "code": "chinh-luan", "label": "Chính luận", "least": "2", "usual": "3", "most": "10"},
    {"kind": "portion", "code": "dich", "label": "Bản dịch", "least": "40", "usual": "50", "most": "65"},
    {"kind": "extra", "code": "kho", "label": "Điều kiện khó khăn", "least": "0", "usual": "0", "most": "100"},
)
WORK = {"kind": "tariff", "code": "trang", "label": "Nhập một trang", "unit": "trang"}
# Of thousand đồng, once there are no coefficients.
AMOUNTS = {"tin": ("100000", "200000", "400000"), "anh": ("50000", "100000", "300000")}


def at(day: date, hour: int = 9) -> datetime:
    """A moment of a day, local time."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM)


def numbers(line: dict) -> dict:
    """The line with its numbers as decimals."""
    return line | {name: Decimal(line[name]) for name in ("least", "usual", "most")}


def scale_lines() -> list[dict]:
    """The lines of the scale of coefficients, and a tariff for pages typed."""
    return [*map(numbers, LINES), numbers(WORK | {"least": "9500", "usual": "12000", "most": "14000"})]


def amount_lines() -> list[dict]:
    """The lines of the scale in đồng."""
    found = []
    for line in LINES[:2]:
        least, usual, most = AMOUNTS[line["code"]]
        found.append(numbers(line | {"least": least, "usual": usual, "most": most}))
    return [*found, *map(numbers, LINES[3:])]


class RoyaltyCase(CityTestCase):
    """The tariffs of law, a scale of coefficients until 31/08/2026, one of đồng from then on."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.load_law()
        cls.office, cls.head = cls.cast.standing_office, cls.cast.head
        with time_machine.travel(at(date(2020, 6, 16)), tick=False):
            cls.scale = cls.decided_scale("coefficient", date(2020, 6, 15), scale_lines(), "Nghị định 18/2014/NĐ-CP")
            cls.late_scale = cls.decided_scale("amount", date(2026, 9, 1), amount_lines(), "Nghị định 287/2026/NĐ-CP")

    @classmethod
    def decided_scale(cls, way, first, lines, source) -> Scale:
        made = tariffs.propose_scale(
            by=cls.office, lines=lines, name=f"Biểu {way}", way=way, valid_from=first, legal_source=source
        )
        return tariffs.decide(made, by=cls.head, accepted=True)

    @classmethod
    def decided_budget(cls, amount: int, first: date = date(2020, 1, 1)) -> Budget:
        made = tariffs.propose(
            Budget, by=cls.office, line="Chi nhuận bút", amount=amount, valid_from=first, legal_source="QĐ 1"
        )
        return tariffs.decide(made, by=cls.head, accepted=True)

    @classmethod
    def published(cls, day: date, *, by=None, site=None, author=None, make=factories.article, **fields):
        """A page that became public at nine on a day; its author is who wrote it unless another is named."""
        by = by or cls.cast.contributor
        with time_machine.travel(at(day), tick=False):
            page = make(cls.city.section(site or cls.city.my_long), by=by, **fields)
            page.author_name = by.get_full_name() if author is None else author
            page.save_revision(user=by)
            return publish_at_once(page)

    @classmethod
    def item_of(cls, day: date, **more):
        """The item that is proposed for a page of a day."""
        page = cls.published(day, **more)
        return proposing.propose(page, on=at(day, 10))

    def travel(self, day: date, hour: int = 9):
        """Stand at a moment until the test ends."""
        traveller = time_machine.travel(at(day, hour), tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    @staticmethod
    def again(row):
        """A row, or a user, as it is stored now."""
        return fresh(row) if hasattr(row, "username") else type(row).objects.get(pk=row.pk)

    def second_office(self):
        """Another person of the standing office."""
        return person("thuong-truc.2", "Cán bộ mẫu 61", "standing_office", self.city.site)
