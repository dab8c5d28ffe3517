"""The notices of this room: what citizens and offices hear of questions, comments and articles."""

from functools import partial

from base.operations.notices import Kind, register_kinds

# To a citizen, and never twice: the key begins with the record, by which what is on its way is emptied
# (`personaldata/retention.py`).
Citizen = partial(Kind, is_personal=True)
# To the people of an office, who see each other.
Office = partial(Kind, is_shared=True)


def register() -> None:
    """Register them."""
    register_kinds(
        "faq",
        Citizen("question_received", once="question-{question.pk}-received"),
        Citizen("question_out_of_scope", once="question-{question.pk}-out-of-scope-{question.round}"),
        Citizen("question_assigned", once="question-{question.pk}-assigned-{question.round}-{steps}"),
        Citizen("question_progress", once="question-{question.pk}-notice-{notice.pk}"),
        Citizen("question_waiting", once="question-{question.pk}-waiting-{question.round}-{question.waiting_since}"),
        Citizen("question_answered", once="question-{question.pk}-answer-{answer.pk}-{answer.round}"),
        Office("question_for_unit", once="question-{question.pk}-unit-{question.round}-{question.unit_id}"),
        Office("question_given_back", once="question-{question.pk}-given-back-{question.times_given_back}"),
        Office("answer_to_sign", once="question-{question.pk}-sign-{question.round}-{steps}"),
        Office("answer_returned", once="question-{question.pk}-returned-{steps}"),
        Citizen("comment_received", once="comment-{comment.pk}-received"),
        Citizen("comment_refused", once="comment-{comment.pk}-refused-{decided:.0f}"),
        Citizen("comment_answered", once="comment-{comment.pk}-answered"),
        Citizen("contribution_received", once="contribution-{article.pk}-received"),
        Citizen("contribution_asked", once="contribution-{article.pk}-asked-{message.pk}"),
        Citizen("contribution_declined", once="contribution-{article.pk}-declined"),
        Citizen("contribution_published", once="contribution-{article.pk}-published"),
        Kind("lookup_locked"),
    )
