"""The kinds of files (PDF, Word, bảng tính …) that a page or document shows, for the filter of the search."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from .checks.common import extension_of

KIND_OF = {
    "pdf": "pdf",
    "docx": "word",
    "odt": "word",
    "xlsx": "sheet",
    "ods": "sheet",
    "csv": "sheet",
    "pptx": "slides",
    "txt": "text",
    "zip": "zip",
    "mp3": "sound",
    "mp4": "film",
}
LABELS = {
    "pdf": _("Tệp PDF"),
    "word": _("Tệp Word"),
    "sheet": _("Bảng tính"),
    "slides": _("Trình chiếu"),
    "text": _("Văn bản thuần"),
    "zip": _("Tệp nén"),
    "sound": _("Âm thanh"),
    "film": _("Phim"),
}
# All of them in one column.
LONGEST = 60


def kinds_of(names: Iterable[str]) -> str:
    """Return the kinds of files of some names, each once, as an index stores them: "pdf word"."""
    return " ".join(sorted({KIND_OF[end] for end in map(extension_of, names) if end in KIND_OF}))


def labels_of(kinds: str) -> tuple[str, ...]:
    """Return what readers are told that stored kinds are, in the language of the page: () where there is no file."""
    return tuple(str(LABELS[kind]) for kind in kinds.split() if kind in LABELS)
