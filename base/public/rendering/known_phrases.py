"""A phrase is looked up among the translations once in each process, not at every place that shows it.

Each app brings a catalogue of its own, which Django asks one after the other, and all of them for a phrase that stands
in the templates as readers see it: a page with a hundred phrases asks two thousand times. `install` changes Django's
`DjangoTranslation.gettext`, in this module alone; `tests/base/test_known_phrases.py` compares both. It can go when
Django joins the catalogues of a language.
"""

from django.utils.translation.trans_real import DjangoTranslation

_gettext = DjangoTranslation.gettext
# Phrases come from templates and code; a template may also translate a name that people keep.
MOST = 20_000


def install() -> None:
    """Let Django ask here first; called once, when the apps are ready."""
    DjangoTranslation.gettext = gettext


def gettext(self, message: str) -> str:
    """Return the phrase in the language of the catalogues, as Django does."""
    known = self.__dict__.setdefault("known_phrases", {})
    phrase = known.get(message)
    if phrase is None:
        phrase = _gettext(self, message)
        if len(known) < MOST:
            known[message] = phrase
    return phrase
