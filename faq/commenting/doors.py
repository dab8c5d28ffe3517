"""Which screens of comments are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding
from accounts.roles import HANDLE_QUESTIONS
from base.admin.screen_access import open_to

handles_comments = holding(HANDLE_QUESTIONS)


def open_own() -> None:
    """Name the screens of comments; called once, from `FaqConfig.ready`."""
    open_to(
        handles_comments,
        """
        faq_consultations faq_comments faq_comments_digest faq_comments_sheet faq_comment faq_comment_accept
        faq_comment_refuse faq_comment_reply faq_comment_contact faq_comment_file
        """,
    )
