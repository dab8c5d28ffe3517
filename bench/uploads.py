"""Upload the battery of bad and good files to a real worker over HTTP; count wrong decisions, watch its memory.

    python bench/uploads.py
    python bench/uploads.py --rounds 2 --clamav unix:/run/clamav/clamd.ctl

1. A database of its own with the small city of the tests, thrown away at the end. 2. One granian worker with production
settings over plain HTTP, and a malware scanner (that of the tests, or the one named). 3. Every file of
`tests/files/battery.py` goes through the screen for several files, as a contributor sends it. 4. Printed: wrong
decisions (wanted: 0), the highest memory of the worker above what it held before (wanted: < 100 MB), that of the
children that decode under a cap, the slowest decision. The exit code is 1 when one of the first two is missed.
"""

import argparse
import contextlib
import os
import re
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
from bench.chosen_database import own_portal_folder  # noqa: E402

MOST_MEGABYTES = 100
WARMING = 20
ADDRESSES = {"document": "/quan-tri/documents/multiple/add/", "image": "/quan-tri/images/multiple/add/"}


def main() -> int:
    """Prepare city, scanner and worker, upload, print; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--port", type=int, default=8645)
    options.add_argument("--rounds", type=int, default=1, help="how often the whole battery is sent")
    options.add_argument("--clamav", default="", help="address of a running ClamAV; by default the tests' own scanner")
    chosen = options.parse_args()
    with contextlib.ExitStack() as ending:
        ending.enter_context(own_portal_folder(PORTAL_PORT=str(chosen.port)))
        from tests.files import clamd  # noqa: PLC0415  after the environment is set

        os.environ["PORTAL_CLAMAV"] = chosen.clamav or ending.enter_context(clamd.running()).address
        person, collection = prepare()
        worker, session = ending.enter_context(serving(chosen.port, person))
        return upload_all(chosen, worker, session, collection)


def prepare():
    """Migrate, build the city, and return (cookies of a contributor, the collection he uploads to)."""
    import django  # noqa: PLC0415

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from accounts.roles import site_collection  # noqa: PLC0415
    from tests.city import CityClient, build_city  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    city = build_city()
    browser = CityClient()
    browser.force_login(city.cast.contributor)
    cookies = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}
    return cookies, site_collection(city.my_long).pk


@contextlib.contextmanager
def serving(port: int, cookies: dict):
    """Run one worker; yield (its process id, a session signed in)."""
    import children  # noqa: PLC0415
    import web_server  # noqa: PLC0415

    server = children.start(web_server.command(port, "--no-log", workers=1), env=dict(os.environ), cwd=ROOT)
    try:
        session = requests.Session()
        session.cookies.update(cookies)
        session.base = f"http://localhost:{port}"
        until = time.monotonic() + 90
        while time.monotonic() < until:
            with contextlib.suppress(requests.RequestException):
                if session.get(f"{session.base}/healthz", timeout=5).ok:
                    break
            time.sleep(0.3)
        yield worker_of(server.pid), session
    finally:
        children.end([server])


def worker_of(pid: int) -> int:
    """The child of the server that runs the portal: the one that holds most memory."""
    return max(children_of(pid), key=lambda child: memory(child, "VmRSS"))


def children_of(pid: int) -> list[int]:
    """Process ids of a process's children."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def memory(pid: int, field: str) -> int:
    """Kilobytes that a process holds ("VmRSS"), or held at most since `forget_peak` ("VmHWM")."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def forget_peak(pid: int) -> None:
    """Let a process's highest amount of memory begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def upload_all(chosen, worker: int, session, collection: int) -> int:
    """Send the battery; print the figures and return the exit code."""
    from tests.files.battery import BOMBS, CASES  # noqa: PLC0415

    form = session.get(session.base + ADDRESSES["document"], timeout=60)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text).group(1)

    def send(case, content: bytes) -> tuple[bool, str]:
        answer = session.post(
            session.base + ADDRESSES[case.kind],
            {"title": "Tệp thử", "collection": collection},
            files={"files[]": (case.filename, content, "application/octet-stream")},
            timeout=120,
            headers={"X-Requested-With": "XMLHttpRequest", "X-CSRFToken": token, "Referer": session.base},
        )
        if answer.status_code >= 500:
            return not case.decision_over_http, f"{answer.status_code}"
        if answer.status_code != 200:
            return False, f"{answer.status_code}"
        data = answer.json()
        return bool(data["success"]), str(data.get("error_message", ""))

    for case in CASES[:WARMING]:
        send(case, case.make())
    forget_peak(worker)
    before, wrong, slowest, sent = memory(worker, "VmRSS"), [], (0.0, ""), 0
    for _ in range(chosen.rounds):
        for case in CASES + BOMBS:
            content = case.make()
            began = time.monotonic()
            taken, said = send(case, content)
            slowest, sent = max(slowest, (time.monotonic() - began, case.name)), sent + 1
            if taken != case.decision_over_http or (not taken and case.words not in said):
                wrong.append(f"{case.name}: {'nhận' if taken else 'từ chối'} «{said[:150]}»")
    grown = (memory(worker, "VmHWM") - before) / 1024
    left = (memory(worker, "VmRSS") - before) / 1024
    capped = max((memory(child, "VmHWM") for child in children_of(worker)), default=0) / 1024
    print(*wrong, sep="\n" if wrong else "")
    print(
        f"{sent} tệp, quyết định sai: {len(wrong)}; bộ nhớ tiến trình tăng cao nhất {grown:.0f} MB "
        f"(từ {before / 1024:.0f} MB, sau cùng {left:+.0f} MB), tiến trình con cao nhất {capped:.0f} MB; "
        f"chậm nhất {slowest[0]:.2f} giây ({slowest[1]})"
    )
    return 1 if wrong or grown >= MOST_MEGABYTES else 0


if __name__ == "__main__":
    sys.exit(main())
