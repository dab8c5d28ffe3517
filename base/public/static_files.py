"""Static files as readers get them: hashed, compressed, the style sheet's imports written into one file."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLE_SHEET = "css/portal.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files; a chain of imports would cost the reader one round trip each."""

    def post_process(self, paths, dry_run=False, **options):
        if STYLE_SHEET in paths and not dry_run:
            source, path = paths[STYLE_SHEET]
            merged = merge_imports(_read(source, path), lambda name: _read_beside(paths, name))
            if self.exists(STYLE_SHEET):
                self.delete(STYLE_SHEET)
            self.save(STYLE_SHEET, ContentFile(merged.encode()))
            paths = {**paths, STYLE_SHEET: (self, STYLE_SHEET)}
        yield from super().post_process(paths, dry_run, **options)


def merge_imports(sheet: str, read) -> str:
    """Return `sheet` with each `@import url("x") layer(y);` replaced by x's text inside `@layer y { … }`.

    `read(name)` returns the text of a file beside the sheet. Addresses in files of a sub-folder, which point
    one level higher, are set right for the sheet's own folder; `@font-face` may stand inside a layer.
    """

    def insert(match):
        name, layer = match.groups()
        content = read(name)
        for _level in range(name.count("/")):
            content = content.replace('url("../', 'url("')
        return f"@layer {layer} {{\n{content}}}\n"

    return IMPORT.sub(insert, sheet)


def _read_beside(paths, name):
    return _read(*paths[f"css/{name}"])


def _read(storage, path):
    with storage.open(path) as file:
        return file.read().decode()
