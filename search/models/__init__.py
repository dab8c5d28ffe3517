"""The search page, and what editors keep so that it knows what people mean."""

from .equivalent import Equivalent
from .saved_page import SavedPage
from .search_page import SearchPage

__all__ = ["Equivalent", "SavedPage", "SearchPage"]
