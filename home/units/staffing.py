"""5. Which site or unit lacks a contributor, an approver or a head: red on the first screen of the board (Điều 13, 20).

A site needs people of its own who write, a head who signs, and enough who approve; whom its footer named as answering
for the content needs a successor once they have left. A unit without a site that has accounts, or to which topics of
questions are given, needs a contributor and a head.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from accounts.appointment_rights import APPOINTABLE, approvers
from accounts.models import Appointment
from accounts.responsibility import capabilities_of
from accounts.roles import CITY, OF_UNIT, ROLES, SIGN_ANSWERS, WARD, WRITE
from base.models import OrganisationUnit, PostHolder
from base.sites import all_sites
from faq.models import QuestionTopic
from reporting.staffing import Lack

CONTRIBUTOR, APPROVER, HEAD = "cộng tác viên", "người duyệt", "thủ trưởng"
RESPONSIBLE = "người chịu trách nhiệm nội dung"


def lacks() -> list[Lack]:
    """Return what lacks people, sites first, the city at the head; six queries whatever their number."""
    return [*_of_sites(), *_of_units()]


def _of_sites(unfollowed: set[int] | None = None) -> list[Lack]:
    """What sites lack; `unfollowed`: `_unfollowed`, where the caller knows it."""
    own: dict[int, set[str]] = {}
    held = Appointment.objects.in_force().filter(person__is_active=True)
    for site_id, role in held.values_list("site_id", "role"):
        own.setdefault(site_id, set()).update(capabilities_of(role))
    short = {row.site.pk for row in approvers() if row.is_short}
    unfollowed = _unfollowed() if unfollowed is None else unfollowed
    found = []
    for site in all_sites():
        capabilities = own.get(site.pk, set())
        missing = {
            CONTRIBUTOR: WRITE not in capabilities,
            APPROVER: site.pk in short,
            HEAD: SIGN_ANSWERS not in capabilities,
            RESPONSIBLE: site.unit_id in unfollowed,
        }
        if site.kind in (CITY, WARD) and site.state in APPOINTABLE and any(missing.values()):
            found.append(Lack(site.name, site.unit_id, tuple(name for name, lacks in missing.items() if lacks)))
    return found


def _unfollowed() -> set[int]:
    """The units whose footer names no user, because the one who answered for the content has left."""
    left = PostHolder.objects.filter(answers_for_content=True, valid_to__lt=timezone.localdate())
    return set(left.filter(unit__responsible_person="").values_list("unit_id", flat=True))


def _of_units() -> list[Lack]:
    """Units that have people of their own, or to which topics of questions are given."""
    # Whether a role of theirs signs: who signs is the head, who does not contributes.
    own: dict[int, set[bool]] = {}
    held = Appointment.objects.in_force().filter(person__is_active=True, role__in=OF_UNIT)
    for unit_id, role in held.values_list("unit_id", "role"):
        own.setdefault(unit_id, set()).add(SIGN_ANSWERS in ROLES[role].capabilities)
    asked = Q(pk__in=QuestionTopic.objects.exclude(unit=None).values("unit"))
    units = OrganisationUnit.objects.filter(asked | Q(pk__in=own), portal_site=None, valid_to=None)
    found = []
    for unit in units.order_by("sort_order", "name"):
        signing = own.get(unit.pk, set())
        missing = {CONTRIBUTOR: False not in signing, HEAD: True not in signing}
        if any(missing.values()):
            found.append(Lack(unit.name, unit.pk, tuple(name for name, lacks in missing.items() if lacks)))
    return found


def lacking_by_unit() -> dict[int, tuple[str, ...]]:
    """Return which people are missing by the key of the unit."""
    return {lack.unit_id: lack.missing for lack in lacks()}


def lacking_in(unit: OrganisationUnit, former: Iterable[PostHolder] | None = None) -> tuple[str, ...]:
    """Return which people one unit lacks, by what is asked of sites or of units without one.

    `former`: who held its posts and has left, where the caller has read them.
    """
    unfollowed = None
    if former is not None:
        has_left = any(holder.answers_for_content for holder in former)
        unfollowed = {unit.pk} if has_left and not unit.responsible_person else set()
    found = _of_sites(unfollowed) if hasattr(unit, "portal_site") else _of_units()
    return next((lack.missing for lack in found if lack.unit_id == unit.pk), ())


def as_text(found: list[Lack]) -> str:
    """Return what is missing as text. Example: "Phường Mỹ Bình (cộng tác viên, thủ trưởng); Phường Mỹ Quý (…)"."""
    return "; ".join(f"{lack.name} ({', '.join(lack.missing)})" for lack in found)


def units_in_order() -> list[OrganisationUnit]:
    """Return all units, each below the one it belongs to, `depth` from 0; one query."""
    below: dict[int | None, list[OrganisationUnit]] = {}
    units = list(OrganisationUnit.objects.order_by("sort_order", "name"))
    for unit in units:
        below.setdefault(unit.parent_id, []).append(unit)
    found = []

    def walk(key: int | None, depth: int) -> None:
        for unit in below.get(key, ()):
            unit.depth = depth
            found.append(unit)
            walk(unit.pk, depth + 1)

    walk(None, 0)
    return found
