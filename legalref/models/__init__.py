from .book import BookCancellation, BookEntry, NumberBook
from .document import DocumentFile, DocumentType, Family, IssuingBody, LegalCompetence, LegalDocument, Provision
from .library import RegisterPage
from .relation import DocumentRelation, DocumentStatus, RepealEffect, SiteDocument

__all__ = [
    "BookCancellation",
    "BookEntry",
    "DocumentFile",
    "DocumentRelation",
    "DocumentStatus",
    "DocumentType",
    "Family",
    "IssuingBody",
    "LegalCompetence",
    "LegalDocument",
    "NumberBook",
    "Provision",
    "RegisterPage",
    "RepealEffect",
    "SiteDocument",
]
