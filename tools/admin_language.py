"""How much of the administration is Vietnamese: what `make language` calls.

    python tools/admin_language.py texts      texts of each installed library, and how many of them are translated
    python tools/admin_language.py screens    opens every screen of the administration as each person who works there,
                                              and the public pages; names each English word that it meets
    python tools/admin_language.py short      opens each address once, as one of those who may
    python tools/admin_language.py            texts and screens

The exit code is 0 only when nothing is missing and no English was met.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from console import loud, say
from run_tests import ROOT, clean_environment, compile_catalogues

# Those who see most come first, so that no process ends long after the others.
ROLES = (
    "superuser",
    "head",
    "standing_office",
    "deputy_head",
    "editor",
    "technical_admin",
    "contributor",
    "unit_head",
    "ward_approver",
    "accountant",
    "other_ward",
    "entry_only",
    "anonymous",
)
FEWEST_SCREENS = 1_500


def texts() -> int:
    """Print the count of each library and domain; return how many texts have no Vietnamese."""
    environment = clean_environment("language")
    compile_catalogues(environment)
    os.environ.update(environment)
    sys.path.insert(0, str(ROOT))
    import django  # noqa: PLC0415  once the environment names the settings

    django.setup()
    from tests.language.catalogues import count  # noqa: PLC0415  needs Django

    counts = count()
    say(f"{'Thư viện':36} {'Nhóm':9} {'Câu, chữ':>9} {'Đã dịch':>9} {'%':>7}")
    for found in counts:
        done = found.texts - len(found.missing)
        say(f"{found.library:36} {found.domain:9} {found.texts:9} {done:9} {100 * done / found.texts:6.1f} %")
    every, missing = sum(found.texts for found in counts), sum(len(found.missing) for found in counts)
    say(f"{'Cộng':36} {'':9} {every:9} {every - missing:9} {100 * (every - missing) / every:6.1f} %")
    for found in counts:
        for _context, text in found.missing:
            loud(f"Chưa dịch ({found.library}): {text}")
    return missing


def screens() -> int:
    """Walk all screens in as many processes as there are processors; print the sum, return what was found."""
    began = time.monotonic()
    processes = max(1, min(4, os.cpu_count() or 1))
    compile_catalogues(clean_environment("language"))
    with tempfile.TemporaryDirectory(prefix="portal-language-") as folder:
        runs = []
        for number in range(processes):
            environment = clean_environment(f"language-{number}") | {
                "PORTAL_LANGUAGE_ROLES": " ".join(ROLES[number::processes]),
                "PORTAL_LANGUAGE_REPORT": str(Path(folder) / f"{number}.json"),
            }
            command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=line"]
            runs.append(subprocess.Popen([*command, "tests/language/whole.py"], cwd=ROOT, env=environment))
        codes = [run.wait() for run in runs]
        reports = [json.loads(found.read_text()) for found in sorted(Path(folder).glob("*.json"))]
    return report(reports, codes, time.monotonic() - began)


def short() -> int:
    """Open each address once; return 0 when no English was met."""
    environment = clean_environment("language")
    compile_catalogues(environment)
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "-p", "no:cacheprovider"]
    return subprocess.run([*command, "tests/language/short.py"], cwd=ROOT, env=environment, check=False).returncode


def report(reports: list[dict], codes: list[int], seconds: float) -> int:
    """Print the sum of the reports; return 0 when all is well."""
    seen, english = Counter(), {}
    for found in reports:
        seen.update(found["screens"])
        english |= found["english"]
    patterns = {pattern for found in reports for pattern in found["patterns"]}
    for text, where in english.items():
        say(f"{text}: {where}")
    say("Màn hình theo vai: " + ", ".join(f"{role} {number}" for role, number in seen.most_common()))
    say(
        f"\nTiếng Anh trên màn hình: {len(english)} chỗ; {seen.total()} màn hình × vai, {len(patterns)} mẫu địa chỉ, "
        f"{len(seen)} vai; {seconds:.0f} giây"
    )
    if len(reports) < len(codes):
        loud("Có tiến trình dừng giữa chừng, chưa mở hết các màn hình")
        return 1
    if seen.total() < FEWEST_SCREENS:
        loud(f"Chưa đủ: cần mở ít nhất {FEWEST_SCREENS} màn hình")
        return 1
    return 1 if english or any(codes) else 0


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["texts", "screens"]
    sys.exit(1 if [part for part in wanted if {"texts": texts, "screens": screens, "short": short}[part]()] else 0)
