"""What stands across every page of a site: the alerts of the site, and the days of mourning (written by `alerts`)."""

from django.db import models

from .look import OfSite
from .site import PortalSite


class SiteBanner(OfSite):
    """What the frame of every page of a site shows besides the page: read with the site, at no query of its own.

    It follows from the alerts and the days of mourning (`alerts/banners.py`), and no user writes it. `alerts`: a list
    of rows (`base.public.look.alerts.as_row`), those for every site in the row of the city alone, marked `everywhere`.
    `mourning`: [first day, last day] of each; in the row of the city.
    """

    site = models.OneToOneField(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="banner")
    alerts = models.JSONField("cảnh báo", default=list, blank=True)
    mourning = models.JSONField("ngày quốc tang", default=list, blank=True)

    class Meta:
        verbose_name = "dải đầu trang"
        verbose_name_plural = "dải đầu các trang"
        ordering = ["pk"]


def banner_of(site: PortalSite | None) -> SiteBanner | None:
    """Return the row of a site, or None."""
    return getattr(site, "banner", None)
