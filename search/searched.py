"""What readers looked for: counted by words and day without saying who, told by month, rare words never.

1. `countable`: the words as they are counted; a query that may be about a person is never kept.
2. `month`: what was looked for in a month, found nothing, or was left without opening a result.
3. `purge`: at the end of a month what fewer than FEWEST asked for goes, and after two years everything.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from base.public.usage.words import FOUND, NOTHING, OPENED
from base.tables import xlsx
from vietnam.analysis import clean
from vietnam.text import fold

from .models import SearchCount

FEWEST = 3
RETENTION_MONTHS = 24
LONGEST = 80
MOST_ROWS = 500
# Numbers of telephones, cards and accounts, and addresses of mail.
_PERSONAL_NUMBER = re.compile(r"(?:\d[\s.\-]?){9,}")
# A family name before a middle name: a person's name, as far as words tell.
_FAMILY_NAMES = frozenset(
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dinh truong lam mai dao doan".split()
)
_MIDDLE_NAMES = frozenset("van thi duc minh ngoc huu thanh kim quoc hoang xuan bao gia anh".split())


@dataclass(frozen=True)
class Searched:
    """Words of a month: how often they were asked, how often nothing was found, how often a result was opened."""

    words: str
    asked: int
    nothing: int
    opened: int

    @property
    def left(self) -> int:
        """How often something was found and nothing opened."""
        return max(0, self.asked - self.nothing - self.opened)


def countable(typed: str) -> str:
    """Return a query as it is counted, without marks; "" for one that may be about a person, or that is too long."""
    words = fold(clean(typed))
    if len(words) < 2 or len(words) > LONGEST or "@" in words or _PERSONAL_NUMBER.search(words):
        return ""
    parts = words.split()
    if any(one in _FAMILY_NAMES and two in _MIDDLE_NAMES for one, two in zip(parts, parts[1:], strict=False)):
        return ""
    return words


def month(first: date) -> list[Searched]:
    """Return what at least FEWEST asked for in the month of a day, the most frequent first."""
    rows = SearchCount.objects.filter(day__year=first.year, day__month=first.month).values("words")
    sums = rows.annotate(
        **{kind: Sum("count", filter=Q(kind=kind), default=0) for kind in (FOUND, NOTHING, OPENED)}
    ).order_by()
    found = [
        Searched(row["words"], row[FOUND] + row[NOTHING], row[NOTHING], row[OPENED])
        for row in sums
        if row[FOUND] + row[NOTHING] >= FEWEST
    ]
    return sorted(found, key=lambda row: (-row.asked, row.words))[:MOST_ROWS]


def months() -> list[date]:
    """Return the first days of the months of which there is something, the newest first; today's always."""
    days = SearchCount.objects.dates("day", "month", order="DESC")
    return sorted({*days, timezone.localdate().replace(day=1)}, reverse=True)


def purge(*, on: datetime) -> int:
    """Delete what was rare in the months that ended, and what is older than two years; return how many rows went."""
    today = timezone.localtime(on).date()
    this_month = today.replace(day=1)
    oldest = this_month.year * 12 + this_month.month - 1 - RETENTION_MONTHS
    gone = SearchCount.objects.filter(day__lt=date(oldest // 12, oldest % 12 + 1, 1)).delete()[0]
    last = this_month - timedelta(days=1)
    ended = SearchCount.objects.filter(day__year=last.year, day__month=last.month)
    sums = ended.exclude(kind=OPENED).values("words").annotate(asked=Sum("count")).order_by()
    often = {row["words"] for row in sums if row["asked"] >= FEWEST}
    rare = [pk for pk, words in ended.values_list("pk", "words") if words not in often]
    for start in range(0, len(rare), 500):
        gone += SearchCount.objects.filter(pk__in=rare[start : start + 500]).delete()[0]
    return gone


def as_xlsx(first: date) -> bytes:
    """Return the month as a spreadsheet."""
    lines = [
        f"Người đọc tìm gì trong tháng {first:%m/%Y}",
        f"Đếm những lần tìm mà trình duyệt báo được, không ghi ai tìm; bỏ từ có dưới {FEWEST} lượt.",
    ]
    columns = [
        ("Từ đã tìm (không dấu)", 40, "words"),
        ("Lượt tìm", 12, "asked"),
        ("Không có kết quả", 18, "nothing"),
        ("Có mở kết quả", 16, "opened"),
        ("Bỏ đi, không mở", 18, "left"),
    ]
    return xlsx.write([xlsx.sheet("Tìm kiếm", lines, columns, month(first))])
