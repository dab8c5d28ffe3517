"""Accounts by decision: who is appointed to what, by which decision, from when to when (Quy chế Điều 8.1).

1. `record_decision`: the decision of the managing body, with its scan. `create_account`: a person who has none yet.
2. `appoint`, `replace`, `delegate`: what the decision says of each person. Only the technical admin records, and never
   for himself. The superuser records while there is no technical admin.
3. `confirm`: a role that approves, decides on removals, acts in an emergency or administers takes effect only after
   a second person (the head, or another admin) has compared it with the decision.
4. `begin_and_end_due`: every minute, what has come to its first or past its last day. `warn_ending`: every morning.
5. `end`, `revoke`, `end_site`: how a right stops. Groups and `is_active` follow (`sync_person`), sessions and links
   die, and the steps handed in by `on_end` give the open work to somebody else.
6. `mark_sent`: the decision went to the department.

Rights are cut even when a step of `on_end` fails; the failure is logged.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Collection

from base.gate import Refused
from base.models import PortalFile, PortalSite
from base.sites import all_sites, city_site
from vietnam.dates import format_short
from vietnam.text import nfc

from .models import Appointment, AppointmentDecision, RoleGroup, User
from .roles import ADMINISTER, APPROVE, DISPATCH, EMERGENCY, OPEN_SITES, ROLES, holders, may, sync_site
from .signin import links

logger = logging.getLogger(__name__)

FILES = "Quyết định phân công"
FIRST_WARNING_WORKDAYS = 30
LAST_WARNING_WORKDAYS = 7
# What the screens call soon, in days; 30 working days are fewer, over Tết too.
SOON_DAYS = 60
ENOUGH_APPROVERS = 2
HOLDER_ENDED = "Hết quyền của người ủy quyền."
State, Kind = Appointment.State, AppointmentDecision.Kind
GIVING = frozenset({Kind.APPOINT, Kind.REPLACE})
ENDING = frozenset({Kind.END, Kind.REPLACE})
APPOINTABLE = frozenset({PortalSite.State.PREPARED, PortalSite.State.OPEN})

_steps: list[Callable] = []


def on_end(function: Callable) -> Callable:
    """Register a step to run when a person's last right on a site ends; usable as a decorator.

    Called as `function(person, site, *, ended, by, on)`; `ended` are the appointments that ended there, the decision
    is their `end_source`. Rooms above fill it in their `AppConfig.ready`.
    """
    if function not in _steps:
        _steps.append(function)
    return function


# --- Who may ---------------------------------------------------------------------------------------


def may_record(user) -> bool:
    """Tell whether a user may record decisions and appointments: the technical admin.

    A superuser only while nobody holds that role: at the very start, or when the last admin is gone.
    """
    city = city_site()
    if may(user, ADMINISTER, city):
        return True
    return user.is_active and user.is_superuser and city is not None and not holders(ADMINISTER, city).exists()


def may_end(user) -> bool:
    """Tell whether a user may end or revoke appointments: the technical admin, or a superuser, who can only take."""
    return may(user, ADMINISTER, city_site()) or (user.is_active and user.is_superuser)


def may_confirm(user, appointment: Appointment) -> bool:
    """Tell whether a user may be the second person for an appointment.

    The head or a technical admin, who neither recorded it nor is appointed by it. A superuser only while there is
    no such person.
    """
    if not appointment.waits_for_confirmation or user.pk in (appointment.recorded_by_id, appointment.person_id):
        return False
    city = city_site()
    if may(user, ADMINISTER, city) or may(user, EMERGENCY, city):
        return True
    return user.is_active and user.is_superuser and not confirmers(appointment).exists()


def confirmers(appointment: Appointment):
    """Return the people who may confirm an appointment, superusers apart."""
    keys = [role.key for role in ROLES.values() if role.capabilities & {ADMINISTER, EMERGENCY}]
    return (
        User.objects.filter(
            is_active=True,
            appointments__state=State.IN_FORCE,
            appointments__role__in=keys,
            appointments__site=city_site(),
        )  # fmt: skip
        .exclude(pk__in=[appointment.recorded_by_id, appointment.person_id])
        .distinct()
    )


def may_see_all(user) -> bool:
    """Tell whether a user sees every appointment: the admin, who confirms, who reports to the department."""
    city = city_site()
    if not user.is_active:
        return False
    return user.is_superuser or any(may(user, capability, city) for capability in (ADMINISTER, EMERGENCY, DISPATCH))


def visible(user):
    """Return the appointments a user may see in lists: all, those of the site he heads, or his own."""
    found = Appointment.objects.for_lists()
    if may_see_all(user):
        return found
    if not user.is_active:
        return found.none()
    return found.filter(Q(site__in=headed_sites(user)) | Q(person=user))


def headed_sites(user):
    """Return the sites a user is the unit head of."""
    return PortalSite.objects.filter(
        appointments__person=user, appointments__role="unit_head", appointments__state=State.IN_FORCE
    ).distinct()


@dataclass(frozen=True)
class Approvers:
    """How many people approve for a site: its own where approval is delegated, else those of the board."""

    site: PortalSite
    count: int
    by_board: bool

    @property
    def is_short(self) -> bool:
        """Too few: whoever wrote a text cannot approve it, so that two are the least."""
        return self.count < ENOUGH_APPROVERS


def approvers() -> list[Approvers]:
    """Return how many people approve for each site that is open or prepared, the city first; two queries."""
    keys = [role.key for role in ROLES.values() if APPROVE in role.capabilities]
    held = Appointment.objects.in_force().filter(role__in=keys, person__is_active=True)
    people: dict[int, set[int]] = {}
    for site_id, person_id in held.values_list("site_id", "person_id"):
        people.setdefault(site_id, set()).add(person_id)
    found = []
    for site in all_sites():
        if site.state not in APPOINTABLE:
            continue
        by_board = site.is_city or site.approval_mode != PortalSite.Approval.DELEGATED
        body = (site.parent_id or site.pk) if by_board else site.pk
        found.append(Approvers(site, len(people.get(body, ())), by_board))
    return found


# --- 1. Decisions and accounts ---------------------------------------------------------------------


@transaction.atomic
def record_decision(
    *, by, on: datetime | None = None, number: str, signed_on: date, issuing_body: str, title: str, kind: str,
    file=None, sent_to_department_on: date | None = None, sent_by_letter: str = "",
) -> AppointmentDecision:  # fmt: skip
    """Record a decision and return it; a decision recorded already (number, day, body) is returned as it is.

    `file` is an uploaded scan that has passed the checks of uploads; it is kept where no site sees it. Raises Refused
    without the right, ValidationError (field → messages).
    """
    if not may_end(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được ghi quyết định phân công.")
    moment = on or timezone.now()
    number, issuing_body, title = (" ".join(nfc(text).split()) for text in (number, issuing_body, title))
    found = AppointmentDecision.objects.filter(number=number, signed_on=signed_on, issuing_body=issuing_body).first()
    errors: dict[str, list[str]] = {}
    if not number:
        errors["number"] = ["Hãy ghi số, ký hiệu của quyết định, ví dụ 12/QĐ-UBND."]
    if not issuing_body:
        errors["issuing_body"] = ["Hãy ghi cơ quan ban hành quyết định."]
    if not title and not found:
        errors["title"] = ["Hãy ghi trích yếu của quyết định."]
    if kind not in Kind.values:
        errors["kind"] = ["Hãy chọn loại quyết định."]
    elif found and found.kind != kind:
        errors["kind"] = [f"Quyết định {found} đã được ghi với loại «{found.get_kind_display()}»; hãy chọn loại đó."]
    if not signed_on:
        errors["signed_on"] = ["Hãy ghi ngày ký quyết định theo dạng ngày/tháng/năm."]
    elif signed_on > _day(moment):
        errors["signed_on"] = ["Ngày ký ở sau hôm nay; chỉ ghi quyết định đã ký."]
    errors |= _sending_errors(sent_to_department_on, sent_by_letter, signed_on, moment)
    if errors:
        raise ValidationError(errors)
    if found:
        if file is not None and found.file_id is None:
            found.file = _keep_file(file, found, by)
            found.save(update_fields=["file"])
        return found
    decision = AppointmentDecision(
        number=number, signed_on=signed_on, issuing_body=issuing_body, title=title, kind=kind, recorded_by=by,
        recorded_at=moment, sent_to_department_on=sent_to_department_on, sent_by_letter=sent_by_letter.strip(),
    )  # fmt: skip
    if file is not None:
        decision.file = _keep_file(file, decision, by)
    decision.save()
    _log_decision(decision, "decide", by)
    return decision


def decision_files() -> Collection:
    """Return the collection of the scans, made on first use; it is no site's, so no list or page offers them."""
    root = Collection.get_first_root_node()
    return Collection.objects.filter(depth=2, name=FILES).first() or root.add_child(name=FILES)


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
        username=username, full_name=full_name, position=" ".join(nfc(position).split()), email=email.strip(),
        is_active=False,
    )  # fmt: skip
    errors: dict[str, list[str]] = {}
    if not username:
        errors["username"] = ["Hãy ghi tên đăng nhập, ví dụ van-thu.my-long."]
    elif User.objects.filter(username__iexact=username).exists():
        errors["username"] = [f"Đã có tài khoản «{username}»; hãy chọn tên khác hoặc chọn người đã có tài khoản."]
    if not full_name:
        errors["full_name"] = ["Hãy ghi họ và tên đúng như trong quyết định."]
    errors |= _email_errors(person.email)
    try:
        person.clean_fields(exclude={"password", *errors})
    except ValidationError:
        errors.setdefault("username", []).append("Tên đăng nhập chỉ gồm chữ, số và các dấu . - _ @ +.")
    if errors:
        raise ValidationError(errors)
    person.set_unusable_password()
    person.save()
    log(instance=person, action="portal.account.create", user=by, data=_account_data(person))
    return person


