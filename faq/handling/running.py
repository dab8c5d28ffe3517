"""The deadlines of a question: the asker's, the unit's own inside it, those for telling who is out of scope and for
opening it at all: by whom it was received, then by the unit it was given to."""

from datetime import date, datetime

from base.models import OrganisationUnit, PortalSite
from workflows import deadlines
from workflows.models import Deadline, DeadlineRule

from ..models import Question

ANSWER, REJECT, UNITS_SHARE, PROMISED = "DL-QA-ANSWER", "DL-QA-REJECT", "DL-QA-SUB", "DL-QA-PROMISED"
ACCEPT = "DL-QA-ACCEPT"
# Those by which the asker waits, and those of the steps on the way to the answer.
DEADLINES = (ANSWER, PROMISED)
STEPS = (ACCEPT, REJECT, UNITS_SHARE)


def running_deadline(question: Question) -> Deadline | None:
    """Return the asker's running deadline: the 15 days, or the day that was promised; None once answered."""
    found = Deadline.objects.for_subject(question).open().filter(rule__code__in=DEADLINES).select_related("rule")
    return found.order_by("-pk").first()


def start_answer_deadline(question: Question, since: datetime, by) -> None:
    """Start the 15 working days by which the asker waits."""
    site = question.owner_site
    deadlines.start(question, ANSWER, on=since, by=by, site=site, unit=question.unit or site.unit, title=str(question))


def start_units_deadline(question: Question, since: date | datetime, by) -> None:
    """Start the unit's own deadline from the same day as the asker's."""
    deadlines.start(
        question,
        UNITS_SHARE,
        on=since,
        by=by,
        site=question.owner_site,
        unit=question.unit,
        title=f"{question}: đơn vị soạn trả lời",
    )


def start_acceptance(question: Question, since: date | datetime, by) -> None:
    """Start the time within which a person opens the question where it is now; nothing where the board sets none."""
    rule = DeadlineRule.objects.for_event(ACCEPT, deadlines.local_date(since))
    if rule is None or not rule.is_set:
        return
    site = question.owner_site
    title = f"{question}: mở xem, nhận xử lý"
    deadlines.start(question, rule, on=since, by=by, site=site, unit=question.unit or site.unit, title=title)


def note_accepted(question: Question, on: date | datetime | None, by) -> None:
    """A person has opened the question and does something about it."""
    deadlines.meet_for(question, on=on, by=by, rule=ACCEPT)


def give_to(question: Question, unit: OrganisationUnit, *, site: PortalSite | None = None) -> None:
    """Set who acts on the asker's deadlines; they run on. Without `site`, it stays the one it is."""
    of_site = {"site": site} if site is not None else {}
    moved = Deadline.objects.for_subject(question).open().filter(rule__code__in=(*DEADLINES, ACCEPT))
    moved.update(unit=unit, **of_site)
