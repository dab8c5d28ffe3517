"""The words of scanned PDF files and of pictures of paper, recognised by a program (nhận dạng tự động), for the search.

1. A file whose reader found no letters waits (`texts.store_text`); a picture that has not been looked at does too.
2. `recognise` (a job in steps) reads sheet after sheet in a child process (`sandbox/recognition.py`), each within its
   bounds, and keeps each: a run that dies goes on with the next sheet. 3. After the last one the pages and documents
   that show the file are found by its words, as by those of any other file. They are shown nowhere as the file's text.
   Those of a picture that was replaced go at once, whether the program is there or not.
4. A sheet that fails is tried once more an hour later, when the machine may be less busy; failing again it ends the
   file: what was recognised before it stays. `read_again` (`manage.py recognise_again`) lets such files wait anew.
5. Where Tesseract is not installed everything waits, and `check` says so.
"""

import shutil
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from ..models import FileText, PictureText, PortalImage, Recognition
from ..models.file_text import UNREAD
from ..operations.health import OK, WARNING, Finding
from ..operations.periodic import STEP_SECONDS
from ..sandbox.client import NO_WALL, SandboxFailure, sheets
from ..sandbox.paper import PIXELS_OF_PAPER
from ..sandbox.walls import LANGUAGE, MODELS, PROGRAMS
from .checks.common import on_disk
from .texts import index_again, tell_of

CHECK = "recognition"
# Of a file; a longer one is found by its first pages.
MOST_SHEETS = 60
# What each step of a sheet may take of the machine's time; processor-seconds are bounded by the same.
DRAW_SECONDS, PREPARE_SECONDS, READ_SECONDS, WORDS_SECONDS = 20, 15, 60, 5
# A sheet with fewer words, or with more doubts than words, is a picture with a caption, or spots like letters.
FEWEST_WORDS = 5
CUT = "Bản quét dài {sheets} trang: chỉ nhận dạng chữ của {most} trang đầu."
AGAIN_AFTER = timedelta(hours=1)
STOPPED = (
    "Không nhận dạng được chữ của trang {sheet} (thử hai lần; trang quá lớn, quá phức tạp hoặc hỏng) nên dừng ở đó."
)
MISSING = "Không thấy tệp trên máy chủ nên không nhận dạng được chữ."
_OUR_NOTES = (STOPPED.partition("{")[0], MISSING)
# Where nothing is wrong with the file.
_OURS = ("busy", NO_WALL)


def is_installed() -> bool:
    """Tell whether the program that recognises words, and its Vietnamese model, are on this machine."""
    has_programs = all(shutil.which(name, path=PROGRAMS) for name in ("pdftoppm", "tesseract"))
    # Debian and Ubuntu put the models into a folder by the version of the program.
    return has_programs and any(Path(MODELS).glob(f"*/tessdata/{LANGUAGE}.traineddata"))


def recognise(on: datetime, progress: dict, *, seconds: float = STEP_SECONDS) -> dict:
    """Read what waits, sheet by sheet, for some seconds; return {"left": …} while more waits. A job in steps.

    Raises SandboxFailure where nothing may be opened: everything waits.
    """
    _remove_replaced()
    if not is_installed():
        return {}
    sheets.start()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (row := _waiting(on).select_related("file").order_by("read_at", "pk").first()) is not None:
            _read_sheets(row, on, until)
        elif (picture := _unread_pictures().order_by("-pk").first()) is not None:
            _read_picture(picture, on)
        else:
            return {}
    return {"left": _waiting(on).count() + _unread_pictures().count()}


def check() -> Finding:
    """Say whether scans wait because the program is not installed; readers lack nothing but words to find."""
    count = 0 if is_installed() else _waiting(timezone.now()).count()
    if count:
        detail = f"{count} tệp quét chờ nhận dạng chữ mà máy chủ chưa cài Tesseract: chưa tìm được theo chữ trong tệp."
        return Finding(CHECK, WARNING, detail, stops_serving=False)
    return Finding(CHECK, OK, "Không có tệp quét nào phải chờ Tesseract.", stops_serving=False)


def read_again(*, pictures: bool = False, on: datetime | None = None) -> int:
    """Let files that ended before their last sheet wait for it again; return how many.

    `pictures`: those in which no word was found are looked at again, too.
    """
    ended = FileText.objects.filter(recognition__in=[Recognition.DONE, Recognition.REFUSED])
    ended = ended.filter(sheets_read__lt=Least("sheets", MOST_SHEETS))
    count = 0
    for pk, notes in ended.values_list("pk", "notes"):
        left = "\n".join(line for line in notes.splitlines() if not line.startswith(_OUR_NOTES))
        count += ended.filter(pk=pk).update(recognition=Recognition.WAITING, notes=left, read_at=on or timezone.now())
    return count + (PictureText.objects.filter(text="").delete()[0] if pictures else 0)


def _unread():
    return FileText.objects.filter(recognition__in=UNREAD, digest=F("file__digest"))


def _waiting(on: datetime):
    return _unread().exclude(recognition=Recognition.AGAIN, read_at__gt=on - AGAIN_AFTER)


def _unread_pictures():
    """Pictures large enough to be a sheet of paper that have not been looked at since they have their content."""
    unread = PortalImage.objects.filter(stored_text=None)
    return unread.exclude(digest="").annotate(pixels=F("width") * F("height")).filter(pixels__gte=PIXELS_OF_PAPER)


