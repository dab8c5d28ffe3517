"""Which step is possible when, and where it leads (Quy chế Điều 10.1.d): one table.

A step that is not in a row of its state is refused with a sentence that says where the question stands. Steps without
a target leave the state as it is. Who may do a step is beside it; what else must hold is checked by its action in
`handling/`.
"""

from dataclasses import dataclass

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, SIGN_ANSWERS
from base.gate import Refused

from ..models.question import Question, State

S = State
# A unit works on it: from the assignment to the reply.
WITH_UNIT = frozenset({S.ASSIGNED, S.DRAFTED, S.SIGNED})
BEFORE_REPLY = frozenset({S.RECEIVED, S.CLASSIFIED, *WITH_UNIT})
AFTER_REPLY = frozenset({S.REPLIED, S.PUBLISHED, S.CLOSED})


@dataclass(frozen=True)
class Step:
    """From which states a step starts, where it leads (None: nowhere else), and the capability it takes."""

    label: str
    sources: frozenset[State]
    target: State | None
    capability: str


STEPS: dict[str, Step] = {
    "claim": Step("nhận xử lý", BEFORE_REPLY | {S.REPLIED}, None, ANSWER_QUESTIONS),
    "release": Step("thôi xử lý", BEFORE_REPLY | {S.REPLIED}, None, ANSWER_QUESTIONS),
    "classify": Step("phân loại", frozenset({S.RECEIVED, S.CLASSIFIED}), S.CLASSIFIED, HANDLE_QUESTIONS),
    "reject": Step("trả lời không thuộc phạm vi", frozenset({S.CLASSIFIED}), S.OUT_OF_SCOPE, HANDLE_QUESTIONS),
    "mark_spam": Step("loại vì không phải câu hỏi", frozenset({S.RECEIVED, S.CLASSIFIED}), S.SPAM, HANDLE_QUESTIONS),
    "clear_suspicion": Step("xác nhận là câu hỏi", frozenset({S.RECEIVED}), None, HANDLE_QUESTIONS),
    "assign": Step("chuyển đơn vị trả lời", frozenset({S.CLASSIFIED}), S.ASSIGNED, HANDLE_QUESTIONS),
    "reassign": Step("chuyển đơn vị khác", WITH_UNIT, S.ASSIGNED, HANDLE_QUESTIONS),
    "give_back": Step("trả lại nơi chuyển", frozenset({S.ASSIGNED}), S.CLASSIFIED, ANSWER_QUESTIONS),
    "notify": Step("thông báo quá trình xử lý", BEFORE_REPLY, None, HANDLE_QUESTIONS),
    "wait_for_asker": Step("đề nghị người hỏi bổ sung", BEFORE_REPLY, None, HANDLE_QUESTIONS),
    "resume": Step("tiếp tục xử lý", BEFORE_REPLY, None, HANDLE_QUESTIONS),
    "draft": Step("soạn câu trả lời", frozenset({S.ASSIGNED}), None, ANSWER_QUESTIONS),
    "submit": Step("trình ký câu trả lời", frozenset({S.ASSIGNED}), S.DRAFTED, ANSWER_QUESTIONS),
    "send_back": Step("trả lại câu trả lời", frozenset({S.DRAFTED}), S.ASSIGNED, SIGN_ANSWERS),
    "sign": Step("ký duyệt câu trả lời", frozenset({S.DRAFTED}), S.SIGNED, SIGN_ANSWERS),
    "decide_interest": Step("xác định liên quan chung", BEFORE_REPLY | {S.REPLIED}, None, HANDLE_QUESTIONS),
    "reply": Step("gửi câu trả lời", frozenset({S.SIGNED}), S.REPLIED, HANDLE_QUESTIONS),
    "prepare_page": Step("soạn trang công khai", frozenset({S.REPLIED}), None, HANDLE_QUESTIONS),
    "close": Step("kết thúc, không đăng công khai", frozenset({S.REPLIED}), S.CLOSED, HANDLE_QUESTIONS),
    "reopen": Step("xem xét lại", AFTER_REPLY | {S.OUT_OF_SCOPE}, None, HANDLE_QUESTIONS),
    "merge": Step("gộp vào câu hỏi khác", BEFORE_REPLY, S.MERGED, HANDLE_QUESTIONS),
}


def is_possible(step: str, question: Question) -> bool:
    """Tell whether a step starts from where the question stands."""
    return question.state in STEPS[step].sources


def demand(step: str, question: Question) -> Step:
    """Return the row of a step; raises Refused when the question stands elsewhere."""
    row = STEPS[step]
    if question.state not in row.sources:
        raise Refused(
            f"{question} đang ở bước «{question.get_state_display()}» nên không {row.label} được; hãy tải lại trang."
        )
    return row
