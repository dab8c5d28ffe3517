"""Look into PDF files for what runs, loads or hides something; take the author's name out."""

import re
import time
import zlib
from typing import BinaryIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

from .paper import is_without_letters

MEMORY_MB = 700
LARGEST_WRITTEN_MB = 400
# What the libraries load only when they meet it: loaded once here, not once a task.
LOADED_LATER = (
    "pypdf.filters",
    "pypdf._crypt_providers._cryptography",
    "pypdf._encryption",
    "pypdf._codecs._codecs",
    "encodings.utf_16",
    "encodings.utf_16_be",
)
MOST_OBJECTS = 200_000
WALK_SECONDS = 1.2
MOST_INFLATED = 30 * 1024 * 1024

# What each finding is called by those who tell the person (`files/checks/pdf.py`).
ENCRYPTED, SCRIPT, LAUNCH, EMBEDDED, MEDIA, FORM = "encrypted", "script", "launch", "embedded", "media", "form"
ACTIONS = {
    "/JavaScript": SCRIPT,
    "/Launch": LAUNCH,
    "/GoToR": LAUNCH,
    "/GoToE": LAUNCH,
    "/SubmitForm": LAUNCH,
    "/ImportData": LAUNCH,
    "/Rendition": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/RichMediaExecute": MEDIA,
}
SUBTYPES = {
    "/RichMedia": MEDIA,
    "/Movie": MEDIA,
    "/Screen": MEDIA,
    "/3D": MEDIA,
    "/Sound": MEDIA,
    "/FileAttachment": EMBEDDED,
}
LINK = re.compile(r"^\s*(?:javascript|file|data|vbscript)\s*:|^\s*\\\\", re.IGNORECASE)
# Whose file it was; the title, the subject and the program stay.
PERSONAL = ("/Author", "/Company", "/Manager", "/LastModifiedBy", "/SourceModified", "/Owner")
LOCAL_PATH = re.compile(r"[A-Za-z]:\\|\\\\|file:/|/Users/|/home/")
XMP_PERSONAL = re.compile(
    rb"<(dc:creator|pdf:Author|pdfx:(?:Author|Company|Manager|LastModifiedBy)|xmpRights:Owner|"
    rb"photoshop:AuthorsPosition|xmpMM:History|xmpMM:DerivedFrom)\b[^>]*?(?:/>|>.*?</\1>)",
    re.DOTALL,
)

_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n", re.DOTALL)
_TOKENS = (
    (re.compile(rb"/S\s*/JavaScript\b|/JS\s*[\(<\d]"), SCRIPT),
    (re.compile(rb"/S\s*/(?:Launch|GoToR|GoToE|SubmitForm|ImportData)\b"), LAUNCH),
    (
        re.compile(rb"/EmbeddedFile\b|/EmbeddedFiles\s*(?:<<\s*/(?:Names\s*\[\s*[^\]\s]|Kids)|\d)|/FileAttachment\b"),
        EMBEDDED,
    ),
    (re.compile(rb"/RichMedia\b|/S\s*/(?:Rendition|Movie|Sound)\b"), MEDIA),
    (re.compile(rb"/XFA\s*[\[\d]"), FORM),
    (re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)"), ENCRYPTED),
    (re.compile(rb"/URI\s*\(\s*(?:javascript|file|data|vbscript)\s*:", re.IGNORECASE), LAUNCH),
)
_SIGNED = re.compile(rb"/ByteRange\s*\[")


def scan(source: BinaryIO) -> dict:
    """Read the file as bytes, compressed object streams too, for the names of what is not wanted.

    Works on a file that no parser can read. Returns {"found": [...], "signed": bool, "complete": bool}.
    """
    data = source.read()
    found, inflated, outside, position = set(), 0, [], 0
    for match in _STREAM.finditer(data):
        if match.start() < position:
            continue
        end = data.find(b"endstream", match.end())
        end = len(data) if end < 0 else end
        before = data[max(position, match.start() - 600) : match.start()]
        outside.append(data[position : match.start()])
        if b"ObjStm" in _plain(before[before.rfind(b"obj") :]):
            try:
                machine = zlib.decompressobj()
                text = machine.decompress(data[match.end() : end], MOST_INFLATED - inflated)
                inflated += len(text)
                outside.append(text)
            except zlib.error:
                outside.append(data[match.end() : end])
            if inflated >= MOST_INFLATED:
                return {"found": ["large"], "signed": False, "complete": True}
        position = end
    outside.append(data[position:])
    text = _plain(b"\n".join(outside))
    found |= {name for pattern, name in _TOKENS if pattern.search(text)}
    tail = data[-2048:]
    return {
        "found": sorted(found),
        "signed": bool(_SIGNED.search(text)),
        "complete": b"%%EOF" in tail and b"startxref" in data,
    }


def _plain(text: bytes) -> bytes:
    """A name may be written with escapes (/J#61vaScript)."""
    if b"#" not in text:
        return text
    return _NAME_ESCAPE.sub(lambda match: bytes([int(match.group(1), 16)]), text)


