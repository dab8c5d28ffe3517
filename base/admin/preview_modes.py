"""The ways in which an editor sees a page before it is public, in the side panel.

1. `PAGE`: the page itself.
2. `LIST`: where readers meet it first: as an item of its section's list, by `list_places` of its type, and on front
   pages, by what a room above registers (`register_places`); with the same parts of templates as the public lists.
3. `WARD`: on the site of a ward or commune, for the few pages of the city that show there (`on_ward`).
4. `ENGLISH`: the newest version of its translation, or, as long as there is none, its own text in the English frame.

Each shows the version that its editor has open, and beside it only what is public. Nothing here is kept by a
cache (`PageCacheHeadersMiddleware`) or counted as a use (`parts/counter.html`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.models import Locale

from .. import models
from ..public.frame import Alert, build_frame
from ..public.navigation import Link
from ..sites import site_of

PAGE, LIST, WARD, ENGLISH = "", "trong-danh-sach", "phuong-xa", "tieng-anh"
LABELS = {PAGE: "Trang", LIST: "Trong danh sách", WARD: "Trên trang phường, xã", ENGLISH: "Bản tiếng Anh"}
ENGLISH_CODE = "en"
# How many public items stand beside a draft, so that it is seen among others.
NEIGHBOURS = 4


@dataclass(frozen=True)
class Place:
    """A place where readers meet a page: `heading` names it to the editor, `html` is what stands there."""

    heading: str
    html: SafeString


_finders: list[Callable] = []


def register_places(find: Callable) -> None:
    """Register `find(page, request)`, which returns more places of a page; called from `AppConfig.ready`."""
    if find not in _finders:
        _finders.append(find)


def modes_of(page) -> list[tuple[str, str]]:
    """Return (name, label) of the ways in which a page can be seen, the page itself first."""
    offered = {
        LIST: page.stands_in_list(),
        WARD: page.stands_on_wards(),
        ENGLISH: not page.locale_id or page.locale.language_code != ENGLISH_CODE,
    }
    return [(name, label) for name, label in LABELS.items() if offered.get(name, True)]


def serve(page, request, mode: str, plain: Callable):
    """Answer a page in one of its modes; in one that it does not offer, the page itself.

    `plain(request, mode)`: how Wagtail shows the page itself.
    """
    if mode not in dict(modes_of(page)):
        mode = PAGE
    answers = {LIST: _in_list, WARD: _on_ward, ENGLISH: _in_english}
    response = answers[mode](page, request, plain) if mode in answers else None
    return response if response is not None else plain(request, PAGE)


# --- In lists --------------------------------------------------------------------------------------


def _in_list(page, request, _plain):
    # What would stand there if it were published now.
    page.first_published_at = page.first_published_at or timezone.now()
    page.last_published_at = page.last_published_at or timezone.now()
    places = [*page.list_places(request), *(place for find in _finders for place in find(page, request))]
    return show_places(build_frame(page, request), page, request, places, LABELS[LIST])


def listed(heading: str, template: str, name: str, items: Iterable, request) -> Place:
    """Return a list as a place; `template` draws one item, which it calls `name`."""
    rows = ((render_to_string(template, {name: item}, request),) for item in items)
    return Place(heading, format_html('<ul class="listing">{}</ul>', format_html_join("", "{}", rows)))


def show_places(frame, page, request, places: list[Place], heading: str) -> TemplateResponse:
    """Answer the places of a page below each other, inside a frame."""
    frame.title, frame.is_indexed, frame.is_shared, frame.is_home = heading, False, False, False
    context = {"frame": frame, "page": page, "request": request, "places": places, "heading": heading}
    return TemplateResponse(request, "base/preview_places.html", context)


# --- On wards --------------------------------------------------------------------------------------


def _on_ward(page, request, _plain):
    home = ward_home(page)
    return page.on_ward(home, request) if home is not None else None


def ward_home(page):
    """Return the public front page of the first open ward or commune, in the page's language, or None."""
    sites = models.PortalSite.objects.filter(kind=models.PortalSite.Kind.WARD, state=models.PortalSite.State.OPEN)
    for site in sites.select_related("unit").order_by("unit__sort_order", "unit__name"):
        home = site.home_page(locale=page.locale)
        if home is not None and home.live:
            return home.specific
    return None


# --- In English ------------------------------------------------------------------------------------


def _in_english(page, request, plain):
    with translation.override(ENGLISH_CODE):
        request.LANGUAGE_CODE = ENGLISH_CODE
        found = page.english_version(request.user)
        if found is not None:
            response = found.serve_preview(request, PAGE)
        else:
            response = page.in_english(request) or _untranslated(page, request, plain)
        # Drawn here, while English is the language.
        return response.render() if hasattr(response, "render") else response


def _untranslated(page, request, plain):
    response = plain(request, PAGE)
    context = getattr(response, "context_data", None)
    if context is not None and "frame" in context:
        context["frame"] = frame = _english_frame(page, request) or context["frame"]
        frame.is_indexed = frame.is_shared = False
        frame.alerts.insert(
            0,
            Alert(
                "info",
                "Trang này chưa có bản dịch tiếng Anh",
                "Dưới đây là nội dung tiếng Việt trong khung tiếng Anh, chỉ hiện khi xem trước; "
                "người đọc tiếng Anh chưa có trang này.",
            ),
        )
    return response


def _english_frame(page, request):
    """Return the frame of the site's English pages around a page that is not among them; None where there are none."""
    site = site_of(page)
    english = Locale.objects.filter(language_code=ENGLISH_CODE).first()
    home = site.home_page(locale=english) if site is not None and english is not None else None
    if home is None or not home.live:
        return None
    frame = build_frame(home.specific, request, title=page.title)
    frame.title, frame.title_tail, frame.is_home = page.title, frame.site_name, False
    frame.breadcrumbs = [Link(_("Trang chủ"), frame.home_url)]
    return frame
