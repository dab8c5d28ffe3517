"""What else was announced and heard in the demo: an alert that is over, what readers thought of pages, who follows."""

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone
from wagtail.models import Page

from alerts import proposing
from alerts.contents import Content
from alerts.models import Alert
from base.models import OpinionReason, PageOpinion, PortalSite
from base.sites import site_of
from sections.models import ArticlePage, SectionIndexPage
from servicecatalog.models import ServiceOffering
from subscriptions import addresses, following
from subscriptions.models import Subscriber, Subscription
from workflows.publishing import record_changes

TITLE = "Cúp nước đường ven kênh (dữ liệu minh họa)"
TEXT = "Từ 8 đến 11 giờ; xin trữ nước trước. Cảnh báo này là dữ liệu minh họa."
REASON = "Dữ liệu minh họa: đơn vị cấp nước báo lịch."
# Pages of each kind; never so few good opinions that one waits on a first screen for it.
PAGES_OF_A_KIND = 40
REASONS = (OpinionReason.Reason.MISSING, OpinionReason.Reason.UNCLEAR, OpinionReason.Reason.HARD)
FOLLOWERS = 6
CONSENT = "Đồng ý (dữ liệu minh họa)"


def fill(people: dict, site: PortalSite, now: datetime) -> None:
    """Fill it, each part once; `site`: the ward of the alert and of the followers."""
    if not Alert.objects.filter(title=TITLE).exists():
        _alert_that_is_over(people, site, now)
    if not PageOpinion.objects.exists():
        _opinions(now)
    if not Subscriber.objects.exists():
        _followers(site, now)


def _alert_that_is_over(people: dict, site: PortalSite, now: datetime) -> None:
    """By two persons it was put up, and by two ended: it is in the list of those that were, and on no page."""
    content = Content(level="info", title=TITLE, text=TEXT, ends_at=now + timedelta(hours=3), sites=(site.pk,))
    writer, second = people["cong-tac-vien.my-long"], people["pho-truong-ban"]
    change = proposing.propose(content, by=writer, on=now, reason=REASON)
    record_changes.confirm(change, by=second, on=now, digest=change.digest)
    change = proposing.propose_end(Alert.objects.get(title=TITLE), by=writer, on=now, reason=REASON)
    record_changes.confirm(change, by=second, on=now, digest=change.digest)


def _opinions(now: datetime) -> None:
    """Invent what readers thought of some articles and services, the same at every build.

    All of it today: what was said before a page was published last is not shown.
    """
    today, rows, reasons = timezone.localtime(now).date(), [], []
    for model in (ArticlePage, ServiceOffering):
        for page in Page.objects.live().type(model).order_by("path")[:PAGES_OF_A_KIND]:
            rng, site = Random(page.url_path), site_of(page)  # noqa: S311  the same demo at every build
            useful, not_useful = rng.randint(8, 36), rng.randint(0, 6)
            rows.append(PageOpinion(page=page, site=site, day=today, useful=useful, not_useful=not_useful))
            for _opinion in range(not_useful // 2):
                reasons.append(OpinionReason(page=page, reason=rng.choice(REASONS), given_at=now))
    PageOpinion.objects.bulk_create(rows)
    OpinionReason.objects.bulk_create(reasons)


def _followers(site: PortalSite, now: datetime) -> None:
    """Let people follow a ward's news by letter boxes that are nowhere, enough of them that the figures name it."""
    section = SectionIndexPage.objects.live().child_of(site.home_page()).order_by("path").first()
    things = [following.find(f"{following.SITE}-{site.pk}"), following.find(f"{following.SECTION}-{section.pk}")]
    for number in range(1, FOLLOWERS + 1):
        email = f"nguoi-theo-doi-mau-{number}@example.invalid"
        subscriber = Subscriber.objects.create(
            email=email,
            mail_digest=addresses.box_digest(email),
            domain_digest=addresses.domain_digest(email),
            word=addresses.new_word(),
            frequency=Subscriber.Frequency.WEEKLY,
            state=Subscriber.State.ACTIVE,
            consent_text=CONSENT,
            consented_at=now,
            asked_at=now,
            confirmed_at=now,
        )
        Subscription.objects.bulk_create(
            Subscription(subscriber=subscriber, followed=thing.key, asked_at=now, confirmed_at=now) for thing in things
        )
