"""How the portal is served, tried with a real granian and an application of three lines."""

import contextlib
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import children
import pytest
import web_server

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = """
import os
from base.public.whole_bodies import WholeBodies
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
whole = WholeBodies(application)
"""


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path, "tiny:application") as made:
        yield made


@contextlib.contextmanager
def serving(tmp_path, application):
    (tmp_path / "tiny.py").write_text(APPLICATION)
    (port,) = web_server.free_ports(1)
    server = children.start(
        web_server.command(port, "--no-log", application=application),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )
    try:
        yield server, port
    finally:
        children.end([server])


def workers_seen(port: int, *, but: int = 0, seconds: float = 20) -> set[int]:
    """Ask until two workers have answered that are not `but`; return their process ids."""
    seen, until = set(), time.monotonic() + seconds
    while len(seen) < 2 and time.monotonic() < until:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as answer,
        ):
            seen |= {int(answer.read())} - {but}
        time.sleep(0.01)
    return seen


class TestWebServer:
    def test_a_worker_that_is_killed_comes_back_and_the_server_stays(self, served):
        server, port = served
        killed = workers_seen(port).pop()

        os.kill(killed, signal.SIGKILL)

        assert len(workers_seen(port, but=killed)) == 2
        assert server.poll() is None

    def test_whoever_sends_much_gets_the_answer_of_who_read_none_of_it(self, tmp_path):
        with serving(tmp_path, "tiny:whole") as (_server, port):
            workers_seen(port)
            with socket.create_connection(("127.0.0.1", port), 15) as sent:
                sent.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
                sent.sendall(b"a" * 1_500_000)
                time.sleep(1)
                sent.sendall(b"a" * 1_500_000)
                assert sent.recv(100).startswith(b"HTTP/1.1 200")

    def test_the_portal_reads_what_is_sent_to_its_end(self):
        assert "application = Meter(WholeBodies(application))" in (ROOT / "config" / "wsgi.py").read_text(
            encoding="utf-8"
        )

    def test_it_is_the_command_of_the_operations_manual(self):
        manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

        written = shlex.split(re.search(r"^\| web server \| `(granian .+?)`", manual, re.MULTILINE)[1])

        assert written == web_server.command(8000)[2:]

    def test_it_stands_back_as_far_as_the_manual_says(self):
        manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

        front, usual, jobs = 1000, 100, 50
        for weight in (front, jobs):
            assert f"`CPUWeight={weight}`" in manual
        for niceness, weight in ((web_server.NICENESS, usual), (web_server.JOBS_NICENESS, jobs)):
            # What a process of this niceness weighs beside one of none.
            assert 0.8 < weight / (front / 1.25**niceness) < 1.25
            asked = [sys.executable, "-c", "import os; print(os.nice(0))"]
            child = children.start(asked, niceness=niceness, stdout=subprocess.PIPE, text=True)
            assert int(child.communicate(timeout=30)[0]) == min(19, os.nice(0) + niceness)

    def test_its_whole_session_stands_back_where_linux_divides_between_sessions(self):
        autogroup = Path("/proc/self/autogroup")
        is_divided = os.access(autogroup, os.W_OK) and autogroup.read_text(encoding="utf-8").strip()
        asked = [sys.executable, "-c", f"import pathlib; print(pathlib.Path({str(autogroup)!r}).read_text())"]
        for niceness in (web_server.NICENESS, 0) if is_divided else ():
            child = children.start(asked, niceness=niceness, stdout=subprocess.PIPE, text=True)
            assert child.communicate(timeout=30)[0].split()[1:] == ["nice", str(niceness)]

    def test_nobody_starts_granian_in_another_way(self):
        for folder in ("bench", "tests", "tools"):
            for path in (ROOT / folder).rglob("*.py"):
                starts = re.search(r'"-m", "granian"|/ "granian"', path.read_text(encoding="utf-8"))
                assert path.name in ("web_server.py", "test_web_server.py") or not starts, path
