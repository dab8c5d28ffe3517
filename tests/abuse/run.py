"""`make abuse`: run the cases A01–A31 against the portal as it runs in production; print what passed of 31.

    python tests/abuse/run.py              all cases
    python tests/abuse/run.py A07 A11      some of them

The exit code is 0 only when every case that was asked for passed. A case that is missing counts as a miss.
"""

import importlib
import sys
import time
from collections import Counter
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from tests.abuse import cases  # noqa: E402  found where the line above says

NUMBERS = [f"A{number:02}" for number in range(1, 32)]
MODULES = (
    "pages",
    "records",
    "media",
    "machines",
    "publishing",
    "texts",
    "uploads",
    "entering",
    "requesting",
    "keeping",
    "dossiers",
)


def main(asked: list[str]) -> int:
    """Build the stage, run the cases and report; return the exit code."""
    from_environment = importlib.import_module("tests.abuse.stage")
    began = time.monotonic()
    with from_environment.environment() as stage:
        from_environment.manage(stage, "migrate", "-v0")
        from_environment.manage(stage, "collectstatic", "--noinput", "-v0")
        django.setup(set_prefix=False)
        for module in MODULES:
            importlib.import_module(f"tests.abuse.{module}")
        people = importlib.import_module("tests.abuse.people")
        people.prepare(stage)
        print(f"stage ready after {time.monotonic() - began:.0f} s", flush=True)
        outcomes = []
        with from_environment.serving(stage):
            people.sign_everybody_in(stage)
            for number in asked or NUMBERS:
                if number in cases.CASES:
                    outcomes.append(cases.run(cases.CASES[number], stage))
                    print("\n".join(outcomes[-1].lines()), flush=True)
                else:
                    print(f"{number}  FAIL  there is no such case", flush=True)
        errors = met(stage.log)
    passed, wanted = sum(outcome.passed for outcome in outcomes), len(asked or NUMBERS)
    said = f"{errors.total()} errors in the server's log"
    print(f"\n{passed}/{wanted} passed, {time.monotonic() - began:.0f} s, {said}")
    for error, times in errors.most_common():
        print(f"{times:6} × {error[:200]}")
    return 0 if passed == wanted else 1


def met(log: str) -> Counter:
    """Count the errors of the server's log by the line that names each: the first without an indent.

    Of errors that came one out of the other the last counts, which is the one that was not caught.
    """
    found = Counter()
    for trace in log.split("Traceback (most recent call last)")[1:]:
        if "During handling of the above exception" in trace or "direct cause of the following exception" in trace:
            continue
        lines = (line for line in trace.splitlines()[1:] if line and not line.startswith(" "))
        found[next(lines, "?")] += 1
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
