"""What loads the portal in `crowd.py`: readers of kept and fresh pages, visitors, floods, a crawler, a mix for `wrk`.

Each function returns a coroutine function for `crowd_client.run`, bounded by `seconds`. Readers come at a pace of their
own, however long answers take; floods and crawlers ask again when they are answered, but no faster than their pace.
"""

import asyncio
import html
import random
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

from crowd_citizens import WORDS, Places
from crowd_client import HOST, REFUSALS, Browser, Tally, Wrong, form_with, seen, stand_apart
from load import Load, load_of

# What networks and chats put behind a shared address; the last ones are on no list.
TRACKING = ("fbclid", "utm_source", "gclid", "gidzl", "mibextid", "igsh", "ttclid")
MOST_UNDER_WAY = 300
# What a crawler follows: no files, no forms, nothing of the administration.
LINK = re.compile(r'<a [^>]*href="(/(?!tep/|static/|quan-tri/|hoi-dap/(?:gui|tra|bao))[^"#]*)"')
FLOODS = {"searches": "tìm kiếm", "missing": "địa chỉ không có", "forms": "biểu mẫu"}
MIX = """
local paths, marks = {%s}, {%s}
math.randomseed(os.time())
for name, value in pairs({%s}) do wrk.headers[name] = value end
-- Written before the first is sent: the processors are for what is measured.
local ready, at = {}, 0
init = function()
  for number = 1, 50000 do
    local path, dice = paths[math.random(#paths)], math.random(95)
    if dice <= 30 then
      path = path .. "?" .. marks[math.random(#marks)] .. "=" .. math.random(1000000000)
    elseif dice <= 40 then
      path = path .. "?x=" .. math.random(1000000000)
    end
    ready[number] = wrk.format("GET", path)
  end
end
request = function()
  at = at %% #ready + 1
  return ready[at]
end
"""


async def paced(per_second: float, seconds: float, one, tally: Tally, done=None) -> None:
    """Begin `one(number)` so often, whether or not the earlier ones are done; end early at the event `done`."""
    under_way, number, following = set(), 0, time.monotonic()
    until = following + seconds
    while following < until and not (done is not None and done.is_set()):
        if len(under_way) < MOST_UNDER_WAY:
            task = asyncio.create_task(one(number))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        else:
            # All of them wait for answers that do not come.
            tally.counts["not begun"] += 1
        number += 1
        following += 1 / per_second
        await asyncio.sleep(max(0.0, following - time.monotonic()))
    await asyncio.gather(*under_way)


class Idle:
    """Browsers that wait for their next page: connections stay open, as those of people who read on."""

    def __init__(self, make):
        self.make, self.browsers, self.made = make, [], 0

    def take(self):
        if self.browsers:
            return self.browsers.pop()
        self.made += 1
        return self.make(self.made)


def address(network: int, number: int) -> str:
    """One of 62,500 addresses of a network of this machine: 127.<network>.x.y."""
    return f"127.{network}.{number // 250 % 250}.{number % 250 + 1}"


@dataclass
class Kept:
    """Readers of kept pages: (host, path, title). `tracking`, `random`: shares of addresses with more behind them."""

    port: int
    pages: list[tuple[str, str, str]]
    per_second: float
    seconds: float
    network: int = 30
    tracking: float = 0
    random: float = 0
    done: object = None


def reads_kept(readers: Kept):
    async def work(tally: Tally) -> None:
        hosts = {
            host: Idle(
                lambda number, host=host: Browser(readers.port, source=address(readers.network, number), host=host)
            )
            for host, _, _ in readers.pages
        }

        async def one(number: int) -> None:
            host, path, title = readers.pages[number % len(readers.pages)]
            dice, browser = random.random(), hosts[host].take()
            if dice < readers.tracking:
                path += f"?{random.choice(TRACKING)}={random.getrandbits(40)}"
            elif dice < readers.tracking + readers.random:
                path += f"?x={random.getrandbits(40)}"
            began, right = time.monotonic(), tally.right("kept")
            await seen(tally, "kept", browser.get(path), lambda answer: answer.is_whole(title), f"{host}{path}")
            if tally.right("kept") == right:
                tally.rows.append({"kind": "kept", "began": began, "ended": time.monotonic()})
            hosts[host].browsers.append(browser)

        await paced(readers.per_second, readers.seconds, one, tally, readers.done)

    return work


