"""The document that a row would make, beside its newest version and the public one."""

from base.models import PortalSite
from vietnam import document_numbers, text

from ...models import LegalDocument
from .. import columns
from ..columns import BY_NAME, Lists
from .terms import AT_HAND, FILE_TEXT


def build(values: dict, lists: Lists, site: PortalSite, existing: LegalDocument | None = None) -> LegalDocument:
    """Return a document with what was read put on it: a new one, or the newest version of an existing one."""
    document = existing.get_latest_revision_as_object() if existing else LegalDocument(live=False, owner_site=site)
    family = document.family
    put_value(document, values, lists)
    if existing is not None and not values.get("family"):
        document.family = family
    elif "family" not in values:
        BY_NAME["family"].put(document, "", lists)
    return document


def put_value(document: LegalDocument, values: dict, lists: Lists) -> None:
    for column in columns.COLUMNS:
        if column.put is not None and column.name in values and column.name != FILE_TEXT:
            column.put(document, values[column.name], lists)


def newest_of(document: LegalDocument) -> LegalDocument:
    """Return the newest version of a document to be read only, without asking the database for what is at hand."""
    if not document.latest_revision_id:
        return document
    return _version_of(document, document.latest_revision.content)


def public_of(document: LegalDocument) -> LegalDocument:
    """Return a public document as readers see it, whatever was drafted of it since; to be read only."""
    return _version_of(document, document.serializable_data())


def _version_of(document: LegalDocument, content: dict) -> LegalDocument:
    newest = LegalDocument.from_serializable_data(content, check_fks=False)
    newest.pk = document.pk
    known = document._state.fields_cache
    for name in AT_HAND:
        if name in known and getattr(newest, f"{name}_id") == getattr(document, f"{name}_id"):
            setattr(newest, name, known[name])
    newest._state.fields_cache["stored_status"] = known.get("stored_status")
    return newest


def identity_of(document: LegalDocument) -> str:
    """Return what makes a document one: issuer, family, type, number, symbol and year; without a number its subject."""
    if document.number:
        own = (document_numbers.identity(document.number, document.suffix),)
    else:
        own = (document.symbol or text.fold(document.subject)[:160], document.issued_on or "")
    return "/".join(
        str(part) for part in (document.main_issuer_id, document.family, document.document_type_id, *own, document.year)
    )


def existing_of(document: LegalDocument) -> LegalDocument | None:
    """Return the document of the register that a row means, or None."""
    if document.number:
        return document.twin()
    same = LegalDocument.objects.filter(
        main_issuer=document.main_issuer_id,
        document_type=document.document_type_id,
        number="",
        symbol=document.symbol,
        issued_on=document.issued_on,
    )
    if not document.symbol:
        same = same.filter(subject=document.subject)
    return same.select_related("document_type", "main_issuer").order_by("pk").first()
