"""What a user name may look like: no user can be given the name that reads as another's.

The trail, mails and lists show the name; "bien-tap" in Cyrillic or full-width letters would read as the editor.
"""

import re
import unicodedata
from collections.abc import Iterable

from vietnam.text import unify_look_alikes

_LOOKS_LIKE = str.maketrans("01", "ol")


def look(username: str) -> str:
    """Return how a name reads: names that only look alike have one look. Example: "ＶAN-THU0" → "van-thuo"."""
    return unify_look_alikes(username).casefold().translate(_LOOKS_LIKE)


def problem_of(username: str, taken: Iterable[str]) -> str:
    """Describe why an account cannot have a name; "" when it can. `taken`: the names of all other accounts."""
    foreign = [sign for sign in username if sign.isalnum() and not _is_ours(sign)]
    if foreign:
        return f"Tên đăng nhập có «{foreign[0]}» không phải chữ cái Latinh hay chữ số thường; hãy gõ lại bằng bàn phím."
    wanted = look(username)
    other = next((name for name in taken if look(name) == wanted), None)
    if other is None:
        return ""
    message = f"Đã có tài khoản «{other}»"
    if other.casefold() != username.casefold():
        message += f", nhìn giống «{username}»"
    return f"{message}; hãy chọn tên khác hoặc chọn người đã có tài khoản."


def _is_ours(sign: str) -> bool:
    if re.fullmatch("[0-9]", sign):
        return True
    return unicodedata.name(sign, "").startswith("LATIN ") and unicodedata.normalize("NFKC", sign) == sign
