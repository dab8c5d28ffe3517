"""The Editorial Board as its decisions say (Quy chế Điều 13): members with and without an account, who acts for whom.

1. `enter`: what a decision says of one member. 2. `end`: they leave it by a decision. 3. `delegate`: one acts for
another for a time. 4. `members_on`, `delegations_on`: the board of a day. 5. `disagreements`: where register and
appointments say different things.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.sites import city_site
from vietnam.dates import format_short
from vietnam.text import nfc

from ..appointment_rights import may_send
from ..models import Appointment, AppointmentDecision, BoardDelegation, BoardMember, User
from ..roles import ROLES

Rank = BoardMember.Rank
# The roles of the portal that only a member of the board holds, with the ranks that go with them.
RANKS_OF_ROLE = {
    "head": frozenset({Rank.HEAD}),
    "deputy_head": frozenset({Rank.DEPUTY}),
    "editor": frozenset(Rank),
}


@transaction.atomic
def enter(
    decision: AppointmentDecision,
    *,
    by,
    on: datetime | None = None,
    rank: int,
    name: str = "",
    post: str = "",
    agency: str = "",
    duties: str = "",
    person: User | None = None,
    valid_from: date,
) -> BoardMember:
    """Enter what a decision says of one member of the board; return the row.

    `person`: their account; name and post are then taken from it where none is given. Raises Refused without the right,
    ValidationError (field → messages).
    """
    demand_right(by)
    name = " ".join(nfc(name).split()) or (person.get_full_name() if person else "")
    post = " ".join(nfc(post).split()) or (person.position if person else "")
    errors = problems(rank=rank, name=name, person=person, valid_from=valid_from, signed_on=decision.signed_on)
    if errors:
        raise ValidationError(errors)
    member = BoardMember.objects.create(
        decision=decision,
        rank=rank,
        name=name,
        post=post,
        agency=" ".join(nfc(agency).split()),
        duties=" ".join(nfc(duties).split()),
        person=person,
        valid_from=valid_from,
        recorded_by=by,
        recorded_at=on or timezone.now(),
    )
    _log(member, "enter", by, **{"from": format_short(valid_from)})
    return member


def problems(
    *,
    rank: int | None = None,
    name: str = "",
    person: User | None = None,
    valid_from: date | None = None,
    signed_on: date | None = None,
) -> dict[str, list[str]]:
    """Return what `enter` would refuse (field → messages), as far as it is known yet."""
    errors: dict[str, list[str]] = {}
    if rank not in Rank.values:
        errors["rank"] = ["Hãy chọn chức danh trong Ban Biên tập."]
    elif rank == Rank.HEAD and (head := BoardMember.objects.filter(rank=Rank.HEAD, valid_to=None).first()):
        errors["rank"] = [f"Ban Biên tập đang có Trưởng ban là {head.name}; hãy ghi người đó thôi trước."]
    if not name.strip() and person is None:
        errors["name"] = ["Hãy ghi họ và tên, hoặc chọn tài khoản của thành viên."]
    if person is not None and BoardMember.objects.filter(person=person, valid_to=None).exists():
        errors["person"] = [f"{person} đang là thành viên Ban Biên tập; hãy ghi người đó thôi chức danh cũ trước."]
    if not valid_from:
        errors["valid_from"] = ["Hãy ghi ngày bắt đầu theo dạng ngày/tháng/năm."]
    elif signed_on and valid_from < signed_on:
        errors["valid_from"] = [f"Ngày bắt đầu ở trước ngày ký quyết định, {format_short(signed_on)}."]
    return errors


@transaction.atomic
def end(member: BoardMember, *, by, decision: AppointmentDecision, last_day: date) -> BoardMember:
    """Write down the last day of a member by a decision; return the row. What they delegated ends with them.

    Raises Refused without the right or when they left already, ValidationError for a wrong day.
    """
    demand_right(by)
    member = BoardMember.objects.select_for_update().get(pk=member.pk)
    if member.valid_to is not None:
        raise Refused(f"{member.name} đã thôi từ sau ngày {format_short(member.valid_to)}.")
    if not last_day:
        raise ValidationError({"last_day": ["Hãy ghi ngày cuối là thành viên theo dạng ngày/tháng/năm."]})
    if last_day < member.valid_from:
        raise ValidationError({"last_day": [f"Ngày cuối ở trước ngày bắt đầu, {format_short(member.valid_from)}."]})
    member.valid_to, member.ended_by = last_day, decision
    member.save(update_fields=["valid_to", "ended_by"])
    _log(member, "end", by, last_day=format_short(last_day), decision=str(decision))
    for delegation in [*member.delegations_given.all(), *member.delegations_taken.all()]:
        if delegation.valid_from <= last_day < delegation.valid_to:
            delegation.valid_to = last_day
            delegation.save(update_fields=["valid_to"])
    return member


@transaction.atomic
def delegate(
    giver: BoardMember,
    *,
    by,
    on: datetime | None = None,
    decision: AppointmentDecision,
    taker: BoardMember | None,
    scope: str,
    valid_from: date,
    valid_to: date,
) -> BoardDelegation:
    """Record that a member acts for another from one day to another, both included; return the row.

    Raises Refused without the right, ValidationError (field → messages).
    """
    demand_right(by)
    errors: dict[str, list[str]] = {}
    if taker is None or taker.pk == giver.pk:
        errors["taker"] = ["Hãy chọn một thành viên khác được ủy quyền."]
    if not scope.strip():
        errors["scope"] = ["Hãy ghi việc được ủy quyền, ví dụ «duyệt tin bài trên trang thành phố»."]
    if not valid_from:
        errors["valid_from"] = ["Hãy ghi ngày bắt đầu theo dạng ngày/tháng/năm."]
    if not valid_to:
        errors["valid_to"] = ["Ủy quyền phải có ngày cuối; hãy ghi đến hết ngày nào."]
    elif valid_from and valid_to < valid_from:
        errors["valid_to"] = ["Ngày cuối ở trước ngày bắt đầu."]
    for side, member in (("giver", giver), ("taker", taker)):
        if member and valid_from and valid_to and not (member.is_valid(valid_from) and member.is_valid(valid_to)):
            name = "taker" if side == "taker" else "valid_to"
            errors.setdefault(name, []).append(f"{member.name} không là thành viên trong cả thời gian này.")
    if errors:
        raise ValidationError(errors)
    delegation = BoardDelegation.objects.create(
        decision=decision,
        giver=giver,
        taker=taker,
        scope=" ".join(nfc(scope).split()),
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_by=by,
        recorded_at=on or timezone.now(),
    )
    days = f"{format_short(valid_from)}–{format_short(valid_to)}"
    _log(giver, "delegate", by, to=taker.name, scope=delegation.scope, days=days, decision=str(decision))
    return delegation


def members_on(day: date):
    """Return the members of the board on a day, the head first."""
    return BoardMember.objects.valid(day).for_lists()


def delegations_on(day: date):
    """Return who acts for whom on a day; none of a member who has left by then."""
    rows = BoardDelegation.objects.valid(day).exclude(giver__valid_to__lt=day).exclude(taker__valid_to__lt=day)
    return rows.select_related("giver", "taker", "decision")


def disagreements(day: date) -> list[str]:
    """Return, as sentences, where the register and the appointments to roles of the board say different things."""
    ranks = {member.person_id: member for member in members_on(day) if member.person_id}
    held = Appointment.objects.in_force().filter(role__in=RANKS_OF_ROLE, site=city_site()).select_related("person")
    found = []
    for appointment in held.order_by("person__full_name", "pk"):
        member = ranks.get(appointment.person_id)
        role = ROLES[appointment.role].label
        if member is None:
            found.append(f"{appointment.person} giữ vai trò «{role}» trên cổng nhưng không có trong Ban Biên tập.")
        elif member.rank not in RANKS_OF_ROLE[appointment.role] and not appointment.is_delegation:
            found.append(f"{appointment.person} là {member.get_rank_display()} nhưng giữ vai trò «{role}» trên cổng.")
    if not any(member.rank == Rank.HEAD for member in members_on(day)):
        found.append("Ban Biên tập chưa có Trưởng ban.")
    return found


def may_write(user) -> bool:
    """Tell whether a user may write in the registers: the standing office or the technical admin."""
    return may_send(user)


def demand_right(user) -> None:
    """Raise Refused for all others."""
    if not may_write(user):
        raise Refused("Chỉ Cơ quan Thường trực hoặc cán bộ quản trị kỹ thuật được ghi sổ này.")


def _log(member: BoardMember, step: str, by, **more) -> None:
    data = {"person": member.name, "rank": member.get_rank_display(), "decision": str(member.decision), **more}
    log(instance=member, action=f"portal.board.{step}", user=by, data=data)
