"""Tell 10,000 people of 200 changes while the mail server is away and the jobs are killed; count what each was told.

    python bench/followers.py --people 10000 --changes 200 --database sqlite

1. A small city on a database of its own (SQLite, or `--database postgresql`) and people who each follow three of its
sections. 2. Pages are published, some corrected or removed; people leave meanwhile. The jobs (spread, write, deliver)
run in a process of their own, which dies by SIGKILL again and again; the mail server refuses connections for a third of
the time. 3. Afterwards each mail that the server took is compared with who followed what: each page once to each
person, none before its publication, none to a person who had left, none of a page that was removed before; and no
address is anywhere but encrypted, in database, output and log. Bounds of mails a minute are lifted. Loopback only.
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
SECTIONS_A_PERSON = 3
LEAVING_SHARE, REMOVED_SHARE = 0.05, 0.05
KILL_SECONDS = 1.0, 6.0
SLOWEST_SECONDS = 5400
ADDRESS = "nguoi-{}@thu-{}.example.invalid"
HOSTS = 20


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--people", type=int, default=10_000)
    options.add_argument("--changes", type=int, default=200)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
    if chosen.work:
        return work()
    with ExitStack() as stack:
        os.environ["PORTAL_VAR"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-subscriptions-"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
        stack.enter_context(database_of(chosen.database))
        return measure(chosen)


def work() -> int:
    """The jobs, again and again until killed: what `run_jobs --forever` does, without pauses and bounds."""
    setup(int(os.environ["BENCH_SMTP_PORT"]))
    from django.utils import timezone  # noqa: PLC0415

    from base.operations import mail  # noqa: PLC0415  Django is set up above
    from subscriptions import sending, spreading  # noqa: PLC0415

    sending.MOST_A_MINUTE = sending.MOST_A_HOST = 1_000_000
    while True:
        now = timezone.now()
        spreading.spread(on=now)
        sending.send_due(on=now)
        mail.deliver_due(on=now)
        time.sleep(0.1)


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


def measure(chosen) -> int:
    from tests.smtp import SmtpSink, closed_port  # noqa: PLC0415

    dice, port = random.Random(chosen.seed), closed_port()
    os.environ["BENCH_SMTP_PORT"] = str(port)
    setup(port)
    from django.core.management import call_command  # noqa: PLC0415

    from tests import city as cities  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    city = cities.build_city()
    sections = [city.section(site) for site in (city.site, city.my_long, city.my_xuyen, city.dong_xuyen)]
    sections += [city.section(site, "chi-dao-dieu-hanh") for site in (city.site, city.my_long, city.my_xuyen)]
    people = follow(dice, sections, chosen.people)
    print(f"{len(people)} người theo dõi {SECTIONS_A_PERSON} mục mỗi người", flush=True)
    began, kills, received = time.monotonic(), 0, []
    pages, left = {}, {}

    def taken() -> int:
        return len(received) + (len(sink.received) if sink is not None else 0)

    log = Path(os.environ["PORTAL_VAR"]) / "jobs.log"
    worker, dies_at, sink = None, 0.0, None
    while True:
        at = time.monotonic()
        if at - began > SLOWEST_SECONDS:
            break
        if sink is None and len(pages) % 30 < 20:
            sink = SmtpSink(port=port)
            sink.__enter__()
        elif sink is not None and len(pages) % 30 >= 20 and len(pages) < chosen.changes:
            received += sink.received
            sink.__exit__(None, None, None)
            sink = None
        if worker is None or at >= dies_at:
            if worker is not None:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                kills += 1
            worker = subprocess.Popen(
                [sys.executable, __file__, "--work"], stdout=log.open("a"), stderr=subprocess.STDOUT, cwd=ROOT
            )
            dies_at = at + (dice.uniform(*KILL_SECONDS) + 4 if len(pages) < chosen.changes else SLOWEST_SECONDS)
        if len(pages) < chosen.changes:
            change(dice, city, sections, pages, taken)
            leave(dice, people, left, chosen, taken)
        elif nothing_waits():
            break
        else:
            time.sleep(1)
    worker.kill()
    received += sink.received
    sink.__exit__(None, None, None)
    return compare(people, pages, left, received, log, kills, time.monotonic() - began)


def follow(dice, sections, count: int) -> dict:
    """Let people follow sections, confirmed; return {address: sections' keys}."""
    from django.utils import timezone  # noqa: PLC0415

    from subscriptions import addresses  # noqa: PLC0415
    from subscriptions.models import Subscriber, Subscription  # noqa: PLC0415

    now, people, rows = timezone.now(), {}, []
    for number in range(count):
        email = ADDRESS.format(number, number % HOSTS)
        people[email] = {section.pk for section in dice.sample(sections, SECTIONS_A_PERSON)}
        rows.append(
            Subscriber(
                email=email,
                mail_digest=addresses.box_digest(email),
                domain_digest=addresses.domain_digest(email),
                word=addresses.new_word(),
                frequency="at_once",
                state="active",
                asked_at=now,
                confirmed_at=now,
            )
        )
    Subscriber.objects.bulk_create(rows, batch_size=500)
    keys = dict(Subscriber.objects.values_list("mail_digest", "pk"))
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber_id=keys[addresses.box_digest(email)], followed=f"muc-{key}", asked_at=now, confirmed_at=now
            )
            for email, followed in people.items()
            for key in followed
        ],
        batch_size=500,
    )
    return people


