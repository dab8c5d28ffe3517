"""What became of what a person submitted: one screen, one mail a working morning.

1. `outcomes`: every decision about a person's submissions between two moments, the newest first: returned, approved,
published at its hour, its hour taken away, taken down, proposals of theirs decided, their dossiers, and what rooms
above decide (`register_decisions`). 2. `send_digests`: one mail of the last days to each person for whom there was any.
Nothing is stored: all of it is in the rows of the decisions.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page, PageLogEntry, Revision, TaskState

from accounts.models import User
from base.operations.notices import notify
from vietnam.dates import format_moment, format_short

from .. import deadlines
from ..models import EditorialApprovalTask, PublicationBundle, RecordChange, Schedule, TakeDown

MOST_IN_A_MAIL = 50
SHOWN_DAYS = 90
AT_ITS_HOUR, HOUR_GONE = "wagtail.publish.scheduled", "portal.schedule.void"
OF_REVIEWS = {
    "status__in": (TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED),
    "task__content_type__model": EditorialApprovalTask._meta.model_name,
}
OF_DOSSIERS = {
    "portal.bundle.schedule": "Hồ sơ đã duyệt, chờ giờ đăng",
    "portal.bundle.publish": "Hồ sơ đã đăng",
    "portal.bundle.send_back": "Hồ sơ bị trả lại",
    "portal.bundle.hand_over": "Hồ sơ chuyển sang trang kế thừa, chờ gửi duyệt lại",
}
DECIDED = (
    TakeDown.State.TAKEN_DOWN,
    TakeDown.State.RETAINED_WITH_NOTE,
    TakeDown.State.TO_EDIT,
    TakeDown.State.WITHDRAWN,
)


@dataclass(frozen=True)
class Outcome:
    """One thing that became of a submission: what, when, who decided, what they wrote, where it is in the admin."""

    title: str
    what: str
    at: datetime
    by: str = ""
    note: str = ""
    address: str = ""
    is_returned: bool = False


@dataclass(frozen=True)
class Decisions:
    """How a room above decides what people submit, by the actions of its log.

    `decided`: what is read of each decision; `returned`: the one that gives the thing back; `screen`: where the thing
    is, by its key.
    """

    submitted: str
    decided: dict[str, str]
    returned: str
    screen: str


_of_room: dict[str, Decisions] = {}


def register_decisions(submitted: str, decided: dict[str, str], *, returned: str, screen: str) -> None:
    """Let a room say what became of what people submitted there (`Decisions`); called once, when it is ready."""
    for action in decided:
        _of_room[action] = Decisions(submitted, decided, returned, screen)


def outcomes(user, since: datetime, until: datetime) -> list[Outcome]:
    """Return what became of a person's submissions from one moment to another, the newest first.

    Eight queries, one more for those who submitted a dossier or what a room above decides.
    """
    ways = (_reviews, _hours, _takedowns, _dossiers, _proposals, _of_rooms)
    found = [outcome for way in ways for outcome in way(user, since, until)]
    return sorted(found, key=lambda outcome: outcome.at, reverse=True)


def _reviews(user, since, until):
    states = TaskState.objects.filter(
        workflow_state__requested_by=user, finished_at__gte=since, finished_at__lt=until, **OF_REVIEWS
    ).select_related("revision", "finished_by", "workflow_state__workflow__site_workflow__site")
    waiting = dict(
        Revision.objects.filter(pk__in=states.values("revision"), approved_go_live_at__isnull=False).values_list(
            "pk", "approved_go_live_at"
        )
    )
    for state in states:
        is_returned = state.status == TaskState.STATUS_REJECTED
        link = getattr(state.workflow_state.workflow, "site_workflow", None)
        if is_returned:
            what = "Bị trả lại"
        elif link is not None and link.site.is_practice:
            what = "Đã duyệt (trang thực hành, không công khai)"
        elif state.revision_id in waiting:
            what = f"Đã duyệt, sẽ đăng lúc {format_moment(waiting[state.revision_id])}"
        else:
            what = "Đã duyệt và đăng"
        yield Outcome(
            title=state.revision.object_str,
            what=what,
            at=state.finished_at,
            by=_name(state.finished_by),
            note=state.comment,
            address=reverse("workflows_review", args=[state.pk]),
            is_returned=is_returned,
        )


def _hours(user, since, until):
    """Publications at their hour, and hours that were taken away, of what the person submitted."""
    own = Schedule.objects.filter(submitted_by=user).values("revision")
    for model in (PageLogEntry, ModelLogEntry):
        entries = model.objects.filter(
            action__in=(AT_ITS_HOUR, HOUR_GONE), timestamp__gte=since, timestamp__lt=until, revision__in=own
        ).select_related("user")
        for entry in entries:
            is_gone = entry.action == HOUR_GONE
            yield Outcome(
                title=entry.label,
                what="Thôi hẹn giờ, trở lại là bản nháp" if is_gone else "Đã đăng đúng giờ hẹn",
                at=entry.timestamp,
                by=_name(entry.user),
                note=(entry.data or {}).get("reason", "") if is_gone else "",
                address=reverse("wagtailadmin_pages:edit", args=[entry.page_id]) if model is PageLogEntry else "",
            )


def _takedowns(user, since, until):
    """Decisions about pages the person wrote, and about take-downs they proposed."""
    rows = TakeDown.objects.filter(
        Q(proposed_by=user) | Q(page__in=Page.objects.filter(owner=user)),
        state__in=DECIDED,
        decided_at__gte=since,
        decided_at__lt=until,
    )
    for row in rows.exclude(decided_by=user).select_related("decided_by"):
        yield Outcome(
            title=row.title,
            what=f"Đề nghị gỡ bỏ: {row.get_state_display().lower()}",
            at=row.decided_at,
            by=_name(row.decided_by),
            note=row.decision_note,
            address=reverse("workflows_takedown", args=[row.pk]),
        )


def _dossiers(user, since, until):
    """What became of dossiers that the person submitted: approved for an hour, published, returned, moved."""
    own = {str(pk): pk for pk in PublicationBundle.objects.filter(submitted_by=user).values_list("pk", flat=True)}
    entries = _of_dossiers(since, until).filter(object_id__in=own).exclude(user=user) if own else ()
    for entry in entries:
        yield Outcome(
            title=entry.label,
            what=OF_DOSSIERS[entry.action],
            at=entry.timestamp,
            by=_name(entry.user),
            note=(entry.data or {}).get("reason", ""),
            address=reverse("workflows_bundle", args=[own[entry.object_id]]),
            is_returned=entry.action == "portal.bundle.send_back",
        )


def _of_dossiers(since, until):
    kind = ContentType.objects.get_for_model(PublicationBundle)
    found = ModelLogEntry.objects.filter(
        content_type=kind, action__in=OF_DOSSIERS, timestamp__gte=since, timestamp__lt=until
    )
    return found.select_related("user")


def _proposals(user, since, until):
    """What other people decided about changes of shared records that the person proposed."""
    for change in _decided_changes(since, until).filter(proposed_by=user).select_related("decided_by"):
        yield Outcome(
            title=str(change),
            what="Đề nghị được đồng ý" if change.accepted else "Đề nghị không được đồng ý",
            at=change.decided_at,
            by=_name(change.decided_by),
            note=change.note,
            address=reverse("workflows_record_change", args=[change.pk]),
            is_returned=not change.accepted,
        )


def _of_rooms(user, since, until):
    """What other people decided in the rooms above about what the person submitted there."""
    submits = {row.submitted for row in _of_room.values()}
    own = set(ModelLogEntry.objects.filter(user=user, action__in=submits).values_list("content_type", "object_id"))
    entries = _decided_in_rooms(since, until).filter(object_id__in={key for _kind, key in own}) if own else ()
    for entry in entries:
        if (entry.content_type_id, entry.object_id) in own and entry.user_id != user.pk:
            room, data = _of_room[entry.action], entry.data or {}
            yield Outcome(
                title=entry.label,
                what=room.decided[entry.action],
                at=entry.timestamp,
                by=_name(entry.user),
                note=data.get("reason") or data.get("text") or "",
                address=reverse(room.screen, args=[entry.object_id]),
                is_returned=entry.action == room.returned,
            )


def _decided_in_rooms(since, until):
    found = ModelLogEntry.objects.filter(action__in=_of_room, timestamp__gte=since, timestamp__lt=until)
    return found.select_related("user")


def _decided_changes(since, until):
    """Without those that their proposers took back."""
    found = RecordChange.objects.filter(decided_at__gte=since, decided_at__lt=until)
    return found.exclude(decided_by=F("proposed_by"))


def _name(user) -> str:
    return user.get_full_name() if user else ""


# --- The mail of a morning ---------------------------------------------------------------------------


def send_digests(*, on: datetime | None = None) -> int:
    """Mail each person what became of their submissions since the working day before; return how many people have one.

    From the beginning of the last working day to the end of yesterday, so that a weekend is in Monday's mail; none on a
    day off. Safe to run again: a person gets one a day.
    """
    today = deadlines.local_date(on)
    if not deadlines.is_working_day(today):
        return 0
    first = deadlines.workdays_after(today, -1)
    since, until = _begin_of(first), _begin_of(today)
    written = 0
    for user in User.objects.filter(pk__in=_people(since, until), is_active=True).order_by("pk"):
        found = outcomes(user, since, until)
        if not found:
            continue
        context = {
            "day": today,
            "since": format_short(first),
            "until": format_short(today - timedelta(days=1)),
            "count": len(found),
            "outcomes": found[:MOST_IN_A_MAIL],
        }
        written += notify(user, "submissions_digest", context)
    return written


def _people(since, until) -> set[int]:
    """Who may have an outcome between two moments."""
    reviews = TaskState.objects.filter(finished_at__gte=since, finished_at__lt=until, **OF_REVIEWS)
    rows = TakeDown.objects.filter(state__in=DECIDED, decided_at__gte=since, decided_at__lt=until)
    found = set(reviews.values_list("workflow_state__requested_by", flat=True))
    found |= {person for pair in rows.values_list("proposed_by", "page__owner") for person in pair}
    for model in (PageLogEntry, ModelLogEntry):
        revisions = model.objects.filter(
            action__in=(AT_ITS_HOUR, HOUR_GONE), timestamp__gte=since, timestamp__lt=until
        ).values("revision")
        found |= set(Schedule.objects.filter(revision__in=revisions).values_list("submitted_by", flat=True))
    keys = [int(key) for key in _of_dossiers(since, until).values_list("object_id", flat=True)]
    found |= set(PublicationBundle.objects.filter(pk__in=keys).values_list("submitted_by", flat=True))
    found |= set(_decided_changes(since, until).values_list("proposed_by", flat=True))
    decided = set(_decided_in_rooms(since, until).values_list("content_type", "object_id"))
    submits = ModelLogEntry.objects.filter(
        action__in={row.submitted for row in _of_room.values()}, object_id__in={key for _kind, key in decided}
    )
    entries = submits.values_list("content_type", "object_id", "user")
    found |= {user for kind, key, user in entries if (kind, key) in decided}
    return found - {None}


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
