"""The list of appointed people for the department in charge (Sở), Quy chế Điều 8.1.

1. `make_list`: all people with an appointment in force, and what changed since the last list sent; kept as text.
2. `as_xlsx`, `as_pdf`: the files, made from what was kept, the same today and in two years.
3. `send_list`: when and by which letter it went; decisions that went with it are marked as sent.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.sites import city_site
from base.tables import pdf, xlsx
from vietnam.dates import format_short
from vietnam.text import sort_key

from .appointment_rights import may_send
from .models import Appointment, AppointmentDecision, DepartmentList

FIELDS = {
    "name": "Họ và tên",
    "position": "Chức vụ",
    "email": "Thư điện tử",
    "site": "Trang",
    "role": "Vai trò",
    "decision": "Theo quyết định",
    "since": "Từ ngày",
    "until": "Đến hết ngày",
    "note": "Ghi chú",
}
WIDTHS = (24, 24, 26, 24, 30, 28, 12, 12, 24)
CHANGE_FIELDS = {"kind": "Thay đổi", "name": "Họ và tên", "site": "Trang", "role": "Vai trò", "what": "Nội dung"}
CHANGE_WIDTHS = (14, 24, 28, 32, 70)
ADDED, GONE, CHANGED = "Thêm", "Thôi", "Sửa"


@transaction.atomic
def make_list(*, by, on: datetime | None = None) -> DepartmentList:
    """Make the list of today with the changes since the last one sent; return it, not sent yet.

    Raises Refused for all but the technical admin and the standing office.
    """
    if not may_send(by):
        raise Refused("Chỉ Cơ quan Thường trực hoặc cán bộ quản trị kỹ thuật được lập danh sách gửi Sở.")
    moment = on or timezone.now()
    previous = DepartmentList.objects.exclude(sent_on=None).order_by("-sent_on", "-pk").first()
    in_force = Appointment.objects.in_force().for_lists().select_related("delegated_from__person")
    members = [_member(found) for found in in_force]
    members.sort(key=lambda row: (row["place"], sort_key(row["name"]), row["role"]))
    made = DepartmentList.objects.create(
        as_of=timezone.localtime(moment).date(),
        members=members,
        changes=changes_between(previous.members if previous else [], members),
        previous=previous,
        recorded_by=by,
        recorded_at=moment,
    )
    log(
        instance=made,
        action="portal.appointment.list",
        user=by,
        data={"members": len(members), "changes": len(made.changes), "since": str(previous or "")},
    )
    return made


@transaction.atomic
def send_list(
    made: DepartmentList, *, by, on: datetime | None = None, sent_on: date, letter: str, with_decisions: bool = True
) -> DepartmentList:
    """Write down when and by which letter a list went to the department; return it.

    `with_decisions`: the decisions that were not reported yet went along. Raises Refused without the right or when
    it was sent already, ValidationError (field → messages).
    """
    if not may_send(by):
        raise Refused("Chỉ Cơ quan Thường trực hoặc cán bộ quản trị kỹ thuật được ghi việc gửi Sở.")
    made = DepartmentList.objects.select_for_update().get(pk=made.pk)
    if made.sent_on:
        raise Refused("Danh sách này đã ghi là đã gửi; hãy lập danh sách mới.")
    moment, letter = on or timezone.now(), letter.strip()
    errors = {}
    if not letter:
        errors["letter"] = ["Hãy ghi số công văn gửi Sở."]
    if not sent_on or sent_on < made.as_of or sent_on > timezone.localtime(moment).date():
        errors["sent_on"] = [f"Ngày gửi phải từ ngày lập, {format_short(made.as_of)}, đến hôm nay."]
    if errors:
        raise ValidationError(errors)
    made.sent_on, made.letter = sent_on, letter
    made.save(update_fields=["sent_on", "letter"])
    count = 0
    if with_decisions:
        waiting = AppointmentDecision.objects.filter(sent_to_department_on=None, recorded_at__lte=made.recorded_at)
        waiting = waiting.filter(Q(signed_on=None) | Q(signed_on__lte=sent_on))
        count = waiting.update(sent_to_department_on=sent_on, sent_by_letter=letter)
    log(
        instance=made,
        action="portal.appointment.send",
        user=by,
        data={"sent_on": format_short(sent_on), "letter": letter, "decisions": count},
    )
    return made


def changes_between(before: list[dict], after: list[dict]) -> list[dict]:
    """Return what differs between two lists of members: rows of CHANGE_FIELDS, added first, then gone, then changed."""
    old, new = ({row["key"]: row for row in rows} for rows in (before, after))
    found = [_change(ADDED, row, f"{row['decision']}, từ {row['since']}") for key, row in new.items() if key not in old]
    ended = {
        row.pk: row
        for row in Appointment.objects.filter(pk__in=old.keys() - new.keys()).select_related("ended_by", "decision")
    }
    for key, row in old.items():
        if key not in new:
            last = ended.get(key)
            what = f"{last.get_state_display()} theo {last.end_source}, đến {_day(last.ended_on)}" if last else ""
            found.append(_change(GONE, row, what))
    for key, row in new.items():
        if key in old:
            differing = [
                f"{label}: {old[key][name] or '(trống)'} → {row[name] or '(trống)'}"
                for name, label in FIELDS.items()
                if old[key][name] != row[name]
            ]
            if differing:
                found.append(_change(CHANGED, row, "; ".join(differing)))
    return found


def as_xlsx(made: DepartmentList) -> bytes:
    """Return a list as a spreadsheet of two sheets: the members, and the changes."""
    return xlsx.write(_sheets(made))


def as_pdf(made: DepartmentList) -> bytes:
    """Return a list as a PDF to sign."""
    city = city_site()
    members, changes = _sheets(made)
    return pdf.write(
        pdf.Report(
            issuer=city.unit.full_name if city else "",
            title="Danh sách thành viên được phân công quản trị, đưa tin",
            lines=members.lines[1:],
            tables=[
                pdf.Table("I. Thành viên", members.columns, members.widths, members.rows),
                pdf.Table(
                    f"II. {_since(made)}", changes.columns, changes.widths, changes.rows, empty="Không có thay đổi."
                ),
            ],
            signatures=["Người lập", "Cơ quan Thường trực Ban Biên tập"],
            made_at=made.recorded_at,
        )
    )


def _sheets(made: DepartmentList) -> list[xlsx.Sheet]:
    return [
        xlsx.Sheet(name, lines, ["STT", *fields.values()], [6, *widths], _numbered(rows, fields))
        for name, lines, fields, widths, rows in (
            ("Thành viên", _lines(made), FIELDS, WIDTHS, made.members),
            ("Thay đổi", [_since(made)], CHANGE_FIELDS, CHANGE_WIDTHS, made.changes),
        )
    ]


def file_name(made: DepartmentList, extension: str) -> str:
    """Return the name to download a list under: "danh-sach-phan-cong-2026-03-01.xlsx"."""
    return f"danh-sach-phan-cong-{made.as_of:%Y-%m-%d}.{extension}"


def _member(found: Appointment) -> dict:
    return {
        "key": found.pk,
        "place": [0 if found.site.is_city else 1, found.site.name],
        "name": found.person.get_full_name(),
        "position": found.person.position,
        "email": found.person.email,
        "site": found.site.name,
        "role": f"{found.role_label} ({found.unit})" if found.unit else found.role_label,
        "decision": str(found.decision),
        "since": _day(found.valid_from),
        "until": _day(found.valid_to),
        "note": f"Ủy quyền của {found.delegated_by}" if found.is_delegation else "",
    }


def _change(kind: str, row: dict, what: str) -> dict:
    return {"kind": kind, "name": row["name"], "site": row["site"], "role": row["role"], "what": what}


def _numbered(rows: list[dict], fields: dict[str, str]) -> list[list[str]]:
    return [[str(number), *(row[name] for name in fields)] for number, row in enumerate(rows, 1)]


def _lines(made: DepartmentList) -> list[str]:
    lines = [
        "Danh sách thành viên được phân công quản trị, đưa tin lên Trang thông tin điện tử",
        f"Tính đến ngày {format_short(made.as_of)} (Quy chế ban hành kèm theo Quyết định 01/2020/QĐ-UBND, Điều 8.1)",
    ]
    if made.sent_on:
        lines.append(f"Gửi Sở ngày {format_short(made.sent_on)} theo công văn {made.letter}")
    return lines


def _since(made: DepartmentList) -> str:
    if made.previous is None:
        return "Thay đổi: danh sách đầu tiên"
    return f"Thay đổi so với danh sách gửi ngày {format_short(made.previous.sent_on)} (công văn {made.previous.letter})"


def _day(day: date | None) -> str:
    return format_short(day) if day else ""
