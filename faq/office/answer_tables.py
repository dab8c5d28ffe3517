"""Many answers from one table: officials write them in a spreadsheet, the portal takes them as drafts.

1. `sheet`: the questions that a person may answer now, with number, title, text and last day, and an empty column.
2. `read`: the rows of the table that comes back. 3. `check`: what is wrong in each row; nothing is written.
4. `write`: every row a draft, or none of them when one is wrong. Signed and sent they are one by one, by people.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import escape

from accounts.roles import ANSWER_QUESTIONS
from base.gate import Refused
from base.tables import xlsx
from base.tables.columns import Column, repeated
from base.tables.incoming import Layout
from vietnam.dates import format_short

from .. import numbering
from ..handling import answering, steps
from ..models import Answer, Question, State
from . import inbox

COLUMNS = (
    Column("number", "Số câu hỏi", width=18, is_required=True),
    Column("title", "Tiêu đề", width=40, is_read=False),
    Column("text", "Nội dung", width=80, is_read=False),
    Column("due", "Hạn trả lời", width=14, is_read=False),
    Column("answer", "Câu trả lời", width=100, is_required=True),
)
MOST_ROWS = 200
NO_ANSWER = "Không có dòng nào có câu trả lời; hãy ghi vào cột «Câu trả lời» rồi tải lên lại."
LAYOUT = Layout(
    COLUMNS,
    missing="Dòng đầu của bảng thiếu cột: {headers}; hãy tải bảng câu hỏi rồi giữ nguyên tên các cột.",
    empty=NO_ANSWER,
)
LONGEST_ANSWER = 20_000
GUIDE = (
    "Chỉ ghi vào cột «Câu trả lời»; mỗi dòng trống trong ô là một đoạn. Giữ nguyên cột «Số câu hỏi».",
    "Dòng không có câu trả lời thì bỏ qua. Nhập vào là bản nháp: vẫn phải trình ký, ký duyệt rồi mới gửi.",
)


@dataclass
class Row:
    """One answer of a table: where it stood, what was typed, the question it means, what is wrong with it."""

    place: int
    number: str
    answer: str
    question: Question | None = None
    error: str = ""
    replaces: str = ""
    replaces_version: str = ""


def answerable(user):
    """Return the questions whose answers a person may write now, the soonest due first."""
    sites = inbox.sites_for(user, ANSWER_QUESTIONS)
    questions = Question.objects.filter(owner_site__in=sites, state=State.ASSIGNED)
    return inbox.first_mine_then_due(inbox.with_due(questions), user)


def sheet(user) -> tuple[bytes, int]:
    """Return the sheet to fill in as XLSX, and how many questions are in it."""
    questions = list(answerable(user)[:MOST_ROWS])
    times = inbox.deadline_texts(questions)
    rows = [(found.number, found.title, found.text, _answer_due(times[found.pk]), "") for found in questions]
    return xlsx.write([xlsx.to_fill_in("Câu hỏi", COLUMNS, rows)]), len(rows)


def _answer_due(time: inbox.DeadlineText) -> str:
    return format_short(time.deadline.last_day) if time.deadline else ""


def read(file, name: str) -> list[Row]:
    """Return the rows of a table that have an answer; raises ValidationError when it cannot be read or used."""
    rows = []
    for place, cells in LAYOUT.rows(file, name):
        if answer := cells.get("answer"):
            rows.append(Row(place, cells.get("number", ""), answer))
        if len(rows) > MOST_ROWS:
            raise ValidationError(f"Bảng có hơn {MOST_ROWS} câu trả lời; hãy chia thành nhiều tệp.")
    if not rows:
        raise ValidationError(NO_ANSWER)
    return rows


def check(rows: Iterable[Row], *, by) -> list[Row]:
    """Say of each row which question it means and what is wrong with it (`error`, "" when nothing is); change nothing.

    A question that the person may not see and one that is not there are told alike.
    """
    rows = list(rows)
    numbers = {_number(row) for row in rows}
    seen = {
        found.number: found for found in inbox.visible_to(by).filter(number__in=numbers).select_related("owner_site")
    }
    drafts = {
        (answer.question_id, answer.round): answer for answer in Answer.objects.filter(question__in=seen.values())
    }
    second = repeated(enumerate(map(_number, rows)))
    for at, row in enumerate(rows):
        number = _number(row)
        row.question = seen.get(number)
        row.error = _error(row, number, at in second, by)
        if row.question is not None:
            draft = drafts.get((row.question.pk, row.question.round))
            row.replaces = draft.written_by_name if draft is not None else ""
            row.replaces_version = draft.written_at.isoformat() if draft is not None else ""
    return rows


def _error(row: Row, number: str, is_second: bool, by) -> str:
    if not number:
        return "Thiếu số câu hỏi; hãy ghi số ở cột «Số câu hỏi», ví dụ HD-2026-000123."
    if row.question is None:
        return f"Không có câu hỏi số {number[:20]} trong phạm vi bạn xử lý; hãy kiểm tra lại số."
    if is_second:
        return f"Câu hỏi số {number} có hai dòng trong bảng; hãy giữ một dòng."
    if not steps.may_do("draft", by, row.question):
        return "Bạn không có quyền soạn câu trả lời cho câu hỏi này."
    if row.question.state != State.ASSIGNED:
        return f"Câu hỏi đang ở bước «{row.question.get_state_display()}» nên không nhận câu trả lời; hãy bỏ dòng này."
    if not row.answer.strip():
        return "Thiếu câu trả lời; hãy ghi, hoặc bỏ dòng này."
    if len(row.answer) > LONGEST_ANSWER:
        return f"Câu trả lời dài {len(row.answer)} ký tự; tối đa {LONGEST_ANSWER}, hãy rút gọn."
    return ""


def _number(row: Row) -> str:
    return numbering.as_printed(row.number)


@transaction.atomic
def write(rows: Iterable[Row], *, by) -> int:
    """Write every row as a draft of its question; return how many. Raises Refused, writing none, when one is wrong.

    A draft that was there before is replaced; its documents stay.
    """
    rows = check(rows, by=by)
    wrong = [row for row in rows if row.error]
    if wrong or not rows:
        raise Refused(f"Có {len(wrong)} dòng có lỗi nên chưa ghi dòng nào; hãy sửa hoặc bỏ các dòng đó rồi ghi lại.")
    for row in rows:
        former = row.question.answers.filter(round=row.question.round).first()
        documents = list(former.documents.all()) if former is not None else []
        answering.draft(row.question, body=as_rich_text(row.answer), by=by, documents=documents)
    return len(rows)


def as_rich_text(plain: str) -> str:
    """Return a cell's text as paragraphs: an empty line parts them, a new line stays one."""
    parts = (part.strip() for part in plain.replace("\r\n", "\n").split("\n\n"))
    return "".join(f"<p>{escape(part).replace(chr(10), '<br/>')}</p>" for part in parts if part)
