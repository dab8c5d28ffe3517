"""The services that are looked at most, for who does not know yet what to type."""

from datetime import timedelta

from django.utils import timezone
from wagtail.models import Page

from base.queries import sql
from servicecatalog.catalogue import portal_search
from servicecatalog.catalogue.portal_search import FoundService

MOST = 6
DAYS = 30
POPULAR_SECONDS = 600


def popular(page, request=None) -> list[FoundService]:
    """Return the services of the catalogue beside a search page that were looked at most in the last days."""
    home = page.path[: -Page.steplen]
    catalogue = portal_search.catalogue_under(home, request)
    if catalogue is None:
        return []
    rows = sql.read(
        "SELECT o.procedure_id, SUM(c.count) AS views FROM servicecatalog_usagecount c "
        "JOIN servicecatalog_serviceoffering o ON o.page_ptr_id = c.page_id "
        "JOIN wagtailcore_page p ON p.id = o.page_ptr_id AND p.live WHERE c.day >= %s AND c.kind = %s "
        "AND substr(p.path, 1, %s) = %s GROUP BY o.procedure_id ORDER BY views DESC, o.procedure_id LIMIT %s",
        [timezone.localdate() - timedelta(days=DAYS), "view", len(home), home, MOST],
    )
    return portal_search.services_by_key(catalogue, [key for key, _views in rows], request, most=MOST)
