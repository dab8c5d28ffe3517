"""What a reader of files can do once a file has taken it over: nothing but answer wrongly about this one file."""

import contextlib
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from base.sandbox import client, walls
from base.sandbox.client import SandboxChild, SandboxFailure
from tests.base import hostile_reader

CODE = (*walls.CODE, "tests/base/hostile_reader.py")
REFUSED = {
    "PermissionError",
    "FileNotFoundError",
    "NotADirectoryError",
    "ProcessLookupError",
    "OSError",
    "RuntimeError",
}


def standing() -> list[str]:
    """The walls that can be put up on this machine, the best first."""
    found = []
    for wall in walls.ORDER:
        child = SandboxChild("base.sandbox.pictures", wall=wall)
        with contextlib.suppress(SandboxFailure):
            found.append(child.start())
        child.stop()
    return found


STANDING = standing()


@pytest.fixture(scope="module", params=STANDING)
def taken_over(request):
    """A reader in the hands of a stranger, behind each of the walls."""
    child = SandboxChild("tests.base.hostile_reader", wall=request.param, code=CODE)
    yield child
    child.stop()


@pytest.fixture
def paper(tmp_path):
    """The file that was handed over."""
    path = tmp_path / "giay.txt"
    path.write_text("giấy tờ")
    return str(path)


def try_to(child, act: str, paper: str, *, seconds: float = 5, **arguments) -> dict:
    return child.ask(act, seconds=seconds, source=paper, **arguments)


def processes() -> set[int]:
    return {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()}


def of(child) -> set[int]:
    """The processes behind a child's wall, itself among them."""
    found, waiting = set(), {child._process.pid}
    while waiting:
        found |= waiting
        waiting = {
            int(one)
            for pid in waiting
            for tasks in Path(f"/proc/{pid}/task").glob("*/children")
            for one in tasks.read_text().split()
        }
    return found


def test_the_best_wall_is_the_one_that_readers_get():
    assert client.pictures.start() == STANDING[0]


class TestFiles:
    @pytest.fixture
    def secrets(self, tmp_path):
        """The secret key and the settings of a portal, where they lie in one that runs."""
        kept = [tmp_path / "secret_key", walls.ROOT / "var" / "test" / f"secret_key-{os.getpid()}"]
        for path in kept:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("khoa-bi-mat")
        yield [
            *map(str, kept),
            str(walls.ROOT / "manage.py"),
            str(walls.ROOT / "config/settings/base.py"),
            "/etc/passwd",
        ]
        kept[1].unlink()

    def test_no_secret_of_the_portal_can_be_read(self, taken_over, paper, secrets):
        for path in secrets:
            assert hostile_reader.read(None, path)
            assert try_to(taken_over, "read", paper, path=path)["refused"] in REFUSED, path

    def test_nor_by_way_of_the_file_that_was_handed_over(self, taken_over, paper, secrets):
        assert try_to(taken_over, "climb", paper, path=secrets[0])["refused"] in REFUSED

    def test_nor_by_way_of_other_processes(self, taken_over, paper):
        environ = f"/proc/{os.getpid()}/environ"

        assert try_to(taken_over, "read", paper, path=environ)["refused"] in REFUSED
        assert try_to(taken_over, "read", paper, path="/proc/self/environ")["refused"] in REFUSED

    def test_what_is_kept_cannot_be_listed(self, taken_over, paper):
        for path in (str(walls.ROOT / "var"), str(walls.ROOT / "config"), "/etc", "/tmp", "/proc"):
            said = try_to(taken_over, "look_around", paper, path=path)
            # The road to the project's own folder, where it lies below, is all that is there.
            road = {walls.ROOT.relative_to(path).parts[0]} if walls.ROOT.is_relative_to(path) else set()
            assert said.get("refused") in REFUSED or set(said["got"]) <= {"ld.so.cache", *road}, path

    def test_no_secret_stands_in_the_environment(self, taken_over, paper, monkeypatch):
        monkeypatch.setenv("SECRET_KEY", "khoa-bi-mat")
        taken_over.stop()

        known = try_to(taken_over, "know", paper)["got"]

        assert set(known) <= {*walls.environment(), "LC_CTYPE", "PWD"}
        assert "khoa-bi-mat" not in str(known)

    def test_nothing_can_be_written(self, taken_over, paper, tmp_path):
        for path in (tmp_path / "a", walls.ROOT / "base/sandbox/pdfs.py", "/tmp/a", "/a", paper):
            assert try_to(taken_over, "write", paper, path=str(path))["refused"] in REFUSED, path

        assert Path(paper).read_text() == "giấy tờ"

    def test_the_place_for_what_it_makes_is_bounded(self, taken_over, paper, tmp_path):
        target = tmp_path / "viet"

        assert try_to(taken_over, "fill", paper, target=str(target))["refused"] == "OSError"
        assert target.stat().st_size <= hostile_reader.LARGEST_WRITTEN_MB * 1024 * 1024

    def test_the_file_that_was_handed_over_can_be_read(self, taken_over, paper):
        assert try_to(taken_over, "give", paper) == {"got": "giấy tờ"}


