"""What a page says to the counter (`parts/counter.html`, `static/js/usage.js`), and what its footer tells of visits."""

from dataclasses import dataclass

from ...figures import about
from ...models.site import PortalSite
from ..charts import number
from ..site_cache import memory_of

# Where a view is said (`beacon.py`).
PLACE = "/luot-su-dung/"
# What the beacon tells apart: a page, or a guide, was looked at; a file was fetched from the page.
VIEW, GUIDE, DOWNLOAD = "view", "guide", "download"


@dataclass(frozen=True)
class Counted:
    """What a page says to the counter: which page, what was done, where it is said (see `parts/counter.html`)."""

    page: int
    kind: str = VIEW
    place: str = PLACE
    # Of a guide: the service from which it was opened.
    service: int = 0


def visits_of_month(site: PortalSite, request) -> str:
    """Return about how often the pages of a site were read this month, as written ("12.300"); of the city's, all pages.

    "" while nothing is known, and in a transaction: what is sealed there tells no count. No query of its own, and no
    page is made anew for it; a cached page is an hour old at most.
    """
    memory = memory_of(request)
    if memory is None:
        return ""
    count = sum(memory.visits.values()) if site.is_city else memory.visits.get(site.pk, 0)
    return number(about(count)) if count else ""
