"""The scenes of `crowd.py`: each begins with a cold portal, loads it, and says its lines against the goals.

`scene(stage, minutes, chosen)`; `chosen` are the options of the command. Raises Wrong where an answer is not what is
measured.
"""

import contextlib
import itertools
import multiprocessing
import os
import random
import signal
import time

from cpu import largest_mb, memory_mb
from crowd_citizens import Crowd, comes
from crowd_client import Tally, Wrong
from crowd_loads import (
    FLOODS,
    Flood,
    Kept,
    address,
    crawls,
    floods,
    mixed_by_wrk,
    reads_fresh,
    reads_kept,
    reads_signed_in,
    until_it_says,
    visits,
)
from crowd_stage import Apart, Stage, together, wait_for, why
from front import CITY, WARD
from gone_drill import take_down, taker
from kill_drill import APPROVER, WRITER, publish_one, workers_of

CITIZENS_A_MINUTE = 100
KEPT_A_SECOND, FRESH_A_SECOND = 25, 2
CRAWLED = 1265
KILLS_A_MINUTE = 4
PUBLICATIONS_A_MINUTE = 10
SIGNED_IN = "thuong-truc"
ARRIVED = """
from faq.models import Question
for number, text in Question.objects.filter(text__startswith="Cau hoi do tai {run} ").values_list("number", "text"):
    print(number, text.split()[5], len(text.replace(chr(13), "")))
"""
VOTES = """
from django.db.models import Sum
from base.models import PageOpinion
from servicecatalog.models import Satisfaction
said = PageOpinion.objects.aggregate(a=Sum("useful"), b=Sum("not_useful"))
print(sum(number or 0 for number in said.values()) + (Satisfaction.objects.aggregate(n=Sum("count"))["n"] or 0))
"""


def crowd(stage: Stage, minutes: float, chosen, *, name: str = "crowd", addresses: int = 1) -> None:
    """Citizens come, read, ask and vote; nothing may be refused or lost."""
    citizens = chosen.citizens or max(20, round(CITIZENS_A_MINUTE * minutes))
    run, before = int(time.time()) % 10**7, int(stage.portal.shell(VOTES)[-1])
    with stage.serving(name):
        sources = [address(10 + addresses % 7, number) for number in range(addresses)]
        came = Crowd(
            stage.front_port,
            stage.places,
            run,
            citizens,
            sources,
            minutes * 60,
            max(120, minutes * 60),
            chosen.without_script,
        )
        [tally] = together(comes(came))
    counted = int(stage.portal.shell(VOTES)[-1]) - before
    words = stage.portal.shell(ARRIVED.format(run=run))
    stored = {int(words[at + 1]): (words[at], int(words[at + 2])) for at in range(0, len(words), 3)}
    _say_citizens(stage, name, tally, stored)
    thanked = sum(row["thanked"] for row in tally.rows)
    stage.say(name, "votes thanked / counted", f"{thanked} / {counted}", "the same", thanked == counted and thanked > 0)
    stage.say_cost(name, tally)
    _note_proofs(stage, name, tally)


def many(stage: Stage, minutes: float, chosen) -> None:
    """The same citizens over 50 addresses."""
    crowd(stage, minutes, chosen, name="many", addresses=50)


