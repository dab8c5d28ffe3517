"""The pictures and files given along with an export, in a ZIP: found by their old addresses, looked into as uploads.

Nothing is fetched from any host. A ZIP may hold more than an uploaded one, as no reader gets it; each file that is used
goes through all checks of an upload.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile

from base.files.checks.common import MB, Examined, extension_of
from base.files.checks.examine import LARGEST_BY_EXTENSION, LARGEST_FILE, examine_document, examine_image
from base.files.checks.images import FORMATS
from base.files.checks.names import check_name
from base.files.checks.packages import Package
from vietnam import text

LARGEST_PAGE = 4 * MB
SIZE = re.compile(r"-\d{2,4}x\d{2,4}$")


class LargePackage(Package):
    """A ZIP of an old portal: many files, long together; still no bomb."""

    most_entries, largest_unpacked = 200_000, 20 * 1024 * MB


class Given:
    """An open ZIP; without one nothing is there."""

    def __init__(self, file=None):
        self.package = LargePackage(file, "zip") if file else None
        self.entries, self._by_name = {}, {}
        for entry in self.package.entries if self.package else ():
            if not entry.is_dir():
                self.entries.setdefault(text.nfc(entry.filename).replace("\\", "/"), entry)
        for path in self.entries:
            self._by_name.setdefault(PurePosixPath(path).name, []).append(path)

    def pages(self) -> list[str]:
        """Return the names of the saved pages in it, in order."""
        return sorted(path for path in self.entries if extension_of(path) in ("html", "htm"))

    def page(self, path: str) -> bytes:
        """Return the bytes of a saved page; raises ValidationError for one that is too long or not there."""
        entry = self.entries.get(text.nfc(path).replace("\\", "/").removeprefix("./"))
        if entry is None:
            raise ValidationError(f"Không có «{path}» trong ZIP; hãy kiểm tra tên tệp, kể cả thư mục.")
        if entry.file_size > LARGEST_PAGE:
            raise ValidationError(f"«{path}» nặng hơn {LARGEST_PAGE // MB} MB nên không phải một bài; hãy xem lại tệp.")
        return b"".join(self.package.chunks(entry, LARGEST_PAGE))

    def find(self, path: str) -> str:
        """Return the name in the ZIP of what stood at a path of the old portal, "" for none.

        Its folders must agree as far as both are named, three parts at most: the ZIP may begin anywhere. Of several
        that one whose folders agree longest; where two agree alike, none is guessed.
        """
        wanted = PurePosixPath(text.nfc(unquote(path)).replace("\\", "/").strip("/"))
        # Of a size that WordPress made the picture that it was made from.
        whole = wanted.with_name(SIZE.sub("", wanted.stem) + wanted.suffix) if wanted.name else wanted
        found = self._by_name.get(wanted.name, [])
        if not found:
            wanted, found = whole, self._by_name.get(whole.name, [])
        if not found:
            return ""
        agreeing = ((_common_end(wanted, PurePosixPath(one)), one) for one in found)
        ranked = sorted((one for one in agreeing if one[0] >= _enough(wanted, one[1])), reverse=True)
        if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
            return ""
        return ranked[0][1]

    def problem_of(self, path: str, *, picture: bool) -> str:
        """Say why a file of the ZIP cannot become a picture or file of the portal, as far as its name and size tell."""
        name, size = PurePosixPath(path).name, self.entries[path].file_size
        extension = extension_of(name)
        try:
            check_name(name)
        except ValidationError as error:
            return " ".join(error.messages)
        if len(path) > 250:
            return "Tên tệp kể cả thư mục dài hơn 250 ký tự."
        known = extension in FORMATS if picture else extension in settings.WAGTAILDOCS_EXTENSIONS
        most = settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE if picture else largest(extension)
        if not known:
            return f"Loại tệp «.{extension}» không được nhận."
        return "" if 0 < size <= most else f"Tệp rỗng hoặc nặng hơn {most // MB} MB."

    def examined(self, path: str, *, picture: bool) -> Examined:
        """Return a file of the ZIP as an upload would be stored; raises ValidationError as an upload does."""
        entry = self.entries[path]
        copy = TemporaryUploadedFile(PurePosixPath(path).name, "", entry.file_size, None)
        for chunk in self.package.chunks(entry):
            copy.write(chunk)
        copy.flush()
        copy.seek(0)
        return examine_image(copy) if picture else examine_document(copy)


def largest(extension: str) -> int:
    """Return the bytes that a document of a kind may have."""
    return LARGEST_BY_EXTENSION.get(extension, LARGEST_FILE)


def _enough(wanted: PurePosixPath, path: str) -> int:
    return min(len(wanted.parts), len(PurePosixPath(path).parts), 3)


def _common_end(one: PurePosixPath, other: PurePosixPath) -> int:
    """Return how many parts two paths have in common, from their ends."""
    pairs = zip(reversed(one.parts), reversed(other.parts), strict=False)
    length = 0
    for first, second in pairs:
        if first != second:
            break
        length += 1
    return length
