"""What actions note in the journal, in their transaction, before what they do is committed.

A transaction that fails leaves a needless entry: copies that name the page are made anew, nothing is lost.
"""

from collections.abc import Iterable
from functools import cached_property

from django.db import transaction
from wagtail.models import Page, Site

from .journal import journal
from .removals import bare_host

# A shorter title occurs in many menus and sentences.
SHORTEST_TITLE = 8


class Addresses:
    """Where pages are read: under which hosts and paths; the sites are read once for all of them (two queries)."""

    @cached_property
    def _sites(self) -> list[Site]:
        return list(Site.objects.select_related("root_page"))

    @cached_property
    def _roots(self) -> list[tuple[str, str, str]]:
        """(host, path in the tree, language prefix) of each home page in each language."""
        hosts = {}
        for site in self._sites:
            hosts.setdefault(site.root_page.translation_key, []).append(bare_host(site.hostname))
        homes = Page.objects.filter(translation_key__in=hosts).select_related("locale")
        source = {site.root_page.locale_id for site in self._sites}
        return [
            (host, home.url_path, "" if home.locale_id in source else f"/{home.locale.language_code}")
            for home in homes
            for host in hosts[home.translation_key]
        ]

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
        names = [bare_host(site.hostname) for site in self._sites]
        default = next((bare_host(site.hostname) for site in self._sites if site.is_default_site), "")
        return {"hosts": sorted(set(names)), "default_host": default}


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
        shown += [(page, "") for page in Page.objects.filter(alias_of_id__in={page.pk for page in pages})]
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
