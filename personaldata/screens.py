"""What the screens of personal data share: who handles what, on which sites.

What a citizen wrote of themselves is shown by a press only, each time written down before it is shown.
"""

from accounts.roles import ADMINISTER, HANDLE_QUESTIONS, may
from faq.office import inbox

PER_PAGE = 50


def handles(user) -> bool:
    """Tell whether a person handles citizens' matters on any site."""
    return may(user, HANDLE_QUESTIONS)


def looks_after_data(user) -> bool:
    """Tell whether the terms and the count of personal data are for a person."""
    return handles(user) or may(user, ADMINISTER)


def own_sites(user) -> list:
    return inbox.sites_for(user, HANDLE_QUESTIONS)


def kept_private(response):
    response.headers["Cache-Control"] = "private, no-store"
    return response
