"""How the demo was read, its services used and its pages liked, who follows it; an alert that is over.

Invented counts of the last fourteen months, the same at every build.

They stand on illustrative services and pages only; the pages that show them say so ("Số liệu minh họa").
"""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone
from wagtail.models import Page

from alerts import proposing
from alerts.contents import Content
from alerts.models import Alert
from base.figures import last_months
from base.models import OpinionReason, PageOpinion, PortalSite, SiteVisits, VisitCount
from base.public.usage import visits
from base.sites import site_of
from sections.models import ArticlePage, SectionIndexPage
from servicecatalog.models import Satisfaction, ServiceOffering, UsageCount
from subscriptions import addresses, following
from subscriptions.models import Subscriber, Subscription
from workflows.publishing import record_changes

DAYS = 425
# Of a hundred views, how many more uses follow: downloads, visits to where dossiers are submitted, views of a guide.
SHARES = ((UsageCount.Kind.DOWNLOAD, 14), (UsageCount.Kind.OUTGOING, 9), (UsageCount.Kind.GUIDE, 5))
# Of a hundred who say something: very satisfied, satisfied, not.
ANSWERS = ((Satisfaction.Step.VERY, 46), (Satisfaction.Step.SATISFIED, 41), (Satisfaction.Step.NOT, 13))
VIEWS_A_WEEK = 30
# Weeks of which the visits of each page are known; months before them, by site.
WEEKS_OF_PAGES, MONTHS_OF_SITES = 5, 14
ALERT = "Cúp nước đường ven kênh (dữ liệu minh họa)"
ALERT_TEXT = "Từ 8 đến 11 giờ; xin trữ nước trước. Cảnh báo này là dữ liệu minh họa."
ALERT_REASON = "Dữ liệu minh họa: đơn vị cấp nước báo lịch."
# Pages of each kind; never so few good opinions that one waits on a first screen for it.
PAGES_OF_A_KIND = 40
REASONS = (OpinionReason.Reason.MISSING, OpinionReason.Reason.UNCLEAR, OpinionReason.Reason.HARD)
FOLLOWERS = 6
CONSENT = "Đồng ý (dữ liệu minh họa)"


def count_all(today: date) -> int:
    """Invent the counts of every illustrative service up to the day before `today`; return how many rows were made.

    One row a service, kind and week (on its Wednesday): enough for months, a seventh of the rows. Does nothing when
    anything was counted already.
    """
    pages = list(ServiceOffering.objects.filter(is_illustrative=True).order_by("path").values_list("pk", "procedure"))
    if not pages or UsageCount.objects.exists():
        return 0
    uses, answers = [], []
    for place, (page, procedure) in enumerate(pages):
        rng = Random(f"{procedure} {place}")  # noqa: S311  the same demo at every build
        liked = 0.3 + Random(procedure).random() * 2  # noqa: S311
        for back in range(DAYS, 3, -7):
            day = today - timedelta(days=back)
            day += timedelta(days=2 - day.weekday())
            # Fewer at the new year's holidays, a little more every month.
            season = 0.4 if (day.month, day.day) < (2, 20) and day.month == 2 else 1.4 - back / DAYS / 2
            views = round(VIEWS_A_WEEK * liked * season * (0.7 + 0.6 * rng.random()))
            uses.append(UsageCount(page_id=page, day=day, kind=UsageCount.Kind.VIEW, count=max(1, views)))
            for kind, share in SHARES:
                if number := sum(rng.random() * 100 < share for _ in range(views)):
                    uses.append(UsageCount(page_id=page, day=day, kind=kind, count=number))
            for step, share in ANSWERS:
                if number := sum(rng.random() * 100 < share for _ in range(views // 25)):
                    answers.append(Satisfaction(page_id=page, day=day, step=step, count=number))
    UsageCount.objects.bulk_create(uses, batch_size=1000)
    Satisfaction.objects.bulk_create(answers, batch_size=1000)
    return len(uses) + len(answers)


def visit_all(now: datetime) -> int:
    """Invent how often the demo's pages were read up to the day before `now`; return how many rows were made.

    One row a page and week, and the months before by site. Does nothing when anything was counted already.
    """
    if VisitCount.objects.exists():
        return 0
    today = timezone.localtime(now).date()
    rows = []
    for page, depth in Page.objects.live().filter(depth__gt=1).order_by("path").values_list("pk", "depth"):
        # The higher a page stands, the more readers pass it.
        rng, liked = Random(page), 120 / depth**2  # noqa: S311  the same demo at every build
        for week in range(WEEKS_OF_PAGES):
            day = today - timedelta(days=1 + 7 * week)
            rows.append(VisitCount(page_id=page, day=day, count=1 + round(liked * 2 * rng.random())))
    VisitCount.objects.bulk_create(rows, batch_size=1000)
    visits.count_up(on=now)
    return len(rows) + _earlier(now, today)


def _earlier(now: datetime, today: date) -> int:
    of_site = Counter(dict(SiteVisits.objects.order_by().values_list("site", "count")))
    rows = []
    for site in PortalSite.objects.filter(pk__in=of_site).order_by("pk"):
        rng = Random(site.slug)  # noqa: S311
        for place, month in enumerate(last_months(today, MONTHS_OF_SITES)[:-1]):
            count = round(of_site[site.pk] * (0.6 + place / MONTHS_OF_SITES) * (0.8 + 0.4 * rng.random()))
            rows.append(SiteVisits(site=site, month=month, count=count, counted_at=now))
    SiteVisits.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def hear_all(people: dict, site: PortalSite, now: datetime) -> None:
    """Let an alert be over, readers say what they think of pages, people follow a ward (`site`); each part once."""
    if not Alert.objects.filter(title=ALERT).exists():
        _alert_that_is_over(people, site, now)
    if not PageOpinion.objects.exists():
        _opinions(now)
    if not Subscriber.objects.exists():
        _followers(site, now)


def _alert_that_is_over(people: dict, site: PortalSite, now: datetime) -> None:
    """By two persons it was put up, and by two ended three hours later: it is among those that were, and on no page."""
    began = now - timedelta(hours=3)
    content = Content(level="info", title=ALERT, text=ALERT_TEXT, ends_at=now + timedelta(hours=3), sites=(site.pk,))
    writer, second = people["cong-tac-vien.my-long"], people["pho-truong-ban"]
    change = proposing.propose(content, by=writer, on=began, reason=ALERT_REASON)
    record_changes.confirm(change, by=second, on=began, digest=change.digest)
    change = proposing.propose_end(Alert.objects.get(title=ALERT), by=writer, on=now, reason=ALERT_REASON)
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
