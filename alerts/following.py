"""Alerts that follow what another room announces, and end with it: an outage of services."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from base.models import PortalSite

from . import putting
from .contents import Content, content_of
from .models import Alert
from .putting import Doing


@transaction.atomic
def follow(
    source: str, content: Content | None, *, owner: PortalSite, by, agreed_by, on: datetime, reason: str
) -> Alert | None:
    """Let the alert of a source say what it says now: raised, changed or, without a content, ended; return it.

    `source`: which thing it is, one of a kind. `by`, `agreed_by`: the two persons who published that thing, users or
    names: they have decided about its alert with it. None where there was nothing to do.
    """
    now = timezone.now()
    found = Alert.objects.select_for_update(of=("self",)).filter(source=source, ended_at=None).order_by("pk").last()
    doing = Doing(by, on, reason, agreed_by=agreed_by)
    if content is None or content.ends_at <= now:
        return putting.end(found, doing) if found is not None and not found.is_over(now) else None
    content = content.tidied()
    if found is None or found.is_over(now):
        return putting.put(content, doing, owner=owner, source=source)
    content = replace(content, starts_at=content.starts_at or found.starts_at)
    return None if content == content_of(found) else putting.change(found, content, doing)
