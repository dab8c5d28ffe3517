"""The roles of the Regulation as a table, and what follows from holding one (Quy chế Điều 8, 13, 14, 20, 22).

A role is held on a site, by membership of the group that `RoleGroup` names. A role on the city's site counts on
every component site, because the Regulation knows one Editorial Board for all of them; a ward's role never counts
elsewhere. No role carries Wagtail's publish permission. Models of the rooms above say themselves which capability may
add, change or see them: `permissions_by_capability = {WRITE: ("add", "change", "view")}`.
"""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from base.models import PortalSite
from base.sites import site_of

from .models import RoleGroup, User

# What a role may do in the portal's own verbs.
WRITE = "write"  # make drafts and submit them
REVIEW = "review"  # take over, edit, return with a reason
APPROVE = "approve"  # approve for publication
DECIDE_TAKEDOWN = "decide_takedown"
PROPOSE_TAKEDOWN = "propose_takedown"
EMERGENCY = "emergency"  # act alone, with a reason, until a second person has looked
DISPATCH = "dispatch"  # enter contributions of outsiders, hand over documents
ARRANGE = "arrange"  # order sections, cancel schedules
OPEN_SITES = "open_sites"  # open, merge and close component sites
CONFIRM_REPEAL = "confirm_repeal"
ADMINISTER = "administer"  # accounts, settings, backups; no approval
READ_TRAIL = "read_trail"  # the audit trail: of the own site, with a role of the city of all sites

# A role that carries one of these takes effect only after a second person has confirmed the appointment.
CONFIRMED_BY_TWO = frozenset({APPROVE, DECIDE_TAKEDOWN, EMERGENCY, ADMINISTER})


@dataclass(frozen=True)
class Role:
    """One role: its name in the Regulation, where it may be held, what it may do, its page permissions."""

    key: str
    label: str
    source: str
    on: frozenset[str]
    capabilities: frozenset[str]
    page_permissions: tuple[str, ...] = ()
    collection_permissions: tuple[str, ...] = ()

    @property
    def needs_confirmation(self) -> bool:
        """Whether an appointment to it takes two persons."""
        return bool(self.capabilities & CONFIRMED_BY_TWO)


CITY, WARD = PortalSite.Kind.CITY, PortalSite.Kind.WARD
# Wagtail asks for the permissions of its own picture and document models, whatever models take their place.
_FILES = ("add_image", "choose_image", "add_document", "choose_document")
_ALL_FILES = (*_FILES, "change_image", "change_document")
_FILE_APPS = ("wagtailimages", "wagtaildocs")

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "contributor", "Cộng tác viên", "Điều 20.2", frozenset({CITY, WARD}), frozenset({WRITE, PROPOSE_TAKEDOWN}),
            ("add_page", "change_page"), _FILES,
        ),
        Role(
            "editor", "Biên tập viên (thành viên Ban Biên tập)", "Điều 13.2", frozenset({CITY}),
            frozenset({WRITE, REVIEW, PROPOSE_TAKEDOWN, ARRANGE}), ("add_page", "change_page", "lock_page"), _ALL_FILES,
        ),
        Role(
            "deputy_head", "Phó Trưởng ban Biên tập", "Điều 13.2", frozenset({CITY}),
            frozenset({WRITE, REVIEW, APPROVE, PROPOSE_TAKEDOWN, DECIDE_TAKEDOWN, ARRANGE, OPEN_SITES, CONFIRM_REPEAL}),
            ("add_page", "change_page", "lock_page", "unlock_page"), _ALL_FILES,
        ),
        Role(
            "head", "Trưởng ban Biên tập", "Điều 13.2, 17.3", frozenset({CITY}),
            frozenset({
                WRITE, REVIEW, APPROVE, PROPOSE_TAKEDOWN, DECIDE_TAKEDOWN, EMERGENCY, ARRANGE, OPEN_SITES,
                CONFIRM_REPEAL, READ_TRAIL,
            }),
            ("add_page", "change_page", "lock_page", "unlock_page"), _ALL_FILES,
        ),
        Role(
            "standing_office", "Cơ quan Thường trực Ban Biên tập", "Điều 13.1, 22", frozenset({CITY}),
            frozenset({WRITE, DISPATCH, PROPOSE_TAKEDOWN, ARRANGE, OPEN_SITES, CONFIRM_REPEAL, READ_TRAIL}),
            ("add_page", "change_page"), _ALL_FILES,
        ),
        Role(
            "unit_head", "Thủ trưởng đơn vị, Chủ tịch UBND phường, xã", "Điều 20, 22", frozenset({WARD}),
            frozenset({WRITE, PROPOSE_TAKEDOWN, READ_TRAIL}), ("add_page", "change_page"), _FILES,
        ),
        Role(
            "ward_approver", "Người duyệt được ủy quyền của phường, xã", "Điều 20", frozenset({WARD}),
            frozenset({WRITE, REVIEW, APPROVE, PROPOSE_TAKEDOWN, DECIDE_TAKEDOWN, ARRANGE, READ_TRAIL}),
            ("add_page", "change_page"), _ALL_FILES,
        ),
        Role(
            "technical_admin", "Cán bộ quản trị kỹ thuật", "Điều 14", frozenset({CITY}),
            frozenset({ADMINISTER, READ_TRAIL}),
        ),
        Role("accountant", "Kế toán", "thực tiễn", frozenset({CITY}), frozenset()),
    )
}  # fmt: skip


