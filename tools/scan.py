"""Look for weaknesses in the code: what `make scan` calls.

1. Scanners go into an environment of their own, `.venv-scan` (requirements-scan.txt).
2. The house's rules (`security/semgrep.yml`) are tried on examples of what they must find and must not.
3. semgrep and bandit read the code; each finding is compared with `security/reviewed.txt`, where a person who looked at
   the place says why it is right. A finding that is not listed there fails, and so does an entry that finds nothing.

Nothing leaves the machine.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import fingerprint
from console import say, step, stop

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-scan"
RULES = ROOT / "security"
CODE = (
    "config",
    "home",
    "moving",
    "opendata",
    "reporting",
    "subscriptions",
    "search",
    "faq",
    "personaldata",
    "royalties",
    "servicecatalog",
    "sections",
    "legalref",
    "alerts",
    "workflows",
    "accounts",
    "base",
    "documents",
    "vietnam",
    "locale",
    "deploy",
    "tools",
    "bench",
    "manage.py",
)


class Finding(NamedTuple):
    """One place: the file from the root, the scanner's rule, and the line as it stands there."""

    path: str
    rule: str
    line: str

    def __str__(self):
        return f"{self.path} {self.rule}\n    {self.line}"


def main() -> int:
    """Scan, print what is new or out of date, and the numbers; return the exit code."""
    make_venv()
    failed = try_rules()
    reviewed = read_reviewed((RULES / "reviewed.txt").read_text(encoding="utf-8"))
    for name, found in (("semgrep", by_semgrep()), ("bandit", by_bandit())):
        mine = {one: reason for one, reason in reviewed.items() if is_of(name, one)}
        new, stale = compare(found, mine)
        places = len(set(found))
        say(f"{name}: {places} chỗ, {places - len(new)} đã xem xét, {len(new)} phải sửa, {len(stale)} lời ghi thừa")
        for one in new:
            say(f"PHẢI SỬA hoặc ghi lý do vào security/reviewed.txt:\n{one}")
        for one in stale:
            say(f"THỪA trong security/reviewed.txt, không còn tìm thấy:\n{one}")
        failed += len(new) + len(stale)
    say(f"\n{'Không có phát hiện nào chưa xem xét.' if not failed else f'{failed} việc phải làm.'}")
    return 1 if failed else 0


def make_venv() -> None:
    """Make `.venv-scan` and install the scanners, when they are not there or others were asked for."""
    wanted = fingerprint.of_contents([ROOT / "requirements-scan.txt"])
    stamp = VENV / "portal-scan.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Cài các chương trình quét vào .venv-scan"):
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        command = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*command, "-r", ROOT / "requirements-scan.txt"], check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            stop("pip không cài được requirements-scan.txt (xem các dòng phía trên).")
    stamp.write_text(wanted)


def try_rules() -> int:
    """Let each rule show on examples that it finds what it must; return how many files of them fail."""
    failed = 0
    for examples in (RULES / "semgrep.py", RULES / "semgrep.html"):
        done = _run("semgrep", "scan", "--test", "--config", RULES / "semgrep.yml", examples, *_QUIET)
        if done.returncode or "0/0" in done.stdout:
            say(done.stdout + done.stderr)
            failed += 1
    say(f"quy tắc semgrep: {'KHÔNG đúng với ví dụ' if failed else 'đúng với mọi ví dụ'}")
    return failed


def by_semgrep() -> list[Finding]:
    """Return what the house's rules find."""
    done = _run("semgrep", "scan", "--config", RULES / "semgrep.yml", "--json", *_QUIET, *CODE)
    answer = _json(done)
    if answer["errors"]:
        stop(f"semgrep không đọc được: {answer['errors']}")
    return [
        _finding(one["path"], one["check_id"].rsplit(".", 1)[-1], one["start"]["line"]) for one in answer["results"]
    ]


def by_bandit() -> list[Finding]:
    """Return what bandit finds, of any severity; the benches choose at random what may be guessed."""
    done = _run("bandit", "--quiet", "-c", RULES / "bandit.yaml", "-x", "*/migrations/*", "-f", "json", "-r", *CODE)
    answer = _json(done)
    if answer["errors"]:
        stop(f"bandit không đọc được: {answer['errors']}")
    return [
        _finding(one["filename"].removeprefix("./"), one["test_id"], one["line_number"])
        for one in answer["results"]
        if not (one["filename"].removeprefix("./").startswith("bench/") and one["test_id"] == _DICE)
    ]


def read_reviewed(text: str) -> dict[Finding, str]:
    """Read the reviewed places: "path rule", the line, ": reason", three lines each; # begins a comment.

    Raises ValueError where an entry is not whole, or has no reason.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = {}
    for number in range(0, len(lines), 3):
        entry = lines[number : number + 3]
        if len(entry) < 3 or not entry[2].strip().startswith(": ") or len(entry[0].split()) != 2:
            raise ValueError(f"security/reviewed.txt: {entry}")
        path, rule = entry[0].split()
        found[Finding(path, rule, entry[1].strip())] = entry[2].strip()[2:]
    return found


def is_of(scanner: str, finding: Finding) -> bool:
    """Tell which scanner's rule it is: bandit's are a B and three digits."""
    return (finding.rule[:1] == "B" and finding.rule[1:].isdigit()) == (scanner == "bandit")


def compare(found: list[Finding], reviewed: dict[Finding, str]) -> tuple[list[Finding], list[Finding]]:
    """Return what was found and not reviewed, and what was reviewed and is not found any more."""
    counted = Counter(found)
    return [one for one in counted if one not in reviewed], [one for one in reviewed if one not in counted]


# --- Private ---------------------------------------------------------------------------------------

_DICE = "B311"
_QUIET = ("--metrics=off", "--disable-version-check", "--quiet")


def _run(program: str, *arguments) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', '')}", "SEMGREP_SEND_METRICS": "off"}
    return subprocess.run(
        [VENV / "bin" / program, *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _json(done: subprocess.CompletedProcess) -> dict:
    try:
        return json.loads(done.stdout)
    except ValueError:
        stop(f"Chương trình quét dừng với mã {done.returncode}:\n{done.stderr[-2000:]}")


def _finding(path: str, rule: str, number: int) -> Finding:
    return Finding(path, rule, (ROOT / path).read_text(encoding="utf-8").splitlines()[number - 1].strip())


if __name__ == "__main__":
    sys.exit(main())
