"""Words in a field, whatever their case, on both databases; words typed without diacritics find those with them."""

from itertools import product
from unicodedata import normalize

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from vietnam.text import fold, has_diacritics, nfc

_VOWELS = ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_MARKED = sorted({normalize("NFC", vowel + tone) for vowel, tone in product(_VOWELS, _TONES)} - set("aeiouy")) + ["đ"]
_LOWER = "".join(_MARKED)
_UPPER = _LOWER.upper()
# Letter by letter, as `translate` of PostgreSQL takes them: upper case with marks to lower case; and without marks.
LOWERED = (_UPPER, _LOWER)
FOLDED = (_LOWER + _UPPER, "".join(fold(letter) for letter in _LOWER) * 2)


class _Translated(Func):
    """A text in lower case with some letters replaced by others; databases know the case of ASCII only for sure."""

    arity, output_field = 1, TextField()

    def as_postgresql(self, compiler, connection, **context):
        template = f"translate(lower(%(expressions)s), '{self.of}', '{self.to}')"
        return super().as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler, connection, **context):
        return super().as_sql(compiler, connection, function=self.of_sqlite)


class Lowered(_Translated):
    """A text in lower case."""

    (of, to), of_sqlite = LOWERED, "portal_lowered"


class Folded(_Translated):
    """A text in lower case without diacritics."""

    (of, to), of_sqlite = FOLDED, "portal_folded"


def contains(name: str, text: str) -> Q:
    """Return the condition that a field holds some words.

    With diacritics the words are meant as they are typed; without any, "pho" finds "Phố" as well.
    """
    typed = nfc(text)
    seen = Lowered if has_diacritics(typed) else Folded
    return Q(GreaterThan(StrIndex(seen(F(name)), Value(typed.lower())), 0))


def _function(of: str, to: str):
    table = str.maketrans(of, to)
    return lambda text: None if text is None else str(text).lower().translate(table)


def teach(connection, **kwargs) -> None:
    """Give a new connection to SQLite the functions that PostgreSQL has (`signal_handlers.py` calls it)."""
    if connection.vendor == "sqlite":
        for translated in (Lowered, Folded):
            connection.connection.create_function(
                translated.of_sqlite, 1, _function(translated.of, translated.to), deterministic=True
            )
