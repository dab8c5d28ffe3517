"""ClamAV itself before the portal's scanner: it finds, passes and refuses as the double in the tests does.

    python bench/real_scanner.py

Needs `clamd` (Debian: clamav-daemon); brings one signature of its own, that of the EICAR test file, so that no
signatures are fetched. The exit code is 0 when every answer was right.
"""

import io
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django  # noqa: E402

django.setup()

from django.test import override_settings  # noqa: E402

from base.files import scanner  # noqa: E402
from base.operations import health  # noqa: E402
from tests.files import clamd  # noqa: E402
from tests.files.battery import EICAR, packed  # noqa: E402

TOO_LONG = 30 * 1024 * 1024


def main() -> int:
    """Ask the daemon about clean, infected and too long contents; return the exit code."""
    if not clamd.DAEMON:
        print("clamd is not installed: apt-get install clamav-daemon")
        return 1
    wrong = []
    with clamd.real(stream_mb=10) as address, override_settings(PORTAL_CLAMAV=address):
        finding = health.check_scanner()
        print(finding.detail)
        if finding.state != health.OK:
            wrong.append("health")
        if scanner.scan(io.BytesIO(b"Long Xuy\xc3\xaan")).virus:
            wrong.append("a clean text is infected")
        for content in (EICAR, packed({"a.txt": EICAR})):
            if not scanner.scan(io.BytesIO(content)).virus.startswith(clamd.EICAR_NAME):
                wrong.append("EICAR is not found")
        try:
            scanner.scan(io.BytesIO(bytes(TOO_LONG)))
        except scanner.ScannerRefusedSize:
            pass
        else:
            wrong.append("a too long content passes")
    with override_settings(PORTAL_CLAMAV=address):
        try:
            scanner.scan(io.BytesIO(b"x"))
        except scanner.ScannerDown:
            pass
        else:
            wrong.append("a daemon that is away passes")
    print("; ".join(wrong) or "all answers right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
