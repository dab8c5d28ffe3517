"""Scales and other tariffs; contributors; items and their shares; statements."""

from .contributor import Contributor
from .royalty import Adjustment, Royalty, Share
from .statement import Statement, StatementLine
from .tariff import BaseSalary, Budget, Scale, ScaleLine, Tariff, TaxRule

__all__ = [
    "Adjustment",
    "BaseSalary",
    "Budget",
    "Contributor",
    "Royalty",
    "Scale",
    "ScaleLine",
    "Share",
    "Statement",
    "StatementLine",
    "Tariff",
    "TaxRule",
]
