"""Word files in the strict form of the standard (ISO/IEC 29500 Strict), read as the usual form: the names differ."""

import io
import re
import zipfile
from typing import BinaryIO

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"


def opened(source: BinaryIO) -> zipfile.ZipFile:
    """Open a Word file; one in the strict form comes with the usual names in all its parts."""
    package = zipfile.ZipFile(source)
    if not any(_is_strict(package, name) for name in ("_rels/.rels", "word/document.xml")):
        return package
    renamed = io.BytesIO()
    with package, zipfile.ZipFile(renamed, "w", zipfile.ZIP_STORED) as usual:
        for name in package.namelist():
            data = package.read(name)
            usual.writestr(name, _STRICT.sub(_USUAL, data) if name.endswith((".xml", ".rels")) else data)
    return zipfile.ZipFile(renamed)


def _is_strict(package: zipfile.ZipFile, name: str) -> bool:
    if name not in package.namelist():
        return False
    with package.open(name) as part:
        return bool(_STRICT.search(part.read(4_000)))
