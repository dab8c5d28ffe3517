"""Recognise twenty scanned sheets in Vietnamese, and files made to keep their reader busy: words, seconds.

    python bench/recognition.py

1. Twenty sheets (`tests/files/scans.py`): 300 and 150 dots an inch, upright and askew, with and without a stamp.
2. Each is read as the portal does (`base/files/recognising.py`), behind the wall; words are compared as they are spelt.
3. Hostile files: a page of a hundred metres, a picture that bursts, twenty thousand pictures on a page.
A table into `results/`. Needs Tesseract with its Vietnamese model; no database, no network; ends by itself.
"""

import os
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"


def main() -> int:
    """Read all of it, write the table; 1 where too few words were found or a hostile file was not refused in time."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from base.files import recognising  # noqa: PLC0415

    if not recognising.is_installed():
        print("Chưa cài Tesseract: apt-get install tesseract-ocr tesseract-ocr-vie", file=sys.stderr)
        return 1
    lines, is_well = _read_sheets(recognising)
    more, are_refused = _read_hostile(recognising)
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{datetime.now().astimezone():%Y-%m-%d}-recognition.md"
    target.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
    print(target.read_text(encoding="utf-8"))
    return 0 if is_well and are_refused else 1


def _read_sheets(recognising) -> tuple[list[str], bool]:
    from tests.files.scans import SHEETS, pdf_of  # noqa: PLC0415

    lines = ["# Words recognised on scanned sheets", "", "| Sheet | dpi | Askew | Stamp | Words | Found | Seconds |"]
    lines.append("|---:|---:|---:|---|---:|---:|---:|")
    sums: dict[int, list[int]] = {}
    for sheet in SHEETS:
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf_of([sheet.picture()]))
            file.flush()
            began = time.monotonic()
            missed = sheet.missed(recognising._words_on_page(file.name, 1))
            seconds = time.monotonic() - began
        found = sums.setdefault(sheet.dots, [0, 0])
        found[0] += sheet.count - len(missed)
        found[1] += sheet.count
        lines.append(
            f"| {sheet.number + 1} | {sheet.dots} | {sheet.slant}° | {'yes' if sheet.is_stamped else ''} | "
            f"{sheet.count} | {1 - len(missed) / sheet.count:.1%} | {seconds:.1f} |"
        )
    lines += ["", *(f"At {dots} dpi: {one / every:.2%} of {every} words." for dots, (one, every) in sums.items())]
    return lines, sums[300][0] / sums[300][1] >= 0.95


def _read_hostile(recognising) -> tuple[list[str], bool]:
    from base.sandbox.client import SandboxFailure  # noqa: PLC0415
    from tests.files.scans import HOSTILE  # noqa: PLC0415

    lines, is_well = ["", "| Hostile file | Outcome | Seconds |", "|---|---|---:|"], True
    for name, content in HOSTILE.items():
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            began = time.monotonic()
            try:
                outcome = "nothing" if not recognising._words_on_page(file.name, 1) else "words"
            except SandboxFailure as failure:
                outcome = f"refused ({failure.kind})"
            seconds = time.monotonic() - began
        is_well &= outcome != "words" and seconds < recognising.DRAW_SECONDS + recognising.READ_SECONDS
        lines.append(f"| {name} | {outcome} | {seconds:.1f} |")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [*lines, "", f"The process that asked took {grown} MB at most."], is_well


if __name__ == "__main__":
    sys.exit(main())
