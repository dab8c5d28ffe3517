"""The way from a service to its place of application (`…/<service>/di/`), counted without a script.

The address names nothing but the service: it leads to what the office entered on its page and nowhere else.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import Http404, HttpResponseRedirect
from django.utils import timezone

from base.public.usage.counting import usage

from ..catalogue import narrowing
from ..models import ServiceOffering, UsageCount


def lead(page, request, slug: str):
    """Lead to the place of application of a public service of a catalogue (Vietnamese or its mirror), and count it.

    404 for a service that does not exist, that is not offered today, or to which nothing can be submitted.
    """
    source = narrowing.source_of(page)
    services = ServiceOffering.objects.live().child_of(source) if source is not None else ServiceOffering.objects.none()
    service = services.filter(slug=slug).select_related("procedure").first()
    day = timezone.localdate()
    if service is None or not may_be_submitted(service, day):
        raise Http404
    if request.method == "GET":
        usage.count(request.META, service.pk, UsageCount.Kind.OUTGOING, destination="document")
    response = HttpResponseRedirect(service.apply_url, status=HTTPStatus.FOUND)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def may_be_submitted(service: ServiceOffering, day) -> bool:
    """Tell whether a service leads to a place of application on a local day."""
    is_address = urlsplit(service.apply_url).scheme in ("http", "https")
    return (
        is_address
        and service.delivery != service.Delivery.INFORMATION
        and service.is_offered(day)
        and service.procedure.live
        and service.procedure.is_in_use(day)
    )
