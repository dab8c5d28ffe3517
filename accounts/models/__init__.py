"""Persons, the roles they hold, and the decisions that give them."""

from .role_group import RoleGroup
from .user import User

__all__ = ["RoleGroup", "User"]
