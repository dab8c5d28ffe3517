#!/usr/bin/python3
"""Takes the place of `systemctl` in a root of Debian where no systemd runs: for `tools/install_trial.py` alone.

It starts what the units of the portal say (program, folder, settings, account, no new privileges, no capabilities,
umask), and PostgreSQL, nginx and ClamAV as their packages do; of the rest of the hardening it knows nothing.
"""

import glob
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STATE = Path("/run/units")
STOP_SECONDS = 60
POSTGRES = (
    "install -d -o postgres -g postgres -m 2775 /run/postgresql; pg_ctlcluster $(ls /etc/postgresql | tail -1) main"
)
SCANNER = "install -d -o clamav -g clamav /run/clamav; pgrep -x clamd >/dev/null || clamd"
# Unit → (start, stop, reload).
OTHERS = {
    "postgresql": (f"{POSTGRES} status >/dev/null || {POSTGRES} start", f"{POSTGRES} stop -m fast", ":"),
    "nginx": ("pgrep -x nginx >/dev/null || nginx", "nginx -s quit", "nginx -s reload"),
    "clamav-daemon": (SCANNER, "pkill -x clamd; sleep 2", ":"),
}


def main(words: list[str]) -> int:
    """Do what systemctl would be asked for."""
    work, names = words[0], [word.removesuffix(".service") for word in words[1:] if not word.startswith("-")]
    if work in ("daemon-reload", "preset", "mask", "unmask", "disable"):
        return 0
    if work == "enable":
        return _all(start, names) if "--now" in words else 0
    works = {
        "start": start,
        "stop": stop,
        "restart": restart,
        "try-restart": restart,
        "reload": reload_unit,
        "reload-or-restart": reload_unit,
        "is-active": lambda name: 0 if _process(name) else 3,
    }
    return _all(works[work], names) if work in works else 0


def start(name: str) -> int:
    """Start a unit unless it runs."""
    if name in OTHERS:
        return _shell(OTHERS[name][0])
    if not name.startswith("portal-") or _process(name):
        return 0
    unit = _read(name)
    settings = dict(word.split("=", 1) for word in unit.get("Environment", "").split())
    command = ["setpriv", "--reuid", unit["User"], "--regid", unit["Group"], "--init-groups"]
    command += ["--no-new-privs", "--bounding-set", "-all", "--inh-caps", "-all", *unit["ExecStart"].split()]
    options = {
        "cwd": unit["WorkingDirectory"],
        "env": {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **settings},
        "umask": int(unit["UMask"], 8),
        "stdin": subprocess.DEVNULL,
    }
    if unit.get("Type") == "oneshot":
        return subprocess.run(command, check=False, **options).returncode
    STATE.mkdir(exist_ok=True)
    with open(f"/var/log/{name}.log", "a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **options)
    (STATE / name).write_text(str(process.pid))
    return 0


def stop(name: str) -> int:
    """Ask a unit to end; end what is left of it."""
    if name in OTHERS:
        return _shell(OTHERS[name][1])
    process = _process(name)
    if not process:
        return 0
    os.kill(process, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while _process(name) and time.monotonic() < until:
        time.sleep(0.1)
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        pass
    (STATE / name).unlink(missing_ok=True)
    return 0


def restart(name: str) -> int:
    """Stop, start."""
    stop(name)
    return start(name)


def reload_unit(name: str) -> int:
    """Let a unit read its settings anew, or start it."""
    return start(name) or _shell(OTHERS[name][2]) if name in OTHERS else 0


def _read(name: str) -> dict[str, str]:
    template, at, instance = name.partition("@")
    path = glob.glob(f"/etc/systemd/system/{glob.escape(template + at)}.service")[0]
    found = {}
    for line in Path(path).read_text().splitlines():
        key, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#") and key not in found:
            found[key] = value.replace("%i", instance)
    return found


def _process(name: str) -> int:
    try:
        number = int((STATE / name).read_text())
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return 0
    return 0 if state == "Z" else number


def _all(work, names: list[str]) -> int:
    return max((work(name) for name in names), default=0)


def _shell(command: str) -> int:
    return subprocess.run(["sh", "-c", command], check=False, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
