"""Who is told by mail and of what, and what there was to tell."""

from .change import FollowedStatus, Mailing, PublicChange, Telling
from .sender import SenderRecord
from .subscriber import Subscriber, Subscription

__all__ = ["FollowedStatus", "Mailing", "PublicChange", "SenderRecord", "Subscriber", "Subscription", "Telling"]
