"""A report of what is wrong becomes a clarification (Quy chế Điều 11): one press makes a draft bound to the report."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import WRITE, may
from base.gate import Refused
from sections.clarification import SECTION_KEY
from sections.models import ClarificationPage, SectionIndexPage
from vietnam import text
from vietnam.text import free_slug

from .models import CorrectionComplaint


def section_of(complaint: CorrectionComplaint) -> SectionIndexPage | None:
    """Return the section of clarifications of the report's site, None where it has none."""
    home = complaint.owner_site.home_page()
    return SectionIndexPage.objects.child_of(home).filter(section_key=SECTION_KEY).first() if home else None


def may_clarify(user, complaint: CorrectionComplaint) -> bool:
    """Tell whether a user may make a clarification of a report now."""
    is_error = complaint.kind == complaint.Kind.ERROR and complaint.state != complaint.State.SPAM
    return is_error and complaint.clarification_id is None and may(user, WRITE, complaint.owner_site)


@transaction.atomic
def clarify(complaint: CorrectionComplaint, *, by, on: datetime | None = None) -> ClarificationPage:
    """Make the draft of a clarification of a report; return it, or the one made before.

    It says where and when, and which unit answers; nothing of what the report says, which may name a person. Raises
    Refused without the right to write on the site, or where the site has no section of clarifications.
    """
    rows = CorrectionComplaint.objects.select_for_update(of=("self",)).select_related("owner_site__unit", "unit")
    held = rows.get(pk=complaint.pk)
    if held.clarification is not None:
        return held.clarification
    if not may_clarify(by, held):
        raise Refused("Bạn không có vai trò soạn bài trên trang này nên không soạn bài giải thích được.")
    section = section_of(held)
    if section is None:
        raise Refused("Trang chưa có mục «Thông tin giải thích, làm rõ»; hãy báo cơ quan Thường trực.")
    moment = on or timezone.now()
    title = f"Làm rõ thông tin: {held.page_title}"[:255]
    taken = section.get_children().values_list("slug", flat=True)
    values = ClarificationPage.defaults_for(held.owner_site, by) | {"responsible_unit": held.unit}
    page = ClarificationPage(
        title=title,
        slug=free_slug(text.slug(title)[:200], taken, other=f"lam-ro-{held.number.lower()}"),
        claim_place=held.address[:200],
        claim_on=timezone.localtime(held.received_at).date(),
        live=False,
        owner=by,
        locale=section.locale,
        **values,
    )
    section.add_child(instance=page)
    page.save_revision(user=by)
    held.clarification = page
    held.save(update_fields=["clarification"])
    log(instance=held, action="portal.complaint.clarified", user=by, timestamp=moment, data={"page": page.pk})
    return page
