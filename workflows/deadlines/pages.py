"""What is due of pages, as lists of pages show it: deadlines, reviews, the hours of publication and of expiry.

1. `dues_of`: for the pages that one screen lists. 2. `pages_due`: the pages of which one thing is so, for the filter.
Both cover a person's own sites only: a list also holds the pages on the way down to them. Nothing is computed here: the
standing comes from `deadlines`, its text too (`time_left`), the days of reviews from `review_dates`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.text import Truncator
from wagtail.models import Page, Revision, TaskState, WorkflowState, get_page_models

from base import authority
from vietnam.dates import format_moment

from .. import deadlines
from ..models import Deadline, EditorialApprovalTask, ReviewDate
from ..templatetags.last_days import last_day
from ..upkeep import review_dates
from . import Standing
from .duties import REVIEW_RULE

UNDER_REVIEW, TO_REVIEW_AGAIN, SCHEDULED = "cho-duyet", "ra-soat", "hen-gio"
# What the filter offers by the standing of a deadline: key → (label, standings).
BY_STANDING: dict[str, tuple[str, frozenset[Standing]]] = {
    "qua-han": (Standing.LATE.label, frozenset({Standing.LATE, Standing.VERY_LATE})),
    "sap-den-han": (Standing.SOON.label, frozenset({Standing.SOON})),
    "con-han": (Standing.RUNNING.label, frozenset({Standing.RUNNING})),
}
CHOICES: tuple[tuple[str, str], ...] = (
    *((key, label) for key, (label, _standings) in BY_STANDING.items()),
    (UNDER_REVIEW, "Đang chờ duyệt"),
    (TO_REVIEW_AGAIN, "Đến hạn rà soát"),
    (SCHEDULED, "Đã hẹn giờ đăng"),
)
# The badge of what has no deadline.
NO_DEADLINE = "none"
# Characters of a rule's name that a narrow column has room for.
LONGEST_LABEL = 45


@dataclass(frozen=True)
class Due:
    """One thing that is due of a page: what and when; text and colour of its badge as in the work queue, or ""."""

    text: str
    badge: str = ""
    standing: str = ""


def dues_of(pages: Iterable[Page], *, by, on: date | datetime | None = None) -> dict[int, list[Due]]:
    """Return what is due of pages, by their key: deadlines first, the soonest due first.

    Pages with nothing due and pages of sites that are not the person's are left out. The number of queries is the same
    for any number of pages.
    """
    homes = tuple(authority.own_home_paths(by))
    own = {page.pk: page for page in pages if page.path.startswith(homes)}
    if not own:
        return {}
    day, keys = deadlines.local_date(on), [str(pk) for pk in own]
    reviews = {row.page_id: row for row in ReviewDate.objects.filter(page__in=list(own))}
    waiting = set(_numbers(_under_review().filter(object_id__in=keys)))
    kinds = {page.content_type_id for page in own.values()}
    of_pages = Q(content_type__in=kinds, object_id__in=keys)
    found = defaultdict(list)
    with deadlines.calendar_held() as days:
        for pk, deadline in _deadlines(of_pages, {row.pk: pk for pk, row in reviews.items()}):
            if deadline.rule.code == REVIEW_RULE:
                if pk not in waiting:
                    continue
                waiting.remove(pk)
                what = "duyệt"
            elif deadline.content_type_id == _review_kind().pk:
                reviews.pop(pk, None)
                what = "rà soát"
            else:
                what = Truncator(deadline.rule.label).chars(LONGEST_LABEL)
            text = f"{what}, hạn cuối {last_day(deadline.last_day, days)}"
            found[pk].append(Due(text, deadlines.time_left(deadline, day), deadlines.standing(deadline, day)))
        # What has no deadline: a review while the office sets no target, and the reviews that are not near.
        for pk in waiting:
            found[pk].append(Due("", "chờ duyệt", NO_DEADLINE))
        for pk, row in reviews.items():
            found[pk].append(Due(f"rà soát trước hết ngày {last_day(row.review_on, days)}"))
    for key, moment in _scheduled().filter(object_id__in=keys).values_list("object_id", "approved_go_live_at"):
        found[int(key)].append(Due(format_moment(moment), "hẹn giờ đăng", NO_DEADLINE))
    for pk, page in own.items():
        if page.live and page.expire_at:
            found[pk].append(Due(f"tự gỡ lúc {format_moment(page.expire_at)}"))
    return dict(found)


def pages_due(choice: str, *, by, on: date | datetime | None = None) -> QuerySet:
    """Return the pages of a person's own sites of which one of `CHOICES` is so on a day (today for None)."""
    own = authority.own_pages(by)
    if choice == UNDER_REVIEW:
        return own.filter(pk__in=_numbers(_under_review()))
    if choice == SCHEDULED:
        return own.filter(pk__in=_numbers(_scheduled()))
    reviews = dict(review_dates.rows_of(authority.sites_of(by), only_due=True).values_list("pk", "page_id"))
    if choice == TO_REVIEW_AGAIN:
        return own.filter(pk__in=list(reviews.values()))
    _label, standings = BY_STANDING[choice]
    kinds = ContentType.objects.get_for_models(*get_page_models()).values()
    of_own_sites = Q(site__in=authority.sites_of(by)) | Q(site=None)
    waiting, day = set(_numbers(_under_review())), deadlines.local_date(on)
    with deadlines.calendar_held():
        found = {
            pk
            for pk, deadline in _deadlines(Q(content_type__in=kinds) & of_own_sites, reviews)
            if (deadline.rule.code != REVIEW_RULE or pk in waiting) and deadlines.standing(deadline, day) in standings
        }
    return own.filter(pk__in=found)


# --- Private ---------------------------------------------------------------------------------------


def _deadlines(of_pages: Q, reviews: dict[int, int]) -> list[tuple[int, Deadline]]:
    """(key of the page, open deadline) of pages and of some of their reviews, the soonest due first."""
    kind = _review_kind()
    of_reviews = Q(content_type=kind, object_id__in=[str(pk) for pk in reviews])
    found = Deadline.objects.open().filter(of_pages | of_reviews).select_related("rule").prefetch_related("pauses")
    return [
        (reviews[int(deadline.object_id)] if deadline.content_type_id == kind.pk else int(deadline.object_id), deadline)
        for deadline in found
    ]


def _review_kind() -> ContentType:
    return ContentType.objects.get_for_model(ReviewDate)


def _under_review() -> QuerySet:
    """The running approvals of pages; a deadline may outlive one that was withdrawn, until `drop_idle_reviews`."""
    return WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        status=WorkflowState.STATUS_IN_PROGRESS,
        current_task_state__status=TaskState.STATUS_IN_PROGRESS,
        current_task_state__task__in=EditorialApprovalTask.objects.values("pk"),
    )


def _scheduled() -> QuerySet:
    """The versions of pages that are approved for a later hour."""
    return Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page), approved_go_live_at__isnull=False
    )


def _numbers(rows: QuerySet) -> list[int]:
    return [int(key) for key in rows.values_list("object_id", flat=True)]
