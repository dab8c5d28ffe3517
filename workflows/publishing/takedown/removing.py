"""3. A page with its aliases, or a record, leaves public view. 7. Records that are no pages go as one act."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from accounts.roles import DECIDE_TAKEDOWN, PROPOSE_TAKEDOWN, may
from base.gate import Refused, open_gate
from base.locking import hold, hold_all
from base.models import PortalSite
from base.public.gone import note_gone
from base.public.index import readers_see_changed
from base.sites import site_of

from ... import deadlines
from ...archive import copies
from ...drafts import previews
from ...models import ArchiveCopy, LiveFinding, TakeDown
from ...translations import marks
from ...upkeep import review_dates
from .. import links_in, waiting
from ..approval import acts_for_board, current_state
from ..waiting import Change
from .grounds import Behaviour, Decision, Ground, State
from .rights import undecided
from .subjects import hold_with_waiting, sites_showing, translations_of


def remove(row: TakeDown, page, *, by, moment: datetime) -> None:
    """Unpublish a page and its aliases, free its slug, remember its address and its archive copy; or a record."""
    copy = ArchiveCopy.objects.filter(object_type=page._meta.label, object_id=str(page.pk)).order_by("-pk").first()
    if copy is None and page.live_revision_id:
        copy = copies.seal(page.live_revision, approved_by=by, on=moment, ground="Lưu khi gỡ bỏ")
    row.archive_copy_id = copy.pk if copy else None
    if isinstance(page, Page):
        row.old_slug = page.slug
        row.old_url_path = row.old_url_path or page.url_path
    with open_gate("take_down"):
        page.unpublish(user=None, log_action=False, set_expired=row.ground == Ground.EXPIRED)
        page.refresh_from_db()
        if isinstance(page, Page):
            page.slug = f"{page.slug[:230]}-da-go-{row.pk}"
            page.save(update_fields=["slug", "url_path"], clean=False)
    row.state = State.TAKEN_DOWN
    row.save(update_fields=["state", "archive_copy_id", "old_url_path", "old_slug"])
    log(instance=page, action="wagtail.unpublish", user=by)
    if isinstance(page, Page):
        previews.end_links_of(page, previews.End.REMOVED, by=by, on=moment)
        review_dates.remove(page, on=moment)
        marks.remove(page, on=moment)
    LiveFinding.objects.filter(object_type=page._meta.label, object_id=str(page.pk)).delete()
    deadlines.meet_for(row, on=moment)


def end_waiting(page, things, *, by, moment: datetime) -> None:
    """End what waits on the things that leave public view with a page or record, on translations and what is below."""
    along = translations_of(things).exclude(pk__in=[thing.pk for thing in things if isinstance(thing, Page)])
    waiting.release_on([*things, *along], Change.REMOVED, reason=f"«{page.title}» đã bị gỡ bỏ.", by=by, on=moment)


def remove_all(
    page, along, *, ground, explanation, note, proposed_by, decided_by, moment, over=False, as_proposed=False
) -> list[TakeDown]:
    """Remove a page with all that goes with it by a decision already made; return the rows, the page first.

    What waits for a decision keeps its ground and explanation; `over`: what is decided now takes their place, and the
    log keeps them. `as_proposed`: it keeps what readers get instead as well. A title that may be what was disclosed
    stays hidden whatever is decided.
    """
    group, rows = uuid.uuid4(), []
    hold_all([page, *along])
    reached = [(item.url_path, item.specific) for item in along]
    if any(row.ground == Ground.PERSONAL_DATA for item in along if (row := undecided(item))):
        ground = Ground.PERSONAL_DATA
    note_gone(
        [item for _address, item in reached],
        action="takedown",
        ground=ground,
        explanation=explanation,
        note=note,
        proposed_by=getattr(proposed_by, "pk", None),
        decided_by=getattr(decided_by, "pk", None),
    )
    end_waiting(page, [item for _address, item in reached], by=decided_by, moment=moment)
    for address, item in reached:
        row = undecided(item) or TakeDown(
            group=group,
            page_id=item.pk,
            site=site_of(item),
            proposed_by=proposed_by,
            proposed_at=moment,
        )
        if row.pk is None or over or ground == Ground.PERSONAL_DATA:
            if row.pk is not None:
                former = {"takedown": row.pk, "ground": row.ground, "explanation": row.explanation}
                log(instance=item, action="portal.takedown.overtaken", user=decided_by, data=former)
            row.ground = ground
        row.explanation = explanation if over else row.explanation or explanation
        running = current_state(item)
        row.title, row.old_url_path = item.title[:300], address
        row.behaviour = row.behaviour if row.pk and as_proposed else Behaviour.GONE
        row.decision, row.decision_note, row.decided_by, row.decided_at = (
            Decision.TAKE_DOWN,
            note,
            decided_by,
            moment,
        )
        row.save()
        if running:
            running.cancel(user=decided_by)
        item.refresh_from_db()
        remove(row, item, by=decided_by, moment=moment)
        rows.append(row)
    links_in.look_afterwards([item for _address, item in reached], on=moment)
    for _address, item in reached:
        readers_see_changed([item], sites=sites_showing(item), gone=True)
    return rows


@transaction.atomic
def take_down_again(page, facts: dict, *, proposed_by, by, on: datetime | None = None) -> list[TakeDown]:
    """Repeat a take-down that a restored backup does not know, in the name of those who had decided; return the rows.

    `facts`: what the journal keeps (`ground`, `explanation`, `note`). Called by `replaying.py` only.
    """
    ground = facts.get("ground") if facts.get("ground") in Ground.values else Ground.NO_LONGER_SUITABLE
    page = hold_with_waiting(page)
    return remove_all(
        page,
        [page],
        ground=ground,
        explanation=facts.get("explanation", ""),
        note=facts.get("note", ""),
        proposed_by=proposed_by,
        decided_by=by,
        moment=on or timezone.now(),
    )


@transaction.atomic
def take_down_records(records, *, proposed_by, by, on: datetime | None = None, reason: str) -> list:
    """Take down published records that are no pages, proposed by one person and decided by another; return them.

    The counterpart of `approval.publish_bundle`: for a batch of documents that is taken back. Each keeps its sealed
    copy. What is not public is left as it is. Raises Refused for one person alone or without the right, ValidationError
    without a reason.
    """
    if proposed_by is None or by is None or proposed_by.pk == by.pk:
        raise Refused("Cần hai người khác nhau: người đề nghị và người quyết định gỡ bỏ.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do gỡ bỏ."})
    moment, removed, records = on or timezone.now(), [], list(records)
    note_gone(
        [record for record in records if record.live],
        action="records",
        note=reason,
        proposed_by=proposed_by.pk,
        decided_by=by.pk,
    )
    waiting.hold(records, Change.REMOVED)
    for record in records:
        record = hold(record)
        site = record.owner_site
        if not may(proposed_by, PROPOSE_TAKEDOWN, site) or not acts_for_board(by, DECIDE_TAKEDOWN, site):
            raise Refused("Người đề nghị và người quyết định phải có quyền gỡ bỏ trên trang này.")
        if not record.live:
            continue
        if (
            record.live_revision_id
            and not ArchiveCopy.objects.filter(
                object_type=record._meta.label, object_id=str(record.pk), revision_id=record.live_revision_id
            ).exists()
        ):
            copies.seal(record.live_revision, approved_by=by, on=moment, ground="Lưu khi gỡ bỏ")
        waiting.release_on([record], Change.REMOVED, reason="Văn bản đã bị gỡ bỏ.", by=by, on=moment)
        with open_gate("take_down"):
            record.unpublish(user=None, log_action=False)
        log(
            instance=record,
            action="portal.takedown.record",
            user=by,
            data={"reason": reason, "proposed_by": proposed_by.get_username()},
        )
        removed.append(record)
    if removed:
        links_in.look_afterwards(removed, on=moment)
        readers_see_changed(sites=PortalSite.objects.all(), gone=True)
    return removed
