"""Read the text of Word and PDF files, with the numbers that Word counts by itself.

A Word file is read as a stream of its own XML, so that memory does not grow with it: libraries that open it as a whole
leave out automatic numbers ("Điều 1.", "a)"), and a legal text without them is another text. The names of the fonts
are kept, because text before Unicode says by them what its letters mean (.VnTime, and .VnTimeH for capitals).
"""

import re
import shutil
import zipfile
from itertools import groupby
from typing import BinaryIO
from xml.etree import ElementTree

from pypdf import PdfReader

from documents import strict as word_strict
from documents.numbers import WORD, Number, Numbers
from documents.relations import main_part, part_of_kind
from vietnam import text

from .paper import LOOKED_AT, shows_paper

MEMORY_MB = 900
LARGEST_WRITTEN_MB = 64
LOADED_LATER = (
    "pypdf.filters",
    "pypdf._codecs._codecs",
    "pypdf._crypt_providers._cryptography",
    "pypdf._encryption",
    "encodings.cp437",
    "encodings.utf_16",
    "encodings.utf_16_be",
)
MOST_CHARACTERS = 2_000_000
MOST_PAGES = 1_000
# They repeat words of the text, or are no part of it.
LEFT_OUT = {
    f"{WORD}del",
    f"{WORD}moveFrom",
    f"{WORD}instrText",
    f"{WORD}delText",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
SIGNS = {f"{WORD}tab": " ", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
LEGACY_FONT = re.compile(r"^(?:\.vn(?P<tcvn3>\w*)|vni\b.*)", re.IGNORECASE)
# Not "/": it ends a line in the middle of a number.
ENDS_PARAGRAPH = re.compile(r"[.;:!?…”\"]$")
# How many letters stamps and signatures put on a sheet of paper: a page of text has 1,500.
LETTERS_OF_STAMPS = 250
PDFTOTEXT = shutil.which("pdftotext", path="/usr/local/bin:/usr/bin") or "/usr/bin/pdftotext"


def read_docx(source: BinaryIO, target: BinaryIO, scheme: str = "") -> dict:
    """Write the text of a Word file to `target`, a paragraph a line with blank lines between.

    `scheme`: the encoding before Unicode that a person confirmed ("tcvn3", "vni"); runs of text are converted by it,
    those in a font of capitals to capitals. Returns {"characters", "cut", "pages", "fonts"}.
    """
    with word_strict.opened(source) as package:
        names = set(package.namelist())
        main = main_part(package)
        counting = (part_of_kind(package, main, kind) for kind in ("numbering", "styles"))
        numbers = Numbers(*(_root(package, part, names) for part in counting))
        paragraphs, length, fonts = [], 0, set()
        with package.open(main) as stream:
            for line in _paragraphs(stream, numbers, scheme, fonts):
                length += len(line) + 2
                if length > MOST_CHARACTERS:
                    break
                paragraphs.append(line)
    whole = "\n\n".join(line for line in paragraphs if line.strip())
    return _written(whole, target, cut=length > MOST_CHARACTERS, pages=0, fonts=fonts)


def look_at_pdf(source: BinaryIO) -> dict:
    """Count the pages of a PDF; tell whether they are pictures of paper: {"pages", "is_scanned"}.

    Pictures of paper: each of the first pages shows a picture as large as a scanned sheet.
    """
    reader = _opened(source)
    first = reader.pages[:LOOKED_AT]
    return {"pages": len(reader.pages), "is_scanned": bool(first) and all(map(shows_paper, first))}


def _opened(source: BinaryIO) -> PdfReader:
    """Open a PDF; one that only its owner has locked opens without a password."""
    reader = PdfReader(source, strict=False)
    if reader.is_encrypted:
        reader.decrypt("")
    return reader


def pypdf_words(source: BinaryIO, target: BinaryIO) -> dict:
    """Write the text layer of a PDF to `target` as the program does, where the program is not there or gave up."""
    length = 0
    for page in _opened(source).pages[:MOST_PAGES]:
        found = page.extract_text() or ""
        length += len(found)
        target.write(f"{found}\f".encode("utf-8", "replace"))
        if length > MOST_CHARACTERS:
            break
    return {}


def arrange_pdf(source: BinaryIO, target: BinaryIO, pages: int, is_scanned: bool, scheme: str = "") -> dict:
    """Write the words of a PDF to `target`; lines of one paragraph stand together, paragraphs apart.

    `source`: what the program wrote, pages ended by form feeds. A scan without a text layer gives an empty text, also
    when a stamp or a signature stands on its sheets in letters. Returns {"characters", "cut", "pages", "fonts"}.
    """
    piece = source.read(MOST_CHARACTERS * 4).decode("utf-8", "replace")
    cut = len(piece) > MOST_CHARACTERS or pages > MOST_PAGES
    piece = piece[:MOST_CHARACTERS]
    if is_scanned and sum(not sign.isspace() for sign in piece) < LETTERS_OF_STAMPS * max(pages, 1):
        piece = ""
    whole = "\n".join(_apart(piece.replace("\f", "\n").splitlines()))
    if scheme:
        whole = text.convert_legacy(whole, scheme)
    return _written(whole, target, cut=cut, pages=pages, fonts=set())


def _written(whole: str, target: BinaryIO, *, cut: bool, pages: int, fonts: set[str]) -> dict:
    whole = text.nfc(whole.replace("\0", "")).strip()
    target.write(whole.encode("utf-8", "replace"))
    return {"characters": len(whole), "cut": cut, "pages": pages, "fonts": sorted(fonts)[:20]}


def _apart(lines: list[str]):
    """Put a blank line after each line that ends a paragraph; the reader of the text joins the other lines."""
    for line in lines:
        line = " ".join(line.split())
        if line:
            yield line
            if ENDS_PARAGRAPH.search(line):
                yield ""


# --- Word -------------------------------------------------------------------------------------------


def _root(package: zipfile.ZipFile, name: str, names: set[str]):
    return ElementTree.fromstring(package.read(name)) if name in names else None


def _paragraphs(stream, numbers: Numbers, scheme: str, fonts: set[str]):
    """Yield the text of each paragraph, in order, those in tables as well."""
    skipped, words, font = 0, [], ""
    style, number, level = "", None, None
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):
        tag = element.tag
        if tag in LEFT_OUT:
            skipped += 1 if event == "start" else -1
            if event == "end":
                element.clear()
            continue
        if skipped:
            continue
        if event == "start":
            if tag == f"{WORD}p":
                style, number, level = "", None, None
            elif tag == f"{WORD}r":
                font = ""
            continue
        if tag == f"{WORD}pStyle":
            style = element.get(f"{WORD}val", "")
        elif tag == f"{WORD}numId":
            number = element.get(f"{WORD}val")
        elif tag == f"{WORD}ilvl":
            level = element.get(f"{WORD}val")
        elif tag == f"{WORD}rFonts":
            font = element.get(f"{WORD}ascii") or element.get(f"{WORD}hAnsi") or ""
        elif tag == f"{WORD}t":
            words.append((element.text or "", _is_capital(font, fonts)))
        elif tag in SIGNS:
            words.append((SIGNS[tag], words[-1][1] if words else False))
        elif tag == f"{WORD}p":
            piece = _converted(words, scheme)
            words = []
            if piece.strip():
                yield _tidy(f"{_number_text(numbers.next(style, number, level), scheme)}{piece}")
            element.clear()
        elif tag in (f"{WORD}tbl", f"{WORD}tr", f"{WORD}tc"):
            element.clear()


def _number_text(number: Number | None, scheme: str) -> str:
    """Return what stands before a paragraph, with a blank behind it; a pattern may be in the old encoding as well."""
    if number is None or not (number.text or number.is_bullet):
        return ""
    piece = number.text or "-"
    return f"{text.convert_legacy(piece, scheme) if scheme else piece} "


def _is_capital(font: str, fonts: set[str]) -> bool:
    """Note a font of the time before Unicode; tell whether it shows small letters as capitals (.VnTimeH)."""
    match = LEGACY_FONT.match(font)
    if match:
        fonts.add(font)
    return bool(match) and (match["tcvn3"] or "").endswith("H")


def _converted(words: list[tuple[str, bool]], scheme: str) -> str:
    """Join the runs of a paragraph; a letter may be in one run and its mark in the next."""
    if not scheme:
        return "".join(piece for piece, _capital in words)
    parts = []
    for capital, runs in groupby(words, key=lambda word: word[1]):
        converted = text.convert_legacy("".join(piece for piece, _capital in runs), scheme)
        parts.append(converted.upper() if capital and scheme == "tcvn3" else converted)
    return "".join(parts)


def _tidy(piece: str) -> str:
    return "\n".join(" ".join(line.split()) for line in piece.split("\n")).strip()


TASKS = {
    "read_docx": read_docx,
    "look_at_pdf": look_at_pdf,
    "pypdf_words": pypdf_words,
    "arrange_pdf": arrange_pdf,
}
# Tasks that another program does, from standard input to standard output.
PROGRAMS = {"pdf_words": [PDFTOTEXT, "-q", "-enc", "UTF-8", "-eol", "unix", "-l", str(MOST_PAGES), "-", "-"]}
