"""Tell from the inside of a PDF whether its pages are pictures of paper (bản quét), and whether they have letters."""

# How many pages are looked at, and how many pixels a sheet of paper has at the least (A5 at 100 dots an inch).
LOOKED_AT, PIXELS_OF_PAPER = 5, 480_000


def shows_paper(page) -> bool:
    """Tell whether a page, as pypdf reads it, shows pictures that are together as large as a scanned sheet."""
    things = _entry(_entry(page, "/Resources"), "/XObject")
    pixels = 0
    for name in things:
        thing = things[name].get_object()
        if thing.get("/Subtype") == "/Image":
            # Some machines cut a sheet into strips.
            pixels += int(thing.get("/Width", 0)) * int(thing.get("/Height", 0))
    return pixels >= PIXELS_OF_PAPER


def is_without_letters(pages) -> bool:
    """Tell whether the first of some pages are all pictures of paper, and none of them has a font.

    What a signature shows of itself stands beside the page and is no letter of it.
    """
    first = pages[:LOOKED_AT]
    return bool(first) and all(shows_paper(page) and not _entry(_entry(page, "/Resources"), "/Font") for page in first)


def _entry(thing, name: str):
    """Return an entry of a dictionary of a PDF that is one too; {} where it is not there."""
    found = thing.get(name)
    return found.get_object() if found is not None else {}
