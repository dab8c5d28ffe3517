"""The words that somebody looked for, marked in what is shown."""

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from vietnam import analysis, text

OPEN_MARK, CLOSE_MARK = mark_safe("<mark>"), mark_safe("</mark>")


def highlight(shown: str, query: str) -> SafeString:
    """Return a text as safe HTML with the words of the query in <mark>, whatever marks either was typed with."""
    shown = text.nfc(shown)
    parts, position = [], 0
    for start, end in analysis.spans(shown, query):
        parts += [("", shown[position:start], ""), (OPEN_MARK, shown[start:end], CLOSE_MARK)]
        position = end
    parts.append(("", shown[position:], ""))
    return format_html_join("", "{}{}{}", parts)
