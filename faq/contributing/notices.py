"""What the sender of an article is told by mail; written into the outbox with the step that causes it.

Senders without a mail address read the same on the tracking page. No mail holds what the sender wrote.
"""

from base.operations.notices import notify

from ..models import ContributedArticle, ContributionMessage, QuestionsPage

SENDING, TRACKING = "gui-bai/", "gui-bai/theo-doi/"


def tracking_url(article: ContributedArticle) -> str:
    """Return the address where the article can be followed; without the secret."""
    home = article.owner_site.home_page()
    page = QuestionsPage.objects.live().child_of(home).first() if home is not None else None
    address = page.full_url if page is not None else ""
    return f"{address}{TRACKING}" if address else ""


def acknowledge(article: ContributedArticle) -> None:
    """Say that the article was received: number, secret, where it can be followed."""
    _tell(article, "contribution_received")


def tell_asked(article: ContributedArticle, message: ContributionMessage) -> None:
    """Say what the standing office asks."""
    _tell(article, "contribution_asked", message=message)


def tell_declined(article: ContributedArticle) -> None:
    """Say why the article is not used."""
    _tell(article, "contribution_declined")


def tell_published(article: ContributedArticle) -> None:
    """Say that the article is public, and where."""
    _tell(article, "contribution_published", page_url=article.page.full_url or "")


def _tell(article: ContributedArticle, kind: str, **context) -> None:
    if not article.contact.purged_at:
        context |= {"article": article, "url": tracking_url(article), "site": article.owner_site}
        notify(article.contact, kind, context, language=article.language_code)
