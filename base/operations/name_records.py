"""Text records of a name (TXT), asked of a name server with dnspython, in bounded time.

For the look at the portal's own sending domain (`subscriptions/sender_records.py`); nothing that a user writes is asked
for. What comes back is believed as far as the machine's resolver is: the portal shows it to its operators and does
nothing by it.
"""

from functools import cache
from importlib import import_module

from django.conf import settings

# For one try, and for a name with all tries, servers and a change to TCP.
SECONDS, ALL_SECONDS = 2.0, 4.0
PORT = 53
RESOLVERS = "/etc/resolv.conf"
LONGEST_NAME = 253


class NoAnswer(Exception):
    """No name server is known, none answered in time, or what came was no answer."""


def text_records(name: str) -> list[str]:
    """Return the text records of a name, [] where it has none; raises NoAnswer. Asks the network: for jobs alone."""
    if not name or len(name) > LONGEST_NAME:
        raise NoAnswer("name")
    try:
        found = _resolver().resolve(f"{name.rstrip('.')}.", "TXT", search=False, raise_on_no_answer=False)
    except _library().NXDOMAIN:
        return []
    except (import_module("dns.exception").DNSException, OSError, ValueError) as error:
        raise NoAnswer(type(error).__name__) from error
    return [b"".join(record.strings).decode("utf-8", errors="replace") for record in found]


@cache
def _library():
    """`dns.resolver`: only a job asks, so no web process loads it."""
    return import_module("dns.resolver")


def _resolver():
    """The name server of the settings, else those of the machine."""
    if settings.PORTAL_NAME_SERVER:
        resolver = _library().Resolver(configure=False)
        host, _colon, port = settings.PORTAL_NAME_SERVER.partition(":")
        resolver.nameservers, resolver.port = [host], int(port or PORT)
    else:
        resolver = _library().Resolver(filename=RESOLVERS)
        resolver.port = PORT
    resolver.timeout, resolver.lifetime = SECONDS, ALL_SECONDS
    return resolver