def _say_citizens(stage: Stage, name: str, tally: Tally, stored: dict[int, tuple[str, int]]) -> None:
    for has_script, kind in ((True, "script"), (False, "plain")):
        own = [row for row in tally.rows if row["has_script"] == has_script]
        who = f"{len(own)} citizens {'with' if has_script else 'without'} scripts"
        counts = {key: number for key, number in tally.counts.items() if key.startswith(f"{kind} ")}
        asked = sum(number for key, number in counts.items() if key.endswith(" right"))
        refused = {key: n for key, n in counts.items() if key.rpartition(" ")[2] in ("429", "502", "503", "504")}
        told = ", ".join(f"{key.removeprefix(kind + ' ')}: {number}" for key, number in sorted(refused.items()))
        figure = f"{sum(refused.values())} beside {asked:,} answered{f' ({told})' if told else ''}"
        stage.say(name, f"{who}: refused", figure, "0" if has_script else "", not refused if has_script else None)
        lost = [row for row in own if row["number"] not in stored]
        thanked = [row for row in lost if row["question"]]
        stage.say(
            name,
            f"{who}: questions lost (thanked and lost)",
            f"{len(lost)} of {len(own)} ({len(thanked)})",
            "0",
            not lost,
        )
        gave_up = [row for row in own if row["gave_up"]]
        examples = sorted({row["gave_up"] for row in gave_up})[:3]
        figure = f"{len(gave_up)}{' (' + '; '.join(examples) + ')' if gave_up else ''}".replace("|", "/")
        stage.say(name, f"{who}: gave up", figure, "0", not gave_up)
        for key in sorted(counts):
            if key.endswith(": not given back"):
                stage.say(name, key.replace(kind, who, 1), counts[key], "0", counts[key] == 0)
            elif ": pressed " in key:
                # Where others wait at the same address, nobody can be told exactly when there is room for him.
                stage.say(name, key.replace(kind, who, 1), counts[key])
        waited = max((row["waited"] for row in own), default=0)
        pages, sent = tally.milliseconds(f"{kind} page", 0.99), tally.milliseconds(f"{kind} send", 0.99)
        stage.say(name, f"{who}: told to wait at most", f"{waited:.0f} s")
        stage.say(name, f"{who}: p99 of pages, of sending", f"{pages:.0f} ms, {sent:.0f} ms")
    _same_question(tally, stored)


def _same_question(tally: Tally, stored: dict[int, tuple[str, int]]) -> None:
    """Raise Wrong where what stands in the database is not what the receipt said."""
    for row in tally.rows:
        number, _length = stored.get(row["number"], (row["question"], 0))
        if row["question"] and number != row["question"]:
            raise Wrong(f"citizen {row['number']}: receipt {row['question']}, stored {number}")
    lengths = {length - len(str(number)) for number, (_, length) in stored.items()}
    if len(lengths) > 1:
        raise Wrong(f"questions came changed: lengths {sorted(lengths)}")


def _note_proofs(stage: Stage, name: str, tally: Tally) -> None:
    seconds = tally.taken.get("proof", [])
    if seconds:
        bits = {key: number for key, number in tally.counts.items() if key.startswith("proofs of ")}
        stage.notes.append(f"{name}: {len(seconds)} proofs of work, {sum(seconds):.0f} s of processor apart; {bits}")


def flood(stage: Stage, minutes: float, chosen) -> None:
    """Each kind of flood from one address and from 200; honest readers of kept and of fresh pages beside it."""
    with stage.serving("flood"):
        for at, (kind, addresses) in enumerate((kind, addresses) for kind in FLOODS for addresses in (1, 200)):
            stage.warm()
            seconds, network = minutes * 60, 20 + at
            sources = [address(network, number) for number in range(addresses)]
            attack = Flood(
                stage.front_port,
                kind,
                stage.places,
                sources,
                50 if addresses == 1 else 200,
                chosen.flood_per_second,
                seconds,
            )
            readers, fresh, attacker, *neighbour = together(
                reads_kept(Kept(stage.front_port, stage.kept, KEPT_A_SECOND, seconds)),
                reads_fresh(stage.front_port, stage.places, FRESH_A_SECOND, seconds, network=31 + at),
                floods(attack),
                # Behind the same address as somebody who tries names.
                *(
                    [reads_fresh(stage.front_port, stage.places, 0.2, seconds, alone=sources[0])]
                    if addresses == 1
                    else []
                ),
            )
            name = f"flood of {kind}, {addresses} address{'es' if addresses > 1 else ''}"
            stage.say_kept(name, readers, p50=5, p99=50)
            _say_fresh(stage, name, fresh)
            if neighbour:
                refused, right = neighbour[0].refused("fresh"), neighbour[0].right("fresh")
                stage.say(name, "fresh pages refused behind the flood's own address", f"{refused} of {refused + right}")
            right, refused, other = (count("flood") for count in (attacker.right, attacker.refused, attacker.other))
            rate = (right + refused + other) / seconds
            stage.say(name, "flood: a second, answered / refused / other", f"{rate:.0f}, {right} / {refused} / {other}")
            if not right + refused:
                raise Wrong(f"{name}: {attacker.counts} {attacker.examples}")
            stage.say_cost(name, readers, fresh, attacker)
            time.sleep(2)


