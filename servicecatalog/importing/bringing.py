"""Import procedures: the dry run, then drafts that are submitted as one batch.

`check` writes nothing. `write` takes what `check` found good: all of it in one transaction, nothing of it public before
a second person has approved the batch (`batches.py`). Imported again, the same file changes nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from wagtail.log_actions import log

from accounts.roles import WRITE, may
from base.gate import Refused
from base.sites import city_site
from base.tables import xlsx
from base.tables.columns import repeated
from workflows.publishing.approval import current_state

from ..catalogue import batches
from ..models import CatalogueBatch, Procedure
from .data import KEYS, Lists, as_data, clean_parts, fill
from .reading import Item, column_of


class Outcome(models.TextChoices):
    """What a row of the file would do."""

    NEW = "new", "Thêm mới"
    CHANGED = "changed", "Sửa thủ tục đã có"
    SAME = "same", "Không có gì mới"
    WRONG = "wrong", "Có lỗi, không nhập"


@dataclass
class Checked:
    """One row after the dry run: the draft it would write, what changes (heads of columns), what is wrong.

    `problems`: list of (column, message); a row with any is not written.
    """

    number: int
    label: str
    outcome: str
    procedure: Procedure | None = None
    changes: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


# --- The dry run -------------------------------------------------------------------------------------


def check(items: list[Item], *, by, is_illustrative: bool = False) -> list[Checked]:
    """Return what each row would do; nothing is written. Raises Refused for who may not bring procedures in."""
    demand_may_import(by)
    lists, codes = Lists.load(), {item.number: str(item.data.get("code") or "").strip() for item in items}
    first, found = repeated(codes.items()), []
    for item in items:
        row = _check(item, lists, is_illustrative)
        if item.number in first:
            code, place = codes[item.number], first[item.number]
            row.problems.append((column_of("code"), f"Mã {code} đã có ở dòng {place}; hãy bỏ một dòng."))
            row.outcome = Outcome.WRONG
        found.append(row)
    return found


def may_import(user) -> bool:
    """Tell whether a user may bring procedures in: who writes for the city's site."""
    city = city_site()
    return city is not None and may(user, WRITE, city)


def demand_may_import(user) -> None:
    """Raise Refused unless the user may bring procedures in."""
    if not may_import(user):
        raise Refused("Bạn không có quyền nhập thủ tục vào danh mục của thành phố.")


def _check(item: Item, lists: Lists, is_illustrative: bool) -> Checked:
    code = str(item.data.get("code") or "").strip()
    row = Checked(item.number, f"{code} {item.data.get('name') or ''}".strip()[:200], Outcome.WRONG)
    row.problems = list(item.problems)
    if any(not column for column, _message in row.problems):
        # What is no row at all has no columns to look at.
        return row
    if not code and not _has_problem(row, "code"):
        row.problems.append((column_of("code"), "Thiếu mã thủ tục; hãy ghi mã dạng 1.001193."))
    stored = Procedure.objects.filter(code=code).select_related("owner_site").first() if code else None
    if stored is None:
        procedure = Procedure(owner_site=city_site(), live=False, is_illustrative=is_illustrative)
    else:
        procedure = stored.get_latest_revision_as_object()
        if current_state(stored) is not None or stored.locked:
            row.problems.append((column_of("code"), "Thủ tục đang chờ duyệt, bị trả lại hoặc bị khóa; hãy xử lý xong."))
    before = as_data(procedure) if stored is not None else {}
    row.problems += [(column_of(key), message) for key, message in fill(procedure, item.data, lists)]
    if stored is None and not procedure.field_id and not _has_problem(row, "field"):
        row.problems.append((column_of("field"), "Thiếu lĩnh vực; hãy ghi tên lĩnh vực trong danh mục."))
    _check_whole(row, procedure)
    if row.problems:
        return row
    after = as_data(procedure)
    row.changes = [column_of(key) for key in KEYS if before.get(key) != after[key]]
    row.changes = list(dict.fromkeys(row.changes))
    row.procedure = procedure
    if stored is None:
        row.outcome = Outcome.NEW
    else:
        row.outcome = Outcome.CHANGED if row.changes else Outcome.SAME
    return row


def _has_problem(row: Checked, key: str) -> bool:
    return any(column == column_of(key) for column, _message in row.problems)


def _check_whole(row: Checked, procedure: Procedure) -> None:
    """What the record itself checks, its parts, and what would stop its approval.

    A column of which something is wrong already is left out: what could not be read there would seem to be missing.
    """
    found: list[tuple[str, str]] = []
    try:
        procedure.full_clean(exclude=["owner_site"])
    except ValidationError as error:
        for key, messages in error.message_dict.items():
            found += [("code" if key == NON_FIELD_ERRORS else key, message) for message in messages]
    _add(row, [*found, *clean_parts(procedure)])
    _add(row, [(finding.field, finding.message) for finding in procedure.preflight() if finding.is_blocker])


def _add(row: Checked, found: list[tuple[str, str]]) -> None:
    known = {column for column, _message in row.problems}
    if column_of("decided_by") in known:
        known.add(column_of("deciding_document"))
    row.problems += [(column_of(key), message) for key, message in found if column_of(key) not in known]


# --- What is wrong, as a sheet -----------------------------------------------------------------------


def problems_sheet(rows: list[Checked]) -> bytes:
    """Return what is wrong in a file as XLSX: row, procedure, column, the problem and how to correct it."""
    return xlsx.problems(
        "Thủ tục",
        ((row.number, "Lỗi", row.label, column, message) for row in rows for column, message in row.problems),
    )


# --- Writing -----------------------------------------------------------------------------------------


@transaction.atomic
def write(
    rows: list[Checked], *, by, on: datetime | None = None, declaration: bool, title: str = ""
) -> CatalogueBatch | None:
    """Write the new and changed rows as drafts and submit them as one batch; None when there is nothing to write.

    `declaration` is the person's declaration of accuracy for every row (Điều 20.2). Raises Refused without the right,
    ValidationError without the declaration.
    """
    demand_may_import(by)
    wanted = [row for row in rows if row.outcome in (Outcome.NEW, Outcome.CHANGED)]
    if not wanted:
        return None
    if not declaration:
        raise ValidationError({"declaration": batches.DECLARE})
    written = [_write(row.procedure, by=by) for row in wanted]
    for procedure in written:
        log(instance=procedure, action="portal.procedure.import", user=by, data={"name": procedure.code})
    return batches.hand_in(
        title or f"Nhập {len(written)} thủ tục từ bảng", procedures=written, by=by, on=on, declaration=True
    )


def _write(procedure: Procedure, *, by) -> Procedure:
    """A new one gets its row; one that is there only a new version, whether public or not."""
    if not procedure.live:
        procedure.save()
    procedure.save_revision(user=by)
    return procedure
