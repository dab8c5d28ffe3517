"""The page «Dữ liệu mở» (`/du-lieu-mo/`): the sets of data for people, with terms, files, dictionary and dates."""

from urllib.parse import urljoin

from django.conf import settings
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from base.public.frame import Language, build_frame
from base.public.page_cache import mark_public
from base.sites import all_site_keys, host_of

from . import licence
from .openapi import ROOT
from .sets import SETS, TYPES, DataSet

TEMPLATE = "opendata/page.html"


def address() -> str:
    """Return the address of the page in the language of the page that leads to it."""
    return reverse("opendata_page")


def sitemap_addresses(keys: list[int], request) -> list[tuple[str, str]]:
    """Return the page in all languages, for the sitemap of the host of the city's front pages `keys`.

    Under the canonical host, whatever name the request has: a sitemap is the same for all readers.
    """
    return [(one.full_url, "") for one in _languages(host_of(request).root_url)[0]] if keys else []


@require_safe
def show(request):
    """Answer the page, the same for all readers."""
    is_english = get_language() == "en"
    frame = build_frame(None, request, title=_("Dữ liệu mở"))
    root = _root(frame)
    frame.canonical_url = urljoin(root, address())
    frame.alternates, frame.languages = _languages(root)
    context = {
        "frame": frame,
        "title": frame.title,
        "licence": licence.NAME_EN if is_english else licence.NAME,
        "publisher": licence.publisher()[0],
        "sets": [_shown(found, is_english) for found in SETS.values()],
        "api_url": ROOT,
        "description_url": reverse("opendata_api"),
        "json_catalogue_url": reverse("opendata_catalogue_json"),
        "turtle_catalogue_url": reverse("opendata_catalogue_turtle"),
        "anchor": licence.ANCHOR,
    }
    return mark_public(TemplateResponse(request, TEMPLATE, context), all_site_keys(), turns=frame.turns)


def _root(frame) -> str:
    """Return the address of the host under which the sitemap names the page: the city's."""
    home = frame.city.home_page() if frame.city else None
    return home.full_url if home else settings.WAGTAILADMIN_BASE_URL


def _languages(root: str) -> tuple[list[Language], list[Language]]:
    """Return the page in all languages, and in those that it is not shown in."""
    found = []
    for code, name in settings.WAGTAIL_CONTENT_LANGUAGES:
        with translation.override(code):
            found.append(Language(code, name, address(), urljoin(root, address()), is_translation=True))
    return found, [one for one in found if one.code != get_language()]


def _shown(found: DataSet, is_english: bool) -> dict:
    return {
        "key": found.key,
        "title": found.title_en if is_english else found.title,
        "words": found.words_en if is_english else found.words,
        "newest": found.newest() if found.newest else None,
        "rows_url": reverse("opendata_api_rows", args=[found.key]),
        "csv_url": reverse("opendata_file", args=[found.key, "csv"]),
        "json_url": reverse("opendata_file", args=[found.key, "json"]),
        "columns": [
            {
                "name": one.name,
                "type": TYPES[one.kind][is_english],
                "words": one.words_en if is_english else one.words,
                "is_optional": one.is_optional,
            }
            for one in found.columns
        ],
    }
