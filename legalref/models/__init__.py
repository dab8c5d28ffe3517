from .book import BookCancellation, BookEntry, NumberBook
from .citation import Citation
from .document import DocumentFile, DocumentType, Family, IssuingBody, LegalCompetence, LegalDocument, Provision
from .entry import RegisterEntry, RegisterVersion
from .importing import ImportBatch, ImportedFile, ImportedRelation, ImportRow
from .library import RegisterPage
from .relation import DocumentRelation, DocumentStatus, RepealEffect, SiteDocument

__all__ = [
    "BookCancellation",
    "BookEntry",
    "Citation",
    "DocumentFile",
    "DocumentRelation",
    "DocumentStatus",
    "DocumentType",
    "Family",
    "ImportBatch",
    "ImportRow",
    "ImportedFile",
    "ImportedRelation",
    "IssuingBody",
    "LegalCompetence",
    "LegalDocument",
    "NumberBook",
    "Provision",
    "RegisterEntry",
    "RegisterPage",
    "RegisterVersion",
    "RepealEffect",
    "SiteDocument",
]