# --- Questions ------------------------------------------------------------------------------------


def held_roles(user) -> set[tuple[str, int]]:
    """Return the (role key, site id) pairs an active user holds; cached on the user object for the request."""
    if user is None or not user.is_active or user.pk is None:
        return set()
    cached = getattr(user, "_held_roles", None)
    if cached is None:
        cached = set(RoleGroup.objects.filter(group__user=user).values_list("role", "site_id"))
        user._held_roles = cached
    return cached


def roles_of(user, site: PortalSite | None = None) -> set[str]:
    """Return the keys of the roles a user holds, on any site or with effect on `site`."""
    held = held_roles(user)
    if site is None:
        return {role for role, _ in held}
    return {role for role, site_id in held if site_id in (site.pk, site.parent_id)}


def has_role(user, role: str, site: PortalSite | None = None) -> bool:
    """Tell whether a user holds one role (on any site, or with effect on `site`)."""
    return role in roles_of(user, site)


def may(user, capability: str, site: PortalSite | None = None) -> bool:
    """Tell whether any role of the user, with effect on `site`, carries a capability."""
    return any(capability in ROLES[role].capabilities for role in roles_of(user, site) if role in ROLES)


def slugs_where(user, capability: str) -> frozenset[str] | None:
    """Return the slugs of the sites on which a user may do something; None stands for every site."""
    if may(user, capability, PortalSite.objects.filter(kind=CITY).first()):
        return None
    held = {site_id for role, site_id in held_roles(user) if role in ROLES and capability in ROLES[role].capabilities}
    return frozenset(PortalSite.objects.filter(pk__in=held).values_list("slug", flat=True))


def may_on(user, capability: str, obj) -> bool:
    """Tell whether the user may do something to a page or a record that belongs to a site."""
    return may(user, capability, owner_site(obj))


def owner_site(obj) -> PortalSite | None:
    """Return the site a page or a record belongs to."""
    if hasattr(obj, "owner_site"):
        return obj.owner_site
    return site_of(obj)


def holders(capability: str, site: PortalSite):
    """Return the active users who may do something on a site, the site's own people and the city's."""
    keys = [role.key for role in ROLES.values() if capability in role.capabilities]
    return (
        User.objects.filter(
            is_active=True,
            groups__role_group__role__in=keys,
            groups__role_group__site__in=[pk for pk in (site.pk, site.parent_id) if pk],
        )
        .distinct()
        .order_by("pk")
    )


# --- Making groups follow the table ----------------------------------------------------------------


def technical_addresses() -> list[str]:
    """Return the mail addresses of the technical administrators, to whom alarms go."""
    city = PortalSite.objects.filter(kind=CITY).first()
    return list(holders(ADMINISTER, city).exclude(email="").values_list("email", flat=True)) if city else []


def group_name(role: Role, site: PortalSite) -> str:
    """Return the name of a role's group on a site, unique and readable: "Cộng tác viên · Phường Mỹ Long"."""
    return f"{role.label} · {site.name}"[:150]


@transaction.atomic
def sync_site(site: PortalSite) -> list[RoleGroup]:
    """Make the groups, page and collection permissions of one site follow the table; safe to run again.

    A frozen or closed site keeps its groups but loses their permissions.
    """
    home = site.home_page()
    collection = site_collection(site)
    result = []
    for role in ROLES.values():
        if site.kind not in role.on:
            continue
        link = RoleGroup.objects.filter(role=role.key, site=site).select_related("group").first()
        if link is None:
            group, _ = Group.objects.get_or_create(name=group_name(role, site))
            link = RoleGroup.objects.create(group=group, role=role.key, site=site)
        group = link.group
        if group.name != group_name(role, site):
            group.name = group_name(role, site)
            group.save(update_fields=["name"])
        active = site.state in (PortalSite.State.PREPARED, PortalSite.State.OPEN)
        _sync_permissions(group, role, home, collection, active=active)
        result.append(link)
    return result


def site_collection(site: PortalSite) -> Collection:
    """Return the site's own collection of pictures and files, made on first use."""
    root = Collection.get_first_root_node()
    found = Collection.objects.filter(depth=2, name=site.slug).first()
    return found or root.add_child(name=site.slug)


def _sync_permissions(group, role: Role, home, collection, *, active: bool) -> None:
    wanted_page = set(role.page_permissions) if active and home else set()
    wanted_files = set(role.collection_permissions) if active else set()
    pages = [home, *home.get_translations()] if home else []
    GroupPagePermission.objects.filter(group=group).exclude(
        page__in=pages, permission__codename__in=wanted_page
    ).delete()
    for codename in wanted_page:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        for page in pages:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    GroupCollectionPermission.objects.filter(group=group).exclude(
        collection=collection, permission__codename__in=wanted_files
    ).delete()
    for permission in Permission.objects.filter(codename__in=wanted_files, content_type__app_label__in=_FILE_APPS):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    actions = {
        (model, action)
        for model in apps.get_models()
        for capability, actions in getattr(model, "permissions_by_capability", {}).items()
        if active and capability in role.capabilities
        for action in actions
    }
    permissions = [
        Permission.objects.get(
            content_type=ContentType.objects.get_for_model(model),
            codename=get_permission_codename(action, model._meta),
        )
        for model, action in actions
    ]
    admin_access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    group.permissions.set([*permissions, admin_access])
