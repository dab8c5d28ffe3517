"""Walk the whole isolation matrix and say what came of it: what `make matrix` calls.

    python tools/matrix.py [STEP] [NAME ...]

STEP: of how many requests of a pattern one is taken (1: all). NAME: how names of addresses begin; only these are
walked, as every role and with all their requests: after a fix.

As many processes as there are processors, each with some of the roles and a database of its own. Prints requests,
patterns, roles and leaks; the exit code is 0 only without a leak, with enough requests and roles of a whole walk.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from console import loud, say
from run_tests import ROOT, clean_environment, compile_catalogues

# Those who ask most come first, so that no process ends long after the others.
ROLES = (
    "contributor",
    "ward_approver",
    "unit_head",
    "two_wards",
    "accountant",
    "technical_admin",
    "entry_only",
    "anonymous",
)
FEWEST_REQUESTS, FEWEST_ROLES = 10_000, 6


def main(step: str, only: list[str]) -> int:
    """Run all processes, add up their reports, print the sum."""
    began = time.monotonic()
    processes = max(1, min(4, os.cpu_count() or 1))
    compile_catalogues(clean_environment("matrix"))
    with tempfile.TemporaryDirectory(prefix="portal-matrix-") as folder:
        runs = []
        for number in range(processes):
            environment = clean_environment(f"matrix-{number}") | {
                "PORTAL_MATRIX_ROLES": " ".join(ROLES[number::processes]),
                "PORTAL_MATRIX_REPORT": str(Path(folder) / f"{number}.json"),
                "PORTAL_MATRIX_STEP": step,
                "PORTAL_MATRIX_ONLY": " ".join(only),
            }
            command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "-p", "no:cacheprovider"]
            runs.append(subprocess.Popen([*command, "tests/isolation/whole.py"], cwd=ROOT, env=environment))
        codes = [run.wait() for run in runs]
        reports = [json.loads(found.read_text()) for found in sorted(Path(folder).glob("*.json"))]
    return report(reports, codes, time.monotonic() - began, is_whole=not only)


def report(reports: list[dict], codes: list[int], seconds: float, *, is_whole: bool = True) -> int:
    """Print the sum of the reports and return the exit code."""
    requests = sum(found["requests"] for found in reports)
    roles = {role for found in reports for role in found["roles"]}
    patterns = {pattern for found in reports for pattern in found["patterns"]}
    leaks = [leak for found in reports for leak in found["leaks"]]
    fields = {name for found in reports for name in found["fields"]}
    forms = sum(found["forms"] for found in reports)
    say(
        f"\nMa trận cô lập: {requests} yêu cầu, {len(patterns)} mẫu địa chỉ, {len(roles)} vai, "
        f"{forms} biểu mẫu với {len(fields)} ô khác nhau, {len(leaks)} chỗ lọt; {seconds:.0f} giây"
    )
    if len(reports) < len(codes):
        loud("Có tiến trình dừng giữa chừng, chưa đi hết ma trận")
        return 1
    if not requests:
        loud("Không có địa chỉ nào tên như vậy; tên như trong Django, ví dụ wagtailimages:edit")
        return 1
    if is_whole and (requests < FEWEST_REQUESTS or len(roles) < FEWEST_ROLES):
        loud(f"Chưa đủ: cần ít nhất {FEWEST_REQUESTS} yêu cầu, {FEWEST_ROLES} vai")
        return 1
    return 1 if leaks or any(codes) else 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(arguments.pop(0) if arguments and arguments[0].isdigit() else "1", arguments))
