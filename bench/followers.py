"""Tell 10,000 people of 200 changes while the mail server is away and the jobs are killed; count what each was told.

    python bench/followers.py --people 10000 --changes 200 --database postgresql

1. A small city on a database of its own and people who follow one of its sections, and a search each, some at once,
some "daily" and "weekly" (`DAY` and `WEEK` are seconds here). 2. Pages are published, some removed at once or later;
people leave meanwhile. The two lanes of the jobs (spread and write; deliver) are processes that die by SIGKILL again
and again; the mail server refuses connections for a third of the time. 3. Afterwards each mail that the server took is
compared with who followed what: each page once to each person, none before its publication, after its removal or to a
person who had left; its removal to all who were told of it; and no address is anywhere but encrypted, in database,
output, log and names of files. Bounds of mails a minute and of entries a mail are lifted. Loopback only; ends after
`--most-seconds`, and says then what was still waiting.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

from chosen_database import database_of

ROOT = Path(__file__).resolve().parent.parent
LEAVING_SHARE, REMOVED_SHARE = 0.05, 0.1
# Of so many changes the mail server is away for the last third.
OUTAGE_EVERY = 30
# How long a job works before it is killed, after the time that one takes to start here.
WORKS_SECONDS = 1.0, 6.0
FEWEST_KILLS = 3
DAY, WEEK = 20.0, 60.0
FREQUENCIES = ("at_once", "daily", "daily", "weekly", "weekly")
LANES = ("telling", "delivering")
ADDRESS = "nguoi-{}@thu-{}.example.invalid"
HOSTS = 20
# Words that no page has by itself: "bala", "bale" …; a page has three, a search asks for one or two.
WORDS = [f"{first}{second}{last}" for first in "bdgkmn" for second in ("ala", "eko", "ive") for last in "aeou"]
TITLE = re.compile(r"(Mới đăng|Đã gỡ bỏ): (Tin thử \d{5})\b")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--people", type=int, default=10_000)
    options.add_argument("--changes", type=int, default=200)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--most-seconds", type=int, default=3600)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--work", choices=LANES, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
    if chosen.work:
        return work(chosen.work)
    with ExitStack() as stack:
        os.environ["PORTAL_VAR"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-followers-"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
        stack.enter_context(database_of(chosen.database))
        return measure(chosen)


# --- The jobs ------------------------------------------------------------------------------------------


def work(lane: str) -> int:
    """One lane of the jobs, again and again until killed: what `run_jobs --forever` does, without pauses and bounds."""
    setup(int(os.environ["BENCH_SMTP_PORT"]))
    from django.utils import timezone  # noqa: PLC0415  Django is set up above

    from base.operations import mail  # noqa: PLC0415
    from subscriptions import sending, spreading  # noqa: PLC0415

    sending.MOST_A_MINUTE = sending.MOST_A_HOST = sending.MOST_IN_A_MAIL = 1_000_000
    sending.slot = slot
    while True:
        now = timezone.now()
        if lane == "delivering":
            mail.deliver_due(on=now)
        else:
            spreading.spread(on=now)
            sending.send_due(on=now)
        time.sleep(0.1)


def slot(frequency: str, on):
    """When those with a frequency were to be told last, as `sending.slot`."""
    seconds = {"daily": DAY, "weekly": WEEK}.get(frequency, 0)
    return on - timedelta(seconds=on.timestamp() % seconds) if seconds else on


def setup(port: int) -> None:
    import django  # noqa: PLC0415  the database is named in the environment first
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    settings.PORTAL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_BACKEND = "base.operations.mail.OutboxBackend"
    settings.PORTAL_MAIL_RETURNS = "tra-ve@example.invalid"
    from base.operations import mail  # noqa: PLC0415

    mail.PAUSE = mail.LEASE = timedelta(seconds=2)


class Jobs:
    """The processes of both lanes; `kill_some` ends each that has run long enough and starts it anew."""

    def __init__(self, dice: random.Random, log: Path, start_seconds: float):
        self.dice, self.log, self.start_seconds, self.kills = dice, log, start_seconds, 0
        self.running: dict[str, tuple[subprocess.Popen, float]] = {}

    def kill_some(self, *, is_sparing: bool = False) -> None:
        for lane in LANES:
            process, dies_at = self.running.get(lane, (None, 0.0))
            if process is not None and (is_sparing or time.monotonic() < dies_at) and process.poll() is None:
                continue
            if process is not None:
                process.send_signal(signal.SIGKILL)
                process.wait()
                self.kills += 1
            with self.log.open("a") as log:
                command = [sys.executable, __file__, "--work", lane]
                process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT)
            self.running[lane] = process, time.monotonic() + self.start_seconds + self.dice.uniform(*WORKS_SECONDS)

    def stop(self) -> None:
        for process, _dies_at in self.running.values():
            process.kill()
            process.wait()


class Server:
    """The mail server, which comes and goes; `taken` are all mails that it took."""

    def __init__(self, port: int):
        self.port, self.sink, self.earlier = port, None, []

    def be(self, is_there: bool) -> None:
        from tests.smtp import SmtpSink  # noqa: PLC0415

        if is_there and self.sink is None:
            self.sink = SmtpSink(port=self.port)
            self.sink.__enter__()
        elif not is_there and self.sink is not None:
            self.earlier += self.sink.received
            self.sink.__exit__(None, None, None)
            self.sink = None

    @property
    def taken(self) -> list:
        return self.earlier + (self.sink.received if self.sink is not None else [])

    def count(self) -> int:
        return len(self.earlier) + (len(self.sink.received) if self.sink is not None else 0)


# --- The story -----------------------------------------------------------------------------------------


def measure(chosen) -> int:
    from tests.smtp import closed_port  # noqa: PLC0415

    dice, port, began = random.Random(chosen.seed), closed_port(), time.monotonic()
    os.environ["BENCH_SMTP_PORT"] = str(port)
    setup(port)
    start_seconds = 2 * (time.monotonic() - began)
    city, sections = build(chosen.database)
    people = follow(dice, sections, chosen.people)
    print(f"{len(people)} người theo dõi, chuẩn bị {time.monotonic() - began:.0f} giây", flush=True)
    began, pages, left, every = time.monotonic(), {}, {}, min(OUTAGE_EVERY, chosen.changes)
    jobs, server = Jobs(dice, Path(os.environ["PORTAL_VAR"]) / "jobs.log", start_seconds), Server(port)
    try:
        while len(pages) < chosen.changes and time.monotonic() - began < chosen.most_seconds:
            server.be(len(pages) % every < every * 2 // 3)
            jobs.kill_some()
            change(dice, city, sections, pages, server)
            leave(dice, people, left, chosen, server)
        print(
            f"{len(pages)} thay đổi trong {time.monotonic() - began:.0f} giây, đã nhận {server.count()} thư", flush=True
        )
        server.be(True)
        waiting = wait(jobs, pages, chosen, began)
        # All has been told by now.
        remove(next(title for title, page in pages.items() if page["removed"] is None), pages, city, server)
        waiting = waiting or wait(jobs, pages, chosen, began)
    finally:
        jobs.stop()
    seconds = time.monotonic() - began
    received = server.taken
    server.be(False)
    if waiting:
        print(f"Hết {chosen.most_seconds} giây mà còn chờ: {waiting}")
    print(f"{len(pages)} thay đổi, {len(received)} thư, {jobs.kills} lần việc bị dừng, {seconds:.0f} giây")
    return int(compare(people, pages, left, received, jobs.log) or bool(waiting))


def wait(jobs: Jobs, pages: dict, chosen, began: float) -> str:
    """Let the jobs tell what is left, killed some times more; return what still waits when the time is over."""
    most_kills = max(FEWEST_KILLS, jobs.kills + chosen.changes / 20)
    while time.monotonic() - began < chosen.most_seconds:
        waiting = what_waits(pages)
        if not waiting and jobs.kills >= FEWEST_KILLS:
            return ""
        jobs.kill_some(is_sparing=jobs.kills >= most_kills)
        time.sleep(1)
    return what_waits(pages)


def build(database: str):
    """Return the city and sections of its sites."""
    from django.core.management import call_command  # noqa: PLC0415

    from tests import city as cities  # noqa: PLC0415
    from tests import migrated  # noqa: PLC0415

    if database == "sqlite":
        migrated.copy_to(Path(os.environ["PORTAL_VAR"]) / "portal.sqlite3")
    call_command("migrate", verbosity=0)
    city = cities.build_city()
    sections = [city.section(site) for site in (city.site, city.my_long, city.my_xuyen, city.dong_xuyen)]
    return city, [*sections, city.section(city.site, "chi-dao-dieu-hanh")]


def follow(dice, sections, count: int) -> dict:
    """Let people follow a section and a search each, confirmed; return {address: (section's key, words)}."""
    from django.utils import timezone  # noqa: PLC0415

    from subscriptions import addresses, following  # noqa: PLC0415
    from subscriptions.models import Subscriber, Subscription  # noqa: PLC0415

    now, people, rows = timezone.now(), {}, []
    for number in range(count):
        email = ADDRESS.format(number, number % HOSTS)
        people[email] = dice.choice(sections).pk, tuple(sorted(dice.sample(WORDS, dice.choice((1, 2)))))
        rows.append(
            Subscriber(
                email=email,
                mail_digest=addresses.box_digest(email),
                domain_digest=addresses.domain_digest(email),
                word=addresses.new_word(),
                frequency=FREQUENCIES[number % len(FREQUENCIES)],
                state="active",
                asked_at=now,
                confirmed_at=now,
            )
        )
    Subscriber.objects.bulk_create(rows, batch_size=500)
    keys = dict(Subscriber.objects.values_list("mail_digest", "pk"))
    searches = {words: following.find(following.SEARCH, " ".join(words)) for _section, words in people.values()}
    followed = [
        Subscription(
            subscriber_id=keys[addresses.box_digest(email)], followed=key, words=words, asked_at=now, confirmed_at=now
        )
        for email, (section, asked) in people.items()
        for key, words in ((f"muc-{section}", ""), (searches[asked].key, searches[asked].words))
    ]
    Subscription.objects.bulk_create(followed, batch_size=500)
    return people


def change(dice, city, sections, pages: dict, server: Server) -> None:
    """Publish one page; note its section, its words and when it became public; now and then remove one."""
    from tests import factories  # noqa: PLC0415
    from tests.city import publish  # noqa: PLC0415

    section, words, before = dice.choice(sections), dice.sample(WORDS, 3), server.count()
    title = f"Tin thử {len(pages):05}"
    draft = factories.article(section, by=city.cast.editor, title=f"{title} {' '.join(words)}")
    pages[title] = {"section": section.pk, "words": set(words), "before": before, "removed": None}
    pages[title]["page"] = publish(draft, by=city.cast.editor)
    if dice.random() < REMOVED_SHARE:
        # The newest, or one that many were told of.
        remove(dice.choice([title, dice.choice(list(pages))]), pages, city, server)


def remove(title: str, pages: dict, city, server: Server) -> None:
    from workflows.publishing import takedown  # noqa: PLC0415

    if pages[title]["removed"] is None:
        takedown.emergency_remove(pages[title]["page"], by=city.cast.head, reason="Thử gỡ.")
        pages[title]["removed"] = server.count()


def leave(dice, people, left: dict, chosen, server: Server) -> None:
    """Let some people leave, in equal parts over the changes."""
    from subscriptions import addresses, managing  # noqa: PLC0415
    from subscriptions.models import Subscriber  # noqa: PLC0415

    for _person in range(max(1, round(chosen.people * LEAVING_SHARE / chosen.changes))):
        email = dice.choice(list(people))
        subscriber = Subscriber.objects.filter(mail_digest=addresses.box_digest(email)).first()
        if subscriber is not None:
            managing.leave_all(subscriber)
            left[email] = server.count()


def what_waits(pages: dict) -> str:
    """Return what has still to be told, "" for nothing."""
    from base.models import OutgoingMail  # noqa: PLC0415
    from subscriptions.models import PublicChange, Telling  # noqa: PLC0415

    changes = PublicChange.objects.filter(spread_at=None).count()
    tellings = Telling.objects.filter(Telling.PENDING).count()
    mails = OutgoingMail.objects.filter(state__in=("queued", "sending"), key__startswith="subscription-").count()
    removed = [page["page"].pk for page in pages.values() if page["removed"] is not None]
    mailed = Telling.objects.filter(change__page_id__in=removed).exclude(mailing=None)
    noted = PublicChange.objects.filter(kind=PublicChange.Kind.GONE).values("page_id")
    changes += mailed.exclude(change__page_id__in=noted).values("change__page_id").distinct().count()
    return f"{changes} thay đổi, {tellings} tin, {mails} thư" if changes or tellings or mails else ""


# --- What each was told --------------------------------------------------------------------------------


def compare(people, pages, left, received, log: Path) -> bool:
    """Compare what the server took with what each person was to be told; print it, tell whether anything is wrong."""
    told, ends, found = Counter(), Counter(), Counter()
    known_ids: set[tuple[str, str]] = set()
    for place, (recipient, data) in enumerate(received):
        if not recipient.startswith("nguoi-"):
            continue
        message = message_from_bytes(data.rstrip(b"\r\n.").replace(b"\r\n..", b"\r\n."))
        if (recipient, message["Message-ID"]) in known_ids:
            # A job was killed after the server took it: the receiver folds the two.
            found["cùng Message-ID gửi lại sau khi bị dừng"] += 1
            continue
        known_ids.add((recipient, message["Message-ID"]))
        # One mail may have been on its way when its person left, or the page went.
        found["sau khi thôi nhận"] += place > left.get(recipient, len(received))
        for what, title in set(TITLE.findall(message.get_payload(decode=True).decode())):
            (told if what == "Mới đăng" else ends)[recipient, title] += 1
            removed = pages[title]["removed"]
            found["trước khi đăng"] += place < pages[title]["before"]
            found["sau khi gỡ"] += what == "Mới đăng" and removed is not None and place > removed
    wanted = {(email, title) for email in people for title, page in pages.items() if concerns(people[email], page)}
    staying = {pair for pair in wanted if pair[0] not in left}
    removed = {pair for pair in staying if pages[pair[1]]["removed"] is not None}
    found["báo hai lần"] = sum(count > 1 for count in (*told.values(), *ends.values()))
    found["bỏ sót"] = len(staying - removed - told.keys())
    found["không báo là đã gỡ"] = len({pair for pair in removed if pair in told} - ends.keys())
    found["báo đã gỡ mà chưa báo đăng"] = len(ends.keys() - told.keys())
    found["không theo dõi mà nhận"] = len(told.keys() - wanted)
    found["dấu vết địa chỉ"] = traces_of_addresses(log)
    names = dict.fromkeys(("báo hai lần", "bỏ sót", "trước khi đăng", "sau khi gỡ", "sau khi thôi nhận", *found))
    print(f"{len(told)} lần báo tin đăng, {len(ends)} lần báo đã gỡ, {len(left)} người thôi nhận")
    print("; ".join(f"{name} {found[name]}" for name in names))
    return any(found[name] for name in found if not name.startswith("cùng Message-ID"))


def concerns(followed: tuple[int, tuple[str, ...]], page: dict) -> bool:
    section, words = followed
    return page["section"] == section or set(words) <= page["words"]


def traces_of_addresses(log: Path) -> int:
    """Count the places where an address can be read: columns of the database, the log, names of files."""
    from django.db import connection  # noqa: PLC0415

    found = log.read_text(errors="replace").count("@thu-")
    found += sum("@thu-" in path.name for path in Path(os.environ["PORTAL_VAR"]).rglob("*"))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = connection.introspection.get_table_description(cursor, table)
            names = [connection.ops.quote_name(column.name) for column in columns]
            holds = " OR ".join(f"CAST({name} AS TEXT) LIKE %s" for name in names)
            cursor.execute(
                f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)} WHERE {holds}", ["%@thu-%"] * len(names)
            )
            found += cursor.fetchone()[0]
    return found


if __name__ == "__main__":
    sys.exit(main())
