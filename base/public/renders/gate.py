"""The WSGI application between the page cache and Django."""

import contextvars
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import SpooledTemporaryFile
from threading import Thread

from django.conf import settings
from django.db import connections

from ...operations.throttle import BUSY as BUSY_SIGNS
from ...operations.throttle import network_of
from ...request_facts import address_of
from ..page_cache import REFRESH
from ..request_kinds import CHANGING, MADE_IN, MAY_SEND, READ_AHEAD, WATCHED
from .asked import Asked
from .queue import Kind, RenderQueue, Ticket
from .slots import NoSlots, Reserve, Slots

# How many may wait in a process: each in a thread of the server, which must have more of them (tools/web_server.py).
# A page waits for some tenths of a second then; forms are few, and none is lost.
WAITING = {Kind.REFRESH: 64, Kind.FORM: 24, Kind.PAGE: 8}
WAITING_FOR_FILES = {Kind.REFRESH: 4, Kind.FORM: 4, Kind.PAGE: 24}
WAITING_AT_WORK = {Kind.REFRESH: 4, Kind.FORM: 16, Kind.PAGE: 12}
WAITING_TO_WATCH = {Kind.REFRESH: 1, Kind.FORM: 1, Kind.PAGE: 4}
LONGEST_WAIT_SECONDS = {Kind.REFRESH: 10.0, Kind.FORM: 12.0, Kind.PAGE: 5.0}
# Files are found in a moment. The administration's people are few, and some of what they do takes long. Machines that
# ask how the portal is wait behind no reader.
FILE_THREADS, WORK_THREADS, WATCH_THREADS = 2, 4, 1
# Threads for pages while forms hold all slots: one of the renders, one of the administration.
RESERVE_THREADS = 2
# How often it is looked whether they do, while pages wait.
LOOK_AT_FORMS_SECONDS = 0.02
# On any machine; the threads of the server are counted for as many.
MOST_RENDERS = 8
# A form is read before it waits, so that a slow sender holds no render, and is given back where there is no room: a
# reader's with its files (`clean_input.PUBLIC`). What is larger comes from the administration. From this many bytes on
# it is on the disk meanwhile.
LARGEST_READ_AHEAD = 26 * 1024 * 1024
LARGEST_IN_MEMORY = 1024 * 1024
ADMIN = "/quan-tri/"


