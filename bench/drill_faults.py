"""The faults of `drill.py`: each function breaks one thing under load, mends it, and notes in its row what it saw.

What all rows measure (requests, acknowledged and lost, kept pages, memory) is counted elsewhere. `row.mended` is the
moment at which the machine was left to itself again; `Drill.settle` waits until it is whole.
"""

import contextlib
import os
import re
import signal
import time

import requests
from crowd_stage import Apart
from drill_figures import Row
from drill_mix import Timeline, spike, upload_one
from faults import NOT_WRITTEN
from front import CITY, WARD, ask
from gone_drill import take_down, taker
from kill_drill import WRITER, workers_of

LISTED = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"
SPIKE_TIMES = 50
MAILS = 20


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def web(drill, row: Row) -> None:
    """A worker of each web server dies, the second when the first is back."""
    for service, port in zip(drill.machine.webs, drill.machine.ports, strict=True):
        for worker in workers_of(service.pid, 0):
            kill(worker)
        row.mended = time.monotonic()
        drill.machine.wait_for_web(port)
        row.back = max(row.back, time.monotonic() - row.mended)
        drill.pause(3)
    drill.settle(row)


def jobs(drill, row: Row) -> None:
    """The process of the periodic work dies."""
    since = drill.machine.now()
    kill(drill.machine.jobs.pid)
    row.mended = time.monotonic()
    drill.settle(row, jobs_since=since)


def backend(drill, row: Row) -> None:
    """A process of PostgreSQL that answers a client dies: PostgreSQL cuts all connections and recovers."""
    for _ in range(2):
        if pid := drill.machine.asked(LISTED):
            kill(int(pid))
        row.mended = time.monotonic()
        drill.machine.wait_for_afresh()
        row.back = max(row.back, time.monotonic() - row.mended)
        drill.pause(2)
    drill.settle(row)


def database(drill, row: Row) -> None:
    """PostgreSQL is away for a while; an article was taken down at the moment that it went."""
    machine = drill.machine
    page, title = drill.publish_one()
    with taker(machine.portal, page) as process:
        places = [(CITY, f"/my-long/tin-tuc/{slug(title)}/"), (WARD, f"/tin-tuc/{slug(title)}/")]
        lists = [(CITY, "/my-long/tin-tuc/"), (CITY, "/"), (WARD, "/"), (WARD, "/tin-tuc/")]
        feeds = [(CITY, "/my-long/tin-tuc/rss/"), (WARD, "/tin-tuc/rss/"), (CITY, "/my-long/")]
        naming = []
        for host, path in places + lists + feeds:
            if title.encode() in ask("nginx", machine.front_port, host, path, "identity")[2]:
                naming.append(f"{host}{path}")
        row.gone = frozenset(naming)
        take_down(process)
        machine.portal.database.crash()
    until, asked, shown = time.monotonic() + drill.options.stopped_seconds, 0, []
    while time.monotonic() < until:
        for host, path in places + lists:
            with contextlib.suppress(OSError):
                status, _, body = ask("nginx", machine.front_port, host, path, "identity")
                asked += 1
                # At its own address the answer 410 says what stood there (Quy chế Điều 21.2).
                if title.encode() in body and not (status == 410 and (host, path) in places):
                    shown.append(f"{status} {host}{path}")
        time.sleep(0.5)
    machine.portal.database.start()
    row.mended = time.monotonic()
    drill.settle(row)
    row.expect(f"taken down as it went away: named by {len(shown)} of {asked} answers", not shown)
    statuses = [ask("nginx", machine.front_port, host, path, "identity")[0] for host, path in places]
    row.expect(f"afterwards {statuses}", set(statuses) == {410})


def media(drill, row: Row) -> None:
    """The disk of uploaded files is full."""
    _full(drill, row, "media")
    writer = drill.machine.portal.person(WRITER)
    upload_one(writer, f"Sau khi day {time.time_ns()}")
    row.expect("afterwards a picture is taken", True)


def volume(drill, row: Row) -> None:
    """The disk of the database is full."""
    _full(drill, row, "postgresql")


def _full(drill, row: Row, name: str) -> None:
    machine = drill.machine
    if name not in machine.volumes.mounted:
        row.expect("not tried: nothing may be mounted here", True)
        row.mended = time.monotonic()
        return
    folder = machine.volumes.mounted[name]
    filler = machine.volumes.fill(name)
    try:
        until, refused, taken = time.monotonic() + drill.options.fault_seconds, [], 0
        while time.monotonic() < until:
            try:
                upload_one(machine.portal.person(WRITER), f"Khi day {time.time_ns()}")
                taken += 1
            except (requests.RequestException, AttributeError) as error:
                refused.append(re.sub(r"\d{6,}", "…", str(error))[:160])
            drill.pause(2)
    finally:
        filler.unlink()
    row.mended = time.monotonic()
    process = machine.portal.database.process
    drill.pause(1)
    if process.poll() is not None:
        machine.portal.database.start()
        row.expect("PostgreSQL had ended and was started", True)
    drill.settle(row)
    row.expect(f"pictures refused {len(refused)}, taken {taken}; {refused[0] if refused else ''}", True)
    if name == "media":
        empty = [path.name for path in folder.rglob("*") if path.is_file() and not path.stat().st_size]
        row.expect(f"{len(empty)} empty files left", not empty)
        row.expect("each refusal says why", bool(refused) and all(NOT_WRITTEN in text for text in refused))


