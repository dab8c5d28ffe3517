from .approval import Contribution, Declaration, EditorialApprovalTask, EmergencyAct, SiteWorkflow
from .archive import ArchiveCopy, ChainHead, Disposal
from .arrangement import MoveProposal
from .deadline import CalendarDay, CalendarVersion, Deadline, DeadlineRule
from .takedown import ArchivalUnpublishTask, ArchivalUnpublishTaskState, TakeDown

__all__ = [
    "ArchivalUnpublishTask",
    "ArchivalUnpublishTaskState",
    "ArchiveCopy",
    "CalendarDay",
    "CalendarVersion",
    "ChainHead",
    "Contribution",
    "Deadline",
    "DeadlineRule",
    "Declaration",
    "Disposal",
    "EditorialApprovalTask",
    "EmergencyAct",
    "MoveProposal",
    "SiteWorkflow",
    "TakeDown",
]