def _say_fresh(stage: Stage, name: str, fresh: Tally) -> None:
    refused, right, other = fresh.refused("fresh"), fresh.right("fresh"), fresh.other("fresh")
    share = (refused + other) / max(1, refused + right + other)
    figure = f"{refused + other} of {refused + right + other}{why(fresh, 'fresh')}"
    stage.say(name, "honest fresh pages refused", figure, "≤ 1 in 20", share <= 0.05)
    waited = f"{fresh.milliseconds('fresh', 0.5):.0f}, {fresh.milliseconds('fresh', 0.99):.0f} ms"
    stage.say(name, "honest fresh page p50, p99", waited)


def kept(stage: Stage, minutes: float, chosen) -> None:
    """As many kept pages as there are, plain, tracked and with nonsense; people signed in beside them.

    Of 100 connections 5 would be signed in; a page made for one costs as much as hundreds of kept ones, so these ask on
    3 connections of their own beside 57 for what is kept.
    """
    # One generator stands for very many readers, so nginx has no brake by address here.
    with stage.serving("kept", rate=100_000):
        cookies = stage.portal.person(SIGNED_IN).session.cookies
        cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)
        stage.warm()
        seconds, city = minutes * 60, [page for page in stage.kept if page[0] == CITY]
        beside = Apart(
            reads_signed_in(stage.front_port, city, cookie, connections=3, seconds=seconds),
            reads_kept(Kept(stage.front_port, city, 10, seconds, tracking=0.3, random=0.1)),
        )
        paths = [path for _, path, _ in city]
        load, spent = mixed_by_wrk(stage.portal.var, stage.front_port, paths, connections=57, seconds=seconds)
        signed, readers = beside.tallies()
        stage.say("kept", "requests a second", f"{load.per_second:,.0f}", "≥ 10,000", load.per_second >= 10_000)
        stage.say("kept", "p50, p99 of them", f"{load.p50_ms:.1f}, {load.p99_ms:.0f} ms")
        stage.say("kept", "refused or broken", load.errors, "0", load.errors == 0)
        stage.say_kept("kept", readers, p50=None, p99=50)
        wrong = signed.refused("signed in") + signed.other("signed in")
        figure = f"{signed.right('signed in') / seconds:.1f} a second, {wrong} wrong {signed.examples or ''}"
        stage.say("kept", "pages for people signed in", figure, "0 wrong", wrong == 0 and signed.right("signed in") > 0)
        stage.say_cost("kept", signed, readers)
        stage.notes.append(f"kept: wrk {spent:.0f} s of processor")


