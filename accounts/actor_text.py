"""How a person's standing reads in the audit trail: text that stays true when groups and sites are gone."""

from .models import RoleGroup
from .roles import ROLES


def actor_text(user) -> str:
    """Return the roles a person holds now and where, e.g. "Trưởng ban Biên tập · Long Xuyên"."""
    held = RoleGroup.objects.filter(group__user=user).order_by("site_id", "role")
    parts = [
        f"{ROLES[role].label if role in ROLES else role} · {place}"
        for role, place in held.values_list("role", "site__unit__short_name")
    ]
    if user.is_superuser:
        parts.insert(0, "Siêu quản trị (tài khoản dự phòng)")
    if not user.is_active:
        parts.append("tài khoản đã ngừng")
    return "; ".join(parts)
