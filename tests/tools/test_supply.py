"""What is installed is what somebody locked: every library, down to the last, by the digests of its files."""

import re
from pathlib import Path

import supply

ROOT = Path(__file__).resolve().parents[2]
LOCK = """\
django==5.2.19 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via -r requirements.txt
psycopg2-binary==2.9.13 ; sys_platform != 'win32' \\
    --hash=sha256:cc
"""


class TestLocks:
    def test_each_pin_stands_in_its_lock_with_its_version(self):
        for lock, source in supply.LOCKS.items():
            locked = supply.read_lock((ROOT / lock).read_text())
            pins = supply.read_pins((ROOT / source).read_text())

            assert pins
            assert {name: locked.get(name, ("",))[0] for name in pins} == pins, f"{lock}: make lock"

    def test_no_requirement_goes_without_a_version(self):
        for source in supply.LOCKS.values():
            lines = [re.sub(r"\s+#.*|^#.*", "", line).strip() for line in (ROOT / source).read_text().splitlines()]
            loose = [line for line in lines if line and "==" not in line and not line.startswith("-r ")]

            assert loose == [], source

    def test_each_library_that_is_locked_has_a_digest(self):
        for lock in supply.LOCKS:
            locked = supply.read_lock((ROOT / lock).read_text())

            assert len(locked) >= len(supply.read_pins((ROOT / supply.LOCKS[lock]).read_text()))
            assert [name for name, (_, digests) in locked.items() if not digests] == []

    def test_the_tests_run_on_the_very_libraries_that_serve(self):
        *serving, tested = (supply.read_lock((ROOT / lock).read_text()) for lock in supply.LOCKS)

        assert len(serving) == 1 + len(supply.EXTRAS)
        for locked in serving:
            assert {name: tested.get(name) for name in locked} == locked

    def test_a_lock_is_read_with_markers_and_digests(self):
        assert supply.read_lock(LOCK) == {"django": ("5.2.19", 2), "psycopg2-binary": ("2.9.13", 1)}


class TestAudit:
    def test_a_known_weakness_is_named_with_the_version_that_corrects_it(self):
        vulns = [{"id": "PYSEC-2030-1", "fix_versions": ["1.2"]}, {"id": "PYSEC-2030-2", "fix_versions": []}]

        weak, unknown = supply.judge([{"name": "a", "version": "1.1", "vulns": vulns}])

        assert weak == ["a 1.1: PYSEC-2030-1, sửa ở 1.2", "a 1.1: PYSEC-2030-2, sửa ở chưa có bản sửa"]
        assert unknown == []

    def test_what_nobody_answered_for_is_not_called_sound(self):
        answers = [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}]

        assert supply.judge(answers) == ([], ["b"])
