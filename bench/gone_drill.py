"""Take a page down and lose the database at once: who still gets it, and who gets no page although his was kept?

    python bench/gone_drill.py [--runs 3] [--seconds 8] [--only spellings]

On a portal of its own (`own_portal.py`): PostgreSQL, the demo city, granian with its workers, nginx in front from
`deploy/nginx/portal.conf`. Each run takes an article of a ward down in six situations: nobody reads or many do; as it
is, right after another publication, with nginx started anew during the loss. Each time:

1. An article is published over the screens; every page of the table is asked for until all workers keep it in all
   encodings, on the city's host and the ward's, by nginx and past it; which of them name the article is read from them.
2. Another process takes the article down; with its word that this is committed the database is killed.
3. While it is away all pages are asked for over and over. Counted: answers that show or name the article (must be 0);
   answers of pages that do not name it (99.9 % must be whole pages); those that did name it, apart; what stands at its
   own address.
4. The database comes back; the article must be gone by its word too.

Line `spellings`: every header spelled in every way, then what the next reader gets of each page, by nginx.
An answer that is not what is measured (a page that is no page, a database that is not away) ends it with an error.
"""

import argparse
import contextlib
import http.client
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from front import CITY, WARD, Failed, Front, ask, is_whole, plain
from kill_drill import APPROVER, SETTING_UP, WRITER, publish_one
from own_portal import ROOT, children, own_portal, web_server

ENCODINGS = ("identity", "gzip", "br")
PATHS = {
    CITY: [
        "/",
        "/tin-tuc/",
        "/gioi-thieu/",
        "/lien-he/",
        "/van-ban/",
        "/my-long/",
        "/my-long/tin-tuc/",
        "/my-long/tin-tuc/rss/",
        "/my-long/gioi-thieu/",
        "/sitemap.xml",
        "/robots.txt",
        "/en/",
        "/my-xuyen/",
        "/api/v1/van-ban/",
        "/so-do-trang/",
    ],
    WARD: ["/", "/tin-tuc/", "/tin-tuc/rss/", "/gioi-thieu/", "/lien-he/", "/sitemap.xml", "/robots.txt"],
}
MORE_PAGES = 25
# So often that no worker was left out: with two, one in a million million.
ASKED_TO_WARM = 40
SITUATIONS = [
    (reading, what) for reading in ("yên", "có người đọc") for what in ("", "vừa đăng bài khác", "nginx khởi động lại")
]
TAKING_DOWN = """
from accounts.models import User
from wagtail.models import Page
from workflows.publishing import takedown
page, head = Page.objects.get(pk={page}).specific, User.objects.get(username="truong-ban")
print("ready", flush=True)
input()
takedown.emergency_remove(page, by=head, reason="Diễn tập")
print("gone", flush=True)
"""
SPELLINGS = [
    *(
        ("Accept-Encoding", value)
        for value in (
            "GZIP",
            "Br",
            "*",
            "*;q=0",
            "gzip;q=0",
            "gzip;q=0, *",
            "br;q=0, *",
            "identity",
            "gzip;q=0.5,br;q=0.9",
            "x-gzip",
            "deflate",
            "",
        )
    ),
    *(("Host", value) for value in ("LOCALHOST", "localhost:1", "localhost.", "LocalHost.:8000")),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Proto", "http"),
    ("X-Forwarded-Port", "1"),
    ("Forwarded", "host=evil.example"),
    ("X-Original-URL", "/khac/"),
    ("Accept", "application/json"),
    ("Accept-Language", "en"),
    ("Range", "bytes=0-3"),
    ("If-None-Match", "*"),
    ("Cookie", "messages=x; csrftoken=y"),
    ("Content-Type", "text/plain; charset=rot13"),
    ("Origin", "https://evil.example"),
    ("Authorization", "Basic eDp4"),
    ("If-Modified-Since", "Thu, 01 Jan 2037 00:00:00 GMT"),
    ("X-Requested-With", "XMLHttpRequest"),
]


