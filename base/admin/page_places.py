"""Where pages stand, in the words of people: the titles from the front page of the site down, never a path."""

from collections.abc import Iterable

from wagtail.models import Page

from ..sites import all_sites, ancestor_paths

BETWEEN = " › "


def places_of(pages: Iterable[Page]) -> dict[int, str]:
    """Return where each page stands, by its key: "Phường Mỹ Long › Tin tức"; "" for a front page of the city.

    Titles as readers see them; one query for all pages, and one for the sites.
    """
    pages = list(pages)
    above = {page.pk: ancestor_paths(page.path)[:-1] for page in pages}
    wanted = {path for paths in above.values() for path in paths}
    rows = Page.objects.filter(path__in=wanted).values_list("path", "title", "translation_key") if wanted else ()
    known = {path: (title, key) for path, title, key in rows}
    homes = {site.home_key for site in all_sites()}
    return {
        pk: BETWEEN.join(_from_home([known[path] for path in paths if path in known], homes))
        for pk, paths in above.items()
    }


def _from_home(steps: list[tuple[str, object]], homes: set) -> list[str]:
    """The titles from the front page of the page's own site on: above a ward stands the city's."""
    start = max((place for place, (_title, key) in enumerate(steps) if key in homes), default=0)
    return [title for title, _key in steps[start:]]
