"""Citizens of `crowd.py`: each comes with a browser of his own, reads, searches, asks, looks up, votes.

1. The first page with its styles, scripts and letters; three searches; five pages; a service and what is said of it.
2. A question in all its steps: the form, similar answers, the preview, the sending. With scripts the proof of work that
   the drawn form asks for is found beside it, in a process of its own; without scripts it stays empty.
3. With number and secret of the receipt he looks up where his question stands.

Over a limit he does what the page tells: waits as long as it says, and presses again with nothing but what it gave
back. What he was thanked for is noted, and compared with the database in the end.
"""

import asyncio
import itertools
import os
import random
import re
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from crowd_client import REFUSALS, Answer, Browser, Form, Lost, Tally, Wrong, form_with, forms_in, proof_of
from own_portal import children, web_server

STATIC = re.compile(r'"(/[^"?]+\.[0-9a-f]{12}\.(?:css|js|woff2|svg|png|ico))"')
NUMBER = re.compile(r"HD-\d{4}-\d{6}")
CODE = re.compile(r'receipt__code">([^<]+)<')
USAGE = re.compile(r'data-usage-(place|page|kind)="([^"]*)"')
THANKS = re.compile(r'role="status">[^§]{0,900}?Cảm ơn', re.DOTALL)
VOTE = re.compile(r"/(?:hai-long|huu-ich)/\d+/")
WORDS = (
    "khai sinh",
    "hộ khẩu",
    "ngập đường",
    "giấy phép xây dựng",
    "họp tổ dân phố",
    "đất đai",
    "bảo hiểm y tế",
    "lịch tiếp",
    "thuế",
    "kết hôn",
    "cảnh báo lũ",
    "trường học",
    "điện",
    "nước sạch",
    "rác",
    "an ninh",
    "chợ",
)
LONGEST_STORY = 90
MOST_PRESSES = 200
MOST_PROOFS = 3


@dataclass
class Places:
    """Where citizens go: (path, title) of kept pages, addresses of services, answers, the form, the look-up, search."""

    kept: list[tuple[str, str]]
    services: list[str]
    answers: list[str]
    ask: str = "/hoi-dap/gui-cau-hoi/"
    track: str = "/hoi-dap/tra-cuu/"
    search: str = "/tim-kiem/"


@dataclass
class Crowd:
    """Who comes: `citizens` from `sources`, over `seconds`; `patience` is how long those wait who are told to."""

    port: int
    places: Places
    run: int
    citizens: int
    sources: list[str]
    seconds: float
    patience: float
    without_script: float


def agent_of(number: int) -> str:
    """One of sixty browsers' names: so many kinds of telephones stand behind one address."""
    version, chrome = 9 + number % 6, 110 + number % 60 // 6 * 2
    return (
        f"Mozilla/5.0 (Linux; Android {version}; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 "
        "Mobile Safari/537.36"
    )


def prepare_solver() -> None:
    """Stand back as far as the portal does, in a session of its own: that of the readers comes before all others."""
    os.setsid()
    os.setpriority(os.PRIO_PROCESS, 0, web_server.NICENESS)
    children.stand_back_as_session(web_server.NICENESS)


def comes(crowd: Crowd):
    """Return the coroutine function that lets the crowd come; for `crowd_client.run`."""

    async def work(tally: Tally) -> None:
        began = time.monotonic()
        until = began + crowd.seconds + crowd.patience
        over = max(crowd.seconds * 0.25, crowd.seconds - LONGEST_STORY)
        # The telephones' own processors: low priority, one at a time.
        with ProcessPoolExecutor(1, initializer=prepare_solver) as solver:
            citizens = [Citizen(crowd, number, tally, solver, until) for number in range(crowd.citizens)]

            async def one(citizen: Citizen, at: float) -> None:
                await asyncio.sleep(max(0.0, began + at - time.monotonic()))
                await citizen.live()

            await asyncio.gather(*[one(citizen, over * citizen.number / crowd.citizens) for citizen in citizens])
        tally.rows += [citizen.row() for citizen in citizens]

    return work


