"""2. A merger or a closing is prepared: what is open on the site, who takes it over."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, WorkflowState

from base.models import PortalSite
from workflows.models import Schedule, TakeDown
from workflows.publishing.bundles import handover as bundle_handover

from ..models import Opening
from .rights import demand_city, demand_may_open, noted, problems_of_act, problems_of_day, problems_of_site


@transaction.atomic
def merge_wards(
    *,
    predecessors: list[PortalSite],
    successor: PortalSite,
    by,
    on: datetime | None = None,
    legal_act: str,
    effective_on: date,
) -> Opening:
    """Prepare the dossier by which `successor` takes in other open component sites; return it, state "draft".

    The dossier lists the open work that will be handed over. Raises Refused without the right to open sites,
    ValidationError for sites that cannot be merged.
    """
    demand_may_open(by, demand_city())
    demand_mergeable(predecessors, successor, legal_act=legal_act, effective_on=effective_on)
    moment = on or timezone.now()
    opening = Opening.objects.create(
        kind=Opening.Kind.MERGE,
        site=successor,
        effective_on=effective_on,
        legal_act=legal_act,
        made_by=by,
        made_at=moment,
        handover=[item for site in predecessors for item in open_work(site)],
    )
    opening.predecessors.set(predecessors)
    names = ", ".join(str(site) for site in predecessors)
    return noted(opening, "make", by, moment, f"Lập hồ sơ sáp nhập {names} vào {successor}.")


@transaction.atomic
def close_ward(
    *,
    site: PortalSite,
    by,
    on: datetime | None = None,
    legal_act: str,
    effective_on: date,
    successor: PortalSite | None = None,
) -> Opening:
    """Prepare the dossier that closes a component site; return it, state "draft".

    A site with a successor (given here, or from its merger) leads every reader there; one without stays readable
    under a banner. Raises Refused without the right to open sites, ValidationError when it cannot be closed.
    """
    demand_may_open(by, demand_city())
    demand_closable(site, successor, legal_act=legal_act, effective_on=effective_on)
    moment = on or timezone.now()
    opening = Opening.objects.create(
        kind=Opening.Kind.CLOSE,
        site=site,
        effective_on=effective_on,
        legal_act=legal_act,
        made_by=by,
        made_at=moment,
        handover=open_work(site),
        successor=successor or site.successor,
    )
    return noted(opening, "make", by, moment, f"Lập hồ sơ đóng {site}.")


def demand_mergeable(
    predecessors: list[PortalSite],
    successor: PortalSite,
    *,
    legal_act: str,
    effective_on: date,
    but: Opening | None = None,
) -> None:
    """Raise ValidationError (field → messages) for sites that cannot be merged; `but`: a dossier that is corrected."""
    errors: dict[str, list[str]] = {}
    if not predecessors:
        errors.setdefault("predecessors", []).append("Chưa chọn trang được sáp nhập; hãy chọn ít nhất một trang.")
    if successor in predecessors:
        errors.setdefault("successor", []).append("Trang kế thừa không được nằm trong các trang được sáp nhập.")
    if successor.is_city or successor.state != PortalSite.State.OPEN:
        errors.setdefault("successor", []).append("Trang kế thừa phải là một trang phường, xã đang hoạt động.")
    if problems := [problem for site in predecessors for problem in problems_of_site(site, but=but)]:
        errors.setdefault("predecessors", []).extend(problems)
    errors |= problems_of_act(legal_act, "căn cứ sáp nhập")
    errors |= problems_of_day(effective_on, [site.unit for site in predecessors], end=True)
    if errors:
        raise ValidationError(errors)


def demand_closable(
    site: PortalSite,
    successor: PortalSite | None,
    *,
    legal_act: str,
    effective_on: date,
    but: Opening | None = None,
) -> None:
    """Raise ValidationError (field → messages) for a site that cannot close; `but`: a dossier that is corrected."""
    errors: dict[str, list[str]] = {}
    if problems := problems_of_site(site, or_frozen=True, but=but):
        errors["site"] = problems
    if successor is not None and (successor == site or successor.state != PortalSite.State.OPEN):
        errors["successor"] = ["Trang kế thừa phải là một trang khác đang hoạt động."]
    errors |= problems_of_act(legal_act, "căn cứ đóng trang")
    errors |= problems_of_day(effective_on, [site.unit], end=site.state == PortalSite.State.OPEN)
    if errors:
        raise ValidationError(errors)


def open_work(site: PortalSite) -> list[dict]:
    """Return the open work on a site: schedules, drafts never published, items under review, undecided take-downs,
    dossiers of several items.

    Each a dict of `page` (None for a record), `title`, `kind` ("schedule", "draft", "review", "takedown", "bundle").
    """
    found = []
    waiting = Schedule.objects.waiting().filter(site=site).select_related("revision").soonest_first()
    for row in waiting:
        is_page = row.parent_page_id is not None
        found.append({"page": int(row.revision.object_id) if is_page else None, "title": row.title, "kind": "schedule"})
    for home in Page.objects.filter(translation_key=site.home_key):
        pages = Page.objects.descendant_of(home, inclusive=True).order_by("path")
        reviewed = {
            int(pk)
            for pk in WorkflowState.objects.active()
            .filter(object_id__in=[str(pk) for pk in pages.values_list("pk", flat=True)])
            .filter(base_content_type__model="page")
            .values_list("object_id", flat=True)
        }
        for page in pages:
            if page.pk in reviewed:
                found.append({"page": page.pk, "title": page.draft_title or page.title, "kind": "review"})
            elif page.first_published_at is None or page.has_unpublished_changes and page.live:
                found.append({"page": page.pk, "title": page.draft_title or page.title, "kind": "draft"})
    for row in TakeDown.objects.filter(site=site, state__in=TakeDown.UNDECIDED).exclude(page=None):
        found.append({"page": row.page_id, "title": row.title, "kind": "takedown"})
    for bundle in bundle_handover.of_site(site):
        found.append({"page": None, "title": bundle.title, "kind": "bundle"})
    return found
