"""One transaction for every changing request, none for a reading one."""

from functools import wraps

from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction

READING = frozenset({"GET", "HEAD", "OPTIONS"})


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


class PortalWSGIHandler(AtomicWrites, WSGIHandler):
    """The WSGI application of the portal, before the page cache and the static files."""
