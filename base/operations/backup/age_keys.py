"""The keys of the age format as text (`age1…`, `AGE-SECRET-KEY-1…`): Bech32 of 32 bytes, as `age-keygen` does."""

import secrets

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

PUBLIC, PRIVATE = "age", "age-secret-key-"
LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECK_LETTERS = 6


class BadKey(ValueError):
    """The text is no key of the age format."""


def new_private_key() -> str:
    """Draw a private key; return it as text."""
    return _encode(PRIVATE, secrets.token_bytes(32)).upper()


def public_of(private: str) -> str:
    """Return the public key of a private one, both as text. Raises BadKey."""
    return _encode(PUBLIC, read_private(private).public_key().public_bytes_raw())


def read_public(text: str) -> X25519PublicKey:
    """Return the public key that a text is. Raises BadKey."""
    return X25519PublicKey.from_public_bytes(_decode(PUBLIC, text))


def read_private(text: str) -> X25519PrivateKey:
    """Return the private key that a text is. Raises BadKey."""
    return X25519PrivateKey.from_private_bytes(_decode(PRIVATE, text))


def read_private_file(text: str) -> list[X25519PrivateKey]:
    """Return the keys of a file as `age-keygen` writes it: one a line, comments begin with #. Raises BadKey."""
    lines = [line.strip() for line in text.splitlines()]
    found = [read_private(line) for line in lines if line and not line.startswith("#")]
    if not found:
        raise BadKey("Không có khóa nào trong tệp.")
    return found


def _encode(kind: str, data: bytes) -> str:
    values = _regrouped(data, 8, 5, fills=True)
    check = _checksum([*_spread(kind), *values, *[0] * CHECK_LETTERS]) ^ 1
    values += [(check >> 5 * (CHECK_LETTERS - 1 - place)) & 31 for place in range(CHECK_LETTERS)]
    return f"{kind}1{''.join(LETTERS[value] for value in values)}"


def _decode(kind: str, text: str) -> bytes:
    text = text.strip()
    found, _, rest = text.lower().rpartition("1")
    if text not in (text.lower(), text.upper()) or found != kind or any(letter not in LETTERS for letter in rest):
        raise BadKey(f"Khóa phải bắt đầu bằng {'age1' if kind == PUBLIC else 'AGE-SECRET-KEY-1'} và viết đủ, đúng.")
    values = [LETTERS.index(letter) for letter in rest]
    data = bytes(_regrouped(values[:-CHECK_LETTERS], 5, 8, fills=False))
    if _checksum([*_spread(kind), *values]) != 1 or len(data) != 32:
        raise BadKey("Khóa bị thiếu hoặc sai chữ; hãy chép lại nguyên dòng.")
    return data


def _spread(kind: str) -> list[int]:
    return [*(ord(letter) >> 5 for letter in kind), 0, *(ord(letter) & 31 for letter in kind)]


def _checksum(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for place, number in enumerate(GENERATOR):
            if top >> place & 1:
                check ^= number
    return check


def _regrouped(values, from_bits: int, to_bits: int, *, fills: bool) -> list[int]:
    """Write numbers of some bits as numbers of other bits; `fills`: the last one is filled up with zeros."""
    held, bits, found = 0, 0, []
    for value in values:
        held, bits = held << from_bits | value, bits + from_bits
        while bits >= to_bits:
            bits -= to_bits
            found.append(held >> bits & ((1 << to_bits) - 1))
    if fills and bits:
        found.append(held << (to_bits - bits) & ((1 << to_bits) - 1))
    return found
