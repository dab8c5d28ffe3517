"""The rows of requests, reports and kept texts."""

from .requests import ComplaintContact, CorrectionComplaint, DataSubjectRequest
from .retained_text import RetainedText

__all__ = ["ComplaintContact", "CorrectionComplaint", "DataSubjectRequest", "RetainedText"]
