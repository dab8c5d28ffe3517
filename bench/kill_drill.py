"""Kill workers while people publish and take numbers, then look for anything half made, lost or done twice.

    python bench/kill_drill.py --kills 200

1. A demo city of its own on a PostgreSQL of its own that writes through to the disk (`--database sqlite`: on SQLite),
production settings, a server whose supervisor starts killed workers again. 2. A contributor and a deputy head sign in
over the screens, with password and second factor; clients share their sessions, write, submit, approve over HTTP, and
take document numbers. A number whose answer was lost is asked for again with the same form. They note each publication
and each number that was answered as done. 3. At random moments a worker dies by SIGKILL. 4. Afterwards: every noted
publication is public, every noted number stands in the book once, and `verify_portal` finds no broken invariant.
Loopback only; ends by itself.
"""

import argparse
import contextlib
import os
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import requests
from own_portal import Person, children_of, own_portal

SLOWEST_SECONDS = 2400
WORKERS = 4
# Granian calls a worker that dies within 5.5 s of its start a crash loop, and stops. A slow machine takes longer to
# start one than that: then as many times the first start, so that others serve while one dies.
SERVES_AFTER_SECONDS, STARTS = 6.5, 1.5
TICKS = os.sysconf("SC_CLK_TCK")
WRITER, APPROVER = "cong-tac-vien.my-long", "pho-truong-ban"
BODY = (
    '{"blocks":[{"key":"a","text":"Nội dung thử.","type":"unstyled","depth":0,"inlineStyleRanges":[],'
    '"entityRanges":[]}],"entityMap":{}}'
)
# Prints what the clients need: the section, its unit, a number book, its type.
SETTING_UP = """
from accounts.models import User
from base.models import PortalSite
from django.utils import timezone
from legalref.numbers import numbering
from legalref.models import DocumentType, IssuingBody, NumberBook
site = PortalSite.objects.get(slug="my-long")
today = timezone.localdate()
kind = DocumentType.objects.get(name="Thông báo")
issuer = IssuingBody.objects.exclude(symbol="").first()
# In a portal that was kept it is there from the last time.
book = NumberBook.objects.filter(issuer=issuer, types=kind, year=today.year).first() or numbering.open_book(
    by=User.objects.get(username="thuong-truc"), on=today, site=site.parent,
    issuer=issuer, family="administrative", types=[kind], year=today.year,
)
print(site.home_page().get_children().get(slug="tin-tuc").pk, site.unit_id, book.pk, kind.pk)
"""


def publish_one(writer: Person, approver: Person, section: str, unit: str, name: str) -> str:
    """Write, submit and approve one article; return the id of the page whose approval was answered as done."""
    page = write_one(writer, section, unit, name)
    submit_one(writer, page)
    approve_one(approver, name)
    return page


def write_one(writer: Person, section: str, unit: str, name: str) -> str:
    """Save an article on its way to submission; return the id of its page."""
    answer = writer.send(
        f"/quan-tri/pages/add/sections/noticepage/{section}/",
        {
            "title": name,
            "slug": name.lower().replace(" ", "-"),
            "summary": "Bài thử khi máy chủ bị dừng đột ngột.",
            "author_name": "Cán bộ mẫu 01",
            "source_name": "Dữ liệu minh họa",
            "responsible_unit": unit,
            "body-count": "1",
            "body-0-deleted": "",
            "body-0-order": "0",
            "body-0-type": "paragraph",
            "body-0-id": "",
            "body-0-value": BODY,
            "attachments-count": "0",
            "legal_basis-count": "0",
            "notes-count": "0",
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "action-portal-submit": "1",
        },
    )
    return re.search(r"/page/(\d+)/gui/", answer.headers["Location"]).group(1)


def submit_one(writer: Person, page: str) -> None:
    """Submit the article of a page."""
    declared = {"declaration": "on", "remark": "Bài thử, dữ liệu minh họa."}
    writer.send(f"/quan-tri/duyet/wagtailcore/page/{page}/gui/", declared)


def approve_one(approver: Person, name: str) -> None:
    """Find the article of a name in the queue, and approve it."""
    queue = approver.session.get(approver.base + "/quan-tri/duyet/", timeout=30).text
    task = re.search(r'/quan-tri/duyet/viec/(\d+)/">\s*' + re.escape(name) + "<", queue).group(1)
    approver.send(f"/quan-tri/duyet/viec/{task}/", {"decision": "approve", "comment": ""})