def spike(stage: Stage, minutes: float, chosen) -> None:
    """Readers by the hundred; articles are published over the screens, one is taken down by another process."""
    seconds, times = minutes * 60, max(2, round(PUBLICATIONS_A_MINUTE * minutes))
    [section], [unit] = stage.found["section"], stage.found["unit"]
    run = int(time.time()) % 10**6
    with stage.serving("spike"), contextlib.ExitStack() as stack:
        writer, approver = stage.portal.person(WRITER), stage.portal.person(APPROVER)
        wrong = publish_one(writer, approver, section, unit, f"Ngap duong dien tap {run} sai")
        right = f"Ngap duong dien tap {run} dung"
        publish_one(writer, approver, section, unit, right)
        process = stack.enter_context(taker(stage.portal, wrong))
        stage.warm()
        # Every second reader opens the warning itself.
        warning = [(host, path, right) for host, path in _places(right)[:2]]
        load = Apart(
            visits(stage.front_port, stage.kept + warning * (len(stage.kept) // 2), chosen.spike_per_second, seconds)
        )
        began, delays, gone = time.monotonic(), [], []
        for number in range(times):
            time.sleep(max(0.0, began + number * seconds / times - time.monotonic()))
            title = f"Ngap duong dien tap {run} {number}"
            publish_one(writer, approver, section, unit, title)
            named = lambda answer: answer.is_whole(title)  # noqa: B023, E731
            delays += wait_for(until_it_says(stage.front_port, _places(title), named))
            if number == times // 2:
                take_down(process)
                where = _places(f"Ngap duong dien tap {run} sai")[:2]
                gone = wait_for(until_it_says(stage.front_port, where, lambda answer: answer.status == 410))
        [readers] = load.tallies()
        took = time.monotonic() - began
        stage.say_kept("spike", readers, p50=None, p99=200)
        in_time = sum(delay <= 1 for delay in delays)
        figure = (
            f"{in_time} of {len(delays)} (longest {max(delays):.1f} s, median {sorted(delays)[len(delays) // 2]:.1f} s)"
        )
        stage.say(
            "spike", "publications seen within 1 s", figure, f"{len(delays)} of {len(delays)}", in_time == len(delays)
        )
        stage.say("spike", "410 within", " and ".join(f"{delay:.1f} s" for delay in gone), "≤ 1 s", max(gone) <= 1)
        late = [sum(delay > 1 for delay in delays[at::8]) for at in range(8)]
        stage.notes.append(
            f"spike: seen late, of {times} each (city, ward): "
            + ", ".join(
                f"{name} {late[2 * at]} {late[2 * at + 1]}"
                for at, name in enumerate(("article", "list", "feed", "home"))
            )
        )
        stage.say(
            "spike", "pages a second, publications", f"{readers.right('kept') / seconds:.0f}, {times} in {took:.0f} s"
        )
        stage.say_cost("spike", readers)


def _places(title: str) -> list[tuple[str, str]]:
    """Where a publication must be seen: the article first, its list, its feed, its ward's home; on both hosts."""
    slug = title.lower().replace(" ", "-")
    own = (f"tin-tuc/{slug}/", "tin-tuc/", "tin-tuc/rss/", "")
    return [place for path in own for place in ((CITY, f"/my-long/{path}"), (WARD, f"/{path}"))]


def crawl(stage: Stage, minutes: float, chosen) -> None:
    """A crawler opens every page that nobody kept, over eight connections, while others read kept ones."""
    with stage.serving("crawl"):
        known = {(host, path) for host, path, _ in stage.kept}
        pages = [
            (host, path) for host in stage.found["host"] for path in stage.pages(host) if (host, path) not in known
        ]
        random.Random(1).shuffle(pages)
        pages = pages[:CRAWLED]
        stage.warm()
        done = multiprocessing.get_context("fork").Event()
        began = time.monotonic()
        crawler, readers = together(
            crawls(stage.front_port, pages, known, most=CRAWLED, connections=8, seconds=minutes * 60, done=done),
            reads_kept(Kept(stage.front_port, stage.kept, KEPT_A_SECOND, minutes * 60, done=done)),
        )
        took, right = time.monotonic() - began, crawler.right("crawl")
        stage.say_kept("crawl", readers, p50=None, p99=50)
        figure = f"{right} of {CRAWLED:,} in {took:.0f} s, {crawler.refused('crawl')} refused"
        figure += f", {crawler.other('crawl')} other, {crawler.counts['pages left']} left"
        stage.say("crawl", "cold pages crawled", figure)
        if not right:
            raise Wrong(f"nothing was crawled: {crawler.counts} {crawler.examples}")
        stage.say_cost("crawl", crawler, readers)


def kill(stage: Stage, minutes: float, chosen) -> None:
    """Workers die by SIGKILL; each time one is left, and the supervisor starts another."""
    with stage.serving("kill") as server:
        stage.warm()
        seconds, times = minutes * 60, max(1, round(KILLS_A_MINUTE * minutes))
        load = Apart(
            reads_kept(Kept(stage.front_port, stage.kept, 2 * KEPT_A_SECOND, seconds)),
            reads_fresh(stage.front_port, stage.places, 5, seconds),
        )
        began, kills = time.monotonic(), []
        for number in range(times):
            time.sleep(max(0.0, began + (number + 0.5) * seconds / times - time.monotonic()))
            until = time.monotonic() + 30
            while len(workers := workers_of(server.pid)) < 2 and time.monotonic() < until:
                time.sleep(0.2)
            if len(workers) > 1:
                os.kill(random.choice(workers), signal.SIGKILL)
                kills.append(time.monotonic())
        readers, fresh = load.tallies()
        if not kills:
            raise Wrong("no worker could be killed")
        stage.say_kept("kill", readers, p50=None, p99=200)
        gaps = [_gap(fresh, *pair) for pair in itertools.pairwise([*kills, float("inf")])]
        figure = f"{max(gaps):.1f} s beside {fresh.right('fresh')} right{why(fresh, 'fresh')}"
        stage.say("kill", f"{len(kills)} kills: errors on fresh pages for at most", figure, "≤ 1 s", max(gaps) <= 1)
        stage.say_cost("kill", readers, fresh)


def _gap(fresh: Tally, moment: float, following: float) -> float:
    """How long after a kill, and before the following one, somebody still got an error; 0 for none."""
    ends = [row["ended"] - moment for row in fresh.rows if moment <= row["ended"] < following]
    return max(ends, default=0.0)


def soak(stage: Stage, minutes: float, chosen) -> None:
    """A mix of everything; the memory of all processes of the server in the second half of the run.

    The first half warms up: the caches of a process (pages, templates, compiled statements) fill for some
    twenty minutes under this load and then stand (see ``results/2026-11-29-crowd.md``).
    """
    with stage.serving("soak") as server:
        stage.warm()
        seconds, run = minutes * 60, int(time.time()) % 10**7
        everywhere = [address(12, number) for number in range(50)]
        citizens = Crowd(
            stage.front_port,
            stage.places,
            run,
            max(5, round(seconds / 3)),
            everywhere,
            seconds,
            30,
            chosen.without_script,
        )
        tries = Flood(stage.front_port, "missing", stage.places, everywhere, 5, 2, seconds)
        load = Apart(
            reads_kept(Kept(stage.front_port, stage.kept, 60, seconds, tracking=0.3, random=0.1)),
            reads_fresh(stage.front_port, stage.places, 3, seconds),
            floods(tries),
            comes(citizens),
        )
        until, used, largest, kinds = time.monotonic() + seconds, [], [], []
        while time.monotonic() < until:
            used.append(memory_mb([server.pid]))
            kinds.append([memory_mb([server.pid], f"Pss_{kind}") for kind in ("Anon", "Shmem", "File")])
            largest.append(largest_mb([server.pid]))
            time.sleep(max(1, seconds / 240))
        readers, *others = load.tallies()
        tenths = [kinds[len(kinds) * tenth // 10] for tenth in range(10)] + kinds[-1:]
        for kind, values in zip(("their own", "shared tables", "files"), zip(*tenths, strict=True), strict=True):
            stage.notes.append(f"soak: {kind}, MB by tenths: {', '.join(f'{value:.0f}' for value in values)}")
        used = used[len(used) // 2 :]
        third = max(1, len(used) // 3)
        grown = sum(used[-third:]) / third - sum(used[:third]) / third
        most = max(largest)
        stage.say("soak", "memory of the largest process (RSS), most", f"{most:.0f} MB", "≤ 300 MB", most <= 300)
        stage.say("soak", "memory of all of them (PSS), most", f"{max(used):.0f} MB")
        stage.say(
            "soak",
            "grown from the first third after the warm-up to the last",
            f"{grown:+.1f} MB",
            "flat: ≤ 5 MB",
            grown <= 5,
        )
        stage.say_kept("soak", readers, p50=None, p99=50)
        stage.say_cost("soak", readers, *others)


# Name: (scene, its own minutes).
SCENES = {
    "crowd": (crowd, 10),
    "many": (many, 10),
    "flood": (flood, 0.5),
    "kept": (kept, 0.5),
    "spike": (spike, 1),
    "crawl": (crawl, 5),
    "kill": (kill, 1),
    "soak": (soak, 40),
}
