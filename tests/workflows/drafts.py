"""Drafts that a person has written in a section, ready to be submitted."""

from tests.city import City, draft
from tests.sections import pages


def article(city: City, site, *, by, section: str = "tin-tuc", **fields):
    """An article written by `by`, not submitted yet."""
    return draft(pages.article(**fields), city.section(site, section), by=by)


def on_city_host(city: City, page) -> str:
    """The address of a page under the city's own host."""
    return "/" + page.url_path.removeprefix(city.home.url_path)
