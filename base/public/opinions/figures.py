"""What readers said of pages: how many found one useful, why others did not, and how long that is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from wagtail.models import Page

from ...figures import share
from ...models import OpinionReason, PageOpinion

# What readers add in their own words may name a person; it goes after half a year, the counts stay.
TEXT_DAYS = 180
# What is told of a page is what was said in this time and since its last publication.
DAYS = 90
# From this number of opinions on a page is worth a look, when fewer than this share (per cent) found it useful.
FEWEST, LOW_SHARE = 10, 50


@dataclass
class Opinions:
    """What was said of one page; `reasons`: [(reason, count)], the most frequent first."""

    useful: int = 0
    not_useful: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)

    @property
    def answers(self) -> int:
        return self.useful + self.not_useful

    @property
    def share(self) -> int | None:
        """The share that found the page useful, in per cent; None while too few said anything."""
        return share(self.useful, self.answers) if self.answers >= FEWEST else None

    @property
    def is_low(self) -> bool:
        """Whether the page is worth a look."""
        return self.share is not None and self.share < LOW_SHARE


def counts(page: Page) -> tuple[int, int]:
    """Return how many found a page useful, and how many did not, ever."""
    found = PageOpinion.objects.filter(page=page.pk).aggregate(useful=Sum("useful"), not_useful=Sum("not_useful"))
    return found["useful"] or 0, found["not_useful"] or 0


def lately(on: date) -> QuerySet:
    """Return the opinions that count now: of the last days, and since the day of each page's last publication."""
    return PageOpinion.objects.filter(
        Q(page__last_published_at=None) | Q(day__gte=F("page__last_published_at__date")),
        day__gt=on - timedelta(days=DAYS),
        page__live=True,
    )


def low_pages(sites: Iterable[int], on: date) -> QuerySet:
    """Return the keys of the public pages of some sites that too few find useful."""
    sums = lately(on).filter(site__in=sites).order_by().values("page").annotate(yes=Sum("useful"), no=Sum("not_useful"))
    is_low = Q(no__gte=FEWEST - F("yes"), no__gt=F("yes") * (100 - LOW_SHARE) / LOW_SHARE)
    return sums.filter(is_low).values("page")


def of_pages(pages: Iterable[int], on: date) -> dict[int, Opinions]:
    """Return what was lately said of some pages, by their keys; two queries."""
    keys = list(pages)
    found = {key: Opinions() for key in keys}
    sums = lately(on).filter(page__in=keys).order_by().values("page").annotate(yes=Sum("useful"), no=Sum("not_useful"))
    for row in sums:
        found[row["page"]].useful, found[row["page"]].not_useful = row["yes"], row["no"]
    labels = dict(OpinionReason.Reason.choices)
    reasons = OpinionReason.objects.filter(page__in=keys, given_at__date__gt=on - timedelta(days=DAYS))
    for row in reasons.order_by().values("page", "reason").annotate(count=Count("pk")).order_by("-count", "reason"):
        found[row["page"]].reasons.append((labels[row["reason"]], row["count"]))
    return found


def purge(*, on: datetime) -> int:
    """Empty what readers added in their own words `TEXT_DAYS` ago; return how many texts went."""
    old = OpinionReason.objects.filter(given_at__lt=on - timedelta(days=TEXT_DAYS), has_text=True)
    return old.update(text="", has_text=False)
