"""Vietnamese on a page in another language, said to be Vietnamese (`lang="vi"`), so that it is read out as such.

Much of an English page exists in Vietnamese only: names of units and documents, services without a translation. What a
template knows it says by itself (`lang`, `|native`, `frame.native_lang`); the rest is recognised by its letters:

1. `base/base.html` gives the page to `marked` (`{% native_words %}`), which leaves a Vietnamese page as it is.
2. In every text outside an element with `lang="vi"` the Vietnamese phrases are looked for (`vietnam.text`).
3. An element that holds nothing but such a phrase gets the attribute; elsewhere the phrase gets a `<span lang="vi">`.
4. Pictures and elements that take no `<span>` get the attribute when more of their words are Vietnamese than not.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from vietnam.text import is_vietnamese, vietnamese_runs

# Comments, what scripts and styles hold, tags with their attributes, text.
PIECE = re.compile(
    r"<!--.*?-->|<(?P<raw>script|style)\b.*?</(?P=raw)\s*>|<!(?:[^>]*)>"
    r"|<(?P<end>/?)(?P<tag>[a-z][\w:-]*)(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>|[^<]+|<",
    re.S | re.I,
)
ENTITY = re.compile(r"&(?:#\w+|\w+);")
LANG = re.compile(r"""(?<![\w-])lang=["']?([\w-]*)""", re.I)
ALT = re.compile(r"""(?<![\w-])alt=(?:"([^"]*)"|'([^']*)')""", re.I)
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# Where no <span> may stand: the element itself is said to be Vietnamese.
TEXT_ONLY = frozenset("option textarea title text tspan desc".split())


@dataclass
class _Open:
    """An element that is not closed yet; `texts`: where Vietnamese stands right inside it."""

    tag: str
    lang: str
    start: int
    says_lang: bool
    texts: list[int] = field(default_factory=list)
    holds_more: bool = False


def is_native_page() -> bool:
    """Tell whether the page that is being made speaks Vietnamese."""
    return (get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE


def native_lang(is_native: bool) -> SafeString:
    """The attribute of an element whose text is known to be Vietnamese, with its blank before it; else nothing."""
    return mark_safe(f' lang="{settings.LANGUAGE_CODE}"' if is_native else "")


def page_lang() -> SafeString:
    """The attribute of what a page says in its own language inside a Vietnamese text, with its blank before it."""
    return mark_safe("" if is_native_page() else f' lang="{get_language()}"')


def native(text) -> SafeString:
    """Return a text to stand among words of the page's language, as HTML: marked as Vietnamese on another's page."""
    html = conditional_escape("" if text is None else text)
    if is_native_page() or not _runs(html):
        return html
    return format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, html)


def marked(html: str) -> SafeString:
    """Return a page, or a part of one, with its Vietnamese marked; the same text when the page is Vietnamese."""
    if is_native_page():
        return mark_safe(html)
    pieces: list[str] = []
    page = _Open("", get_language(), -1, True)
    opened = [page]
    for piece in PIECE.finditer(html):
        text, tag, around = piece.group(), (piece["tag"] or "").lower(), opened[-1]
        if tag and piece["end"]:
            _close(opened, tag, pieces)
        elif tag:
            around.holds_more = True
            stated = LANG.search(piece["attributes"])
            lang = stated[1] if stated else around.lang
            alt = ALT.search(piece["attributes"]) if tag == "img" and lang != settings.LANGUAGE_CODE else None
            if alt and not stated and is_vietnamese(unescape(alt[1] or alt[2] or "")):
                text = _with_lang(text)
            if tag not in VOID and not text.endswith("/>"):
                opened.append(_Open(tag, lang, len(pieces), bool(stated)))
        elif text[0] != "<" and text.strip():
            if around.lang != settings.LANGUAGE_CODE and _runs(text):
                around.texts.append(len(pieces))
            around.holds_more |= not around.texts or around.texts[-1] != len(pieces)
        pieces.append(text)
    while opened:
        _mark(opened.pop(), pieces)
    return mark_safe("".join(pieces))


# --- Private ---------------------------------------------------------------------------------------


def _close(opened: list[_Open], tag: str, pieces: list[str]) -> None:
    """Close an element and what was left open inside it; the end of nothing that is open closes nothing."""
    if not any(element.tag == tag for element in opened):
        return
    while (element := opened.pop()).tag != tag:
        _mark(element, pieces)
    _mark(element, pieces)


def _mark(element: _Open, pieces: list[str]) -> None:
    """Say of what stands right inside an element that it is Vietnamese."""
    if not element.texts:
        return
    texts = [pieces[place] for place in element.texts]
    if element.tag in TEXT_ONLY:
        # The title of a page ends in the name of its site.
        visible = texts[0].split(" – ")[0] if element.tag == "title" else " ".join(texts)
        if is_vietnamese(unescape(visible)) and not element.says_lang:
            pieces[element.start] = _with_lang(pieces[element.start])
    elif not element.holds_more and not element.says_lang and all(map(_is_all_native, texts)):
        pieces[element.start] = _with_lang(pieces[element.start])
    else:
        for place in element.texts:
            pieces[place] = _with_spans(pieces[place])


def _runs(text: str) -> list[tuple[int, int]]:
    """The Vietnamese phrases of a text of a page, by their places in it; entities are no words."""
    return vietnamese_runs(_plain(text))


def _plain(text: str) -> str:
    """The text with a blank for each sign of an entity, so that places stay what they were."""
    return ENTITY.sub(lambda found: " " * len(found.group()), text)


def _is_all_native(text: str) -> bool:
    """Tell whether a text is one phrase, but for signs around it."""
    plain, runs = _plain(text), _runs(text)
    return len(runs) == 1 and not re.search(r"[^\W_]", plain[: runs[0][0]] + plain[runs[0][1] :])


def _with_spans(text: str) -> str:
    made, last = [], 0
    for start, end in _runs(text):
        made += [text[last:start], f'<span lang="{settings.LANGUAGE_CODE}">', text[start:end], "</span>"]
        last = end
    return "".join(made) + text[last:]


def _with_lang(start_tag: str) -> str:
    name = re.match(r"<[\w:-]+", start_tag).group()
    return f'{name} lang="{settings.LANGUAGE_CODE}"{start_tag[len(name) :]}'
