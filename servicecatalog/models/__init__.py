"""The models of the service catalogue, one subject a file."""

from .batch import CatalogueBatch
from .dossier import Channel, DossierEvent, DossierSource, DossierStatus, DossierSummary, ReportClosing
from .levels import LevelMapping, LevelScheme, ServiceLevel
from .offering import CataloguePage, OfferingLevel, ServiceGuidePage, ServiceOffering, ServiceOutagePage
from .procedure import (
    DossierComponent,
    Procedure,
    ProcedureAgency,
    ProcedureBasis,
    ProcedureChannel,
    ProcedureFee,
    ProcedureLevel,
    ProcedureResult,
    ProcedureStep,
)
from .taxonomy import ApplicantKind, LifeEvent, Sector, ServiceField
from .usage import Satisfaction, UsageCount

__all__ = [
    "ApplicantKind",
    "CatalogueBatch",
    "CataloguePage",
    "Channel",
    "DossierComponent",
    "DossierEvent",
    "DossierSource",
    "DossierStatus",
    "DossierSummary",
    "LevelMapping",
    "LevelScheme",
    "LifeEvent",
    "OfferingLevel",
    "Procedure",
    "ProcedureAgency",
    "ProcedureBasis",
    "ProcedureChannel",
    "ProcedureFee",
    "ProcedureLevel",
    "ProcedureResult",
    "ProcedureStep",
    "ReportClosing",
    "Satisfaction",
    "Sector",
    "ServiceField",
    "ServiceGuidePage",
    "ServiceLevel",
    "ServiceOffering",
    "ServiceOutagePage",
    "UsageCount",
]
