"""The steady load of `drill.py`: readers, people who search and ask, programs, and editors who publish.

Of a hundred requests some ninety-five are those of readers. Readers, citizens and programs live in a process of their
own (`load`); editors (`Editors`) in threads here, because what they were told is done decides what follows. Everybody
goes on while something is broken: an answer that does not come, or is wrong, is noted, and he begins anew.
"""

import asyncio
import contextlib
import re
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import requests
from crowd_citizens import Citizen, Crowd, Places, prepare_solver
from crowd_client import Answer, Browser, Tally, seen
from crowd_loads import Kept, address, paced, reads_fresh, reads_kept
from drill_figures import Acknowledged, Seen
from faults import png, today
from kill_drill import APPROVER, WRITER, approve_one, submit_one, write_one
from signing_in import NotIn

FRESH_A_SECOND, PROGRAMS_A_SECOND, CITIZENS_A_SECOND = 0.5, 0.3, 0.05
LONGEST_SECONDS = 3 * 3600
LAST_STORIES_SECONDS = 20
PATIENCE_SECONDS = 90
AGAIN_SECONDS, MOST_TIMES = 1.0, 120
PICTURE_EVERY = 4
ROWS = "/api/du-lieu-mo/v1/van-ban/"
DESCRIPTION = "Điểm màu ngẫu nhiên của lần diễn tập"
CITIZEN = "citizen"
SIGNED_OUT = ("login", "xac-thuc")


@dataclass
class Timeline(Tally):
    """A tally that also knows when each answer was there and what was acknowledged."""

    seen: list[Seen] = field(default_factory=list)
    acknowledged: list[Acknowledged] = field(default_factory=list)

    def note(self, kind: str, answer: Answer, is_right: bool, place: str = "") -> bool:
        self.counts[f"{kind} {'right' if is_right else answer.status}"] += 1
        kind = _short(kind)
        # A citizen may be shown his form again and goes on; where he gives up, `bad` says so.
        was_right = is_right or (kind == CITIZEN and answer.status == 200)
        what = "" if was_right else f"{answer.status} {place}"
        self.seen.append(Seen(time.monotonic(), kind, answer.seconds, was_right, what))
        return is_right

    def bad(self, name: str, example: str) -> None:
        super().bad(name, example)
        kind = _short(name.rpartition(" ")[0])
        self.seen.append(Seen(time.monotonic(), kind, 0.0, False, f"{name}: {example}"[:200]))

    def acknowledge(self, kind: str, key: str) -> None:
        self.acknowledged.append(Acknowledged(time.monotonic(), kind, key))


def _short(kind: str) -> str:
    return CITIZEN if kind.partition(" ")[0] in ("script", "plain", "beacon") else kind


class Noting(Citizen):
    """A citizen whose question is noted at the moment that he gets its receipt."""

    async def _ask(self) -> tuple[str, str]:
        receipt = await super()._ask()
        self.tally.acknowledge("question", receipt[0])
        return receipt


@dataclass
class Mix:
    """Who comes, until the event `done`: to the port of nginx, `per_second` readers; `run` marks their questions."""

    port: int
    kept: list[tuple[str, str, str]]
    places: Places
    done: object
    run: int
    per_second: float


def load(mix: Mix):
    """Return the coroutine function of readers, searches, programs and citizens; for `crowd_client.run`."""

    async def work(tally: Timeline) -> None:
        with ProcessPoolExecutor(1, initializer=prepare_solver) as solver:
            parts = [
                reads_kept(Kept(mix.port, mix.kept, mix.per_second, LONGEST_SECONDS, tracking=0.1, done=mix.done)),
                reads_fresh(mix.port, mix.places, FRESH_A_SECOND, LONGEST_SECONDS, done=mix.done),
                _programs(mix),
                _citizens(mix, solver),
            ]
            running = [asyncio.create_task(part(tally)) for part in parts]
            while not mix.done.is_set():
                await asyncio.sleep(0.2)
            # Whoever is in the middle of his visit may end it; who takes longer was not acknowledged anything more.
            _ended, late = await asyncio.wait(running, timeout=LAST_STORIES_SECONDS)
            for one in late:
                one.cancel()

    return work


def _programs(mix: Mix):
    """Programs that read rows of the open data; half of them ask for what is kept."""

    async def work(tally: Timeline) -> None:
        async def one(number: int) -> None:
            browser = Browser(mix.port, source=address(33, number))
            since = "" if number % 2 else f"?doi-tu=2020-01-01T00:{number // 60 % 60:02}:{number % 60:02}%2B07:00"
            await seen(tally, "api", browser.get(ROWS + since), lambda answer: answer.is_whole('"rows"'), ROWS + since)
            browser.close()

        await paced(PROGRAMS_A_SECOND, LONGEST_SECONDS, one, tally, mix.done)

    return work


