"""Which of this room's screens are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding
from accounts.roles import ADMINISTER, HANDLE_QUESTIONS
from base.admin.screen_access import open_to


def open_own() -> None:
    """Name this room's screens; called once, from `PersonaldataConfig.ready`."""
    open_to(
        holding(HANDLE_QUESTIONS),
        """
        faq_keep_text faq_data_requests faq_data_request faq_data_request_enter faq_data_request_decide
        faq_data_request_do faq_complaints faq_complaint faq_complaint_answer faq_complaint_merge faq_complaint_spam
        """,
    )
    open_to(holding(HANDLE_QUESTIONS, ADMINISTER), "faq_personal_data")
