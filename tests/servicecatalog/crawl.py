"""Walks from the front page as a reader does, by links only, to see how many clicks away a service is."""

import re
from urllib.parse import urljoin, urlsplit

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
# The ways a walk takes: front pages, catalogues, what stands in them. Leaving others out can only make it longer.
WAYS = re.compile(r"^/(?:[a-z-]+/)?(?:dich-vu-cong/(?:thu-tuc/[\d-]+/)?)?$")


def within(client, clicks: int, start: str) -> dict[str, int]:
    """Return every address that a reader reaches from the front page by so many clicks at most, with their number."""
    found, border = {start: 0}, [start]
    for click in range(1, clicks + 1):
        following = []
        for address in border:
            for target in _links(client, address):
                if target not in found:
                    found[target] = click
                    if WAYS.match(urlsplit(target).path):
                        following.append(target)
        border = following
    return found


def _links(client, address: str) -> list[str]:
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    response = client.get(path, headers={"host": parts.hostname})
    if response.status_code != 200:
        return []
    targets = [urljoin(address, link.replace("&amp;", "&")) for link in LINK.findall(response.content.decode())]
    return [target for target in targets if urlsplit(target).hostname and "localhost" in urlsplit(target).hostname]
