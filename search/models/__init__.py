"""The search page, and what editors keep so that it knows what people mean."""

from .best_bet import BestBet
from .equivalent import Equivalent
from .known_word import KnownWord
from .saved_page import SavedPage
from .search_count import SearchCount
from .search_page import SearchPage

__all__ = ["BestBet", "Equivalent", "KnownWord", "SavedPage", "SearchCount", "SearchPage"]
