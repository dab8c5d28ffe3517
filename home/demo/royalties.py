"""Royalties of the demo: scales marked as illustration, a month decided by the head, the present one still open."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count

from royalties import contributors, items, proposing, statements, tariffs
from royalties.models import Budget, Royalty, Scale

MARK = "dữ liệu minh họa"
SOURCE = "Biểu mức minh họa, không có giá trị chi"
# Kind, code, label, unit, coefficients (least, proposed, most), and the same in đồng.
LINES = (
    ("genre", "tin", "Tin, trả lời bạn đọc", "tin", ("0.5", "1", "2"), (70_000, 120_000, 300_000)),
    ("genre", "anh", "Ảnh", "ảnh", ("0.5", "0.5", "1"), (60_000, 60_000, 150_000)),
    ("genre", "chinh-luan", "Chính luận, tuyên truyền pháp luật", "bài", ("2", "3", "5"), (300_000, 450_000, 800_000)),
    ("genre", "phong-su", "Phóng sự, ký, bài phỏng vấn", "bài", ("2", "3", "5"), (300_000, 450_000, 800_000)),
    ("portion", "dich", "Bản dịch", "", ("40", "50", "65"), ("40", "50", "65")),
    ("extra", "kho-khan", "Điều kiện khó khăn, nguy hiểm", "", ("0", "0", "100"), ("0", "0", "100")),
    ("tariff", "trang", "Nhập, số hóa một trang", "trang", (9_500, 12_000, 14_000), (9_500, 12_000, 14_000)),
)
NO_COEFFICIENTS_FROM = date(2026, 9, 1)


def pay_a_month(run) -> None:
    """Propose what was published lately and decide the last month that has items; `run` is the build."""
    if Scale.objects.exists():
        return
    office, head = run.people["thuong-truc"], run.people["truong-ban"]
    _tariffs(office, head, run.today)
    while proposing.propose_due(on=run.now):
        pass
    month = _month_before(run.today)
    if month is None:
        return
    _share_one(run, month, office)
    unclaimed = {item.pk for item in statements.proposed_items(month) if not item.shares.all()}
    statement = statements.submit(month, by=office, left_out=unclaimed, remark=f"Bảng kê {MARK}.", on=run.now)
    statements.decide(statement, by=head, on=run.now)


def _tariffs(office, head, today: date) -> None:
    wanted = [("coefficient", date(2020, 1, 1), 4)]
    if today >= NO_COEFFICIENTS_FROM:
        wanted.append(("amount", NO_COEFFICIENTS_FROM, 5))
    for way, first, place in wanted:
        lines = [_line(row, place) for row in LINES]
        made = tariffs.propose_scale(
            by=office,
            lines=lines,
            name=f"Biểu mức từ {first:%d/%m/%Y} ({MARK})",
            way=way,
            valid_from=first,
            legal_source=SOURCE,
            is_illustration=True,
        )
        tariffs.decide(made, by=head, accepted=True)
    budget = tariffs.propose(
        Budget,
        by=office,
        line=f"Chi nhuận bút, thù lao năm {today.year} ({MARK})",
        amount=60_000_000,
        valid_from=date(today.year, 1, 1),
        valid_to=date(today.year, 12, 31),
        legal_source=SOURCE,
    )
    tariffs.decide(budget, by=head, accepted=True)


def _line(row, place: int) -> dict:
    kind, code, label, unit, *_numbers = row
    least, usual, most = map(Decimal, row[place])
    return {"kind": kind, "code": code, "label": label, "unit": unit, "least": least, "usual": usual, "most": most}


def _month_before(today: date) -> date | None:
    """The newest month before this one with items to pay, else this one; None without any."""
    found = Royalty.objects.filter(state=Royalty.State.PROPOSED).values("month").annotate(count=Count("pk"))
    months = sorted(row["month"] for row in found)
    last = today.replace(day=1) - timedelta(days=1)
    return next((month for month in reversed(months) if month <= last), months[-1] if months else None)


def _share_one(run, month: date, office) -> None:
    """Divide one text of the month between two co-authors, with the reason."""
    texts = statements.proposed_items(month).filter(kind=Royalty.Kind.TEXT, line__isnull=False)
    own = statements.own_among(office, texts)
    item = next((item for item in texts if item not in own), None)
    if item is None:
        return
    people = [contributors.of_user(run.people[name]) for name in ("cong-tac-vien.long-xuyen", "bien-tap")]
    is_coefficient = proposing.by_coefficient(item.line.scale, item.line)
    items.change(
        item,
        by=office,
        line=item.line,
        value=item.rate if is_coefficient else Decimal(item.unit_value),
        shares=[(people[0], Decimal(60)), (people[1], Decimal(40))],
        reason=f"Hai người viết chung, thỏa thuận 60 – 40 ({MARK}).",
    )
