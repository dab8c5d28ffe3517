"""Persons, the roles they hold, the decisions that give them; the registers of the board and of training."""

from .appointment import Appointment, AppointmentDecision, DepartmentList
from .board import BoardDelegation, BoardMember
from .role_group import RoleGroup
from .signin import (
    AttemptCount,
    JoinedSignIn,
    PasswordHistory,
    PortalSession,
    RecoveryCode,
    RescuedText,
    ResetRequest,
)
from .training import Attendance, Training
from .user import User

__all__ = [
    "Appointment",
    "AppointmentDecision",
    "AttemptCount",
    "Attendance",
    "BoardDelegation",
    "BoardMember",
    "DepartmentList",
    "JoinedSignIn",
    "PasswordHistory",
    "PortalSession",
    "RecoveryCode",
    "RescuedText",
    "ResetRequest",
    "RoleGroup",
    "Training",
    "User",
]
