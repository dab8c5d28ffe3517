"""Who may propose and decide a take-down; the one that still waits."""

from wagtail.models import TaskState

from accounts.roles import DECIDE_TAKEDOWN, PROPOSE_TAKEDOWN, held_roles, may, owner_site
from base.models import PortalSite

from ...models import ArchivalUnpublishTaskState, TakeDown
from .. import waiting
from ..approval import acts_for_board
from ..waiting import Change, Forbids, GoesOn, Reach

TO_DECIDE_FIRST = "Trang này, hoặc một trang bên dưới, đang có đề nghị gỡ bỏ; hãy quyết định đề nghị đó trước."


def register_what_waits() -> None:
    """Say what becomes of a take-down that is undecided (`waiting`); called by `what_waits`."""
    waiting.register_waiting(
        TakeDown,
        of=undecided_on,
        release={
            Change.REMOVED: GoesOn("Who removes it at once decides the proposal by that (`removing.remove_all`)."),
            Change.MOVED: Forbids(TO_DECIDE_FIRST),
            Change.HANDED_OVER: Forbids(TO_DECIDE_FIRST),
            Change.REPLACED: GoesOn("What the head published may be what shall go."),
            Change.ENDED: GoesOn("The page stays readable; the city's board decides."),
        },
        parts=(ArchivalUnpublishTaskState,),
    )


def undecided_on(reach: Reach) -> list[TakeDown]:
    """Return the undecided take-downs of what a change reaches, the oldest first."""
    rows = TakeDown.objects.filter(state__in=TakeDown.UNDECIDED).order_by("pk")
    found = [row for record in reach.records for row in rows.of(record)]
    if reach.pages:
        of_pages = list(rows.exclude(page=None))
        inside = reach.pages_among([row.page_id for row in of_pages])
        found += [row for row in of_pages if row.page_id in inside]
    return found


def may_propose_on(user, subject) -> bool:
    """Tell whether a user may propose to take a page or record down."""
    return may(user, PROPOSE_TAKEDOWN, owner_site(subject))


def may_decide_on(user, subject) -> bool:
    """Tell whether a user may decide the undecided take-down of a page or record."""
    row = undecided(subject)
    return row is not None and may_decide(user, row)


def may_decide(user, takedown: TakeDown) -> bool:
    """Tell whether a user may decide one take-down."""
    return user.pk != takedown.proposed_by_id and acts_for_board(user, DECIDE_TAKEDOWN, takedown.site)


def task_states_to_decide(user, task):
    """Return the take-down task states in progress that a user may decide."""
    if user is None or not held_roles(user):
        return TaskState.objects.none()
    sites = [site.pk for site in PortalSite.objects.all() if acts_for_board(user, DECIDE_TAKEDOWN, site)]
    return TaskState.objects.filter(
        task=task,
        status=TaskState.STATUS_IN_PROGRESS,
        archivalunpublishtaskstate__takedown__site__in=sites,
    ).exclude(archivalunpublishtaskstate__takedown__proposed_by=user)


def undecided(subject) -> TakeDown | None:
    """Return the take-down of a page or record that still waits or is open."""
    return TakeDown.objects.of(subject).filter(state__in=TakeDown.UNDECIDED).first()
