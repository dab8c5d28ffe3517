"""Every address of the administration, opened once: in the last stage, as one walk is enough for both databases."""

from tests.language.short import EveryScreen

__all__ = ["EveryScreen"]
