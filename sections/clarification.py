"""A ward's clarification on the city's site (Quy chế Điều 11).

The ward writes and has its own page approved; `offer_to_city` copies the newest version as a draft into the
city's section of clarifications and submits it there, where the city's board approves it on its own.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.sites import city_site, site_of
from vietnam.text import free_slug

from .models import ClarificationPage, SectionIndexPage

SECTION_KEY = "giai-thich"


@transaction.atomic
def offer_to_city(page: ClarificationPage, *, by, on: datetime | None = None) -> ClarificationPage:
    """Copy a ward's clarification as a draft into the city's section; return the copy, or the one made
    before.

    1. Checks that the page belongs to a ward, that `also_on_city` is chosen and that `by` writes for that
       ward.
    2. Finds the city's section in the page's language. 3. Copies the newest version, as a draft with a
       revision by `by`, so that they cannot approve it there. 4. Writes one log line. The board's people find
       it among the city's drafts and submit it with their own declaration. Raises Refused without the right
       or from a frozen site, ValidationError when the choice is missing or the city has no section for it.
    """
    # 1
    site = site_of(page)
    if site is None or site.kind != PortalSite.Kind.WARD:
        raise Refused("Chỉ bài giải thích của trang phường, xã mới gửi lên trang thành phố.")
    if not may(by, WRITE, site):
        raise Refused("Bạn không có vai trò soạn bài trên trang này nên không gửi bài lên trang thành phố được.")
    if site.state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        raise Refused("Trang này đã ngừng cập nhật nên không gửi bài mới lên trang thành phố.")
    newest = page.get_latest_revision_as_object()
    if not newest.also_on_city:
        raise ValidationError({"also_on_city": "Hãy đánh dấu «Đăng cùng trên trang thành phố», lưu rồi gửi lại."})
    before = ClarificationPage.objects.filter(offered_from_id=page.pk).first()
    if before is not None:
        return before
    # 2
    section = _city_section(newest)
    taken = section.get_children().values_list("slug", flat=True)
    # 3
    copy = newest.copy(
        to=section,
        copy_revisions=False,
        user=by,
        update_attrs={
            "slug": free_slug(newest.slug, taken, other=f"{newest.slug}-{site.slug}"),
            "also_on_city": False,
            "offered_from": ClarificationPage(pk=page.pk),
            "responsible_unit": newest.responsible_unit or site.unit,
        },
    )
    # 4
    log(
        instance=copy,
        action="sections.clarification.offer",
        user=by,
        timestamp=on or timezone.now(),
        data={"from": site.name, "page": page.pk, "title": newest.title},
    )
    return copy


def offers_waiting(site: PortalSite | None = None):
    """Return the offered clarifications that the city has not published yet, oldest first (of one ward
    when given).
    """
    found = ClarificationPage.objects.filter(offered_from__isnull=False, first_published_at__isnull=True)
    if site is not None:
        home = site.home_page()
        found = found.filter(offered_from__path__startswith=home.path) if home else found.none()
    return found.select_related("offered_from").order_by("latest_revision_created_at")


def _city_section(page) -> SectionIndexPage:
    city = city_site()
    home = city.home_page(locale=page.locale) if city else None
    section = SectionIndexPage.objects.child_of(home).filter(section_key=SECTION_KEY).first() if home else None
    if section is None:
        raise ValidationError(
            {
                "also_on_city": (
                    "Trang thành phố chưa có mục «Thông tin giải thích, làm rõ»; hãy báo cơ quan Thường trực."
                )
            }
        )
    return section