@contextlib.contextmanager
def taker(portal, page: str):
    """A process that is ready to take a page down at a word (`take_down`). Raises Failed."""
    # In a session of its own, like the jobs: it is a part of the portal and no reader.
    process = children.start(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", TAKING_DOWN.format(page=page)],
        niceness=web_server.JOBS_NICENESS,
        env=portal.environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout.readline().strip() != "ready":
            raise Failed("người gỡ không sẵn sàng")
        yield process
    finally:
        process.kill()
        process.wait()


def take_down(process) -> None:
    """Say the word to a `taker`; return when it is committed. Raises Failed."""
    process.stdin.write("\n")
    process.stdin.flush()
    if process.stdout.readline().strip() != "gone":
        raise Failed("không gỡ được")


class Drill:
    """One portal with its front, and what is asked of both."""

    def __init__(self, portal, front: Front, inner: int, seconds: float):
        self.portal, self.front, self.inner, self.seconds = portal, front, inner, seconds
        self.section, self.unit, *_rest = portal.shell(SETTING_UP)
        self.made = 0
        self.total = Counter()
        self.shown, self.lost = [], []

    def ask(self, way, host, path, encoding, **headers):
        port = self.front.port if way == "nginx" else self.inner
        return ask(way, port, host, path, encoding, self.front.port, **headers)

    def publish(self) -> tuple[str, str]:
        """Publish an article over the screens; return its key and title."""
        self.made += 1
        title = f"Ngap duong dien tap {self.made} {time.time_ns() % 1_000_000}"
        page = publish_one(self.portal.person(WRITER), self.portal.person(APPROVER), self.section, self.unit, title)
        return page, title

    def pages(self) -> list[tuple[str, str]]:
        """(host, path) of what is asked for: the table, and more pages out of the maps of both sites."""
        found = []
        for host, paths in PATHS.items():
            xml = self.ask("granian", host, "/sitemap.xml", None)[2].decode()
            more = re.findall(rf"<loc>https?://{host}(?::\d+)?(/[^<]*)</loc>", xml)
            wanted = [*paths, *[path for path in more if path not in paths and "dien-tap" not in path][:MORE_PAGES]]
            for path in wanted:
                status, headers, _body = self.ask("granian", host, path, None)
                if status == 200 and "public" in headers.get("cache-control", ""):
                    found.append((host, path))
        return found

    # --- One situation

    def situation(self, reading: str, what: str) -> list[tuple[str, bool]]:
        page, title = self.publish()
        slug = title.lower().replace(" ", "-")
        own = [(CITY, f"/my-long/tin-tuc/{slug}/"), (WARD, f"/tin-tuc/{slug}/")]
        self.front.begin_anew()
        pages = self.pages()
        with taker(self.portal, page) as process:
            naming = self.warm([*pages, *own], title, slug)
            return self._lose(process, reading, what, pages, own, naming, (title.encode(), slug.encode()))

    def warm(self, pages, title: str, slug: str) -> set[tuple[str, str]]:
        """Ask until every worker keeps every page; return those that name the article. Raises Failed for no page."""
        naming = set()
        for host, path in pages:
            for number in range(ASKED_TO_WARM):
                status, headers, body = self.ask("granian", host, path, ENCODINGS[number % 3])
                text = plain(headers, body)
                if status != 200 or not is_whole(headers, text):
                    raise Failed(f"{host}{path}: {status} {headers.get('content-type')} {text[-60:]!r}")
                if title.encode() in text or slug.encode() in text:
                    naming.add((host, path))
            for encoding in ENCODINGS:
                self.ask("nginx", host, path, encoding)
        return naming

    def _lose(self, process, reading, what, pages, own, naming, words) -> list[tuple[str, bool]]:
        held, named = [page for page in pages if page not in naming], [page for page in pages if page in naming]
        if len(held) < 20 or len(named) < 4 or {host for host, _ in named} != {CITY, WARD} or not set(own) <= naming:
            raise Failed(f"{len(held)} trang không nêu, {len(named)} trang có nêu bài: không đủ để đo")
        if what == "vừa đăng bài khác":
            self.publish()
        counted, ending = Counter(), threading.Event()
        readers = []
        if reading == "có người đọc":
            readers = [
                threading.Thread(target=self._read, args=(held + named + own, ending), daemon=True) for _ in range(3)
            ]
            for reader in readers:
                reader.start()
            time.sleep(2)
        take_down(process)
        self.portal.database.crash()
        try:
            if what == "nginx khởi động lại":
                self.front.stop()
                self.front.start()
            until, first = time.monotonic() + self.seconds, True
            while first or time.monotonic() < until:
                first = False
                self._round(held, named, own, words, counted)
            if self.ask("granian", CITY, f"/tim-kiem/?q={time.time_ns()}", None)[0] != 503:
                raise Failed("cơ sở dữ liệu không mất")
        finally:
            ending.set()
            for reader in readers:
                reader.join(30)
            self.portal.database.start()
        for host, path in own:
            until = time.monotonic() + 60
            while (status := self.ask("granian", host, path, None)[0]) >= 500 and time.monotonic() < until:
                time.sleep(0.2)
            counted["sau đó 410"] += status == 410
        return self._said(counted)

    def _read(self, pages, ending) -> None:
        while not ending.is_set():
            for number, (host, path) in enumerate(pages):
                if ending.is_set():
                    return
                with contextlib.suppress(OSError, http.client.HTTPException):
                    self.ask(("granian", "nginx")[number % 2], host, path, ENCODINGS[number % 3])

    def _round(self, held, named, own, words, counted) -> None:
        """Ask for everything once, by both ways, in each encoding, four at a time."""
        questions = [
            (kind, way, host, path, encoding)
            for kind, pages in (("held", held), ("named", named), ("own", own))
            for host, path in pages
            for way in ("granian", "nginx")
            for encoding in ENCODINGS
        ]
        errors = []

        def work(mine):
            for kind, way, host, path, encoding in mine:
                try:
                    status, headers, body = self.ask(way, host, path, encoding)
                    text = plain(headers, body)
                except Failed as error:
                    errors.append(error)
                    return
                except (OSError, http.client.HTTPException):
                    status, headers, text = 0, {}, b""
                # At its own address the answer of the portal itself, 410, says what stood there (Quy chế Điều 21.2).
                is_notice = (kind, status) == ("own", 410)
                found = [word for word in words if word in text and not is_notice]
                counted[f"{way}: nêu bài"] += bool(found)
                if found:
                    self.shown.append(f"{time.time():.2f} {way} {kind} {status} {host}{path} {encoding}: {found[0]!r}")
                if kind == "held" and not (status == 200 and is_whole(headers, text)):
                    self.lost.append(f"{time.time():.2f} {way} {status} {host}{path} {encoding}")
                if kind == "held":
                    counted[f"{way}: giữ"] += 1
                    counted[f"{way}: giữ, trọn"] += status == 200 and is_whole(headers, text)
                counted[f"{kind} {status}"] += 1

        threads = [threading.Thread(target=work, args=(questions[number::4],)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]

    def _said(self, counted: Counter) -> list[tuple[str, bool]]:
        self.total += counted
        asked = sum(number for name, number in counted.items() if re.fullmatch(r"\w+ \d+", name))
        shown = counted["granian: nêu bài"] + counted["nginx: nêu bài"]
        said = [(f"{asked} lượt hỏi: {shown} câu trả lời còn hiện hay nêu bài", shown == 0)]
        said += [(line, False) for line in self.shown[:12]] + [(line, True) for line in self.lost[:12]]
        self.shown, self.lost = [], []
        for way in ("granian", "nginx"):
            all_, whole = counted[f"{way}: giữ"], counted[f"{way}: giữ, trọn"]
            said.append((f"{way}: {whole}/{all_} trang giữ được ({whole / all_:.2%})", whole >= 0.999 * all_))
        for kind, name in (("named", "trang từng nêu bài"), ("own", "địa chỉ của bài")):
            statuses = {key.split()[1]: number for key, number in counted.items() if key.startswith(f"{kind} ")}
            said.append((f"{name}: {statuses}", True))
        gone = counted["own 410"]
        said.append((f"địa chỉ của bài trả 410 lúc mất CSDL: {gone}", gone > 0))
        said.append((f"có CSDL lại, 410 ở {counted['sau đó 410']}/2 địa chỉ", counted["sau đó 410"] == 2))
        return said

    # --- Spellings

    def spellings(self) -> tuple[int, list[str]]:
        """Return how many answers of a next reader were compared, and which differed."""
        self.front.begin_anew()
        pages = [page for page in self.pages() if page[0] == CITY][:20]
        self.front.flag.touch()
        right = {(page, way): self.ask("nginx", *page, way)[2] for page in pages for way in (*ENCODINGS, None)}
        compared, wrong = 0, []
        for name, value in SPELLINGS:
            # What was kept is out of date now: the one who spells it so is the first to ask.
            time.sleep(2.1)
            for host, path in pages:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    self.ask("nginx", host, path, None, **{name: value})
            for page in pages:
                for way in (*ENCODINGS, None):
                    compared += 1
                    if self.ask("nginx", *page, way)[2] != right[page, way]:
                        wrong.append(f"{name}: {value} → {page[1]} {way}")
        return compared, wrong


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--seconds", type=float, default=8)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--port", type=int, default=8794, help="of nginx; the next two are used too")
    options.add_argument("--only", choices=("drill", "spellings"))
    options.add_argument("--kept", type=Path, help="a folder where the portal stays for the next time")
    chosen = options.parse_args()
    bad, began = 0, time.monotonic()
    with own_portal(port=chosen.port, kept=chosen.kept) as portal:
        # Readers use the port of nginx; the portal listens behind it.
        inner = portal.port = chosen.port + 2
        portal.base = f"http://localhost:{inner}"
        portal.environment |= {"PORTAL_THROTTLE": "false"}
        front = Front(portal, chosen.port, [inner])
        with portal.serving(workers=chosen.workers):
            front.start()
            try:
                drill = Drill(portal, front, inner, chosen.seconds)
                for run in range(1, chosen.runs + 1 if chosen.only != "spellings" else 1):
                    for reading, what in SITUATIONS:
                        for said, is_good in drill.situation(reading, what):
                            bad += not is_good
                            where = f"{run} {reading}{', ' + what if what else ''}"
                            print(f"{'đạt ' if is_good else 'HỎNG'} {where}: {said}", flush=True)
                if chosen.only != "spellings":
                    print(f"Cộng: {dict(sorted(drill.total.items()))}", flush=True)
                if chosen.only != "drill":
                    compared, wrong = drill.spellings()
                    bad += len(wrong)
                    print(
                        f"{'HỎNG' if wrong else 'đạt '} cách viết: {compared} câu trả lời, {len(wrong)} khác",
                        *wrong[:20],
                    )
            finally:
                front.stop()
    print(f"{bad} điều không đạt, {time.monotonic() - began:.0f} giây.")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
