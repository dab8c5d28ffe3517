"""Whether the time of the machine is right: deadlines, second factors and seals hang on it.

The kernel knows whether a service corrects its time (`adjtimex(2)`, asked without changing anything); a database on
another machine has a time of its own.
"""

import ctypes
import struct
import sys
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from .. import health

CHECK = "system_time"
# The code of six digits is good for half a minute around; a difference of this much is already seen by people.
MOST_APART = timedelta(seconds=5)
# `struct timex` on machines of 64 bits: modes, offset, freq, maxerror, esterror, status; 208 bytes in all.
_HEAD = struct.Struct("@Iqqqqi")
_BYTES = 512
_UNSYNCHRONISED = 0x0040


def check() -> "health.Finding":
    """Compare with the database, then ask the kernel; what cannot be known is no fault."""
    apart = from_database()
    if apart > MOST_APART:
        seconds = round(apart.total_seconds())
        return _finding(health.WARNING, f"Đồng hồ máy này lệch đồng hồ cơ sở dữ liệu {seconds} giây; hãy bật NTP.")
    if is_corrected() is False:
        return _finding(health.WARNING, "Đồng hồ máy này không được dịch vụ giờ (NTP) giữ đúng; hãy bật chrony.")
    return _finding(health.OK, "Đồng hồ đúng giờ.")


def from_database() -> timedelta:
    """Return how far the time is from the database's; nothing for SQLite, which has none of its own."""
    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return abs(timezone.now() - cursor.fetchone()[0])


def is_corrected() -> bool | None:
    """Tell whether a service corrects the time of this machine; None where the kernel does not say."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    asked = ctypes.create_string_buffer(_BYTES)
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(asked)
    except (OSError, AttributeError):
        return None
    return None if state < 0 else not _HEAD.unpack_from(asked)[5] & _UNSYNCHRONISED


def _finding(state: str, detail: str) -> "health.Finding":
    return health.Finding(CHECK, state, detail, stops_serving=False)
