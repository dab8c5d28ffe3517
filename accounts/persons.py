"""Persons and their accounts: made and corrected by the technical admin; rights follow appointments (`sync_person`)."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.models import PortalSite
from base.operations.notices import notify
from vietnam.text import nfc

from . import usernames
from .appointment_rights import may_record
from .models import Appointment, RoleGroup, User
from .roles import sync_site
from .signin import links
from .signin.single_sign_on import joining

BAD_USERNAME = "Tên đăng nhập chỉ gồm chữ, số và các dấu . - _ @ +."


@transaction.atomic
def create_account(
    *, by, on: datetime | None = None, username: str, full_name: str, position: str = "", email: str
) -> User:
    """Make the account of a person who has none; return it, without password and without any right.

    It can be used from the first day of the first appointment: then a one-time link goes to `email`. Raises Refused
    without the right, ValidationError (field → messages).
    """
    if not may_record(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được lập tài khoản.")
    username, full_name = nfc(username).strip(), " ".join(nfc(full_name).split())
    person = User(
        username=username,
        full_name=full_name,
        position=" ".join(nfc(position).split()),
        email=email.strip(),
        is_active=False,
    )
    errors = problems(username=username, full_name=full_name, email=person.email)
    try:
        person.clean_fields(exclude={"password", *errors})
    except ValidationError:
        errors.setdefault("username", []).append(BAD_USERNAME)
    if errors:
        raise ValidationError(errors)
    person.set_unusable_password()
    person.save()
    log(instance=person, action="portal.account.create", user=by, data=_account_data(person))
    return person


# What the house keeps of their rights on a user object.
REMEMBERED = (
    "_held_roles",
    "_held_units",
    "_site_ids",
    "_homes",
    "_perm_cache",
    "_user_perm_cache",
    "_group_perm_cache",
)


def problems(*, username: str, full_name: str, email: str) -> dict[str, list[str]]:
    """Return what `create_account` would refuse (field → messages)."""
    username = nfc(username).strip()
    errors: dict[str, list[str]] = {}
    if not username:
        errors["username"] = ["Hãy ghi tên đăng nhập, ví dụ van-thu.my-long."]
    elif problem := usernames.problem_of(username, User.objects.values_list("username", flat=True)):
        errors["username"] = [problem]
    if not full_name.strip():
        errors["full_name"] = ["Hãy ghi họ và tên đúng như trong quyết định."]
    return errors | _email_errors(email.strip())


@transaction.atomic
def change_account(person: User, *, by, on: datetime | None = None, full_name: str, position: str, email: str) -> User:
    """Correct a person's name, post and official e-mail; return the person.

    The e-mail receives one-time links. So it changes only while the account was never activated, or for a person
    whose roles take no second person. The old address is told. Raises Refused, ValidationError (field → messages).
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    demand_not_superuser(person)
    if not may_record(by) or by.pk == person.pk:
        raise Refused("Chỉ cán bộ quản trị kỹ thuật khác được sửa thông tin của tài khoản này.")
    errors = _email_errors(email.strip())
    full_name = " ".join(nfc(full_name).split())
    if not full_name:
        errors["full_name"] = ["Hãy ghi họ và tên đúng như trong quyết định."]
    before, new_email = _account_data(person), email.strip()
    moved = new_email != person.email
    if moved and person.has_usable_password() and _holds_confirmed_role(person):
        errors["email"] = [
            "Người này giữ vai trò cần hai người xác nhận nên thư điện tử không sửa được ở đây: hãy kết thúc phân công "
            "rồi phân công lại với địa chỉ mới."
        ]
    if errors:
        raise ValidationError(errors)
    old_email = person.email
    person.full_name, person.position, person.email = full_name, " ".join(nfc(position).split()), new_email
    person.save(update_fields=["full_name", "position", "email"])
    log(
        instance=person,
        action="portal.account.change",
        user=by,
        data={"before": before, "after": _account_data(person)},
    )
    if moved:
        notify(old_email, "email_changed", {"person": person, "site_name": settings.WAGTAIL_SITE_NAME})
    return person


