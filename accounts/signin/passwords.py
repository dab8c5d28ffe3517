"""What a password must be, and its change (Quy chế Điều 8.3: strong, and changed regularly).

1. `problems` compares with the rules that need no list, the weak words, the person's own name, the last passwords.
2. `change_password` sets a new one, keeps the old one's hash, ends the person's other sessions and every link.
3. `is_due`, `days_left`: when it has to be changed (`PORTAL_PASSWORD_DAYS`, or on first use).
"""

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from base.audit.trail import record
from base.operations.backup.ended import note as note_ended
from base.operations.notices import notify
from vietnam.text import fold

from ..models import PasswordHistory, PortalSession, User
from . import sessions

SHORTEST, LONGEST = 12, 128
WORDS_FILE = Path(__file__).parent / "data" / "weak_words.txt"
# The person is reminded this many days before their password has to be changed.
WARN_DAYS = 14
SHORTEST_WORD = 5
SHORTEST_NAME = 4
# What stands for a letter in "m@tkh4u": such a word is still the word.
DISGUISES = str.maketrans("01345789@$!€|", "oieastbgaslel")
# A year at the start or the end of a row of digits: 1990, 2026, 15062020.
YEAR = re.compile(r"(?<!\d)(?:19[3-9]|20[0-4])\d|(?:19[3-9]|20[0-4])\d(?!\d)")
REPEATED = re.compile(r"(.)\1{3}")


class Rule(NamedTuple):
    """A rule as the person reads it; `test` takes the password and says whether it is kept."""

    key: str
    label: str
    problem: str
    test: object


RULES = (
    Rule(
        "length",
        f"ít nhất {SHORTEST} ký tự",
        f"Mật khẩu ngắn quá: cần ít nhất {SHORTEST} ký tự.",
        lambda password: len(password) >= SHORTEST,
    ),
    Rule(
        "upper",
        "có chữ hoa",
        "Mật khẩu thiếu chữ hoa.",
        lambda password: any(char.isupper() for char in password),
    ),
    Rule(
        "lower",
        "có chữ thường",
        "Mật khẩu thiếu chữ thường.",
        lambda password: any(char.islower() for char in password),
    ),
    Rule(
        "digit",
        "có chữ số",
        "Mật khẩu thiếu chữ số.",
        lambda password: any(char.isdigit() for char in password),
    ),
    Rule(
        "sign",
        "có ký tự đặc biệt, ví dụ . , - ! ? @",
        "Mật khẩu thiếu ký tự đặc biệt, ví dụ . , - ! ? @",
        lambda password: any(not char.isalnum() and not char.isspace() for char in password),
    ),
    Rule(
        "repeat",
        "không lặp một ký tự bốn lần liền",
        "Mật khẩu lặp một ký tự bốn lần liền.",
        lambda password: not REPEATED.search(password),
    ),
    Rule(
        "year",
        "không chứa năm, ví dụ 1975 hay 2026",
        "Mật khẩu chứa một năm; người khác đoán năm trước tiên.",
        lambda password: not YEAR.search(password),
    ),
    Rule(
        "word",
        "không chứa từ dễ đoán: tên thành phố, phường, xã, đơn vị, từ thông dụng",
        "Mật khẩu chứa từ dễ đoán «{word}» (viết có dấu hay không dấu cũng vậy).",
        lambda password: not weak_word(password),
    ),
)
NAME_RULE = "không chứa tên đăng nhập, họ tên của bạn"
HISTORY_RULE = "khác {count} mật khẩu gần nhất"


# --- The rules -------------------------------------------------------------------------------------


@cache
def weak_words() -> tuple[str, ...]:
    """Return the weak words as they are compared, longest first: "Mật khẩu" -> "matkhau"."""
    lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()
    words = {_compact(line) for line in lines if line and not line.startswith("#")}
    return tuple(sorted((word for word in words if len(word) >= SHORTEST_WORD), key=lambda word: (-len(word), word)))


def weak_word(password: str) -> str:
    """Return the weak word that the password contains, as compared, or "". Example: "M@t-Khẩu.7" -> "matkhau"."""
    shapes = (_compact(password), _compact(password.translate(DISGUISES)))
    return next((word for word in weak_words() if any(word in shape for shape in shapes)), "")


