from .document import DocumentFile, DocumentType, IssuingBody, LegalCompetence, LegalDocument, Provision
from .library import RegisterPage
from .relation import DocumentRelation, DocumentStatus, RepealEffect, SiteDocument

__all__ = [
    "DocumentFile",
    "DocumentRelation",
    "DocumentStatus",
    "DocumentType",
    "IssuingBody",
    "LegalCompetence",
    "LegalDocument",
    "Provision",
    "RegisterPage",
    "RepealEffect",
    "SiteDocument",
]
