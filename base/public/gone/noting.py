"""What actions note in the journal, in their transaction, before what they do is committed.

A transaction that fails leaves a needless entry: copies that name the page are made anew, nothing is lost.
"""

from collections.abc import Iterable
from functools import cached_property

from django.db import transaction
from wagtail.models import Page

from ...queries import sql
from ...queries.aliases import aliases_of
from .journal import journal
from .removals import bare_host

# A shorter title occurs in many menus and sentences.
SHORTEST_TITLE = 8


class Addresses:
    """Where pages are read: under which hosts and paths; the sites are read once for all of them (one query)."""

    @cached_property
    def _rows(self) -> list[tuple]:
        """(host, is it the default, path in the tree, language, is it that of the site) of each home page."""
        rows = sql.read(
            "SELECT s.hostname, s.is_default_site, h.url_path, l.language_code, h.locale_id IN "
            "(SELECT o.locale_id FROM wagtailcore_page o JOIN wagtailcore_site t ON t.root_page_id = o.id) "
            "FROM wagtailcore_site s JOIN wagtailcore_page r ON r.id = s.root_page_id "
            "JOIN wagtailcore_page h ON h.translation_key = r.translation_key "
            "JOIN wagtailcore_locale l ON l.id = h.locale_id ORDER BY h.path, s.id"
        )
        return [(bare_host(hostname), *rest) for hostname, *rest in rows]

    @cached_property
    def _roots(self) -> list[tuple[str, str, str]]:
        """(host, path in the tree, language prefix) of each home page in each language."""
        return [(host, path, "" if is_source else f"/{code}") for host, _, path, code, is_source in self._rows]

    def of(self, page, suffix: str = "") -> list[tuple[str, str]]:
        """Return the (host, path) under which a page is read, or what hangs on its address under `suffix`."""
        return [
            (host, f"{prefix}/{page.url_path.removeprefix(begin)}{suffix}")
            for host, begin, prefix in self._roots
            if page.url_path.startswith(begin)
        ]

    @property
    def hosts(self) -> dict:
        """What an entry says of the hosts that there are."""
        default = next((host for host, is_default, *_ in self._rows if is_default), "")
        return {"hosts": sorted({host for host, *_ in self._rows}), "default_host": default}


def note_gone(things: Iterable, **facts) -> None:
    """Note that pages or records leave public view; call it before anything about them changes.

    A record says where it stands by `places_shown()`: list of (page, what follows its address), and by
    `words_shown()` what else names it in addresses. `facts`: what `replay_gone` needs to do it again.
    """
    things = list(things)
    if not things:
        return
    addresses, words, titles = Addresses(), [], []
    shown = _shown_at(things)
    places = [place for page, suffix in shown for place in addresses.of(page, suffix)]
    for thing in things:
        words += thing.words_shown() if hasattr(thing, "words_shown") else []
        titles += [str(thing), *([thing.title] if isinstance(thing, Page) else [])]
    telling = _telling(titles, {page.pk for page, _suffix in shown})
    _note(
        "gone",
        places=sorted(set(places)),
        words=sorted(set(words)),
        titles=telling,
        things=[(thing._meta.label, str(thing.pk)) for thing in things],
        facts=facts,
        **addresses.hosts,
    )


def note_words(*, words: Iterable[str] = (), texts: Iterable[str] = (), things: Iterable = (), **facts) -> None:
    """Note words of addresses, and texts, that pages which stay must not show any more (a file, its name)."""
    words, telling = sorted(set(words)), _telling(texts, set())
    if not words and not telling:
        return
    _note(
        "words",
        words=words,
        titles=telling,
        facts=facts,
        **Addresses().hosts,
        things=[(thing._meta.label, str(thing.pk)) for thing in things],
    )


def note_replaced(page) -> None:
    """Note that the older text of a page must not be read again, while its address stays."""
    addresses = Addresses()
    _note("replaced", places=addresses.of(page), **addresses.hosts)


def note_closed(homes: Iterable) -> None:
    """Note that sites are closed: nothing below their home pages is read from a copy."""
    addresses = Addresses()
    _note("closed", places=[place for home in homes for place in addresses.of(home)], **addresses.hosts)


def note_back(thing) -> None:
    """End the 410 at the addresses of a page or record that is public (again), once that is committed."""

    def tell() -> None:
        if not journal().has_removals():
            return
        addresses = Addresses()
        places = [place for page, suffix in _shown_at([thing]) for place in addresses.of(page, suffix)]
        known = [place for place in places if journal().removal_at(*place)]
        if known:
            journal().note({"kind": "back", "places": known, **addresses.hosts})

    # Not before: a publication that fails would open the address of what is still gone.
    transaction.on_commit(tell, robust=True)


def _shown_at(things: list) -> list[tuple[Page, str]]:
    """Where things stand: pages with their aliases (one query for all), records where they say so."""
    pages = [thing for thing in things if isinstance(thing, Page)]
    shown = [(page, "") for page in pages]
    if pages:
        aliases = aliases_of(page.pk for page in pages)
        shown += [(page, "") for page in Page.objects.filter(pk__in=aliases)] if aliases else []
    for thing in things:
        if not isinstance(thing, Page) and hasattr(thing, "places_shown"):
            shown += thing.places_shown()
    return shown


def _telling(titles: Iterable[str], keys: set[int]) -> list[str]:
    """Those titles that point at these pages: long enough, and in the title of no other public page (one query)."""
    long_enough = {title for title in titles if len(title) >= SHORTEST_TITLE and " " in title.strip()}
    if not long_enough:
        return []
    rows = Page.objects.filter(live=True).values_list("pk", "title")
    others = "\n".join(title for pk, title in rows if pk not in keys)
    return sorted(title for title in long_enough if title not in others)


def _note(kind: str, **entry) -> None:
    number = journal().note({"kind": kind, **entry})
    transaction.on_commit(lambda: journal().confirm(number))
