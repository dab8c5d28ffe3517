"""The keys by which the portal signs what it wrote itself: each entry of the trail, and the tips of the chains.

They lie in a file of their own, apart from the database and from the seals. One line a key: its number and 64
hexadecimal digits; the last line signs, the others go on verifying what they signed. With the database but without this
file, no one can write an entry that `verify` takes for the portal's, or state a tip that it believes.
"""

import fcntl
import functools
import hmac
import os
import secrets
from hashlib import sha256

from django.conf import settings

from .canonical_json import canonical, moment

# Not signed: the number comes from the database, and the signature cannot cover itself.
OUTSIDE = frozenset({"id", "signature"})


def keys() -> dict[str, bytes]:
    """Return the keys by their numbers, the signing one last; {} before the first was made."""
    path = settings.PORTAL_AUDIT_KEYS
    try:
        state = path.stat()
    except FileNotFoundError:
        return {}
    return _read(path, state.st_ino, state.st_mtime_ns, state.st_size)


def parsed(text: str) -> dict[str, bytes]:
    """Return the keys that the text of such a file holds by their numbers. Raises ValueError for what is none."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    return {number: bytes.fromhex(key) for number, key in rows}


def demand() -> None:
    """Make the first key, if there is none yet."""
    _signing_key()


def rotate() -> str:
    """Add a new key, which signs from now on; return its number."""
    return _add(lambda known: True)


def sign(statement: dict) -> dict:
    """Return a statement with the number of the signing key and the signature (HMAC-SHA-256 of its canonical JSON)."""
    number, key = _signing_key()
    statement = {**statement, "key": number}
    return {**statement, "signature": _signature(key, canonical(statement))}


def is_genuine(statement: dict, known: dict[str, bytes]) -> bool:
    """Tell whether one of the known keys signed a statement as it stands."""
    bare = {name: value for name, value in statement.items() if name != "signature"}
    key = known.get(str(statement.get("key")))
    # As bytes: of texts that are not ASCII, which another one may have written, none can be compared.
    stated = str(statement.get("signature", "")).encode(errors="replace")
    return key is not None and hmac.compare_digest(_signature(key, canonical(bare)).encode(), stated)


def sign_entry(row: dict) -> str:
    """Return the signature of an entry of the trail, given as a dict of its columns: "number of the key:signature"."""
    number, key = _signing_key()
    return f"{number}:{_signature(key, _entry(row))}"


def wrote_entry(row: dict, known: dict[str, bytes]) -> bool:
    """Tell whether the portal wrote an entry as it stands, by its signature."""
    number, _, signature = row["signature"].partition(":")
    key = known.get(number)
    return key is not None and hmac.compare_digest(_signature(key, _entry(row)), signature)


def has_key_of(row: dict, known: dict[str, bytes]) -> bool:
    """Tell whether the key that an entry names is among the known ones."""
    return row["signature"].partition(":")[0] in known


def _entry(row: dict) -> bytes:
    # The word in front keeps a signed entry from ever being taken for a signed tip.
    signed = {name: value for name, value in row.items() if name not in OUTSIDE}
    return b"entry " + canonical({**signed, "at": moment(row["at"])})


def _signature(key: bytes, data: bytes) -> str:
    return hmac.new(key, data, sha256).hexdigest()


def _signing_key() -> tuple[str, bytes]:
    if not keys():
        _add(lambda known: not known)
    return list(keys().items())[-1]


def _add(is_needed) -> str:
    """Append a key if one is needed still, now that no other process does the same."""
    path = settings.PORTAL_AUDIT_KEYS
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        known = keys()
        if not is_needed(known):
            return list(known)[-1]
        key = secrets.token_bytes(32)
        # Its own name: keys that two machines made by mistake are told apart, and none is taken for the other.
        number = f"k{len(known) + 1}-{sha256(key).hexdigest()[:8]}"
        os.write(handle, f"{number} {key.hex()}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return number


@functools.lru_cache(maxsize=4)
def _read(path, inode: int, changed_ns: int, size: int) -> dict[str, bytes]:
    """The file is read once a state of it: each entry is signed, and most come with no change of keys between."""
    return parsed(path.read_text())
