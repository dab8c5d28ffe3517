"""The WSGI application between the page cache and Django."""

import contextvars
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from time import monotonic

from django.conf import settings
from django.db import connections

from ..page_cache import REFRESH
from ..request_facts import address_of
from ..throttle import BUSY as BUSY_SIGNS
from ..throttle import network_of
from .queue import Kind, RenderQueue, Ticket
from .slots import NoSlots, Slots

# How many may wait in a process: each in a thread of the server, which must have more of them (tools/web_server.py).
# A page waits for some tenths of a second then; forms are few, and none is lost.
WAITING = {Kind.REFRESH: 16, Kind.FORM: 24, Kind.PAGE: 8}
WAITING_FOR_FILES = {Kind.REFRESH: 4, Kind.FORM: 4, Kind.PAGE: 24}
WAITING_AT_WORK = {Kind.REFRESH: 4, Kind.FORM: 16, Kind.PAGE: 12}
LONGEST_WAIT_SECONDS = {Kind.REFRESH: 10.0, Kind.FORM: 12.0, Kind.PAGE: 5.0}
# Files are found in a moment. The administration's people are few, and some of what they do takes long.
FILE_THREADS, WORK_THREADS = 2, 4
# A form is read before it waits, so that a slow sender holds no render. Larger ones bring files.
LARGEST_READ_AHEAD = 1024 * 1024
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WATCHED = ("/healthz", "/readyz")
ADMIN = "/quan-tri/"

# (environ, start_response, seconds) → body of the answer to who cannot be served now.
Refuse = Callable


class Lane:
    """One kind of work: its queue, and the threads that work it off."""

    def __init__(self, name: str, threads: int, waiting: dict[Kind, int], slots: Callable[[], Slots | NoSlots]):
        self.queue = RenderQueue(waiting)
        self.waited = 0.0
        for number in range(threads):
            Thread(target=self._work, args=(slots(),), name=f"{name}-{number}", daemon=True).start()

    def run(self, kind: Kind, address: str, work: Callable):
        """Return what `work` returns, run in a thread of this lane; None where there was no room or no time."""
        ticket = self.queue.enter(kind, address, work)
        if not ticket.done.wait(LONGEST_WAIT_SECONDS[kind]):
            if self.queue.leave(ticket):
                return None
            # It is being worked on: that ends by itself.
            ticket.done.wait()
        if ticket.is_turned_away:
            return None
        if ticket.error is not None:
            raise ticket.error
        return ticket.outcome

    def _work(self, slots: Slots | NoSlots) -> None:
        while True:
            self.queue.wait()
            slots.take()
            try:
                ticket = self.queue.next()
                if ticket is not None:
                    self._serve(ticket)
            finally:
                slots.give_back()

    def _serve(self, ticket: Ticket) -> None:
        self.waited = monotonic() - ticket.came
        try:
            ticket.outcome = ticket.run()
        except BaseException as error:
            ticket.error = error
        finally:
            ticket.run = None
            ticket.done.set()


class RenderGate:
    """A WSGI application that lets `application` work in few threads of its own.

    `renders`: pages made at once on this machine, over all processes (`folder` holds their slots). `refuse`: answers
    who must come again. The threads of the server itself only wait here, so that there may be many of them: what the
    page cache has kept never waits for one. Database connections belong to the threads that work, so they stay few.
    """

    def __init__(self, application: Callable, *, renders: int, folder: Path, refuse: Refuse):
        self._application = application
        self._refuse = refuse
        self._pages = Lane("render", renders, WAITING, lambda: Slots(folder, renders))
        self._files = Lane("file", FILE_THREADS, WAITING_FOR_FILES, NoSlots)
        self._at_work = Lane("work", WORK_THREADS, WAITING_AT_WORK, NoSlots)

    @classmethod
    def from_settings(cls, application: Callable, *, refuse: Refuse) -> "RenderGate":
        """Return the gate that the settings ask for."""
        renders = settings.PORTAL_RENDERS or (os.cpu_count() or 1) + 1
        gate = cls(application, renders=renders, folder=settings.VAR_DIR / "renders", refuse=refuse)
        BUSY_SIGNS.append(gate.is_busy)
        return gate

    def __call__(self, environ, start_response):
        """Answer in a thread of the lane that the request belongs to."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        kind = Kind.FORM if method in CHANGING else Kind.REFRESH if environ.get(REFRESH) else Kind.PAGE
        if kind is Kind.FORM:
            _read_ahead(environ)
        started: list = []

        def start(status, headers, exc_info=None):
            started[:] = [status, headers]

        context = contextvars.copy_context()
        result = self._lane_of(path).run(
            kind, network_of(address_of(environ)), lambda: context.run(self._make, environ, start)
        )
        if result is None:
            return self.refuse(environ, start_response)
        start_response(*started)
        if isinstance(result, list) or type(result) is environ.get("wsgi.file_wrapper"):
            return result
        return Streamed(result, context)

    def refuse(self, environ, start_response):
        """Answer that there is no room now."""
        return self._refuse(environ, start_response, self.seconds_to_wait())

    def seconds_to_wait(self) -> int:
        """Return after how many seconds it is worth asking again: longer, the longer the last one waited."""
        return max(2, min(30, round(4 * self._pages.waited)))

    def is_busy(self) -> bool:
        """Tell whether more is asked for than can be made: half of the places to wait are taken."""
        return 2 * self._pages.queue.waiting(Kind.PAGE) >= WAITING[Kind.PAGE]

    def _lane_of(self, path: str) -> Lane:
        if path.startswith(settings.MEDIA_URL):
            return self._files
        return self._at_work if path.startswith(ADMIN) or path in WATCHED else self._pages

    def _make(self, environ, start_response):
        """Make the answer; one that is whole at once is read here, in the thread that made it."""
        result = self._application(environ, start_response)
        if getattr(result, "streaming", not isinstance(result, list)):
            return result
        try:
            return [b"".join(result)]
        finally:
            if hasattr(result, "close"):
                result.close()


class Streamed:
    """An answer that is sent while it is made, by the server's thread: with the context of the thread that began it."""

    streaming = True

    def __init__(self, result, context: contextvars.Context):
        self._result, self._context = result, context
        self._parts = context.run(iter, result)

    def __iter__(self):
        return self

    def __next__(self) -> bytes:
        return self._context.run(next, self._parts)

    def close(self) -> None:
        """End it, and the database connection that its parts may have opened in this thread."""
        try:
            if hasattr(self._result, "close"):
                self._context.run(self._result.close)
        finally:
            connections.close_all()


def on_own_thread(work: Callable) -> Callable:
    """Return a function that does the work in one thread of its own: it keeps one database connection, not many."""
    thread = ThreadPoolExecutor(1, thread_name_prefix=work.__name__)
    return lambda: thread.submit(work).result()


def _read_ahead(environ) -> None:
    length = environ.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) <= LARGEST_READ_AHEAD:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))
