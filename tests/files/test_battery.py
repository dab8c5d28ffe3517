"""Every file of the battery meets its decision: quickly, and without the process growing."""

import contextlib
import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from base.files.checks.examine import examine_document, examine_image
from base.sandbox.client import pdfs, pictures
from tests.files.battery import BOMBS, CASES

SECONDS = 2.0
MEGABYTES = 100


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    """An uploaded file with this very name, which Django would have cleaned."""
    file = SimpleUploadedFile("a", data)
    file._name = name if not ("/" in name or "\\" in name) else name.replace("\\", "/").rsplit("/", 1)[-1]
    return file


def memory(field: str = "VmRSS") -> int:
    """Kilobytes of memory this process holds ("VmRSS"), or held at most since `forget_peak` ("VmHWM")."""
    text = Path("/proc/self/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith(field)).split()[1])


def forget_peak() -> None:
    """Let the highest amount of memory begin anew."""
    Path("/proc/self/clear_refs").write_text("5")


def work() -> float:
    """Seconds of work of this process and of what it has behind walls, whoever else keeps the machine busy."""
    ticks, waiting = 0, [child._process.pid for child in (pictures, pdfs) if child._process is not None]
    while waiting:
        pid = waiting.pop()
        # What ends meanwhile is counted with the one that began it.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
            for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, tasks.read_text().split())
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def judge(case, data: bytes):
    """Return (examined, refusal) for a case."""
    examine = examine_image if case.kind == "image" else examine_document
    try:
        return examine(upload(case.filename, data)), ""
    except ValidationError as error:
        return None, error.messages[0]


@pytest.fixture(scope="module", autouse=True)
def children_are_running():
    """Start the children once: their start is not part of a decision."""
    for case in (CASES[0], next(case for case in CASES if case.kind == "image")):
        judge(case, case.make())


@pytest.mark.parametrize("case", CASES + BOMBS, ids=lambda case: case.name)
def test_decision(case):
    data = case.make()
    forget_peak()
    before, started = memory(), work()

    examined, refusal = judge(case, data)

    seconds, grown = work() - started, memory("VmHWM") - before
    assert (examined is not None) == (case.accepted or case.needs_scanner), refusal
    assert seconds < SECONDS
    assert grown < MEGABYTES * 1024
    if examined is None:
        assert case.words in refusal
        assert "hãy" in refusal
        return
    stored = examined.file.read()
    assert case.note in " ".join(examined.notes)
    for piece in case.gone:
        assert piece not in _unpacked(case, stored)
    for piece in case.kept:
        assert piece in _unpacked(case, stored)


def _unpacked(case, stored: bytes) -> bytes:
    """The bytes of a file and of what is packed in it."""
    return stored + b"".join(entries(stored)) if case.filename.endswith(("x", ".odt", ".ods")) else stored


def entries(data: bytes):
    """The content of every entry of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield archive.read(name)


def test_the_battery_is_large_enough():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES + BOMBS}) == len(CASES + BOMBS)
