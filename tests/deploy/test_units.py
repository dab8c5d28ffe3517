"""The units of systemd: what they may do is little, and what they start is what `make run` starts."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import debian
import pytest
import web_server

from deploy.machine import answers, units
from tests.deploy.machines import ANSWERS

RELEASE = Path("/opt/portal/releases/1.0.0-abc")
# What `systemd-analyze security` may say at most, 10 being the worst.
MOST_EXPOSURE = 2.0


@pytest.fixture(scope="module")
def analyze():
    """The program, installed where that is allowed; a run of CI may not do without it."""
    if not shutil.which("systemd-analyze"):
        debian.install("systemd")
    program = shutil.which("systemd-analyze")
    if program is None:
        assert os.environ.get("CI") != "true", "systemd-analyze is needed: apt-get install systemd"
        pytest.skip("systemd-analyze is not there and may not be installed")
    return program


@pytest.fixture
def written(tmp_path):
    """The units of a release in a folder, the one of a port under its own name too."""
    known = answers.demand(ANSWERS | {"PORTAL_BACKUP": "/mnt/sao-luu", "PORTAL_BACKUP_RECIPIENTS": f"age1{'q' * 58}"})
    for name in units.NAMES:
        (tmp_path / name).write_text(units.text_of(name, known, RELEASE))
    return tmp_path


@pytest.mark.parametrize("name", units.NAMES)
def test_each_is_exposed_little(name, written, analyze):
    done = subprocess.run(
        [analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSURE * 10:.0f}", "--no-pager", written / name],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "Unknown" not in done.stderr, done.stderr


def test_a_unit_without_its_hardening_would_be_found(written, analyze):
    bare = written / "portal-jobs.service"
    bare.write_text("\n".join(line for line in bare.read_text().splitlines() if not line.startswith("SystemCall")))

    done = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", "--no-pager", bare], capture_output=True, check=False
    )

    assert done.returncode


def test_no_placeholder_is_left_and_every_path_is_of_the_release(written):
    for name in units.NAMES:
        text = (written / name).read_text()
        assert not re.search(r"@[A-Z]+@", text)
        assert f"WorkingDirectory={RELEASE}\n" in text and f"ExecStart={RELEASE}/.venv/bin/python " in text


def test_the_web_server_is_started_as_everywhere_else(written):
    line = next(
        line.removeprefix("ExecStart=")
        for line in (written / "portal-web@.service").read_text().splitlines()
        if line.startswith("ExecStart=")
    )

    usual = web_server.command(8000, "--log-level", "warning", workers=units.workers())

    assert line.split()[1:] == [word.replace("8000", "%i") for word in usual[1:]]
    assert usual[0] == sys.executable


def test_only_the_periodic_work_opens_connections_to_other_machines(written):
    for name, allowed in (
        ("portal-web@.service", "localhost"),
        ("portal-jobs.service", "localhost 192.0.2.25"),
        ("portal-backup.service", "localhost"),
    ):
        assert f"IPAddressDeny=any\nIPAddressAllow={allowed}\n" in (written / name).read_text(), name


def test_backups_are_written_by_those_who_make_them_and_a_missing_disk_stops_nothing(written):
    assert " -/mnt/sao-luu\n" in (written / "portal-jobs.service").read_text()
    assert "/mnt/sao-luu" not in (written / "portal-web@.service").read_text()
