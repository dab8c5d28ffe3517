"""What must hold of rights (Quy chế Điều 8.1); `manage.py verify_portal` and a job ask it, `sync_roles` corrects it.

1. A person's groups and `is_active` are what their appointments in force say, unless the account is suspended as
   unused; a superuser has neither.
2. A role that takes two persons was confirmed by a second one.
3. No user holds a permission except through a group; no group has one except by the table of roles.

Actions of the portal ask the appointments themselves (`roles.may`), so that a group given by hand opens screens of
Wagtail at most. What opens is still a right without a decision: it is named here.
"""

from collections import defaultdict

from django.contrib.auth.models import Group
from django.db.models import F, Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from base.models import PortalSite

from .models import Appointment, RoleGroup, User
from .roles import ROLES, GroupPermissions, homes, permission_ids, permissions_of


def violations() -> list[str]:
    """Return a line of Vietnamese for each right without its ground; an empty list when all have theirs."""
    return [*_people(), *_alone(), *_by_hand(), *_groups()]


def _people() -> list[str]:
    appointed, grouped = defaultdict(set), defaultdict(set)
    for person, role, site in Appointment.objects.in_force().values_list("person_id", "role", "site_id"):
        appointed[person].add((role, site))
    roles = {group: (role, site) for group, role, site in RoleGroup.objects.values_list("group_id", "role", "site_id")}
    for person, group in User.groups.through.objects.values_list("user_id", "group_id"):
        grouped[person].add(roles.get(group, ("?", group)))
    found = []
    for person in User.objects.order_by("pk"):
        name = f"Tài khoản {person.pk} «{person.username}»"
        if person.is_superuser:
            if appointed[person.pk] or grouped[person.pk]:
                found.append(f"{name}: tài khoản dự phòng mà có vai trò.")
            continue
        if appointed[person.pk] != grouped[person.pk]:
            found.append(f"{name}: quyền khác với các phân công đang hiệu lực.")
        if person.is_active != (bool(appointed[person.pk]) and person.suspended_at is None):
            found.append(f"{name}: tình trạng hoạt động khác với phân công.")
    return found


def _alone() -> list[str]:
    alone = Appointment.objects.in_force().filter(needs_confirmation=True)
    alone = alone.filter(Q(confirmed_by=None) | Q(confirmed_by=F("recorded_by")) | Q(confirmed_by=F("person")))
    return [
        f"Phân công {pk} có hiệu lực mà chưa có người thứ hai xác nhận." for pk in alone.values_list("pk", flat=True)
    ]


def _by_hand() -> list[str]:
    direct = User.objects.exclude(user_permissions=None).distinct().order_by("pk")
    return [f"Tài khoản {person.pk} «{person.username}»: có quyền cấp riêng, ngoài vai trò." for person in direct]


def _groups() -> list[str]:
    present = _present()
    links = {(link.role, link.site_id): link.group_id for link in RoleGroup.objects.all()}
    known = permission_ids()
    wanted = defaultdict(GroupPermissions)
    for site in PortalSite.objects.all():
        pages, collection = homes(site), Collection.objects.filter(depth=2, name=site.slug).first()
        for role in ROLES.values():
            if (role.key, site.pk) in links:
                wanted[links[role.key, site.pk]] = permissions_of(role, site, pages, collection, known)
    return [
        f"Nhóm {group.pk} «{group.name}»: quyền khác với bảng vai trò; chạy manage.py sync_roles."
        for group in Group.objects.order_by("pk")
        if present[group.pk] != wanted[group.pk]
    ]


def _present() -> dict[int, GroupPermissions]:
    """What every group has, by its id; three queries."""
    on_pages, on_collections, on_models = defaultdict(set), defaultdict(set), defaultdict(set)
    for group, *pair in GroupPagePermission.objects.values_list("group_id", "page_id", "permission_id"):
        on_pages[group].add(tuple(pair))
    for group, *pair in GroupCollectionPermission.objects.values_list("group_id", "collection_id", "permission_id"):
        on_collections[group].add(tuple(pair))
    for group, permission in Group.permissions.through.objects.values_list("group_id", "permission_id"):
        on_models[group].add(permission)
    return {
        group: GroupPermissions(
            frozenset(on_pages[group]), frozenset(on_collections[group]), frozenset(on_models[group])
        )
        for group in Group.objects.values_list("pk", flat=True)
    }
