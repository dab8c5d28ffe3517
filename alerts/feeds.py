"""The alerts of a site as a feed in Atom: those that stand now, and a mark for those that ended or left it lately."""

import uuid
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from base.models import PortalSite
from base.public.feeds.atom import MOST_ENTRIES, Entry, Feed, respond

from .contents import Content, content_of
from .models import Alert, AlertVersion

# For so long a feed says that an alert is over.
REMEMBERED = timedelta(days=30)


def site_atom(home, site: PortalSite) -> tuple[HttpResponse, list[datetime]]:
    """Return the feed of a site's alerts in the language of its home page, and when it changes by itself."""
    now, language = timezone.now(), home.locale.language_code
    here = Alert.objects.filter(Q(everywhere=True) | Q(sites=site)).distinct()
    standing = list(_with_change(here.standing(now)).prefetch_related("sites"))
    entries = [_entry(alert, language) for alert in standing if alert.starts_at <= now]
    feed = Feed(
        _("Cảnh báo – %(site)s") % {"site": site.name},
        home.full_url,
        f"{home.full_url}canh-bao/atom/",
        language,
        site.name,
        since=home.last_published_at,
    )
    turns = [moment for alert in standing for moment in (alert.starts_at, alert.ends_at)]
    gone = sorted([*_over(here, now), *_left(site, here, now)], key=itemgetter(1), reverse=True)
    return respond(feed, entries[:MOST_ENTRIES], gone[:MOST_ENTRIES]), turns


def urn_of(alert: Alert) -> str:
    """Return the id of an alert in feeds: it stays whatever the alert says and wherever it is shown."""
    return f"urn:uuid:{uuid.uuid5(alert.owner_site.home_key, f'canh-bao-{alert.pk}')}"


def ended(alerts, now: datetime):
    """Return those of some alerts that readers saw and see no longer, each with `over_at`, the latest first."""
    over = alerts.filter(Q(ended_at=None) | Q(ended_at__gt=F("starts_at")), starts_at__lte=now)
    over = over.filter(Q(ended_at__lte=now) | Q(ends_at__lte=now))
    # What no user ended was over when it was to be.
    return over.annotate(over_at=Least(Coalesce("ended_at", "ends_at"), "ends_at")).order_by("-over_at", "-pk")


def _with_change(alerts):
    newest = AlertVersion.objects.filter(alert=OuterRef("pk")).order_by("-number").values("at")[:1]
    return alerts.select_related("owner_site").annotate(changed_at=Subquery(newest)).order_by("-starts_at", "-pk")


def _entry(alert: Alert, language: str) -> Entry:
    shown = content_of(alert).drawn(language)
    return Entry(
        key=urn_of(alert),
        title=f"{shown.label}: {shown.title}",
        url=shown.url if shown.url.startswith("https://") else "",
        published_at=alert.starts_at,
        updated_at=max(alert.starts_at, alert.changed_at or alert.starts_at),
        summary=shown.text,
        category=(alert.level, shown.label),
    )


def _over(alerts, now: datetime) -> list[tuple[str, datetime]]:
    rows = ended(alerts.select_related("owner_site"), now)[:MOST_ENTRIES]
    return [(urn_of(alert), alert.over_at) for alert in rows if alert.over_at > now - REMEMBERED]


def _left(site: PortalSite, here, now: datetime) -> list[tuple[str, datetime]]:
    """Return the alerts that stood on a site until they were changed to stand elsewhere alone, and when that was."""
    elsewhere = Alert.objects.exclude(pk__in=here.values("pk")).filter(versions__at__gt=now - REMEMBERED).distinct()
    found = []
    for alert in elsewhere.select_related("owner_site").prefetch_related("versions"):
        versions = [(Content.of_data(version.values), version.at) for version in alert.versions.all()]
        left = [
            at
            for (before, _since), (after, at) in pairwise(versions)
            if _shows(before, site) and not _shows(after, site) and before.starts_at <= at
        ]
        if left and left[-1] > now - REMEMBERED:
            found.append((urn_of(alert), left[-1]))
    return found


def _shows(content: Content, site: PortalSite) -> bool:
    return content.everywhere or site.pk in content.sites
