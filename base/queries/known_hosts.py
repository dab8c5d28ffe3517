"""Which site the host of a request is of is asked by a query that is compiled once.

Wagtail builds it anew for every request, with a condition for each of four kinds of answer that orders them: ten times
what the database takes for it. Here the rows are the same, and Python orders them.

`install` changes one function of Wagtail, in this module alone. It can go when Wagtail (8.0 here) keeps what it found;
until then `tests/base/test_known_hosts.py` compares it with Wagtail's own answer.
"""

from django.db.models import Q
from wagtail.models import Site, sites

from .prepared import Prepared, given

_find = sites.get_site_for_hostname
_AT_HOST = Prepared(
    lambda: (
        Site.objects.filter(Q(hostname=given("hostname")) | Q(is_default_site=True))
        .order_by("pk")
        .select_related("root_page")
    )
)


def install() -> None:
    """Let Wagtail ask here; called once, when the apps are ready."""
    sites.get_site_for_hostname = site_for_hostname


def site_for_hostname(hostname: str, port: str | int | None) -> Site:
    """Return the site of this host and port, else the default site, but where it has another host and one site has
    this one, that one. Raises Site.DoesNotExist."""
    found = _AT_HOST.all(hostname=hostname)
    of_host = [site for site in found if site.hostname == hostname]
    exact = [site for site in of_host if port is not None and site.port == int(port)]
    default = next((site for site in found if site.is_default_site), None)
    if exact:
        return exact[0]
    if default is not None and (default in of_host or len(of_host) != 1):
        return default
    if len(of_host) == 1:
        return of_host[0]
    raise Site.DoesNotExist()
