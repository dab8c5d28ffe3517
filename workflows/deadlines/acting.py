"""Who must act on what is due: the user who has it in hand, else the people of the site whose role it is.

A page or document waits for the author of its newest version; a review for those who may decide it; everything else
for the holders of the capability that the rule names (`DeadlineRule.acting`), the site's own people before the city's.
Rooms above say for their own records who has them in hand, and where they are: `register_subject`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from wagtail.models import Revision, RevisionMixin

from accounts.models import Appointment, User
from accounts.roles import APPROVE, DECIDE_TAKEDOWN, ROLES, WRITE, holders, may
from base.models import PortalSite
from base.sites import city_site

from ..models import Deadline, TakeDown
from ..publishing.approval import acts_for_board
from ..publishing.writing import writers_of
from .duties import REVIEW_RULE

BY_BOARD = frozenset({APPROVE, DECIDE_TAKEDOWN})
# The duty of a section is that of all who write for the site, not of the user who once made its page.
FRESH_RULE = "DL-FRESH"


@dataclass(frozen=True)
class Subject:
    """What a room says of its records: who has them in hand (see `register_subject`), their address in the admin.

    `climbs_to`: the capability whose holders on the site hear of what is late, "" for no user before it is very late.
    """

    people: Callable[[list[Deadline]], dict[int, list[User]]] | None = None
    address: Callable[[object], str] | None = None
    climbs_to: str = ""


_subjects: dict[str, Subject] = {}


def register_subject(label: str, *, people=None, address=None, climbs_to: str = "") -> None:
    """Register who must act on a deadline of a model's records ("faq.Question"), and where that record is.

    `people(deadlines)` returns the users who have the record of each deadline in hand, by the deadline's id; where it
    names none, the people of the rule must act. `address(record)` returns an address of the administration. What is
    late is told to the holders of `climbs_to` on the site too. Called once, from a room's `AppConfig.ready`.
    """
    _subjects[label] = Subject(people, address, climbs_to)


def subject_of(deadline: Deadline) -> Subject:
    """Return what a room registered for the records this deadline belongs to."""
    known = deadline.content_type.model_class()
    return _subjects.get(known._meta.label, Subject()) if known else Subject()


class Actors:
    """Tell who must act on each of many deadlines, with few queries.

    The deadlines come with `rule`, `site` and `content_type`; only reviews load what they are about.
    """

    def __init__(self, deadlines: Iterable[Deadline]):
        self._holders: dict[tuple[str, int], list[User]] = {}
        deadline_rows = list(deadlines)
        self._authors = _authors_of(deadline_rows)
        self._proposers = _facts(deadline_rows, TakeDown, "proposed_by_id")
        self._in_hand = _in_hand(deadline_rows)
        self._wrote = _writers_of([deadline for deadline in deadline_rows if deadline.rule.code == REVIEW_RULE])

    def of(self, deadline: Deadline) -> list[User]:
        """Return the active users who must act on a deadline; [] when a site has no user for it."""
        if deadline.pk in self._in_hand:
            return self._in_hand[deadline.pk]
        site = deadline.site or city_site()
        if site is None:
            return []
        if deadline.rule.code == REVIEW_RULE:
            wrote = self._wrote.get(deadline.pk, set())
            return [user for user in self.holders(APPROVE, site) if user.pk not in wrote]
        if deadline.rule.acting == WRITE and deadline.rule.code != FRESH_RULE:
            author = self._authors.get(deadline.pk)
            if author is not None and may(author, WRITE, site):
                return [author]
        people = self.holders(deadline.rule.acting, site)
        return [user for user in people if user.pk != self._proposers.get(deadline.pk)]

    def holders(self, capability: str, site: PortalSite) -> list[User]:
        """The users whose role it is on a site: its own people, else those of the city; read once."""
        key = (capability, site.pk)
        if key not in self._holders:
            self._holders[key] = _holders(capability, site)
        return self._holders[key]


def _in_hand(deadline_rows: list[Deadline]) -> dict[int, list[User]]:
    """Who has the records of some deadlines in hand, by the deadline's id; each room is asked once."""
    asked: dict[Callable, list[Deadline]] = {}
    for deadline in deadline_rows:
        if (people := subject_of(deadline).people) is not None:
            asked.setdefault(people, []).append(deadline)
    return {pk: list(users) for people, some in asked.items() for pk, users in people(some).items()}


def people_at(capability: str, site: PortalSite) -> list[User]:
    """Return the active users whose work something is on a site: its own people, else those of the city."""
    return _holders(capability, site)


def people_of(deadline_rows: list[Deadline]) -> dict[int, User]:
    """Return whose work each deadline is or was, by its id: who has the record in hand, else the author of its newest
    version; none where that is more than one person, or all who write for the site (DL-FRESH).
    """
    found = _authors_of([deadline for deadline in deadline_rows if deadline.rule.code not in (FRESH_RULE, REVIEW_RULE)])
    in_hand = _in_hand(deadline_rows)
    return found | {pk: users[0] for pk, users in in_hand.items() if len(users) == 1}


def _authors_of(deadline_rows: list[Deadline]) -> dict[int, User]:
    """The author of the newest version of each deadline's page or document, where they are still active."""
    newest = _facts(deadline_rows, RevisionMixin, "latest_revision_id")
    wrote = dict(Revision.objects.filter(pk__in=newest.values()).values_list("pk", "user_id"))
    users = User.objects.filter(is_active=True).in_bulk({pk for pk in wrote.values() if pk})
    found = {pk: users.get(wrote.get(revision)) for pk, revision in newest.items()}
    return {pk: user for pk, user in found.items() if user}


def _writers_of(deadline_rows: list[Deadline]) -> dict[int, set[int]]:
    """Who wrote what each deadline of a review is about, by the deadline's id."""
    subjects = {}
    for deadline in deadline_rows:
        subjects.setdefault(deadline.content_type.model_class(), {}).setdefault(deadline.object_id, []).append(
            deadline.pk
        )
    found = {}
    for model, of_object in subjects.items():
        if model is not None and issubclass(model, RevisionMixin):
            objects = list(model._base_manager.filter(pk__in=list(of_object)))
            for obj, wrote in zip(objects, writers_of(objects), strict=True):
                found |= dict.fromkeys(of_object[str(obj.pk)], wrote)
    return found


def _facts(deadline_rows: list[Deadline], kind: type, field: str) -> dict[int, int]:
    """One column of the records of one kind that deadlines are about, by the deadline's id; empty values left out."""
    by_type: dict[type, dict[str, list[int]]] = {}
    for deadline in deadline_rows:
        model = deadline.content_type.model_class()
        if model is not None and issubclass(model, kind):
            by_type.setdefault(model, {}).setdefault(deadline.object_id, []).append(deadline.pk)
    found = {}
    for model, ids in by_type.items():
        for pk, value in model._base_manager.filter(pk__in=list(ids)).values_list("pk", field):
            found |= {deadline: value for deadline in ids[str(pk)] if value}
    return found


def _holders(capability: str, site: PortalSite) -> list[User]:
    if capability in BY_BOARD:
        return [user for user in holders(capability, site) if acts_for_board(user, capability, site)]
    roles = [role.key for role in ROLES.values() if capability in role.capabilities]
    at = partial(
        User.objects.filter,
        is_active=True,
        appointments__state=Appointment.State.IN_FORCE,
        appointments__role__in=roles,
    )
    own = list(at(appointments__site=site).distinct().order_by("pk"))
    return own or list(holders(capability, site))
