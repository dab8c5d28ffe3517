"""`{% translate "…" %}` looks its phrase up and shows it; Django first makes a text translated later.

Such a text passes ten calls before it is one: a page has a hundred phrases. `install` changes `TranslateNode.render`,
in this module alone; `tests/base/test_plain_phrases.py` compares both. What is not a phrase in quotation marks alone
(a variable, a filter, a context, `noop`) is left to Django. It can go when Django translates what a template has
at once.
"""

from django.templatetags.i18n import TranslateNode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

_render = TranslateNode.render


def install() -> None:
    """Let `{% translate %}` draw itself by this; called once, when the apps are ready."""
    TranslateNode.render = render


def render(self, context) -> str:
    """Return the phrase in the active language, as Django does."""
    expression = self.filter_expression
    phrase = expression.var.literal
    if type(phrase) is not SafeString or expression.filters or self.message_context or self.noop:
        return _render(self, context)
    # A sign of percent is written twice in the catalogues.
    text = SafeString(gettext(phrase.replace("%", "%%")).replace("%%", "%"))
    if self.asvar:
        context[self.asvar] = text
        return ""
    return text
