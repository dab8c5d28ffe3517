"""Hiệu lực: what relations do to a document, and its status on a day, with the reason as text.

The vocabulary is that of the national database of legal documents: eight statuses, fifteen relations. Nothing here
touches the database: `status_on` takes a document and the relations that act on it, and what it amends with those.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vietnam.dates import format_short


class StatusCode(TextChoices):
    """The eight statuses; the value is also the colour class of the badge where one exists."""

    IN_FORCE = "in_force", gettext_lazy("Còn hiệu lực")
    PARTLY_LAPSED = "partly_lapsed", gettext_lazy("Hết hiệu lực một phần")
    NOT_YET = "not_yet", gettext_lazy("Chưa có hiệu lực")
    SUSPENDED = "suspended", gettext_lazy("Ngưng hiệu lực")
    PARTLY_SUSPENDED = "partly_suspended", gettext_lazy("Ngưng hiệu lực một phần")
    UNKNOWN = "unknown", gettext_lazy("Chưa xác định")
    NOT_SUITABLE = "not_suitable", gettext_lazy("Không còn phù hợp")
    LAPSED = "lapsed", gettext_lazy("Hết hiệu lực toàn bộ")


# The badge's class, and the place in lists that put what is in force first.
_BADGES = {
    StatusCode.IN_FORCE: ("in-force", 0),
    StatusCode.PARTLY_LAPSED: ("partly", 0),
    StatusCode.NOT_YET: ("not-yet", 0),
    StatusCode.SUSPENDED: ("suspended", 1),
    StatusCode.PARTLY_SUSPENDED: ("suspended", 1),
    StatusCode.UNKNOWN: ("unknown", 2),
    StatusCode.NOT_SUITABLE: ("lapsed", 3),
    StatusCode.LAPSED: ("lapsed", 3),
}
# What is in force and yet to be read with care is not green.
_WITH_CAUTION = "partly"
# Statuses under which a page that cites the document deserves a warning.
NO_LONGER_APPLIES = frozenset({StatusCode.LAPSED, StatusCode.NOT_SUITABLE})


@dataclass(frozen=True)
class Status:
    """The status of a document on a day: code, label, reason as text, since when, and by which document.

    `by_document` is the document that caused it, or None; `since` the first day of this status, or None. `caution`: a
    text for readers who see that it is in force, or "".
    """

    code: str
    reason: str = ""
    since: date | None = None
    by_document: object = None
    caution: str = ""

    @property
    def label(self) -> str:
        return str(StatusCode(self.code).label)

    @property
    def badge(self) -> str:
        return _WITH_CAUTION if self.caution else _BADGES[StatusCode(self.code)][0]

    @property
    def words(self) -> str:
        """The label as lists say it, with a caution in short."""
        return f"{self.label} · {_('văn bản được sửa đổi đã hết hiệu lực')}" if self.caution else self.label

    @property
    def rank(self) -> int:
        return _BADGES[StatusCode(self.code)][1]

    @property
    def applies(self) -> bool:
        """False for what has lapsed or no longer suits."""
        return self.code not in NO_LONGER_APPLIES


@dataclass(frozen=True)
class RelationKind:
    """One relation of the national database: what the acting document does, what the other one undergoes.

    `effect` is what it does to the other's status: "ends", "amends", "suspends" or "". `alone`: what the other
    undergoes where no acting document is known.
    """

    code: int
    active: str
    passive: str
    effect: str = ""
    alone: str = ""


REPEALS, TRANSLATES, BASED_ON, REFERS_TO, SUSPENDS, CORRECTS, CONSOLIDATES, GUIDES = 1, 2, 3, 4, 5, 6, 7, 8
DETAILS, AMENDS, PAUSES, REPLACES, AMENDS_TOO, EXPLAINS, PROMULGATES = 9, 10, 11, 12, 13, 14, 15

# Code 13 is an older code of 10; rows with it may come from imports.
RELATIONS: dict[int, RelationKind] = {
    kind.code: kind
    for kind in (
        RelationKind(
            REPEALS,
            gettext_lazy("Bãi bỏ"),
            gettext_lazy("Bị bãi bỏ bởi"),
            "ends",
            gettext_lazy("Bị bãi bỏ"),
        ),
        RelationKind(TRANSLATES, gettext_lazy("Là bản dịch của"), gettext_lazy("Có bản dịch")),
        RelationKind(BASED_ON, gettext_lazy("Căn cứ vào"), gettext_lazy("Là căn cứ ban hành của")),
        RelationKind(REFERS_TO, gettext_lazy("Dẫn chiếu đến"), gettext_lazy("Được dẫn chiếu bởi")),
        RelationKind(
            SUSPENDS,
            gettext_lazy("Đình chỉ thi hành"),
            gettext_lazy("Bị đình chỉ thi hành bởi"),
            "suspends",
            gettext_lazy("Bị đình chỉ thi hành"),
        ),
        RelationKind(CORRECTS, gettext_lazy("Đính chính"), gettext_lazy("Được đính chính bởi")),
        RelationKind(CONSOLIDATES, gettext_lazy("Hợp nhất"), gettext_lazy("Được hợp nhất trong")),
        RelationKind(GUIDES, gettext_lazy("Hướng dẫn áp dụng"), gettext_lazy("Được hướng dẫn áp dụng bởi")),
        RelationKind(DETAILS, gettext_lazy("Quy định chi tiết"), gettext_lazy("Được quy định chi tiết bởi")),
        RelationKind(
            AMENDS,
            gettext_lazy("Sửa đổi, bổ sung"),
            gettext_lazy("Được sửa đổi, bổ sung bởi"),
            "amends",
            gettext_lazy("Được sửa đổi, bổ sung"),
        ),
        RelationKind(
            PAUSES,
            gettext_lazy("Tạm ngưng hiệu lực"),
            gettext_lazy("Bị tạm ngưng hiệu lực bởi"),
            "suspends",
            gettext_lazy("Bị tạm ngưng hiệu lực"),
        ),
        RelationKind(
            REPLACES,
            gettext_lazy("Thay thế"),
            gettext_lazy("Được thay thế bởi"),
            "ends",
            gettext_lazy("Được thay thế"),
        ),
        RelationKind(
            AMENDS_TOO,
            gettext_lazy("Sửa đổi, bổ sung"),
            gettext_lazy("Được sửa đổi, bổ sung bởi"),
            "amends",
            gettext_lazy("Được sửa đổi, bổ sung"),
        ),
        RelationKind(EXPLAINS, gettext_lazy("Giải thích"), gettext_lazy("Được giải thích bởi")),
        RelationKind(PROMULGATES, gettext_lazy("Công bố"), gettext_lazy("Được công bố bởi")),
    )
}
# Relations by which one document can end another: no circle of them makes sense.
ENDING = frozenset(code for code, kind in RELATIONS.items() if kind.effect == "ends")
AMENDING = frozenset(code for code, kind in RELATIONS.items() if kind.effect == "amends")
# The title of a document that has nothing of its own but changes in others.
_AMENDING_TITLE = re.compile(r"\s*(?:về\s+việc\s+)?(?:sửa đổi|bổ sung)\b", re.IGNORECASE)
# Relations that lead one way only: what details or amends a document is not detailed or amended by it, and no
# document is issued on the basis of one that rests on it. Two documents may well refer to each other.
NO_CIRCLES = (
    ENDING,
    frozenset({DETAILS, GUIDES}),
    frozenset({AMENDS, AMENDS_TOO}),
    frozenset({BASED_ON}),
    frozenset({CONSOLIDATES}),
    frozenset({TRANSLATES}),
    frozenset({PROMULGATES}),
)
_NOT_IN_FORCE = frozenset({StatusCode.NOT_YET, StatusCode.UNKNOWN, StatusCode.SUSPENDED})
# The dates on which the status of a document may turn: its own, where `checked_until` counts on the day after as well,
# and those of the relations that act on it.
TURNS_OF_DOCUMENT = (
    "issued_on",
    "effective_from",
    "effective_to",
    "not_suitable_from",
    "checked_until",
    "lapses_latest_on",
)
TURNS_OF_RELATION = ("effective_on", "until")


def is_amending(document) -> bool:
    """Tell whether a document, by its title, does nothing but amend others ("Sửa đổi, bổ sung một số điều của …")."""
    return bool(_AMENDING_TITLE.match(document.subject or ""))


def status_on(document, on: date, relations: Iterable = (), amended: Iterable = ()) -> Status:
    """Return the status of a document on a local date, from its dates and the relations that act on it.

    `amended`: pairs (document that it amends, relations acting on that one); where nothing of what an amending document
    amends applies any more, its status has a caution (Luật 47/2019/QH14, Nghị định 27/2018/NĐ-CP).
    """
    found = _status_on(document, on, relations)
    amended = list(amended)
    if not amended or not found.applies or found.code in _NOT_IN_FORCE or not is_amending(document):
        return found
    if not any(_status_on(other, on, rows).applies for other, rows in amended):
        return replace(found, caution=_("Mọi văn bản mà văn bản này sửa đổi, bổ sung đều đã hết hiệu lực."))
    return found


def _status_on(document, on: date, relations: Iterable) -> Status:
    """Return the status without what follows from that of others.

    `relations`: rows with code, source, scope (list of provisions, empty for the whole), effective_on, until,
    source_text and is_verified; rows that take effect later are left out here. The first reason that holds counts:
    not issued or not yet in force; ended; suspended; declared unsuitable; not checked up to that day; suspended or
    ended in part; in force.
    """
    start = document.effective_from or (document.issued_on if document.takes_effect_at_once else None)
    if start is None and document.checked_until and document.checked_until <= on:
        # The first day is unknown, but the document was found to be in force on this day.
        start = document.checked_until
    if start is None or document.issued_on is None:
        return Status(StatusCode.UNKNOWN, _("Chưa ghi ngày có hiệu lực."))
    if on < start:
        return Status(
            StatusCode.NOT_YET, _("Có hiệu lực từ ngày %(date)s.") % {"date": format_short(start)}, document.issued_on
        )
    acting = sorted(
        (row for row in relations if row.effective_on and row.effective_on <= on and RELATIONS[row.code].effect),
        key=lambda row: row.effective_on,
    )
    return (
        _ended(document, on, acting)
        or _suspended(on, acting, whole=True)
        or _not_suitable(document, on)
        or _unchecked(document, on)
        or _suspended(on, acting, whole=False)
        or _partly_ended(acting)
        or Status(StatusCode.IN_FORCE, _in_force_reason(document, start, on), start)
    )


@dataclass(frozen=True)
class Turn:
    """A day from which a document has another status, or the same for another reason."""

    on: date
    status: Status


def timeline(document, relations: Iterable = (), amended: Iterable = ()) -> list[Turn]:
    """Return the turns in the effect of a document from its issue on, the earliest first, those to come included.

    Nothing but `status_on` asked for each day on which something may change, so that it never says another thing.
    """
    rows = [row for row in relations if row.effective_on and RELATIONS[row.code].effect]
    days = {getattr(document, name) for name in TURNS_OF_DOCUMENT}
    days |= {_day_after(document.checked_until), _day_after(document.issuer_closed_on)}
    days |= {getattr(row, name) for row in rows for name in TURNS_OF_RELATION}
    amended = [(other, list(acting)) for other, acting in amended]
    for other, acting in amended:
        days |= {getattr(other, name) for name in TURNS_OF_DOCUMENT}
        days |= {getattr(row, name) for row in acting for name in TURNS_OF_RELATION}
    turns: list[Turn] = []
    for day in sorted(days - {None}):
        if document.issued_on and day < document.issued_on:
            continue
        status = status_on(document, day, rows, amended)
        if not turns or _compared(turns[-1].status) != _compared(status):
            turns.append(Turn(day, status))
    return turns


def _compared(status: Status) -> tuple:
    return status.code, status.reason, status.caution


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


def _ended(document, on, acting) -> Status | None:
    row = next((row for row in acting if RELATIONS[row.code].effect == "ends" and not row.scope), None)
    ends = [
        (day, words)
        for day, words in (
            (document.effective_to, _("Hết thời hạn hiệu lực từ ngày %(date)s.")),
            (document.lapses_latest_on, _("Hết hiệu lực chậm nhất từ ngày %(date)s theo %(act)s.")),
        )
        if day and day <= on and (row is None or day < row.effective_on)
    ]
    if ends:
        day, words = min(ends)
        return Status(StatusCode.LAPSED, words % {"date": format_short(day), "act": document.lapses_latest_by}, day)
    return _by(row, StatusCode.LAPSED) if row else None


def _suspended(on, acting, *, whole: bool) -> Status | None:
    row = next(
        (
            row
            for row in acting
            if RELATIONS[row.code].effect == "suspends"
            and bool(row.scope) is not whole
            and (row.until is None or on < row.until)
        ),
        None,
    )
    return _by(row, StatusCode.SUSPENDED if whole else StatusCode.PARTLY_SUSPENDED) if row else None


def _not_suitable(document, on) -> Status | None:
    if document.not_suitable_from and document.not_suitable_from <= on:
        return Status(StatusCode.NOT_SUITABLE, document.not_suitable_reason, document.not_suitable_from)
    return None


def _unchecked(document, on) -> Status | None:
    if document.checked_until and document.checked_until < on:
        reason = _("Hiệu lực mới được kiểm tra đến ngày %(date)s; chưa tìm thấy văn bản chấm dứt hiệu lực.") % {
            "date": format_short(document.checked_until)
        }
        return Status(StatusCode.UNKNOWN, reason)
    return None


def _partly_ended(acting) -> Status | None:
    rows = [row for row in acting if RELATIONS[row.code].effect in ("ends", "amends")]
    return _by(rows[-1], StatusCode.PARTLY_LAPSED) if rows else None


def _in_force_reason(document, start, on) -> str:
    reason = _("Có hiệu lực từ ngày %(date)s.") % {"date": format_short(start)}
    if document.territory:
        reason += " " + _("Áp dụng trong địa bàn %(territory)s.") % {"territory": document.territory}
    if document.lapses_latest_on:
        reason += " " + _("Hết hiệu lực chậm nhất từ ngày %(date)s theo %(act)s.") % {
            "date": format_short(document.lapses_latest_on),
            "act": document.lapses_latest_by,
        }
    closed = document.issuer_closed_on
    if closed and closed < on:
        reason += " " + _("Cơ quan ban hành kết thúc hoạt động sau ngày %(date)s; chưa tìm thấy văn bản bãi bỏ.") % {
            "date": format_short(closed)
        }
    return reason


def bare_reason(row) -> str:
    """Return why a relation acts where no document is known that does it; "" where one is.

    Rows from before each of the two had its own field have the reason in both columns.
    """
    if row.source is not None or getattr(row, "follows_from_id", None):
        return ""
    is_named = row.source_text and row.source_text != row.stated_in
    return "" if is_named else row.stated_in.strip().rstrip(".")


def happened(row) -> str:
    """Say what a document undergoes, and by what ("Bị bãi bỏ bởi …"); where no document is known, from when and why."""
    kind, why = RELATIONS[row.code], bare_reason(row)
    if why:
        since = _(" từ ngày %(date)s") % {"date": format_short(row.effective_on)} if row.effective_on else ""
        return f"{kind.alone or kind.passive}{since}{_('; lý do: %(reason)s') % {'reason': why}}"
    if getattr(row, "follows_from_id", None):
        return row.stated_in
    return f"{kind.passive} {row.source or row.source_text}"


def _by(row, code) -> Status:
    """Say which document did it, to what part, from which day, why where no document is known, and whether that was
    checked.
    """
    kind, why = RELATIONS[row.code], bare_reason(row)
    named = "" if why else row.source or row.source_text
    reason = f"{kind.passive} {named}" if named else str(kind.alone if why else row.stated_in or kind.passive)
    if row.scope:
        reason += f" ({', '.join(row.scope)})"
    reason += _(" từ ngày %(date)s") % {"date": format_short(row.effective_on)}
    if row.until:
        reason += _(" đến ngày %(date)s") % {"date": format_short(row.until)}
    if why:
        reason += _("; lý do: %(reason)s") % {"reason": why}
    reason += "." if row.is_verified else _(" (chưa đối chiếu với bản gốc).")
    return Status(code, reason, row.effective_on, row.source)


def end_of(document, status: Status) -> date | None:
    """Return the first day on which a document is not in force any more: once lapsed that of its status."""
    return status.since if status.code == StatusCode.LAPSED else document.effective_to
