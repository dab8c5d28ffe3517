"""The roles of the Regulation as a table, and what follows from holding one (Quy chế Điều 8, 13, 14, 20, 22).

A role is held on a site, by an appointment in force and by nothing else. The group that `RoleGroup` names carries what
Wagtail's own screens ask for; `accounts.persons.sync_person` puts people into it. A role on the city's site counts
on every component site, because the Regulation knows one Editorial Board for all of them; a ward's role never counts
elsewhere. No role carries Wagtail's publish permission. Models of the rooms above say themselves which capability may
add, change or see them: `permissions_by_capability = {WRITE: ("add", "change", "view")}`.

A role `of_unit` is held on the city's site for one unit without a site of its own (a division, a school): it counts for
that unit's work alone (`unit_roles.may_for_unit`), never for a site.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.timezone import localdate
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from base.models import PortalSite
from base.queries.prepared import Prepared, given
from base.sites import all_sites, site_of

from .models import Appointment, RoleGroup, User

# What a role may do in the portal's own actions.
WRITE = "write"  # make drafts and submit them
REVIEW = "review"  # take over, edit, return with a reason
APPROVE = "approve"  # approve for publication
DECIDE_TAKEDOWN = "decide_takedown"
PROPOSE_TAKEDOWN = "propose_takedown"
EMERGENCY = "emergency"  # act alone, with a reason, until a second person has looked
RAISE_ALERT = "raise_alert"  # put alerts on pages alone, with a reason, until a second person has looked
SUPPLY = "supply"  # write articles for a unit without a site, which the standing office makes drafts of
DISPATCH = "dispatch"  # enter contributions of outsiders, hand over documents
ARRANGE = "arrange"  # order sections, cancel schedules
OPEN_SITES = "open_sites"  # open, merge and close component sites
CONFIRM_REPEAL = "confirm_repeal"
ADMINISTER = "administer"  # accounts, settings, backups; no approval
HANDLE_QUESTIONS = "handle_questions"  # receive, classify, assign citizens' questions, tell the askers
ANSWER_QUESTIONS = "answer_questions"  # write answers
SIGN_ANSWERS = "sign_answers"  # sign what another has written, before it is sent to the asker
SCORE = "score"  # score the sites by the provincial list, correct a measured point with a reason, submit to the head
SIGN_SCORES = "sign_scores"  # sign a score sheet that another has submitted
PROPOSE_ROYALTIES = "propose_royalties"  # correct items, keep contributors and tariffs, submit statements to the head
DECIDE_ROYALTIES = "decide_royalties"  # decide tariffs and statements (Điều 17.3)
PAY_ROYALTIES = "pay_royalties"  # see statements that are decided, note their payment
READ_TRAIL = "read_trail"  # the audit trail: of the own site, with a role of the city of all sites

# Who has one of these works on a site's content: its drafts, proposals and decisions concern them.
ON_CONTENT = frozenset({WRITE, REVIEW, APPROVE, DECIDE_TAKEDOWN, PROPOSE_TAKEDOWN, EMERGENCY, DISPATCH, ARRANGE})

# A role that carries one of these takes effect only after a second person has confirmed the appointment.
CONFIRMED_BY_TWO = frozenset({APPROVE, DECIDE_TAKEDOWN, EMERGENCY, RAISE_ALERT, ADMINISTER})


@dataclass(frozen=True)
class Role:
    """One role: its name in the Regulation, where it may be held, what it may do, its page permissions.

    `of_unit`: for the work of one unit alone, which its appointment names.
    """

    key: str
    label: str
    source: str
    on: frozenset[str]
    capabilities: frozenset[str]
    page_permissions: tuple[str, ...] = ()
    collection_permissions: tuple[str, ...] = ()
    of_unit: bool = False

    @property
    def needs_confirmation(self) -> bool:
        """Whether an appointment to it takes two persons."""
        return bool(self.capabilities & CONFIRMED_BY_TWO)


CITY, WARD, PRACTICE = PortalSite.Kind.CITY, PortalSite.Kind.WARD, PortalSite.Kind.PRACTICE
# Wagtail asks for the permissions of its own picture and document models, whatever models take their place.
_FILES = ("add_image", "choose_image", "add_document", "choose_document")
_ALL_FILES = (*_FILES, "change_image", "change_document")
_FILE_APPS = ("wagtailimages", "wagtaildocs")

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "contributor",
            "Cộng tác viên",
            "Điều 20.2",
            frozenset({CITY, WARD, PRACTICE}),
            frozenset({WRITE, PROPOSE_TAKEDOWN, ANSWER_QUESTIONS}),
            ("add_page", "change_page"),
            _FILES,
        ),
        Role(
            "editor",
            "Biên tập viên (thành viên Ban Biên tập)",
            "Điều 13.2",
            frozenset({CITY}),
            frozenset({WRITE, REVIEW, PROPOSE_TAKEDOWN, ARRANGE, HANDLE_QUESTIONS, ANSWER_QUESTIONS}),
            ("add_page", "change_page", "lock_page"),
            _ALL_FILES,
        ),
        Role(
            "deputy_head",
            "Phó Trưởng ban Biên tập",
            "Điều 13.2",
            frozenset({CITY}),
            frozenset(
                {
                    WRITE,
                    REVIEW,
                    APPROVE,
                    PROPOSE_TAKEDOWN,
                    DECIDE_TAKEDOWN,
                    ARRANGE,
                    OPEN_SITES,
                    CONFIRM_REPEAL,
                    HANDLE_QUESTIONS,
                    ANSWER_QUESTIONS,
                    SIGN_ANSWERS,
                    SCORE,
                    PROPOSE_ROYALTIES,
                }
            ),
            ("add_page", "change_page", "lock_page", "unlock_page"),
            _ALL_FILES,
        ),
        Role(
            "head",
            "Trưởng ban Biên tập",
            "Điều 13.2, 17.3",
            frozenset({CITY}),
            frozenset(
                {
                    WRITE,
                    REVIEW,
                    APPROVE,
                    PROPOSE_TAKEDOWN,
                    DECIDE_TAKEDOWN,
                    EMERGENCY,
                    RAISE_ALERT,
                    ARRANGE,
                    OPEN_SITES,
                    CONFIRM_REPEAL,
                    READ_TRAIL,
                    HANDLE_QUESTIONS,
                    ANSWER_QUESTIONS,
                    SIGN_ANSWERS,
                    SCORE,
                    SIGN_SCORES,
                    DECIDE_ROYALTIES,
                }
            ),
            ("add_page", "change_page", "lock_page", "unlock_page"),
            _ALL_FILES,
        ),
        Role(
            "standing_office",
            "Cơ quan Thường trực Ban Biên tập",
            "Điều 13.1, 22",
            frozenset({CITY}),
            frozenset(
                {
                    WRITE,
                    DISPATCH,
                    PROPOSE_TAKEDOWN,
                    ARRANGE,
                    OPEN_SITES,
                    CONFIRM_REPEAL,
                    READ_TRAIL,
                    HANDLE_QUESTIONS,
                    ANSWER_QUESTIONS,
                    SCORE,
                    PROPOSE_ROYALTIES,
                }
            ),
            ("add_page", "change_page"),
            _ALL_FILES,
        ),
        Role(
            "unit_head",
            "Thủ trưởng đơn vị, Chủ tịch UBND phường, xã",
            "Điều 20, 22",
            frozenset({WARD}),
            frozenset({WRITE, PROPOSE_TAKEDOWN, READ_TRAIL, HANDLE_QUESTIONS, ANSWER_QUESTIONS, SIGN_ANSWERS}),
            ("add_page", "change_page"),
            _FILES,
        ),
        Role(
            "ward_approver",
            "Người duyệt được ủy quyền của phường, xã",
            "Điều 20",
            frozenset({WARD, PRACTICE}),
            frozenset(
                {
                    WRITE,
                    REVIEW,
                    APPROVE,
                    PROPOSE_TAKEDOWN,
                    DECIDE_TAKEDOWN,
                    ARRANGE,
                    READ_TRAIL,
                    HANDLE_QUESTIONS,
                    ANSWER_QUESTIONS,
                    SIGN_ANSWERS,
                }
            ),
            ("add_page", "change_page"),
            _ALL_FILES,
        ),
        Role(
            "unit_contributor",
            "Cộng tác viên phòng, ban, đoàn thể, trường",
            "Điều 2, 20.2",
            frozenset({CITY}),
            frozenset({SUPPLY, ANSWER_QUESTIONS}),
            of_unit=True,
        ),
        Role(
            "unit_leader",
            "Thủ trưởng phòng, ban, đoàn thể, trường",
            "Điều 2, 20, 22",
            frozenset({CITY}),
            frozenset({SUPPLY, ANSWER_QUESTIONS, SIGN_ANSWERS}),
            of_unit=True,
        ),
        Role("duty", "Trực ban", "thực tiễn", frozenset({CITY, WARD}), frozenset({RAISE_ALERT})),
        Role(
            "technical_admin",
            "Cán bộ quản trị kỹ thuật",
            "Điều 14",
            frozenset({CITY}),
            frozenset({ADMINISTER, READ_TRAIL}),
        ),
        Role("accountant", "Kế toán", "thực tiễn", frozenset({CITY}), frozenset({PAY_ROYALTIES})),
    )
}

OF_UNIT = frozenset(role.key for role in ROLES.values() if role.of_unit)
_HELD = Prepared(
    lambda: Appointment.objects.in_force().filter(person_id=given("person")).order_by().values_list("role", "site_id")
)


# --- Questions ------------------------------------------------------------------------------------


def held_roles(user) -> set[tuple[str, int]]:
    """Return the (role key, site id) pairs an active user holds; cached on the user object for the request."""
    if user is None or not user.is_active or user.pk is None:
        return set()
    cached = getattr(user, "_held_roles", None)
    if cached is None:
        cached = set(_HELD.rows(person=user.pk))
        user._held_roles = cached
    return cached


def roles_of(user, site: PortalSite | None = None) -> set[str]:
    """Return the keys of the roles a user holds, on any site or with effect on `site`; those of a unit have none."""
    held = held_roles(user)
    if site is None:
        return {role for role, _ in held}
    return {role for role, site_id in held if site_id in site.role_sites and role not in OF_UNIT}


def has_role(user, role: str, site: PortalSite | None = None) -> bool:
    """Tell whether a user holds one role (on any site, or with effect on `site`)."""
    return role in roles_of(user, site)


def may(user, capability: str, site: PortalSite | None = None) -> bool:
    """Tell whether any role of the user, with effect on `site`, carries a capability."""
    return any(capability in ROLES[role].capabilities for role in roles_of(user, site) if role in ROLES)


def works_on(user, site: PortalSite | None) -> bool:
    """Tell whether a user works on a site's content; accounts and payments alone are no reason to read drafts."""
    return site is not None and any(
        ROLES[role].capabilities & ON_CONTENT for role in roles_of(user, site) if role in ROLES
    )


