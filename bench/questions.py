"""Ask many questions in a minute while the mail server is down, and count what became of them.

    python bench/questions.py --questions 500 --seconds 60 --kills 3

1. A demo city of its own on PostgreSQL, production settings, granian; the mail server is away.
2. As many citizens, each from an address of his own, fetch the form, find its proof of work and send it, evenly over
   the time. Some send twice, as a double click does; whose answer is lost sends the same form again. Workers die by
   SIGKILL meanwhile (`--kills`).
3. Then the mail server comes back and the outbox is emptied.
4. Nothing is lost, nothing is there twice, the year's numbers have no gap, every citizen got his one mail, and
   `verify_portal` finds nothing.

Loopback only; ends by itself.
"""

import argparse
import hashlib
import os
import random
import re
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests
from cpu import cpu_ms
from kill_drill import workers_of
from own_portal import ROOT, own_portal

sys.path.insert(0, str(ROOT))
from tests.smtp import SmtpSink, closed_port  # noqa: E402

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
NUMBER = re.compile(r"HD-\d{4}-\d{6}")
WANTED = re.compile(r'data-bits="(\d+)"')
TRIES = 60
ASK = "/hoi-dap/gui-cau-hoi/"
DONE = """
from faq.models import Question
for number, text in Question.objects.filter(text__startswith="Cau hoi do tai ").values_list("number", "text"):
    print(number, text.split()[4])
"""


def fields_of(page: str) -> dict:
    """Return the hidden fields of a drawn form."""
    found = (dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(page))
    return {item["name"]: item.get("value", "") for item in found if "name" in item}


def proof_of(stamp: str, bits: int) -> str:
    """Return the number whose digest with the stamp begins with enough zero bits, as the form's script finds it."""
    return next(
        str(number)
        for number in range(1 << 30)
        if int.from_bytes(hashlib.sha256(f"{stamp}:{number}".encode()).digest()[:4]) >> (32 - bits) == 0
    )


class Citizen:
    """One citizen: an address, a mail address, one question."""

    def __init__(self, base: str, name: int):
        self.base, self.name, self.session = base, name, requests.Session()
        self.session.headers["X-Forwarded-For"] = f"10.{name // 60_000}.{name // 250 % 250}.{name % 250 + 1}"
        self.waits: list[float] = []

    def ask(self, twice: bool) -> tuple[str, int]:
        """Send the question; return the number on the receipt and how often it had to be sent."""
        drawn = self._until_answered(lambda: self.session.get(self.base + ASK, timeout=30))
        form = fields_of(drawn.text)
        bits = int(WANTED.search(drawn.text)[1])
        form |= {
            "step": "send",
            "title": f"Câu hỏi số {self.name}",
            "consent": "on",
            "proof": proof_of(form["stamp"], bits),
            "text": f"Cau hoi do tai {self.name} hỏi về thủ tục, đủ dài để được nhận.",
            "email": f"cong-dan-{self.name}@example.invalid",
        }
        numbers, sent = set(), 0
        for _ in range(2 if twice else 1):
            began = time.monotonic()
            answer = self._until_answered(lambda: self._send(form))
            self.waits.append(time.monotonic() - began)
            numbers.add(NUMBER.search(answer.text).group())
            sent += 1
        if len(numbers) != 1:
            raise RuntimeError(f"{self.name}: two receipts")
        return numbers.pop(), sent

    def _send(self, form: dict) -> requests.Response:
        headers = {"Referer": self.base + ASK}
        return self.session.post(self.base + ASK, form, headers=headers, timeout=30, allow_redirects=False)

    def _until_answered(self, call) -> requests.Response:
        for _ in range(TRIES):
            try:
                answer = call()
            except requests.RequestException:
                time.sleep(0.3)
                continue
            if answer.status_code == 200 and ("stamp" in answer.text or NUMBER.search(answer.text)):
                return answer
            if answer.status_code < 500:
                raise RuntimeError(f"{self.name}: {answer.status_code} {answer.text[:300]}")
            time.sleep(0.3)
        raise RuntimeError(f"{self.name}: no answer")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--questions", type=int, default=500)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--kills", type=int, default=0)
    options.add_argument("--port", type=int, default=8794)
    options.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    chosen = options.parse_args()
    with own_portal(port=chosen.port, database=chosen.database) as portal:
        sys.exit(drill(chosen, portal))


