"""Text that is stored encrypted: contact data of citizens (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15).

1. `EncryptedTextField` writes a Fernet token (AES-128-CBC with HMAC-SHA256) and reads the text back. "" stays "".
2. The keys are `PORTAL_PERSONAL_KEYS`: the first one writes, all of them read, so that a key can be replaced. The last
   to read, and without any the one to write, is derived from `SECRET_KEY`: good for a demonstration, while `/readyz`
   asks a portal in production for keys of its own, because a change of `SECRET_KEY` would lose the data.
3. What no key opens is shown as `UNREADABLE`; nothing is thrown away.
4. `rotate` writes everything anew under the first key; then the older keys may go.

A column cannot be searched, sorted or compared: the field refuses every look-up but "is it empty".
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models, transaction
from django.db.models.functions import Cast

UNREADABLE = "(không đọc được: thiếu khóa giải mã)"
# Rows written anew in one transaction.
ROWS_A_CHUNK = 500
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


def demand_keys() -> None:
    """Raise ImproperlyConfigured unless each key given is a Fernet key."""
    _keys(_configured())


def _configured() -> tuple[str, ...]:
    """The secret key and the keys given, the newest first."""
    return settings.SECRET_KEY, *settings.PORTAL_PERSONAL_KEYS


@lru_cache(maxsize=4)
def _keys(configured: tuple[str, ...]) -> MultiFernet:
    secret_key, *own = configured
    # Reads what was written before there were keys of their own, writes only without any.
    derived = base64.urlsafe_b64encode(hmac.new(secret_key.encode(), _DERIVED_FOR, hashlib.sha256).digest())
    try:
        return MultiFernet([Fernet(key) for key in [*own, derived]])
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


@dataclass(frozen=True)
class Rotated:
    """What `rotate` did with the texts of one model: how many it wrote anew, how many no key opens."""

    model: type[models.Model]
    rewritten: int
    unreadable: int


def encrypted_fields() -> dict[type[models.Model], list[str]]:
    """Return the encrypted fields of every model that has any, by their names."""
    found = {}
    for model in apps.get_models():
        names = [field.name for field in model._meta.local_concrete_fields if isinstance(field, EncryptedTextField)]
        if names:
            found[model] = names
    return found


def rotate() -> list[Rotated]:
    """Write every encrypted text anew under the first key, some hundred rows a transaction; return what was done.

    What no key opens stays as it is. Safe to repeat and to break off; nothing but the token of a text changes.
    """
    return [_rotate(model, names) for model, names in encrypted_fields().items()]


def _rotate(model: type[models.Model], names: list[str]) -> Rotated:
    rewritten = unreadable = 0
    last = None
    rows = model._base_manager.order_by("pk")
    while True:
        with transaction.atomic():
            chunk = rows.filter(pk__gt=last) if last is not None else rows
            keys = list(chunk.select_for_update(of=("self",)).values_list("pk", flat=True)[:ROWS_A_CHUNK])
            if not keys:
                return Rotated(model, rewritten, unreadable)
            # As text, so that nothing is decrypted on the way.
            tokens = {f"token_of_{name}": Cast(name, models.TextField()) for name in names}
            for key, *found in model._base_manager.filter(pk__in=keys).annotate(**tokens).values_list("pk", *tokens):
                texts = {name: decrypt(token) for name, token in zip(names, found, strict=True) if token}
                readable = {name: text for name, text in texts.items() if text != UNREADABLE}
                if readable:
                    model._base_manager.filter(pk=key).update(**readable)
                rewritten += len(readable)
                unreadable += len(texts) - len(readable)
            last = keys[-1]
