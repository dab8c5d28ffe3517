"""How a person's standing reads in the audit trail: text that stays true when groups, sites and decisions are gone."""

from base.models import PortalSite
from base.queries.prepared import Prepared, given
from vietnam.dates import format_short

from .models import Appointment, RoleGroup
from .roles import ROLES

_APPOINTED = Prepared(
    lambda: (
        Appointment.objects.in_force()
        .filter(person_id=given("person"))
        .order_by("pk")
        .values_list("role", "site_id", "decision__number", "decision__signed_on")
    )
)
_HELD = Prepared(
    lambda: (
        RoleGroup.objects.filter(group__user=given("person"))
        .order_by("site_id", "role")
        .values_list("role", "site_id", "site__unit__short_name")
    )
)
# The city before the wards.
_SITES = Prepared(
    lambda: (
        PortalSite.objects.filter(
            pk__in=Appointment.objects.in_force().filter(person=given("person")).values("site_id")
        )
        .order_by("kind", "pk")
        .values_list("slug")[:1]
    )
)


def actor_text(user) -> str:
    """Return the roles a person holds now, where, and by which decision; a role without one says so.

    Example: "Trưởng ban Biên tập · Long Xuyên · 01/QĐ-UBND ngày 12/06/2020".
    """
    by_decision = {}
    for role, site, number, signed_on in _APPOINTED.rows(person=user.pk):
        signed = f" ngày {format_short(signed_on)}" if signed_on else ""
        by_decision[role, site] = f"{number[:80]}{signed}"
    parts = [
        f"{ROLES[role].label if role in ROLES else role} · {place} · "
        f"{by_decision.get((role, site), 'không có quyết định phân công')}"
        for role, site, place in _HELD.rows(person=user.pk)
    ]
    if user.is_superuser:
        parts.insert(0, "Siêu quản trị (tài khoản dự phòng)")
    if not user.is_active:
        parts.append("tài khoản đã ngừng")
    return "; ".join(parts)


def home_slug(user) -> str:
    """Return the slug of the site a person works for: the city's if they have a role there or are a superuser, else "".

    A person with roles in several wards is listed under the first of them.
    """
    if user.is_superuser:
        return PortalSite.objects.filter(kind=PortalSite.Kind.CITY).values_list("slug", flat=True).first() or ""
    return next((slug for (slug,) in _SITES.rows(person=user.pk)), "")