class Lane:
    """One kind of work: its queue, and the threads that work it off.

    `folder`: where the slots lie that all processes share, `count` of them; without, each thread works as it comes.
    """

    def __init__(self, name: str, threads: int, waiting: dict[Kind, int], folder: Path | None = None, count: int = 0):
        self.queue = RenderQueue(waiting, asked=Asked(folder, settings.SECRET_KEY))
        self.waited = 0.0
        for number in range(threads):
            slots = Slots(folder, count) if folder else NoSlots()
            Thread(target=self._work, args=(slots,), name=f"{name}-{number}", daemon=True).start()
        if folder:
            reserve = Reserve(folder, count)
            Thread(target=self._work_in_reserve, args=(reserve,), name=f"{name}-reserve", daemon=True).start()

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
                if ticket := self.queue.next():
                    if ticket.kind is Kind.FORM:
                        slots.note_form()
                    self._serve(ticket)
            finally:
                slots.give_back()

    def _work_in_reserve(self, reserve: Reserve) -> None:
        while True:
            self.queue.wait(forms=False)
            if reserve.take():
                try:
                    if ticket := self.queue.next(forms=False):
                        self._serve(ticket)
                finally:
                    reserve.give_back()
            else:
                time.sleep(LOOK_AT_FORMS_SECONDS)

    def seconds_to_wait(self) -> int:
        """Return after how many seconds it is worth asking again: longer, the longer the last one waited."""
        return max(2, min(30, round(4 * self.waited)))

    def _serve(self, ticket: Ticket) -> None:
        self.waited = time.monotonic() - ticket.came
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
    who must come again, (environ, start_response, seconds) → the parts of the body. The threads of the server itself
    only wait here, so that there may be many of them: what the page cache has kept never waits for one. Database
    connections belong to the threads that work, so they stay few.
    """

    def __init__(self, application: Callable, *, renders: int, folder: Path, refuse: Callable):
        self._application = application
        self._refuse = refuse
        self._pages = Lane("render", renders, WAITING, folder, renders)
        self._files = Lane("file", FILE_THREADS, WAITING_FOR_FILES)
        # On two processors four over all processes, on more of them more.
        at_work = max(WORK_THREADS, 2 * renders)
        self._at_work = Lane("work", WORK_THREADS, WAITING_AT_WORK, folder / "work", at_work)
        self._watching = Lane("watch", WATCH_THREADS, WAITING_TO_WATCH)

    @classmethod
    def from_settings(cls, application: Callable, *, refuse: Callable) -> "RenderGate":
        """Return the gate that the settings ask for."""
        renders = min(settings.PORTAL_RENDERS or len(os.sched_getaffinity(0)), MOST_RENDERS)
        gate = cls(application, renders=renders, folder=settings.VAR_DIR / "renders", refuse=refuse)
        BUSY_SIGNS.append(gate.is_busy)
        return gate

    def __call__(self, environ, start_response):
        """Answer in a thread of the lane that the request belongs to."""
        method = environ["REQUEST_METHOD"]
        kind = Kind.FORM if method in CHANGING else Kind.REFRESH if environ.get(REFRESH) else Kind.PAGE
        if kind is Kind.FORM:
            read_ahead(environ)
        try:
            return self._answered(kind, environ, start_response)
        finally:
            if environ.get(READ_AHEAD):
                environ["wsgi.input"].close()

    def refuse(self, environ, start_response):
        """Answer that there is no room now."""
        return self._refuse(environ, start_response, self._lane_of(environ["PATH_INFO"]).seconds_to_wait())

    def _answered(self, kind: Kind, environ, start_response):
        started: list = []

        def start(status, headers, exc_info=None):
            started[:] = [status, headers]

        context, lane = contextvars.copy_context(), self._lane_of(environ["PATH_INFO"])
        result = lane.run(kind, network_of(address_of(environ)), lambda: context.run(self._make, environ, start))
        if result is None:
            return self.refuse(environ, start_response)
        start_response(*started)
        if isinstance(result, list) or type(result) is environ.get("wsgi.file_wrapper"):
            return result
        return Streamed(result, context)

    def is_busy(self) -> bool:
        """Tell whether more is asked for than can be made: half of the places to wait are taken."""
        return 2 * self._pages.queue.waiting(Kind.PAGE) >= WAITING[Kind.PAGE]

    def _lane_of(self, path: str) -> Lane:
        if path.startswith(settings.MEDIA_URL) or path == MAY_SEND:
            # A look at the session: a user who sends a file waits for it.
            return self._files
        if path in WATCHED:
            return self._watching
        return self._at_work if path.startswith(ADMIN) else self._pages

    def _make(self, environ, start_response):
        """Make the answer; one that is whole at once is read here, in the thread that made it."""
        began = time.thread_time()
        result = self._application(environ, start_response)
        if getattr(result, "streaming", not isinstance(result, list)):
            return result
        try:
            return [b"".join(result)]
        finally:
            environ[MADE_IN] = time.thread_time() - began
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


def read_ahead(environ) -> None:
    """Read a body whose length was said; one that comes in pieces is read by its view."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > LARGEST_READ_AHEAD:
        return
    left, body = int(length), SpooledTemporaryFile(LARGEST_IN_MEMORY)  # noqa: SIM115  closed once it is answered
    while left and (piece := environ["wsgi.input"].read(min(left, LARGEST_IN_MEMORY))):
        body.write(piece)
        left -= len(piece)
    body.seek(0)
    environ["wsgi.input"], environ[READ_AHEAD] = body, True
