"""Open the tables of money and points in LibreOffice, and add their columns up again.

    PORTAL_VAR=var/demo python bench/office_sums.py

1. The frozen statements of royalties and the score sheets of each month, of the database of the environment, become
   XLSX files as people download them. 2. LibreOffice opens each without a window and writes every sheet as it read it.
3. Each column with a number below it must come to that number; of the sheet that sums a month up, each row is compared
   with the sheet of its site.

Ends with 1 when a sum differs or nothing was compared. Wants `soffice`.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import django  # noqa: E402

django.setup(set_prefix=False)

from reporting.models import ScoreSheet  # noqa: E402
from reporting.scoring import table  # noqa: E402
from royalties import sheets  # noqa: E402
from royalties.models import Statement  # noqa: E402

# Comma, quotes, UTF-8, from the first row on, numbers as they are and not as they are shown, all sheets.
FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
PATIENCE_SECONDS = 180
HEAD, SUMS_UP = "STT", "Tổng hợp"


def files() -> dict[str, bytes]:
    """Return the files by name."""
    frozen = Statement.objects.filter(state__in=Statement.FROZEN)
    found = {sheets.file_name(one, "xlsx"): sheets.as_xlsx(one) for one in frozen}
    counting = ScoreSheet.objects.counting().select_related("site", "replaces").prefetch_related("lines")
    for month in counting.order_by("month").values_list("month", flat=True).distinct():
        of_month = list(counting.filter(month=month))
        found[table.file_name(of_month, "xlsx")] = table.as_xlsx(of_month)
    return found


def opened(folder: Path) -> dict[str, list[list[str]]]:
    """Return (file-sheet → rows) as LibreOffice read the XLSX files of a folder."""
    home = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    books = sorted(map(str, folder.glob("*.xlsx")))
    command = ["soffice", home, "--headless", "--convert-to", FILTER, "--outdir", str(folder / "out"), *books]
    subprocess.run(command, check=True, timeout=PATIENCE_SECONDS, stdout=subprocess.DEVNULL)
    read = {}
    for path in sorted((folder / "out").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            read[path.stem] = list(csv.reader(file))
    return read


def number(text: str) -> Decimal | None:
    """Return a cell as a number; None for words and for nothing."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def below(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows below the heads of the columns."""
    head = next(place for place, row in enumerate(rows) if row[0] == HEAD)
    return [row for row in rows[head + 1 :] if any(row)]


def wrong_sums(rows: list[list[str]]) -> tuple[int, list[str]]:
    """Return how many columns have a number below them, and what is wrong with some."""
    *lines, last = below(rows)
    wrong, count = [], 0
    for place, text in enumerate(last):
        if (expected := number(text)) is not None:
            count += 1
            found = sum((number(line[place]) or Decimal(0) for line in lines), Decimal(0))
            wrong += [] if found == expected else [f"column {place + 1}: {found}, below it {expected}"]
    return count, wrong


def wrong_rows(rows: list[list[str]], sums: dict[str, list[str]]) -> list[str]:
    """Return which sites of a month's sheet have other points there than on their own (name of the site → its sum)."""
    return [
        f"{name}: {points}, on its own sheet {sums[name][2:4]}"
        for _place, name, *points in (row[:4] for row in below(rows))
        if list(map(number, points)) != list(map(number, sums[name][2:4]))
    ]


def main() -> int:
    """Compare all of it; print a line a sheet."""
    if shutil.which("soffice") is None:
        print("soffice is not on this machine.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = files()
        for file, data in made.items():
            (folder / file).write_bytes(data)
        read = opened(folder)
    failed, compared = 0, 0
    for file in (name.removesuffix(".xlsx") for name in made):
        own = {name.removeprefix(f"{file}-"): rows for name, rows in read.items() if name.startswith(f"{file}-")}
        sums = {rows[1][0]: below(rows)[-1] for name, rows in own.items() if name != SUMS_UP}
        for sheet, rows in own.items():
            count, wrong = (len(below(rows)), wrong_rows(rows, sums)) if sheet == SUMS_UP else wrong_sums(rows)
            compared, failed = compared + count, failed + len(wrong)
            print(f"{file}, {sheet}: {count} sums, {len(wrong)} wrong {'; '.join(wrong)}")
    print(f"{len(made)} files, {len(read)} sheets, {compared} sums compared, {failed} wrong.")
    return 1 if failed or not compared or not made else 0


if __name__ == "__main__":
    sys.exit(main())
