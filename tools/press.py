"""Press every control of every form of the administration and say what did nothing: what `make press` calls.

    python tools/press.py [NAME ...]

NAME: how names of screens begin (a page type such as `articlepage`, an address such as `wagtailimages:`); only these
are pressed: after a fix.

As many browsers as there are processors, each with some of the screens of one city. Prints forms, controls, presses,
dead controls, errors of scripts and the links of the menus; what was not reached again, and forms that take a sending
without anything, are named. The exit code is 0 only when nothing is dead, no script failed, every link of a menu
opened, no form was left out, and of a hundred controls two at most were not reached.
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
from run_tests import ROOT, clean_environment, compile_catalogues, migrate_sqlite

PATHS = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tools")))}
FEWEST_FORMS, FEWEST_PRESSES = 150, 2_000
# One in this many controls may be one that a press removed.
MOST_UNREACHED = 50


def main(only: list[str]) -> int:
    """Build and serve a city, let all browsers press, add up their reports, print the sum."""
    began = time.monotonic()
    processes = max(1, min(4, os.cpu_count() or 1))
    environment = clean_environment("press")
    compile_catalogues(environment)
    os.environ.update(migrate_sqlite())
    sys.path.insert(0, str(ROOT))
    from tests.browser.serving import served  # noqa: PLC0415  once the tests can be found

    with tempfile.TemporaryDirectory(prefix="portal-press-") as folder:
        say("→ Dựng thành phố có mọi thứ, tìm ai mở được màn hình nào …")
        with served(Path(folder) / "var", build="tests/browser/every_form_city.py") as city:
            given = Path(folder) / "city.json"
            given.write_text(json.dumps({name: city[name] for name in ("url", "sessions", "screens")}))
            runs = []
            for number in range(processes):
                arguments = [str(given), f"{number}/{processes}", str(Path(folder) / f"report-{number}.json"), *only]
                command = [sys.executable, "tests/browser/press_part.py", *arguments]
                runs.append(subprocess.Popen(command, cwd=ROOT, env=environment | PATHS))
            codes = [run.wait() for run in runs]
            reports = [json.loads(found.read_text()) for found in sorted(Path(folder).glob("report-*.json"))]
    return report(reports, codes, time.monotonic() - began, is_whole=not only)


def report(reports: list[dict], codes: list[int], seconds: float, *, is_whole: bool = True) -> int:
    """Print the sum of the reports and return the exit code."""
    total = Counter()
    lines = {name: [] for name in ("dead", "trouble", "unreached", "faultless", "menu")}
    links = {}
    for found in reports:
        total.update({name: found[name] for name in ("screens", "forms", "controls", "presses")})
        for name in ("dead", "trouble", "unreached", "faultless"):
            lines[name] += found[name]
        for role, (number, problems) in found["menus"].items():
            links[role] = number
            lines["menu"] += [f"{role}: {problem}" for problem in problems]
    for name, title in (("dead", "Chết"), ("trouble", "Lỗi script"), ("menu", "Trình đơn"), ("unreached", "Không tới")):
        for line in lines[name]:
            say(f"{title}: {line}")
    say("Liên kết trình đơn theo vai: " + ", ".join(f"{role} {number}" for role, number in sorted(links.items())))
    say(
        f"\nBấm thử: {total['screens']} màn hình, {total['forms']} biểu mẫu, {total['controls']} nút và ô, "
        f"{total['presses']} lần bấm; {len(lines['dead'])} chết, {len(lines['trouble'])} lỗi script; "
        f"{sum(links.values())} liên kết trình đơn × vai, {len(lines['menu'])} hỏng; "
        f"{len(lines['unreached'])} không tới lại được; {len(lines['faultless'])} nhận cả khi để trống; "
        f"{seconds:.0f} giây"
    )
    if len(reports) < len(codes) or any(found["screens"] < found["wanted"] for found in reports):
        loud("Có tiến trình dừng giữa chừng, chưa bấm hết")
        return 1
    if not total["forms"]:
        loud("Không có màn hình nào tên như vậy")
        return 1
    if len(lines["unreached"]) * MOST_UNREACHED > total["controls"]:
        loud("Quá nhiều nút không tới lại được")
        return 1
    if is_whole and (total["forms"] < FEWEST_FORMS or total["presses"] < FEWEST_PRESSES):
        loud(f"Chưa đủ: cần ít nhất {FEWEST_FORMS} biểu mẫu, {FEWEST_PRESSES} lần bấm")
        return 1
    return 1 if any(lines[name] for name in ("dead", "trouble", "menu")) or any(codes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
