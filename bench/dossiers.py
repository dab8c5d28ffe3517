"""Push 10,000 updates of dossiers in random order, with duplicates and retries, by the API's own description.

    python bench/dossiers.py
    python bench/dossiers.py --updates 2000 --database sqlite --port 8470

1. A database of its own with the small city of the tests and a token of one ward; a server of two workers.
2. A client that knows nothing but the OpenAPI file it asks for: address, method, shape of a batch and of an answer come
   from there, and each batch and each answer is held against them.
3. Updates of many dossiers are mixed, every tenth is sent twice, batches of random size go over eight connections,
   every tenth batch is sent again, and some connections are cut before the answer is read and the batch sent again.
4. Then the same updates are recorded in their order and each once, in the same database emptied: the first of every
   dossier, then the second of each, and so on.
   Wanted: the same dossiers, the same updates set aside for the same reasons. Printed: requests and updates a second,
   CPU-ms of the server for each. The exit code is 1 when something differs or an answer was no success.
"""

import argparse
import contextlib
import os
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(ROOT / "bench")]
import children  # noqa: E402
import web_server  # noqa: E402
from cpu import cpu_ms  # noqa: E402
from jsonschema import Draft202012Validator  # noqa: E402

from bench.chosen_database import own_portal_folder  # noqa: E402

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CONNECTIONS, WORKERS = 8, 2
LONGEST_SECONDS = 60
# Updates of different dossiers that are recorded together where order is kept.
PORTION = 200
# Histories of dossiers: states in their order, with strays that no table allows.
WAYS = (
    (2, 4, 9, 10),
    (1, 2, 4, 9, 10),
    (1, 2, 4, 6, 4, 9, 10),
    (2, 5, 4, 9),
    (1, 3),
    (2, 4, 7),
    (2, 4, 8),
    (2, 9, 4, 4, 9),
    (1, 2, 4, 5),
    (2, 4),
)


def main() -> int:
    """Prepare, push, compare, print; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--updates", type=int, default=10_000)
    options.add_argument("--batch", type=int, default=50, help="updates in a batch, about")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--port", type=int, default=8470)
    options.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    chosen = options.parse_args()
    with running(chosen.port, chosen.database) as (base, token, server):
        return measure(Client(base, token), server, chosen)


@contextlib.contextmanager
def running(port: int, database: str):
    """Run a portal with the small city and a token of one ward around the block; yield (address, token, process)."""
    with contextlib.ExitStack() as ending:
        settings = {"PORTAL_THROTTLE": "false", "PORTAL_PORT": str(port)}
        ending.enter_context(own_portal_folder(database, **settings))
        token = prepare()
        server = children.start(web_server.command(port, "--no-log", workers=WORKERS), env=dict(os.environ), cwd=ROOT)
        ending.callback(children.end, [server])
        wait_until_up(f"http://localhost:{port}")
        yield f"http://localhost:{port}", token, server


def wait_until_up(base: str) -> None:
    """Wait until the server answers."""
    for _ in range(240):
        with contextlib.suppress(requests.RequestException):
            if requests.get(base + "/healthz", timeout=2).ok:
                return
        time.sleep(0.5)
    raise SystemExit("Máy chủ không khởi động được.")


def prepare() -> str:
    """Migrate, build the city, a procedure with a limit and a token; return the token."""
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from servicecatalog.dossiers import tokens  # noqa: PLC0415
    from tests.city import build_city  # noqa: PLC0415
    from tests.servicecatalog.cast import a_procedure  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    # Pages of errors name static files, too.
    call_command("collectstatic", "--noinput", verbosity=0)
    city = build_city()
    a_procedure(city, code="1.000001")
    source, token = tokens.make(
        name="Một cửa thử",
        site=city.my_long,
        by=city.cast.technical_admin,
        unit_codes="H01.24.07",
        expires_on=datetime.now(VIETNAM).date() + timedelta(days=30),
    )
    tokens.confirm(source, by=city.cast.standing_office)
    return token


class Client:
    """A client written against the description: it knows the name of an operation, everything else it reads."""

    def __init__(self, base: str, token: str):
        self.base, self.token = base, token
        self.description = requests.get(f"{base}/api/ho-so/v1/openapi.json", timeout=LONGEST_SECONDS).json()
        self.path, self.method, self.operation = next(
            (path, method, operation)
            for path, methods in self.description["paths"].items()
            for method, operation in methods.items()
            if operation["operationId"] == "pushUpdates"
        )
        content = self.operation["requestBody"]["content"]["application/json"]
        self.batch = self.validator(content["schema"])
        self.answer = self.validator(self.operation["responses"]["200"]["content"]["application/json"]["schema"])
        self.local, self.count, self.violations = threading.local(), 0, []

    def validator(self, schema: dict) -> Draft202012Validator:
        return Draft202012Validator({**schema, "components": self.description["components"]})

    def push(self, updates: list[dict], chance: random.Random) -> None:
        """Send a batch until it was surely taken; now and then the answer is lost, or sent for again."""
        body = {"updates": updates}
        self.violations += [f"batch: {error.message[:200]}" for error in self.batch.iter_errors(body)]
        if chance.random() < 0.05:
            # The connection is cut before the answer has come: nobody knows whether it was taken.
            with contextlib.suppress(requests.RequestException):
                self.send(body, timeout=0.02)
        for _time in range(2 if chance.random() < 0.1 else 1):
            answer = self.send(body, timeout=LONGEST_SECONDS)
            self.count += 1
            if answer.status_code != 200:
                self.violations.append(f"{answer.status_code}: {answer.text[:300]}")
                continue
            self.violations += [f"answer: {error.message[:200]}" for error in self.answer.iter_errors(answer.json())]

    def send(self, body: dict, timeout: float) -> requests.Response:
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.headers["Authorization"] = f"Bearer {self.token}"
        return self.local.session.request(self.method.upper(), self.base + self.path, json=body, timeout=timeout)


def make_updates(count: int, chance: random.Random) -> list[dict]:
    """Return updates of many dossiers as a program writes them, each dossier's in their order."""
    updates: list[dict] = []
    begin = datetime(2026, 1, 5, 8, tzinfo=VIETNAM)
    for number in range(count):
        if len(updates) >= count:
            break
        moment = begin + timedelta(hours=7 * (number % 300), minutes=number % 60)
        code = f"H01.24.07-{moment:%y%m%d}-{number + 1:05}"
        for step, state in enumerate(WAYS[number % len(WAYS)]):
            update = {"key": f"{step}", "code": code, "at": moment.isoformat(), "status": state, "sequence": step}
            if step == 0:
                update |= {"procedure": "1.000001", "channel": ("online", "in_person", "post")[number % 3]}
            if state == 2 and number % 4 == 0:
                update["promised_on"] = (moment.date() + timedelta(days=chance.randint(1, 20))).isoformat()
            updates.append(update)
            moment += timedelta(hours=chance.choice([0, 1, 5, 30, 80]))
        if number % 9 == 0:
            day = (moment.date() + timedelta(days=25)).isoformat()
            updates.append({"key": "thu", "code": code, "at": moment.isoformat(), "reappointed_on": day})
    return updates[:count]


