"""What a server and all its children cost: processor time and memory, from /proc."""

import os
from pathlib import Path

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def family(root: int) -> list[int]:
    """Return the process `root` and all its living descendants."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                parents[int(entry.name)] = int(fields[1])
    found = [root]
    for process in found:
        found.extend(child for child, parent in parents.items() if parent == process)
    return found


def cpu_ms(roots: list[int]) -> float:
    """Return the processor time (user and system, milliseconds) used so far by the families of `roots`.

    Time of children that ended and were waited for is included.
    """
    total = 0
    for root in roots:
        for process in family(root):
            fields = _stat(process)
            if fields:
                total += sum(int(field) for field in fields[11:15])
    return total * TICK_MS


def memory_mb(roots: list[int], kind: str = "Pss") -> float:
    """Return the memory of the families of `roots` in MB, shared pages counted once.

    `kind`: all of it, or only "Pss_Anon" (their own), "Pss_Shmem" (tables they share), "Pss_File" (programs, data).
    """
    return sum(_memory(process, kind) for root in roots for process in family(root)) / 1024


def largest_mb(roots: list[int]) -> float:
    """Return the memory of the largest process of the families of `roots` in MB, shared pages counted in full (RSS)."""
    return max(_memory(process, "Rss") for root in roots for process in family(root)) / 1024


def _memory(process: int, name: str) -> int:
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name}:"))


def _stat(process: int) -> list[str] | None:
    # The name of the program stands in brackets and may contain spaces.
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
