"""Presses a part of the screens of a city that is served: what `tools/press.py` runs, several at once.

    python tests/browser/press_part.py CITY PART/PARTS REPORT [NAME ...]

CITY: a JSON file with `url`, `sessions`, `screens`. REPORT: the file for the outcome, written anew after each screen.
NAME: how names of screens begin; without one the links of the menus are followed as well.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.browser.chromium import chromium
from tests.browser.menu_walk import walk
from tests.browser.press_run import Run


def main(city: dict, part: int, parts: int, report: Path, only: tuple[str, ...]) -> None:
    """Follow the menus of some roles, press some screens."""
    with chromium() as browser:
        run, menus = Run(browser, city), {}
        screens = [screen for screen in city["screens"] if not only or screen["name"].startswith(only)][part::parts]

        def note(done: int) -> None:
            found = {"screens": done, "wanted": len(screens), "menus": menus, **asdict(run.report)}
            report.write_text(json.dumps(found, ensure_ascii=False))

        for role in [] if only else sorted(city["sessions"])[part::parts]:
            menus[role] = walk(run.window(role))
            note(0)
        for number, screen in enumerate(screens):
            note(number)
            if number % 20 == 0:
                print(f"phần {part + 1}: {number}/{len(screens)} màn hình", flush=True)
            run.press([screen])
        note(len(screens))


if __name__ == "__main__":
    given, place, target, *names = sys.argv[1:]
    numbers = [int(number) for number in place.split("/")]
    main(json.loads(Path(given).read_text()), *numbers, Path(target), tuple(names))