def has_worked_on_since(user, site: PortalSite, day: date) -> bool:
    """Tell whether a user works on a site's content and has done so every day since one; a new decision that follows
    the old one without a gap is no interruption."""
    if not works_on(user, site):
        return False
    roles = [key for key, role in ROLES.items() if role.capabilities & ON_CONTENT]
    held = Appointment.objects.held_between(day, localdate()).filter(
        person=user, role__in=roles, site__in=site.role_sites
    )
    reached = day - timedelta(days=1)
    for first, last in held.order_by("began_on").values_list("began_on", "ended_on"):
        if first > reached + timedelta(days=1):
            return False
        reached = max(reached, last or localdate())
    return reached >= localdate()


def slugs_where(user, capability: str) -> frozenset[str] | None:
    """Return the slugs of the sites on which a user may do something; None stands for every site."""
    sites = all_sites()
    if may(user, capability, next((site for site in sites if site.is_city), None)):
        return None
    held = {
        site_id
        for role, site_id in held_roles(user)
        if role in ROLES and role not in OF_UNIT and capability in ROLES[role].capabilities
    }
    return frozenset(site.slug for site in sites if site.pk in held)


def owner_site(obj) -> PortalSite | None:
    """Return the site a page or a record belongs to."""
    if hasattr(obj, "owner_site"):
        return obj.owner_site
    return site_of(obj)