@transaction.atomic
def sync_person(person: User, *, on: datetime | None = None, by=None) -> set[tuple[str, int]]:
    """Make groups and `is_active` of a person exactly what their appointments in force say; return what they lost.

    Returns (role key, site id) pairs. Losing a right raises `credentials_epoch`, which ends every session at its next
    request; losing the last one also takes the password, and with it every link that was sent, and single sign-on. A
    superuser's account is not touched: it has no appointments.
    """
    if person.is_superuser:
        return set()
    held = {
        (role, site): until
        for role, site, until in Appointment.objects.in_force()
        .filter(person=person)
        .values_list("role", "site_id", "valid_to")
    }
    wanted = {group: pair for pair, group in _groups_of(held).items()}
    present = set(person.groups.values_list("pk", flat=True))
    stale = present - wanted.keys()
    lost = set(RoleGroup.objects.filter(group__in=stale).values_list("role", "site_id")) if stale else set()
    if stale:
        person.groups.remove(*stale)
    if wanted.keys() - present:
        person.groups.add(*(wanted.keys() - present))
    was_active = person.is_active
    if not held:
        # Without any right there is nothing to suspend; a new decision begins anew.
        person.suspended_at = None
    person.is_active = bool(held) and person.suspended_at is None
    person.rights_until = min((until for until in held.values() if until), default=None)
    changed = ["is_active", "rights_until", "suspended_at"]
    if not held and person.has_usable_password():
        person.set_unusable_password()
        changed.append("password")
    if not held:
        joining.end_with_rights(person)
    person.save(update_fields=changed)
    if stale or (was_active and not person.is_active):
        User.objects.filter(pk=person.pk).update(credentials_epoch=F("credentials_epoch") + 1)
        person.refresh_from_db(fields=["credentials_epoch"])
    for remembered in REMEMBERED:
        person.__dict__.pop(remembered, None)
    if was_active != person.is_active:
        log(
            instance=person,
            action=f"portal.account.{'open' if person.is_active else 'close'}",
            user=by,
            data=_account_data(person),
        )
    return lost


def _groups_of(pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Return the group id of each (role, site id), made when missing."""
    pairs = set(pairs)
    if not pairs:
        return {}
    links = RoleGroup.objects.filter(role__in={role for role, _ in pairs}, site_id__in={site for _, site in pairs})
    found = {(link.role, link.site_id): link.group_id for link in links if (link.role, link.site_id) in pairs}
    if missing := pairs - found.keys():
        for site in PortalSite.objects.filter(pk__in={site for _, site in missing}):
            for link in sync_site(site):
                if (link.role, link.site_id) in missing:
                    found[(link.role, link.site_id)] = link.group_id
    return found


@transaction.atomic
def fix_people() -> list[User]:
    """Take away what people have beside their appointments, give back what is missing; return whom that changed.

    Of a superuser's account only groups and single permissions go. For `sync_roles`, after a change by hand.
    """
    fixed = []
    for person in User.objects.select_for_update().order_by("pk"):
        before = set(person.groups.values_list("pk", flat=True)), person.is_active
        direct = person.user_permissions.exists()
        person.user_permissions.clear()
        if person.is_superuser:
            person.groups.clear()
        sync_person(person)
        if direct or before != (set(person.groups.values_list("pk", flat=True)), person.is_active):
            log(instance=person, action="portal.account.mend", user=None, data=_account_data(person))
            fixed.append(person)
    return fixed


@transaction.atomic
def send_activation(person: User, *, by=None, on: datetime | None = None) -> User:
    """Mail the one-time link with which a person sets their first password; return the person.

    Raises Refused for an account without a right in force, or one that has a password.
    """
    if by is not None and not may_record(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được gửi liên kết kích hoạt.")
    demand_not_superuser(person)
    if not person.is_active:
        raise Refused("Tài khoản chưa có phân công đang hiệu lực nên chưa kích hoạt được.")
    if person.has_usable_password():
        raise Refused("Tài khoản đã được kích hoạt; người dùng tự đặt lại mật khẩu ở trang đăng nhập.")
    links.send_activation(person, by=by, on=on or timezone.now())
    log(instance=person, action="portal.account.invite", user=by, data=_account_data(person))
    return person


def demand_not_superuser(person: User) -> None:
    """Raise Refused for the account of last resort, which has no appointments."""
    if person.is_superuser:
        raise Refused("Tài khoản dự phòng (siêu quản trị) không được phân công và không sửa ở đây.")


def _holds_confirmed_role(person: User) -> bool:
    return Appointment.objects.open().filter(person=person, needs_confirmation=True).exists()


def _email_errors(email: str) -> dict[str, list[str]]:
    try:
        validate_email(email)
    except ValidationError:
        return {"email": ["Hãy ghi thư điện tử công vụ đúng dạng, ví dụ van-phong@example.invalid."]}
    return {}


def _account_data(person: User) -> dict[str, str]:
    return {
        "username": person.username,
        "full_name": person.full_name,
        "position": person.position,
        "email": person.email,
    }
