"""What a take-down is of: a page with its translations and public descendants, or a record alone."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from wagtail.models import Page

from accounts.roles import owner_site
from base.locking import hold, hold_all
from base.models import PortalSite

from ...models import TakeDown
from .. import waiting
from ..waiting import Change


def reach(page) -> list:
    """Return the live pages that a take-down of `page` includes, the page itself first.

    They are the page, its public descendants, and the same in every translation. A record is alone.
    """
    if not isinstance(page, Page):
        return [page] if page.live else []
    found = {}
    for root in [page, *page.get_translations()]:
        for item in root.get_descendants(inclusive=True).live().order_by("path"):
            found.setdefault(item.pk, item)
    return list(found.values())


def translations_of(things: Iterable) -> QuerySet:
    """Return the translations, public or not, of those of some things that are Vietnamese pages: they go with them."""
    language = {"locale__language_code": settings.LANGUAGE_CODE}
    sources = Page.objects.filter(pk__in=[thing.pk for thing in things if isinstance(thing, Page)], **language)
    return Page.objects.filter(translation_key__in=sources.values("translation_key")).exclude(**language)


def specific_of(subject):
    return subject.specific if isinstance(subject, Page) else subject


def key_of(subject) -> dict:
    """What a row keeps of its page (with its address) or record."""
    if isinstance(subject, Page):
        return {"page_id": subject.pk, "old_url_path": subject.url_path, "old_slug": subject.slug}
    return {"object_type": subject._meta.label, "object_id": str(subject.pk)}


def held(takedown: TakeDown) -> TakeDown:
    """Read a take-down anew, under a lock that holds its page or record, and what waits on it, as well.

    A source is held with its translations, which go with it; a translation alone.
    """
    things = [takedown.subject, *translations_of([takedown.subject])]
    waiting.hold(things, Change.REMOVED)
    hold_all(things)
    return TakeDown.objects.select_for_update().get(pk=takedown.pk)


def sites_showing(page) -> list[PortalSite]:
    """The sites on whose pages this one may be listed: its own, and all component sites when it is the city's."""
    site = owner_site(page)
    if site is None:
        return []
    if site.is_city:
        return list(PortalSite.objects.all())
    return [site, *PortalSite.objects.filter(pk=site.parent_id)]


def hold_with_waiting(page):
    """Lock a page, and before it what waits on it, or on what goes with it (`waiting.hold`); return it as it is now."""
    waiting.hold([page, *page.get_translations()], Change.REMOVED)
    hold_all([page, *translations_of([page])])
    return hold(page)


def is_home(page) -> bool:
    return PortalSite.objects.filter(home_key=page.translation_key).exists()