def holders(capability: str, site: PortalSite):
    """Return the active users who may do something on a site, the site's own people and the city's."""
    keys = [role.key for role in ROLES.values() if capability in role.capabilities and not role.of_unit]
    return (
        User.objects.filter(
            is_active=True,
            appointments__state=Appointment.State.IN_FORCE,
            appointments__role__in=keys,
            appointments__site__in=site.role_sites,
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
    pages, collection, known = homes(site), site_collection(site), permission_ids()
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
        wanted = permissions_of(role, site, pages, collection, known)
        _sync(GroupPagePermission, group, "page_id", wanted.on_pages)
        _sync(GroupCollectionPermission, group, "collection_id", wanted.on_collections)
        group.permissions.set(wanted.on_models)
        result.append(link)
    return result


@dataclass(frozen=True)
class GroupPermissions:
    """What the group of a role has: (page id, permission id), (collection id, permission id), permission id."""

    on_pages: frozenset[tuple[int, int]] = frozenset()
    on_collections: frozenset[tuple[int, int]] = frozenset()
    on_models: frozenset[int] = frozenset()


def permissions_of(
    role: Role, site: PortalSite, pages: list[Page], collection: Collection | None, known: dict[tuple[str, str], int]
) -> GroupPermissions:
    """Return what the group of a role on a site has by the table.

    Nothing but entry where the site has stopped, or for the work of a unit.

    `pages` are `homes(site)`, `known` is `permission_ids()`: the same for all roles of a site.
    """
    entry = known["wagtailadmin", "access_admin"]
    if role.of_unit or site.state not in (PortalSite.State.PREPARED, PortalSite.State.OPEN):
        return GroupPermissions(on_models=frozenset({entry}))
    actions = {
        (model, action)
        for model in apps.get_models()
        for capability, actions in getattr(model, "permissions_by_capability", {}).items()
        if capability in role.capabilities
        for action in actions
    }
    return GroupPermissions(
        frozenset((page.pk, known["wagtailcore", name]) for page in pages for name in role.page_permissions),
        frozenset(
            (collection.pk, known[app, name])
            for app in _FILE_APPS
            for name in role.collection_permissions
            if collection and (app, name) in known
        ),
        frozenset(
            known[model._meta.app_label, get_permission_codename(action, model._meta)] for model, action in actions
        )
        | {entry},
    )


def homes(site: PortalSite) -> list[Page]:
    """Return a site's home page in every language."""
    home = site.home_page()
    return [home, *home.get_translations()] if home else []


def permission_ids() -> dict[tuple[str, str], int]:
    """Return the id of each permission by (app label, codename); one query."""
    rows = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    return {(app, name): pk for app, name, pk in rows}


def site_collection(site: PortalSite) -> Collection:
    """Return the site's own collection of pictures and files, made on first use."""
    root = Collection.get_first_root_node()
    found = Collection.objects.filter(depth=2, name=site.slug).first()
    return found or root.add_child(name=site.slug)


def _sync(model, group, place: str, wanted: frozenset[tuple[int, int]]) -> None:
    """Make a group's rows of Wagtail's page or collection permissions exactly those wanted."""
    present = {(getattr(row, place), row.permission_id): row for row in model.objects.filter(group=group)}
    model.objects.filter(pk__in=[row.pk for pair, row in present.items() if pair not in wanted]).delete()
    for where, permission in sorted(wanted - present.keys()):
        model.objects.create(group=group, permission_id=permission, **{place: where})