def reads_fresh(
    port: int, places: Places, per_second: float, seconds: float, *, network: int = 31, alone: str = "", done=None
):
    """Honest readers of pages that are made afresh, a search and a form in turns, each from another address.

    `alone`: all from this address. `done`: the event at which they end early.
    """

    async def work(tally: Tally) -> None:
        async def one(number: int) -> None:
            browser = Browser(port, source=alone or address(network, number))
            if number % 2:
                path, mark = places.ask, "</textarea>"
            else:
                path, mark = f"{places.search}?q={_word()}+{number}", "Tìm kiếm"
            began, right = time.monotonic(), tally.right("fresh")
            await seen(tally, "fresh", browser.get(path), lambda answer: answer.is_whole(mark), path)
            if tally.right("fresh") == right:
                tally.rows.append({"kind": "fresh", "began": began, "ended": time.monotonic()})
            browser.close()

        await paced(per_second, seconds, one, tally, done)

    return work


def visits(port: int, pages: list[tuple[str, str, str]], per_second: float, seconds: float, *, addresses: int = 200):
    """New visitors, `per_second` pages in all: a connection of their own, four pages, one of them by a shared link."""

    async def work(tally: Tally) -> None:
        async def one(number: int) -> None:
            host, *_ = page = random.choice(pages)
            browser = Browser(port, source=address(40, number % addresses), host=host)
            others = [other for other in pages if other[0] == host]
            for at, (_, path, title) in enumerate([page, *random.choices(others, k=3)]):
                shared = f"{path}?{random.choice(TRACKING)}={random.getrandbits(40)}" if at == 0 else path
                await seen(tally, "kept", browser.get(shared), lambda answer: answer.is_whole(title), shared)  # noqa: B023
                await asyncio.sleep(random.uniform(0.2, 1))
            browser.close()

        await paced(per_second / 4, seconds, one, tally)

    return work


@dataclass
class Flood:
    """One kind of FLOODS from some addresses: connections that ask again and again, so many a second in all."""

    port: int
    kind: str
    places: Places
    sources: list[str]
    connections: int
    per_second: float
    seconds: float


def floods(flood: Flood):
    async def work(tally: Tally) -> None:
        until = time.monotonic() + flood.seconds

        async def one(number: int) -> None:
            browser, form = Browser(flood.port, source=flood.sources[number % len(flood.sources)]), None
            pause = flood.connections / flood.per_second
            following = time.monotonic() + random.uniform(0, pause)
            while following < until:
                await asyncio.sleep(max(0.0, following - time.monotonic()))
                following = max(following + pause, time.monotonic())
                if flood.kind == "forms" and form is None:
                    asking = browser.get(flood.places.ask)
                elif flood.kind == "forms":
                    step = random.choice(("send", "preview"))
                    asking = browser.send(form, _nonsense(), ("step", step))
                elif flood.kind == "searches":
                    asking = browser.get(f"{flood.places.search}?q={_word()}+{random.getrandbits(30)}")
                else:
                    asking = browser.get(f"/khong-co-{random.getrandbits(40)}/")
                wanted = 404 if flood.kind == "missing" else 200
                answer = await seen(tally, "flood", asking, lambda answer: answer.status == wanted)  # noqa: B023
                if flood.kind == "forms" and form is None and answer is not None and answer.status == 200:
                    form = form_with(answer.text, "text", "title", "step")
            browser.close()

        await asyncio.gather(*[one(number) for number in range(flood.connections)])

    return work


