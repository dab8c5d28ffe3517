"""Updates of dossiers from a CSV file, for units whose one-stop system cannot push: the same reading, the same
recording.

1. `LAYOUT` refuses heads that are not known by their names, for no column may hold anything about the person who handed
   a dossier in. 2. `import_table` reads each row as an update and keeps all or none; each update that was there already
   changes nothing, so the same file may come again. A dry run keeps nothing and tells the same. Problems are named by
   row (as the spreadsheet numbers it) and column.
"""

import io
import re
from dataclasses import dataclass, field
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import HANDLE_QUESTIONS, may
from base.gate import Refused
from base.models import PortalSite
from base.tables.columns import Column, Problem
from base.tables.csv import csv_file
from base.tables.incoming import Layout
from vietnam import dossier_codes, text
from vietnam.dates import parse_vn
from workflows import deadlines

from ..models import Channel, DossierStatus
from . import recording as dossiers
from .updates import AT, CHANNEL, DOSSIER, KEY, PROCEDURE, PROMISED, REAPPOINTED, SEQUENCE, STATUS, Update, Wrong, read

MOST_ROWS = 20_000
LARGEST_BYTES = 5 * 1024 * 1024
PORTION = 500
MOST_PROBLEMS = 200
COLUMNS = {
    DOSSIER: "Mã hồ sơ",
    STATUS: "Trạng thái",
    AT: "Thời điểm",
    PROCEDURE: "Mã thủ tục",
    CHANNEL: "Kênh",
    PROMISED: "Ngày hẹn trả",
    REAPPOINTED: "Hẹn lại ngày",
    SEQUENCE: "Thứ tự",
    KEY: "Khóa",
}
DEMANDED = (DOSSIER, AT)
_NOT_KNOWN = (
    f"Không nhận cột {{quoted}}; hãy xóa cột này. Cổng chỉ nhận: {', '.join(COLUMNS.values())}, "
    "không nhận dữ liệu nào về người nộp hồ sơ."
)
LAYOUT = Layout(
    tuple(Column(name, header, is_required=name in DEMANDED) for name, header in COLUMNS.items()),
    most_rows=MOST_ROWS,
    too_many=f"Tệp có quá {MOST_ROWS} dòng; hãy chia thành nhiều tệp.",
    missing="Thiếu cột {quoted}; hãy thêm cột.",
    empty="Tệp rỗng; hãy chọn lại tệp.",
    without_rows="Tệp không có dòng nào dưới hàng tiêu đề.",
    repeated="Có hai cột cùng tên; hãy bỏ một cột.",
    unknown=_NOT_KNOWN,
    gap=_NOT_KNOWN,
    surplus="Dòng {number} có nhiều ô hơn hàng tiêu đề; hãy bỏ các ô thừa.",
    not_csv="Tệp không phải CSV; hãy lưu bảng dạng «CSV UTF-8».",
    not_utf8="Tệp không dùng bảng mã UTF-8; hãy lưu lại dạng «CSV UTF-8».",
    # A head that is refused may hold words about a person.
    longest_header=40,
)
_STATES = {text.fold(label): value for value, label in DossierStatus.choices}
_CHANNELS = {text.fold(label): value for value, label in Channel.choices} | {
    "buu chinh": Channel.POST,
    "dich vu buu chinh": Channel.POST,
}
_MOMENT = re.compile(r"(\d{1,2}/\d{1,2}/\d{4})(?:[ ,]+(\d{1,2})[:h](\d{2}))?", re.ASCII)


@dataclass
class Outcome:
    """What a file does, or would do: counts of rows, and what prevents the import."""

    rows: int = 0
    new: int = 0
    repeated: int = 0
    dossiers: int = 0
    set_aside: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_dry_run: bool = True


def refuse_large(size: int) -> None:
    """Raise ValidationError for a file of more bytes than are read."""
    if size > LARGEST_BYTES:
        raise ValidationError("Tệp lớn quá 5 MB; hãy chia thành nhiều tệp.")


def may_import(user, site: PortalSite) -> bool:
    """Tell whether a user may bring in the dossiers of a site: who handles what citizens ask there."""
    return may(user, HANDLE_QUESTIONS, site)


def import_table(content: bytes, *, name: str, site: PortalSite, by, dry_run: bool, on: datetime | None = None):
    """Keep the updates of a file, or only try; return the Outcome.

    Raises Refused without the right, and for a site that ended: its dossiers go on with its successor.
    With any problem nothing is kept. Updates that do not count at their place are kept, and named.
    """
    if not may_import(by, site):
        raise Refused(f"Chỉ người xử lý hồ sơ, câu hỏi của {site.name} được nạp hồ sơ từ tệp.")
    if site.state not in PortalSite.TAKING:
        raise Refused(f"{site.name} {site.get_state_display().lower()}; hãy nạp hồ sơ vào trang kế thừa.")
    outcome, now = Outcome(is_dry_run=dry_run), on or timezone.now()
    try:
        refuse_large(len(content))
        cells = LAYOUT.rows(io.BytesIO(content), "ho-so.csv")
        rows = [(number, {name: cell for name, cell in row.items() if cell}) for number, row in cells]
    except ValidationError as error:
        outcome.problems.append(Problem(0, "", error.message))
        return outcome
    outcome.rows = len(rows)
    updates, numbers = [], []
    for number, row in rows:
        try:
            updates.append(_update(row, now))
            numbers.append(number)
        except Wrong as wrong:
            outcome.problems += [
                Problem(number, COLUMNS.get(column, column), message) for column, message in wrong.problems
            ]
        if len(outcome.problems) >= MOST_PROBLEMS:
            break
    if not outcome.problems:
        _write(outcome, updates, numbers, name=name, site=site, by=by)
    return outcome


