"""Who walks the matrix: the people of ward A and whoever else has no business with the foreign ward."""

from django.contrib.auth.models import Group, Permission

from tests.city import City, appointed, person

# What the technical administrator looks after for every site (Quy chế Điều 14): he reads it, but changes nothing of it.
LOOKED_AFTER = {
    "technical_admin": (
        "accounts_",
        "base_audit",
        "base_mail",
        "workflows_archive",
        "workflows_disposal",
        "workflows_retention",
        "servicecatalog_source",
    ),
}


def may_read_all(role: str, name: str | None) -> bool:
    """Tell whether reading a screen about every site is a role's own business."""
    return bool(name) and name.startswith(LOOKED_AFTER.get(role, ()))


def walkers(city: City) -> dict:
    """Return role → user; None stands for somebody who is not signed in."""
    cast = city.cast
    both = person("hai-phuong", "Cán bộ mẫu 41", "contributor", city.my_long)
    appointed(both, "ward_approver", city.dong_xuyen)
    nobody = person("chi-vao-duoc", "Cán bộ mẫu 43")
    group = Group.objects.create(name="Chỉ vào được trang quản trị")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    nobody.groups.add(group)
    return {
        "contributor": cast.contributor,
        "unit_head": cast.unit_head,
        "ward_approver": cast.ward_approver,
        "two_wards": both,
        "accountant": cast.accountant,
        "technical_admin": cast.technical_admin,
        "entry_only": nobody,
        "anonymous": None,
    }
