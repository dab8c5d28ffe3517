"""Text that is stored encrypted: contact data of citizens (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15).

1. `EncryptedTextField` writes a Fernet token (AES-128-CBC with HMAC-SHA256) and reads the text back. "" stays "".
2. The keys are `PORTAL_PERSONAL_KEYS`: the first one writes, all of them read, so that a key can be replaced. Without
   any, one is derived from `SECRET_KEY`: good for a demonstration, while `/readyz` asks a portal in production for keys
   of its own, because whoever changes `SECRET_KEY` would lose the data.
3. What no key opens is shown as `UNREADABLE`; nothing is thrown away.

A column cannot be searched, sorted or compared: the field refuses every look-up but "is it empty".
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

UNREADABLE = "(không đọc được: thiếu khóa giải mã)"
_DERIVED_FOR = b"portal.personal-data"


def has_own_keys() -> bool:
    """Tell whether keys for personal data were given, apart from the secret key."""
    return bool(settings.PORTAL_PERSONAL_KEYS)


def encrypt(text: str) -> str:
    """Return the token of a text, another one each time; "" for ""."""
    return _keys(_configured()).encrypt(text.encode()).decode("ascii") if text else ""


def decrypt(token: str) -> str:
    """Return the text of a token; `UNREADABLE` when none of the keys opens it."""
    if not token:
        return ""
    try:
        return _keys(_configured()).decrypt(token.encode("ascii")).decode()
    except (InvalidToken, ValueError):
        return UNREADABLE


def reencrypt(token: str) -> str:
    """Return a token of the same text under the first key; raises ValueError when no key opens it."""
    if not token:
        return ""
    try:
        return _keys(_configured()).rotate(token.encode("ascii")).decode("ascii")
    except InvalidToken as error:
        raise ValueError("Không có khóa nào mở được dữ liệu này.") from error


def demand_keys() -> None:
    """Raise ImproperlyConfigured unless each key given is a Fernet key."""
    _keys(_configured())


def _configured() -> tuple[str, ...]:
    return tuple(settings.PORTAL_PERSONAL_KEYS) or (settings.SECRET_KEY,)


@lru_cache(maxsize=4)
def _keys(configured: tuple[str, ...]) -> MultiFernet:
    if not settings.PORTAL_PERSONAL_KEYS:
        secret = hmac.new(configured[0].encode(), _DERIVED_FOR, hashlib.sha256).digest()
        return MultiFernet([Fernet(base64.urlsafe_b64encode(secret))])
    try:
        return MultiFernet([Fernet(key) for key in configured])
    except ValueError as error:
        raise ImproperlyConfigured(
            "PORTAL_PERSONAL_KEYS có khóa không đúng dạng (32 byte viết bằng base64). Tạo khóa: "
            'python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
        ) from error


class EncryptedTextField(models.TextField):
    """A text that lies encrypted in the database and is plain in Python."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value, expression, connection):
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name):
        raise FieldError(f"{self.name} is encrypted and cannot be searched ({lookup_name}).")

    def get_transform(self, lookup_name):
        raise FieldError(f"{self.name} is encrypted and cannot be searched ({lookup_name}).")
