"""All that the city shows on a ward's site (`/tu-thanh-pho/`): each at the city's address, nothing is copied."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from base.public.frame import build_frame
from base.public.index import cards
from base.public.index.addresses import Addresses
from base.public.navigation import Link
from base.public.page_cache import mark_public
from base.public.routed import place_below
from base.queries import sql
from base.sites import site_of

from .front_lists import FROM_CITY

ADDRESS = "tu-thanh-pho"
PAGE = "trang"
ITEMS_A_PAGE = 15


def respond(home, request) -> TemplateResponse:
    """Answer the list below the front page of a ward: two queries besides those of the frame."""
    given = [site_of(home).pk, home.locale.language_code, timezone.localdate()]
    ((total,),) = sql.read(f"SELECT COUNT(*) FROM base_publicitem i WHERE {FROM_CITY}", given)
    paging = Paginator(range(total), ITEMS_A_PAGE).get_page(request.GET.get(PAGE))
    part = cards.Part(FROM_CITY, given, ITEMS_A_PAGE, (paging.number - 1) * ITEMS_A_PAGE)
    title, frame = _("Tin từ thành phố"), build_frame(home, request)
    place_below(frame, home, request, title, ADDRESS)
    frame.breadcrumbs, frame.is_home = [Link(_("Trang chủ"), frame.home_url)], False
    frame.title_tail, frame.description = frame.site_name, ""
    items = cards.read({"items": part}, Addresses(request))["items"]
    context = {"frame": frame, "title": title, "page": home, "paging": paging, "items": items}
    response = TemplateResponse(request, "home/from_city.html", context)
    return mark_public(response, home.cache_sites(), params=(PAGE,), turns=frame.turns)
