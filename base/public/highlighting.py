"""The words that a reader searched for, marked in what is shown."""

from html import escape

from django.utils.safestring import SafeString, mark_safe

from vietnam import analysis, text


def highlight(shown: str, query: str) -> SafeString:
    """Return a text as safe HTML with the words of the query in <mark>, whatever marks either was typed with."""
    shown = text.nfc(shown)
    parts, position = [], 0
    for start, end in analysis.spans(shown, query):
        parts += [escape(shown[position:start]), "<mark>", escape(shown[start:end]), "</mark>"]
        position = end
    parts.append(escape(shown[position:]))
    # Every piece of the text was escaped.
    return mark_safe("".join(parts))
