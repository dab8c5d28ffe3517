"""What waits on a thing: each kind of approval says what becomes of it when the thing goes, moves or ends.

An approval that waits is a claim on the future: two persons agree to one version, at one place. So:

1. A room registers its kinds when it is ready (`register_waiting`): which rows wait on some pages and records, or on a
   site, and for every `Change` what becomes of one: a function ends it, with the reason and a notice to its people; it
   goes on (`GoesOn`, with why it may); or it forbids the change (`Forbids`, with what to do first).
2. An action that changes a thing calls `hold` before it locks the thing, `demand_allowed` before it changes it, and
   `release` with what waits (`on_things`, `on_site`). It knows no kind by name.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from django.db.models import Model, QuerySet
from django.utils import timezone
from wagtail.models import Page

from base.gate import Refused
from base.models import PortalSite
from base.operations.notices import notify


class Change(Enum):
    """What an action does to a thing on which an approval may wait."""

    # It leaves public view: by two persons, at its end date, or by the head alone.
    REMOVED = "removed"
    # It stands elsewhere.
    MOVED = "moved"
    # A draft stands on the site that follows its own.
    HANDED_OVER = "handed over"
    # The head alone made a version of it public.
    REPLACED = "replaced"
    # It is a site, or a unit, that ended.
    ENDED = "ended"


@dataclass(frozen=True)
class GoesOn:
    """What waits is not ended by a change; `why` it may go on."""

    why: str


@dataclass(frozen=True)
class Forbids:
    """While it waits, the change is refused; `message` says what to do first."""

    message: str


class Reach:
    """The pages and records that a change reaches; with the pages below them, unless it leaves these where they are."""

    def __init__(self, things: Iterable, *, with_below: bool = True):
        things = list(things)
        self.pages = [thing for thing in things if isinstance(thing, Page)]
        self.records = [thing for thing in things if not isinstance(thing, Page)]
        self.with_below = with_below

    def pages_among(self, keys: Iterable) -> set[int]:
        """Return those of some keys of pages that it reaches: one query, none where it reaches no page."""
        own = {page.pk for page in self.pages}
        if not self.with_below or not own:
            return own & set(map(int, keys))
        paths = tuple(page.path for page in self.pages)
        rows = Page.objects.filter(pk__in=set(keys)).values_list("pk", "path")
        return {pk for pk, path in rows if path.startswith(paths)}


@dataclass(frozen=True)
class Happening:
    """What has happened to what something waits on.

    `reason`: a sentence for the people of it. `site`: the one on which the things were, or that ended by `legal_act`.
    `by_two`: two persons decided it. `by` is None for what the portal does at its hour.
    """

    change: Change
    reason: str
    by: object
    on: datetime
    reach: Reach
    site: PortalSite | None = None
    legal_act: str = ""
    by_two: bool = False


Answer = Callable[[Model, Happening], object] | GoesOn | Forbids


@dataclass(frozen=True)
class Kind:
    """One kind of approval that waits, named by the `model` whose rows do.

    `of(reach)`, `of_site(site)`: those that wait on some things, or that end with a site. `release`:
    for every `Change` what becomes of one. `parts`: further models that say what it is about. `is_held_first`: its
    approval locks it before its pages, so does what ends it. `waits(row)`: it waits for a decision or an hour; of what
    is only told of a change it is not true. `versions()`: the versions whose files stay as they are meanwhile, where
    no workflow and no hour says so (`declared_files`).
    """

    model: type[Model]
    of: Callable[[Reach], Iterable[Model]]
    release: Mapping[Change, Answer]
    of_site: Callable[[PortalSite], Iterable[Model]] | None = None
    parts: tuple[type[Model], ...] = ()
    is_held_first: bool = False
    waits: Callable[[Model], bool] = field(default=lambda row: True)
    versions: Callable[[], QuerySet | list[int]] | None = None


class Waiting(NamedTuple):
    """One approval that waits: its kind and its row."""

    kind: Kind
    row: Model


_kinds: dict[str, Kind] = {}


def register_waiting(model: type[Model], **answers) -> None:
    """Say what of a model waits on things, and what becomes of it (`Kind`); ValueError where a change has no answer."""
    kind = Kind(model, **answers)
    if lacking := [change.name for change in Change if change not in kind.release]:
        raise ValueError(f"{model._meta.label} does not say what becomes of it: {', '.join(lacking)}.")
    _kinds[model._meta.label] = kind


def registered_kinds() -> list[Kind]:
    """Return the kinds in the order in which their rows are locked and released."""
    return list(_kinds.values())


# --- What waits ------------------------------------------------------------------------------------


def on_things(things: Iterable, *, with_below: bool = True) -> list[Waiting]:
    """Return what waits on pages, on pages below them, and on records."""
    return _on(Reach(things, with_below=with_below))


def on_site(site: PortalSite) -> list[Waiting]:
    """Return what ends with a site; asked before anything of it moves."""
    return [Waiting(kind, row) for kind in registered_kinds() if kind.of_site for row in kind.of_site(site)]


def count_ended(things: Iterable, change: Change) -> int:
    """Return how many approvals a change of some things would end; for the screen that asks."""
    return sum(callable(kind.release[change]) and kind.waits(row) for kind, row in on_things(things))


def versions() -> list[QuerySet | list[int]]:
    """Return the ids of the versions that wait, a list or a queryset of one column a kind."""
    return [kind.versions() for kind in registered_kinds() if kind.versions is not None]


def _on(reach: Reach) -> list[Waiting]:
    return [Waiting(kind, row) for kind in registered_kinds() for row in kind.of(reach)]


# --- What an action does ---------------------------------------------------------------------------


def hold(things: Iterable, change: Change, *, with_below: bool = True) -> None:
    """Lock what a change would end and what its own approval locks first; called before the things are locked.

    So of an approval and a removal at once the second waits for the first, and sees what it did.
    """
    reach = Reach(things, with_below=with_below)
    for kind in registered_kinds():
        is_ended = kind.is_held_first and callable(kind.release[change])
        if is_ended and (keys := [row.pk for row in kind.of(reach)]):
            rows = kind.model._base_manager.filter(pk__in=keys).order_by("pk")
            list(rows.select_for_update(of=("self",)).values_list("pk"))


def demand_allowed(things: Iterable, change: Change) -> None:
    """Raise Refused while something waits on the things that forbids a change of them."""
    reach = Reach(things)
    for kind in registered_kinds():
        answer = kind.release[change]
        if isinstance(answer, Forbids) and next(iter(kind.of(reach)), None) is not None:
            raise Refused(answer.message)


def release(
    found: Iterable[Waiting],
    change: Change,
    *,
    reason: str,
    by=None,
    on: datetime | None = None,
    reach: Reach | None = None,
    site: PortalSite | None = None,
    legal_act: str = "",
    by_two: bool = False,
) -> None:
    """Let what was found to wait end, each in the way of its kind, or go on; the arguments are those of `Happening`.

    Called by the action that changed the things or ended the site, which has checked who may.
    """
    happening = Happening(change, reason, by, on or timezone.now(), reach or Reach(()), site, legal_act, by_two)
    for kind, row in found:
        answer = kind.release[change]
        if isinstance(answer, Forbids):
            raise Refused(answer.message)
        if callable(answer):
            answer(row, happening)


def release_on(
    things: Iterable, change: Change, *, with_below: bool = True, without: Model | None = None, **happening
) -> None:
    """`release` what waits on things now; `happening`: what `release` takes beside them.

    `without`: the approval by which the change came.
    """
    reach = Reach(things, with_below=with_below)
    found = [waiting for waiting in _on(reach) if waiting.row != without]
    release(found, change, reach=reach, **happening)


def tell(people: Iterable, what: str, title: str, reason: str, *, address: str = "") -> None:
    """Tell those of a thing that waited that it does no longer, and why.

    `what`: the kind with a capital («Bản gửi duyệt»), `address`: where it can be seen to, below the portal's.
    """
    recipients = {user.pk: user for user in people if user is not None and user.is_active}
    context = {"what": what, "title": title, "reason": reason, "address": address}
    notify(recipients.values(), "waiting_ended", context)
