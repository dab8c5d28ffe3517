"""Services as data: each procedure in use at each site that offers it, with its level of the day."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

from django.conf import settings
from django.db import connection

from base.public.index.addresses import Addresses
from base.queries import sql
from servicecatalog.catalogue.levels import Levels
from servicecatalog.models import ServiceOffering

from .asked import READ, Asked, Place, Row
from .pages import iso

_ON = "({0}.{1}_from IS NULL OR {0}.{1}_from <= %s) AND ({0}.{1}_to IS NULL OR {0}.{1}_to >= %s)"


def read(asked: Asked) -> list[Row]:
    """Return rows of services: three queries, however many there are."""
    end, parameters = asked.written(moment="i.updated_at", key="i.id", one="i.page_id", site="i.site_id", kind="f.slug")
    of_procedure, of_offering = _levels("procedure", "pr.id"), _levels("offering", "o.page_ptr_id")
    rows = sql.read(
        "SELECT i.id, i.page_id, pr.code, pr.name, pr.title_en, pr.summary, f.slug, f.name, c.name, o.delivery, "
        "o.apply_url, o.apply_to, COALESCE(NULLIF(o.place, ''), u.address, ''), o.office_hours, o.contact_phone, "
        "o.contact_email, o.offered_from, o.offered_to, p.url_path, s.slug, s.name, u.name, pr.is_illustrative, "
        f"CAST(i.published_at AS TEXT), CAST(i.updated_at AS TEXT), ({of_procedure}), ({of_offering}) "
        "FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
        "JOIN servicecatalog_serviceoffering o ON o.page_ptr_id = i.page_id "
        "JOIN servicecatalog_procedure pr ON pr.id = o.procedure_id AND pr.live "
        "JOIN servicecatalog_servicefield f ON f.id = pr.field_id "
        "JOIN servicecatalog_sector c ON c.id = f.sector_id "
        f"JOIN base_portalsite s ON s.id = i.site_id AND {READ} "
        "LEFT JOIN base_organisationunit u ON u.id = i.unit_id "
        f"WHERE i.kind = %s AND i.language = %s AND {_ON.format('o', 'offered')} AND {_ON.format('pr', 'valid')}{end}",
        [ServiceOffering._meta.label, settings.LANGUAGE_CODE, *[asked.today] * 4, *parameters],
    )
    addresses, levels = Addresses(), Levels() if rows else None
    return [_row(row, addresses, levels, asked) for row in rows]


def newest() -> datetime | None:
    """Return the last change of a service, or None; one query."""
    return sql.moment(
        sql.read("SELECT MAX(updated_at) FROM base_publicitem WHERE kind = %s", [ServiceOffering._meta.label])[0][0]
    )


def _row(row: tuple, addresses: Addresses, levels: Levels, asked: Asked) -> Row:
    number, page, code, name, name_en, summary, kind, kind_name, sector, delivery, apply_url, apply_to = row[:12]
    place, hours, phone, email, begins, ends, url_path, site, site_name, unit, is_illustrative = row[12:23]
    published, updated, of_procedure, of_offering = row[23:]
    shown = levels.on(list(_decided(of_procedure)), list(_decided(of_offering)), asked.today)
    changed = sql.moment(updated)
    values = {
        "id": page,
        "code": code,
        "name": name,
        "name_en": name_en or None,
        "summary": summary,
        "kind": kind,
        "kind_name": kind_name,
        "sector": sector,
        "level": shown.level.code if shown else None,
        "level_name": shown.label if shown else None,
        "delivery": delivery,
        "delivery_name": str(ServiceOffering.Delivery(delivery).label),
        "apply_url": apply_url or None,
        "apply_to": apply_to or None,
        "place": place,
        "office_hours": hours,
        "phone": phone,
        "email": email,
        "offered_from": iso(sql.day(begins)),
        "offered_to": iso(sql.day(ends)),
        "url": addresses.full(url_path),
        "site": site,
        "site_name": site_name,
        "unit": unit,
        "is_illustrative": bool(is_illustrative),
        "published_at": iso(sql.moment(published)),
        "updated_at": iso(changed),
    }
    return Row(Place(changed, number), values)


def _levels(whose: str, key: str) -> str:
    """Return a written query for the levels that were decided for a procedure or an offering, all in one text."""
    one = (
        "l.level_id || '/' || COALESCE(CAST(l.valid_from AS TEXT), '') || '/' || COALESCE(CAST(l.valid_to AS TEXT), '')"
    )
    joined = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"SELECT {joined}({one}, ' ') FROM servicecatalog_{whose}level l WHERE l.{whose}_id = {key}"


def _decided(written: str | None) -> Iterator[SimpleNamespace]:
    for one in (written or "").split():
        level, begins, ends = one.split("/")
        yield SimpleNamespace(
            level_id=int(level), valid_from=sql.day(begins or None), valid_to=sql.day(ends or None), reason=""
        )
