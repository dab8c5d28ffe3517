"""The one way to a stranger's web server: to addresses of the public internet alone, on the two ports of the web.

1. `head` follows an address and what it redirects to, each step by the same rules. 2. `connect` looks the name up
once; a name of which any address is not public is not spoken to, and the connection goes to the very address that was
looked at, so that a second look-up cannot tell something else. 3. What the server says is read by a child without a
network (`base/sandbox/fetching.py`). Only `workflows/upkeep/outside_links.py` asks (decision 0074).
"""

import contextlib
import socket
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import quote, urljoin, urlsplit

from base.sandbox import client
from base.sandbox.client import NO_WALL, SandboxFailure

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 5
MOST_ADDRESSES = 3
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 8.0
LONGEST_ADDRESS = 2000
REDIRECTING = frozenset({301, 302, 303, 307, 308})
# Servers that know no HEAD, or refuse it, are asked anew as a browser does.
HEAD_UNKNOWN = frozenset({400, 403, 404, 405, 406, 500, 501})
# Public by number or by Python's tables, and no web server of others: what a provider's machines find their keys at,
# and what the IANA keeps for protocols and relays of a network's own (RFC 6890; special-purpose address registries).
NOT_OUTSIDE = tuple(
    ip_network(block)
    for block in ("168.63.129.16/32", "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24")
    + ("192.175.48.0/24", "2001::/23", "2620:4f:8000::/48", "3fff::/20")
)
GLOBAL_UNICAST = ip_network("2000::/3")
# IPv6 addresses that contain one of IPv4: some machine on the way unpacks it (6to4; ISATAP in any network, RFC 5214).
TRANSLATED = ip_network("2002::/16")
ISATAP_MARK, ISATAP_BITS = 0x00005EFE, 0xFCFFFFFF
# How a task of the child fails: what it says of the server, and what is no matter of it.
KINDS = {
    "SSLCertVerificationError": "certificate",
    "SSLError": "certificate",
    "SSLEOFError": "connection",
    "ConnectionResetError": "connection",
    "BrokenPipeError": "connection",
    "TimeoutError": "time",
    "timeout": "time",
}
OURS = frozenset({"busy", NO_WALL})
# What an address may contain as it is.
PLAIN_SIGNS = "/%:@!$&'()*+,;=~-._"


class Closed(Exception):
    """The address is none that the portal speaks to; the text says why."""


class Unreachable(Exception):
    """No answer came; `kind`: "name", "connection", "time", "certificate" or "answer"."""

    def __init__(self, kind: str):
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Head:
    """What an address answered at the end: its status, and the address after all redirects."""

    status: int
    address: str


def is_public(text: str) -> bool:
    """Tell whether a numeric address belongs to the public internet, as far as numbers can say.

    >>> [is_public(text) for text in ("203.162.0.1", "10.0.0.1", "169.254.169.254", "::ffff:8.8.8.8", "fd00:ec2::254")]
    [True, False, False, False, False]
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (address.scope_id or address not in GLOBAL_UNICAST or _is_packed(address)):
        return False
    return address.is_global and not address.is_multicast and not any(address in network for network in NOT_OUTSIDE)


def _is_packed(address: IPv6Address) -> bool:
    """Tell whether an IPv6 address contains one of IPv4 (Teredo's are among NOT_OUTSIDE)."""
    return address in TRANSLATED or int(address) >> 32 & ISATAP_BITS == ISATAP_MARK


def head(address: str) -> Head:
    """Ask for the head of what is at a web address; follow at most MOST_REDIRECTS redirects.

    Raises Closed for what is no public address, at the first step or any other; Unreachable; SandboxFailure when no
    child can read the answer.
    """
    for _step in range(MOST_REDIRECTS + 1):
        status, location = _answer(address, "HEAD")
        if status in HEAD_UNKNOWN:
            status, location = _answer(address, "GET")
        if status not in REDIRECTING or not location:
            return Head(status, address)
        address = _joined(address, location)
    raise Unreachable("answer")


def parts_of(address: str) -> tuple[str, str, int, str]:
    """Return (scheme, host in ASCII, port, target) of a web address. Raises Closed for any other."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
        if "%" in host or len(address) > LONGEST_ADDRESS:
            raise ValueError
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except ValueError:
        raise Closed("không phải một địa chỉ web") from None
    if parts.scheme not in PORTS or not host:
        raise Closed("không phải một địa chỉ web")
    if parts.username is not None or parts.password is not None:
        raise Closed("địa chỉ có tên đăng nhập")
    if port not in (None, PORTS[parts.scheme]):
        raise Closed("địa chỉ dùng cổng mạng khác thường")
    target = quote(parts.path or "/", safe=PLAIN_SIGNS)
    if parts.query:
        target += "?" + quote(parts.query, safe=PLAIN_SIGNS + "?")
    return parts.scheme, host, PORTS[parts.scheme], target


def connect(host: str, port: int) -> socket.socket:
    """Open a connection to a name's public address. Raises Closed, Unreachable.

    Every address of the name has to be public; the machine's own is not outside whatever its number.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("name") from None
    if not found or not all(is_public(place[0]) for *_kinds, place in found):
        raise Closed("dẫn vào mạng nội bộ")
    for family, kind, protocol, _name, place in found[:MOST_ADDRESSES]:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(CONNECT_SECONDS)
            connection.connect(place)
        except OSError:
            connection.close()
            continue
        if connection.getsockname()[0] == place[0]:
            connection.close()
            raise Closed("dẫn vào chính máy chủ này")
        return connection
    raise Unreachable("connection")


def _answer(address: str, method: str) -> tuple[int, str]:
    """Ask one server once; return (status, where it redirects to)."""
    scheme, host, port, target = parts_of(address)
    until = time.monotonic() + ANSWER_SECONDS
    with contextlib.closing(connect(host, port)) as connection:
        try:
            answer = client.web.ask(
                "head",
                seconds=ANSWER_SECONDS + 1,
                source=connection,
                says={"status": int, "location": str},
                method=method,
                host=f"[{host}]" if ":" in host else host,
                path=target,
                is_secure=scheme == "https",
                milliseconds=max(1, int(1000 * (until - time.monotonic()))),
            )
        except SandboxFailure as failure:
            raise _as_unreachable(failure) from None
    return answer["status"], answer["location"]


def _as_unreachable(failure: SandboxFailure) -> Exception:
    """Return what a failed task means: that the server answered wrongly, or that no child is free (unchanged)."""
    return failure if failure.kind in OURS else Unreachable(KINDS.get(failure.kind, "answer"))


def _joined(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError:
        raise Closed("chuyển đến nơi không phải địa chỉ web") from None
