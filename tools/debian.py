"""Install Debian packages where this account may: as root, or through sudo without a password."""

import os
import shutil
import subprocess
from pathlib import Path

from console import say

LOCK_WAIT_SECONDS = 300
PROGRAMS = os.pathsep.join(("/usr/local/bin", "/usr/bin", "/bin"))
# Program → package: `base/sandbox/` starts them.
READERS = {"bwrap": "bubblewrap", "pdftotext": "poppler-utils"}
# What recognises words on scans; the portal does without, the tests do not.
RECOGNISER = ("tesseract-ocr", "tesseract-ocr-vie")
# The shell without windows needs a seventh less for the same pages; the first two are packages too.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def may_install() -> bool:
    """True when apt-get exists and this account is root or has sudo without a password."""
    return bool(shutil.which("apt-get")) and _prefix() is not None


def install(*packages: str) -> bool:
    """Install `packages` by their Debian names; True when apt-get reports success.

    The package lists are fetched first: on a fresh machine they are empty.
    """
    if not may_install():
        return False
    say(f"  cài gói hệ thống: {' '.join(packages)}")
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        command = [
            *_prefix(),
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-q",
            "-o",
            f"DPkg::Lock::Timeout={LOCK_WAIT_SECONDS}",
            *arguments,
        ]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # A failed `update` of one list need not stop the install from another.
        if done.returncode and arguments[0] == "install":
            say(done.stdout[-3000:])
            return False
    return True


def missing_readers() -> list[str]:
    """Return the packages that are missing of those that open uploaded files, or shut in what opens them."""
    return [package for program, package in READERS.items() if shutil.which(program, path=PROGRAMS) is None]


def install_readers() -> list[str]:
    """Install what is missing of them where that is allowed; return what is still missing."""
    if missing := missing_readers():
        install(*missing)
    return missing_readers()


def has_recogniser() -> bool:
    """True when the program is there that recognises words on scans, with its model of Vietnamese."""
    has_model = any(Path("/usr/share/tesseract-ocr").glob("*/tessdata/vie.traineddata"))
    return has_model and shutil.which("tesseract", path=PROGRAMS) is not None


def browser() -> str | None:
    """Return the path of a browser of the Chromium kind: the one that CHROMIUM names, else the first there is."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def _prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None
