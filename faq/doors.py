"""Which of this room's screens are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding
from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, SIGN_ANSWERS, WRITE
from base.admin.screen_access import CHOOSER, SNIPPET, nobody, open_to, works_on_a_site

from .office.inbox import works_with_questions

TOPIC, TEMPLATE = "faq_questiontopic:", "faq_answertemplate:"


def open_own() -> None:
    """Name this room's screens; called once, from `FaqConfig.ready`."""
    open_to(works_with_questions, "faq_inbox faq_inbox_sheet faq_question faq_question_file")
    open_to(
        holding(HANDLE_QUESTIONS),
        """
        faq_classify faq_reject faq_assign faq_reassign faq_notify faq_wait faq_resume faq_interest faq_reply
        faq_prepare faq_close faq_reopen faq_merge faq_spam faq_clear faq_contact faq_redact faq_enter faq_receipt
        """,
    )
    open_to(
        holding(HANDLE_QUESTIONS),
        """
        faq_consents faq_consent faq_consent_new faq_consent_edit faq_consent_confirm
        """,
    )
    open_to(holding(ANSWER_QUESTIONS), "faq_claim faq_release faq_draft faq_submit faq_answer_sheet faq_answer_table")
    open_to(holding(SIGN_ANSWERS), "faq_sign faq_send_back")
    for space, who in ((TOPIC, holding(HANDLE_QUESTIONS, WRITE)), (TEMPLATE, works_with_questions)):
        open_to(who, SNIPPET, f"wagtailsnippets_{space}")
    # The page of an answer has a topic; to a template no form refers.
    open_to(works_on_a_site, CHOOSER, f"wagtailsnippetchoosers_{TOPIC}")
    open_to(nobody, CHOOSER, f"wagtailsnippetchoosers_{TEMPLATE}")
