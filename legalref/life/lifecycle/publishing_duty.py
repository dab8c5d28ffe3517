"""1. A document is marked as one that a site must post, within a deadline: by a person here, by rules in `posting`."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from accounts.roles import DISPATCH, WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.public.index import readers_see_changed
from base.queries.savepoints import savepoints_made
from workflows import deadlines
from workflows.models import Deadline

from ...models import LegalDocument, PostingRule, RegisterVersion, SiteDocument
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
    row = document.site_documents.filter(site=site).first()
    return row or mark(document, site, ground=ground, by=by, on=on)


def mark(
    document: LegalDocument,
    site: PortalSite,
    *,
    ground: str,
    by,
    on: date | datetime | None = None,
    rule: PostingRule | None = None,
    facts: LegalDocument | None = None,
) -> SiteDocument:
    """Mark a document for a site and start the deadline; return the mark. The caller has asked who may.

    `rule`: the one that wants it, None for a person's mark. `facts`: the version that says the day of issue.
    """
    facts = facts or document
    noted = {"ground": ground, "rule": rule, "marked_by": by, "marked_on": deadlines.local_date(on)}
    # A user may mark it at the moment at which it is published.
    with savepoints_made():
        row, is_new = SiteDocument.objects.get_or_create(document=document, site=site, defaults=noted)
    if not is_new:
        return row
    deadline = deadlines.start(
        document,
        RULES[ground],
        on=facts.issued_on,
        by=by,
        site=site,
        unit=site.unit,
        title=_title_on(site, facts, document)[:300],
    )
    if document.live and document.first_published_at:
        met = max(deadlines.local_date(document.first_published_at), facts.issued_on)
        deadlines.meet(deadline, on=met, by=by)
    RegisterVersion.raise_value()
    data = {"site": site.slug, "ground": ground, **({"rule": rule.name} if rule else {})}
    log(instance=document, action="portal.document.mark", user=by, data=data)
    readers_see_changed(sites=[site])
    return row


def _title_on(site: PortalSite, facts: LegalDocument, document: LegalDocument) -> str:
    """What the people of a site read of a document: of a draft of another site no more than its number and issuer."""
    if document.live or site.pk == document.owner_site_id:
        return facts.title
    return f"{facts.name} của {facts.main_issuer} (trang quản lý chưa đăng)"


def note_titles(public: LegalDocument) -> None:
    """Let the deadlines of a document that has become public have its title on every site."""
    others = (
        Deadline.objects.for_subject(public).filter(rule__code__in=RULES.values()).exclude(title=public.title[:300])
    )
    for deadline in others:
        deadline.title = public.title[:300]
        deadline.save(update_fields=["title"])
