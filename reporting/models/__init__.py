"""The rows of reports: the list of criteria, the score sheets with their lines."""

from .criterion import Criterion
from .score_sheet import ScoreLine, ScoreSheet

__all__ = ["Criterion", "ScoreLine", "ScoreSheet"]