def drill(chosen, portal) -> int:
    """Ask, bring the mail server back, count; return 0 when nothing was lost, doubled or mailed twice."""
    mail_port = closed_port()
    portal.environment |= {"PORTAL_EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "PORTAL_PROXIES": "1"}
    before = set(
        portal.shell("from faq.models import Question; print(*Question.objects.values_list('number', flat=True))")
    )
    receipts: dict[int, str] = {}
    problems, sent, waits = Counter(), [0], []
    lock = threading.Lock()
    with portal.serving(workers=2 if not chosen.kills else 4) as server:
        jobs = threading.Event()
        runner = threading.Thread(target=_run_jobs, args=(portal, jobs), daemon=True)
        runner.start()
        killer = threading.Thread(target=_kill, args=(portal, server, chosen), daemon=True)
        cpu_before, began = cpu_ms([server.pid]), time.monotonic()
        killer.start()

        def one(name: int) -> None:
            time.sleep(max(0.0, began + chosen.seconds * name / chosen.questions - time.monotonic()))
            citizen = Citizen(portal.base, name)
            try:
                number, times = citizen.ask(twice=name % 10 == 0)
                with lock:
                    receipts[name] = number
                    sent[0] += times
                    waits.extend(citizen.waits)
            except (RuntimeError, AttributeError) as problem:
                with lock:
                    problems[str(problem)[:200]] += 1

        with ThreadPoolExecutor(24) as pool:
            list(pool.map(one, range(chosen.questions)))
        took = time.monotonic() - began
        spent = cpu_ms([server.pid]) - cpu_before
        killer.join(60)
        jobs.set()
        runner.join(60)
    waiting = _count(portal, "queued")
    with SmtpSink(port=mail_port) as sink:
        until = time.monotonic() + 300
        while time.monotonic() < until:
            portal.shell(
                "from base.operations import mail; from base.models import OutgoingMail;"
                "from django.utils import timezone;"
                "OutgoingMail.objects.filter(state='queued').update(not_before=timezone.now());"
                "mail.deliver_due(on=timezone.now())"
            )
            if _count(portal, "queued", "sending") == 0:
                break
        mailed = Counter(
            (recipient, NUMBER.search(data.decode("utf-8", "replace")).group())
            for recipient, data in sink.received
            if recipient.startswith("cong-dan-")
        )
    words = portal.shell(DONE)
    stored = [(words[at], int(words[at + 1])) for at in range(0, len(words), 2)]
    by_name = Counter(name for _number, name in stored)
    lost = [name for name, number in receipts.items() if (number, name) not in set(stored)]
    doubled = [name for name, count in by_name.items() if count > 1]
    numbers = sorted(int(number.rsplit("-", 1)[1]) for number in {number for number, _ in stored} | before)
    years = {number.split("-")[1] for number, _ in stored}
    gaps = numbers != list(range(numbers[0], numbers[0] + len(numbers))) if len(years) == 1 else False
    wanted = {f"cong-dan-{name}@example.invalid" for name in receipts}
    unmailed = wanted - {recipient for recipient, _ in mailed}
    mailed_twice = [pair for pair, count in mailed.items() if count > 1]
    portal.manage("seal_audit")
    checked = portal.manage("verify_portal", check=False)
    print(checked.stderr[-3000:])
    print(*(f"{count:5} × {problem}" for problem, count in problems.most_common(8)), sep="\n")
    print(
        f"{len(receipts)} câu hỏi có giấy tiếp nhận trong {took:.0f} giây ({sent[0]} lần gửi), {chosen.kills} lần "
        f"SIGKILL; mất {len(lost)}, trùng {len(doubled)}, {'có' if gaps else 'không'} số nhảy cách; "
        f"chờ {statistics.median(waits) * 1000:.0f} ms (lâu nhất {max(waits) * 1000:.0f}); "
        f"{spent / max(1, len(receipts)):.0f} CPU-ms một câu hỏi; {waiting} thư chờ khi máy chủ thư tắt, {len(mailed)} "
        f"thư đến nơi, thiếu {len(unmailed)}, hai lần {len(mailed_twice)}; {checked.stdout.strip()}"
    )
    fine = len(receipts) == chosen.questions and not (lost or doubled or gaps or unmailed or mailed_twice)
    return 0 if fine and checked.returncode == 0 else 1


def _count(portal, *states: str) -> int:
    """How many mails are in one of these states."""
    code = f"from base.models import OutgoingMail; print(OutgoingMail.objects.filter(state__in={states!r}).count())"
    return int(portal.shell(code)[-1])


def _run_jobs(portal, stop: threading.Event) -> None:
    """The periodic work beside the server: it tries to send, and finds nobody."""
    while not stop.wait(1):
        portal.manage("run_jobs", check=False)


def _kill(portal, server, chosen) -> None:
    for _ in range(chosen.kills):
        time.sleep(random.uniform(0.5, 1.5) * chosen.seconds / (chosen.kills + 1))
        workers = workers_of(server.pid)
        if len(workers) > 1:
            os.kill(random.choice(workers), signal.SIGKILL)


if __name__ == "__main__":
    main()