def take_number(clerk: Person, book: str, kind: str, subject: str) -> str:
    """Take a number; when the answer is lost, send the same form again. Return the subject, answered as done."""
    path = f"/quan-tri/so-van-ban/{book}/lay-so/"
    form = {"document_type": kind, "subject": subject, "on": time.strftime("%d/%m/%Y"), **clerk.drawn(path)}
    for _ in range(20):
        try:
            clerk.post(path, form)
            return subject
        except requests.ConnectionError:
            time.sleep(0.2)
    raise requests.HTTPError(f"{path}: no answer")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--clients", type=int, default=3)
    options.add_argument("--port", type=int, default=8790)
    options.add_argument("--settle-seconds", type=float, default=0, help="publish undisturbed before the first kill")
    options.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    options.add_argument("--kept", type=Path, help="a folder where the portal stays for the next time")
    chosen = options.parse_args()
    with own_portal(port=chosen.port, database=chosen.database, kept=chosen.kept) as portal:
        sys.exit(drill(chosen, portal))


def drill(chosen, portal) -> int:
    """Run the drill; return 0 when nothing was lost, half made or done twice."""
    section, unit, book, kind = portal.shell(SETTING_UP)
    done, numbers, problems = [], [], Counter()
    lock, stopping, run = threading.Lock(), threading.Event(), int(time.time()) % 10**6

    def client(number: int) -> None:
        writer, approver = portal.person(WRITER), portal.person(APPROVER)
        made = 0
        while not stopping.is_set():
            made += 1
            name = f"Thu khi dung {run} {number} {made}"
            try:
                page = publish_one(writer, approver, section, unit, name)
                with lock:
                    done.append(page)
                subject = take_number(approver, book, kind, name)
                with lock:
                    numbers.append(subject)
            except (requests.RequestException, AttributeError) as problem:
                # A worker that dies takes its requests with it; the person begins anew.
                with lock:
                    problems[re.sub(r"\d+", "…", str(problem))[:100]] += 1
                time.sleep(0.2)

    kills, starting = 0, time.monotonic()
    with portal.serving(workers=WORKERS) as server:
        serves_after = max(SERVES_AFTER_SECONDS, STARTS * (time.monotonic() - starting))
        for name in (WRITER, APPROVER):
            portal.person(name)
        began = time.monotonic()
        clients = [threading.Thread(target=client, args=(n,), daemon=True) for n in range(chosen.clients)]
        for thread in clients:
            thread.start()
        time.sleep(chosen.settle_seconds)
        while kills < chosen.kills and time.monotonic() - began < SLOWEST_SECONDS:
            # Another worker serves while one dies, at a random moment of the work under way.
            portal.wait_until_up()
            time.sleep(random.uniform(0.3, 1.6))
            workers = workers_of(server.pid, serves_after)
            if len(workers) > 1:
                os.kill(random.choice(workers), signal.SIGKILL)
                kills += 1
                if kills % 10 == 0:
                    print(f"{kills} lần dừng, {len(done)} lần đăng, {len(numbers)} số được xác nhận", flush=True)
                    if not done:
                        raise SystemExit(f"Không đăng được gì: {problems.most_common(3)}")
        stopping.set()
        for thread in clients:
            thread.join(60)
    lost, twice = portal.shell(
        "from collections import Counter; from legalref.models import BookEntry; from wagtail.models import Page;"
        f"public = set(Page.objects.filter(live=True).values_list('pk', flat=True)); done = {[int(p) for p in done]};"
        f"taken = Counter(BookEntry.objects.filter(book_id={book}).values_list('subject', flat=True));"
        f"noted = {numbers!r};"
        "print(len(set(done) - public) + sum(taken[name] == 0 for name in noted), sum(n > 1 for n in taken.values()))"
    )
    portal.manage("seal_audit")
    checked = portal.manage("verify_portal", check=False)
    print(checked.stderr[-3000:])
    print(*(f"{count:5} × {problem}" for problem, count in problems.most_common(8)), sep="\n")
    print(
        f"{kills} lần SIGKILL, {len(done)} lần đăng và {len(numbers)} số được xác nhận, {lost} việc bị mất, {twice} số "
        f"lấy hai lần; {checked.stdout.strip()} ({time.monotonic() - began:.0f} giây)"
    )
    return 0 if (lost, twice) == ("0", "0") and checked.returncode == 0 and done and numbers else 1


def workers_of(pid: int, serves_after: float = SERVES_AFTER_SECONDS) -> list[int]:
    """Process ids of the server's workers that have been up long enough to serve.

    The server gives up when a worker dies while it starts, so such a one is left alone.
    """
    found = []
    for child in children_of(pid):
        with contextlib.suppress(FileNotFoundError):
            started = int(Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[19]) / TICKS
            uptime = float(Path("/proc/uptime").read_text().split()[0])
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if uptime - started >= serves_after and b"resource_tracker" not in command:
                found.append(child)
    return found


if __name__ == "__main__":
    main()
