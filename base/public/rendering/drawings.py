"""What many pages show alike is drawn once: parts of the frame, items of lists, short lists.

It is drawn with nothing but the values that it is given, and known by all of them, by the language and by the day. So
nothing has to be told when a page, a unit or an address changes: what is shown with other values is another drawing,
and what went is asked for by no list. Whatever is remembered here is the same for every reader: a request, a user, a
token never gets in.
"""

from collections.abc import Callable, Hashable
from dataclasses import is_dataclass
from datetime import date, datetime

from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.safestring import SafeString

# Some twenty menus for each site and language, about 8 kB each; items of lists about 1 kB. Beyond it half is made anew.
MOST = 6_000
PLAIN = frozenset({str, int, bool, float, date, datetime, type(None)})
_made: dict[Hashable, object] = {}


class UnknownValueError(Exception):
    """A value that does not tell all that it shows: what shows it is drawn each time."""


def made_once(key: Hashable, make: Callable):
    """Return what `make()` gives of a key that holds all that it is made of; made once in a process."""
    found = _made.get(key)
    if found is None:
        if len(_made) >= MOST:
            # Filters bring ever new ones: half goes, the oldest.
            for old in list(_made)[: MOST // 2]:
                _made.pop(old, None)
        found = _made[key] = make()
    return found


def draw(template: str, values: dict, shows: Hashable = None) -> SafeString:
    """Return a template drawn with nothing but these values, in the active language.

    `shows`: all that the template shows of them, where they do not say it themselves (`shown_by`).
    """
    try:
        shown = tuple((name, shown_by(value)) for name, value in values.items()) if shows is None else shows
    except UnknownValueError:
        return get_template(template).render(values)
    key = (template, translation.get_language(), timezone.localdate(), shown)
    return made_once(key, lambda: get_template(template).render(values))


def shown_by(value) -> Hashable:
    """Return what tells a value from each other one that is shown in another way.

    Takes plain values, lists and dataclasses of values, and what has `shows`: the same of itself, None where it may
    change without it. Raises UnknownValueError then, and TypeError for anything else.
    """
    kind = type(value)
    if kind is str:
        return value
    if kind in PLAIN or kind is SafeString:
        # 1 and True, or a text and a safe text, are equal and look different.
        return (kind, value)
    if kind is list or kind is tuple:
        return tuple([shown_by(one) for one in value])
    if hasattr(kind, "shows"):
        if (shows := value.shows) is None:
            raise UnknownValueError
        return shows
    if is_dataclass(kind):
        return tuple([shown_by(getattr(value, name)) for name in kind.__match_args__])
    raise TypeError(f"{kind.__name__} does not say what it shows")


def clear() -> None:
    """Clear all: for tests that change what a template is."""
    _made.clear()
