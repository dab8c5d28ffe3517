"""Counts requests by sort, answer and way, and how long they took, over all processes of a web server.

The outermost application: what nginx answers from its own copies never comes here. No address, account
or page is a label. `folder.share` must have run before this module is imported.
"""

import time

from django.conf import settings
from prometheus_client import Counter, Histogram

from ...public.request_kinds import MADE_IN, WATCHED

# From an answer of the page cache to one for which nginx gives up.
SECONDS = (0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 30)
ADMIN = "/quan-tri/"
FRESH, CACHED = "fresh", "cached"

requests = Counter("portal_requests", "Requests answered.", ["sort", "status", "way"])
duration = Histogram("portal_request_seconds", "From request to answer.", ["sort", "way"], buckets=SECONDS)
processor = Counter("portal_made_processor_seconds", "Seconds of processor in which pages were made.", ["sort"])


class Meter:
    """A WSGI application around another one.

    `way`: "fresh" where Django made the answer, "cached" where not (page cache, static files, beacons, refusals).
    """

    def __init__(self, application):
        self._application = application
        # Looking a child up by its labels costs more than counting.
        self._children: dict[tuple, tuple] = {}

    def __call__(self, environ, start_response):
        """Pass the request on and count its answer."""
        began = time.perf_counter()
        answered = []

        def start(status, *more):
            answered[:] = (status[:1],)
            return start_response(status, *more)

        sort = sort_of(environ["PATH_INFO"])
        try:
            return self._application(environ, start)
        except BaseException:
            answered[:] = ("5",)
            raise
        finally:
            made_in = environ.get(MADE_IN)
            self._count(sort, answered[0] if answered else "5", made_in, time.perf_counter() - began)

    def _count(self, sort: str, status: str, made_in: float | None, seconds: float) -> None:
        way = CACHED if made_in is None else FRESH
        key = (sort, status, way)
        children = self._children.get(key)
        if children is None:
            labels = requests.labels(sort, f"{status}xx", way), duration.labels(sort, way), processor.labels(sort)
            children = self._children.setdefault(key, labels)
        children[0].inc()
        children[1].observe(seconds)
        if made_in is not None:
            children[2].inc(made_in)


def sort_of(path: str) -> str:
    """Return what an address is of: "static", "file", "admin", "watch" or "page"."""
    if path.startswith(settings.STATIC_URL):
        return "static"
    if path.startswith(settings.MEDIA_URL):
        return "file"
    if path.startswith(ADMIN):
        return "admin"
    return "watch" if path in WATCHED else "page"
