"""3. Who holds which post of a unit, from when to when: proposed by its people, confirmed by another person.

A post is public: how to reach an office and who leads it (NĐ 43/2011 Điều 10.1.a, 10.1.k). Who leaves gets a last day;
the row stays. `name_responsible` lets days come true by themselves: the footer names who answers for the content today.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, PostHolder
from base.public.index import readers_see_changed
from sections.models.official import MOBILE_NUMBER, PRIVATE_MAIL_HOSTS
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import RecordChange
from workflows.publishing import record_changes, record_rules

from ..opening.settings import site_showing
from . import usage
from .rights import demand_keeps
from .telephones import problems_of_phone

# In the order of the form.
FIELDS = (
    "name",
    "post",
    "valid_from",
    "valid_to",
    "is_head",
    "duties",
    "phone",
    "email",
    "reception_days",
    "biography",
    "answers_for_content",
    "legal_act",
    "sort_order",
)


def register() -> None:
    """Say how proposals about posts come true; called once, from `HomeConfig.ready`."""
    record_rules.register(
        PostHolder,
        site_of=lambda holder: site_showing(holder.unit),
        check=lambda holder, by: demand_keeps(by, holder.unit),
        follow=_follow,
        ends_with=_open_proposals,
        joins_dossiers=True,
        labels={"valid_from": "Nhận chức vụ từ ngày", "valid_to": "Giữ chức vụ đến hết ngày"},
    )


def _open_proposals(record) -> Iterable[RecordChange]:
    """Those about the posts of a unit: when it ends, there is nothing left to confirm."""
    if not isinstance(record, OrganisationUnit):
        return []
    found = RecordChange.objects.filter(object_type=PostHolder._meta.label, decided_at=None, values__unit=record.pk)
    return found.order_by("pk")


def appoint_holder(unit: OrganisationUnit, *, by, on: datetime | None = None, **fields) -> RecordChange:
    """Propose a person in a post; return the proposal. `fields` holds some of FIELDS.

    A new head ends the term of the former one on the day before, when it is confirmed. Raises Refused for who does not
    keep the unit, ValidationError (field → messages) for what is missing or private.
    """
    holder = PostHolder(unit=unit, **fields)
    if unit.valid_to and (holder.valid_from is None or unit.valid_to < holder.valid_from):
        raise Refused(f"{unit} đã chấm dứt từ ngày {format_short(unit.valid_to)}; hãy ghi người vào đơn vị kế thừa.")
    return _proposed(holder, by=by, on=on)


def change_holder(holder: PostHolder, *, by, on: datetime | None = None, **fields) -> RecordChange:
    """Propose other facts of a person in a post; return the proposal. Raises as `appoint_holder`."""
    for name, value in fields.items():
        setattr(holder, name, value)
    return _proposed(holder, by=by, on=on)


def end_term(holder: PostHolder, *, last_day: date, by, on: datetime | None = None) -> RecordChange:
    """Propose the last day of a person in a post; return the proposal. Raises as `appoint_holder`."""
    if not last_day:
        raise ValidationError({"last_day": "Chưa có ngày thôi giữ chức vụ; hãy nhập ngày theo dạng ngày/tháng/năm."})
    if holder.valid_from and last_day < holder.valid_from:
        raise ValidationError({"last_day": f"Ngày này trước ngày nhận chức vụ, {format_short(holder.valid_from)}."})
    holder.valid_to = last_day
    return record_changes.propose(holder, by=by, on=on)


def _proposed(holder: PostHolder, *, by, on) -> RecordChange:
    demand_keeps(by, holder.unit)
    errors: dict[str, list[str]] = {}
    try:
        holder.full_clean()
    except ValidationError as error:
        errors = {name: [str(message) for message in found] for name, found in error.message_dict.items()}
    if holder.valid_from is None:
        errors["valid_from"] = ["Chưa có ngày nhận chức vụ; hãy nhập ngày theo dạng ngày/tháng/năm."]
    if holder.email.rpartition("@")[2].lower() in PRIVATE_MAIL_HOSTS:
        errors["email"] = ["Đây là thư điện tử cá nhân; chỉ ghi địa chỉ chính thức của cơ quan."]
    errors |= problems_of_phone("phone", holder.phone)
    if MOBILE_NUMBER.fullmatch(re.sub(r"[\s.\-()]", "", holder.phone)):
        errors["phone"] = ["Số này giống số di động; chỉ ghi điện thoại cơ quan."]
    if holder.is_head and not holder.duties.strip():
        errors["duties"] = ["Người đứng đầu cần có nhiệm vụ được phân công (NĐ 43/2011 Điều 10.1.a)."]
    if errors:
        raise ValidationError(errors)
    return record_changes.propose(holder, by=by, on=on)


def _follow(holder: PostHolder, by, on: datetime | None) -> None:
    """End the term of whom a new head, or a new person who answers for the content, follows; then the footer."""
    # Who has no first day was entered before there were days: of no other is it known that they came earlier.
    if holder.valid_from is not None:
        others = PostHolder.objects.filter(unit=holder.unit).exclude(pk=holder.pk)
        before = others.filter(Q(valid_from=None) | Q(valid_from__lt=holder.valid_from))
        if holder.is_head and not (holder.valid_to and holder.valid_to < deadlines.local_date(on)):
            before.filter(is_head=True, valid_to=None).update(valid_to=holder.valid_from - timedelta(days=1))
        if holder.answers_for_content:
            before.filter(answers_for_content=True).update(answers_for_content=False)
    name_responsible(on, units=[holder.unit])
    readers_see_changed(usage.pages_showing(holder.unit))


@transaction.atomic
def name_responsible(
    on: datetime | None = None, *, units: list[OrganisationUnit] | None = None
) -> list[OrganisationUnit]:
    """Let the footer name who answers for the content today; return the units whose text changed. Safe to repeat.

    A job of every morning; `units`: only these. Who has left is named no longer, also where no successor is named
    (`staffing.lacks` says so then). Where no post says so, what was typed stays.
    """
    day = deadlines.local_date(on)
    holders = PostHolder.objects.filter(answers_for_content=True).select_related("unit").order_by("pk")
    if units is not None:
        holders = holders.filter(unit__in=units)
    today = {holder.unit_id: _words_of(holder) for holder in holders.valid(day)}
    changed = {}
    for holder in holders:
        unit = holder.unit
        has_left = holder.valid_to is not None and holder.valid_to < day
        if (words := today.get(unit.pk)) is None and has_left and unit.responsible_person == _words_of(holder):
            words = ""
        if words is not None and unit.responsible_person != words:
            OrganisationUnit.objects.filter(pk=unit.pk).update(responsible_person=words)
            changed[unit.pk] = unit
    if changed:
        readers_see_changed(sites=PortalSite.objects.all())
    return list(changed.values())


def _words_of(holder: PostHolder) -> str:
    return str(holder)[:120]


def current_holders(unit: OrganisationUnit, on: datetime | None = None):
    """Return who holds the posts of a unit on a day, the head first."""
    return PostHolder.objects.valid(deadlines.local_date(on)).filter(unit=unit)


@dataclass(frozen=True)
class Holders:
    """Who holds the posts of a unit on a day, the head first; who will; who held them, the last first."""

    now: list[PostHolder]
    later: list[PostHolder]
    former: list[PostHolder]


def holders_of(unit: OrganisationUnit, on: datetime | None = None) -> Holders:
    """Return everyone who ever held a post of a unit; one query."""
    day, known = deadlines.local_date(on), list(PostHolder.objects.filter(unit=unit))
    former = [holder for holder in known if holder.valid_to and holder.valid_to < day]
    return Holders(
        now=[holder for holder in known if holder.is_valid(day)],
        later=[holder for holder in known if holder.valid_from and holder.valid_from > day],
        former=sorted(former, key=lambda holder: (-holder.valid_to.toordinal(), holder.pk)),
    )
