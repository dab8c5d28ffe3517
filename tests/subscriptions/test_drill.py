"""The drill of `bench/followers.py` in small: jobs killed, mail server away, each told once and none left out."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240


class TestDrill:
    def test_nothing_is_told_twice_or_left_out_while_jobs_die(self):
        command = [sys.executable, "bench/followers.py", "--people", "60", "--changes", "6"]
        done = subprocess.run(
            [*command, "--most-seconds", str(SECONDS)], cwd=ROOT, capture_output=True, text=True, timeout=2 * SECONDS
        )

        assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
        assert "báo hai lần 0; bỏ sót 0; trước khi đăng 0; sau khi gỡ 0; sau khi thôi nhận 0" in done.stdout
        assert "0 lần việc bị dừng" not in done.stdout
        assert ", 0 lần báo đã gỡ" not in done.stdout
