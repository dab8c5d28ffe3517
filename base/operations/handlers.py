"""How a request enters Django: read as UTF-8, and in one transaction when it changes something."""

from functools import wraps

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import transaction
from django.utils.http import parse_header_parameters

from ..public.request_kinds import GENERATIONS, READING
from .machines import replica


class AtomicWrites:
    """Mixin for Django's handlers: POST, PUT, PATCH and DELETE run in one transaction, the rest in autocommit.

    `ATOMIC_REQUESTS` would do it for all methods; with SQLite's immediate transactions every page view would
    then wait for the one write lock.
    """

    def make_view_atomic(self, view):
        if getattr(view, "_non_atomic_requests", None):
            return view
        changing = transaction.atomic(view)

        @wraps(view)
        def by_method(request, *args, **kwargs):
            return (view if request.method in READING else changing)(request, *args, **kwargs)

        return by_method


class PortalRequest(WSGIRequest):
    """A request whose text is UTF-8, whatever the client says of it.

    Django believes any charset that Python knows: "rot13" or a broken parameter then ends outside of all middleware.
    `middleware/clean_input.py` refuses what says something else.
    """

    def _set_content_type_params(self, meta):
        given = meta.get("CONTENT_TYPE", "")
        try:
            self.content_type, self.content_params = parse_header_parameters(given)
        except (ValueError, LookupError):
            self.content_type, self.content_params = given.partition(";")[0].strip().lower(), {"charset": given}


class PortalWSGIHandler(AtomicWrites, WSGIHandler):
    """The WSGI application of the portal, before the page cache and the static files."""

    request_class = PortalRequest

    def get_response(self, request):
        """Answer from the replica where that may be (`machines/replica.py`), else from the primary."""
        known = request.environ.get(GENERATIONS) if replica.is_configured() else None
        with replica.reading(known) as found:
            if found is not None:
                response = super().get_response(request)
        if found is None:
            return super().get_response(request)
        if not found.has_failed:
            return response
        response.close()
        return super().get_response(self.request_class(request.environ))