@dataclass
class Citizen:
    """One person: `kind` names what is counted of him, with or without scripts."""

    crowd: Crowd
    number: int
    tally: Tally
    solver: ProcessPoolExecutor
    until: float
    question: str = ""
    thanked: int = 0
    voted: int = 0
    gave_up: str = ""
    waited: float = 0.0
    dice: random.Random = field(init=False)

    def __post_init__(self):
        crowd = self.crowd
        self.dice = random.Random(crowd.run * 100_003 + self.number)
        self.has_script = (self.number * crowd.without_script) % 1 + crowd.without_script <= 1
        self.kind = "script" if self.has_script else "plain"
        self.browser = Browser(
            crowd.port, source=crowd.sources[self.number % len(crowd.sources)], agent=agent_of(self.number)
        )
        self.text = (
            f"Cau hoi do tai {crowd.run} {self.number} về ngập đường trước nhà: «nước» & bùn <còn> đọng, bao giờ thông "
            "cống?\nXin cho biết ai phụ trách."
        )

    def row(self) -> dict:
        """What he was told, for the comparison with the database."""
        return {
            "number": self.number,
            "has_script": self.has_script,
            "question": self.question,
            "thanked": self.thanked,
            "gave_up": self.gave_up,
            "waited": self.waited,
            "voted": self.voted,
        }

    async def live(self) -> None:
        try:
            await self._live()
        except (Wrong, Lost, OSError, TimeoutError) as error:
            self.gave_up = f"{type(error).__name__}: {error}"[:200]
            self.tally.bad(f"{self.kind} gave up", self.gave_up)
        finally:
            self.browser.close()

    async def _live(self) -> None:
        places, dice = self.crowd.places, self.dice
        home = await self._read("/", places.kept[0][1])
        for path in dict.fromkeys(STATIC.findall(home.text)):
            answer = await self.browser.get(path)
            self.tally.note(f"{self.kind} static", answer, answer.status in (200, 304), path)
        for words in dice.sample(WORDS, 3):
            await self._pause()
            await self._read(f"{places.search}?q={quote_plus(words)}", "Tìm kiếm", "search")
        for path, title in dice.sample(places.kept, min(5, len(places.kept))):
            await self._pause()
            await self._read(path, title)
        await self._pause()
        await self._vote()
        await self._pause()
        receipt = await self._ask()
        await self._pause()
        await self._look_up(*receipt)

    # --- One visit

    async def _pause(self, least: float = 1, most: float = 7) -> None:
        await asyncio.sleep(self.dice.uniform(least, most))

    async def _read(self, path: str, mark: str, kind: str = "page") -> Answer:
        """Open a page; a refusal is counted, waited for as long as it says, and the page opened again."""
        for _ in range(MOST_PRESSES):
            answer = await self.browser.get(path)
            if self.tally.note(f"{self.kind} {kind}", answer, answer.is_whole(mark), path):
                return answer
            if answer.status not in REFUSALS:
                raise Wrong(f"{path}: {answer.status}, no «{mark}»: {answer.text[-100:]!r}")
            await self._wait(answer)
        raise Wrong(f"{path}: refused {MOST_PRESSES} times")

    async def _wait(self, answer: Answer) -> None:
        seconds = answer.wait_seconds
        if time.monotonic() + seconds + 1 > self.until:
            raise Wrong(f"out of patience, told to wait {seconds} s")
        self.waited += seconds
        # Two people never press at the very same moment.
        await asyncio.sleep(seconds + self.dice.uniform(0, 1))

    async def _press(self, form: Form, typed: dict, button, kind: str, is_right, keeps: str = "") -> Answer:
        """Send a form until the answer is what it leads to.

        `keeps`: what was typed and must stand in what a refusal gives back, to be pressed again.
        """
        await self._prove(form)
        has_waited = False
        for press in range(MOST_PRESSES):
            answer = await self.browser.send(form, typed, button)
            if self.tally.note(f"{self.kind} {kind}", answer, is_right(answer), form.action):
                return answer
            given = _given_back(answer, keeps) if keeps else None
            wants_more = given is not None and any(not given.value(name) for name in given.proofs)
            if answer.status == 200 and wants_more and press < MOST_PROOFS:
                # Drawn again because more work is wanted than the form was drawn with: no refusal, but another press.
                self.tally.counts[f"{self.kind} {kind}: pressed again for a harder proof"] += 1
                await self._pause()
            elif answer.status not in REFUSALS:
                raise Wrong(f"{kind}: {answer.status} {_summary(answer)}")
            else:
                if has_waited:
                    self.tally.counts[f"{self.kind} {kind}: pressed as told, refused again"] += 1
                await self._wait(answer)
                has_waited = True
            if given is not None:
                # Whatever is missing in it is lost: nothing is typed again.
                form, typed = given, {}
                button = next((own for own in form.buttons if own == button), form.buttons[0] if form.buttons else None)
                if button is None and form.value("step") is None and keeps:
                    raise Wrong(f"{kind}: nothing to press")
                await self._prove(form)
            elif keeps:
                self.tally.bad(f"{self.kind} {kind}: not given back", _summary(answer))
        raise Wrong(f"{kind}: refused {MOST_PRESSES} times")

    async def _prove(self, form: Form) -> None:
        """Find the numbers that the form's script looks for; without scripts nobody does."""
        if not self.has_script:
            return
        for name, (stamp, bits) in form.proofs.items():
            if not form.value(name):
                number, spent = await asyncio.get_running_loop().run_in_executor(self.solver, proof_of, stamp, bits)
                form.put(name, number)
                self.tally.counts["proofs"] += 1
                self.tally.counts[f"proofs of {bits} bits"] += 1
                self.tally.taken.setdefault("proof", []).append(spent)

    # --- What he does

    async def _vote(self) -> None:
        """Open a service or an answered question, and say a word of it."""
        places = self.crowd.places
        # So that two with the same kind of browser seldom speak of the same page.
        path = next(
            itertools.islice(itertools.cycle(places.services + places.answers), self.number // 60 + self.number, None)
        )
        page = await self._read(path, "", "service")
        said = dict(USAGE.findall(page.text))
        if self.has_script and "place" in said:
            answer = await self.browser.post(
                said["place"], f"trang={said['page']}&loai={said['kind']}".encode(), "application/x-www-form-urlencoded"
            )
            self.tally.note("beacon", answer, answer.status == 204)
        await self._pause()
        form = next((form for form in forms_in(page.text) if VOTE.match(form.action)), None)
        if form is None:
            raise Wrong(f"{path}: no vote")
        await self._press(
            form, {}, form.buttons[0], "vote", lambda answer: answer.status == 200 and self._thanks(answer)
        )

    def _thanks(self, answer: Answer) -> bool:
        """A page that thanks for the vote, or says that it was not counted: both are answers; only thanks bind."""
        is_thanked = bool(THANKS.search(answer.text))
        self.voted += 1
        self.thanked += is_thanked
        return answer.is_whole()

    async def _ask(self) -> tuple[str, str]:
        drawn = (await self._read(self.crowd.places.ask, "</textarea>", "form")).text
        form = form_with(drawn, "text", "title", "step")
        typed = {
            "title": f"Câu hỏi số {self.number}",
            "text": self.text.replace("\n", "\r\n"),
            "consent": "on",
            "email": f"cong-dan-{self.crowd.run}-{self.number}@example.invalid",
        }
        mark = f"Cau hoi do tai {self.crowd.run} {self.number} "
        await self._pause(12, 40)

        def draws_again(answer: Answer) -> bool:
            return answer.is_whole(mark) and 'value="preview"' in answer.text

        answer = await self._press(form, typed, ("step", "similar"), "step", draws_again, mark)
        form = form_with(answer.text, "text", "title", "step")
        await self._pause()
        # What was typed stands in the page now; a tick is set anew where the page has lost it.
        ticked = {} if form.value("consent") else {"consent": "on"}
        shows = lambda answer: answer.is_whole(mark) and 'value="send"' in answer.text  # noqa: E731
        answer = await self._press(form, ticked, ("step", "preview"), "step", shows, mark)
        form = form_with(answer.text, "text", "title", "step")
        await self._pause()
        answer = await self._press(
            form,
            {},
            ("step", "send"),
            "send",
            lambda answer: answer.is_whole() and bool(_receipt_in(answer.text)),
            mark,
        )
        number, secret = _receipt_in(answer.text)
        self.question = number
        return number, secret

    async def _look_up(self, number: str, secret: str) -> None:
        drawn = await self._read(self.crowd.places.track, "secret", "form")
        form = form_with(drawn.text, "number", "secret")
        await self._press(
            form,
            {"number": number, "secret": secret},
            None,
            "look-up",
            lambda answer: answer.is_whole(number) and f"Cau hoi do tai {self.crowd.run} {self.number} " in answer.text,
        )


def _receipt_in(text: str) -> tuple[str, str] | None:
    codes = CODE.findall(text)
    return (codes[0], codes[1]) if len(codes) > 1 and NUMBER.fullmatch(codes[0]) else None


def _given_back(answer: Answer, keeps: str) -> Form | None:
    """The form of a refusal that holds what was typed."""
    return next((form for form in forms_in(answer.text) if any(keeps in value for _, value in form.fields)), None)


def _summary(answer: Answer) -> str:
    found = re.search(r'class="error-summary.*?</(?:div|section)>|<h1[^>]*>.*?</h1>.{0,300}', answer.text, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0] if found else answer.text[:200]))[:200]
