"""Persons, the roles they hold, and the decisions that give them."""

from .appointment import Appointment, AppointmentDecision, DepartmentList
from .role_group import RoleGroup
from .signin import AttemptCount, PasswordHistory, PortalSession, RecoveryCode, RescuedText, ResetRequest
from .user import User

__all__ = [
    "Appointment",
    "AppointmentDecision",
    "AttemptCount",
    "DepartmentList",
    "PasswordHistory",
    "PortalSession",
    "RecoveryCode",
    "RescuedText",
    "ResetRequest",
    "RoleGroup",
    "User",
]
