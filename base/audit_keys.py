"""The keys that sign the heads of the chains, in a file of their own, apart from the database and from the seals.

One line a key: its number and 64 hexadecimal digits; the last line signs, the others go on verifying what they signed.
Whoever has the database but not this file cannot make a head that `verify` believes.
"""

import hmac
import os
import secrets
from hashlib import sha256

from django.conf import settings

from .sealing import canonical


def keys() -> dict[str, bytes]:
    """Return the keys by their numbers, the signing one last; {} before the first was made."""
    path = settings.PORTAL_AUDIT_KEYS
    if not path.exists():
        return {}
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    return {number: bytes.fromhex(key) for number, key in rows}


def rotate() -> str:
    """Add a new key, which signs from now on; return its number."""
    number = f"k{len(keys()) + 1}"
    path = settings.PORTAL_AUDIT_KEYS
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{number} {secrets.token_hex(32)}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return number


def sign(statement: dict) -> dict:
    """Return a statement with the number of the signing key and the signature (HMAC-SHA-256 of its canonical JSON)."""
    if not keys():
        rotate()
    number, key = list(keys().items())[-1]
    statement = {**statement, "key": number}
    return {**statement, "signature": _signature(key, statement)}


def is_genuine(statement: dict, known: dict[str, bytes]) -> bool:
    """Tell whether one of the known keys signed a statement as it stands."""
    bare = {name: value for name, value in statement.items() if name != "signature"}
    key = known.get(str(statement.get("key")))
    return key is not None and hmac.compare_digest(_signature(key, bare), str(statement.get("signature", "")))


def _signature(key: bytes, statement: dict) -> str:
    return hmac.new(key, canonical(statement), sha256).hexdigest()
