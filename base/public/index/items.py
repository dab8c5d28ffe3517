"""The items of public things: what a row of the index holds, made from a page as it is stored."""

import json
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime

from django.apps import apps
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from ...queries import sql
from ...sites import site_of
from ..translated.same import take_from_source
from .words import words_of

BATCH = 200
PAGE = "page"
# Among the facts of a page: the day since which it is kept for the record only.
RETAINED_ON = "retained_on"


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What a type of page adds to its item.

    Between `starts_on` and `ends_on`, both days included, it counts; one that `stands_first` is before newer ones then.
    `in_feed`: it is news to readers of the whole site. `more`: what this type alone shows, plain values.
    """

    sub_kind: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    stands_first: bool = False
    in_feed: bool = False
    image_id: int | None = None
    more: dict = field(default_factory=dict)

    def counts_on(self, on: date) -> bool:
        """Tell whether it counts on a local day; a day that is not set bounds nothing."""
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the index, field by field (`base/models/public_index.py`)."""

    key: str
    language: str
    kind: str
    sub_kind: str
    translation_key: str
    page_id: int
    site_id: int
    unit_id: int | None
    section_id: int | None
    image_id: int | None
    title: str
    summary: str
    published_at: datetime | None
    updated_at: datetime | None
    year: int | None
    starts_on: date | None
    ends_on: date | None
    stands_first: bool
    in_feed: bool
    facts: str
    file_kinds: str
    title_words: frozenset[str]
    words: frozenset[str]


def in_batches(things: Iterable) -> Iterator[list]:
    """Return a list in pieces of BATCH."""
    things = list(things)
    for start in range(0, len(things), BATCH):
        yield things[start : start + BATCH]


def key_of(page) -> str:
    """Return the key of a page in the index."""
    return f"{PAGE}:{page.pk}"


def items_of(pages: Iterable) -> Iterator[Item]:
    """Return the items of those pages of a list that readers can find; the pages as they are stored, each specific."""
    for batch in in_batches(pages):
        found = [page for page in batch if page.live and page.is_listed]
        around = _around(found)
        for page in found:
            site = site_of(page)
            if site is not None:
                yield _item(page, site, *around[page.pk])


def specific(pages) -> list:
    """Return the pages of a list or query set as rows of their types, with what their items need."""
    return [page.specific for page in pages] if isinstance(pages, list) else list(pages.specific())


def _around(pages: list) -> dict[int, tuple[int | None, str]]:
    """Return the page above each of some pages, and its language: one query."""
    keys = [page.pk for page in pages]
    rows = sql.read(
        "SELECT p.id, above.id, l.language_code FROM wagtailcore_page p "
        "JOIN wagtailcore_locale l ON l.id = p.locale_id LEFT JOIN wagtailcore_page above "
        f"ON above.path = substr(p.path, 1, length(p.path) - {Page.steplen}) WHERE p.id IN {sql.places(keys)}",
        keys,
    )
    return {key: (above, language) for key, above, language in rows}


def _item(page, site, section_id: int | None, language: str) -> Item:
    # What readers find is what the page shows: a translation has dates, files and the like from its source.
    shown = page if language == settings.LANGUAGE_CODE else take_from_source(copy(page))
    own = shown.own_facts()
    published, more = page.first_published_at, with_retained(page, own.more)
    title_words, words = words_of(shown, site.pk, language)
    # Right below a section: what stands deeper is part of something.
    is_of_section = page.depth == site.depth_of_items
    return Item(
        key=key_of(page),
        language=language,
        kind=page._meta.label,
        sub_kind=own.sub_kind,
        translation_key=str(page.translation_key),
        page_id=page.pk,
        site_id=site.pk,
        unit_id=page.responsible_unit_id,
        section_id=section_id,
        image_id=own.image_id,
        title=page.title,
        summary=page.listed_summary,
        published_at=published,
        updated_at=page.last_published_at,
        year=timezone.localtime(published).year if published else None,
        starts_on=own.starts_on,
        ends_on=own.ends_on,
        stands_first=own.stands_first,
        in_feed=own.in_feed and is_of_section,
        facts=json.dumps(more, ensure_ascii=False, sort_keys=True) if more else "",
        file_kinds=shown.attached_kinds(),
        title_words=frozenset(title_words),
        words=frozenset(words),
    )


def with_retained(page, more: dict) -> dict:
    """Return what is known of a page with the day since which it is kept for the record, where it is."""
    if not page.retained_note or page.retained_note_on is None:
        return more
    return {**more, RETAINED_ON: page.retained_note_on.isoformat()}


def retained_as_text(more: dict) -> str:
    """Return what lists, the search and feeds say of a page that is kept for the record only, "" of any other."""
    day = sql.day(more.get(RETAINED_ON))
    return _("Giữ lại để tra cứu từ %(day)s") % {"day": f"{day:%d/%m/%Y}"} if day else ""


def kind_names(labels: Iterable[str]) -> dict[str, str]:
    """Return what readers are told that types of pages are, given as "app.Model", in the language of the page."""
    names = {}
    for label in set(labels):
        model = apps.get_model(label)
        name = _(str(model.search_kind or model._meta.verbose_name))
        names[label] = name[:1].upper() + name[1:]
    return names
