"""3. A dossier is submitted or returned; what changed since is known."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from base.gate import Refused
from workflows.publishing.approval import declare
from workflows.publishing.waiting import Change, GoesOn, Happening, Reach, register_waiting, tell

from ..models import Opening
from .rights import demand_city, demand_may_decide, demand_may_open, locked, noted


@transaction.atomic
def submit_opening(opening: Opening, *, by, on: datetime | None = None) -> Opening:
    """Submit a dossier for approval; the user who submits it declares its content accurate (Điều 20.2)."""
    opening = locked(opening)
    demand_may_open(by, demand_city())
    if opening.state not in Opening.WITH_MAKER:
        raise Refused("Hồ sơ này đã gửi duyệt hoặc đã được quyết định.")
    moment = on or timezone.now()
    opening.state, opening.submitted_by, opening.submitted_at = Opening.State.SUBMITTED, by, moment
    for page in drafts_of(opening):
        declare(page, page.get_latest_revision() or page.save_revision(user=by), by=by)
    opening.versions = _versions_now(opening)
    if opening.made_by is None:
        opening.made_by = by
    opening.save()
    return noted(opening, "submit", by, moment, "Gửi duyệt hồ sơ.")


def _versions_now(opening: Opening) -> list[list]:
    """[page, its newest version, its title, the page above it] of every page that the dossier is to make public."""
    pages = drafts_of(opening)
    above = _above(pages)
    return [
        [page.pk, page.latest_revision_id, (page.draft_title or page.title)[:200], above[page.pk]] for page in pages
    ]


def _above(pages: Iterable[Page]) -> dict[int, int | None]:
    """The keys of the pages above some pages, by the keys of these."""
    paths = {page.pk: page.path[: -Page.steplen] for page in pages}
    keys = dict(Page.objects.filter(path__in=paths.values()).values_list("path", "pk"))
    return {pk: keys.get(path) for pk, path in paths.items()}


def changed_since_submission(opening: Opening) -> list[str]:
    """Return the titles of pages that were submitted and have another version or place by now, or are not there any
    more. A dossier of before places were kept is not asked for them."""
    present = {page.pk: page for page in opening.pages()}
    above = _above(present.values())
    return [
        title
        for pk, version, title, *place in opening.versions
        if pk not in present
        or not present[pk].live
        and (present[pk].latest_revision_id != version or place not in ([], [above[pk]]))
    ]


def submitted_versions(opening: Opening) -> dict[int, int]:
    """Return the version of each page that was submitted, by the page's key."""
    return {pk: version for pk, version, *_more in opening.versions}


def added_since_submission(opening: Opening) -> list[str]:
    """Return the titles of drafts that came after the dossier was submitted; they stay drafts."""
    known = submitted_versions(opening)
    return [page.draft_title or page.title for page in opening.pages() if not page.live and page.pk not in known]


def demand_as_submitted(opening: Opening) -> None:
    if not opening.versions:
        raise Refused("Hồ sơ này không ghi phiên bản nào đã gửi; hãy trả lại rồi gửi lại.")
    if changed := changed_since_submission(opening):
        names = ", ".join(f"«{title}»" for title in changed[:5]) + (" …" if len(changed) > 5 else "")
        raise Refused(
            f"Sau khi gửi hồ sơ, có trang đã được sửa, chuyển hoặc xóa: {names}. Hãy trả lại hồ sơ; người lập xem lại "
            "rồi gửi lại."
        )


def drafts_of(opening: Opening) -> list[Page]:
    """Return the pages that a dossier will publish, parents before children."""
    return [page for page in opening.pages() if not page.live]


def register_what_waits() -> None:
    """Say what becomes of a submitted dossier (`workflows.publishing.waiting`); called from `HomeConfig.ready`."""
    nothing_public = GoesOn("Nothing of a site that is prepared is public before its dossier is approved.")
    register_waiting(
        Opening,
        of=_submitted_with,
        release={
            Change.REMOVED: nothing_public,
            Change.MOVED: _return,
            Change.HANDED_OVER: GoesOn("Nothing is handed over from a site that is prepared."),
            Change.REPLACED: nothing_public,
            Change.ENDED: GoesOn("A site ends by one dossier alone (`pending_for`); this is the one."),
        },
        is_held_first=True,
        versions=_waiting_versions,
    )


def _submitted_with(reach: Reach) -> list[Opening]:
    submitted = list(Opening.objects.filter(state=Opening.State.SUBMITTED).order_by("pk")) if reach.pages else []
    return [opening for opening in submitted if reach.pages_among(submitted_versions(opening))]


def _waiting_versions() -> list[int]:
    submitted = Opening.objects.filter(state=Opening.State.SUBMITTED)
    return [version for opening in submitted for version in submitted_versions(opening).values()]


def _return(opening: Opening, happening: Happening) -> None:
    """Return a dossier of which a page stands elsewhere now: it was submitted for the former place."""
    opening = locked(opening)
    if opening.state != Opening.State.SUBMITTED:
        return
    opening.state = Opening.State.REJECTED
    opening.save(update_fields=["state"])
    noted(opening, "reject", happening.by, happening.on, f"Trả lại hồ sơ: {happening.reason}")
    address = reverse("home_opening", args=[opening.pk])
    tell([opening.made_by, opening.submitted_by], "Hồ sơ", str(opening), happening.reason, address=address)


@transaction.atomic
def reject_opening(opening: Opening, *, by, on: datetime | None = None, reason: str) -> Opening:
    """Return a submitted dossier with a reason; raises ValidationError without one."""
    opening = locked(opening)
    demand_may_decide(by, opening)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do trả lại để người lập hồ sơ biết cần sửa gì."})
    opening.state = Opening.State.REJECTED
    opening.save(update_fields=["state"])
    return noted(opening, "reject", by, on or timezone.now(), f"Trả lại hồ sơ: {reason}")
