"""By when the standing office says something of an article that a person without an account sent (DL-ARTICLE).

The time starts with the receipt, and anew with each answer of the sender; a draft, a question to the sender, or what
ends the article meets it. The Regulation names no number (Điều 20.2): the board keeps it, and without one nothing runs.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.contenttypes.models import ContentType

from workflows import deadlines
from workflows.models import Deadline, DeadlineRule

from ..models import ContributedArticle

RULE = "DL-ARTICLE"


def start(article: ContributedArticle, since: datetime) -> None:
    """Start the time within which the office looks at an article; nothing where the board sets none."""
    rule = DeadlineRule.objects.for_event(RULE, deadlines.local_date(since))
    if rule is not None and rule.is_set:
        site = article.owner_site
        deadlines.start(article, rule, on=since, site=site, unit=site.unit, title=str(article))


def note_handled(article: ContributedArticle, on: datetime | None, by) -> None:
    """The office has said something: a draft, a question, a refusal."""
    deadlines.meet_for(article, on=on, by=by, rule=RULE)


def note_withdrawn(article: ContributedArticle, on: datetime | None) -> None:
    """The sender has taken it back: nothing is due any more."""
    deadlines.cancel_for(article, reason="Người gửi đã rút bài.", on=on, rule=RULE)


def running(articles: Iterable[ContributedArticle]) -> dict[int, tuple[Deadline, str]]:
    """Return the running deadline of each article, and what is left of it as text, by the article's key."""
    found = Deadline.objects.open().filter(
        content_type=ContentType.objects.get_for_model(ContributedArticle),
        object_id__in=[str(article.pk) for article in articles],
        rule__code=RULE,
    )
    with deadlines.calendar_held():
        return {int(row.object_id): (row, deadlines.time_left(row)) for row in found.select_related("rule")}
