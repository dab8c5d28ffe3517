"""Who wrote: the users who saved a version since the public one, changed a file that it shows, or submitted it.

`writers_of` asks for many pages and records with as many queries as for one; `writers` for a single one.
"""

from collections.abc import Iterable
from datetime import datetime

from wagtail.models import Revision, TaskState, WorkflowState

from ..archive import copies
from ..models import Declaration
from . import declared_files


def writers(obj, state: WorkflowState | None = None) -> set[int]:
    """Return the ids of users who saved a version since the one that is public, changed a file that it shows, or
    submitted one of these versions, taken back since or not.

    Of what was taken down it is the version that was public until then. `state` is the workflow to look at; by default
    the running or returned one.
    """
    return writers_of([obj], states=[state])[0]


def writers_of(objects: Iterable, states: Iterable[WorkflowState | None] = ()) -> list[set[int]]:
    """Return the same for each of several pages (each as its specific type) and records, in their order."""
    objects = list(objects)
    saved = _saved_since_public(objects)
    people = [{user for _, _, user in rows} for rows in saved]
    begun = [min((moment for _, moment, _ in rows), default=None) for rows in saved]
    for wrote, edited in zip(people, declared_files.editors_of(zip(objects, begun, strict=True)), strict=True):
        wrote |= edited
    versions = [{pk for pk, _, _ in rows} for rows in saved]
    for wrote, submitted in zip(people, _submitters(objects, list(states), versions), strict=True):
        wrote |= submitted
    return [wrote - {None} for wrote in people]


def _saved_since_public(objects: list) -> list[list[tuple[int, datetime, int | None]]]:
    """The versions of each since the public one: (number, saved at, by whom)."""
    former = copies.last_public_versions(objects)
    public = [getattr(obj, "live_revision_id", None) or before for obj, before in zip(objects, former, strict=True)]
    saved_at = dict(Revision.objects.filter(pk__in=[pk for pk in public if pk]).values_list("pk", "created_at"))
    since = [saved_at.get(pk) for pk in public]
    versions: dict[tuple[int, str], list] = {}
    for type_id, keys in _by_base_type(objects).items():
        rows = Revision.objects.filter(base_content_type_id=type_id, object_id__in=keys)
        if objects and None not in since:
            rows = rows.filter(created_at__gt=min(since))
        for key, *row in rows.values_list("object_id", "pk", "created_at", "user_id"):
            versions.setdefault((type_id, key), []).append(tuple(row))
    return [
        [row for row in versions.get(_key_of(obj), []) if begun is None or row[1] > begun]
        for obj, begun in zip(objects, since, strict=True)
    ]


def _submitters(objects: list, given: list[WorkflowState | None], versions: list[set[int]]) -> list[set[int | None]]:
    """Who asked for the review of each, and declared one of its versions accurate.

    `versions`: of each those since the public one. One that was submitted and taken back was declared as well.
    """
    running: dict[tuple[int, str], WorkflowState] = {}
    asked = [obj for place, obj in enumerate(objects) if place >= len(given) or given[place] is None]
    for type_id, keys in _by_base_type(asked).items():
        found = WorkflowState.objects.active().filter(base_content_type_id=type_id, object_id__in=keys)
        for state in found.order_by("-pk"):
            running[type_id, state.object_id] = state
    states = [
        (given[place] if place < len(given) else None) or running.get(_key_of(obj)) for place, obj in enumerate(objects)
    ]
    looked_at = [set(pks) for pks in versions]
    if any(states):
        steps = TaskState.objects.filter(workflow_state__in=[state.pk for state in states if state])
        of_state: dict[int, set[int]] = {}
        for state_id, revision_id in steps.values_list("workflow_state_id", "revision_id"):
            of_state.setdefault(state_id, set()).add(revision_id)
        for pks, state in zip(looked_at, states, strict=True):
            pks |= of_state.get(state.pk, set()) if state else set()
    wanted = set().union(*looked_at) - {None}
    rows = Declaration.objects.filter(revision_id__in=wanted).values_list("revision_id", "declared_by_id")
    declared: dict[int, set[int]] = {}
    for revision_id, user_id in rows if wanted else ():
        declared.setdefault(revision_id, set()).add(user_id)
    return [
        {state.requested_by_id if state else None}.union(*(declared.get(pk, set()) for pk in pks))
        for state, pks in zip(states, looked_at, strict=True)
    ]


def _by_base_type(objects: list) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for obj in objects:
        type_id, key = _key_of(obj)
        found.setdefault(type_id, []).append(key)
    return found


def _key_of(obj) -> tuple[int, str]:
    return obj.get_base_content_type().pk, str(obj.pk)
