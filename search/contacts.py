"""Units and the people in their posts, found by name and by duty: what is public on organisation charts and on lists of
leaders and officials (NĐ 43/2011 Điều 10.1.a, 10.1.k).

1. `known` reads them from the public pages that show them; they are kept between requests until such a page, or the
   city, changes, and until midnight. What no public page shows is not found.
2. `find` looks for the words of a query among them; a unit asked for by its name, or a person by name or post, leads,
   and so do those whose post or name begins with several words that were typed.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils import timezone

from base.models import PostHolder
from base.public.index.searching import has_phrase
from base.public.site_cache import homes_of, memory_of
from base.queries import sql
from sections.models import OfficialsPage, OrganisationPage
from sections.organisation import anchor_of
from vietnam.analysis import split_words, tokens
from vietnam.equivalents import Terms, Wanted

PAGES = (OrganisationPage, OfficialsPage)
# The part of a name that must be typed for its unit or person to lead.
TELLING = 0.5
# What people ask of a unit besides its name: the page that shows it says it.
ASKED_OF_UNITS = "Số điện thoại, địa chỉ"


class Contact(NamedTuple):
    """A unit or a person, as shown by a page of a site.

    `names`: the tokens of what it may be called by, each with how many words it has; `words`: of all that is known;
    `called`: the unit's name, the person's post.
    """

    key: int
    title: str
    summary: str
    unit: str
    url_path: str
    anchor: str
    site_id: int
    names: tuple[tuple[frozenset[str], int], ...]
    words: frozenset[str]
    called: str


class Found(NamedTuple):
    """Contacts, the best first; `exact`: the keys that have the words as typed, `leading`: those asked for by name."""

    contacts: list[Contact]
    exact: set[int]
    leading: list[int]


def find(wanted: Wanted, known: Sequence[Contact], phrases: Sequence[list[str]] = ()) -> Found:
    """Return the contacts that have every word of a query; `phrases`: the tokens of what was typed, in order."""
    found, exact = [], set()
    # A single word begins many names.
    phrases = [words for words in phrases if len(words) > 1]
    for contact in known:
        is_exact = _is_found(contact, wanted.exact, wanted.in_text)
        if is_exact or _is_found(contact, wanted.near, wanted.near_in_text):
            found.append((_rank(contact, wanted), contact.key, contact))
            if is_exact:
                exact.add(contact.key)
    found.sort(key=lambda row: row[:2])
    leading = [key for (lacking, _share, _part), key, _contact in found if not lacking and _share <= -TELLING]
    begun = [key for _order, key, contact in found if key not in leading and _begins(contact, phrases)]
    return Found([contact for _order, _key, contact in found], exact, [*leading, *begun])


def _is_found(contact: Contact, in_names: Terms, in_text: Terms) -> bool:
    return _holds(contact.words, in_text) or any(_holds(words, in_names) for words, _length in contact.names)


def _begins(contact: Contact, phrases: Sequence[list[str]]) -> bool:
    name = contact.called.split()
    return any(has_phrase(" ".join(name[: len(words)]), words) for words in phrases)


def _holds(words: frozenset[str], terms: Terms) -> bool:
    return all(any(words.issuperset(way.split()) for way in term) for term in terms)


def _rank(contact: Contact, wanted: Wanted) -> tuple[bool, float, int]:
    """Return whether no name has all the words, and as less than nothing how much of the best name was typed and how
    many of the words one name has."""
    shares, most = [], 0
    for words, length in contact.names:
        ways = [next((way for way in term if words.issuperset(way.split())), None) for term in wanted.near]
        most = max(most, len(ways) - ways.count(None))
        if None not in ways:
            shares.append(sum(len(way.split()) for way in ways) / max(1, length))
    return not shares, -max(shares, default=0.0), -most


def known(language: str, request=None) -> list[Contact]:
    """Return the units and people that public pages in a language show today."""
    memory = memory_of(request)
    if memory is None:
        return _read(_shown(language))
    shown = memory.get(("charts", language))
    if shown is None:
        shown = memory.keep(("charts", language), _shown(language), memory.all_sites)
    key = ("contacts", shown, timezone.localdate())
    found = memory.get(key)
    return found if found is not None else memory.keep(key, _read(shown), [homes_of(memory).city])


def _shown(language: str) -> tuple[tuple[int, str], ...]:
    """Return the public pages that show units or people: (key, the moment of the version)."""
    kinds = [page._meta.label for page in PAGES]
    rows = sql.read(
        "SELECT i.page_id, CAST(i.updated_at AS TEXT) FROM base_publicitem i JOIN wagtailcore_page p "
        f"ON p.id = i.page_id AND p.live WHERE i.language = %s AND i.kind IN {sql.places(kinds)} ORDER BY i.page_id",
        [language, *kinds],
    )
    return tuple(map(tuple, rows))


def _read(shown: Sequence[tuple[int, str]]) -> list[Contact]:
    keys = [key for key, _moment in shown]
    found: dict[tuple, Contact] = {}
    for page in OrganisationPage.objects.live().filter(pk__in=keys).order_by("path") if keys else ():
        for row in page.units():
            _add_unit(found, page, row.unit)
            for holder in row.holders:
                _add_person(found, page, holder, row.unit)
    for page in OfficialsPage.objects.live().filter(pk__in=keys).order_by("path") if keys else ():
        for person in (*page.holders(), *page.officials.select_related("unit")):
            _add_person(found, page, person, person.unit)
    return list(found.values())


def _add_unit(found: dict, page, unit) -> None:
    names = filter(None, (unit.name, unit.short_name, unit.authority_name))
    _add(
        found,
        page,
        ("unit", unit.pk),
        unit.name,
        names,
        unit.duties,
        unit.name,
        anchor=unit,
        more=f"{unit.address} {ASKED_OF_UNITS}",
    )


def _add_person(found: dict, page, person, unit) -> None:
    name, post, unit_name = person.name, person.post, unit.name if unit is not None else ""
    names = (name, f"{post} {unit_name}", f"{name} {post}")
    anchor = unit if isinstance(person, PostHolder) and isinstance(page, OrganisationPage) else None
    what, title = ("person", name, post), f"{name}, {post}"
    _add(found, page, what, title, names, person.duties, post, anchor=anchor, unit_name=unit_name)


def _add(
    found: dict,
    page,
    what: tuple,
    title: str,
    names: Iterable[str],
    duties: str,
    called: str,
    *,
    anchor,
    unit_name: str = "",
    more: str = "",
) -> None:
    # The first page that shows it: the city's, which is before those of the wards.
    if what in found:
        return
    found[what] = Contact(
        len(found),
        title,
        duties or unit_name,
        unit_name,
        page.url_path,
        anchor_of(anchor) if anchor is not None else "",
        page.portal_site.pk,
        tuple((frozenset(tokens(name)), len({word for word, _folded in split_words(name)})) for name in names),
        frozenset(tokens(" ".join((title, duties, unit_name, more)))),
        called,
    )
