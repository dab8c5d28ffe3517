"""Read the words on scanned sheets and pictures of paper with Tesseract and its Vietnamese model.

One sheet at a time, each step a task of its own: 1. `draw_page`: poppler draws a page of a PDF, never larger than
LONGEST_SIDE whatever the page says of itself. 2. `prepare`: the sheet becomes grey and straight, and loses the red of
stamps. 3. `read_sheet`: Tesseract says each word, and how sure it is; it may start no thread and no process.
4. `sure_words`: the words of which it is sure enough, a line of the sheet a line.
"""

import shutil
from typing import BinaryIO

from PIL import Image, ImageOps

from vietnam import text

from .paper import PIXELS_OF_PAPER
from .walls import LANGUAGE
from .walls import PROGRAMS as PLACES

MEMORY_MB = 800
LARGEST_WRITTEN_MB = 64
LOADED_LATER = tuple(f"PIL.{name}ImagePlugin" for name in ("Gif", "Jpeg", "Mpo", "Png", "Ppm", "WebP"))
FORMATS = ("PPM", "JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 24_000_000
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# A sheet of A4 at 300 dots an inch, for which the model was made.
LONGEST_SIDE = 3_508
TESSERACT = shutil.which("tesseract", path=PLACES) or "/usr/bin/tesseract"
PDFTOPPM = shutil.which("pdftoppm", path=PLACES) or "/usr/bin/pdftoppm"
MOST_CHARACTERS = 100_000
# Of 100: below it a word is rather a spot, a signature or the edge of a stamp.
SURE = 50
# How sheets are turned until their lines are level: degrees at most, and the two steps in which that is looked for.
MOST_TURNED, STEP, FINE_STEP = 6.0, 1.0, 0.2
SIDE_WHILE_TURNING = 1_000
# Of 255: what is darker is ink, what is lighter paper; of a sheet so much is paper at the least.
INK, PAPER = 140, 150
LEAST_PAPER = 0.6


def prepare(source: BinaryIO, target: BinaryIO) -> dict:
    """Write a sheet grey, straight and of the size that is read best to `target` (PGM); {"is_paper": bool}.

    What shows more of the world than of paper is not written.
    """
    with Image.open(source, formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        if image.width * image.height < PIXELS_OF_PAPER:
            return {"is_paper": False}
        sheet = _without_red(ImageOps.exif_transpose(image))
    small = sheet.copy()
    small.thumbnail((SIDE_WHILE_TURNING, SIDE_WHILE_TURNING), Image.Resampling.BOX)
    if sum(small.histogram()[PAPER:]) < LEAST_PAPER * small.width * small.height:
        return {"is_paper": False}
    turned = _slant(small.point(lambda shade: 255 if shade < INK else 0))
    scale = LONGEST_SIDE / max(sheet.size)
    sheet = sheet.resize((round(sheet.width * scale), round(sheet.height * scale)), Image.Resampling.BICUBIC)
    if turned:
        sheet = sheet.rotate(turned, Image.Resampling.BICUBIC, fillcolor=255)
    sheet.save(target, "PPM")
    return {"is_paper": True}


def _without_red(image: Image.Image) -> Image.Image:
    """Return a picture in shades of grey, in which red ink is as light as paper: stamps lie over words."""
    if image.mode in ("1", "L", "I", "F") or image.mode.startswith("I;"):
        return image.convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    return image.convert("RGB").getchannel("R")


def _slant(ink: Image.Image) -> float:
    """Return by how many degrees a sheet is to be turned so that its lines are level, 0.0 where it is as good."""

    def level(degrees: float) -> int:
        rows = ink.rotate(degrees, Image.Resampling.BILINEAR).resize((1, ink.height), Image.Resampling.BOX).tobytes()
        return sum((one - other) ** 2 for one, other in zip(rows, rows[1:], strict=False))

    steps = int(MOST_TURNED / STEP)
    rough = max((STEP * step for step in range(-steps, steps + 1)), key=level)
    around = int(STEP / FINE_STEP)
    best = max((rough + FINE_STEP * step for step in range(-around, around + 1)), key=level)
    return best if abs(best) > FINE_STEP and level(best) > level(0.0) else 0.0


def sure_words(source: BinaryIO, target: BinaryIO) -> dict:
    """Write the words of which Tesseract is sure enough to `target`, paragraphs apart; {"words": int, "unsure": int}.

    `source`: its table, a word a line (TSV).
    """
    lines: dict[tuple, list[str]] = {}
    words = unsure = 0
    for row in source.read(MOST_CHARACTERS * 8).decode("utf-8", "replace").splitlines()[1:]:
        cells = row.split("\t", 11)
        if len(cells) < 12 or not cells[11].strip():
            continue
        if float(cells[10]) < SURE:
            unsure += 1
            continue
        words += 1
        # Block, paragraph and line.
        lines.setdefault(tuple(cells[2:5]), []).append(cells[11].strip())
    written, last = [], None
    for place, parts in lines.items():
        written += [""] if last not in (None, place[:2]) else []
        written.append(" ".join(parts))
        last = place[:2]
    target.write(text.nfc("\n".join(written))[:MOST_CHARACTERS].encode("utf-8", "replace"))
    return {"words": words, "unsure": unsure}


TASKS = {"prepare": prepare, "sure_words": sure_words}
# Tasks that another program does, from standard input to standard output.
PROGRAMS = {
    "draw_page": [PDFTOPPM, "-q", "-f", "{page}", "-l", "{page}", "-scale-to", str(LONGEST_SIDE), "-"],
    "read_sheet": [TESSERACT, "stdin", "stdout", "-l", LANGUAGE, "--dpi", "300", "-c", "tessedit_create_tsv=1"],
}
