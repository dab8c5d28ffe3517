"""Try the newest Django and Wagtail ahead of time: what `make next` calls.

    python tools/next_versions.py                     the newest release of each, one after the other
    python tools/next_versions.py wagtail==8.1        that one

For each: 1. the tracked files, as they stand, are copied to `var/next/<name>-<version>`; 2. the pin is raised there and
the locks are written anew; 3. `make check` runs there, with an environment of its own. The project itself is not
changed. The exit code is 0 only when every trial passed.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from console import say, stop

ROOT = Path(__file__).resolve().parent.parent
TRIALS = ROOT / "var" / "next"
TRIED = ("django", "wagtail")
PINS = "requirements.txt"


def main(wanted: list[str]) -> int:
    """Try each of `wanted` ("name==version", or a name for its newest release); return the exit code."""
    pairs = [_pair(one) for one in wanted or TRIED]
    outcome = {}
    for name, version in pairs:
        pins = (ROOT / PINS).read_text()
        if raised(pins, name, version) == pins:
            outcome[f"{name} {version}"] = "đang dùng"
            continue
        outcome[f"{name} {version}"] = "đạt" if try_one(name, version) else "KHÔNG đạt"
    for title, word in outcome.items():
        say(f"{title}: {word}")
    return 1 if "KHÔNG đạt" in outcome.values() else 0


def try_one(name: str, version: str) -> bool:
    """Run the checks of a copy in which `name` has `version`; the copy stays for who looks why it failed."""
    place = TRIALS / f"{name}-{version}"
    copy_tracked_files(place)
    (place / PINS).write_text(raised((place / PINS).read_text(), name, version))
    locked = subprocess.run([sys.executable, "tools/supply.py", "lock"], cwd=place, check=False)
    if locked.returncode:
        return False
    return not subprocess.run(["make", "check"], cwd=place, check=False).returncode


def copy_tracked_files(place: Path) -> None:
    """Copy the files that git tracks, as the working folder has them, into an empty `place`."""
    shutil.rmtree(place, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        source = ROOT / name
        if source.is_file():
            target = place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def raised(pins: str, name: str, version: str) -> str:
    """Return the text of a file of requirements with the pin of `name` set to `version`; stop when it has none."""
    text, found = re.subn(rf"(?mi)^({re.escape(name)}(?:\[[\w,-]+\])?)==\S+", rf"\g<1>=={version}", pins)
    if found != 1:
        stop(f"{PINS} không có đúng một dòng {name}==…")
    return text


def newest(listing: str) -> str:
    """Return the version that `pip index versions` calls the newest final one: "django (6.1.3)"."""
    found = re.match(r"\S+ \(([\d.]+)\)", listing)
    if not found:
        stop(f"Không đọc được danh sách phiên bản: {listing[:200]!r}")
    return found[1]


# --- Private ---------------------------------------------------------------------------------------


def _pair(one: str) -> tuple[str, str]:
    name, _, version = one.partition("==")
    if version:
        return name, version
    asked = [sys.executable, "-m", "pip", "index", "versions", name, "--disable-pip-version-check"]
    return name, newest(subprocess.run(asked, capture_output=True, text=True, check=False).stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
