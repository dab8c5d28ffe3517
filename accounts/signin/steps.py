"""What a session still lacks before it opens anything: in this order the second factor, a new password, enrolment.

Who has a second factor shows it before changing the password: a stolen password alone changes nothing.
"""

from datetime import datetime

from ..models import PortalSession
from . import passwords, second_factor

VERIFY = "accounts_verify"
CHANGE_PASSWORD = "accounts_change_password"
ENROL = "accounts_enrol"


def outstanding(session: PortalSession, *, on: datetime) -> str:
    """Return the address name of the next step of a session, or "" when it may enter.

    A password that comes of age during a session is asked for at the next sign-in, not in the middle of work.
    """
    user = session.user
    if session.verified_at is None and second_factor.device_of(user):
        return VERIFY
    if passwords.is_due(user, session.started):
        return CHANGE_PASSWORD
    if session.verified_at is None and second_factor.is_compulsory(user):
        return ENROL
    return ""
