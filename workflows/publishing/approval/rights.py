"""Who may return and approve what, asked anew for each object and person; the review that waits."""

from collections.abc import Iterable
from dataclasses import dataclass

from wagtail.models import TaskState, WorkflowState

from accounts.roles import APPROVE, REVIEW, ROLES, held_roles, owner_site
from base.models import PortalSite

from ...models import EditorialApprovalTask
from ..writing import writers, writers_of


def approving_roles(user, site: PortalSite) -> set[str]:
    """Return the roles by which a user acts for the approving body of a site.

    A ward's own roles count only where its approval is delegated; the city's board counts everywhere (Điều 20).
    """
    deciding = {site.role_sites[-1]}
    if site.approval_mode == PortalSite.Approval.DELEGATED:
        deciding.add(site.pk)
    return {role for role, site_id in held_roles(user) if site_id in deciding}


def acts_for_board(user, capability: str, site: PortalSite | None) -> bool:
    """Tell whether a user may do something for the approving body of a site; the one definition of it."""
    if site is None:
        return False
    return any(capability in ROLES[role].capabilities for role in approving_roles(user, site) if role in ROLES)


def current_state(obj) -> WorkflowState | None:
    """Return the running or returned workflow of an object, read anew."""
    return WorkflowState.objects.active().for_instance(obj).select_related("current_task_state").first()


def may_review(user, obj) -> bool:
    """Tell whether a user may take an item over and edit it while it is under review."""
    return acts_for_board(user, REVIEW, owner_site(obj))


def may_return(user, obj) -> bool:
    """Tell whether a user may return an item: a reviewer who neither wrote nor submitted it."""
    return may_review(user, obj) and user.pk not in writers(obj)


def may_approve(user, obj, state: WorkflowState | None = None) -> bool:
    """Tell whether a user may approve an object for publication.

    They act for the site's approving body, and neither saved a version since the public one nor changed a file of it
    nor submitted it; a superuser without a role may not.
    """
    return acts_for_board(user, APPROVE, owner_site(obj)) and user.pk not in writers(obj, state)


@dataclass(frozen=True)
class Rights:
    """What a person may do about an item under review; `is_writer`: they wrote it, so they may do neither."""

    is_writer: bool
    may_return: bool
    may_approve: bool


def rights_of(user, obj) -> Rights:
    """Return `may_return` and `may_approve` at once, for a screen: who wrote it is asked a single time."""
    is_writer = user.pk in writers(obj)
    return Rights(
        is_writer=is_writer,
        may_return=not is_writer and may_review(user, obj),
        may_approve=not is_writer and acts_for_board(user, APPROVE, owner_site(obj)),
    )


def may_decide(user, obj) -> bool:
    """Tell whether something of a page or record waits for a decision that a user may take."""
    if waiting_review(obj) is None:
        return False
    rights = rights_of(user, obj)
    return rights.may_return or rights.may_approve


def those_he_may_approve(user, objects: Iterable) -> list[bool]:
    """Tell of each of several pages and records whether a user may approve it; for lists and batches."""
    objects = list(objects)
    return [
        user.pk not in wrote and acts_for_board(user, APPROVE, owner_site(obj))
        for obj, wrote in zip(objects, writers_of(objects), strict=True)
    ]


def task_states_to_review(user, task):
    """Return the task states in progress that a user may review, by site."""
    if user is None or not held_roles(user):
        return TaskState.objects.none()
    sites = [site.pk for site in PortalSite.objects.all() if acts_for_board(user, REVIEW, site)]
    return TaskState.objects.filter(
        task=task,
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__workflow__site_workflow__site__in=sites,
    )


def waiting_review(obj) -> TaskState | None:
    """Return the step of the review that waits for a decision about a page or record, None when there is none."""
    state = current_state(obj)
    task_state = state.current_task_state if state and state.status == WorkflowState.STATUS_IN_PROGRESS else None
    is_review = task_state is not None and isinstance(task_state.task.specific, EditorialApprovalTask)
    return task_state if is_review else None


def is_practice(obj) -> bool:
    """Tell whether a page or record belongs to the practice site, of which nothing is ever public."""
    site = owner_site(obj)
    return site is not None and site.is_practice
