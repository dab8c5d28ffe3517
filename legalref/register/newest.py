"""The newest documents of a site's register, for its front page."""

from collections.abc import Iterable

from django.utils import timezone

from base.models import PortalSite
from base.public.site_cache import remembered
from base.queries.prepared import Prepared, given

from ..models import LegalDocument

MOST = 6
NEWEST = ("-issued_on", "-pk")
# A site that is part of another one shows those that concern all parts; no site has the key 0.
_NEWEST = Prepared(
    lambda: LegalDocument.objects.in_register_of(given("site"), given("parent")).for_list().order_by(*NEWEST)[:MOST]
)


def newest(site: PortalSite, request=None, sites: Iterable[int] | None = None) -> list[LegalDocument]:
    """Return the newest documents in the register of a site, with what a list shows of them: one query.

    None until a site changes; `sites`: the keys of those with which the page changes that shows them (any for None), as
    its copy in the page cache does. Each status is that of a day.
    """
    key = ("newest documents", site.pk, timezone.localdate())
    return remembered(request, key, lambda: _NEWEST.all(site=site.pk, parent=site.parent_id or 0), sites)
