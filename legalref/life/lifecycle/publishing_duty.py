"""1. A document is marked as one that a site must post, within a deadline."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from accounts.roles import DISPATCH, WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.public.index import readers_see_changed
from workflows import deadlines

from ...models import LegalDocument, RegisterVersion, SiteDocument
from .rules import RULES


@transaction.atomic
def mark_for_site(
    document: LegalDocument, site: PortalSite, *, ground: str, by, on: date | datetime | None = None
) -> SiteDocument:
    """Say that a document must stand on a site, and start its deadline from the day of issue (Điều 10.1.c).

    2 working days on the issuer's own site, 10 on that of a body in scope; met by the document's publication, at
    once when it is public already. Idempotent. Raises Refused without the right, ValidationError without a date.
    """
    if not (may(by, WRITE, site) or may(by, DISPATCH, site)):
        raise Refused("Bạn không có quyền đưa văn bản vào trang này.")
    if ground not in SiteDocument.Ground.values:
        raise ValidationError(
            {"ground": "Hãy chọn lý do văn bản có trên trang: cơ quan ban hành hoặc thuộc phạm vi điều chỉnh."}
        )
    if document.issued_on is None:
        raise ValidationError(
            {"issued_on": "Văn bản chưa có ngày ban hành nên chưa tính được thời hạn đăng; hãy ghi ngày."}
        )
    day = deadlines.local_date(on)
    row, is_new = SiteDocument.objects.get_or_create(
        document=document, site=site, defaults={"ground": ground, "marked_by": by, "marked_on": day}
    )
    if not is_new:
        return row
    deadline = deadlines.start(
        document, RULES[ground], on=document.issued_on, by=by, site=site, unit=site.unit, title=document.title[:300]
    )
    if document.live and document.first_published_at:
        met = max(deadlines.local_date(document.first_published_at), document.issued_on)
        deadlines.meet(deadline, on=met, by=by)
    RegisterVersion.raise_value()
    log(instance=document, action="portal.document.mark", user=by, data={"site": site.slug, "ground": ground})
    readers_see_changed(sites=[site])
    return row
