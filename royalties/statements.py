"""The statement of a month: submitted by the standing office, decided by the head, frozen, paid.

1. `submit` takes the proposed items of a month; what is the submitter's own stays for another to submit. The lines are
   written as text and đồng, income tax withheld a person and payment. 2. `decide` freezes it: its lines and the papers
   go sealed into the archive (Quy chế Điều 17.3); or `send_back` with a reason gives the items free. 3. `note_payment`,
   by the accountant. Of these three no two are one person's, and none is done by who gets something from it.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import DECIDE_ROYALTIES, PAY_ROYALTIES
from base.chain.canonical_json import digest
from base.gate import Refused
from base.operations.notices import notify
from vietnam.amounts import in_figures
from workflows.archive import copies
from workflows.models import ArchiveCopy

from . import amounts, proposing, rights, sheets, tariffs
from .models import Royalty, Statement, StatementLine

State = Statement.State
# What the seal covers of a line: everything but the encrypted name.
SEALED = (
    "contributor_id royalty_id is_work byline organisation title section made_on genre rate unit_value portion extra "
    "part amount tax net"
).split()
GROUND = "Quyết định mức chi nhuận bút, thù lao (Quy chế, Điều 17.3)"


def proposed_items(month: date):
    """Return the items of a month that no statement names yet, with what lists show of them."""
    found = Royalty.objects.filter(month=month.replace(day=1), state=Royalty.State.PROPOSED, statement=None)
    return found.select_related("site", "line").prefetch_related("shares__contributor__user", "writers")


def own_among(user, items) -> list[Royalty]:
    """Return the items of which a user gets a share, or may get one (`rights.is_own_item`)."""
    return [item for item in items if rights.is_own_item(user, item)]


# --- Submitting ------------------------------------------------------------------------------------


@transaction.atomic
def submit(
    month: date, *, by, left_out: Collection[int] = (), remark: str = "", on: datetime | None = None
) -> Statement:
    """Submit the items of a month to the head; return the statement.

    `left_out`: keys of items that stay for a later statement; the submitter's own stay by themselves. Raises Refused
    without the right or with nothing to submit, ValidationError for items without anyone who shares them.
    """
    rights.demand(rights.may_propose(by), "lập bảng kê nhuận bút")
    moment, month = on or timezone.now(), month.replace(day=1)
    proposing.exclude_taken_down()
    list(Royalty.objects.select_for_update().filter(month=month, statement=None).values_list("pk"))
    items = [item for item in proposed_items(month) if item.pk not in left_out]
    own = {item.pk for item in own_among(by, items)}
    items = [item for item in items if item.pk not in own]
    if not items:
        raise Refused("Không có khoản nào để trình: khoản của chính bạn do người khác trình.")
    without = [item.title for item in items if not item.shares.all()]
    if without:
        named = ", ".join(f"«{title}»" for title in without[:5])
        raise ValidationError(f"Chưa có người hưởng: {named}. Hãy ghi người hưởng, hoặc để lại kỳ sau.")
    total, budget = sum(item.amount for item in items), tariffs.budget_on(month)
    statement = Statement.objects.create(
        number=_next_number(month),
        month=month,
        budget_line=budget.line if budget else "",
        total=total,
        over_budget=tariffs.excess(budget, total),
        legal_sources="\n".join(dict.fromkeys(item.legal_source for item in items)),
        submitted_by=by,
        submitted_at=moment,
        remark=remark.strip(),
    )
    _write_lines(statement, items, moment)
    for item in items:
        item.statement, item.state = statement, Royalty.State.LISTED
        item.save(update_fields=["statement", "state"])
    log(instance=statement, action="portal.royalty.submitted", user=by, data={"items": len(items)})
    notify(rights.people_with(DECIDE_ROYALTIES), "royalty_statement_waits", _context(statement))
    return statement


def _next_number(month: date) -> str:
    """The number of the next statement of a month: "07/2026", then "07/2026-2"."""
    count = Statement.objects.filter(month=month).count()
    return f"{month:%m/%Y}" + (f"-{count + 1}" if count else "")


def _write_lines(statement: Statement, items: list[Royalty], moment: datetime) -> None:
    lines = [
        StatementLine(
            statement=statement,
            contributor=share.contributor,
            royalty_id=item.pk,
            is_work=item.is_work,
            byline=share.contributor.byline,
            full_name=share.contributor.name_to_pay,
            organisation=share.contributor.post,
            part=share.part,
            amount=share.amount,
            **{
                name: getattr(item, name)
                for name in ("title", "section", "made_on", "genre", "rate", "unit_value", "portion", "extra")
            },
        )
        for item in items
        for share in item.shares.all()
    ]
    _withhold(lines, timezone.localtime(moment).date())
    for line in lines:
        line.save()
    statement.tax = sum(line.tax for line in lines)
    statement.net = sum(line.net for line in lines)
    statement.digest = digest(content_of(statement))
    statement.save(update_fields=["tax", "net", "digest"])


def _withhold(lines: list[StatementLine], day: date) -> None:
    """Withhold income tax from what each person gets by this payment, divided among their lines."""
    rule, by_person = tariffs.tax_on(day), defaultdict(list)
    for line in lines:
        by_person[line.contributor_id].append(line)
    for own in by_person.values():
        paid = sum(line.amount for line in own)
        owed = 0
        if rule is not None and not own[0].contributor.has_contract:
            owed = amounts.withheld(paid, rule.percent, rule.threshold)
        taxes = amounts.divided(owed, [line.amount for line in own]) if owed else [0] * len(own)
        for line, tax in zip(own, taxes, strict=True):
            line.tax, line.net = tax, line.amount - tax


def content_of(statement: Statement) -> dict:
    """Return what the seal of a statement covers, as JSON holds it; no personal data but the public names."""
    lines = statement.lines.order_by("pk").values(*SEALED)
    return {
        "number": statement.number,
        "month": statement.month.isoformat(),
        "budget_line": statement.budget_line,
        "legal_sources": statement.legal_sources,
        "total": statement.total,
        "tax": statement.tax,
        "net": statement.net,
        "lines": [{name: _plain(value) for name, value in line.items()} for line in lines],
    }


def _plain(value):
    return value if isinstance(value, int | str | bool) else str(value)


# --- Deciding --------------------------------------------------------------------------------------


@transaction.atomic
def decide(statement: Statement, *, by, note: str = "", on: datetime | None = None) -> Statement:
    """Decide what is paid: from then on the statement is frozen, and the archive keeps it sealed; return it.

    Raises Refused without the right, for one's own statement or one with something of one's own, and for lines that
    are not those that were submitted; ValidationError where it goes beyond the budget and no note says why.
    """
    statement = _waiting(statement, by)
    if statement.over_budget and not note.strip():
        beyond = in_figures(statement.over_budget)
        raise ValidationError({"note": f"Bảng kê vượt kinh phí {beyond} đồng; hãy ghi lý do vẫn quyết định chi."})
    content, moment = content_of(statement), on or timezone.now()
    if digest(content) != statement.digest:
        raise Refused("Các dòng không còn như lúc trình; hãy trả lại bảng kê và báo cán bộ kỹ thuật.")
    statement.state, statement.note = State.DECIDED, note.strip()
    statement.decided_by, statement.decided_at = by, moment
    copy = copies.seal_record(
        statement,
        content,
        approved_by=by,
        submitted_by=statement.submitted_by,
        on=moment,
        ground=GROUND,
        files=[(sheets.file_name(statement, "pdf"), sheets.as_pdf(statement, with_names=False))],
    )
    statement.copy_id = copy.pk
    statement.save()
    log(instance=statement, action="portal.royalty.decided", user=by, data={"copy": copy.pk})
    notify(
        [statement.submitted_by, *rights.people_with(PAY_ROYALTIES)], "royalty_statement_decided", _context(statement)
    )
    return statement


@transaction.atomic
def send_back(statement: Statement, *, by, reason: str, on: datetime | None = None) -> Statement:
    """Send a statement back with a reason; its items are free again. Return it; raises as `decide` does.

    Who gets something from it may send it back: that is how such an item leaves it.
    """
    statement = _waiting(statement, by, is_deciding=False)
    if not reason.strip():
        raise ValidationError({"note": "Hãy ghi lý do trả lại để người lập biết cần sửa gì."})
    statement.state, statement.note = State.RETURNED, reason.strip()
    statement.decided_by, statement.decided_at = by, on or timezone.now()
    statement.save()
    for item in statement.items.all():
        item.statement, item.state = None, Royalty.State.PROPOSED
        item.save(update_fields=["statement", "state"])
    log(instance=statement, action="portal.royalty.returned", user=by, data={"reason": reason.strip()})
    notify(statement.submitted_by, "royalty_statement_returned", _context(statement))
    return statement


def _waiting(statement: Statement, by, *, is_deciding: bool = True) -> Statement:
    statement = Statement.objects.select_for_update().get(pk=statement.pk)
    if reason := why_not_decide(statement, by, is_deciding=is_deciding):
        raise Refused(reason)
    return statement


def why_not_decide(statement: Statement, by, *, is_deciding: bool = True) -> str:
    """Return why a user may not decide a statement, or not send it back (`is_deciding` False); "" when they may."""
    if not rights.may_decide(by):
        return rights.NOT_GIVEN.format(what="quyết định bảng kê nhuận bút")
    if statement.state != State.SUBMITTED:
        return "Bảng kê này không chờ quyết định nữa."
    if statement.submitted_by_id == by.pk:
        return "Bạn đã lập bảng kê này nên người khác phải quyết định."
    if is_deciding and rights.has_corrected(by, statement):
        return rights.CORRECTED
    return rights.OWN_STATEMENT if is_deciding and rights.has_own(by, statement) else ""


# --- Paying ----------------------------------------------------------------------------------------


@transaction.atomic
def note_payment(statement: Statement, *, by, paid_on: date, voucher: str, on: datetime | None = None) -> Statement:
    """Note that a statement was paid; return it.

    Raises Refused without the right, for one with something of one's own and one that is not decided or is paid,
    ValidationError (field → messages).
    """
    statement = Statement.objects.select_for_update().get(pk=statement.pk)
    if reason := why_not_pay(statement, by):
        raise Refused(reason)
    moment, errors = on or timezone.now(), {}
    if not timezone.localtime(statement.decided_at).date() <= paid_on <= timezone.localtime(moment).date():
        errors["paid_on"] = "Ngày chi phải từ ngày quyết định đến hôm nay."
    if not voucher.strip():
        errors["voucher"] = "Hãy ghi số chứng từ chi."
    if errors:
        raise ValidationError(errors)
    statement.state, statement.paid_by = State.PAID, by
    statement.paid_on, statement.voucher = paid_on, voucher.strip()
    statement.save()
    people = {line.contributor for line in statement.lines.select_related("contributor__user")}
    for contributor in people:
        contributor.paid_on = max(contributor.paid_on or paid_on, paid_on)
        contributor.save(update_fields=["paid_on"])
    log(instance=statement, action="portal.royalty.paid", user=by, data={"paid_on": paid_on.isoformat()})
    users = [contributor.user for contributor in people if contributor.user_id]
    notify(users, "royalty_paid", _context(statement))
    return statement


def why_not_pay(statement: Statement, by) -> str:
    """Return why a user may not note that a statement was paid; "" when they may."""
    if not rights.may_pay(by):
        return rights.NOT_GIVEN.format(what="ghi việc chi nhuận bút")
    if statement.state != State.DECIDED:
        return "Chỉ ghi việc chi của bảng kê Trưởng ban đã quyết định và chưa chi."
    if by.pk in (statement.submitted_by_id, statement.decided_by_id):
        return "Bạn đã lập hoặc quyết định bảng kê này nên người khác phải ghi việc chi."
    return rights.OWN_STATEMENT if rights.has_own(by, statement) else ""


def _context(statement: Statement) -> dict:
    return {"statement": statement, "sum": in_figures(statement.total)}


# --- What must hold --------------------------------------------------------------------------------


def violations() -> list[str]:
    """Return a line for each frozen statement that is not what was decided: its lines, their sums, its archive copy."""
    found = []
    sealed = dict(ArchiveCopy.objects.filter(object_type=Statement._meta.label).values_list("pk", "content_digest"))
    for statement in Statement.objects.filter(state__in=Statement.FROZEN):
        lines = list(statement.lines.values_list("amount", "tax", "net"))
        sums = tuple(sum(column) for column in zip(*lines, strict=True)) if lines else (0, 0, 0)
        if digest(content_of(statement)) != statement.digest or sealed.get(statement.copy_id) != statement.digest:
            found.append(f"{statement} không còn như lúc Trưởng ban quyết định.")
        elif sums != (statement.total, statement.tax, statement.net):
            found.append(f"{statement}: các dòng cộng lại khác tổng đã quyết định.")
    return found