def mail(drill, row: Row) -> None:
    """The mail server takes connections and says nothing, then is well."""
    machine, sink, mark = drill.machine, drill.machine.sink, f"t{time.time_ns()}"
    sink.taken.clear()
    sink.mode = "hang"
    machine.portal.shell(
        "from django.core.mail import send_mail\n"
        f"for n in range({MAILS}): send_mail('Thử', 'x', None, [f'{mark}-{{n}}@example.invalid'])"
    )
    drill.pause(drill.options.fault_seconds)
    sink.mode = "ok"
    row.mended = time.monotonic()
    until = time.monotonic() + 240
    while len(ours(sink, mark)) < MAILS and time.monotonic() < until:
        drill.release_mail()
        drill.pause(3)
    row.back = time.monotonic() - row.mended
    numbers = ours(sink, mark)
    row.expect(
        f"{len(set(numbers))} of {MAILS} mails came (pauses of minutes between tries set aside), "
        f"{len(numbers) - len(set(numbers))} twice",
        len(set(numbers)) == MAILS and len(numbers) == MAILS,
    )
    drill.settle(row)


def ours(sink, mark: str) -> list[str]:
    return [number for recipient, number in sink.taken if recipient.startswith(mark)]


def day(drill, row: Row) -> None:
    """The clock of the periodic work stands a day ahead for a while, and is put right."""
    machine = drill.machine
    machine.jobs.stop()
    ahead = machine.jobs_runner(days_ahead=1)
    machine.more.append(ahead)
    ahead.start()
    drill.pause(max(20, drill.options.fault_seconds))
    machine.more.remove(ahead)
    ahead.close()
    since = machine.now()
    machine.jobs.start()
    row.mended = time.monotonic()
    drill.settle(row, jobs_since=since)
    row.expect("by time_machine in the process of the jobs", True)


def two(drill, row: Row) -> None:
    """A second process of the periodic work runs beside the first; what is due at an hour comes once."""
    machine = drill.machine
    second = machine.jobs_runner()
    machine.more.append(second)
    second.start()
    made = drill.schedule(seconds=45, articles=5)
    live, entries = drill.until_published(made)
    row.expect(f"{live} of 5 articles of an hour public, {entries} times published", (live, entries) == (5, 5))
    machine.more.remove(second)
    second.close()
    # The hour that was waited for is no part of the fault.
    row.mended = time.monotonic()
    drill.settle(row)


def crowd(drill, row: Row) -> None:
    """Fifty times as many readers."""
    row.p99_goal = True
    machine, options = drill.machine, drill.options
    rate = SPIKE_TIMES * options.per_second
    [tally] = Apart(spike(machine.front_port, machine.kept, rate, options.fault_seconds), make=Timeline).tallies()
    drill.seen += tally.seen
    row.mended = time.monotonic()
    row.expect(f"{tally.right('kept') / options.fault_seconds:.0f} of {rate:.0f} pages a second", True)
    if waiting := tally.counts["not begun"]:
        row.expect(f"{waiting} readers could not begin", True)
    drill.settle(row)


def rolling(drill, row: Row) -> None:
    """Each server is started anew in turn, as `deploy/upgrade` does it: nginx does not ask it meanwhile."""
    machine = drill.machine
    for service, port in zip(machine.webs, machine.ports, strict=True):
        machine.front.ask_servers([other for other in machine.ports if other != port])
        drill.pause(2)
        service.stop()
        service.start()
        machine.wait_for_web(port)
        machine.front.ask_servers(machine.ports)
        drill.pause(2)
    row.mended = time.monotonic()
    drill.settle(row)


def front(drill, row: Row) -> None:
    """nginx is away for five seconds."""
    row.is_front_away = True
    drill.machine.front.stop()
    drill.pause(5)
    drill.machine.front.start()
    row.mended = time.monotonic()
    drill.settle(row)


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")


# In this order: the name on the command line, what the table says, the function.
FAULTS = {
    "web": ("kill -9 of a worker of each web server", web),
    "jobs": ("kill -9 of the jobs", jobs),
    "backend": ("kill -9 of two backends of PostgreSQL", backend),
    "database": ("PostgreSQL stopped, take-down at that moment", database),
    "media": ("disk full: uploaded files", media),
    "volume": ("disk full: database", volume),
    "mail": ("mail server hangs", mail),
    "day": ("jobs a day ahead, then back", day),
    "two": ("two processes of the jobs", two),
    "spike": (f"readers × {SPIKE_TIMES}", crowd),
    "rolling": ("rolling restart of the servers", rolling),
    "front": ("nginx away for 5 s", front),
}
