"""Put real files of other people through the upload and the readers: what is taken, refused and why, lost, and crashes.

    python bench/real_files.py FOLDER [FOLDER …] --write

The folders are copies of what `bench/real_files.txt` names (test files of libraries and public repositories); they are
not kept here. 1. Each file with an extension that the portal takes goes through the checks as an upload would. 2. What
was taken is opened again from what would be stored: pictures are made smaller in three ways, texts of PDF and Word
files are read and Word files taken apart for an import. 3. Counted: taken, refused by sentence, lost (taken, but what
would be stored does not open or has another size, another number of pages or less text), crashes (any other error). The
exit code is 1 when something was lost or crashed. `--write` keeps the figures in `results/`.
"""

import argparse
import collections
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PICTURES = ("jpg", "jpeg", "png", "gif", "webp")
LARGEST = 50 * 1024 * 1024


def main() -> int:
    """Try every file; print and perhaps keep the figures; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folders", nargs="+", type=Path)
    options.add_argument("--most", type=int, default=100_000, help="how many files at the most")
    options.add_argument("--write", action="store_true", help="keep the figures in bench/results/")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="portal-real-files-") as var:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PORTAL_VAR": var, "DATABASE_URL": ""}
        import django  # noqa: PLC0415  after the environment is set

        django.setup()
        tally = Tally()
        for path in files_of(chosen.folders)[: chosen.most]:
            tally.take(path)
        report = tally.report(chosen.folders)
    print(report)
    if chosen.write:
        (ROOT / "bench" / "results" / f"{time.strftime('%Y-%m-%d')}-real-files.md").write_text(report, encoding="utf-8")
    return 1 if tally.lost or tally.crashed else 0


def files_of(folders: list[Path]) -> list[Path]:
    """Return the files of the folders that are of a kind which the portal takes, each content once."""
    from django.conf import settings  # noqa: PLC0415

    allowed = {*settings.WAGTAILDOCS_EXTENSIONS, *settings.WAGTAILIMAGES_EXTENSIONS}
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            kind = path.suffix.lower().removeprefix(".")
            if kind in allowed and path.is_file() and 0 < path.stat().st_size <= LARGEST:
                found.setdefault((path.stat().st_size, path.read_bytes()[:4096]), path)
    return sorted(found.values())


class Tally:
    """What became of the files so far."""

    def __init__(self):
        self.taken, self.refused = collections.Counter(), collections.defaultdict(collections.Counter)
        self.lost, self.crashed = [], []
        self.milliseconds = collections.defaultdict(list)

    def take(self, path: Path) -> None:
        """Send one file through the checks, and what comes out through the readers."""
        from django.core.exceptions import ValidationError  # noqa: PLC0415
        from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

        from base.files.checks.examine import examine_document, examine_image  # noqa: PLC0415

        kind = path.suffix.lower().removeprefix(".")
        examine = examine_image if kind in PICTURES else examine_document
        began = time.monotonic()
        try:
            stored = examine(SimpleUploadedFile(f"a.{kind}", path.read_bytes())).file.read()
        except ValidationError as error:
            self.refused[kind][error.messages[0].split(";")[0]] += 1
            return
        except Exception as error:  # noqa: BLE001  whatever it is, it is counted
            self.crashed.append(f"{path.name}: {type(error).__name__}: {error}"[:200])
            return
        finally:
            self.milliseconds[kind].append((time.monotonic() - began) * 1000)
        self.taken[kind] += 1
        try:
            if missing := READ_AGAIN.get(kind, lambda *_: "")(path, stored):
                self.lost.append(f"{path.name}: {missing}")
        except ValidationError as error:
            self.refused[f"{kind} (đưa vào trang)"][error.messages[0].split(";")[0]] += 1
        except Exception as error:  # noqa: BLE001
            self.crashed.append(f"{path.name} (đọc lại): {type(error).__name__}: {error}"[:200])

    def report(self, folders: list[Path]) -> str:
        """Return the figures as a page of text."""
        kinds = sorted({*self.taken, *self.refused})
        rows = [
            f"| {kind} | {self.taken[kind]} | {sum(self.refused[kind].values())} | "
            f"{statistics.median(self.milliseconds[kind]) if self.milliseconds[kind] else 0:.0f} |"
            for kind in kinds
        ]
        reasons = [f"* {kind}: {count} × {why}" for kind in kinds for why, count in self.refused[kind].most_common()]
        return "\n".join(
            [
                f"# {time.strftime('%Y-%m-%d')}, real files",
                "",
                f"{sum(map(len, self.milliseconds.values()))} files of "
                f"{', '.join(folder.name for folder in folders)} (`bench/real_files.txt`), each content once.",
                "",
                "| Kind | taken | refused | median ms |",
                "|---|--:|--:|--:|",
                *rows,
                "",
                f"Lost: {len(self.lost)}. Crashes: {len(self.crashed)}.",
                *(f"* {one}" for one in self.lost + self.crashed),
                "",
                "Refused, and why:",
                "",
                *reasons,
                "",
            ]
        )


def picture_again(path: Path, stored: bytes) -> str:
    """Open what would be stored, and make it smaller; return what is missing."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    from base.sandbox.client import pictures  # noqa: PLC0415

    with Image.open(io.BytesIO(stored)) as after:
        size = list(after.size)
    try:
        with Image.open(path) as before:
            came = list(ImageOps.exif_transpose(before).size)
    except Exception:  # noqa: BLE001  what came is read by nobody but the child
        came = size
    if came != size:
        return f"{came} → {size}"
    with tempfile.NamedTemporaryFile() as source, tempfile.NamedTemporaryFile() as target:
        source.write(stored)
        source.flush()
        for result in ([120, 90], [480, 270], [max(size[0] // 2, 1), max(size[1] // 2, 1)]):
            answer = pictures.ask(
                "smaller",
                seconds=10,
                source=source.name,
                target=target.name,
                size=size,
                rect=[0, 0, *size],
                result=result,
                kind="",
                quality=0,
                lossless=False,
                background=None,
            )
            if not answer["kind"]:
                return f"not made smaller: {answer}"
    return ""


def pdf_again(path: Path, stored: bytes) -> str:
    """Compare pages and text with what poppler says of the file as it came."""
    from pypdf import PdfReader  # noqa: PLC0415

    from base.files import texts  # noqa: PLC0415
    from base.files.checks.common import Sized  # noqa: PLC0415

    found = texts.read(Sized(io.BytesIO(stored), len(stored)), "a.pdf")
    said = subprocess.run(
        ["pdftotext", "-q", "-l", "1000", path, "-"], capture_output=True, timeout=120, check=False
    ).stdout
    letters = len("".join(said.decode("utf-8", "replace").split()))
    ours = len("".join(found.text.split()))
    if texts.NOT_READ in found.notes and letters:
        return f"not read, {letters} letters"
    if ours < 0.95 * letters and texts.NO_LAYER not in found.notes and texts.CUT not in found.notes:
        return f"{ours} letters of {letters}"
    try:
        pages = len(PdfReader(path, strict=False).pages)
    except Exception:  # noqa: BLE001  the file as it came is broken
        return ""
    return "" if len(PdfReader(io.BytesIO(stored), strict=False).pages) == pages else f"not {pages} pages"


def word_again(path: Path, stored: bytes) -> str:
    """Compare the text with the letters that stand in the file, and take it apart as an import does."""
    from base.files import texts  # noqa: PLC0415
    from base.files.checks.common import Sized  # noqa: PLC0415
    from sections.word_import import reading  # noqa: PLC0415

    found = texts.read(Sized(io.BytesIO(stored), len(stored)), "a.docx")
    if texts.NOT_READ in found.notes:
        return "not read"
    with reading.opened(Sized(io.BytesIO(stored), len(stored))):
        return ""


READ_AGAIN = dict.fromkeys(PICTURES, picture_again) | {"pdf": pdf_again, "docx": word_again}


if __name__ == "__main__":
    sys.exit(main())
