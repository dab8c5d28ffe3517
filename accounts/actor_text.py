"""How a person's standing reads in the audit trail: text that stays true when groups, sites and decisions are gone."""

from base.models import PortalSite
from vietnam.dates import format_short

from .models import Appointment, RoleGroup
from .roles import ROLES


def actor_text(user) -> str:
    """Return the roles a person holds now, where, and by which decision; a role without one says so.

    Example: "Trưởng ban Biên tập · Long Xuyên · 01/QĐ-UBND ngày 12/06/2020".
    """
    by_decision = {}
    in_force = Appointment.objects.in_force().filter(person=user).select_related("decision").order_by("pk")
    for appointment in in_force:
        decision = appointment.decision
        signed = f" ngày {format_short(decision.signed_on)}" if decision.signed_on else ""
        by_decision[appointment.role, appointment.site_id] = f"{decision.number[:80]}{signed}"
    held = RoleGroup.objects.filter(group__user=user).order_by("site_id", "role")
    parts = [
        f"{ROLES[role].label if role in ROLES else role} · {place} · "
        f"{by_decision.get((role, site), 'không có quyết định phân công')}"
        for role, site, place in held.values_list("role", "site_id", "site__unit__short_name")
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
    sites = PortalSite.objects.order_by("kind", "pk")
    if user.is_superuser:
        sites = sites.filter(kind=PortalSite.Kind.CITY)
    else:
        sites = sites.filter(pk__in=Appointment.objects.in_force().filter(person=user).values("site_id"))
    return sites.values_list("slug", flat=True).first() or ""
