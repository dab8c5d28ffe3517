"""Pages by which readers take part in something: polls, forms."""

from .form import FormPage
from .poll import PollPage, PollVotes

__all__ = ["FormPage", "PollPage", "PollVotes"]
