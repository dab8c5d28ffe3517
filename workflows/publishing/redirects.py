"""Old addresses that redirect: redirects of the board, and take-downs with a replacement.

1. A person who arranges a site's pages proposes a redirect (`redirect_views.py`), a second one who approves there
   confirms it (`record_changes.py`); a take-down names its replacement when it is proposed. Both by the rules of
   `targets.py`.
2. `middleware.py` asks at a 404 where the address leads now; what is gone answers 410. How often a redirect of the
board is followed is counted by the day, so that the board sees which are still of use.
"""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from accounts.roles import ARRANGE, may
from base.gate import Refused
from base.models import PortalSite
from base.public.usage.counting import register_kind
from base.public.usage.merging import merge_days
from base.sites import city_site

from ..models import AddressRedirect, RecordChange, RedirectUse, TakeDown
from . import targets
from .targets import Target

# The kind under which redirects are counted; how long by the day; what the board's list counts.
FOLLOWED, MONTHS_BY_DAY, COUNTED = "redirect", 3, timedelta(days=365)


def register_counting() -> None:
    """Say where uses of redirects are counted; called when the room is ready."""
    register_kind(FOLLOWED, table=RedirectUse, key="redirect")


def with_uses(rows: QuerySet, on: date) -> QuerySet:
    """Return redirects with `uses`, how often each was followed within a year, and `last_used`, the last day of it."""
    of_each = RedirectUse.objects.filter(redirect=OuterRef("pk"), day__gt=on - COUNTED).order_by().values("redirect")
    counted = of_each.annotate(total=Sum("count")).values("total")
    last = of_each.annotate(last=Max("day")).values("last")
    return rows.annotate(uses=Coalesce(Subquery(counted), 0), last_used=Subquery(last))


def merge_uses(*, on: datetime) -> int:
    """Join the counts by the day of months that ended long ago; return how many rows went. A job."""
    return merge_days(RedirectUse, [], months=MONTHS_BY_DAY, on=on, key="redirect")


def site_of(redirect: AddressRedirect) -> PortalSite:
    """Return the site whose host a redirect is on."""
    return PortalSite.objects.filter(wagtail_site=redirect.site_id).first() or city_site()


def demand_arranger(redirect: AddressRedirect, by) -> None:
    """Raise Refused unless the person arranges the site of a redirect."""
    if not may(by, ARRANGE, site_of(redirect)):
        raise Refused("Bạn không có quyền sắp xếp trên trang của tên miền này.")


def replacement_of(address: str, site: PortalSite, taken_along) -> Target:
    """Return what a take-down's replacement means; `taken_along`: what goes with it, which cannot replace it.

    Raises ValidationError for the field `replacement_url`.
    """
    host = site.wagtail_site or Site.objects.filter(is_default_site=True).first()
    city = city_site()
    try:
        try:
            found = targets.target_of(address, host)
        except ValidationError:
            # A ward's page also has an address on the city's host.
            if city is None or city.wagtail_site is None or city.wagtail_site == host:
                raise
            found = targets.target_of(address, city.wagtail_site)
    except ValidationError as error:
        raise ValidationError({"replacement_url": error.messages}) from error
    own = {item.pk for item in taken_along if isinstance(item, Page)}
    if found.page is not None and found.page.pk in own:
        raise ValidationError(
            {"replacement_url": "Nội dung thay thế không thể là chính nội dung bị gỡ; hãy chọn khác."}
        )
    back = TakeDown.objects.filter(
        page=found.page, state__in=TakeDown.UNDECIDED, replacement_page__in=own, behaviour=TakeDown.Behaviour.REDIRECT
    )
    if found.page is not None and back.exists():
        raise ValidationError(
            {"replacement_url": f"«{found.page}» cũng đang được đề nghị gỡ và dẫn về đây; hãy chọn nội dung khác."}
        )
    return found


def target_of_takedown(row: TakeDown) -> Target:
    """Return what took the place of what was taken down, by the key; by the typed address in older rows."""
    if row.replacement_page_id:
        return Target(row.replacement_page, row.replacement_route)
    if not row.replacement_url:
        return Target()
    try:
        return replacement_of(row.replacement_url, row.site, [])
    except ValidationError:
        return Target()


def leads_to(row: TakeDown) -> tuple[str, set[int]]:
    """Return (address, keys of the sites it depends on) of what replaces something taken down, through take-downs of
    replacements; the address is "" where the chain ends in nothing public."""
    seen, sites = set(), set()
    while row is not None and row.pk not in seen:
        seen.add(row.pk)
        sites.add(row.site_id)
        target = target_of_takedown(row)
        if address := targets.address_of(target):
            return address, sites
        if target.page is None and not row.replacement_page_id:
            break
        row = TakeDown.objects.of(target.page).filter(behaviour=TakeDown.Behaviour.REDIRECT).in_force()
    return "", sites


def violations() -> list[str]:
    """Return a line for each redirect that no two persons decided, and each that leads out of what is allowed."""
    confirmed = set(
        RecordChange.objects.filter(object_type=AddressRedirect._meta.label, accepted=True).values_list(
            "object_id", flat=True
        )
    )
    found = []
    for row in Redirect.objects.select_related("redirect_page").order_by("pk"):
        name = f"Chuyển hướng {row.pk} «{row.old_path}»"
        if not row.automatically_created and str(row.pk) not in confirmed:
            found.append(f"{name} không có người thứ hai xác nhận.")
        if row.redirect_page_id is None and not targets.address_of(Target(url=row.redirect_link)):
            found.append(f"{name} dẫn đến nơi không được phép: {row.redirect_link or '(trống)'}.")
    for row in TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN, replacement_page=None).exclude(
        replacement_url=""
    ):
        if row.behaviour == TakeDown.Behaviour.REDIRECT and not leads_to(row)[0]:
            found.append(f"«{row.title}» đã gỡ dẫn đến nơi không được phép hoặc không còn: {row.replacement_url}.")
    return found
