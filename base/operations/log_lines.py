"""Lines of the log about a request: they name its address without what opens something by itself."""

import logging

from django.http import HttpRequest

from ..request_facts import HIDDEN, masked_path


class WithoutOpenings(logging.Filter):
    """Hides the secret parts of an address that Django writes into its lines, of a page that failed for instance."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            written, shown = _escaped(request.path), _escaped(masked_path(request).replace(HIDDEN, "..."))
            record.args = tuple(shown if one == written else one for one in record.args)
        return True


def _escaped(text: str) -> str:
    """As Django writes an argument: no line break of a stranger begins a line of the log."""
    return text.encode("unicode_escape").decode("ascii")
