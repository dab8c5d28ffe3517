"""Who is paid: found by the name under a text, recorded and corrected by the standing office."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.models import OrganisationUnit, UnitAct
from vietnam.text import fold
from workflows.archive.retention import years_after

from . import rights
from .models import Contributor, Royalty, Statement

RECORDING, CONFIRMING = "ghi người hưởng nhuận bút", "đối chiếu người hưởng nhuận bút"
# «Cán bộ mẫu 01, Cán bộ mẫu 02»; «Phòng Văn hóa và Thông tin» is one name.
BETWEEN_NAMES = re.compile(r"\s*[;,&/]\s*|\s+[–-]\s+")
# What proves a payment is kept for ten years (Luật Kế toán 88/2015/QH13, Điều 41; Nghị định 174/2016/NĐ-CP, Điều 13).
YEARS = 10
OWN_RECORD = (
    "Đây là thông tin nhận tiền của chính bạn, hoặc của tên ký dưới bài bạn soạn, gửi duyệt; hãy nhờ người khác của cơ "
    "quan Thường trực hoặc Phó Trưởng ban ghi."
)


def names_in(author: str, units: Collection[tuple[str, ...]] = ()) -> list[str]:
    """Return the names of those who share a text, each once; `units`: names that stay whole, as `parts_of` has them.

    >>> names_in("Cán bộ mẫu 01, Cán bộ mẫu 02"), names_in("Phòng Văn hóa và Thông tin")
    (['Cán bộ mẫu 01', 'Cán bộ mẫu 02'], ['Phòng Văn hóa và Thông tin'])
    >>> names_in("Văn phòng Thành ủy, HĐND và UBND", {("van phong thanh uy", "hdnd va ubnd")})
    ['Văn phòng Thành ủy, HĐND và UBND']
    """
    begins = [0, *(mark.end() for mark in BETWEEN_NAMES.finditer(author))]
    ends = [*(mark.start() for mark in BETWEEN_NAMES.finditer(author)), len(author)]
    parts = [fold(author[begin:end]) for begin, end in zip(begins, ends, strict=True)]
    names, place = [], 0
    while place < len(parts):
        # The longest name of a unit that begins here, else the part alone.
        last = next((last for last in range(len(parts), place + 1, -1) if tuple(parts[place:last]) in units), place + 1)
        names.append(author[begins[place] : ends[last - 1]].strip())
        place = last
    return list(dict.fromkeys(filter(None, names)))


def parts_of(name: str) -> tuple[str, ...]:
    """Return a name as it is compared: folded, in the parts that commas and dashes make of it."""
    return tuple(map(fold, BETWEEN_NAMES.split(name.strip())))


def names_of_units() -> set[tuple[str, ...]]:
    """Return every name of a unit, present or past, as `parts_of` has it: no unit is a payee unasked."""
    names = OrganisationUnit.objects.values_list("name", "authority_name", "name_en")
    former = UnitAct.objects.values_list("former_name", flat=True)
    # An author's name has room for 120 letters.
    return {parts_of(name[:120]) for name in (*chain.from_iterable(names), *former) if name}


def of_name(name: str, *, writer=None, on: datetime | None = None) -> Contributor:
    """Return the contributor of a name, recorded when it is new.

    `writer`: the user who wrote the page; a name that is theirs is their account's. A name of two accounts is
    neither's: the standing office says whose it is.
    """
    folded = fold(name)
    if writer is not None and fold(writer.get_full_name()) == folded:
        return of_user(writer, on=on)
    known = list(Contributor.objects.select_related("user").filter(folded=folded[:150]))
    with_account = [one for one in known if one.user_id is not None]
    if len(with_account) == 1:
        return with_account[0]
    without = next((one for one in known if one.user_id is None), None)
    return without or _made(byline=name[:150], on=on)


def of_user(user, *, on: datetime | None = None) -> Contributor:
    """Return the contributor that an account is, recorded when it is new."""
    known = Contributor.objects.filter(user=user).first()
    return known or _made(byline=user.get_full_name()[:150], user=user, on=on)


def _made(*, on: datetime | None, **fields) -> Contributor:
    return Contributor.objects.create(recorded_at=on or timezone.now(), **fields)


@transaction.atomic
def record(*, by, contributor: Contributor | None = None, on: datetime | None = None, **fields) -> Contributor:
    """Record a contributor, or correct one; return it. The log names what was changed, not what it was.

    Raises Refused without the right and for one's own record, ValidationError (field → messages).
    """
    rights.demand(rights.may_propose(by), RECORDING)
    if contributor is not None:
        contributor = Contributor.objects.select_for_update().get(pk=contributor.pk)
        _demand_recording(by, contributor)
    found = contributor or Contributor(recorded_at=on or timezone.now())
    changed = [name for name, value in fields.items() if getattr(found, name) != value]
    for name, value in fields.items():
        setattr(found, name, value)
    found.folded = fold(found.byline)[:150]
    same = Contributor.objects.filter(folded=found.folded, user=None).exclude(pk=found.pk)
    if found.user_id is None and same.exists():
        raise ValidationError({"byline": "Đã có người hưởng mang tên này; hãy sửa bản ghi đó hoặc ghi rõ thêm."})
    _demand_recording(by, found)
    if not set(changed).isdisjoint(Contributor.IDENTIFYING):
        found.identified_by, found.checked_by, found.checked_at = by, None, None
    found.full_clean()
    found.save()
    log(instance=found, action="portal.royalty.contributor", user=by, data={"fields": ", ".join(sorted(changed))})
    return found


@transaction.atomic
def confirm(contributor: Contributor, *, by, on: datetime | None = None) -> Contributor:
    """Note that a payee without an account was compared with the person's papers; return it.

    One person does it, as one records a payee; the head decides what is paid. Raises Refused without the right, for
    one's own record or of one's own text, and for a payee who has an account; ValidationError without a full name.
    """
    rights.demand(rights.may_propose(by), CONFIRMING)
    contributor = Contributor.objects.select_for_update(of=("self",)).select_related("user").get(pk=contributor.pk)
    _demand_recording(by, contributor)
    if contributor.is_checked:
        raise Refused("Người hưởng này có tài khoản hoặc đã được đối chiếu.")
    if not contributor.full_name:
        raise ValidationError("Chưa ghi họ và tên người hưởng; hãy ghi theo giấy tờ rồi xác nhận.")
    contributor.checked_by, contributor.checked_at = by, on or timezone.now()
    contributor.save(update_fields=["checked_by", "checked_at"])
    log(instance=contributor, action="portal.royalty.contributor_checked", user=by)
    return contributor


def unchecked_in(items: Iterable[Royalty]) -> list[Contributor]:
    """Return who shares items and was not compared with their papers, each once, by name."""
    found = {share.contributor for item in items for share in item.shares.all() if not share.contributor.is_checked}
    return sorted(found, key=lambda contributor: (contributor.folded, contributor.pk))


def unchecked_on(statement: Statement) -> list[Contributor]:
    """Return who is named on a statement and was not compared with their papers, by name; one query."""
    named = Contributor.objects.filter(pk__in=statement.lines.values("contributor"), user=None, checked_at=None)
    return list(named)


def _demand_recording(by, contributor: Contributor) -> None:
    if not rights.keeps_record(by, contributor):
        raise Refused(OWN_RECORD)


@transaction.atomic
def purge(*, on: datetime) -> int:
    """Empty what was needed to pay those who were last paid more than `YEARS` years ago; return how many."""
    today, count = timezone.localtime(on).date(), 0
    for contributor in Contributor.objects.filter(paid_on__lt=years_after(today, -YEARS), purged_at=None):
        for name in Contributor.PERSONAL:
            setattr(contributor, name, "")
        contributor.purged_at = on
        contributor.save(update_fields=[*Contributor.PERSONAL, "purged_at"])
        count += 1
    return count