def _write(outcome: Outcome, updates: list[Update], numbers: list[int], *, name: str, site: PortalSite, by) -> None:
    with transaction.atomic():
        recorded = []
        for start in range(0, len(updates), PORTION):
            try:
                recorded += dossiers.record(updates[start : start + PORTION], site=site, imported_from=name[:120])
            except dossiers.Conflict as conflict:
                outcome.problems += [
                    Problem(numbers[start + place], COLUMNS.get(column, column), message)
                    for place, column, message in conflict.problems
                ]
        outcome.new = sum(not item.is_repeat for item in recorded)
        outcome.repeated = len(recorded) - outcome.new
        outcome.dossiers = len({item.update.code for item in recorded})
        # What was set aside in an early portion may count by now: the last word is that of the rows.
        asides = dossiers.reasons_of([item.dossier for item in recorded])
        outcome.set_aside = [
            Problem(number, COLUMNS[STATUS], asides[item.dossier.pk, item.update.key])
            for number, item in zip(numbers, recorded, strict=False)
            if (item.dossier.pk, item.update.key) in asides
        ]
        if outcome.problems or outcome.is_dry_run:
            transaction.set_rollback(True)
        elif outcome.new:
            data = {"rows": outcome.rows, "count": outcome.new, "site": site.slug}
            log(instance=site, action="portal.dossiers.import", user=by, data=data)


def template() -> bytes:
    """Return an example of the file: the heads and one row for each kind of update."""
    return csv_file(
        [
            [*COLUMNS.values()],
            ["000.00.24.H01-200605-0001", "Được tiếp nhận", "05/06/2020 08:30", "1.001193", "Trực tiếp", "10/06/2020"],
            ["000.00.24.H01-200605-0001", "4", "05/06/2020 09:00"],
            ["000.00.24.H01-200605-0001", "", "09/06/2020 10:00", "", "", "", "15/06/2020"],
        ]
    )


# --- A row ---------------------------------------------------------------------------------------------


def _update(row: dict[str, str], now: datetime) -> Update:
    """Return the update of a row; its words become the values of the API, which `read` judges.

    Raises Wrong with every problem of the row, one a column where its words cannot be read.
    """
    raw: dict[str, object] = dict(row)
    unread: dict[str, str] = {}
    readers = {DOSSIER: _code, AT: _moment, CHANNEL: _channel, PROMISED: _day, REAPPOINTED: _day}
    for name, reader in readers.items():
        if name in row:
            try:
                raw[name] = reader(row[name])
            except ValueError as error:
                unread[name] = str(error)
    if STATUS in row:
        raw[STATUS] = _STATES.get(text.fold(row[STATUS]), _number(row[STATUS]))
    if SEQUENCE in row:
        raw[SEQUENCE] = _number(row[SEQUENCE])
    # The row names itself, so that it is the same update in the next file.
    raw.setdefault(KEY, f"csv:{raw.get(STATUS, 'thu')}:{raw.get(AT, '')}:{raw.get(SEQUENCE, 0)}".replace("+", "/")[:80])
    try:
        update = read(raw, now=now)
    except Wrong as wrong:
        # The name that the row gives itself may hold what is wrong elsewhere.
        left_out = {*unread, *(() if KEY in row else (KEY,))}
        own = [one for one in wrong.problems if one[0] not in left_out]
        raise Wrong([*unread.items(), *own] or wrong.problems) from None
    if unread:
        raise Wrong([*unread.items()])
    return update


def _channel(written: str) -> str:
    found = written if written in Channel.values else _CHANNELS.get(text.fold(written))
    if found is None:
        raise ValueError(f"Không có kênh «{written[:40]}»; hãy dùng một trong: {', '.join(map(str, Channel.labels))}.")
    return found


def _code(written: str) -> str:
    return dossier_codes.parse(written).text


def _number(written: str) -> int | str:
    return int(written) if re.fullmatch(r"\d{1,9}", written, re.ASCII) else written


def _moment(written: str) -> str:
    """Return a moment as the API writes it; a day alone is its first moment. Raises ValueError for what is none."""
    found = _MOMENT.fullmatch(written)
    if found is None:
        if "T" in written:
            return written
        raise ValueError("Hãy ghi thời điểm dạng ngày/tháng/năm giờ:phút, ví dụ 05/06/2020 08:30.")
    hour, minute = int(found.group(2) or 0), int(found.group(3) or 0)
    if hour > 23 or minute > 59:
        raise ValueError("Giờ từ 0 đến 23, phút từ 0 đến 59; hãy sửa lại.")
    return datetime.combine(parse_vn(found.group(1)), time(hour, minute), deadlines.VIETNAM).isoformat()


def _day(written: str) -> str:
    return parse_vn(written).isoformat() if "/" in written else written
