"""An item as the standing office corrects it: genre, rate, extras, shares, exclusion; each with a reason that stays.

The amount is computed anew here and nowhere else; an item that a statement names cannot be changed.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.models import PortalSite

from . import amounts, proposing, rights, tariffs
from .amounts import HUNDRED
from .fields import shown
from .models import Adjustment, Contributor, Royalty, Scale, ScaleLine

CHANGING = "sửa khoản nhuận bút, thù lao"
# Pages or fields of one item; more is a slip, and would not find room as an amount.
MOST_QUANTITY = 1_000_000
Shares = Sequence[tuple[Contributor, Decimal]]


@transaction.atomic
def change(
    item: Royalty,
    *,
    by,
    line: ScaleLine,
    value: Decimal,
    quantity: Decimal = Decimal(1),
    portion: Decimal = HUNDRED,
    extra: Decimal = Decimal(0),
    shares: Shares,
    reason: str,
    on: datetime | None = None,
) -> Royalty:
    """Correct an item; return it.

    `value`: the coefficient, or the đồng of one; `quantity` of pages or fields where the scale is of đồng. `portion`
    and `extra` in per cent. Raises Refused without the right, for what is the user's own before or after, and for
    an item in a statement; ValidationError (field → messages).
    """
    item = _changeable(item, by, [person for person, _part in shares])
    errors = problems(item.made_on, line=line, value=value, quantity=quantity, portion=portion, extra=extra)
    errors |= problems_of_shares(shares)
    if not reason.strip():
        errors["reason"] = "Hãy ghi lý do điều chỉnh; lý do được giữ cùng khoản này."
    if errors:
        raise ValidationError(errors)
    before = item.amount
    _write(item, line, value, quantity, portion, extra)
    _changed(item, by, reason, on)
    proposing.write_shares(item, list(shares))
    return _noted(item, before, by, reason, item.changed_at)


@transaction.atomic
def add(
    *,
    by,
    site: PortalSite,
    title: str,
    made_on: date,
    line: ScaleLine,
    value: Decimal,
    quantity: Decimal = Decimal(1),
    portion: Decimal = HUNDRED,
    extra: Decimal = Decimal(0),
    shares: Shares,
    reason: str,
    section: str = "",
    on: datetime | None = None,
) -> Royalty:
    """Add an item for what no publication shows: information typed, converted or digitised, a collected text.

    Raises as `change` does.
    """
    rights.demand(rights.may_propose(by), CHANGING)
    rights.demand_of_others(by, [person for person, _part in shares])
    moment = on or timezone.now()
    errors = problems(made_on, line=line, value=value, quantity=quantity, portion=portion, extra=extra)
    errors |= problems_of_shares(shares)
    if made_on > timezone.localtime(moment).date():
        errors["made_on"] = "Ngày hoàn thành không được ở sau hôm nay."
    for name, text in (("title", title), ("reason", reason)):
        if not text.strip():
            errors[name] = "Hãy ghi ô này."
    if errors:
        raise ValidationError(errors)
    kind = Royalty.Kind.WORK if line.kind == ScaleLine.Kind.TARIFF else Royalty.Kind.TEXT
    item = Royalty(
        kind=kind, site=site, title=title.strip()[:300], section=section[:200], made_on=made_on, proposed_at=moment
    )
    _write(item, line, value, quantity, portion, extra)
    _changed(item, by, reason, moment)
    proposing.write_shares(item, list(shares))
    return _noted(item, 0, by, reason, moment)


def exclude(item: Royalty, *, by, reason: str, on: datetime | None = None) -> Royalty:
    """Pay nothing for an item, with the reason; return it. Raises as `change` does."""
    return _put(item, Royalty.State.EXCLUDED, by, reason, on, "Hãy ghi lý do không chi.")


def include(item: Royalty, *, by, reason: str, on: datetime | None = None) -> Royalty:
    """Put an excluded item back among those that are proposed, with the reason; return it. Raises as `change` does."""
    return _put(item, Royalty.State.PROPOSED, by, reason, on, "Hãy ghi lý do đưa lại.")


@transaction.atomic
def _put(item: Royalty, state: str, by, reason: str, on: datetime | None, without_reason: str) -> Royalty:
    item = _changeable(item, by)
    if not reason.strip():
        raise ValidationError({"reason": without_reason})
    item.state = state
    _changed(item, by, reason, on)
    return _noted(item, item.amount, by, reason, item.changed_at)


def why_not_change(item: Royalty, by, people: Iterable[Contributor] = ()) -> str:
    """Return why a user may not correct, exclude or put back an item, which `people` are to share; "" when they may."""
    if not rights.may_propose(by):
        return rights.NOT_GIVEN.format(what=CHANGING)
    if not item.is_open:
        return "Khoản này đã nằm trong bảng kê nên không sửa được; hãy trả lại bảng kê trước."
    return rights.OWN_ITEM if rights.is_own_item(by, item, people) else ""


# --- What makes no sense ---------------------------------------------------------------------------


def problems(
    made_on: date, *, line: ScaleLine, value: Decimal, quantity: Decimal, portion: Decimal, extra: Decimal
) -> dict[str, str]:
    """Return what is wrong with the numbers of an item of a day (field → message), by the scale of that day."""
    scale = tariffs.scale_on(made_on)
    if scale is None:
        return {"made_on": "Không có biểu mức nào áp dụng cho ngày này."}
    if line.scale_id != scale.pk or line.kind not in (ScaleLine.Kind.GENRE, ScaleLine.Kind.TARIFF):
        return {"line": f"Hãy chọn một thể loại của biểu mức «{scale}», áp dụng cho ngày của khoản này."}
    found = {}
    if not line.least <= value <= line.most:
        found["value"] = f"«{line}» từ {shown(line.least)} đến {shown(line.most)}; hãy ghi trong khoảng này."
    elif not proposing.by_coefficient(scale, line) and value != value.to_integral_value():
        found["value"] = "Mức tiền là số đồng chẵn."
    if quantity <= 0:
        found["quantity"] = "Số lượng phải lớn hơn 0."
    elif quantity > MOST_QUANTITY:
        found["quantity"] = f"Số lượng nhiều nhất {shown(MOST_QUANTITY)} một khoản; hãy sửa hoặc chia ra."
    if portion != HUNDRED and not any(one.least <= portion <= one.most for one in _portions(scale)):
        found["portion"] = "Tỷ lệ này không có trong biểu mức; để 100 nếu không phải bản dịch, bản đăng lại."
    if not 0 <= extra <= tariffs.most_extra(scale):
        found["extra"] = f"Cộng thêm từ 0 đến {shown(tariffs.most_extra(scale))} % theo biểu mức."
    return found


def problems_of_shares(shares: Shares) -> dict[str, str]:
    """Return what is wrong with the shares: each person once, parts above nothing that add up to 100."""
    people = [person.pk for person, _part in shares]
    if not shares:
        return {"shares": "Chưa có người hưởng; hãy chọn ít nhất một người."}
    if len(set(people)) < len(people):
        return {"shares": "Một người được ghi hai lần; hãy gộp thành một dòng."}
    if any(part <= 0 for _person, part in shares):
        return {"shares": "Phần của mỗi người phải lớn hơn 0."}
    total = sum(part for _person, part in shares)
    if total != HUNDRED:
        return {"shares": f"Các phần cộng lại được {shown(total)} %; phải đúng 100 %."}
    return {}


def _portions(scale: Scale) -> list[ScaleLine]:
    return [line for line in scale.lines.all() if line.kind == ScaleLine.Kind.PORTION]


# --- Writing ---------------------------------------------------------------------------------------


def _changeable(item: Royalty, by, people: Iterable[Contributor] = ()) -> Royalty:
    """Lock an item and refuse to whom it is not given to change it, and what a statement names.

    `people`: who is to share it.
    """
    item = Royalty.objects.select_for_update().get(pk=item.pk)
    if reason := why_not_change(item, by, people):
        raise Refused(reason)
    return item


def _write(item: Royalty, line: ScaleLine, value: Decimal, quantity: Decimal, portion: Decimal, extra: Decimal) -> None:
    proposing.fill(item, line.scale, line)
    if proposing.by_coefficient(line.scale, line):
        item.rate = value
    else:
        item.rate, item.unit_value = quantity, amounts.whole(value)
    item.portion, item.extra = portion, extra
    proposing.compute(item)


def _changed(item: Royalty, by, reason: str, on: datetime | None) -> None:
    item.changed_by, item.changed_at, item.reason = by, on or timezone.now(), reason.strip()[:300]
    item.save()


def _noted(item: Royalty, before: int, by, reason: str, moment: datetime) -> Royalty:
    """Keep amounts and reason with the item; the log, which others read, says only that it was changed."""
    Adjustment.objects.create(
        royalty=item, before=before, after=item.amount, reason=reason.strip()[:300], made_by=by, made_at=moment
    )
    log(instance=item, action="portal.royalty.item", user=by, data={"royalty_state": item.state})
    return item