def measure(client: Client, server, chosen) -> int:
    """Push, look, deliver in order, look again; print and return the exit code."""
    from django.db import connection  # noqa: PLC0415

    chance = random.Random(chosen.seed)
    ordered = make_updates(chosen.updates, chance)
    mixed = [*ordered, *chance.sample(ordered, len(ordered) // 10)]
    chance.shuffle(mixed)
    batches = []
    while mixed:
        size = chance.randint(max(1, chosen.batch // 2), min(100, chosen.batch * 3 // 2))
        batches.append(mixed[:size])
        mixed = mixed[size:]
    before, began = cpu_ms([server.pid]), time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda item: client.push(item[1], random.Random(item[0])), enumerate(batches)))
    seconds, cpu = time.monotonic() - began, cpu_ms([server.pid]) - before
    sent = sum(map(len, batches))
    pushed = look()
    codes = {item["code"] for item in ordered}
    print(
        f"{len(ordered)} updates of {len(codes)} dossiers, {sent} sent in {len(batches)} "
        f"batches by {client.count} requests over {CONNECTIONS} connections"
    )
    print(
        f"pushed        {seconds:6.1f} s  {client.count / seconds:6.1f} requests/s  {sent / seconds:7.0f} updates/s  "
        f"{cpu / client.count:6.1f} CPU-ms a request  {cpu / sent:5.2f} CPU-ms an update"
    )
    connection.close()
    empty()
    began = time.monotonic()
    deliver(ordered)
    print(f"in order      {time.monotonic() - began:6.1f} s, each once, in this process")
    wanted = look()
    for fault in client.violations[:10]:
        print(f"MISSED: {fault}")
    different = [key for key in wanted.keys() | pushed.keys() if wanted.get(key) != pushed.get(key)]
    print(f"compared      {len(wanted)} dossiers and updates, {len(different)} differ")
    for key in different[:5]:
        print(f"MISSED: {key}: {pushed.get(key)} instead of {wanted.get(key)}")
    return 1 if client.violations or different else 0


def deliver(updates: list[dict]) -> None:
    """Record each update once and in its order: the first of every dossier, then the second of each, and so on."""
    from servicecatalog.dossiers import recording  # noqa: PLC0415
    from servicecatalog.dossiers.updates import read  # noqa: PLC0415
    from servicecatalog.models import DossierSource  # noqa: PLC0415

    site, now = DossierSource.objects.select_related("owner_site").get().owner_site, datetime.now(VIETNAM)
    rounds: list[list] = []
    places: Counter = Counter()
    for raw in sorted(updates, key=lambda item: (item["code"], item["at"], item.get("sequence", 0), item["key"])):
        place = places[raw["code"]]
        places[raw["code"]] += 1
        rounds += [[] for _ in range(place + 1 - len(rounds))]
        rounds[place].append(read(raw, now=now))
    for together in rounds:
        for start in range(0, len(together), PORTION):
            recording.record(together[start : start + PORTION], site=site)


def look() -> dict:
    """Return every dossier by its code, and every update by its dossier and key, as they stand."""
    from servicecatalog.dossiers.recording import FOLLOWING  # noqa: PLC0415
    from servicecatalog.models import DossierEvent, DossierSummary  # noqa: PLC0415

    names = [name for name in FOLLOWING if name != "updated_at"]
    found = {row["code"]: row for row in DossierSummary.objects.values("code", *names)}
    for code, key, reason in DossierEvent.objects.values_list("dossier__code", "key", "set_aside"):
        found[code, key] = reason
    return found


def empty() -> None:
    """Take every dossier away."""
    from servicecatalog.models import DossierEvent, DossierSummary  # noqa: PLC0415

    DossierEvent.objects.all().delete()
    DossierSummary.objects.all().delete()


if __name__ == "__main__":
    sys.exit(main())
