"""The banners of sites follow from the alerts and the days of mourning: rows that the frame of every page reads."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from base.models import PortalSite, SiteBanner
from base.public.look.alerts import as_row
from base.sites import city_site

from .contents import content_of
from .models import Alert, Mourning

KEY_LENGTH = 12


def sites_showing(*contents) -> set[int]:
    """Return the keys of the sites that show any of some contents, those of no practice."""
    if any(content.everywhere for content in contents):
        return set(PortalSite.objects.exclude(kind=PortalSite.Kind.PRACTICE).values_list("pk", flat=True))
    return {key for content in contents for key in content.sites}


def rows_of(*contents) -> set[int]:
    """Return the keys of the sites whose own rows say any of some contents; what is for every site is in the city's."""
    return {key for content in contents for key in content.sites}


def write(sites: Iterable[int], *, on: datetime | None = None) -> None:
    """Write the banners of some sites anew; those for every site are in the city's row.

    The rows are held before the alerts are read: of two who raise one at once, the second finds the first one's.
    """
    city = city_site()
    keys = sorted({*sites, city.pk})
    there = set(SiteBanner.objects.filter(site__in=keys).values_list("site_id", flat=True))
    if missing := [SiteBanner(site_id=key) for key in keys if key not in there]:
        SiteBanner.objects.bulk_create(missing, ignore_conflicts=True)
    rows = SiteBanner.objects.select_for_update().filter(site__in=keys).order_by("site_id")
    held = {row.site_id: row for row in rows}
    found = wanted(keys, city.pk, on or timezone.now())
    for key, row in held.items():
        row.alerts, row.mourning = found[key]
        row.save(update_fields=["alerts", "mourning"])


def wanted(keys: Iterable[int], city: int, now: datetime) -> dict[int, tuple[list, list]]:
    """Return what the banners of some sites say as the alerts and days of mourning are: {site: (alerts, days)}."""
    found = {key: ([], mourning_days() if key == city else []) for key in keys}
    for alert in Alert.objects.standing(now).prefetch_related("sites").order_by("pk"):
        content = content_of(alert)
        row = as_row(content.as_data(), key=f"{alert.pk}-{alert.digest[:KEY_LENGTH]}")
        for key in [city] if content.everywhere else content.sites:
            if key in found:
                found[key][0].append(row)
    return found


def mourning_days() -> list[list[str]]:
    """Return [first day, last day] of each mourning that holds and is not over, the soonest first."""
    rows = Mourning.objects.filter(called_off=False, last_day__gte=timezone.localdate()).order_by("first_day", "pk")
    return [[first.isoformat(), last.isoformat()] for first, last in rows.values_list("first_day", "last_day")]
