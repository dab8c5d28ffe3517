"""Know what the portal is made of: locked requirements, known weaknesses, a list for each release.

    python tools/supply.py lock     write requirements.lock, those of the extras and requirements-dev.lock: every
                                    library down to the last, each with its version and the digests of its files, for
                                    all Pythons from 3.11
    python tools/supply.py audit    ask the index of advisories for weaknesses of what serves, the extras included
    python tools/supply.py sbom     write var/sbom.json, the list of a release (CycloneDX 1.6, repeatable)

The programs go into an environment of their own, `.venv-supply` (requirements-supply.txt).
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import fingerprint
from console import loud, say, step, stop

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-supply"
# A lock and the file that it is made from; each holds the versions of those before it.
LOCKS = {
    "requirements.lock": "requirements.txt",
    "requirements-sso.lock": "requirements-sso.txt",
    "requirements-tracing.lock": "requirements-tracing.txt",
    "requirements-redis.lock": "requirements-redis.txt",
    "requirements-s3.lock": "requirements-s3.txt",
    "requirements-dev.lock": "requirements-dev.txt",
}
RUN = "requirements.lock"
# What a portal installs beside it for a setting that is off by default.
EXTRAS = ("requirements-sso.lock", "requirements-tracing.lock", "requirements-redis.lock", "requirements-s3.lock")
OLDEST_PYTHON = "3.11"
SBOM = ROOT / "var" / "sbom.json"


def main(work: str) -> int:
    """Do `work` ("lock", "audit" or "sbom") and return the exit code."""
    make_venv()
    return {"lock": write_locks, "audit": audit, "sbom": write_sbom}[work]()


def make_venv() -> None:
    """Make `.venv-supply` and install the programs, when they are not there or others were asked for."""
    wanted = fingerprint.of_contents([ROOT / "requirements-supply.txt"])
    stamp = VENV / "portal-supply.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Cài các chương trình xem thư viện vào .venv-supply"):
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        command = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*command, "-r", ROOT / "requirements-supply.txt"], check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            stop("pip không cài được requirements-supply.txt (xem các dòng phía trên).")
    stamp.write_text(wanted)


def write_locks() -> int:
    """Resolve all files anew; what is locked already stays as it is while the pins allow it."""
    constraints: list[str] = []
    for lock, source in LOCKS.items():
        options = ("--quiet", "--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header")
        done = _run("uv", "pip", "compile", *options, *constraints, source, "--output-file", lock)
        if done.returncode:
            stop(f"Không khóa được {source}:\n{done.stderr[-2000:]}")
        constraints += ["--constraint", lock]
        say(f"{lock}: {len(read_lock((ROOT / lock).read_text()))} thư viện")
    return 0


def audit() -> int:
    """Compare with the published advisories; 1 when a library has a known weakness.

    Libraries that the index of advisories did not answer for are named aloud: they were not looked at, which is not the
    same as having nothing.
    """
    locks = [word for lock in (RUN, *EXTRAS) for word in ("--requirement", lock)]
    done = _run("pip-audit", *locks, "--disable-pip", "--progress-spinner", "off", "--format", "json")
    try:
        answer = json.loads(done.stdout)["dependencies"]
    except ValueError:
        stop(f"pip-audit dừng với mã {done.returncode}:\n{done.stderr[-2000:]}")
    weak, unknown = judge(answer)
    looked_at = len(answer) - len(unknown)
    say(f"pip-audit: {looked_at} thư viện đã tra, {len(weak)} có điểm yếu đã công bố, {len(unknown)} chưa tra được")
    for line in weak:
        say(f"PHẢI NÂNG CẤP: {line}")
    if unknown:
        loud(f"Chưa tra được điểm yếu của {len(unknown)} thư viện (không hỏi được kho cảnh báo): chạy lại khi có mạng.")
    return 1 if weak else 0


def write_sbom() -> int:
    """Write the list of a release: each library with version, digests and package address."""
    SBOM.parent.mkdir(exist_ok=True)
    options = ("--output-reproducible", "--sv", "1.6", "--pyproject", "pyproject.toml", "--output-file", SBOM)
    done = _run("cyclonedx-py", "requirements", *options, RUN)
    if done.returncode:
        stop(f"Không lập được danh mục thư viện:\n{done.stderr[-2000:]}")
    say(f"{SBOM.relative_to(ROOT)}: {len(json.loads(SBOM.read_text())['components'])} thư viện")
    return 0


def judge(dependencies: list[dict]) -> tuple[list[str], list[str]]:
    """Return a line for each known weakness ("name version: id, corrected in …"), and the names without an answer."""
    weak = [
        f"{one['name']} {one['version']}: {found['id']}, sửa ở {', '.join(found['fix_versions']) or 'chưa có bản sửa'}"
        for one in dependencies
        for found in one.get("vulns", ())
    ]
    return weak, [one["name"] for one in dependencies if "skip_reason" in one]


def read_pins(text: str) -> dict[str, str]:
    """Read the lines "name[extras]==version" of a file of requirements: {normal name: version}."""
    found = re.findall(r"(?m)^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;#]+)", text)
    return {normal(name): version for name, version in found}


def read_lock(text: str) -> dict[str, tuple[str, int]]:
    """Read a lock: {normal name: (version, number of digests)}.

    A library that has another version on another Python stands twice; the first one counts.
    """
    found = {}
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", text):
        pinned = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", block)
        if pinned:
            found.setdefault(normal(pinned[1]), (pinned[2], block.count("--hash=sha256:")))
    return found


def normal(name: str) -> str:
    """Write a library's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


# --- Private ---------------------------------------------------------------------------------------


def _run(program: str, *arguments) -> subprocess.CompletedProcess:
    command = [VENV / "bin" / program, *arguments]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    if sys.argv[1:] not in (["lock"], ["audit"], ["sbom"]):
        stop(str(__doc__), 2)
    sys.exit(main(sys.argv[1]))
