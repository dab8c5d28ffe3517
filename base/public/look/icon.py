"""The emblem of a site where no page is read: "/favicon.ico", and the administration.

It is shown once two persons agreed to it (`home/look/`); until then the portal's own picture stands there.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from ...models.files import content_type_of
from ...models.look import look_of
from ...models.site import PortalSite
from ...sites import city_site, host_of
from ..page_cache import mark_public


@require_safe
def favicon(request):
    """Answer "/favicon.ico" with the picture of the emblem of the host's site, else the city's: its very bytes.

    The page cache keeps it until the look of one of them changes.
    """
    sites = PortalSite.objects.select_related("look__emblem", "parent__look__emblem")
    site = sites.filter(wagtail_site=host_of(request)).first() or city_site()
    shown = [found for found in (site, site.parent if site else None) if found is not None]
    image = next((look.emblem for found in shown if (look := look_of(found)) is not None and look.emblem), None)
    if image is None:
        return redirect(static("img/favicon.ico"))
    with image.file.open("rb") as handle:
        response = HttpResponse(handle.read(), content_type=content_type_of(image.file.name))
    return mark_public(response, shown)


@require_safe
def emblem(request):
    """Lead the administration and the screens of signing in to the emblem of the city, as readers see it."""
    city = city_site()
    look = look_of(city) if city is not None else None
    response = redirect(look.emblem.url if look is not None and look.emblem else static("img/emblem.svg"))
    response["Cache-Control"] = "no-cache"
    return response
