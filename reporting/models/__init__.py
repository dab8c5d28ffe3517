"""The rows of reports: the list of criteria, the score sheets with their lines, the yearly reports."""

from .criterion import Criterion
from .score_sheet import ScoreLine, ScoreSheet
from .yearly_report import YearlyFigure, YearlyPart, YearlyReport

__all__ = ["Criterion", "ScoreLine", "ScoreSheet", "YearlyFigure", "YearlyPart", "YearlyReport"]
