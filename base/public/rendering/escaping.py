"""Text is escaped for HTML as Django does it, at half the price: every value that a template shows passes here.

Django's `escape` looks for texts that are still to be translated by two generators; here one look at the one argument
tells. `install` changes that function, in this module alone; `tests/base/test_escaping.py` compares both. It can go
when Django's own has no wrapper around it.
"""

from html import escape as escaped

from django.utils import html
from django.utils.functional import Promise
from django.utils.safestring import SafeString

_escape = html.escape


def install() -> None:
    """Let Django's templates and `format_html` escape by this; called once, when the apps are ready."""
    html.escape = escape


def escape(text) -> SafeString:
    """Return a text with its signs of HTML escaped; one that is still to be translated stays so."""
    return _escape(text) if isinstance(text, Promise) else SafeString(escaped(str(text)))
