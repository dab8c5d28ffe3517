"""Persons, the roles they hold, and the decisions that give them."""

from .appointment import Appointment, AppointmentDecision, DepartmentList
from .role_group import RoleGroup
from .user import User

__all__ = ["Appointment", "AppointmentDecision", "DepartmentList", "RoleGroup", "User"]
