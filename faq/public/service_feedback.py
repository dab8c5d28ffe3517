"""What people say of a public service becomes a question to the unit of that service, with the deadline of questions.

1. The page of a service leads here (`address`): the form for questions, with a title and the service it is about.
2. `intake.receive` takes it in like any other question: number, secret, 15 working days, the inbox of the site. The
   unit that answers for the service is set at once, on the question and on its deadline.
Nothing of it is public unless it is answered, anonymised and approved like every other answer.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from base.public.index.addresses import Addresses
from base.public.site_cache import remembered
from base.queries import sql
from servicecatalog.models import ServiceOffering

from ..models import QuestionsPage

SERVICE = "dich-vu"
LONGEST_TITLE = 200


def address(offering: ServiceOffering, request) -> str:
    """Return where one writes to the unit of a service: the site's form for questions; "" when it has none."""
    site = offering.portal_site
    library = _library_of(site, request) if site is not None else ""
    return f"{Addresses(request).of(library)}gui-cau-hoi/?{SERVICE}={offering.pk}" if library else ""


def _library_of(site, request) -> str:
    """Return the path in the tree of the questions page of a site, in Vietnamese, "" where it has none; one query at
    most."""

    def read() -> str:
        rows = sql.read(
            "SELECT p.url_path FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
            "WHERE i.kind = %s AND i.site_id = %s AND i.language = %s ORDER BY p.path LIMIT 1",
            [QuestionsPage._meta.label, site.pk, settings.LANGUAGE_CODE],
        )
        return rows[0][0] if rows else ""

    return remembered(request, ("questions page", site.pk), read, [site.pk])


def named(page: QuestionsPage, typed) -> ServiceOffering | None:
    """Return the public service of the page's own site that a form or address names by its key; None for any other."""
    typed = str(typed or "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 13):
        return None
    found = ServiceOffering.objects.live().select_related("procedure", "responsible_unit").filter(pk=int(typed)).first()
    site = page.portal_site
    return found if found is not None and site is not None and found.portal_site == site else None


def initial(service: ServiceOffering) -> dict:
    """Return what the form begins with for a service."""
    title = _("Góp ý về dịch vụ: %(name)s") % {"name": service.procedure.label}
    return {"title": title[:LONGEST_TITLE], "service": service.pk}
