"""What a person may do next with a question, as buttons; and whom the question waits for, as text.

Which step starts where is in `states.STEPS`, who may do it in the capability beside it; what else an action demands
(an answer to submit, a person who did not write it) is looked at here too, so that no button leads to a refusal.
"""

from dataclasses import dataclass, replace

from accounts.roles import ANSWER_QUESTIONS, may

from ..handling.assigning import MOST_TIMES_GIVEN_BACK
from ..handling.states import is_possible
from ..handling.steps import may_do
from ..models import Answer, Question, State


@dataclass(frozen=True)
class NextStep:
    """A button: the step, its label, the name of its screen; one that asks nothing is done by a press."""

    key: str
    label: str
    screen: str
    at_once: bool = False
    is_main: bool = False


# In the order in which they are offered. `is_main`: what brings the question on.
STEPS = (
    NextStep("clear_suspicion", "Xác nhận là câu hỏi", "faq_clear", at_once=True),
    NextStep("claim", "Nhận xử lý", "faq_claim", at_once=True),
    NextStep("classify", "Phân loại, chuyển đơn vị", "faq_classify", is_main=True),
    NextStep("assign", "Chuyển đơn vị trả lời", "faq_assign", is_main=True),
    NextStep("reject", "Không thuộc phạm vi", "faq_reject"),
    NextStep("draft", "Soạn câu trả lời", "faq_draft", is_main=True),
    NextStep("submit", "Trình ký", "faq_submit", at_once=True, is_main=True),
    NextStep("sign", "Ký duyệt", "faq_sign", is_main=True),
    NextStep("send_back", "Trả lại để sửa", "faq_send_back"),
    NextStep("decide_interest", "Xác định liên quan chung", "faq_interest", is_main=True),
    NextStep("reply", "Gửi câu trả lời", "faq_reply", is_main=True),
    NextStep("prepare_page", "Soạn trang công khai", "faq_prepare", is_main=True),
    NextStep("close", "Kết thúc, không đăng", "faq_close"),
    NextStep("resume", "Tiếp tục xử lý", "faq_resume", at_once=True),
    NextStep("notify", "Thông báo quá trình xử lý", "faq_notify"),
    NextStep("wait_for_asker", "Đề nghị bổ sung", "faq_wait"),
    NextStep("reassign", "Chuyển đơn vị khác", "faq_reassign"),
    NextStep("give_back", "Trả lại nơi chuyển", "faq_give_back"),
    NextStep("merge", "Gộp vào câu hỏi khác", "faq_merge"),
    NextStep("reopen", "Xem xét lại", "faq_reopen"),
    NextStep("release", "Thôi xử lý", "faq_release", at_once=True),
    NextStep("mark_spam", "Loại: không phải câu hỏi", "faq_spam"),
)
BY_KEY = {step.key: step for step in STEPS}


def steps_for(user, question: Question, answer: Answer | None) -> list[NextStep]:
    """Return the steps that a person may do now with a question; `answer` is that of its present round."""
    steps = [step for step in STEPS if may_do(step.key, user, question) and _holds(step.key, user, question, answer)]
    if question.common_interest is False:
        # A question that concerns its asker only ends without a page.
        main = {"prepare_page": False, "close": True}
        steps = [replace(step, is_main=main.get(step.key, step.is_main)) for step in steps]
    return steps


def _holds(key: str, user, question: Question, answer: Answer | None) -> bool:
    if key == "reject":
        # Its screen classifies and replies at once.
        return is_possible("classify", question)
    if not is_possible(key, question):
        return False
    further = {
        "claim": question.claimed_by is None
        or question.claimed_by_id != user.pk
        and not may(question.claimed_by, ANSWER_QUESTIONS, question.owner_site),
        "release": question.claimed_by_id is not None
        and (question.claimed_by_id == user.pk or may_do("assign", user, question)),
        "clear_suspicion": question.is_suspect,
        "assign": bool(question.in_scope),
        "give_back": question.times_given_back < MOST_TIMES_GIVEN_BACK,
        "reassign": question.state != State.SIGNED,
        "submit": answer is not None,
        "sign": answer is not None and user.pk not in answer.writer_ids,
        "decide_interest": question.state in (State.DRAFTED, State.SIGNED, State.REPLIED),
        "reply": question.common_interest is not None,
        "close": not question.common_interest and question.page_id is None,
        "resume": question.waiting_since is not None,
        "wait_for_asker": question.waiting_since is None,
    }
    return further.get(key, True)


def waits_for(question: Question, answer: Answer | None = None) -> str:
    """Say in one sentence whom a question waits for."""
    if question.waiting_since:
        return "Chờ người hỏi bổ sung thông tin."
    unit = question.unit or question.owner_site.unit
    returned = answer is not None and answer.state == Answer.State.RETURNED
    return {
        State.RECEIVED: f"Chờ người xử lý câu hỏi của {question.owner_site} phân loại.",
        State.CLASSIFIED: f"Chờ chuyển đơn vị trả lời{_given_back(question)}."
        if question.in_scope
        else "Chờ trả lời người hỏi ngay: không thuộc phạm vi.",
        State.ASSIGNED: f"Chờ {unit} {'sửa' if returned else 'soạn'} câu trả lời và trình ký.",
        State.DRAFTED: f"Chờ người có quyền ký của {unit} ký duyệt; người đã soạn không ký.",
        State.SIGNED: "Chờ gửi câu trả lời cho người hỏi."
        if question.common_interest is not None
        else "Chờ xác định có liên quan chung hay không, rồi gửi câu trả lời.",
        State.REPLIED: "Đã trả lời; chờ trang công khai được gửi duyệt và đăng."
        if question.page_id
        else "Đã trả lời; chờ kết thúc, không đăng."
        if question.common_interest is False
        else "Đã trả lời; chờ soạn trang công khai, hoặc kết thúc không đăng.",
        State.MERGED: f"Được trả lời chung với {question.merged_into}.",
    }.get(question.state, "Đã xong.")


def _given_back(question: Question) -> str:
    times = question.times_given_back
    return f"; đã bị đơn vị trả lại {times} lần" if times else ""
