"""The parts of the frame that many pages share, drawn once: assets, strip, header, menu, upper part of the footer.

A part is known by everything that it shows (`rendering/drawings.py`).
"""

from collections.abc import Callable

from django.utils.safestring import SafeString

from .frame import Frame
from .rendering import drawings


def _assets(frame: Frame) -> tuple:
    return (frame.colours_url, frame.is_mourning, frame.emblem)


def _strip(frame: Frame) -> tuple:
    return (frame.agency,)


def _header(frame: Frame) -> tuple:
    languages = tuple(
        (one.code, one.name, one.url, one.is_translation, one.note, one.home_label) for one in frame.languages
    )
    city = (frame.city_url, frame.city_name) if frame.is_ward else ()
    own = (frame.choices_url, frame.saved_url)
    search = "" if frame.is_home else frame.search_url
    return (city, frame.emblem, frame.home_url, frame.agency, search, languages, own)


def _menu(frame: Frame) -> tuple:
    groups = tuple(
        (group.label, *((link.label, link.url, link.current_kind) for link in group.items)) for group in frame.menu
    )
    return (frame.home_url, frame.is_home, groups)


def _footer(frame: Frame) -> tuple:
    unit = frame.unit
    facts = (unit.responsible_person, unit.address, unit.phone, unit.email) if unit is not None else ()
    links = tuple((link.label, link.url) for link in frame.footer_links)
    who = (frame.site_name, frame.agency, frame.native_lang, frame.licence)
    return (*who, facts, links, frame.site_feed_url, frame.open_data_url)


# What each part shows of a frame: a value that its template reads and that is not here would be another page's.
SHOWS: dict[str, Callable[[Frame], tuple]] = {
    "assets": _assets,
    "strip": _strip,
    "header": _header,
    "menu": _menu,
    "footer_top": _footer,
}


def draw(name: str, frame: Frame) -> SafeString:
    """Return a part of the frame in the active language."""
    # With nothing but the frame: a part that read the request would be one reader's.
    return drawings.draw(f"base/parts/{name}.html", {"frame": frame}, SHOWS[name](frame))