class TestOthers:
    def test_no_other_machine_can_be_reached(self, taken_over, paper):
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as service:
            port = service.getsockname()[1]

            assert hostile_reader.connect(None, port) == port
            assert try_to(taken_over, "connect", paper, port=port)["refused"] in REFUSED

    def test_no_service_of_this_machine_can_be_spoken_to(self, taken_over, paper, tmp_path):
        path = str(tmp_path / "dich-vu")
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as service:
            service.bind(path)
            service.listen()

            assert hostile_reader.connect_inside(None, path) == path
            assert try_to(taken_over, "connect_inside", paper, path=path)["refused"] in REFUSED

    def test_no_process_of_the_machine_can_be_ended_or_looked_into(self, taken_over, paper):
        assert try_to(taken_over, "kill", paper, pid=os.getpid())["refused"] in REFUSED
        assert try_to(taken_over, "kill_parent", paper)["refused"] in REFUSED
        for ptrace_and_the_like in (101, 310, 311, 438, 425, 272, 321):
            assert try_to(taken_over, "look_into", paper, request=ptrace_and_the_like)["refused"] in REFUSED

    def test_the_next_file_meets_a_reader_that_knows_nothing_of_it(self, taken_over, paper):
        assert [try_to(taken_over, "remember", paper)["got"] for _ in range(2)] == [1, 1]


class TestProcesses:
    def test_none_can_be_started_beside(self, taken_over, paper):
        for act in ("multiply", "leave", "start", "become", "work_beside"):
            assert try_to(taken_over, act, paper)["refused"] in REFUSED, act

    def test_nothing_stays_behind_when_the_reader_is_ended(self, taken_over, paper):
        taken_over.start()
        behind = of(taken_over)
        for act in ("leave", "multiply"):
            try_to(taken_over, act, paper)

        taken_over.stop()

        until = time.monotonic() + 5
        while behind & processes() and time.monotonic() < until:
            time.sleep(0.02)
        assert len(behind) >= 1 and not behind & processes()

    def test_one_that_never_ends_is_ended_and_the_next_file_is_read(self, taken_over, paper):
        for act in ("spin", "sleep", "flood"):
            began = time.monotonic()
            with pytest.raises(SandboxFailure):
                try_to(taken_over, act, paper, seconds=1)
            assert time.monotonic() - began < 10

            assert try_to(taken_over, "give", paper) == {"got": "giấy tờ"}

    def test_one_that_answers_what_is_no_answer_has_died(self, taken_over, paper):
        for said in ("[" * 20_000, "5", "null", '"a"', "[]", "{", "NaN", "1" * 5_000, "\udcff", '{"error": "busy"}'):
            Path(paper).write_bytes(said.encode(errors="surrogateescape") + b"\n")
            with pytest.raises(SandboxFailure) as failure:
                try_to(taken_over, "say", paper)
            assert failure.value.kind == "died", said

        Path(paper).write_text("giấy tờ")
        assert try_to(taken_over, "give", paper) == {"got": "giấy tờ"}

    def test_when_the_portal_is_gone_the_reader_is_too(self, taken_over, paper):
        taken_over.start()
        behind = of(taken_over)
        ours, asked = taken_over._control, threading.Event()

        def ask():
            asked.set()
            with contextlib.suppress(SandboxFailure):
                try_to(taken_over, "sleep", paper, seconds=4)

        thread = threading.Thread(target=ask)
        thread.start()
        asked.wait()
        time.sleep(0.3)
        behind |= of(taken_over)
        # What the system does with the sockets of a process that died.
        ours.shutdown(socket.SHUT_RDWR)
        thread.join()

        until = time.monotonic() + 5
        while behind & processes() and time.monotonic() < until:
            time.sleep(0.02)
        assert not behind & processes()

    def test_memory_is_bounded_and_the_bound_cannot_be_raised(self, taken_over, paper):
        assert try_to(taken_over, "hold", paper, megabytes=100) == {"got": 100 * 1024 * 1024}
        assert try_to(taken_over, "hold", paper, megabytes=2_000)["refused"] == "MemoryError"
        assert try_to(taken_over, "raise_limit", paper)["refused"] in {*REFUSED, "ValueError"}


class TestWithoutAWall:
    @pytest.fixture
    def bare(self, monkeypatch):
        """A machine on which no wall can be put up."""
        monkeypatch.setattr(walls, "command", lambda *_arguments: None)
        monkeypatch.setattr(client._Wall, "name", "")

    def test_no_reader_is_started(self, bare, paper):
        with pytest.raises(SandboxFailure) as failure:
            SandboxChild("base.sandbox.pdfs").ask("scan", seconds=5, source=paper)

        assert failure.value.kind == client.NO_WALL
