"""Walks from the front page as a reader does, by links only, to see how many clicks away a service is."""

import re
from urllib.parse import urljoin, urlsplit

from base.models import PortalSite

LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')


def within(client, clicks: int, start: str) -> set[str]:
    """Return every address that a reader reaches from a front page by so many clicks at most.

    Only front pages of sites, catalogues and procedures are opened on the way: what is left out can only shorten it.
    """
    fronts = "|".join(PortalSite.objects.filter(kind=PortalSite.Kind.WARD).values_list("slug", flat=True))
    opened = re.compile(rf"^/(?:(?:{fronts})/)?(?:dich-vu-cong/(?:thu-tuc/[\d-]+/)?)?$")
    found, border = {start}, [start]
    for _ in range(clicks):
        new = {target for address in border for target in _links(client, address)} - found
        found |= new
        border = sorted(target for target in new if opened.match(urlsplit(target).path) and "?" not in target)
    return found


def _links(client, address: str) -> set[str]:
    parts = urlsplit(address)
    response = client.get(parts.path, headers={"host": parts.hostname})
    if response.status_code != 200:
        return set()
    links = LINK.findall(response.content.decode())
    return {urljoin(address, link.replace("&amp;", "&")) for link in links if not link.startswith(("mailto:", "tel:"))}
