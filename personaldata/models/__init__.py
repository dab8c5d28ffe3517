"""The rows of requests, reports and kept texts."""

from .kept_text import KeptText
from .requests import ComplaintContact, CorrectionComplaint, DataSubjectRequest

__all__ = ["ComplaintContact", "CorrectionComplaint", "DataSubjectRequest", "KeptText"]