# --- Files ----------------------------------------------------------------------------------------------


def _read_sheets(row: FileText, on: datetime, until: float) -> None:
    """Recognise the next sheets of a file, one at least, until it is over or the time is; each is stored at once."""
    try:
        with row.file.file.open("rb") as handle, on_disk(handle) as path:
            goes_on = True
            while goes_on:
                goes_on = _read_sheet(row, path, on) and time.monotonic() < until
    except FileNotFoundError:
        _store_failure(row, MISSING, on)


def _read_sheet(row: FileText, path: str, on: datetime) -> bool:
    """Recognise the next sheet of a file and store what became of it; tell whether more sheets follow."""
    page = row.sheets_read + 1
    try:
        words = _words_on_page(path, page)
    except SandboxFailure as failure:
        if failure.kind in _OURS:
            raise
        _store_failure(row, STOPPED.format(sheet=page), on)
        return False
    return _store_sheet(row, words, on)


def _store_sheet(row: FileText, words: str, on: datetime) -> bool:
    """Store the words of the next sheet; tell whether more sheets follow."""
    row.sheets_read += 1
    row.text = "\n\n".join(filter(None, (row.text, words)))[: FileText.MOST_CHARACTERS]
    row.recognition = Recognition.WAITING
    if row.sheets_read >= min(row.sheets, MOST_SHEETS):
        row.recognition = Recognition.DONE if row.text else Recognition.EMPTY
        if row.sheets > MOST_SHEETS:
            _add_note(row, CUT.format(sheets=row.sheets, most=MOST_SHEETS))
    return _store(row, row.sheets_read - 1, on) and row.recognition == Recognition.WAITING


def _store_failure(row: FileText, note: str, on: datetime) -> None:
    """Let a file wait to be tried once more, or end it with a note where that was the second time."""
    if row.recognition == Recognition.AGAIN:
        row.recognition = Recognition.DONE if row.text else Recognition.REFUSED
        _add_note(row, note)
    else:
        row.recognition = Recognition.AGAIN
    _store(row, row.sheets_read, on)


def _add_note(row: FileText, note: str) -> None:
    row.notes = "\n".join(filter(None, (row.notes, note)))


def _store(row: FileText, sheets_before: int, on: datetime) -> bool:
    """Store what became of a sheet, and let what is over be found; False where the file has another content now."""
    row.read_at = on
    with transaction.atomic():
        rows = _unread().filter(pk=row.pk, digest=row.digest, sheets_read=sheets_before)
        keys = list(rows.values_list("pk", flat=True))
        if not FileText.objects.filter(pk__in=keys).update(
            text=row.text,
            sheets_read=row.sheets_read,
            recognition=row.recognition,
            notes=row.notes,
            read_at=on,
        ):
            return False
        if row.recognition not in UNREAD and row.text:
            index_again(row.file)
            tell_of(row.file)
    return True


def _words_on_page(path: str, page: int) -> str:
    with tempfile.NamedTemporaryFile(prefix="portal-page-") as drawn:
        sheets.ask("draw_page", seconds=DRAW_SECONDS, source=path, target=drawn.name, page=page)
        return _words_on(drawn.name)


def _words_on(picture: str) -> str:
    """Return the words on a picture of paper; "" for any other picture, and where there are none to speak of."""
    with (
        tempfile.NamedTemporaryFile(prefix="portal-sheet-") as sheet,
        tempfile.NamedTemporaryFile(prefix="portal-table-") as table,
        tempfile.NamedTemporaryFile(prefix="portal-words-") as words,
    ):
        seen = sheets.ask(
            "prepare", seconds=PREPARE_SECONDS, source=picture, target=sheet.name, says={"is_paper": bool}
        )
        if not seen["is_paper"]:
            return ""
        sheets.ask("read_sheet", seconds=READ_SECONDS, source=sheet.name, target=table.name)
        found = sheets.ask(
            "sure_words",
            seconds=WORDS_SECONDS,
            source=table.name,
            target=words.name,
            says={"words": int, "unsure": int},
        )
        if found["words"] < max(FEWEST_WORDS, found["unsure"]):
            return ""
        # The child wrote it: whatever came over it may have left other bytes, or no end.
        with open(words.name, encoding="utf-8", errors="replace") as handle:
            return handle.read(FileText.MOST_CHARACTERS).replace("\0", "").strip()


# --- Pictures -------------------------------------------------------------------------------------------


def _remove_replaced() -> None:
    """Remove the words of pictures that were replaced, out of the search too: they may be why."""
    for row in PictureText.objects.exclude(digest=F("picture__digest")).select_related("picture").order_by("pk"):
        with transaction.atomic():
            row.delete()
            if row.text:
                index_again(row.picture)


def _read_picture(picture: PortalImage, on: datetime) -> None:
    """Recognise the words on a picture of paper and keep them; of any other picture, that it was looked at."""
    words = ""
    try:
        with picture.file.open("rb") as handle, on_disk(handle) as path:
            words = _words_on(path)
    except (FileNotFoundError, SandboxFailure) as failure:
        if getattr(failure, "kind", "") in _OURS:
            raise
    with transaction.atomic():
        if not PortalImage.objects.filter(pk=picture.pk, digest=picture.digest).exists():
            return
        PictureText.objects.update_or_create(
            picture=picture, defaults={"digest": picture.digest, "text": words, "read_at": on}
        )
        if words:
            index_again(picture)
