"""The rows of approval, take-down, archive and deadlines, one subject a file."""

from .approval import Contribution, Declaration, EditorialApprovalTask, EmergencyAct, SiteWorkflow
from .archive import ArchiveCopy, ChainTip, Disposal
from .arrangement import MoveProposal
from .bundle import BundleItem, PublicationBundle
from .claim import WorkClaim
from .deadline import CalendarDay, CalendarVersion, Deadline, DeadlinePause, DeadlineReminder, DeadlineRule
from .disposal import DisposalItem, DisposalList, RetentionClass, RetentionRule
from .file_change import FileChange
from .live_finding import LiveFinding, LiveRound
from .outside_link import OutsideLink
from .page_template import PageTemplate
from .preview_link import PreviewAnswer, PreviewLink
from .record_change import RecordChange
from .redirect import AddressRedirect, RedirectUse
from .review_date import ReviewDate
from .schedule import Schedule
from .takedown import ArchivalUnpublishTask, ArchivalUnpublishTaskState, TakeDown

__all__ = [
    "AddressRedirect",
    "ArchivalUnpublishTask",
    "ArchivalUnpublishTaskState",
    "ArchiveCopy",
    "BundleItem",
    "CalendarDay",
    "CalendarVersion",
    "ChainTip",
    "Contribution",
    "Deadline",
    "DeadlinePause",
    "DeadlineReminder",
    "DeadlineRule",
    "Declaration",
    "Disposal",
    "DisposalItem",
    "DisposalList",
    "EditorialApprovalTask",
    "EmergencyAct",
    "FileChange",
    "LiveFinding",
    "LiveRound",
    "MoveProposal",
    "OutsideLink",
    "PageTemplate",
    "PreviewAnswer",
    "PreviewLink",
    "PublicationBundle",
    "RecordChange",
    "RedirectUse",
    "RetentionClass",
    "RetentionRule",
    "ReviewDate",
    "Schedule",
    "SiteWorkflow",
    "TakeDown",
    "WorkClaim",
]