def own_name(password: str, user) -> str:
    """Return the part of the person's user name, mail address or full name that the password contains, or ""."""
    shapes = (_compact(password), _compact(password.translate(DISGUISES)))
    names = [user.username, (user.email or "").partition("@")[0], user.full_name]
    parts = {_compact(name) for name in names}
    parts |= {_compact(part) for name in names for part in re.split(r"[\W_]+", name)}
    longest_first = sorted((part for part in parts if len(part) >= SHORTEST_NAME), key=lambda part: (-len(part), part))
    return next((part for part in longest_first if any(part in shape for shape in shapes)), "")


def is_reused(password: str, user) -> bool:
    """Tell whether it is one of the person's last passwords (`PORTAL_PASSWORD_HISTORY`, the present one included)."""
    former = user.former_passwords.values_list("encoded", flat=True)[: settings.PORTAL_PASSWORD_HISTORY - 1]
    return any(check_password(password, encoded) for encoded in (user.password, *former))


def problems(password: str, user=None, *, compare: bool = True) -> list[str]:
    """Return what is wrong with a password for a person, in sentences; empty when it may be used.

    Without `compare` the last passwords are left out: only who knows the present one may learn what they were.
    """
    found = [rule.problem.format(word=weak_word(password)) for rule in RULES if not rule.test(password)]
    if len(password) > LONGEST:
        found.append(f"Mật khẩu dài quá: nhiều nhất {LONGEST} ký tự.")
    if user is None:
        return found
    if name := own_name(password, user):
        found.append(f"Mật khẩu chứa tên của bạn («{name}»).")
    if compare and not found and user.pk and is_reused(password, user):
        found.append(
            f"Mật khẩu này đã dùng; hãy chọn mật khẩu khác {settings.PORTAL_PASSWORD_HISTORY} mật khẩu gần nhất."
        )
    return found


def rule_list() -> list[tuple[str, str]]:
    """Return (key, sentence) of every rule, as shown beside the field; keys that a browser can check come first."""
    last = HISTORY_RULE.format(count=settings.PORTAL_PASSWORD_HISTORY)
    return [*((rule.key, rule.label) for rule in RULES), ("name", NAME_RULE), ("history", last)]


class PortalPasswordValidator:
    """All rules as one of Django's validators, for `createsuperuser`, `changepassword` and forms."""

    def validate(self, password, user=None):
        if found := problems(password, user):
            raise ValidationError(found)

    def get_help_text(self):
        return "Mật khẩu phải: " + "; ".join(label for _key, label in rule_list()) + "."


# --- Change ----------------------------------------------------------------------------------------


@transaction.atomic
def change_password(
    user: User, password: str, *, by: User, on: datetime, except_session: PortalSession | None = None
) -> User:
    """Set the person's own new password; return the person. `except_session` is the session that goes on, the others
    end.

    Raises PermissionDenied for another's password, ValidationError with every problem. Every link sent before is dead
    afterwards. The person is told by mail.
    """
    if by.pk != user.pk:
        raise PermissionDenied("Mật khẩu chỉ do chính người dùng đặt.")
    user = User.objects.select_for_update().get(pk=user.pk)
    if found := problems(password, user):
        raise ValidationError(found)
    if user.has_usable_password():
        PasswordHistory.objects.create(user=user, encoded=user.password, ended_at=on)
        remembered = user.former_passwords.values_list("pk", flat=True)[: settings.PORTAL_PASSWORD_HISTORY - 1]
        user.former_passwords.exclude(pk__in=list(remembered)).delete()
    user.set_password(password)
    user.password_changed_at = on
    user.must_change_password = False
    user.credentials_epoch += 1
    user.save(update_fields=["password", "password_changed_at", "must_change_password", "credentials_epoch"])
    sessions.end_all(user, on=on, why=PortalSession.End.CREDENTIALS, but=except_session)
    record("account.password_changed", by=user, obj=user)
    note_ended("password", user)
    notify(user, "password_changed", {"on": on})
    return user


def demand_change(user: User) -> None:
    """Let the person choose a new password at their next sign-in; for actions that saw a reason for it."""
    User.objects.filter(pk=user.pk).update(must_change_password=True)


# --- Age -------------------------------------------------------------------------------------------


def due_at(user: User) -> datetime:
    """Return the moment at which the password has to be changed."""
    return (user.password_changed_at or user.date_joined) + timedelta(days=settings.PORTAL_PASSWORD_DAYS)


def is_due(user: User, on: datetime) -> bool:
    """Tell whether the password must be changed before anything else."""
    return user.must_change_password or due_at(user) <= on


def days_left(user: User, on: datetime | None = None) -> int:
    """Return the whole days until the password has to be changed; 0 on the last day and afterwards."""
    return max(0, (due_at(user) - (on or timezone.now())).days)


def _compact(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))
