"""Sign in over HTTP as a browser does: password, then the code of the second factor. Needs no Django.

    sign_in(session, "http://localhost:8000", "truong-ban", password, secret)

`secret` is the app's secret as the last column of `demo_accounts.txt` gives it, or in hexadecimal as the database does.
"""

import base64
import hmac
import re
import struct
import time

ADMIN = "/quan-tri/"
LOGIN, VERIFY = f"{ADMIN}login/", f"{ADMIN}xac-thuc/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
STEP_SECONDS = 30


class NotIn(Exception):
    """The portal did not let the person in; the text says at which step."""


def sign_in(session, base: str, username: str, password: str, secret: str = ""):
    """Sign a person in; return the session, which is whole then. Raises NotIn.

    A code works once: where it was used in the same half minute, the next one is waited for.
    """
    answer = _send(session, base, LOGIN, {"username": username, "password": password})
    if _place(answer) == VERIFY:
        answer = _send(session, base, VERIFY, {"code": app_code(secret)})
        if answer.status_code == 200:
            time.sleep(STEP_SECONDS - time.time() % STEP_SECONDS + 0.5)
            answer = _send(session, base, VERIFY, {"code": app_code(secret)})
    if _place(answer) != ADMIN:
        raise NotIn(f"{username}: {answer.status_code} {answer.headers.get('Location', '')}")
    return session


def app_code(secret: str, *, at: float | None = None) -> str:
    """Return the six digits that the app of a person shows (RFC 6238, steps of 30 seconds)."""
    key = _key(secret)
    digest = hmac.new(key, struct.pack(">Q", int((time.time() if at is None else at) // STEP_SECONDS)), "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def _key(secret: str) -> bytes:
    letters = secret.replace(" ", "")
    if re.fullmatch(r"[0-9a-f]{40}", letters):
        return bytes.fromhex(letters)
    return base64.b32decode(letters + "=" * (-len(letters) % 8))


def _send(session, base: str, path: str, data: dict):
    shown = session.get(base + path, timeout=30)
    token = TOKEN.search(shown.text)
    if token is None:
        raise NotIn(f"{path}: no form, {shown.status_code}")
    return session.post(
        base + path,
        {**data, "csrfmiddlewaretoken": token.group(1)},
        headers={"Referer": base + path},
        timeout=30,
        allow_redirects=False,
    )


def _place(answer) -> str:
    return answer.headers.get("Location", "").split("?")[0] if answer.status_code == 302 else ""
