"""Dossiers: updates are stored as events, and the state of a dossier follows from them (`derived_state.py`).

1. `record` keeps updates of one site's dossiers, each once by its key, and reads every dossier they touch anew. All of
   them or none; safe to repeat. It names each update that does not count, with the reason.
2. `standing_of`: how a dossier stands on a day: days left, late or not, put off or not. The one place that counts.
3. `refresh` reads all open dossiers anew: the calendar, a limit or the catalogue may have changed (a job at night).

No update holds anything about the applicant (`updates.py` refuses what it does not know).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from base.models import PortalSite, UnitSuccession
from workflows import deadlines

from ..catalogue import limits
from ..models import DossierEvent, DossierSource, DossierStatus, DossierSummary, Procedure
from .derived_state import DerivedState, Limit, derived_state_of
from .states import ENDED, FINAL, STANDING_STILL
from .updates import Update

# A letter of apology comes at least this long before the last day (NĐ 61/2018/NĐ-CP).
APOLOGY_DAYS = timedelta(days=1)
PORTION = 500
FOLLOWING = (
    "procedure",
    "procedure_code",
    "channel",
    "status",
    "status_since",
    "changed_at",
    "registered_at",
    "received_at",
    "counted_from",
    "promised_on",
    "due_on",
    "stopped_at",
    "finished_at",
    "ended_at",
    "returned_at",
    "reappointed_on",
    "apologised_at",
    "set_aside",
    "updated_at",
)
DERIVED_FIELDS = tuple(name for name in FOLLOWING if name not in ("procedure", "set_aside", "updated_at"))


class Conflict(Exception):
    """Updates that contradict what is kept: a list of (place in the batch, field, what is wrong in a sentence)."""

    def __init__(self, problems: list[tuple[int, str, str]]):
        super().__init__("; ".join(message for _place, _field, message in problems))
        self.problems = problems


@dataclass(frozen=True)
class Recorded:
    """What became of one update: `reason` when it does not count now; `is_repeat` when it was there already."""

    update: Update
    is_repeat: bool
    reason: str
    dossier: DossierSummary


# --- 1. Keeping updates -----------------------------------------------------------------------------


@transaction.atomic
def record(
    updates: Sequence[Update],
    *,
    site: PortalSite,
    source: DossierSource | None = None,
    imported_from: str = "",
    is_illustrative: bool = False,
) -> list[Recorded]:
    """Keep updates of a site's dossiers and read these anew; return what became of each, in their order.

    Raises Conflict, and keeps nothing, for a code of another site's dossier and for a key that was used for another
    update of the same dossier.
    """
    dossiers = _held(sorted({update.code for update in updates}), site, is_illustrative)
    known = _events_of(dossiers.values())
    problems, fresh, is_repeat = [], [], []
    for place, update in enumerate(updates):
        dossier = dossiers[update.code]
        if dossier.owner_site_id != site.pk and not _takes_over(site, dossier):
            problems.append((place, "code", f"Mã hồ sơ {update.code} thuộc một đơn vị khác; hãy kiểm tra lại mã."))
            continue
        events = known[dossier.pk]
        event = events.get(update.key)
        if event is None:
            event = _event(update, dossier, source, imported_from)
            events[update.key] = event
            fresh.append(event)
            is_repeat.append(False)
        elif _facts(event) == _facts(update):
            is_repeat.append(True)
        else:
            problems.append(
                (place, "key", f"Khóa «{update.key}» đã dùng cho một lần cập nhật khác của hồ sơ {update.code}.")
            )
    if problems:
        raise Conflict(problems)
    DossierEvent.objects.bulk_create(fresh)
    touched = {event.dossier_id for event in fresh}
    read_anew([dossier for dossier in dossiers.values() if dossier.pk in touched], known)
    return [
        Recorded(update, repeat, known[dossiers[update.code].pk][update.key].set_aside, dossiers[update.code])
        for update, repeat in zip(updates, is_repeat, strict=True)
    ]


def _takes_over(site: PortalSite, dossier: DossierSummary) -> bool:
    """Let the successor of a merged or closed unit go on with its dossier, which then is its own; answer whether so."""
    former = dossier.owner_site
    if former.state not in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        return False
    if not UnitSuccession.objects.filter(predecessor=former.unit_id, successor=site.unit_id).exists():
        return False
    DossierSummary.objects.filter(pk=dossier.pk).update(owner_site=site)
    dossier.owner_site = site
    return True


def _held(codes: list[str], site: PortalSite, is_illustrative: bool) -> dict[str, DossierSummary]:
    """Make what is missing and hold all, in the order of their codes so that no two batches wait in a ring."""
    made = [DossierSummary(code=code, owner_site=site, is_illustrative=is_illustrative) for code in codes]
    there = set(DossierSummary.objects.filter(code__in=codes).values_list("code", flat=True))
    DossierSummary.objects.bulk_create([row for row in made if row.code not in there], ignore_conflicts=True)
    rows = DossierSummary.objects.select_for_update().filter(code__in=codes).order_by("code")
    return {row.code: row for row in rows}


def _events_of(dossiers: Iterable[DossierSummary]) -> dict[int, dict[str, DossierEvent]]:
    found: dict[int, dict[str, DossierEvent]] = {dossier.pk: {} for dossier in dossiers}
    for event in DossierEvent.objects.filter(dossier__in=list(found)).order_by("pk"):
        found[event.dossier_id][event.key] = event
    return found


def _event(update: Update, dossier: DossierSummary, source, imported_from: str) -> DossierEvent:
    return DossierEvent(
        dossier=dossier,
        key=update.key,
        status=update.status,
        at=update.at,
        sequence=update.sequence,
        procedure_code=update.procedure_code,
        channel=update.channel,
        promised_on=update.promised_on,
        reappointed_on=update.reappointed_on,
        source=source,
        imported_from=imported_from,
    )


def _facts(row) -> tuple:
    """What two sendings of the same update must agree in."""
    return (
        row.status,
        row.at,
        row.sequence,
        row.procedure_code,
        row.channel,
        row.promised_on,
        row.reappointed_on,
    )


def read_anew(dossiers: Sequence[DossierSummary], known: dict[int, dict[str, DossierEvent]]) -> None:
    """Write into dossiers, which the caller holds, what follows from their events (by dossier and key)."""
    wanted = {event.procedure_code for dossier in dossiers for event in known[dossier.pk].values()} - {""}
    catalogue, changed = Limits(wanted), []
    with deadlines.calendar_held():
        for dossier in dossiers:
            derived = derived_state_of(known[dossier.pk].values(), catalogue)
            _take(dossier, derived, catalogue)
            for event in known[dossier.pk].values():
                if event.set_aside != (reason := derived.set_aside.get(event.key, "")):
                    event.set_aside = reason
                    changed.append(event)
    # One statement for all of them; their rows are there and held.
    DossierSummary.objects.bulk_create(
        dossiers, update_conflicts=True, unique_fields=["id"], update_fields=FOLLOWING, batch_size=PORTION
    )
    DossierEvent.objects.bulk_update(changed, ["set_aside"], batch_size=PORTION)


def _take(dossier: DossierSummary, derived: DerivedState, catalogue: "Limits") -> None:
    for name in DERIVED_FIELDS:
        setattr(dossier, name, getattr(derived, name))
    dossier.procedure = catalogue.procedures.get(derived.procedure_code)
    dossier.set_aside = len(derived.set_aside)
    dossier.updated_at = timezone.now()


def reasons_of(dossiers: Iterable[DossierSummary]) -> dict[tuple[int, str], str]:
    """Return by (dossier, key) why updates of some dossiers do not count; those that do are left out."""
    keys = sorted({dossier.pk for dossier in dossiers})
    found = {}
    for start in range(0, len(keys), PORTION):
        rows = DossierEvent.objects.filter(dossier__in=keys[start : start + PORTION]).exclude(set_aside="")
        found |= {(dossier, key): reason for dossier, key, reason in rows.values_list("dossier", "key", "set_aside")}
    return found


class Limits:
    """The limits of some procedures, read once: `Limits(codes)(code, channel, moment)` → the last day or None."""

    def __init__(self, codes: Iterable[str]):
        found = Procedure.objects.filter(code__in=list(codes), live=True).prefetch_related("channels") if codes else ()
        self.procedures = {procedure.code: procedure for procedure in found}

    def __call__(self, code: str, channel: str, moment: datetime) -> date | None:
        procedure = self.procedures.get(code)
        limit = limits.limit_for(procedure, channel) if procedure else None
        found = limits.return_on(limit, moment) if limit else None
        return found.day if found else None


def as_of(dossiers: Sequence[DossierSummary], moment: datetime) -> dict[int, DerivedState]:
    """Return what some dossiers were at a moment, by their keys: two queries however many."""
    known = _events_of(dossiers)
    catalogue: Limit = Limits({event.procedure_code for events in known.values() for event in events.values()} - {""})
    with deadlines.calendar_held():
        return {key: derived_state_of(events.values(), catalogue, until=moment) for key, events in known.items()}


# --- 2. How a dossier stands -------------------------------------------------------------------------


class Standing(models.TextChoices):
    """How a dossier stands towards its last day; one function says so for the office, the look-up and the figures."""

    NOT_RECEIVED = "not_received", "Chưa tiếp nhận"
    NO_LIMIT = "no_limit", "Chưa có hạn trả"
    RUNNING = "running", "Còn hạn"
    STOPPED = "stopped", "Đang dừng tính hạn"
    LATE = "late", "Quá hạn"
    ENDED_EARLY = "ended_early", "Xong trước hạn"
    ENDED_IN_TIME = "ended_in_time", "Xong đúng hạn"
    ENDED_LATE = "ended_late", "Xong quá hạn"


@dataclass(frozen=True)
class Stand:
    """How a dossier stands on a day; `days_left` in working days, negative when late, None without a running limit.

    `must_apologise`: late or about to be, and no letter came; `apology_was_late`: the letter came after the day before
    the last day; `is_past_reappointment`: late even by the one new day.
    """

    standing: Standing
    days_left: int | None = None
    must_apologise: bool = False
    apology_was_late: bool = False
    is_past_reappointment: bool = False

    @property
    def is_late(self) -> bool:
        return self.standing == Standing.LATE

    @property
    def workdays(self) -> int | None:
        """Working days that are left or, when late, that it is late by."""
        return None if self.days_left is None else abs(self.days_left)


def standing_of(dossier, on: date | None = None) -> Stand:
    """Return how a dossier (or its `DerivedState`) stands on a local day (today for None).

    Not late on its last day, late from the next (Bộ luật Dân sự 2015, Điều 148.6). While the deadline is paused a
    dossier does not become late; one that was late before stays late.
    """
    day = deadlines.local_date(on)
    if dossier.received_at is None:
        return Stand(Standing.NOT_RECEIVED)
    if dossier.status in ENDED:
        return Stand(_ended(dossier), apology_was_late=_apology_was_late(dossier))
    if dossier.due_on is None:
        return Stand(Standing.STOPPED if dossier.status in STANDING_STILL else Standing.NO_LIMIT)
    counted_on = deadlines.local_date(dossier.stopped_at) if dossier.stopped_at else day
    left = deadlines.workdays_until(dossier.due_on, counted_on)
    is_late = counted_on > dossier.due_on
    if is_late:
        standing = Standing.LATE
    else:
        standing = Standing.STOPPED if dossier.stopped_at else Standing.RUNNING
    return Stand(
        standing,
        left,
        must_apologise=is_late and dossier.apologised_at is None,
        apology_was_late=_apology_was_late(dossier),
        is_past_reappointment=bool(dossier.reappointed_on and dossier.reappointed_on < counted_on),
    )


def _ended(dossier) -> Standing:
    """How a dossier ended: a limit that was never known cannot have been passed."""
    day = deadlines.local_date(dossier.ended_at)
    if dossier.due_on is None or day == dossier.due_on:
        return Standing.ENDED_IN_TIME
    return Standing.ENDED_EARLY if day < dossier.due_on else Standing.ENDED_LATE


def _apology_was_late(dossier) -> bool:
    if dossier.apologised_at is None or dossier.due_on is None:
        return False
    return deadlines.local_date(dossier.apologised_at) > dossier.due_on - APOLOGY_DAYS


# --- 3. At night -------------------------------------------------------------------------------------


def refresh() -> int:
    """Read all dossiers that have not ended anew, in portions; return how many."""
    done, last = 0, ""
    while True:
        with transaction.atomic():
            is_open = models.Q(status=None) | ~models.Q(status__in=FINAL)
            # Held in the order of codes, as `record` does.
            rows = DossierSummary.objects.filter(is_open, code__gt=last).order_by("code")
            portion = list(rows.select_for_update()[:PORTION])
            if not portion:
                return done
            read_anew(portion, _events_of(portion))
        done, last = done + len(portion), portion[-1].code


def find(code: str) -> DossierSummary | None:
    """Return the dossier with a code in its one spelling, with its site, unit and procedure; one query."""
    return (
        DossierSummary.objects.select_related("owner_site__unit", "owner_site__parent", "procedure__field")
        .filter(code=code, status__isnull=False)
        .first()
    )


def state_name(status: int | None) -> str:
    """Return the name of a state; "Chưa rõ" while nothing of a dossier counts."""
    return DossierStatus(status).label if status is not None else "Chưa rõ"
