"""Legal documents as data: those of all registers, with their status of the day."""

from datetime import datetime
from types import SimpleNamespace

from base.queries import sql
from legalref.life.effect import StatusCode
from legalref.register.addresses import REGISTER_TYPE, Registers, address_of, data_url

from .asked import Asked, Place, Row
from .pages import iso


def read(asked: Asked) -> list[Row]:
    """Return rows of documents: two queries. A closed site's documents apply on, and stay where they are."""
    end, parameters = asked.written(
        moment="d.last_published_at", key="d.id", one="d.id", site="d.owner_site_id", kind="t.slug"
    )
    rows = sql.read(
        "SELECT d.id, d.slug, d.symbol, d.symbol_as_printed, t.slug, t.name, d.subject, b.name, d.field, d.issued_on, "
        "d.effective_from, d.effective_to, e.status, s.slug, s.name, d.language_code, d.owner_site_id, "
        "d.is_illustrative, CAST(d.first_published_at AS TEXT), CAST(d.last_published_at AS TEXT) "
        "FROM legalref_legaldocument d JOIN legalref_registerentry e ON e.document_id = d.id "
        "JOIN legalref_documenttype t ON t.id = d.document_type_id "
        "JOIN legalref_issuingbody b ON b.id = d.main_issuer_id JOIN base_portalsite s ON s.id = d.owner_site_id "
        "WHERE d.live AND d.slug IS NOT NULL AND EXISTS (SELECT 1 FROM base_publicitem i WHERE i.kind = %s "
        f"AND i.site_id = d.owner_site_id){end}",
        [REGISTER_TYPE, *parameters],
    )
    registers = Registers()
    return [_row(row, registers) for row in rows]


def newest() -> datetime | None:
    """Return the last change of a document, or None; one query."""
    return sql.moment(sql.read("SELECT MAX(last_published_at) FROM legalref_legaldocument WHERE live")[0][0])


def _row(row: tuple, registers: Registers) -> Row:
    key, slug, symbol, printed, kind, kind_name, subject, issuer, field, issued, begins, ends, status = row[:13]
    site, site_name, language, owner, is_illustrative, published, updated = row[13:]
    document = SimpleNamespace(pk=key, slug=slug, owner_site_id=owner, language_code=language)
    changed = sql.moment(updated)
    values = {
        "id": key,
        "symbol": symbol or printed,
        "kind": kind,
        "kind_name": kind_name,
        "subject": subject,
        "issuer": issuer,
        "field": field,
        "issued_on": iso(sql.day(issued)),
        "effective_from": iso(sql.day(begins)),
        "effective_to": iso(sql.day(ends)),
        "status": status,
        "status_name": str(StatusCode(status).label),
        "url": registers.full_url(document),
        "short_url": address_of(key),
        "data_url": data_url(document),
        "site": site,
        "site_name": site_name,
        "is_illustrative": bool(is_illustrative),
        "published_at": iso(sql.moment(published)),
        "updated_at": iso(changed),
    }
    return Row(Place(changed, key), values)
