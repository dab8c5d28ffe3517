"""What the screens of personal data share: who handles what, on which sites.

What a citizen wrote of themselves is shown by a press only, each time written down before it is shown.
"""

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, WRITE
from accounts.screen_access import holding
from faq.office import inbox

PER_PAGE = 50


# For those who handle citizens' matters on any site.
HANDLERS = holding(HANDLE_QUESTIONS)


# Who answers for a page, or writes on a site, handles what is said of the page.
COMPLAINT_HANDLERS = holding(HANDLE_QUESTIONS, WRITE, ANSWER_QUESTIONS)


def own_sites(user) -> list:
    return inbox.sites_for(user, HANDLE_QUESTIONS)


def never_cached(response):
    response.headers["Cache-Control"] = "private, no-store"
    return response
