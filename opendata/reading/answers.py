"""Answered questions as data: as they were published, without who asked."""

import re
from datetime import datetime

from base.public.index.addresses import Addresses
from base.queries import sql
from faq.models import FaqPage
from legalref.citations.texts import plain

from .asked import READ, Asked, Place, Row
from .pages import iso

_BLANK = re.compile(r"\n\s*\n")


def read(asked: Asked) -> list[Row]:
    """Return rows of answers: one query."""
    end, parameters = asked.written(moment="i.updated_at", key="i.id", one="i.page_id", site="i.site_id", kind="t.slug")
    rows = sql.read(
        "SELECT i.id, i.page_id, i.language, i.title, f.question_text, f.answer, t.slug, t.name, f.asked_on, "
        "f.answered_on, u.name, p.url_path, s.slug, s.name, f.is_illustrative, CAST(i.published_at AS TEXT), "
        "CAST(i.updated_at AS TEXT) FROM base_publicitem i "
        "JOIN wagtailcore_page p ON p.id = i.page_id AND p.live JOIN faq_faqpage f ON f.page_ptr_id = i.page_id "
        f"JOIN base_portalsite s ON s.id = i.site_id AND {READ} LEFT JOIN faq_questiontopic t ON t.id = f.topic_id "
        f"LEFT JOIN base_organisationunit u ON u.id = i.unit_id WHERE i.kind = %s{end}",
        [FaqPage._meta.label, *parameters],
    )
    addresses = Addresses()
    return [_row(row, addresses) for row in rows]


def newest() -> datetime | None:
    """Return the last change of an answer, or None; one query."""
    return sql.moment(
        sql.read("SELECT MAX(updated_at) FROM base_publicitem WHERE kind = %s", [FaqPage._meta.label])[0][0]
    )


def _row(row: tuple, addresses: Addresses) -> Row:
    number, page, language, title, question, answer, kind, kind_name, asked_on, answered_on = row[:10]
    unit, url_path, site, site_name, is_illustrative, published, updated = row[10:]
    changed = sql.moment(updated)
    values = {
        "id": page,
        "title": title,
        "question": question,
        "answer": _BLANK.sub("\n\n", plain(answer)).strip(),
        "kind": kind,
        "kind_name": kind_name,
        "unit": unit,
        "asked_on": iso(sql.day(asked_on)),
        "answered_on": iso(sql.day(answered_on)),
        "language": language,
        "url": addresses.full(url_path),
        "site": site,
        "site_name": site_name,
        "is_illustrative": bool(is_illustrative),
        "published_at": iso(sql.moment(published)),
        "updated_at": iso(changed),
    }
    return Row(Place(changed, number), values)
