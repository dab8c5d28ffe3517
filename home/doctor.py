"""The hosts as the portal's own rows want them: what is wrong is found, named, and put right by the operator.

No screen changes a host or its first page: a component site gets its host with its dossier, by two persons. What a
restored copy, a moved portal or SQL typed into the database broke is repaired here, from `PortalSite` and `SiteHost`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Site

from base.audit.trail import record
from base.models import PortalSite, SiteHost
from base.public.index import readers_see_changed

from . import opening


class Problem(NamedTuple):
    """One thing that is wrong, in Vietnamese, and what puts it right."""

    text: str
    repair: Callable[[], object]


def problems() -> list[Problem]:
    """Return what is wrong with the hosts; an empty list when readers of every site get its own first page.

    Sites that are not open yet have no host. What is repaired first may be what the next one is about: repairs run in
    the order of the list.
    """
    city = PortalSite.objects.filter(kind=PortalSite.Kind.CITY).first()
    found = _moved(city) if city else []
    named = set()
    for site in PortalSite.objects.select_related("wagtail_site").order_by("kind", "pk"):
        host = site.hosts.filter(is_primary=True).first()
        if host is None or site.home_page() is None or (not site.is_city and site.state in PortalSite.UNKNOWN):
            continue
        found += _of_site(site, host)
        named.add((host.hostname, host.port))
    known = {(host.hostname, host.port) for host in SiteHost.objects.all()} | _own_address()
    for row in Site.objects.all():
        if (row.hostname, row.port) not in known | named:
            found.append(Problem(f"Tên miền «{row.hostname}:{row.port}» không thuộc trang nào của cổng.", row.delete))
    return found


def _own_address() -> set[tuple[str, int]]:
    return {(settings.PORTAL_HOST, opening.public_port())}


def _moved(city: PortalSite) -> list[Problem]:
    """The city's host is what the environment says."""
    host = city.hosts.filter(is_primary=True).first()
    if host is not None and (host.hostname, host.port) in _own_address():
        return []
    wanted = f"{settings.PORTAL_HOST}:{opening.public_port()}"
    text = f"«{city}»: cổng chạy ở {wanted} (PORTAL_HOST) nhưng ghi tên miền {host or '(chưa có)'}."
    return [Problem(text, lambda: _move(city, host))]


def _move(city: PortalSite, host: SiteHost | None) -> None:
    host = host or SiteHost(site=city, is_primary=True, valid_from=city.valid_from)
    ((host.hostname, host.port),) = _own_address()
    host.save()
    if city.wagtail_site is not None and not Site.objects.filter(hostname=host.hostname, port=host.port).exists():
        # The same row goes on: redirects hang on it.
        city.wagtail_site.hostname, city.wagtail_site.port = host.hostname, host.port
        city.wagtail_site.save()
    _give_host(city)


def _of_site(site: PortalSite, host: SiteHost) -> list[Problem]:
    row = Site.objects.filter(hostname=host.hostname, port=host.port).first()
    wrong = []
    if row is None:
        wrong.append(f"không có tên miền {host.hostname}:{host.port}")
    else:
        if row.root_page_id != site.home_page().pk:
            wrong.append("tên miền không mở trang chủ của trang")
        if row.is_default_site != site.is_city:
            wrong.append("không là trang mặc định" if site.is_city else "là trang mặc định thay trang thành phố")
        if site.wagtail_site_id != row.pk:
            wrong.append("bản ghi trang không gắn với tên miền của nó")
    return [Problem(f"«{site}»: {'; '.join(wrong)}.", lambda: _give_host(site))] if wrong else []


def _give_host(site: PortalSite) -> None:
    if site.is_city:
        # There is one default site; of two, Wagtail takes neither.
        Site.objects.filter(is_default_site=True).update(is_default_site=False)
    opening.give_host(PortalSite.objects.get(pk=site.pk))


@transaction.atomic
def repair(*, on: datetime | None = None, reason: str) -> list[str]:
    """Put right what `problems` finds; return what was wrong. Each repair is an entry of the audit trail."""
    found = problems()
    for problem in found:
        problem.repair()
        record(
            "site.repaired",
            object_label=problem.text,
            detail={"reason": reason, "at": (on or timezone.now()).isoformat()},
        )
    if found:
        readers_see_changed(sites=PortalSite.objects.all(), urgent=True)
    return [problem.text for problem in found]
