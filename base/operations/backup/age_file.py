"""Files encrypted to public keys in the age format (age-encryption.org/v1): `age --decrypt` opens them too.

A file has a header, in which the file's own key is encrypted to each public key (X25519, HKDF-SHA-256), and a payload
in pieces of 64 KiB, each sealed (ChaCha20-Poly1305) with its number and whether it is the last: what was changed,
swapped or cut off is found. Both ways work piece by piece, so a file of any size takes the same memory.
"""

import base64
import hmac
import secrets
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FIRST_LINE = b"age-encryption.org/v1"
STANZA, END_OF_HEADER = b"-> X25519 ", b"---"
FOR_WRAPPING, FOR_HEADER, FOR_PAYLOAD = b"age-encryption.org/v1/X25519", b"header", b"payload"
PIECE_BYTES, TAG_BYTES = 64 * 1024, 16
# No header of ours is longer: a line of 43 letters for each key.
LONGEST_HEADER_BYTES = 64 * 1024


class WrongKey(Exception):
    """None of the private keys opens the file."""


class Damaged(Exception):
    """The file is not as it was written: changed, or cut off."""


def encrypt(pieces: Iterable[bytes], target: BinaryIO, recipients: Sequence[X25519PublicKey]) -> None:
    """Write the pieces of a text, of any sizes, to `target` so that each of the keys' owners can read it."""
    file_key = secrets.token_bytes(16)
    header = FIRST_LINE + b"\n" + b"".join(_wrapped(file_key, key) for key in recipients) + END_OF_HEADER
    nonce = secrets.token_bytes(16)
    target.write(header + b" " + _base64(_mac(file_key, header)) + b"\n" + nonce)
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, FOR_PAYLOAD))
    for number, (piece, is_last) in enumerate(_of_one_size(pieces)):
        target.write(cipher.encrypt(_piece_nonce(number, is_last), piece, None))


def decrypt(source: BinaryIO, identities: Sequence[X25519PrivateKey]) -> Iterator[bytes]:
    """Yield the text of an encrypted file, piece by piece.

    Raises WrongKey before the first piece, Damaged as soon as a piece is not what was written.
    """
    file_key = _read_header(source, identities)
    nonce = source.read(16)
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, FOR_PAYLOAD))
    number, sealed = 0, source.read(PIECE_BYTES + TAG_BYTES)
    while True:
        following = source.read(PIECE_BYTES + TAG_BYTES)
        try:
            yield cipher.decrypt(_piece_nonce(number, not following), sealed, None)
        except (InvalidTag, ValueError) as error:
            raise Damaged("Tệp mã hóa bị sửa hoặc bị cắt.") from error
        if not following:
            return
        number, sealed = number + 1, following


def _of_one_size(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield (piece, whether it is the last): all of PIECE_BYTES but the last, which is empty only for no text."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES]), False
            del held[:PIECE_BYTES]
    yield bytes(held), True


def _wrapped(file_key: bytes, key: X25519PublicKey) -> bytes:
    own = X25519PrivateKey.generate()
    share = own.public_key().public_bytes_raw()
    wrapping = _derived(own.exchange(key), share + key.public_bytes_raw(), FOR_WRAPPING)
    return (
        STANZA + _base64(share) + b"\n" + _base64(ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)) + b"\n"
    )


def _read_header(source: BinaryIO, identities: Sequence[X25519PrivateKey]) -> bytes:
    """Read up to the payload; return the file's key."""
    lines, size = [], 0
    while not lines or not lines[-1].startswith(END_OF_HEADER):
        line = source.readline(LONGEST_HEADER_BYTES)
        size += len(line)
        if not line.endswith(b"\n") or size > LONGEST_HEADER_BYTES or (not lines and line != FIRST_LINE + b"\n"):
            raise Damaged("Phần đầu của tệp mã hóa không đúng.")
        lines.append(line)
    header = b"".join(lines[:-1]) + END_OF_HEADER
    stated = lines[-1][len(END_OF_HEADER) + 1 :].strip()
    for stanza, body in zip(lines[1:-1], lines[2:-1], strict=False):
        if not stanza.startswith(STANZA):
            continue
        for identity in identities:
            file_key = _unwrapped(stanza[len(STANZA) :].strip(), body.strip(), identity)
            if file_key is not None:
                if not hmac.compare_digest(_base64(_mac(file_key, header)), stated):
                    raise Damaged("Phần đầu của tệp mã hóa bị sửa.")
                return file_key
    raise WrongKey("Khóa riêng không mở được tệp này.")


def _unwrapped(share: bytes, body: bytes, identity: X25519PrivateKey) -> bytes | None:
    try:
        share, body = _from_base64(share), _from_base64(body)
        shared = identity.exchange(X25519PublicKey.from_public_bytes(share))
        wrapping = _derived(shared, share + identity.public_key().public_bytes_raw(), FOR_WRAPPING)
        return ChaCha20Poly1305(wrapping).decrypt(bytes(12), body, None)
    except (InvalidTag, ValueError):
        return None


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.new(_derived(file_key, b"", FOR_HEADER), header, sha256).digest()


def _piece_nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _from_base64(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
