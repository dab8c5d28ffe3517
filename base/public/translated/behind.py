"""Which translations are behind their source for longer than the office allows: the frame says so above them.

The rows are written by `workflows/translations/marks.py`. Only a translation asks for them, all of its site at once;
they are kept until the site changes, as a source changes by a publication.
"""

from datetime import date

from django.utils import timezone

from ...models.site import PortalSite
from ...models.translation import TranslationMark
from ..site_cache import remembered


def changed_on(page, site: PortalSite, request) -> date | None:
    """Return since when the source of a translation says something else, once readers are to know; else None."""
    late = remembered(request, ("late translations", site.pk), lambda: _late(site), [site.pk])
    since, late_from = late.get(page.pk, (None, None))
    return since if late_from is not None and late_from <= timezone.localdate() else None


def _late(site: PortalSite) -> dict[int, tuple[date, date]]:
    """What readers of a site's translations are told, or will be: (changed on, told from) by the key of the page."""
    rows = TranslationMark.objects.filter(site=site, late_from__isnull=False)
    return {page: (changed, late) for page, changed, late in rows.values_list("page_id", "changed_on", "late_from")}