@transaction.atomic
def change_account(person: User, *, by, on: datetime | None = None, full_name: str, position: str, email: str) -> User:
    """Correct a person's name, post and official e-mail; return the person.

    The e-mail receives one-time links. So it changes only while the account was never activated, or for a person
    whose roles take no second person. The old address is told. Raises Refused, ValidationError (field → messages).
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    _demand_not_superuser(person)
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
    if moved and old_email:
        send_mail(
            "Thư điện tử của tài khoản đã đổi",
            f"Thư điện tử nhận liên kết của tài khoản «{person.username}» trên {settings.WAGTAIL_SITE_NAME} đã đổi "
            "sang địa chỉ khác. Nếu ông/bà không yêu cầu, hãy báo ngay cho Cơ quan Thường trực Ban Biên tập.",
            None, [old_email],
        )  # fmt: skip
    return person


# --- 2. Appoint, replace, delegate -----------------------------------------------------------------


@transaction.atomic
def appoint(
    decision: AppointmentDecision, *, by, on: datetime | None = None, person: User, role: str, site: PortalSite,
    valid_from: date, valid_to: date | None = None,
) -> Appointment:  # fmt: skip
    """Record what a decision says of one person: a role on a site, from the first to the last day, both included.

    In force at once when the first day has come and no second person is needed. Raises Refused without the right,
    for oneself, for a superuser, on a site that has stopped; ValidationError (field → messages).
    """
    if decision.kind not in GIVING:
        raise ValidationError({"kind": f"Quyết định loại «{decision.get_kind_display()}» không phân công được ai."})
    return _record(decision, by, on, person=person, role=role, site=site, valid_from=valid_from, valid_to=valid_to)


@transaction.atomic
def replace(
    appointment: Appointment, *, by, on: datetime | None = None, decision: AppointmentDecision, person: User,
    valid_from: date, valid_to: date | None = None,
) -> Appointment:  # fmt: skip
    """Put another person in the place of an appointed one, same role and site; return the new appointment.

    The old one ends the day before the new one's first day, whether or not that has been confirmed by then.
    Raises as `appoint`.
    """
    if decision.kind != Kind.REPLACE:
        raise ValidationError({"kind": "Việc thay thế cần quyết định loại «Thay thế»."})
    appointment = _locked(appointment)
    if person.pk == appointment.person_id:
        raise ValidationError({"person": ["Người thay phải là người khác."]})
    new = _record(
        decision, by, on, person=person, role=appointment.role, site=appointment.site, valid_from=valid_from,
        valid_to=valid_to, replaces=appointment,
    )  # fmt: skip
    _end_on(
        appointment, valid_from - timedelta(days=1), by=by, moment=on or timezone.now(), decision=decision,
        reason=f"Thay bằng {person}.", at_once=State.REPLACED,
    )  # fmt: skip
    return new


@transaction.atomic
def delegate(
    appointment: Appointment, *, by, on: datetime | None = None, decision: AppointmentDecision, person: User,
    valid_from: date, valid_to: date,
) -> Appointment:  # fmt: skip
    """Record a holder's delegation (ủy quyền) of his role to another person for a time; return it.

    Lies inside the holder's own appointment and ends with it; a delegation is not delegated on. Raises as `appoint`.
    """
    if decision.kind != Kind.DELEGATE:
        raise ValidationError({"kind": "Việc ủy quyền cần quyết định loại «Ủy quyền»."})
    appointment = _locked(appointment)
    errors: dict[str, list[str]] = {}
    if appointment.is_delegation:
        raise Refused("Người được ủy quyền không ủy quyền lại được.")
    if appointment.state != State.IN_FORCE:
        raise Refused("Chỉ ủy quyền được từ một phân công đang hiệu lực.")
    if person.pk == appointment.person_id:
        errors["person"] = ["Người được ủy quyền phải là người khác."]
    if not valid_to:
        errors["valid_to"] = ["Ủy quyền phải có ngày cuối; hãy ghi đến hết ngày nào."]
    elif appointment.valid_to and valid_to > appointment.valid_to:
        errors["valid_to"] = [
            f"Ủy quyền không dài hơn phân công của người ủy quyền, đến hết ngày {format_short(appointment.valid_to)}."
        ]
    if valid_from and valid_from < appointment.valid_from:
        errors["valid_from"] = [
            f"Ủy quyền không bắt đầu trước phân công của người ủy quyền, ngày {format_short(appointment.valid_from)}."
        ]
    if errors:
        raise ValidationError(errors)
    return _record(
        decision, by, on, person=person, role=appointment.role, site=appointment.site, valid_from=valid_from,
        valid_to=valid_to, delegated_from=appointment,
    )  # fmt: skip


def _record(decision, by, on, *, person, role, site, valid_from, valid_to, **origin) -> Appointment:
    moment = on or timezone.now()
    if not may_record(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được ghi phân công.")
    if person.pk == by.pk:
        raise Refused("Không ai tự ghi phân công cho mình; hãy nhờ cán bộ quản trị khác.")
    _demand_not_superuser(person)
    # Two admins at once: the second waits here, then sees what the first has recorded.
    User.objects.select_for_update().get(pk=person.pk)
    errors: dict[str, list[str]] = {}
    known = ROLES.get(role)
    if known is None:
        errors["role"] = ["Hãy chọn vai trò."]
    elif site.kind not in known.on:
        errors["role"] = [f"Vai trò «{known.label}» không có trên {site}; hãy chọn vai trò hoặc trang khác."]
    if site.state not in APPOINTABLE:
        errors["site"] = [f"{site} đã ngừng cập nhật nên không phân công ai được."]
    if not valid_from:
        errors["valid_from"] = ["Hãy ghi ngày bắt đầu theo dạng ngày/tháng/năm."]
    elif decision.signed_on and valid_from < decision.signed_on:
        errors["valid_from"] = [f"Ngày bắt đầu ở trước ngày ký quyết định, {format_short(decision.signed_on)}."]
    if valid_from and valid_to and valid_to < valid_from:
        errors["valid_to"] = ["Ngày cuối ở trước ngày bắt đầu."]
    elif valid_to and valid_to < _day(moment):
        errors["valid_to"] = ["Ngày cuối đã qua; phân công này không còn hiệu lực ngày nào."]
    if not errors:
        same = Appointment.objects.open().filter(person=person, role=role, site=site)
        same = same.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from))
        same = same.filter(valid_from__lte=valid_to) if valid_to else same
        other = same.first()
        if other:
            errors["person"] = [
                f"{person} đã được phân công vai trò này theo {other.decision}; hãy kết thúc phân công đó trước, hoặc "
                "ghi thời gian không trùng."
            ]
    if errors:
        raise ValidationError(errors)
    appointment = Appointment.objects.create(
        decision=decision, person=person, role=role, role_label=known.label, site=site, valid_from=valid_from,
        valid_to=valid_to, needs_confirmation=known.needs_confirmation, recorded_by=by, recorded_at=moment, **origin,
    )  # fmt: skip
    _log(appointment, "delegate" if appointment.is_delegation else "appoint", by)
    if known.needs_confirmation:
        _ask_for_confirmation(appointment)
    elif valid_from <= _day(moment):
        _settle(person, began=[appointment], by=by, moment=moment)
    return appointment


# --- 3. Confirm ------------------------------------------------------------------------------------


@transaction.atomic
def confirm(appointment: Appointment, *, by, on: datetime | None = None) -> Appointment:
    """Confirm, as the second person, that an appointment is what the decision says; return it.

    In force at once when its first day has come. Raises Refused for the recorder, the person himself, whoever may
    not, and an appointment that does not wait for it.
    """
    moment = on or timezone.now()
    appointment = _locked(appointment)
    if not appointment.waits_for_confirmation:
        raise Refused("Phân công này không chờ xác nhận.")
    if by.pk == appointment.recorded_by_id:
        raise Refused("Người ghi phân công không tự xác nhận được; cần người thứ hai.")
    if by.pk == appointment.person_id:
        raise Refused("Không ai tự xác nhận phân công của mình.")
    if not may_confirm(by, appointment):
        raise Refused("Chỉ Trưởng ban Biên tập hoặc cán bộ quản trị kỹ thuật khác được xác nhận phân công.")
    if appointment.site.state not in APPOINTABLE:
        raise Refused(f"{appointment.site} đã ngừng cập nhật nên không phân công ai được.")
    appointment.confirmed_by, appointment.confirmed_at = by, moment
    appointment.save(update_fields=["confirmed_by", "confirmed_at"])
    _log(appointment, "confirm", by)
    today = _day(moment)
    if appointment.valid_from <= today and (appointment.valid_to is None or appointment.valid_to >= today):
        _settle(appointment.person, began=[appointment], by=by, moment=moment)
    return appointment


# --- 4. What the days bring -------------------------------------------------------------------------


def begin_and_end_due(*, on: datetime | None = None) -> list[Appointment]:
    """Begin what has come to its first day and end what is past its last; return the appointments changed.

    One transaction a person, the ends and the beginnings together, so that a renewal cuts nothing. A person for whom
    it fails is reported after the others are done.
    """
    moment = on or timezone.now()
    today = _day(moment)
    due = Appointment.objects.due_to_begin(today) | Appointment.objects.due_to_end(today)
    changed, failed = [], []
    for pk in sorted(set(due.values_list("person_id", flat=True))):
        try:
            changed += settle_due(pk, on=moment)
        except Exception as error:  # noqa: BLE001  one person must not stop the others; it is raised below
            failed.append((pk, error))
    if failed:
        raise RuntimeError(
            "Không cập nhật được phân công: " + "; ".join(f"tài khoản {pk}: {error}" for pk, error in failed)
        ) from failed[0][1]
    return changed


@transaction.atomic
def settle_due(person_id: int, *, on: datetime | None = None) -> list[Appointment]:
    """Begin and end what is due for one person (and what is delegated by him); return the appointments changed."""
    moment = on or timezone.now()
    today = _day(moment)
    person = User.objects.select_for_update().get(pk=person_id)
    own = Appointment.objects.filter(person=person).select_related("site", "decision", "ended_by")
    ending, beginning = list(own.due_to_end(today)), list(own.due_to_begin(today).exclude(valid_to__lt=today))
    _settle(person, ended=ending, began=beginning, by=None, moment=moment)
    return [*ending, *beginning]


def warn_ending(
    *, on: datetime | None = None, workdays_before: Callable[[date, int], date]
) -> list[tuple[Appointment, int]]:
    """Warn of appointments that end, 30 and 7 working days before; return (appointment, days left) of each warning.

    `workdays_before(day, n)` answers the day that lies n working days before a day; the calendar belongs to a room
    above. Mailed to the person, the technical admins and the standing office; each warning once.
    """
    moment = on or timezone.now()
    today = _day(moment)
    warned = []
    soon = Appointment.objects.ending_by(today + timedelta(days=SOON_DAYS)).filter(valid_to__gte=today)
    for found in soon.for_lists().order_by("valid_to", "pk"):
        if today < workdays_before(found.valid_to, FIRST_WARNING_WORKDAYS):
            continue
        is_last = today >= workdays_before(found.valid_to, LAST_WARNING_WORKDAYS)
        if (found.warned_week_on if is_last else found.warned_month_on) is not None:
            continue
        with transaction.atomic():
            # Whoever is told of the last days first needs no earlier warning any more.
            found.warned_month_on = found.warned_month_on or today
            found.warned_week_on = today if is_last else None
            found.save(update_fields=["warned_month_on", "warned_week_on"])
            left = found.days_left(today)
            _log(found, "warn", None, days_left=left)
            _mail(
                {found.person, *_administrators(), *_standing_office()},
                f"Phân công sắp hết hạn: {found.person}, {format_short(found.valid_to)}",
                f"{_described(found)} sẽ kết thúc sau ngày {format_short(found.valid_to)} (còn {left} ngày).\n\n"
                "Hết ngày đó quyền trên cổng tự chấm dứt. Nếu tiếp tục, cần quyết định mới và ghi vào mục «Phân công».",
            )
        warned.append((found, left))
    return warned


# --- 5. End and revoke ------------------------------------------------------------------------------


@transaction.atomic
def end(
    appointment: Appointment, *, by, on: datetime | None = None, decision: AppointmentDecision, last_day: date,
    reason: str = "",
) -> Appointment:  # fmt: skip
    """End an appointment after `last_day` by a decision; at once when that day has passed. Return it.

    Raises Refused without the right or when it has ended already, ValidationError for a wrong day or decision.
    """
    if not may_end(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được kết thúc phân công.")
    _demand_ending(decision)
    appointment = _locked(appointment)
    if not last_day:
        raise ValidationError({"last_day": ["Hãy ghi ngày cuối cùng giữ vai trò theo dạng ngày/tháng/năm."]})
    _end_on(appointment, last_day, by=by, moment=on or timezone.now(), decision=decision, reason=reason)
    return appointment


@transaction.atomic
def revoke(
    appointment: Appointment, *, by, on: datetime | None = None, decision: AppointmentDecision, reason: str
) -> Appointment:
    """Revoke an appointment by a decision: the right is cut now, and what was delegated from it. Return it.

    Raises Refused without the right or when it has ended already, ValidationError without a reason.
    """
    if not may_end(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được thu hồi phân công.")
    _demand_ending(decision)
    if not reason.strip():
        raise ValidationError({"reason": ["Hãy ghi lý do thu hồi."]})
    appointment = _locked(appointment)
    _stop([appointment], State.REVOKED, by=by, moment=on or timezone.now(), decision=decision, reason=reason.strip())
    return appointment


@transaction.atomic
def end_site(site: PortalSite, *, by, on: datetime | None = None, legal_act: str, last_day: date) -> list[Appointment]:
    """End every appointment on a site that has stopped, by the legal act that stopped it; return them.

    Nobody is moved: people get rights on a successor by a new decision, and stand in `waiting_for_decision` until
    then. Called while the dossier of a merger or closing is carried out, by its second person. Raises Refused for a
    site that goes on, or without the right to open sites and to approve.
    """
    city = city_site()
    if not (may(by, OPEN_SITES, city) and may(by, APPROVE, city)):
        raise Refused("Bạn không có quyền kết thúc phân công của một trang.")
    if site.state in APPOINTABLE:
        raise Refused(f"{site} còn hoạt động; hãy kết thúc từng phân công bằng quyết định.")
    moment = on or timezone.now()
    number = " ".join(legal_act.split())[:300]
    # The dossier names the act in one line, its day and issuer included.
    decision = AppointmentDecision.objects.filter(number=number, signed_on=None).first()
    if decision is None:
        decision = AppointmentDecision.objects.create(
            number=number, title="Chấm dứt phân công do sáp nhập, đóng trang", kind=Kind.END,
            recorded_by=by, recorded_at=moment,
        )  # fmt: skip
        _log_decision(decision, "decide", by)
    found = list(Appointment.objects.select_for_update().open().filter(site=site).order_by("pk"))
    reason = f"{site} ngừng từ ngày {format_short(last_day + timedelta(days=1))}."
    return _stop(found, State.ENDED, by=by, moment=moment, decision=decision, reason=reason)


def waiting_for_decision():
    """Return the people whose appointment ended with their site and who have got no other since, by name."""
    stopped = Appointment.objects.filter(
        site__state__in=[PortalSite.State.FROZEN, PortalSite.State.CLOSED], state=State.ENDED, began_on__isnull=False,
        ended_by__kind=Kind.END, ended_by__signed_on__isnull=True,
    )  # fmt: skip
    newer = Appointment.objects.open()
    return (
        User.objects.filter(appointments__in=stopped)
        .exclude(appointments__in=newer)
        .distinct()
        .order_by("full_name", "pk")
    )


def _end_on(appointment, last_day: date, *, by, moment, decision, reason, at_once=State.ENDED) -> None:
    """End on a day to come by moving the last day, on a day that has passed at once."""
    if not appointment.is_open:
        raise Refused("Phân công này đã kết thúc.")
    if last_day < _day(moment):
        _stop([appointment], at_once, by=by, moment=moment, decision=decision, reason=reason)
        return
    if appointment.valid_to and last_day > appointment.valid_to:
        raise ValidationError(
            {"last_day": [f"Phân công chỉ đến {format_short(appointment.valid_to)}; muốn kéo dài cần phân công mới."]}
        )
    if last_day < appointment.valid_from:
        _stop([appointment], at_once, by=by, moment=moment, decision=decision, reason=reason)
        return
    appointment.valid_to, appointment.ended_by, appointment.end_reason = last_day, decision, reason[:300]
    appointment.save(update_fields=["valid_to", "ended_by", "end_reason"])
    _log(appointment, "end", by, last_day=format_short(last_day))
    for delegation in appointment.delegations.open().filter(valid_to__gt=last_day):
        if delegation.valid_from > last_day:
            _stop(
                [delegation],
                State.ENDED,
                by=by,
                moment=moment,
                decision=decision,
                reason=HOLDER_ENDED,
            )
        else:
            delegation.valid_to = last_day
            delegation.save(update_fields=["valid_to"])
            _note_end(delegation.person)
    _note_end(appointment.person)


def _stop(found: Iterable[Appointment], state: str, *, by, moment, decision, reason: str) -> list[Appointment]:
    """End appointments now, each with what was delegated from it, and settle the people."""
    found = list(found)
    for appointment in found:
        if not appointment.is_open:
            raise Refused("Phân công này đã kết thúc.")
    by_person: dict[User, list[Appointment]] = {}
    for appointment in found:
        appointment.ended_by, appointment.end_reason = decision, reason[:300]
        by_person.setdefault(appointment.person, []).append(appointment)
    for person, ended in by_person.items():
        _settle(person, ended=ended, state=state, by=by, moment=moment)
    return found


# --- 6. Report to the department ---------------------------------------------------------------------


@transaction.atomic
def mark_sent(
    decision: AppointmentDecision, *, by, on: datetime | None = None, sent_on: date, letter: str
) -> AppointmentDecision:
    """Write down when and by which letter a decision went to the department (Điều 8.1); return it.

    By the technical admin or the standing office. Raises Refused, ValidationError (field → messages).
    """
    if not may_send(by):
        raise Refused("Chỉ Cơ quan Thường trực hoặc cán bộ quản trị kỹ thuật được ghi việc gửi Sở.")
    moment = on or timezone.now()
    decision = AppointmentDecision.objects.select_for_update().get(pk=decision.pk)
    errors = _sending_errors(sent_on, letter, decision.signed_on, moment)
    if not sent_on:
        errors["sent_to_department_on"] = ["Hãy ghi ngày gửi theo dạng ngày/tháng/năm."]
    if errors:
        raise ValidationError(errors)
    decision.sent_to_department_on, decision.sent_by_letter = sent_on, letter.strip()
    decision.save(update_fields=["sent_to_department_on", "sent_by_letter"])
    _log_decision(decision, "send", by, sent_on=format_short(sent_on), letter=letter.strip())
    return decision


def may_send(user) -> bool:
    """Tell whether a user may write down what went to the department."""
    city = city_site()
    return may(user, ADMINISTER, city) or may(user, DISPATCH, city)


# --- The account follows -----------------------------------------------------------------------------


@transaction.atomic
def sync_person(person: User, *, on: datetime | None = None, by=None) -> set[tuple[str, int]]:
    """Make groups and `is_active` of a person exactly what his appointments in force say; return what he lost.

    Returns (role key, site id) pairs. Losing a right raises `credentials_epoch`, which ends every session at its next
    request; losing the last one also takes the password, and with it every link that was sent. A superuser's account
    is not touched: it has no appointments.
    """
    if person.is_superuser:
        return set()
    held = {(role, site): until for role, site, until in Appointment.objects.in_force().filter(person=person)
            .values_list("role", "site_id", "valid_to")}  # fmt: skip
    wanted = {group: pair for pair, group in _groups_of(held).items()}
    present = set(person.groups.values_list("pk", flat=True))
    stale = present - wanted.keys()
    lost = set(RoleGroup.objects.filter(group__in=stale).values_list("role", "site_id")) if stale else set()
    if stale:
        person.groups.remove(*stale)
    if wanted.keys() - present:
        person.groups.add(*(wanted.keys() - present))
    was_active = person.is_active
    person.is_active = bool(held)
    person.rights_until = min((until for until in held.values() if until), default=None)
    changed = ["is_active", "rights_until"]
    if not held and person.has_usable_password():
        person.set_unusable_password()
        changed.append("password")
    person.save(update_fields=changed)
    if stale or (was_active and not held):
        User.objects.filter(pk=person.pk).update(credentials_epoch=F("credentials_epoch") + 1)
        person.refresh_from_db(fields=["credentials_epoch"])
    for remembered in ("_held_roles", "_site_ids", "_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        person.__dict__.pop(remembered, None)
    if was_active != person.is_active:
        log(instance=person, action=f"portal.account.{'open' if person.is_active else 'close'}", user=by,
            data=_account_data(person))  # fmt: skip
    return lost


@transaction.atomic
def mend_people() -> list[User]:
    """Take away what anybody has beside his appointments and give back what is missing; return whom that changed.

    Of a superuser's account only groups and single permissions go. For `sync_roles`, after somebody's hand.
    """
    mended = []
    for person in User.objects.select_for_update().order_by("pk"):
        before = set(person.groups.values_list("pk", flat=True)), person.is_active
        direct = person.user_permissions.exists()
        person.user_permissions.clear()
        if person.is_superuser:
            person.groups.clear()
        sync_person(person)
        if direct or before != (set(person.groups.values_list("pk", flat=True)), person.is_active):
            log(instance=person, action="portal.account.mend", user=None, data=_account_data(person))
            mended.append(person)
    return mended


@transaction.atomic
def send_activation(person: User, *, by=None, on: datetime | None = None) -> User:
    """Mail the one-time link with which a person sets his first password; return the person.

    Raises Refused for an account without a right in force, or one that has a password.
    """
    if by is not None and not may_record(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được gửi liên kết kích hoạt.")
    _demand_not_superuser(person)
    if not person.is_active:
        raise Refused("Tài khoản chưa có phân công đang hiệu lực nên chưa kích hoạt được.")
    if person.has_usable_password():
        raise Refused("Tài khoản đã được kích hoạt; người dùng tự đặt lại mật khẩu ở trang đăng nhập.")
    links.send_activation(person, by=by, on=on or timezone.now())
    log(instance=person, action="portal.account.invite", user=by, data=_account_data(person))
    return person


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


def _settle(person: User, *, ended=(), began=(), state: str | None = None, by, moment: datetime) -> None:
    """Write the new states of one person's appointments, then groups, mails and the steps of `on_end`.

    `state` is that of the ended ones; without it each ends as planned.
    """
    today = _day(moment)
    delegations = []
    held_until_now = [found for found in ended if found.state == State.IN_FORCE]
    for found in ended:
        planned = State.REPLACED if found.replacements.exists() else State.ENDED
        if found.state == State.PREPARED and state is None:
            found.end_reason = found.end_reason or "Hết thời gian mà chưa có hiệu lực."
        if found.state == State.IN_FORCE:
            found.ended_on = min(today, found.valid_to) if found.valid_to else today
            found.ended_on = max(found.ended_on, found.began_on)
        found.state, found.ended_at = state or planned, moment
        found.save(update_fields=["state", "ended_on", "ended_at", "ended_by", "end_reason", "valid_to"])
        _log(found, {State.REVOKED: "revoke", State.REPLACED: "replace"}.get(found.state, "end"), by)
        delegations += found.delegations.open().select_related("person")
    for found in began:
        found.state, found.began_on = State.IN_FORCE, today
        found.save(update_fields=["state", "began_on"])
        _log(found, "begin", by)
    lost = sync_person(person, on=moment, by=by)
    for found in held_until_now:
        _mail(
            [person],
            f"Phân công đã kết thúc: {found.role_label}",
            f"{_described(found)} đã kết thúc theo {found.end_source}. {found.end_reason}\n\nCác phiên đăng nhập với "
            "quyền này đã đóng. Bài đang soạn dở vẫn còn là bản nháp trên cổng.",
        )
    for found in began:
        if person.has_usable_password():
            _mail(
                [person],
                f"Phân công có hiệu lực: {found.role_label}",
                f"{_described(found)} có hiệu lực theo {found.decision}.",
            )
    if began and not person.has_usable_password():
        send_activation(person, on=moment)
    _run_steps(person, lost, held_until_now, by, moment)
    for delegation in delegations:
        _stop(
            [delegation], State.REVOKED if state == State.REVOKED else State.ENDED, by=by, moment=moment,
            decision=delegation.delegated_from.ended_by, reason=HOLDER_ENDED,
        )  # fmt: skip


def _run_steps(person, lost, ended, by, moment) -> None:
    """Run the steps of `on_end` for every site on which a person has no right left."""
    kept = set(Appointment.objects.in_force().filter(person=person).values_list("site_id", flat=True))
    for site in PortalSite.objects.filter(pk__in={site for _, site in lost} - kept):
        for step in _steps:
            try:
                with transaction.atomic():
                    step(person, site, ended=[found for found in ended if found.site_id == site.pk], by=by, on=moment)
            except Exception:
                logger.exception("Bàn giao việc của tài khoản %s trên %s không xong.", person.pk, site)
                log(instance=person, action="portal.appointment.handover_failed", user=by, data={"site": str(site)})


def _note_end(person: User) -> None:
    """Bring `rights_until` up to date after a last day has moved."""
    sync_person(User.objects.get(pk=person.pk))


# --- Private ---------------------------------------------------------------------------------------


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _locked(appointment: Appointment) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("person", "site", "decision", "recorded_by")
        .get(pk=appointment.pk)
    )


def _demand_not_superuser(person: User) -> None:
    if person.is_superuser:
        raise Refused("Tài khoản dự phòng (siêu quản trị) không được phân công và không sửa ở đây.")


def _demand_ending(decision: AppointmentDecision) -> None:
    if decision.kind not in ENDING:
        raise ValidationError({"kind": "Việc này cần quyết định loại «Chấm dứt, thu hồi» hoặc «Thay thế»."})


def _holds_confirmed_role(person: User) -> bool:
    return Appointment.objects.open().filter(person=person, needs_confirmation=True).exists()


def _email_errors(email: str) -> dict[str, list[str]]:
    try:
        validate_email(email)
    except ValidationError:
        return {"email": ["Hãy ghi thư điện tử công vụ đúng dạng, ví dụ van-phong@example.invalid."]}
    return {}


def _sending_errors(sent_on, letter: str, signed_on, moment: datetime) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if sent_on and (sent_on > _day(moment) or (signed_on and sent_on < signed_on)):
        errors["sent_to_department_on"] = ["Ngày gửi Sở phải từ ngày ký đến hôm nay."]
    if bool(sent_on) != bool(letter.strip()):
        errors["sent_by_letter"] = ["Ngày gửi Sở và số công văn đi cùng nhau; hãy ghi cả hai hoặc để trống cả hai."]
    return errors


def _keep_file(upload, decision: AppointmentDecision, by) -> PortalFile:
    kept = PortalFile(
        title=f"Quyết định {decision.number}"[:255], file=upload, collection=decision_files(), uploaded_by_user=by
    )
    kept.file_size = upload.size
    kept.save()
    return kept


def _account_data(person: User) -> dict[str, str]:
    return {"username": person.username, "full_name": person.full_name, "position": person.position,
            "email": person.email}  # fmt: skip


def _described(found: Appointment) -> str:
    by = f" (ủy quyền của {found.delegated_by})" if found.is_delegation else ""
    return f"Phân công của {found.person}: {found.role_label}, {found.site}{by}"


def _log(found: Appointment, step: str, by, **more) -> None:
    """One line of the log; all of it text that stays true when names and tables change."""
    data = {
        "person": found.person.get_full_name(),
        "username": found.person.username,
        "role": found.role_label,
        "site": str(found.site),
        "from": format_short(found.valid_from),
        "to": format_short(found.valid_to) if found.valid_to else "",
        "decision": str(found.end_source if step in ("end", "revoke", "replace") else found.decision),
    }
    if found.end_reason and step in ("end", "revoke", "replace"):
        data["reason"] = found.end_reason
    log(instance=found, action=f"portal.appointment.{step}", user=by, data={**data, **more})


def _log_decision(decision: AppointmentDecision, step: str, by, **more) -> None:
    data = {"decision": str(decision), "issued_by": decision.issuing_body, "kind": decision.get_kind_display(), **more}
    log(instance=decision, action=f"portal.appointment.{step}", user=by, data=data)


def _administrators():
    return list(holders(ADMINISTER, city_site()))


def _standing_office():
    return list(holders(DISPATCH, city_site()))


def _mail(people: Iterable[User], subject: str, text: str) -> None:
    addresses = sorted({person.email for person in people if person.email})
    for address in addresses:
        send_mail(subject, text, None, [address])


def _ask_for_confirmation(found: Appointment) -> None:
    link = settings.WAGTAILADMIN_BASE_URL + reverse("accounts_appointment", args=[found.pk])
    _mail(
        confirmers(found),
        f"Chờ xác nhận phân công: {found.person}",
        f"{_described(found)}, theo {found.decision}, do {found.recorded_by} ghi, chờ người thứ hai đối chiếu với "
        f"quyết định và xác nhận:\n{link}",
    )
