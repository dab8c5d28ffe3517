"""The text of Word, PDF and plain text files, for full texts and for the search.

1. `read` lets a child process with little memory and time read the file (`sandbox/texts.py`). 2. Text in an encoding
before Unicode (TCVN3, VNI) is named, never converted by itself: `scheme` is what a person confirmed (QĐ 72/2002/QĐ-TTg;
letters of a wrong table would be another text). 3. A scan without a text layer gives an empty text and says so: its
words are recognised by a job of its own (`recognising.py`). 4. `store_texts` (a job) keeps the text of every file,
`text_of` gives it; `confirm_scheme` is the person's word. Rooms above that search by it are told by
`register_after_change`.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex
from wagtail.search import index

from vietnam import text

from .. import authority
from ..gate import Refused
from ..models import BasePage, FileText, PortalFile, PortalImage, Recognition
from ..public.index import readers_see_changed
from ..sandbox.client import NO_WALL, NO_WALL_WORDS, SandboxFailure, texts
from .checks.common import extension_of, on_disk
from .checks.pdf import SCAN_NOTE

READABLE = ("docx", "pdf", "txt")
SECONDS = 25
MOST_CHARACTERS = 2_000_000
FILES_A_ROUND = 20
# Pages beyond these no scan has.
MOST_SHEETS = 100_000
# A form that hundreds of pages show is put into the index with as many of them at a time.
PAGES_AT_ONCE = 100
SAMPLE = 20_000
# What the child says of a PDF before its words are read, and of any file whose words it wrote.
SEEN = {"pages": int, "is_scanned": bool}
FOUND = {"cut": bool, "fonts": [str], "pages": int}
SCHEMES = {"tcvn3": "TCVN3 (ABC, phông .VnTime)", "vni": "VNI Windows (phông VNI-Times)"}

NO_LAYER = "Tệp PDF là bản quét, không có lớp chữ; hãy dán toàn văn từ tệp soạn thảo, hoặc nhận dạng chữ rồi tải lên."
NOT_READ = "Không đọc được chữ trong tệp (tệp hỏng, quá lớn hoặc quá phức tạp); hãy mở tệp và dán toàn văn."
CUT = "Tệp quá dài, chỉ đọc phần đầu; hãy kiểm tra phần cuối."


_after_reading: list[Callable[[PortalFile], None]] = []


@dataclass(frozen=True)
class FoundText:
    """What a file says: its text (NFC), the encoding before Unicode it seems to be in ("" is Unicode), and notes.

    `pages`: how many a PDF has, None for any other file. `sheets`: the same of a PDF without a text layer, otherwise 0.
    """

    text: str
    scheme: str = ""
    notes: list[str] = field(default_factory=list)
    pages: int | None = None

    @property
    def sheets(self) -> int:
        return 0 if self.text else self.pages or 0


def is_readable(name: str) -> bool:
    """Tell whether files of a name can be read: by the extension."""
    return extension_of(name) in READABLE


def read(file, name: str, *, scheme: str = "", wait_seconds: float = 30.0) -> FoundText:
    """Return the text of an open file; empty with a note when it has none that can be read.

    `scheme`: "tcvn3" or "vni" when a person confirmed that the text is in that encoding; then it comes converted.
    """
    extension = extension_of(name)
    if extension == "txt":
        file.seek(0)
        whole = text.nfc(file.read(4 * MOST_CHARACTERS).decode("utf-8-sig", "replace"))[:MOST_CHARACTERS].strip()
        file.seek(0)
        return FoundText(text.convert_legacy(whole, scheme) if scheme else whole, "" if scheme else scheme_of(whole))
    if extension not in READABLE:
        return FoundText("", notes=[f"Chưa đọc được chữ trong tệp «.{extension}»; hãy dùng {', '.join(READABLE)}."])
    with on_disk(file) as path, tempfile.NamedTemporaryFile(prefix="portal-text-") as target:
        try:
            ask = _read_pdf if extension == "pdf" else partial(texts.ask, "read_docx", says=FOUND)
            found = ask(seconds=SECONDS, wait_seconds=wait_seconds, source=path, target=target.name, scheme=scheme)
        except SandboxFailure as failure:
            return FoundText("", notes=[NO_WALL_WORDS if failure.kind == NO_WALL else NOT_READ])
        # The child wrote it: whatever came over it may have left other bytes, or no end.
        with open(target.name, encoding="utf-8", errors="replace") as handle:
            whole = handle.read(MOST_CHARACTERS).replace("\0", "")
    notes = [CUT] if found["cut"] else []
    if not whole:
        notes.append(NO_LAYER if extension == "pdf" else "Tệp không có chữ nào.")
    fonts = ", ".join(found["fonts"])
    suspected = "" if scheme else (scheme_of(whole) or scheme_of_fonts(found["fonts"], whole))
    if suspected and fonts:
        notes.append(f"Tệp dùng phông cũ: {fonts}.")
    return FoundText(whole, suspected, notes, min(found["pages"], MOST_SHEETS) or None)


def _read_pdf(*, source: str, target: str, scheme: str, **patience) -> dict:
    """Let poppler read the words of a PDF; where it is missing or gives up, pypdf, which splits some of them."""
    with tempfile.NamedTemporaryFile(prefix="portal-words-") as words:
        seen = texts.ask("look_at_pdf", source=source, says=SEEN, **patience)
        try:
            texts.ask("pdf_words", source=source, target=words.name, **patience)
        except SandboxFailure:
            texts.ask("pypdf_words", source=source, target=words.name, **patience)
        return texts.ask("arrange_pdf", source=words.name, target=target, scheme=scheme, says=FOUND, **seen, **patience)


def scheme_of(whole: str) -> str:
    """Name the encoding before Unicode that a text seems to be in: "tcvn3", "vni" or "" (VIQR is never guessed)."""
    found = text.detect_legacy(whole[:SAMPLE])
    return found if found in SCHEMES else ""


def scheme_of_fonts(fonts: list[str], whole: str) -> str:
    """Name the encoding that fonts point to; weak evidence, so only for text without a letter of Unicode's own."""
    if not fonts or text.convert_legacy(whole, "tcvn3") == whole:
        return ""
    return "tcvn3" if fonts[0].lower().startswith(".vn") else "vni"


