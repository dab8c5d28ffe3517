"""What an answer gives away: markers anywhere in it, and whether a number exists."""

import gzip
import io
import re
import zipfile
from html import unescape

from django.contrib.messages.storage.cookie import CookieStorage
from pypdf import PdfReader
from pypdf.errors import PdfReadError

from tests.isolation.filling import MARKER

# Tokens, the secret of a second factor that is being set up, and the keys that a form gives anew to each paragraph of
# rich text and to each block.
TOKENS = re.compile(
    r'((?:csrfmiddlewaretoken|portal_submission)" value=|csrf[-_]?token"?:? ?(?:content=|value=)?|nonce=)"?[^">\s]+'
    r'|src="data:[^"]+"|<code class="sign-in__secret">[^<]*|\bsecret=\w+'
    r'|key\\*": ?\\*"[a-z0-9]{5}(?=\\*")|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b',
    re.I,
)


def body_of(response) -> bytes:
    """The whole body, streamed or not."""
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content)
    return response.content


def markers_in_bytes(data: bytes) -> set[str]:
    """Secret markers in bytes of any kind: text, escaped text, packed files, PDF."""
    found = {marker.decode() for marker in MARKER.findall(data.lower())}
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                found |= markers_in_bytes(name.encode()) | markers_in_bytes(packed.read(name))
    elif data[:2] == b"\x1f\x8b":
        found |= markers_in_bytes(gzip.decompress(data))
    elif data[:5] == b"%PDF-":
        found |= _markers_in_pdf(data)
    elif b"\\u" in data or b"&#" in data or b"%7" in data:
        text = unescape(data.decode("utf-8", "replace"))
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code.group(1), 16)), text)
        found |= {marker.decode() for marker in MARKER.findall(text.lower().encode("utf-8", "replace"))}
    return found


def _markers_in_pdf(data: bytes) -> set[str]:
    try:
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    except PdfReadError:
        return set()
    return {marker.decode() for marker in MARKER.findall(text.lower().encode())}


def markers_in(response, body: bytes) -> set[str]:
    """Secret markers in the status line, the headers, the cookies, the messages and the body of an answer."""
    head = f"{response.reason_phrase}\n{dict(response.headers)}\n{response.cookies.output()}\n{messages_in(response)}"
    return markers_in_bytes(head.encode("utf-8", "replace")) | markers_in_bytes(body)


def messages_in(response) -> list[str]:
    """The messages an answer leaves for the next page, out of their packed cookie."""
    cookie = response.cookies.get(CookieStorage.cookie_name)
    if cookie is None or not cookie.value:
        return []
    kept = CookieStorage(response.wsgi_request)._decode(cookie.value) or []
    return [str(message) for message in kept]


def _unpacked(body: bytes) -> bytes:
    """The parts of a packed file one after the other: how they are packed differs with the moment of packing."""
    if body[:2] != b"PK":
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return b"\n".join(name.encode() + b"\n" + packed.read(name) for name in packed.namelist())


def signature(response, body: bytes, path: str) -> tuple:
    """What can be told apart: status, target and text, without the numbers and tokens of this one answer."""

    def plain(text: str) -> str:
        text = text.replace(path, "@").replace(path.split("?")[0], "@")
        text = TOKENS.sub("", text)
        return re.sub(r"\d+", "#", text)

    text = plain(unescape(_unpacked(body).decode("utf-8", "replace"))) if response.status_code != 302 else ""
    # The way back behind a sign-in repeats what was asked for.
    target = response.headers.get("Location", "").partition("?next=")[0]
    return response.status_code, plain(target), text, plain(str(messages_in(response)))
