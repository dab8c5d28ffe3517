"""Scales, base salary, tax and budget: proposed by one person, decided by the head; never changed, a new row ends one.

An item is made by what holds on its day (`scale_on`, `unit_on`); a later row changes nothing that was made before.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import DECIDE_ROYALTIES
from base.gate import Refused
from base.operations.notices import notify
from vietnam.amounts import in_figures
from vietnam.dates import format_short

from . import amounts, law, rights
from .amounts import HUNDRED
from .models import BaseSalary, Budget, Scale, ScaleLine, Statement, Tariff, TaxRule

PROPOSING = "đề xuất mức chi nhuận bút"
DECIDING = "quyết định mức chi nhuận bút"
# What one page, field or text is worth at most, in đồng.
MOST_MONEY = 2_000_000_000
# What a proposal leaves open.
UNDECIDED = ("proposed_by", "decided_by", "decided_at", "accepted")


# --- What holds on a day ---------------------------------------------------------------------------


def scale_on(day: date) -> Scale | None:
    """Return the scale that holds on a day."""
    return Scale.objects.valid_on(day).first()


def salary_on(day: date) -> BaseSalary | None:
    """Return the base salary of a day."""
    return BaseSalary.objects.valid_on(day).first()


def tax_on(day: date) -> TaxRule | None:
    """Return what is withheld from a payment on a day; None: nothing."""
    return TaxRule.objects.valid_on(day).first()


def budget_on(day: date) -> Budget | None:
    """Return the budget from which the month of a day is paid."""
    return Budget.objects.valid_on(day).first()


def unit_on(scale: Scale, day: date) -> int:
    """Return the value of one unit of the coefficient on a day, in đồng; 0 where no base salary is known."""
    salary = salary_on(day)
    return amounts.unit_value(salary.amount, scale.unit_percent) if salary else 0


def spent(budget: Budget, *, but: Statement | None = None) -> int:
    """Return what the statements that wait, are decided or paid take from a budget, in đồng."""
    found = Statement.objects.exclude(state=Statement.State.RETURNED).filter(month__gte=budget.valid_from)
    if budget.valid_to:
        found = found.filter(month__lte=budget.valid_to)
    if but is not None:
        found = found.exclude(pk=but.pk)
    return found.aggregate(sum=Sum("total"))["sum"] or 0


def excess(budget: Budget | None, total: int, *, but: Statement | None = None) -> int:
    """Return by how many đồng a further total goes beyond a budget; 0 without one."""
    return max(0, spent(budget, but=but) + total - budget.amount) if budget else 0


# --- Proposing -------------------------------------------------------------------------------------


@transaction.atomic
def propose(model: type[Tariff], *, by, on: datetime | None = None, **fields) -> Tariff:
    """Propose a base salary, tax rule or budget; return it.

    Raises Refused without the right, ValidationError (field → messages).
    """
    rights.demand(rights.may_propose(by), PROPOSING)
    row = model(proposed_by=by, proposed_at=on or timezone.now(), **fields)
    row.full_clean(exclude=UNDECIDED)
    _demand_order(row)
    row.save()
    return _proposed(row, by)


@transaction.atomic
def propose_scale(*, by, lines: Sequence[dict], on: datetime | None = None, **fields) -> Scale:
    """Propose a scale with its lines (fields of `ScaleLine`); return it.

    Raises Refused without the right, ValidationError (field → messages) for what makes no sense or is above the law.
    """
    rights.demand(rights.may_propose(by), PROPOSING)
    scale = Scale(proposed_by=by, proposed_at=on or timezone.now(), **fields)
    scale.full_clean(exclude=UNDECIDED)
    _demand_order(scale)
    if scale.unit_percent > HUNDRED:
        raise ValidationError({"unit_percent": "Giá trị đơn vị không quá 100 % lương cơ sở."})
    if not lines:
        raise ValidationError({"lines": "Biểu mức chưa có dòng nào; hãy ghi ít nhất một thể loại."})
    made = [ScaleLine(scale=scale, sort_order=place, **line) for place, line in enumerate(lines)]
    _demand_in_order(made)
    _demand_lawful(scale, made)
    scale.save()
    for line in made:
        line.scale = scale
        line.save()
    return _proposed(scale, by)


def _demand_order(row: Tariff) -> None:
    if row.valid_to and row.valid_to < row.valid_from:
        raise ValidationError({"valid_to": "Ngày cuối phải từ ngày đầu trở đi."})


def _demand_in_order(lines: list[ScaleLine]) -> None:
    """Refuse lines whose fields are not what they may be, and a code that two of them have."""
    errors, seen = [], set()
    for place, line in enumerate(lines, 1):
        if line.code in seen:
            errors.append(f"Dòng {place}: mã «{line.code}» đã có ở dòng trên; hãy ghi mã khác.")
        seen.add(line.code)
        if line.most > MOST_MONEY:
            errors.append(f"Dòng {place}: cao nhất không quá {in_figures(MOST_MONEY)} đồng.")
        try:
            line.clean_fields(exclude=["scale"])
        except ValidationError as error:
            errors += [f"Dòng {place}: {message}" for message in error.messages]
    if errors:
        raise ValidationError({"lines": errors})


def _demand_lawful(scale: Scale, lines: list[ScaleLine]) -> None:
    """Compare a scale with the law of its first day; a scale of coefficients ends with the law that knows them."""
    regime = law.regime_on(scale.valid_from)
    if regime is None:
        raise ValidationError({"valid_from": "Chưa có quy định về nhuận bút cho ngày này."})
    if scale.way == Scale.Way.COEFFICIENT:
        if not regime.knows_coefficients:
            raise ValidationError(
                {"way": f"{regime.source} không còn khung hệ số; hãy ghi mức tiền cho từng thể loại."}
            )
        if regime.last and (scale.valid_to is None or scale.valid_to > regime.last):
            scale.valid_to = regime.last
    unit = unit_on(scale, scale.valid_from)
    for line in lines:
        ceiling = regime.ceilings.get(line.code) if line.kind == ScaleLine.Kind.GENRE else None
        if ceiling is None:
            continue
        most = ceiling if scale.way == Scale.Way.COEFFICIENT else ceiling * unit
        if line.most > most:
            shown = in_figures(int(most)) if scale.way == Scale.Way.AMOUNT else str(most)
            raise ValidationError({"lines": f"«{line.label}»: cao nhất {shown} ({regime.source})."})


def _proposed(row: Tariff, by) -> Tariff:
    log(instance=row, action="portal.royalty.tariff_proposed", user=by, data={"from": row.valid_from.isoformat()})
    notify(rights.people_with(DECIDE_ROYALTIES), "royalty_tariff_waits", {"tariff": row, "name": _name(row)})
    return row


def _name(row: Tariff) -> str:
    return f"{row._meta.verbose_name}: {row}"


# --- Deciding --------------------------------------------------------------------------------------


@transaction.atomic
def decide(row: Tariff, *, by, accepted: bool, note: str = "", on: datetime | None = None) -> Tariff:
    """Decide a tariff that another has proposed; return it. The row that held until then ends the day before.

    Raises Refused without the right, for one's own proposal and what is decided already; ValidationError for a refusal
    without a reason.
    """
    row = type(row).objects.select_for_update().get(pk=row.pk)
    if reason := why_not_decide(row, by):
        raise Refused(reason)
    if not accepted and not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do không đồng ý để người đề xuất biết cần sửa gì."})
    if accepted:
        _end_earlier(row)
    row.accepted, row.note = accepted, note.strip()
    row.decided_by, row.decided_at = by, on or timezone.now()
    row.save()
    log(instance=row, action="portal.royalty.tariff_decided", user=by, data={"accepted": accepted})
    if row.proposed_by is not None:
        notify(row.proposed_by, "royalty_tariff_decided", {"tariff": row, "name": _name(row)})
    return row


def why_not_decide(row: Tariff, by) -> str:
    """Return why a user may not decide a tariff; "" when they may."""
    if not rights.may_decide(by):
        return rights.NOT_GIVEN.format(what=DECIDING)
    if not row.is_open:
        return "Mức chi này đã được quyết định."
    return "Bạn đã đề xuất mức chi này nên người khác phải quyết định." if row.proposed_by_id == by.pk else ""


def _end_earlier(row: Tariff) -> None:
    """End what held on the first day of a new row, and refuse one that lies before rows decided for later."""
    others = type(row).objects.decided().exclude(pk=row.pk)
    later = others.filter(valid_from__gte=row.valid_from).order_by("valid_from").first()
    if later is not None:
        if later.valid_from == row.valid_from:
            raise ValidationError(f"Đã có mức áp dụng từ ngày {format_short(row.valid_from)}.")
        last = later.valid_from - timedelta(days=1)
        row.valid_to = min(row.valid_to or last, last)
    for earlier in others.valid_on(row.valid_from):
        earlier.valid_to = row.valid_from - timedelta(days=1)
        earlier.save(update_fields=["valid_to"])


def line_of(scale: Scale, code: str) -> ScaleLine | None:
    """Return the line of a scale with a code."""
    return next((line for line in scale.lines.all() if line.code == code), None)


def most_extra(scale: Scale) -> Decimal:
    """Return the most per cent that all extras of a scale together add."""
    return sum((line.most for line in scale.lines.all() if line.kind == ScaleLine.Kind.EXTRA), Decimal(0))
