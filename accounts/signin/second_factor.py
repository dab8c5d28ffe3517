"""The second factor: codes of an app on the person's telephone (TOTP), and ten recovery codes for the day it is lost.

1. `start_enrolment` makes a secret, shown as a picture and as letters; `confirm_enrolment` wants the first code of it
   and gives the recovery codes, once. 2. `verify` takes a code of the app or a recovery code; each works once.
3. Who has one already shows it before getting another (`views.py`); who lost everything goes to the technical
   administrator: `reset_second_factor`.
"""

import base64
import re
import secrets
from binascii import unhexlify
from datetime import datetime

import qrcode
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

from base.audit.trail import record
from base.operations.notices import notify

from ..models import PortalSession, RecoveryCode, User
from ..roles import (
    ADMINISTER,
    APPROVE,
    CONFIRM_REPEAL,
    DECIDE_TAKEDOWN,
    EMERGENCY,
    OPEN_SITES,
    RAISE_ALERT,
    ROLES,
    may,
    roles_of,
)
from . import sessions

# Users who may make things public, take them away, raise alerts, open sites or administer show a second factor.
COMPULSORY_FOR = frozenset({APPROVE, DECIDE_TAKEDOWN, EMERGENCY, RAISE_ALERT, OPEN_SITES, CONFIRM_REPEAL, ADMINISTER})
DEVICE_NAME = "Ứng dụng mã xác thực"
RECOVERY_CODES = 10
# Letters and digits that are not confused on paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 10
WRONG_CODE = "Mã không đúng hoặc đã dùng. Hãy nhập mã đang hiện trong ứng dụng."


def is_compulsory(user: User) -> bool:
    """Tell whether the person's roles demand a second factor."""
    if user.is_superuser:
        return True
    return any(ROLES[role].capabilities & COMPULSORY_FOR for role in roles_of(user) if role in ROLES)


def device_of(user: User) -> TOTPDevice | None:
    """Return the app that gives the person's codes, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).order_by("-pk").first()


# --- Enrolment -------------------------------------------------------------------------------------


@transaction.atomic
def start_enrolment(user: User) -> TOTPDevice:
    """Return the app that waits for its first code; its secret stays the same until then, whatever is reloaded."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("pk").first()
    return waiting or TOTPDevice.objects.create(user=user, name=DEVICE_NAME, confirmed=False)


@transaction.atomic
def confirm_enrolment(user: User, code: str, *, by: User, on: datetime) -> list[str]:
    """Take the first code of the new app; return the ten recovery codes, which cannot be shown again.

    The app before it ends. Raises ValidationError for a wrong code, PermissionDenied for another person.
    """
    if by.pk != user.pk:
        raise PermissionDenied("Mỗi người tự cài mã xác thực của mình.")
    waiting = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).order_by("pk").first()
    if waiting is None or not waiting.verify_token(_digits(code)):
        raise ValidationError(WRONG_CODE)
    TOTPDevice.objects.filter(user=user).exclude(pk=waiting.pk).delete()
    waiting.confirmed = True
    waiting.save(update_fields=["confirmed"])
    record("account.second_factor", by=user, obj=user, detail={"what": "cài ứng dụng mã xác thực"})
    notify(user, "app_enrolled", {"on": on})
    return _new_recovery_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User, *, by: User, on: datetime) -> list[str]:
    """Replace the recovery codes; return the new ten. Raises PermissionDenied for another person."""
    if by.pk != user.pk:
        raise PermissionDenied("Mỗi người tự tạo mã khôi phục của mình.")
    record("account.second_factor", by=user, obj=user, detail={"what": "tạo lại mã khôi phục"})
    notify(user, "recovery_codes_renewed", {"on": on})
    return _new_recovery_codes(user)


def secret_of(device: TOTPDevice) -> str:
    """Return the secret as it is typed into an app: letters in groups of four."""
    letters = base64.b32encode(unhexlify(device.key)).decode().rstrip("=")
    return " ".join(re.findall(".{1,4}", letters))


def picture_of(device: TOTPDevice) -> str:
    """Return the secret as a QR picture, ready for the `src` of an image; nothing leaves the server."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=10, border=3)
    code.add_data(device.config_url)
    svg = code.make_image(image_factory=SvgPathFillImage).to_string(encoding="unicode")
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def present_code(device: TOTPDevice) -> str:
    """Return the code the app shows now; for the demo and the tests, which have no telephone."""
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, device.drift):0{device.digits}d}"


# --- Showing it ------------------------------------------------------------------------------------


@transaction.atomic
def verify(user: User, code: str, *, on: datetime) -> str:
    """Return how a code was right: "app" or "recovery"; "" when it is wrong or was used before."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).order_by("-pk").first()
    if device is None:
        return ""
    if _digits(code) and device.verify_token(_digits(code)):
        return "app"
    used = RecoveryCode.objects.filter(user=user, used_at__isnull=True, digest=_digest(user, code)).update(used_at=on)
    if used:
        notify(user, "recovery_code_used", {"on": on})
    return "recovery" if used else ""


def mark_verified(session: PortalSession, *, on: datetime) -> PortalSession:
    """Note that the person of a session has shown their second factor."""
    session.verified_at = on
    session.save(update_fields=["verified_at"])
    return session


def codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    return user.recovery_codes.filter(used_at__isnull=True).count()


# --- Lost ------------------------------------------------------------------------------------------


@transaction.atomic
def reset_second_factor(user: User, *, by: User, on: datetime) -> User:
    """Take the second factor of a person who lost it; they install a new one at their next sign-in. Return the person.

    For technical administrators and superusers; never for oneself, and a superuser's only by a superuser. Raises
    PermissionDenied. All the person's sessions end; they are told by mail.
    """
    if not may_reset(user, by):
        raise PermissionDenied("Bạn không được đặt lại xác thực hai bước của người này.")
    user = User.objects.select_for_update().get(pk=user.pk)
    TOTPDevice.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    user.credentials_epoch += 1
    user.save(update_fields=["credentials_epoch"])
    sessions.end_all(user, on=on, why=PortalSession.End.CREDENTIALS)
    record("account.second_factor_reset", by=by, obj=user)
    notify(user, "second_factor_reset", {"on": on})
    return user


def may_reset(user: User, by: User) -> bool:
    """Tell whether `by` may take the second factor of `user`."""
    if by.pk == user.pk or not by.is_active:
        return False
    return by.is_superuser or (may(by, ADMINISTER) and not user.is_superuser)


def _new_recovery_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user: User, code: str) -> str:
    # Fifty random bits and the server's key: nothing to guess, so no slow hash is needed.
    plain = re.sub(r"[^a-z0-9]", "", code.lower())
    return salted_hmac(f"accounts.recovery.{user.pk}", plain, algorithm="sha256").hexdigest()


def _digits(code: str) -> str:
    digits = re.sub(r"\s", "", code)
    return digits if re.fullmatch(r"[0-9]{6}", digits) else ""
