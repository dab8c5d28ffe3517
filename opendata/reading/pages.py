"""Pages of all sites as data: articles, notices, sections and whatever else readers find, from the public index."""

import re
from datetime import datetime
from functools import lru_cache

from django.apps import apps
from django.utils import timezone

from base.models import BasePage
from base.public.index.addresses import Addresses
from base.public.index.items import kind_names
from base.queries import sql
from faq.models import FaqPage
from sections import corrections
from servicecatalog.models import ServiceOffering

from .asked import READ, Asked, Place, Row

# Sets of their own.
ELSEWHERE = (FaqPage._meta.label, ServiceOffering._meta.label)
_NEW_WORD = re.compile(r"(?<!^)(?=[A-Z])")


@lru_cache
def kinds() -> dict[str, str]:
    """Return the kinds of pages as data names them: {"work-schedule": "sections.WorkSchedulePage"}."""
    models = [
        model for model in apps.get_models() if issubclass(model, BasePage) and model._meta.label not in ELSEWHERE
    ]
    return {kind_of(model._meta.label): model._meta.label for model in models}


def kind_of(label: str) -> str:
    """Return a type of page, "app.Model", as data names it.

    >>> kind_of("sections.WorkSchedulePage")
    'work-schedule'
    """
    return _NEW_WORD.sub("-", label.partition(".")[2].removesuffix("Page")).lower()


def read(asked: Asked) -> list[Row]:
    """Return rows of pages: two queries."""
    end, parameters = asked.written(moment="i.updated_at", key="i.id", one="i.page_id", site="i.site_id", kind="i.kind")
    rows = sql.read(
        "SELECT i.id, i.page_id, i.kind, i.language, i.translation_key, i.title, i.summary, "
        "CAST(i.published_at AS TEXT), CAST(i.updated_at AS TEXT), i.starts_on, i.ends_on, p.url_path, s.slug, s.name, "
        "u.name, above.title FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
        f"JOIN base_portalsite s ON s.id = i.site_id AND {READ} "
        "LEFT JOIN base_organisationunit u ON u.id = i.unit_id "
        "LEFT JOIN wagtailcore_page above ON above.id = i.section_id AND above.live "
        f"WHERE i.kind NOT IN {sql.places(ELSEWHERE)}{end}",
        [*ELSEWHERE, *parameters],
    )
    addresses, names = Addresses(), kind_names(row[2] for row in rows)
    corrected = corrections.public_of([row[1] for row in rows]) if rows else {}
    return [_row(row, addresses, names, corrected) for row in rows]


def newest() -> datetime | None:
    """Return the last change of a page, or None; one query."""
    return sql.moment(
        sql.read(
            f"SELECT MAX(updated_at) FROM base_publicitem i WHERE i.kind NOT IN {sql.places(ELSEWHERE)}", [*ELSEWHERE]
        )[0][0]
    )


def _row(row: tuple, addresses: Addresses, names: dict, corrected: dict) -> Row:
    number, page, kind, language, shared, title, summary, published, updated, starts, ends = row[:11]
    url_path, slug, site, unit, section = row[11:]
    changed = sql.moment(updated)
    values = {
        "id": page,
        "kind": kind_of(kind),
        "kind_name": names[kind],
        "language": language,
        "translation_key": shared,
        "title": title,
        "summary": summary,
        "url": addresses.full(url_path),
        "site": slug,
        "site_name": site,
        "unit": unit,
        "section": section,
        "starts_on": iso(sql.day(starts)),
        "ends_on": iso(sql.day(ends)),
        "corrections": [f"{day:%d/%m/%Y}: {note}" for day, note in corrected.get(page, ())],
        "published_at": iso(sql.moment(published)),
        "updated_at": iso(changed),
    }
    return Row(Place(changed, number), values)


def iso(value) -> str | None:
    """Return a day or a moment as data writes it, a moment as local time; None for none."""
    if value is None:
        return None
    return timezone.localtime(value).isoformat(timespec="seconds") if hasattr(value, "hour") else value.isoformat()
