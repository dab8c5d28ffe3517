"""RSS 2.0, RSS 1.0 and Atom: the items of a feed, with as much text as it holds."""

from collections.abc import Iterator
from html import escape

from . import moments
from .rows import OldPage
from .xml import elements, name_of, text_of

CONTENT, DC = "purl.org/rss/1.0/modules/content", "purl.org/dc"
# Of markup that a feed holds as XML.
ATTRIBUTES = ("href", "src", "alt", "title", "style", "width", "height", "onclick")


def read(file, given, site_import) -> Iterator[OldPage]:
    """Yield the items of a feed in its order."""
    for item in elements(file, frozenset({"item", "entry"})):
        yield _entry(item) if name_of(item) == "entry" else _item(item)


def _item(item) -> OldPage:
    description, whole = text_of(item, "description"), text_of(item, "encoded", CONTENT)
    address = text_of(item, "link")
    return OldPage(
        key=f"rss:{text_of(item, 'guid') or address}",
        title=text_of(item, "title"),
        html=whole or description,
        addresses=[address] if address else [],
        category=text_of(item, "category") or text_of(item, "subject", DC),
        author=text_of(item, "creator", DC) or text_of(item, "author"),
        summary=description if whole else "",
        published_at=moments.of_mail(text_of(item, "pubDate") or text_of(item, "date", DC)),
    )


def _entry(entry) -> OldPage:
    links = [child for child in entry if name_of(child) == "link"]
    address = next((link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"), "")
    author = next((text_of(child, "name") for child in entry if name_of(child) == "author"), "")
    categories = [child for child in entry if name_of(child) == "category"]
    whole, summary = (_markup(entry, name) for name in ("content", "summary"))
    return OldPage(
        key=f"atom:{text_of(entry, 'id') or address}",
        title=text_of(entry, "title"),
        html=whole or summary,
        addresses=[address] if address else [],
        category=next((child.get("label") or child.get("term", "") for child in categories), ""),
        author=author,
        summary=summary if whole else "",
        published_at=moments.local(text_of(entry, "published") or text_of(entry, "updated")),
    )


def _markup(entry, name: str) -> str:
    """Return a text of an entry as markup; one that is XHTML is taken by its words and tags."""
    for child in entry:
        if name_of(child) == name:
            return _inner(child) if len(child) else (child.text or "")
    return ""


def _inner(element) -> str:
    made = [escape(element.text or "", quote=False)]
    for child in element:
        found = ((name, value) for name, value in child.attrib.items() if name in ATTRIBUTES)
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in found)
        after = escape(child.tail or "", quote=False)
        made.append(f"<{name_of(child)}{attributes}>{_inner(child)}</{name_of(child)}>{after}")
    return "".join(made)
