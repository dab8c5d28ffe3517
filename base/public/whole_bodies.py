"""A request body is read to its end before the answer is sent, whichever code answers.

A server that gets an answer while a body is still on its way closes the connection: nginx then says 502 and the sender
never sees the page that told them why (too large, too often, no room now) and gave back what they had typed.
"""

from collections.abc import Callable

from .request_kinds import READING

PIECE_BYTES = 256 * 1024
# A little more than the web server in front lets through; what is longer is not worth the reading.
MOST_BYTES = 330 * 1024 * 1024


class WholeBodies:
    """A WSGI application around another one: reads what that one left of the body."""

    def __init__(self, application: Callable):
        self._application = application

    def __call__(self, environ, start_response):
        answer = self._application(environ, start_response)
        if environ["REQUEST_METHOD"] not in READING:
            _read_the_rest(environ)
        return answer


def _read_the_rest(environ) -> None:
    left = MOST_BYTES
    try:
        while left > 0 and (piece := environ["wsgi.input"].read(PIECE_BYTES)):
            left -= len(piece)
    except (OSError, ValueError):
        # The sender is gone.
        return