# --- Kept texts -----------------------------------------------------------------------------------------


def register_after_change(tell: Callable[[PortalFile], None]) -> None:
    """Let a room above put what a file says into its own index whenever that changes; called from `AppConfig.ready`."""
    if tell not in _after_reading:
        _after_reading.append(tell)


def store_texts(*, on: datetime | None = None, most: int = FILES_A_ROUND) -> int:
    """Read and keep the text of files that are new or have another content; return how many. A job.

    Raises SandboxFailure where nothing may be opened: the files wait.
    """
    texts.start()
    unread = PortalFile.objects.exclude(digest="").filter(Q(stored_text=None) | ~Q(stored_text__digest=F("digest")))
    count = 0
    for file in unread.select_related("stored_text").order_by("pk")[:most]:
        store_text(file, on=on)
        count += 1
    return count


def store_text(file: PortalFile, *, on: datetime | None = None) -> FileText:
    """Read one file and keep its text; a confirmed encoding holds for the content it was confirmed for only.

    A scan begins to wait for its words to be recognised; the words of another content go at once.
    """
    before = FileText.objects.filter(file=file).first()
    described = _readable(before)
    confirmed = before.confirmed_scheme if before and before.digest == file.digest else ""
    found = FoundText("")
    if is_readable(file.file.name):
        try:
            with file.file.open("rb") as handle:
                found = read(handle, file.file.name, scheme=confirmed)
        except FileNotFoundError:
            found = FoundText("", notes=[NOT_READ])
    row, _ = FileText.objects.update_or_create(
        file=file,
        defaults={
            "digest": file.digest,
            "text": found.text[: FileText.MOST_CHARACTERS],
            "suspected_scheme": found.scheme,
            "confirmed_scheme": confirmed,
            "recognition": Recognition.WAITING if found.sheets else Recognition.NONE,
            "sheets": found.sheets,
            "sheets_read": 0,
            "notes": "\n".join(found.notes),
            "read_at": on or timezone.now(),
        },
    )
    if found.sheets:
        note_scan(file)
    counted = note_pages(file, found.pages)
    index_again(file)
    if counted or _readable(row) != described:
        tell_of(file)
    return row


def note_pages(file: PortalFile, pages: int | None) -> bool:
    """Write down how many pages the content of a file has; return whether readers did not know."""
    if pages is None:
        return False
    known = PortalFile.objects.filter(pk=file.pk, digest=file.digest).exclude(pages=pages)
    # `exclude` leaves NULL in: Django adds the test for it.
    return bool(known.update(pages=pages))


def note_scan(file: PortalFile) -> None:
    """Let a file say that it is a scan without letters, to those who send it for approval and to those who approve."""
    known = PortalFile.objects.filter(pk=file.pk, digest=file.digest).values_list("notes", flat=True).first()
    if known is not None and SCAN_NOTE not in known.splitlines():
        notes = "\n".join(filter(None, (known, SCAN_NOTE)))
        PortalFile.objects.filter(pk=file.pk, digest=file.digest).update(notes=notes)


def tell_of(file: PortalFile) -> None:
    """Tell the rooms above that a file says something else."""
    for tell in _after_reading:
        tell(file)


def index_again(file: PortalFile | PortalImage) -> None:
    """Put what a file or picture says into the search, wherever a public page shows it."""
    references = ReferenceIndex.get_references_to(file).filter(
        base_content_type=ContentType.objects.get_for_model(Page)
    )
    keys = sorted({int(key) for key in references.values_list("object_id", flat=True)})
    for first in range(0, len(keys), PAGES_AT_ONCE):
        some = keys[first : first + PAGES_AT_ONCE]
        pages = list(Page.objects.filter(pk__in=some, live=True).order_by("pk").specific())
        for page in pages:
            index.insert_or_update_object(page)
        readers_see_changed(pages, sites={page.portal_site for page in pages if isinstance(page, BasePage)} - {None})


def text_of(file: PortalFile) -> str:
    """Return the stored text of a file for the search; "" while it is unread or in an unconfirmed encoding."""
    return _readable(FileText.objects.filter(file=file, digest=file.digest).first())


def _readable(stored: FileText | None) -> str:
    return stored.text if stored and not stored.suspected_scheme else ""


@transaction.atomic
def confirm_scheme(file: PortalFile, scheme: str, *, by, on: datetime | None = None) -> FileText:
    """Record that a file's text is in an encoding before Unicode, and keep it converted; the file itself stays.

    Raises Refused for a person of another site, ValueError for an unknown encoding.
    """
    if not authority.belongs_to(by, file):
        raise Refused("Bạn không thuộc trang giữ tệp này nên không xác nhận bảng mã được.")
    if scheme not in SCHEMES:
        raise ValueError(f"Không biết bảng mã “{scheme}”. Hãy chọn một trong: {', '.join(SCHEMES)}.")
    FileText.objects.update_or_create(
        file=file, defaults={"digest": file.digest, "confirmed_scheme": scheme, "read_at": on or timezone.now()}
    )
    log(instance=file, action="portal.file.scheme", user=by, data={"scheme": scheme})
    return store_text(file, on=on)
