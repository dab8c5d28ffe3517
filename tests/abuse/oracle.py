"""How a case tells whether an attempt failed as it must."""

from contextlib import contextmanager
from urllib.parse import quote, unquote

from tests.abuse.digests import changed, digest
from tests.abuse.planting import SECRET
from tests.abuse.visitor import text_of

NOT_THERE = (302, 403, 404, 405)


def shows_nothing(check, answer, role: str, what: str, *, word: str = SECRET) -> bool:
    """Record that an answer bears no trace of what ward B keeps to itself, and is no server error."""
    text = _without_own_words(answer, text_of(answer).lower())
    place = text.find(word)
    near = " ".join(text[max(0, place - 80) : place + 60].split()) if place >= 0 else ""
    clean = check.that(place < 0, f"{what} ({answer.status_code}) shows «{near}»", role=role)
    return check.that(answer.status_code < 500, f"{what} answered {answer.status_code}", role=role) and clean


def is_refused(check, answer, role: str, what: str, *, statuses=NOT_THERE) -> bool:
    """Record that an address does not exist for somebody, and that the answer bears no trace."""
    refused = check.that(answer.status_code in statuses, f"{what} answered {answer.status_code}", role=role)
    return shows_nothing(check, answer, role, what) and refused


@contextmanager
def nothing_changes(check, role: str, what: str, *, but: frozenset[str] = frozenset()):
    """Record that the database is the same after the block as before it, `but` for some tables."""
    before = digest()
    yield
    found = [line for line in changed(before, digest()) if line.split(" ")[0] not in but]
    check.that(not found, f"{what} changed {', '.join(found)}", role=role)


def _without_own_words(answer, text: str) -> str:
    """Leave out what the visitor sent himself: an answer may repeat the address that was asked for."""
    address = (answer.request.path_url or "").lower()
    path, _mark, query = address.partition("?")
    for own in (address, path, query):
        if len(own) > 3:
            for spelled in {own, unquote(own), quote(own, safe=""), quote(own), quote(quote(own, safe=""), safe="")}:
                text = text.replace(spelled.lower(), "")
    return text
