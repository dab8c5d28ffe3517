"""Entries of a calendar as iCalendar writes them (RFC 5545), for programs that read them again by themselves.

Moments are written in UTC: Việt Nam knows no summer time, and a program needs no table of zones to read them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.http import HttpResponse

CONTENT_TYPE = "text/calendar; charset=utf-8"
# RFC 5545, 3.1: the most octets of a line, without its end.
LINE_OCTETS = 75
LINE = "\n"
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"


@dataclass(frozen=True)
class Entry:
    """One entry. `start`, `end`: two moments, or two days of which the second is the first that is free again.

    `uid` stays the same when the entry moves. `sequence` grows with each public change of it. `stamp`: when what is
    written here became public.
    """

    uid: str
    stamp: datetime
    start: date | datetime
    end: date | datetime
    title: str
    place: str = ""
    details: tuple[str, ...] = ()
    url: str = ""
    status: str = ""
    sequence: int = 0


def answer(name: str, entries: Iterable[Entry], file_name: str) -> HttpResponse:
    """Return a calendar of this name to subscribe to; programs ask for it again after six hours."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Long Xuyen//Cong thong tin//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for entry in entries:
        lines += _lines(entry)
    lines.append("END:VCALENDAR")
    response = HttpResponse("".join(f"{fold(line)}\r\n" for line in lines), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'inline; filename="{file_name}.ics"'
    return response


def escape(text: str) -> str:
    r"""Return a text as a value of iCalendar: "a, b; c" -> "a\, b\; c"."""
    return text.translate(ESCAPES)


def fold(line: str) -> str:
    """Return a line broken at 75 octets, never inside a letter; what follows begins with a space."""
    parts, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LINE_OCTETS:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += octets
    return "\r\n".join(parts)


def subscription(url: str) -> str:
    """Return the address by which a calendar program subscribes: "https://x/ical/" -> "webcal://x/ical/"."""
    return f"webcal://{url.partition('://')[2]}" if "://" in url else url


def _lines(entry: Entry) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{_moment(entry.stamp)}",
        f"DTSTART{_when(entry.start)}",
        f"DTEND{_when(entry.end)}",
        f"SUMMARY:{escape(entry.title)}",
    ]
    if entry.status:
        lines += [f"STATUS:{entry.status}", f"SEQUENCE:{entry.sequence}"]
    if entry.place:
        lines.append(f"LOCATION:{escape(entry.place)}")
    if entry.details:
        lines.append(f"DESCRIPTION:{escape(LINE.join(entry.details))}")
    if entry.url:
        lines.append(f"URL:{entry.url}")
    return [*lines, "END:VEVENT"]


def _when(value: date | datetime) -> str:
    return f":{_moment(value)}" if isinstance(value, datetime) else f";VALUE=DATE:{value:%Y%m%d}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
