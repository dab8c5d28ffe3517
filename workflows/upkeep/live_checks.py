"""The rules of the preflight over what is public already: a law lapses, a page is taken down, a rule becomes stricter.

1. The job `check_live` calls `check_some` every few minutes of the night. Each call looks at public pages, then at
   public records, for `ROUND_SECONDS`, and the next one goes on where it ended: no other job waits for it. When all is
   looked at, findings of what is public no more go; publication and take-down drop theirs at once (`remove_findings`).
2. `check` compares what the rules say of one thing with the findings kept of it. What the user who submitted it has
   answered by a remark is not told again. Links to others come from `outside_links.py`.
3. The report "Kiểm tra nội dung đã đăng" shows people of a site what is to be fixed, each with the way to its field.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.db import transaction
from wagtail.models import DraftStateMixin, Page

from accounts.responsibility import sites_worked_on
from accounts.roles import owner_site
from base.models import PortalSite
from base.preflight import Finding

from ..models import LiveFinding, LiveRound
from ..publishing.approval import declaration_of, unanswered
from . import outside_links
from .nights import night_of

ROUND_SECONDS = 10
CHUNK = 50
ROUNDS_RETENTION = timedelta(days=30)


# --- 1. Looking ------------------------------------------------------------------------------------


def check_some(*, on: datetime, seconds: float = ROUND_SECONDS) -> int:
    """Continue tonight's check for `seconds`; return how many things were looked at, 0 by day or when done."""
    night = night_of(on)
    if night is None:
        return 0
    row, _new = LiveRound.objects.get_or_create(night=night, defaults={"started_at": on})
    if row.finished_at is not None:
        return 0
    until, looked = time.monotonic() + seconds, 0
    for label, things in _chunks_after(row.model, row.last_id):
        for thing in things:
            check(thing, on=on)
        looked += len(things)
        row.model, row.last_id, row.checked = label, things[-1].pk, row.checked + len(things)
        row.save(update_fields=["model", "last_id", "checked"])
        if time.monotonic() >= until:
            return looked
    _finish(row, on)
    return looked


def checked_models() -> list[type]:
    """Return the models that are looked at: pages as one, then every record that people approve."""
    records = [
        model
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page) and hasattr(model, "preflight")
    ]
    return [Page, *sorted(records, key=lambda model: model._meta.label)]


def _chunks_after(label: str, last_id: int) -> Iterator[tuple[str, list]]:
    models = checked_models()
    labels = [model._meta.label for model in models]
    start = labels.index(label) if label in labels else 0
    for place, model in enumerate(models[start:], start):
        after = last_id if place == start and label in labels else 0
        while True:
            rows = model._base_manager.filter(live=True, pk__gt=after).order_by("pk")
            keys = list(rows.values_list("pk", flat=True)[:CHUNK])
            if not keys:
                break
            found = model._base_manager.filter(pk__in=keys).order_by("pk")
            things = [thing.specific for thing in found] if model is Page else list(found)
            if things:
                yield labels[place], things
            after = keys[-1]


@transaction.atomic
def _finish(row: LiveRound, on: datetime) -> None:
    LiveFinding.objects.filter(checked_at__lt=row.started_at).delete()
    LiveRound.objects.filter(night__lt=row.night - ROUNDS_RETENTION).delete()
    row.finished_at = on
    row.save(update_fields=["finished_at"])


# --- 2. One thing ----------------------------------------------------------------------------------


@transaction.atomic
def check(obj, *, on: datetime) -> list[LiveFinding]:
    """Keep what the rules say of one public page or record; return the findings that are there now."""
    site = owner_site(obj)
    found = _to_fix(obj, on) if site is not None and hasattr(obj, "preflight") else []
    known = {(row.field, row.message): row for row in _of(obj)}
    wanted = {(finding.field, finding.message): finding for finding in found}
    LiveFinding.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in wanted]).delete()
    if known:
        _of(obj).update(checked_at=on, title=str(obj)[:300], owner_site=site)
    LiveFinding.objects.bulk_create(
        LiveFinding(
            owner_site=site,
            object_type=obj._meta.label,
            object_id=str(obj.pk),
            title=str(obj)[:300],
            level=finding.level,
            field=finding.field,
            message=finding.message,
            topic=finding.topic,
            since=on,
            checked_at=on,
        )
        for key, finding in wanted.items()
        if key not in known
    )
    return list(_of(obj))


def _to_fix(obj, on: datetime) -> list[Finding]:
    found = obj.preflight() + outside_links.findings_in(obj, on=on)
    declared = declaration_of(obj.live_revision_id) if obj.live_revision_id else None
    return [finding for finding in found if finding.is_blocker] + unanswered(found, declared)


def _of(obj):
    return LiveFinding.objects.filter(object_type=obj._meta.label, object_id=str(obj.pk))


def remove_findings(obj, on: datetime | None = None) -> None:
    """Drop the findings of what was just approved, or is public no more (`approval.register_after_publication`)."""
    _of(obj).delete()


# --- 3. The report ---------------------------------------------------------------------------------


def sites_to_report(user) -> list[PortalSite]:
    """Return the sites whose findings a user sees: those on whose content they work."""
    return sites_worked_on(user)


def findings_for(user, slug: str = "", level: str = ""):
    """Return the findings of a user's sites, those that would stop an approval first; of one site, of one level."""
    sites = [site.pk for site in sites_to_report(user) if slug in ("", site.slug)]
    rows = LiveFinding.objects.filter(owner_site__in=sites).select_related("owner_site")
    return rows.filter(level=level) if level in ("blocker", "warning") else rows


def last_round() -> LiveRound | None:
    """Return the last look that came to its end."""
    return LiveRound.objects.exclude(finished_at=None).first()


def targets_of(rows: Iterable[LiveFinding]) -> dict[int, object]:
    """Return the page or record that each finding is about, by the finding's id; none where it is gone.

    One query a kind of content; a kind that is known no more has no target.
    """
    ids: dict[str, set[str]] = {}
    for row in rows:
        ids.setdefault(row.object_type, set()).add(row.object_id)
    found = {}
    for label, keys in ids.items():
        try:
            things = apps.get_model(label)._base_manager.filter(pk__in=keys)
        except (LookupError, ValueError):
            continue
        found |= {(label, str(thing.pk)): thing for thing in things if thing.live}
    checked = ((row.pk, found.get((row.object_type, row.object_id))) for row in rows)
    return {pk: thing for pk, thing in checked if thing is not None}
