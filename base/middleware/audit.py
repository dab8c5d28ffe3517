"""The outermost middleware: opens the facts of a request, and writes what was refused once its transaction is over.

A reader's visit costs two assignments: nothing is asked and nothing is written.
"""

import logging

from django.contrib.messages import constants
from django.db import DatabaseError
from django.urls import reverse
from django.utils import translation

from ..audit import trail as audit
from ..audit.views import record_shown
from ..request_facts import TURNED_AWAY, RequestFacts, current_request

logger = logging.getLogger(__name__)

# What a status says by itself, when nothing on the way noted more.
KINDS = {403: "right", 404: "hidden", 409: "conflict"}
# Wagtail turns a refusal into a way back with one of these messages.
WAGTAIL_REFUSALS = (
    "Sorry, you do not have permission to access this area.",
    "You do not have permission to access the admin.",
)


class AuditMiddleware:
    """Stand before every other middleware, so that whatever they answer passes here."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.admin_prefix = reverse("wagtailadmin_home")

    def __call__(self, request):
        facts = RequestFacts(request)
        token = current_request.set(facts)
        try:
            response = self.get_response(request)
            if request.path_info.startswith(self.admin_prefix) and facts.is_reading and response.status_code == 200:
                # Before the answer leaves: what cannot be written down is not shown.
                record_shown(facts)
            try:
                self.close(facts, response)
            except DatabaseError:
                logger.exception("Không ghi được nhật ký kiểm tra của yêu cầu %s", facts.id)
        finally:
            current_request.reset(token)
        return response

    def close(self, facts: RequestFacts, response) -> None:
        """Write the refusal or failure that this answer means, if it means one, and what else was kept back."""
        kind, text = self._refused(facts, response)
        if kind:
            detail = {"kind": kind, "status": response.status_code, "method": facts.request.method, "path": facts.path}
            if text:
                detail["reason"] = text
            audit.record(audit.REFUSAL, result=audit.REFUSED, detail=detail)
        elif response.status_code >= 500 and facts.user is not None:
            detail = {"status": response.status_code, "method": facts.request.method, "path": facts.path}
            audit.record("failed", result=audit.FAILED, detail=detail)
        # What was summed up is written by the next request that writes; one that only reads never does.
        if facts.late or not facts.is_reading:
            audit.write_late(facts, is_database_away=response.status_code == 503)

    def _refused(self, facts: RequestFacts, response) -> tuple[str, str]:
        """Return kind and reason of the refusal, or ("", "")."""
        status, noted = response.status_code, facts.refusals[0] if facts.refusals else ("", "")
        if any(entry.result == audit.REFUSED or entry.action.startswith("session.") for entry in facts.late):
            # The code that refused has told it better.
            return "", ""
        if status == 429:
            # Who refuses a flood notes the first of it.
            return noted
        if status in (403, 409):
            return noted[0] or KINDS[status], noted[1]
        is_admin = facts.request.path_info.startswith(self.admin_prefix)
        if status == 404 and (noted[0] or is_admin):
            return (noted[0] or KINDS[404], noted[1]) if facts.user is not None else ("", "")
        if is_admin and status == 302 and (noted[0] == TURNED_AWAY or self._was_sent_back(facts.request)):
            return noted[0] or TURNED_AWAY, noted[1]
        # Said as a message on the way on; a page that only asks whether something is possible refuses nothing.
        return noted if noted[0] and not facts.is_reading and status < 400 else ("", "")

    def _was_sent_back(self, request) -> bool:
        queued = getattr(getattr(request, "_messages", None), "_queued_messages", ())
        # Wagtail draws its messages by a template, which leaves empty lines behind.
        errors = [str(message.message).strip() for message in queued if message.level == constants.ERROR]
        return bool(errors) and any(_in_any_language(text, errors) for text in WAGTAIL_REFUSALS)


def _in_any_language(text: str, messages: list[str]) -> bool:
    for language in ("vi", "en"):
        with translation.override(language):
            if translation.gettext(text) in messages:
                return True
    return False
