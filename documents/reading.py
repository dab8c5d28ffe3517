"""Read a Word file as the parts of a page: its text, its pictures, and what could not be included.

1. `fixing.py` puts what the converter would lose where it finds it. 2. mammoth makes HTML of it. 3.
`blocks.py` makes parts of that. The caller trusts nothing of the result: the portal cleans what comes back.
"""

import io
import json
import re
import zipfile
from typing import BinaryIO

import mammoth

from vietnam import text

from . import strict as word_strict
from .blocks import parts_of
from .fixing import GAP, Fixing

MEMORY_MB = 1_000
LARGEST_WRITTEN_MB = 600
LOADED_LATER = ("encodings.cp437", "xml.dom.expatbuilder")
MOST_PARAGRAPHS = 12_000
LARGEST_MAIN = 48 * 1024 * 1024
MOST_PICTURES = 40
LARGEST_PICTURE = 30 * 1024 * 1024
KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg", "image/gif": "gif", "image/webp": "webp"}
STYLE_MAP = "\n".join(
    [
        "p.PortalTitle => p.title:fresh",
        "p.PortalCaption => p.caption:fresh",
        "table.PortalLayout => table.layout:fresh",
        *(f"p.PortalH{level} => h{min(level, 6)}:fresh" for level in range(1, 10)),
        "strike =>",
    ]
)
# Where a picture stood that cannot be taken.
NO_PICTURE = f"<p>{GAP}</p>"
_UNKNOWN = re.compile(r"unrecognised element was ignored: (\S+)|unsupported character was ignored: (.*)")
# Elements that hold nothing a reader sees.
_UNSEEN = frozenset("office:OLEObject w:tblPr w:footnotePr w:endnotePr v:fill v:stroke v:path".split())


def read_parts(source: BinaryIO, target: BinaryIO, scheme: str = "") -> dict:
    """Write the pictures of a Word file to `target`, one behind the other, and then its parts as JSON.

    `scheme`: the encoding before Unicode that a person confirmed ("tcvn3", "vni"). Returns {"refused": why} for a file
    that is too long, else {"fonts", "old_letters" (a sample of the text in these fonts of before Unicode), "counts",
    "samples", "pictures": [{"kind", "place": [first byte, bytes]}], "title", "parts": [first byte, bytes]}.
    """
    with word_strict.opened(source) as package:
        fixing = Fixing(package, scheme)
        if package.getinfo(fixing.main).file_size > LARGEST_MAIN or _paragraphs(package, fixing.main) > MOST_PARAGRAPHS:
            return {"refused": "long", "most": MOST_PARAGRAPHS}
        fixed_file = _packed_anew(package, fixing.parts())
    del package
    facts, pictures = fixing.facts, []

    def taken(image):
        return {"src": str(_taken(image, pictures, target, facts))}

    answer = mammoth.convert_to_html(
        fixed_file,
        style_map=STYLE_MAP,
        convert_image=mammoth.images.img_element(taken),
        include_embedded_style_map=False,
    )
    for message in answer.messages:
        if (match := _UNKNOWN.search(message.message)) and match[1] not in _UNSEEN:
            facts.note("unknown" if match[1] else "signs", match[1] or match[2])
    parts, title = parts_of(answer.value, facts)
    parts = [
        part
        if part["type"] != "picture" or pictures[part["picture"]]["kind"]
        else {"type": "paragraph", "html": NO_PICTURE}
        for part in parts
    ]
    start = target.tell()
    length = target.write(text.nfc(json.dumps(parts, ensure_ascii=False)).encode("utf-8", "replace"))
    return {
        "fonts": sorted(fixing.fonts)[:20],
        "counts": dict(facts.counts),
        "samples": facts.samples,
        "pictures": pictures,
        "title": title,
        "old_letters": fixing.old_letters,
        "parts": [start, length],
    }


def _paragraphs(package: zipfile.ZipFile, name: str) -> int:
    """Count the paragraphs of a part without keeping it."""
    count, before = 0, b""
    with package.open(name) as stream:
        while chunk := stream.read(1024 * 1024):
            now = before + chunk
            count += len(re.findall(rb"<w:p[ />]", now))
            before = now[-4:] if not now.endswith(b">") else b""
            if count > MOST_PARAGRAPHS:
                break
    return count


def _packed_anew(package: zipfile.ZipFile, changed: dict[str, bytes]) -> io.BytesIO:
    """Return the file with some parts changed; comments stay out, since the converter has no use for them."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in package.namelist():
            if name in changed or name.endswith(".rels") or name == "[Content_Types].xml" or "/media/" in name:
                new.writestr(name, changed.get(name) or package.read(name))
        for name in changed.keys() - set(package.namelist()):
            new.writestr(name, changed[name])
    target.seek(0)
    return target


def _taken(image, pictures: list[dict], target: BinaryIO, facts) -> int:
    """Write a picture; return its number. Nothing is written of one of an unknown kind or too many."""
    number, place = len(pictures), [0, 0]
    kind = KINDS.get(image.content_type or "", "")
    if not kind:
        facts.note("bad_pictures", (image.content_type or "").removeprefix("image/"))
    elif sum(1 for picture in pictures if picture["kind"]) >= MOST_PICTURES:
        facts.note("too_many_pictures")
        kind = ""
    else:
        with image.open() as stream:
            data = stream.read(LARGEST_PICTURE + 1)
        if len(data) > LARGEST_PICTURE:
            facts.note("bad_pictures", kind)
            kind = ""
        else:
            place = [target.tell(), target.write(data)]
    pictures.append({"kind": kind, "place": place})
    return number


TASKS = {"read_parts": read_parts}
