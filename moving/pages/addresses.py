"""Addresses of the old portal: which are its own, and what they are called in redirects."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from wagtail.contrib.redirects.models import Redirect

HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?")
SCHEMES = ("http", "https")
# Of an old address, as a redirect holds it.
LONGEST = 255


@dataclass(frozen=True)
class OldSite:
    """The host names of the old portal, the usual one first; "www." before one makes no other."""

    hosts: tuple[str, ...]

    def whole(self, address: str, page: str = "") -> str:
        """Return an address of the old portal with host, as a browser reads it on a page of it; "" for no web address.

        One with "%00" in it is none: no database takes what that stands for. What stands on another host comes back as
        it is: see `is_own`.
        """
        try:
            found = urljoin(f"http://{self.hosts[0]}{page or '/'}", address.strip())
            parts = urlsplit(found)
            is_one = parts.scheme in SCHEMES and parts.hostname and "\0" not in unquote(found)
            return found if is_one else ""
        except ValueError:
            return ""

    def is_own(self, address: str) -> bool:
        """Tell whether a whole address is on the old portal."""
        return _bare(urlsplit(address).netloc) in {_bare(host) for host in self.hosts}

    def path_of(self, address: str) -> str:
        """Return the path with query of an address of the old portal as redirects name it, "" for none of its own.

        Example: "http://www.cu.gov.vn/tin-tuc/bai-1.html#dau" -> "/tin-tuc/bai-1.html".
        """
        whole = self.whole(address)
        if not whole or not self.is_own(whole):
            return ""
        parts = urlsplit(whole)
        # With two strokes at its beginning it would be read as the address of a host.
        path = f"/{parts.path.lstrip('/')}{'?' + parts.query if parts.query else ''}"
        path = Redirect.normalise_path(path)
        return path if len(path) <= LONGEST else ""


def hosts_of(written: str) -> list[str]:
    """Return the host names in what a person typed or copied, each once; ValueError with one that is none."""
    found = []
    for word in re.split(r"[\s,;]+", written.strip().lower()):
        host = word.partition("://")[2].partition("/")[0] if "://" in word else word.strip("/")
        if word and not HOST.fullmatch(host):
            raise ValueError(word)
        if host and host not in found:
            found.append(host)
    return found


def paths_of(addresses: Iterable[str], old: OldSite) -> list[str]:
    """Return the old paths of a page, each once, the usual one first; the front page, with a query or without, is none.

    There something stands on this portal too, so that nothing would redirect.
    """
    found = (old.path_of(address) for address in addresses if address)
    return [path for path in dict.fromkeys(found) if path and path.partition("?")[0] != "/"]


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")
