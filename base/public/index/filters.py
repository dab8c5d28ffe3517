"""Filters of a list as its page shows them: values with how many each leaves, from which one is chosen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what the address has for it, its label, how many it leaves, whether it is chosen."""

    value: str
    label: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Filter:
    """One filter with its values; `total`: how many there are under the other filters."""

    name: str
    label: str
    any_label: str
    choices: list[Choice]
    total: int

    @property
    def is_chosen(self) -> bool:
        """Whether one of its values is."""
        return any(choice.is_chosen for choice in self.choices)