def _citizens(mix: Mix, solver: ProcessPoolExecutor):
    async def work(tally: Timeline) -> None:
        sources = [address(12, number) for number in range(200)]
        crowd = Crowd(mix.port, mix.places, mix.run, 0, sources, 0, PATIENCE_SECONDS, 0.05)

        async def one(number: int) -> None:
            await Noting(crowd, number, tally, solver, time.monotonic() + PATIENCE_SECONDS).live()

        await paced(CITIZENS_A_SECOND, LONGEST_SECONDS, one, tally, mix.done)

    return work


def spike(port: int, pages: list[tuple[str, str, str]], per_second: float, seconds: float):
    """Return the coroutine function of readers who all come at once to kept pages."""
    return reads_kept(Kept(port, pages, per_second, seconds, network=34))


# --- Editors ---------------------------------------------------------------------------------------


class Editors:
    """Two people who write, submit, approve, take numbers and upload pictures, until `close`."""

    def __init__(self, portal, *, section: str, unit: str, book: str, kind: str, pause_seconds: float = 2.0):
        self.portal, self.section, self.unit, self.book, self.kind = portal, section, unit, book, kind
        self.pause_seconds, self.run, self.made = pause_seconds, int(time.time()) % 10**6, 0
        self.seen: list[Seen] = []
        self.acknowledged: list[Acknowledged] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._live, name="editors", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Let them end what they are at."""
        self._ending.set()
        self._thread.join(MOST_TIMES * AGAIN_SECONDS)

    def _live(self) -> None:
        while not self._ending.is_set():
            self.made += 1
            try:
                self._one_story(f"Dien tap {self.run} {self.made}")
            except (requests.RequestException, NotIn, AttributeError) as problem:
                self._note(0.0, False, re.sub(r"\d{3,}", "…", str(problem))[:150])
                if any(word in str(problem) for word in SIGNED_OUT):
                    self.portal.cookies.clear()
                self._ending.wait(AGAIN_SECONDS)
            self._ending.wait(self.pause_seconds)

    def _one_story(self, name: str) -> None:
        writer, approver = (self._person(username) for username in (WRITER, APPROVER))
        page = write_one(writer, self.section, self.unit, name)
        self._acknowledge("draft", page)
        submit_one(writer, page)
        self._acknowledge("submission", page)
        approve_one(approver, name)
        self._acknowledge("publication", page)
        path = f"/quan-tri/so-van-ban/{self.book}/lay-so/"
        form = {"document_type": self.kind, "subject": name, "on": today(), **approver.drawn(path)}
        self._until_answered(approver, path, form)
        self._acknowledge("number", name)
        if self.made % PICTURE_EVERY == 0:
            upload_one(writer, name)
            self._acknowledge("picture", name)

    def _until_answered(self, person, path: str, form: dict) -> None:
        """Send one form; where its answer is lost the very same form again, as somebody who presses once more."""
        for _ in range(MOST_TIMES):
            with contextlib.suppress(requests.RequestException):
                person.post(path, form)
                return
            if self._ending.wait(AGAIN_SECONDS):
                break
        raise requests.HTTPError(f"{path}: no answer")

    def _person(self, username: str):
        person = self.portal.person(username)
        person.session.hooks["response"].append(
            lambda answer, **_: self._note(answer.elapsed.total_seconds(), answer.status_code < 500, answer.url)
        )
        return person

    def _note(self, seconds: float, is_right: bool, what: str) -> None:
        self.seen.append(Seen(time.monotonic(), "editor", seconds, is_right, "" if is_right else what))

    def _acknowledge(self, kind: str, key: str) -> None:
        self.acknowledged.append(Acknowledged(time.monotonic(), kind, key))


def upload_one(writer, title: str) -> None:
    """Upload a picture of noise. Raises HTTPError when it is not taken."""
    path = "/quan-tri/images/add/"
    answer = writer.session.post(
        writer.base + path,
        {"title": title, "description": DESCRIPTION, "collection": "", **writer.drawn(path)},
        files={"file": ("anh.png", png(300, 300), "image/png")},
        headers={"Referer": writer.base + path},
        timeout=30,
        allow_redirects=False,
    )
    if answer.status_code not in (302, 303):
        words = re.findall(r'(?s)class="error-message"[^>]*>\s*(.*?)\s*<', answer.text)
        raise requests.HTTPError(f"POST {path}: {answer.status_code} {words[:1]}")
