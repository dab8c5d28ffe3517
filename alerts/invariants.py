"""What must hold of alerts: each that stands was put up by two persons or by an emergency act; banners follow."""

from django.utils import timezone

from base.models import PortalSite, SiteBanner
from base.sites import city_site

from . import banners
from .contents import content_of
from .models import Alert


def violations() -> list[str]:
    """Return a line of Vietnamese for each that is broken."""
    found, now = [], timezone.now()
    for alert in Alert.objects.standing(now).prefetch_related("sites", "versions"):
        newest = max(alert.versions.all(), key=lambda version: version.number, default=None)
        name = f"Cảnh báo {alert.pk} «{alert}»"
        if newest is None or newest.number != alert.version:
            found.append(f"{name} đang hiện mà không có phiên bản nào ghi lại.")
        elif newest.digest != content_of(alert).digest:
            found.append(f"{name}: nội dung đang hiện khác bản đã ghi.")
        elif not alert.source and not newest.emergency_id and newest.agreed_by_name in ("", newest.made_by_name):
            found.append(f"{name}: không có hai người khác nhau, cũng không phải việc đăng ngay.")
    return found + _of_banners(now)


def _of_banners(now) -> list[str]:
    city = city_site()
    if city is None:
        return []
    rows = {row.site_id: row for row in SiteBanner.objects.all()}
    wanted = banners.wanted(PortalSite.objects.values_list("pk", flat=True), city.pk, now)
    names = dict(PortalSite.objects.values_list("pk", "name"))
    found = []
    for key, (alerts, days) in wanted.items():
        row = rows.get(key)
        shown = [one for one in (row.alerts if row else []) if one["ends_at"] > now.isoformat()]
        mourned = [day for day in (row.mourning if row else []) if day[1] >= timezone.localdate().isoformat()]
        if (shown, mourned) != (alerts, days):
            found.append(f"Dải đầu trang của {names[key]} khác những cảnh báo, ngày quốc tang đã ghi.")
    return found
