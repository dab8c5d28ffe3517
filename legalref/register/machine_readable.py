"""A document for machines: schema.org/Legislation with ELI properties."""

from datetime import date

from django.utils import timezone

from ..life.effect import (
    AMENDS,
    AMENDS_TOO,
    BASED_ON,
    CONSOLIDATES,
    CORRECTS,
    DETAILS,
    REFERS_TO,
    REPEALS,
    REPLACES,
    TRANSLATES,
    StatusCode,
    end_of,
)
from .addresses import short_url
from .relations_shown import Relations

IN_FORCE = {
    StatusCode.IN_FORCE: ("InForce", "inForce"),
    StatusCode.PARTLY_LAPSED: ("PartiallyInForce", "partiallyInForce"),
    StatusCode.PARTLY_SUSPENDED: ("PartiallyInForce", "partiallyInForce"),
    StatusCode.NOT_YET: ("NotInForce", "notInForce"),
    StatusCode.SUSPENDED: ("NotInForce", "notInForce"),
    StatusCode.NOT_SUITABLE: ("NotInForce", "notInForce"),
    StatusCode.LAPSED: ("NotInForce", "notInForce"),
}
# What a relation is in ELI, as the acting document says it, and as the other one does.
ELI = {
    REPEALS: ("eli:repeals", "eli:repealed_by"),
    REPLACES: ("eli:repeals", "eli:repealed_by"),
    TRANSLATES: ("eli:is_translation_of", "eli:has_translation"),
    BASED_ON: ("eli:based_on", "eli:basis_for"),
    REFERS_TO: ("eli:cites", "eli:cited_by"),
    CORRECTS: ("eli:corrects", "eli:corrected_by"),
    CONSOLIDATES: ("eli:consolidates", "eli:consolidated_by"),
    DETAILS: ("eli:applies", "eli:applied_by"),
    AMENDS: ("eli:amends", "eli:amended_by"),
    AMENDS_TOO: ("eli:amends", "eli:amended_by"),
}


def structured_data(document, canonical: str, context: dict, relations: Relations) -> dict:
    """Return the document as schema.org/Legislation with the properties of the European Legislation Identifier.

    An unknown status is left out, as is everything else that is unknown.
    """
    status, issuers = context["status"], context["issuers"]
    force, eli_force = IN_FORCE.get(StatusCode(status.code), ("", ""))
    ends = end_of(document, status)
    data = {
        "@context": ["https://schema.org", {"eli": "http://data.europa.eu/eli/ontology#"}],
        "@type": ["Legislation", "eli:LegalResource"],
        "@id": context["short_url"],
        "name": document.name,
        "description": document.subject,
        "url": canonical,
        "inLanguage": document.language_code,
        "legislationIdentifier": document.symbol or document.symbol_as_printed,
        "legislationType": document.document_type.name,
        "legislationPassedBy": [{"@type": "GovernmentOrganization", "name": body.name} for body in issuers],
        "legislationDate": _iso(document.issued_on),
        "legislationDateVersion": _iso(context["day"]),
        "legislationLegalForce": f"https://schema.org/{force}" if force else "",
        "jurisdiction": "VN",
        "temporalCoverage": _coverage(document.effective_from, ends),
        "datePublished": _iso(timezone.localdate(document.first_published_at)) if document.first_published_at else "",
        "encoding": [_encoding(item) for item in context["document_files"]],
        "isPartOf": {"@type": "PublicationIssue", "name": f"Công báo số {document.gazette_number}"}
        if document.gazette_number
        else "",
        "eli:id_local": document.symbol or document.symbol_as_printed,
        "eli:type_document": document.document_type.name,
        "eli:passed_by": [body.name for body in issuers],
        "eli:date_document": _iso(document.issued_on),
        "eli:first_date_entry_in_force": _iso(document.effective_from),
        "eli:date_no_longer_in_force": _iso(ends),
        "eli:in_force": {"@id": f"eli:InForce-{eli_force}"} if eli_force else "",
    }
    for group in relations.groups:
        for item in group.items:
            names = ELI.get(item.row.code)
            if names and item.document:
                data.setdefault(names[not item.acts], []).append(
                    {"@id": short_url(item.document), "@type": "Legislation", "name": item.name}
                )
    return {name: value for name, value in data.items() if value}


def _encoding(item: dict) -> dict:
    value = "OfficialLegalValue" if item["is_signed"] else "UnofficialLegalValue"
    return {
        "@type": "LegislationObject",
        "contentUrl": item["file"].url,
        "name": item["label"],
        "legislationLegalValue": f"https://schema.org/{value}",
    }


def _coverage(first: date | None, end: date | None) -> str:
    return f"{_iso(first)}/{_iso(end) or '..'}" if first else ""


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
