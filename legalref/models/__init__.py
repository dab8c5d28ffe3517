"""The rows of the register: documents, issuers, relations, citations, articles, books, imports."""

from .book import BookCancellation, BookEntry, NumberBook
from .citation import Citation
from .document import LegalDocument
from .entry import RegisterEntry, RegisterVersion
from .importing import ImportBatch, ImportedFile, ImportedRelation, ImportRow
from .issuing import DocumentType, Family, IssuingBody, LegalCompetence
from .library import RegisterPage
from .posting import PostingRule
from .provision import DocumentFile, Provision
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
    "PostingRule",
    "Provision",
    "RegisterEntry",
    "RegisterPage",
    "RegisterVersion",
    "RepealEffect",
    "SiteDocument",
]
