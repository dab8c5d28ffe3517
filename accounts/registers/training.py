"""Training of the board's officers and the administrators, every year (Quy chế Điều 15).

1. `record`: a training that was held. 2. `attend`: who was there. 3. `people_due`: who has had none in a year; the year
is that of the calendar ("hàng năm"). 4. `of_year`: the figures for the yearly report.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from vietnam.dates import format_short
from vietnam.text import nfc, sort_key

from ..models import Appointment, Attendance, BoardMember, Training, User
from ..roles import PAY_ROYALTIES, ROLES
from .board import demand_right, members_on

Result = Attendance.Result
TEXTS = ("title", "document", "organiser")
# Who edits or administers; that of an accountant is no such work.
TRAINED_ROLES = frozenset(role.key for role in ROLES.values() if role.capabilities - {PAY_ROYALTIES})


@dataclass(frozen=True)
class Trainee:
    """One who is to be trained: an account or a member of the board without one; `last`: what they last attended."""

    key: str
    name: str
    post: str
    place: str
    last: Training | None

    def is_due(self, year: int) -> bool:
        """Tell whether they have attended nothing in a year yet."""
        return self.last is None or self.last.held_to.year < year


@dataclass(frozen=True)
class Figures:
    """The training of a year: how many were held, how many people are to be trained, how many were."""

    year: int
    held: int
    people: int
    trained: int


@transaction.atomic
def record(
    *,
    by,
    on: datetime | None = None,
    title: str,
    field: str,
    document: str,
    organiser: str,
    held_from: date,
    held_to: date,
    hours: int | None = None,
) -> Training:
    """Record a training that was held; return it. Raises Refused without the right, ValidationError."""
    demand_right(by)
    moment = on or timezone.now()
    texts = {
        name: " ".join(nfc(value).split()) for name, value in zip(TEXTS, (title, document, organiser), strict=True)
    }
    errors: dict[str, list[str]] = {}
    for name, label in zip(TEXTS, ("nội dung lớp", "kế hoạch, công văn", "đơn vị tổ chức"), strict=True):
        if not texts[name]:
            errors[name] = [f"Hãy ghi {label}."]
    if field not in Training.Field.values:
        errors["field"] = ["Hãy chọn lĩnh vực."]
    if not held_from or not held_to:
        errors["held_from" if not held_from else "held_to"] = ["Hãy ghi ngày theo dạng ngày/tháng/năm."]
    elif held_to < held_from:
        errors["held_to"] = ["Ngày cuối ở trước ngày đầu."]
    elif held_to > timezone.localdate(moment):
        errors["held_to"] = ["Lớp chưa kết thúc; hãy ghi khi đã tổ chức xong."]
    if errors:
        raise ValidationError(errors)
    days = {"held_from": held_from, "held_to": held_to, "hours": hours}
    training = Training.objects.create(**texts, **days, field=field, recorded_by=by, recorded_at=moment)
    log(
        instance=training,
        action="portal.training.record",
        user=by,
        data={"title": training.title, "document": training.document, "to": format_short(held_to)},
    )
    return training


@transaction.atomic
def attend(training: Training, *, by, on: datetime | None = None, results: dict[str, str]) -> list[Attendance]:
    """Record who was at a training; return the rows written.

    `results`: {key of a `Trainee`: result}; "" writes nothing. What was recorded of a person before is replaced.
    Raises Refused without the right or for a person who is not to be trained, ValidationError for an unknown result.
    """
    demand_right(by)
    training = Training.objects.select_for_update().get(pk=training.pk)
    known = {trainee.key: trainee for trainee in [*trainees(training.held_to), *_recorded(training)]}
    written = []
    for key, result in results.items():
        if not result:
            continue
        if key not in known:
            raise Refused("Có người không thuộc diện đào tạo; hãy mở lại màn hình rồi ghi lại.")
        if result not in Result.values:
            raise ValidationError({key: ["Hãy chọn một kết quả trong danh sách."]})
        kind, pk = key.split("-")
        row, _ = Attendance.objects.update_or_create(
            training=training,
            **{f"{kind}_id": int(pk)},
            defaults={
                "name": known[key].name,
                "result": result,
                "recorded_by": by,
                "recorded_at": on or timezone.now(),
            },
        )
        written.append(row)
    if written:
        names = ", ".join(f"{row.name} ({row.get_result_display()})" for row in written)
        data = {"title": training.title, "names": names}
        log(instance=training, action="portal.training.attend", user=by, data=data)
    return written


def trainees(day: date) -> list[Trainee]:
    """Return who is to be trained now, by name: who edits or administers by an appointment, and the rest of the board.

    `last` is the last training up to that day that they attended.
    """
    return _trainees(Appointment.objects.in_force(), day)


def _trainees(appointments: QuerySet[Appointment], day: date) -> list[Trainee]:
    held = appointments.filter(role__in=TRAINED_ROLES).select_related("person", "site")
    people: dict[int, tuple[User, list[str]]] = {}
    for appointment in held.order_by("site__kind", "site__name", "pk"):
        places = people.setdefault(appointment.person_id, (appointment.person, []))[1]
        if appointment.site.name not in places:
            places.append(appointment.site.name)
    members = [member for member in members_on(day) if member.person_id not in people]
    last = _last_attended(day)
    found = [
        Trainee(f"person-{pk}", person.get_full_name(), person.position, ", ".join(places), last.get(("person", pk)))
        for pk, (person, places) in people.items()
    ]
    found += [_trainee_of(member, last) for member in members]
    return sorted(found, key=lambda trainee: sort_key(trainee.name))


def people_due(on: date) -> list[Trainee]:
    """Return who has attended nothing yet in the year of a day, by name."""
    return [trainee for trainee in trainees(on) if trainee.is_due(on.year)]


def of_year(year: int) -> Figures:
    """Return the figures of a year; who is to be trained is asked of its last day, or of today in the running year."""
    day = min(date(year, 12, 31), timezone.localdate())
    asked = _trainees(Appointment.objects.held_between(day, day), day)
    trained = [trainee for trainee in asked if not trainee.is_due(year)]
    return Figures(year, Training.objects.filter(held_to__year=year).count(), len(asked), len(trained))


def _last_attended(day: date) -> dict[tuple[str, int], Training]:
    rows = Attendance.objects.filter(result__in=Attendance.COUNTED, training__held_to__lte=day)
    found = {}
    for row in rows.select_related("training").order_by("training__held_to", "pk"):
        found[("person", row.person_id) if row.person_id else ("member", row.member_id)] = row.training
    return found


def _recorded(training: Training) -> list[Trainee]:
    """Who is recorded of a training already, so that what was recorded can be corrected when they have left."""
    rows = training.attendances.all()
    return [
        Trainee(f"person-{row.person_id}" if row.person_id else f"member-{row.member_id}", row.name, "", "", training)
        for row in rows
    ]


def _trainee_of(member: BoardMember, last: dict[tuple[str, int], Training]) -> Trainee:
    key = ("person", member.person_id) if member.person_id else ("member", member.pk)
    return Trainee(f"{key[0]}-{key[1]}", member.name, member.post, member.agency or "Ban Biên tập", last.get(key))