def crawls(port: int, pages: list[tuple[str, str]], known: set, *, most: int, connections: int, seconds: float, done):
    """A crawler: (host, path) one after the other over some connections; it waits where it is told to.

    It follows the links of pages, too, until it has `most`, but not to what is `known`; `done`: the event that it sets
    in the end.
    """

    async def work(tally: Tally) -> None:
        waiting, until, met = list(reversed(pages)), time.monotonic() + seconds, known | set(pages)

        def follow(host: str, answer) -> None:
            for path in LINK.findall(answer.text):
                place = host, html.unescape(path)
                if len(met) - len(known) < most and place not in met:
                    met.add(place)
                    waiting.insert(0, place)

        async def one(number: int) -> None:
            browsers: dict[str, Browser] = {}
            while waiting and time.monotonic() < until:
                host, path = waiting.pop()
                browser = browsers.setdefault(host, Browser(port, source=address(50, number), host=host))
                answer = await seen(
                    tally,
                    "crawl",
                    browser.get(path),
                    lambda answer: answer.is_whole() or answer.status in (301, 302),
                    path,
                )
                if answer is not None and answer.status in REFUSALS:
                    waiting.append((host, path))
                    await asyncio.sleep(min(answer.wait_seconds, max(0.0, until - time.monotonic())))
                elif answer is not None and answer.status == 200:
                    follow(host, answer)
            for browser in browsers.values():
                browser.close()

        await asyncio.gather(*[one(number) for number in range(connections)])
        tally.counts["pages left"] = len(waiting)
        done.set()

    return work


def reads_signed_in(port: int, pages, cookie: str, *, connections: int, seconds: float):
    """People who are signed in, in the administration: nothing that was kept is theirs."""

    async def work(tally: Tally) -> None:
        until = time.monotonic() + seconds

        async def one(number: int) -> None:
            browser = Browser(port, source=address(60, number), cookie=cookie)
            while time.monotonic() < until:
                _, path, title = random.choice(pages)
                await seen(tally, "signed in", browser.get(path), lambda answer: answer.is_whole(title), path)  # noqa: B023
            browser.close()

        await asyncio.gather(*[one(number) for number in range(connections)])

    return work


async def until_it_says(port: int, places: list[tuple[str, str]], is_right, *, longest: float = 6) -> list[float]:
    """Ask for pages over and over until each says what is waited for; return the seconds, `longest` where none did."""
    began = time.monotonic()

    async def one(number: int, host: str, path: str) -> float:
        browser = Browser(port, source=address(70, number), host=host)
        try:
            while time.monotonic() - began < longest:
                try:
                    answer = await browser.get(path)
                    if is_right(answer):
                        return time.monotonic() - began
                except (OSError, TimeoutError, Wrong):
                    pass
                await asyncio.sleep(0.05)
        finally:
            browser.close()
        return longest

    return await asyncio.gather(*[one(number, *place) for number, place in enumerate(places)])


def mixed_by_wrk(folder: Path, port: int, paths: list[str], *, connections: int, seconds: float) -> tuple[Load, float]:
    """Ask for kept pages, plain, with what chats add (30 of 95) and with nonsense (10 of 95); as fast as they come.

    Return what `wrk` saw and its processor seconds. Raises Wrong without it.
    """
    if not shutil.which("wrk"):
        raise Wrong("wrk is not installed")
    quoted = [", ".join(f'"{value}"' for value in values) for values in (paths, TRACKING)]
    headers = {"Host": f"{HOST}:{port}", "Accept-Encoding": "gzip, deflate, br", "Accept": "text/html"}
    script = folder / "mix.lua"
    script.write_text(MIX % (*quoted, ", ".join(f'["{name}"] = "{value}"' for name, value in headers.items())))
    done = subprocess.run(
        [
            "bash",
            "-c",
            'time "$@"',
            "time",
            "wrk",
            "--latency",
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "30s",
            "-s",
            str(script),
            f"https://{HOST}:{port}/",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"TIMEFORMAT": "%U %S", "PATH": "/usr/local/bin:/usr/bin:/bin"},
        preexec_fn=stand_apart,
    )
    spent = sum(float(number) for number in re.findall(r"[\d.]+", done.stderr)[-2:])
    return load_of(done.stdout), spent


def _word() -> str:
    return quote_plus(random.choice(WORDS))


def _nonsense() -> dict:
    return {
        "title": f"Quảng cáo {random.getrandbits(30)}",
        "text": f"Nội dung gửi hàng loạt {random.getrandbits(60)}, đủ dài.",
        "consent": "on",
        "email": f"a{random.getrandbits(30)}@example.invalid",
    }