def walk(source: BinaryIO) -> dict:
    """Look at every object with a parser; stop after MOST_OBJECTS or WALK_SECONDS.

    Returns {"found": [...], "signed": bool, "pages": number, "personal": bool, "whole": bool, "is_scan": bool}; a scan
    without letters is one.
    """
    started = time.monotonic()
    reader = PdfReader(source, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return {
            "found": [ENCRYPTED],
            "signed": False,
            "pages": 0,
            "personal": False,
            "whole": True,
            "is_scan": False,
        }
    found, signed, whole, seen = set(), False, True, 0
    numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
    numbers += [(number, 0) for number in reader.xref_objStm]
    roots = [reader.trailer]
    for number, generation in numbers:
        seen += 1
        if seen > MOST_OBJECTS or time.monotonic() - started > WALK_SECONDS:
            whole = False
            break
        try:
            thing = reader.get_object(IndirectObject(number, generation, reader))
        except (MemoryError, RecursionError):
            raise
        except Exception:
            # What is broken here shows nothing; the byte scan has looked at it as well.
            continue
        roots.append(thing)
        while roots:
            thing = roots.pop()
            if isinstance(thing, ArrayObject):
                roots += [part for part in thing if isinstance(part, ArrayObject | DictionaryObject)]
            elif isinstance(thing, DictionaryObject):
                found |= set(_findings(thing))
                signed = signed or thing.get("/Type") == "/Sig" or "/ByteRange" in thing
                roots += [part for part in thing.values() if isinstance(part, ArrayObject | DictionaryObject)]
    pages = len(reader.pages) if whole else 1
    return {
        "found": sorted(found),
        "signed": signed,
        "pages": pages,
        "whole": whole,
        "personal": bool(_personal(reader)),
        "is_scan": whole and _is_scan(reader),
    }


def _is_scan(reader: PdfReader) -> bool:
    try:
        return is_without_letters(reader.pages)
    except (MemoryError, RecursionError):
        raise
    except Exception:
        # Pages that cannot be read as they should be are none of paper.
        return False


def _findings(thing: DictionaryObject):
    action, subtype = thing.get("/S"), thing.get("/Subtype")
    if isinstance(action, str) and action in ACTIONS:
        yield ACTIONS[action]
    if "/JS" in thing:
        yield SCRIPT
    if isinstance(subtype, str) and subtype in SUBTYPES:
        yield SUBTYPES[subtype]
    if thing.get("/Type") == "/EmbeddedFile" or "/EF" in thing:
        yield EMBEDDED
    if "/XFA" in thing:
        yield FORM
    if action == "/URI" and isinstance(thing.get("/URI"), str | bytes):
        address = thing["/URI"]
        if LINK.match(address if isinstance(address, str) else address.decode("latin-1")):
            yield LAUNCH


def _personal(reader: PdfReader) -> list[str]:
    info = reader.trailer.get("/Info")
    info = info.get_object() if info is not None else None
    names = []
    if isinstance(info, DictionaryObject):
        names += [name for name in info if name in PERSONAL and str(info[name]).strip()]
        names += [name for name in ("/Title",) if LOCAL_PATH.search(str(info.get(name, "")))]
    if XMP_PERSONAL.search(_xmp(reader) or b""):
        names.append("xmp")
    return names


def _xmp(reader: PdfReader) -> bytes | None:
    root = reader.trailer["/Root"].get_object()
    stream = root.get("/Metadata")
    stream = stream.get_object() if stream is not None else None
    return stream.get_data() if isinstance(stream, StreamObject) else None


def strip(source: BinaryIO, target: BinaryIO) -> dict:
    """Write a copy without the author's and organisation's name to `target`; {"written": bool}.

    Never called for a file that has a digital signature: one changed byte would void it.
    """
    reader = PdfReader(source, strict=False)
    if not _personal(reader):
        return {"written": False}
    info = reader.trailer.get("/Info")
    info = dict(info.get_object()) if info is not None else {}
    packet = _xmp(reader)
    pages = len(reader.pages)
    writer = PdfWriter(clone_from=reader)
    unpersonal = {name: value for name, value in info.items() if name not in PERSONAL}
    if LOCAL_PATH.search(str(unpersonal.get("/Title", ""))):
        unpersonal.pop("/Title")
    writer.metadata = None
    writer.add_metadata({name: str(value) for name, value in unpersonal.items() if isinstance(value, str | bytes)})
    if packet is not None:
        stream = DecodedStreamObject()
        stream.set_data(XMP_PERSONAL.sub(b"", packet))
        stream[NameObject("/Type")] = NameObject("/Metadata")
        stream[NameObject("/Subtype")] = NameObject("/XML")
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    writer.write(target)
    if len(PdfReader(target, strict=False).pages) != pages:
        raise ValueError("pages lost")
    return {"written": True}


TASKS = {"scan": scan, "walk": walk, "strip": strip}
