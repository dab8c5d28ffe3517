"""The malware scanner: ClamAV's daemon, asked over its socket (PORTAL_CLAMAV).

1. `scan` sends a content before it is stored. 2. Found: refused, recorded, the technical administrators told
(`files.py`). 3. Scanner away: nothing is taken (`ScannerDown`), and `/readyz` says so. 4. `scans.py` looks again
whenever the signatures are new. Without PORTAL_CLAMAV no file is taken; with PORTAL_UNSCANNED_UPLOADS it is, unscanned,
and the forms say so. `/readyz` warns of either.
"""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

SECONDS = 60
PING_SECONDS = 3
TOO_LONG = (
    "Tệp lớn hơn mức máy quét mã độc nhận nên chưa nhận được; hãy chia nhỏ tệp, hoặc báo cán bộ kỹ thuật nâng mức."
)
ABSENT = "Cổng chưa có máy quét mã độc nên chưa nhận tệp nào; hãy báo cán bộ kỹ thuật cài máy quét."
UNSCANNED = "Cổng chưa có máy quét mã độc: tệp được nhận mà không được quét."
AWAY = "Máy quét mã độc không trả lời nên chưa nhận tệp được; hãy thử lại sau ít phút hoặc báo cán bộ kỹ thuật."


class ScannerDown(Exception):
    """The scanner is configured and does not answer, or could not look at all of the content."""

    message = AWAY


class ScannerRefusedSize(ScannerDown):
    """The scanner is well, but takes no content of this size (StreamMaxLength in its settings)."""

    message = TOO_LONG


@dataclass(frozen=True)
class Scan:
    """What the scanner said: the name of what it found ("" is clean), and the version of its signatures."""

    virus: str
    signature: str


def is_configured() -> bool:
    """Tell whether a scanner is named in the settings."""
    return bool(settings.PORTAL_CLAMAV)


def are_files_taken() -> bool:
    """Tell whether files may be sent at all: looked into by a scanner, or knowingly without one."""
    return is_configured() or settings.PORTAL_UNSCANNED_UPLOADS


def notice() -> str:
    """Return what a person who is about to send a file has to know of the scanner; "" while there is one."""
    if is_configured():
        return ""
    return UNSCANNED if settings.PORTAL_UNSCANNED_UPLOADS else ABSENT


def scan(file) -> Scan:
    """Send an open file to the scanner; it is rewound. Raises ScannerDown."""
    signature = version()
    file.seek(0)
    try:
        answer = _daemon(SECONDS).instream(_Chunks(file))
    except BufferTooLongError:
        raise ScannerRefusedSize("StreamMaxLength") from None
    except (BrokenPipeError, ConnectionResetError):
        # So it looks from here when the daemon hangs up on a content that is too long for it; or when it died.
        version()
        raise ScannerRefusedSize("hung up") from None
    except (ClamdError, OSError, ValueError) as error:
        raise ScannerDown(str(error)) from None
    finally:
        file.seek(0)
    status, name = answer.get("stream", ("", None))
    if status not in ("OK", "FOUND"):
        raise ScannerDown(f"{status} {name or ''}".strip() or "empty answer")
    return Scan((name or "?") if status == "FOUND" else "", signature)


def version() -> str:
    """Return the version of the engine and its signatures, as the scanner words it. Raises ScannerDown."""
    try:
        answer = _daemon(PING_SECONDS).version().strip("\0\n ")
    except (ClamdError, OSError) as error:
        raise ScannerDown(str(error)) from None
    if not answer:
        raise ScannerDown("empty answer")
    return answer


class _Chunks:
    """Hands out larger pieces than the client asks for: a film would take 300,000 of them otherwise."""

    def __init__(self, file):
        self._file = file

    def read(self, _size: int) -> bytes:
        return self._file.read(128 * 1024)


def _daemon(seconds: float):
    address = settings.PORTAL_CLAMAV
    if address.startswith("unix:"):
        return ClamdUnixSocket(path=address.removeprefix("unix:"), timeout=seconds)
    found = urlsplit(address if "//" in address else f"//{address}")
    return _Network(found.hostname or "127.0.0.1", found.port or 3310, seconds)


class _Network(ClamdNetworkSocket):
    """Like the client's own, on IPv6 as well."""

    def _init_socket(self) -> None:
        self.clamd_socket = socket.create_connection((self.host, self.port), timeout=self.timeout)