def change(dice, city, sections, pages: dict, taken) -> None:
    """Publish one page; note its section and when it became public; now and then remove one."""
    from tests import factories  # noqa: PLC0415
    from tests.city import publish  # noqa: PLC0415
    from workflows.publishing import takedown  # noqa: PLC0415

    section, title, before = dice.choice(sections), f"Tin thử {len(pages):05}.", taken()
    page = publish(factories.article(section, by=city.cast.editor, title=title), by=city.cast.editor)
    pages[title] = {"section": section.pk, "before": before, "is_removed": dice.random() < REMOVED_SHARE}
    if pages[title]["is_removed"]:
        takedown.emergency_remove(page, by=city.cast.head, reason="Thử gỡ.")


def leave(dice, people, left: dict, chosen, taken) -> None:
    """Let some people leave, in equal parts over the changes."""
    from subscriptions import addresses, managing  # noqa: PLC0415
    from subscriptions.models import Subscriber  # noqa: PLC0415

    for _person in range(round(chosen.people * LEAVING_SHARE / chosen.changes)):
        email = dice.choice(list(people))
        subscriber = Subscriber.objects.filter(mail_digest=addresses.box_digest(email)).first()
        if subscriber is not None:
            managing.leave_all(subscriber)
            left[email] = taken()


def nothing_waits() -> bool:
    from base.models import OutgoingMail  # noqa: PLC0415
    from subscriptions.models import PublicChange, Telling  # noqa: PLC0415

    waiting = OutgoingMail.objects.filter(state__in=("queued", "sending"), key__startswith="subscription-").exists()
    open_changes = PublicChange.objects.filter(spread_at=None).exists()
    return not waiting and not open_changes and not Telling.objects.filter(Telling.PENDING).exists()


def compare(people, pages, left, received, log: Path, kills: int, seconds: float) -> int:
    """Compare what the server took with what each person was to be told; print it, return the exit code."""
    told, mails, after_leaving, repeated_ids, early = Counter(), 0, 0, 0, 0
    known_ids: set[tuple[str, str]] = set()
    for place, (recipient, data) in enumerate(received):
        if not recipient.startswith("nguoi-"):
            continue
        message = message_from_bytes(data.rstrip(b"\r\n.").replace(b"\r\n..", b"\r\n."))
        if (recipient, message["Message-ID"]) in known_ids:
            # A job was killed after the server took it: the receiver folds the two.
            repeated_ids += 1
            continue
        known_ids.add((recipient, message["Message-ID"]))
        mails += 1
        after_leaving += place >= left.get(recipient, len(received))
        body = message.get_payload(decode=True).decode()
        for title in set(re.findall(r"Mới đăng: (Tin thử \d{5}\.)", body)):
            told[recipient, title] += 1
            early += title not in pages or place < pages[title]["before"]
    wanted = {
        (email, title)
        for email, followed in people.items()
        for title, page in pages.items()
        if page["section"] in followed and email not in left and not page["is_removed"]
    }
    twice = [pair for pair, count in told.items() if count > 1]
    forgotten = [pair for pair in wanted if pair not in told]
    not_followed = [pair for pair in told if pages.get(pair[1], {}).get("section") not in people[pair[0]]]
    traces = traces_of_addresses(log)
    print(f"{len(pages)} thay đổi, {mails} thư, {kills} lần việc bị dừng, {seconds:.0f} giây")
    print(f"báo hai lần {len(twice)}, bỏ sót {len(forgotten)}, không theo dõi mà nhận {len(not_followed)}")
    print(f"cùng Message-ID gửi lại sau khi bị dừng {repeated_ids}, trước khi đăng {early}")
    print(f"sau khi thôi nhận {after_leaving}, dấu vết địa chỉ {traces}")
    return int(bool(twice or forgotten or not_followed or traces or early or after_leaving))


def traces_of_addresses(log: Path) -> int:
    """Count the places where an address can be read: columns of the database, the log, names of files."""
    from django.db import connection  # noqa: PLC0415

    found = log.read_text(errors="replace").count("@thu-")
    found += sum("@thu-" in path.name for path in Path(os.environ["PORTAL_VAR"]).rglob("*"))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = connection.ops.quote_name(column.name)
                cursor.execute(
                    f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)} WHERE CAST({name} AS TEXT) LIKE %s",
                    ["%@thu-%"],
                )
                found += cursor.fetchone()[0]
    return found


if __name__ == "__main__":
    sys.exit(main())
