"""The main menu and the footer's standing links, made from the pages under a site's home page.

The rooms above say which sections belong to which group (`register_groups`, called when their app is ready);
a section that no group names goes to the last one. At most seven groups, so that a glance takes in the menu.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MOST_GROUPS = 7
OTHER_GROUP = _("Thông tin khác")

# Where readers arrange the portal for themselves: below the city's front page, and below each.
CHOICES_ADDRESS, SAVED_ADDRESS = "cua-toi", "trang-da-luu"

# Statements that stand anywhere in the city's tree and hold for its component sites too.
STATEMENT_SLUGS = ("kha-nang-tiep-can", "quyen-rieng-tu")
# Standing pages of every site, by their name in the address, in the footer's order.
FOOTER_SLUGS = (
    "gioi-thieu",
    "lien-he",
    "so-do",
    "cong-khai",
    "hoi-dap",
    *STATEMENT_SLUGS,
)

_groups: list[tuple[str, tuple[str, ...]]] = []
# What a page in another language is called in its address: the name of its Vietnamese page.
_addresses: dict[str, str] = {}
# The page type that takes reports of what is wrong on a page, and where below it: registered by a room above.
_reporting: list[tuple[type, str]] = []
# Where one begins to follow something by mail: registered by a room above.
_following: list[tuple[Callable[..., str], Callable[[], str]]] = []
# The page on open data: registered by a room above.
_open_data: list[Callable[[], str]] = []


@dataclass
class Link:
    """A link of the frame; `current_kind` is the value of aria-current: page, true, or empty."""

    label: str
    url: str
    current_kind: str = ""

    @property
    def is_current(self) -> bool:
        return bool(self.current_kind)


@dataclass
class Group:
    """A group of the main menu: of one section a plain link (`url`), of more a fold-out list (`items`)."""

    label: str
    items: list[Link] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.items[0].url if len(self.items) == 1 else ""

    @property
    def is_current(self) -> bool:
        return any(item.is_current for item in self.items)

    @property
    def current_kind(self) -> str:
        return next((item.current_kind for item in self.items if item.is_current), "")


def register_groups(groups) -> None:
    """Set the groups of the main menu: list of (label, names in the address of its sections), in order.

    Raises ValueError for more than seven groups.
    """
    groups = [(label, tuple(slugs)) for label, slugs in groups]
    if len(groups) > MOST_GROUPS:
        raise ValueError(f"Trình đơn chính có tối đa {MOST_GROUPS} nhóm, nhận được {len(groups)}.")
    _groups[:] = groups


def register_addresses(names: dict[str, str]) -> None:
    """Let pages in other languages have addresses of their own: {"about": "gioi-thieu"}, the Vietnamese one last."""
    _addresses.update(names)


def name_of(slug: str) -> str:
    """Return the name in the address by which menus and lists know a page, in whatever language its address is."""
    return _addresses.get(slug, slug)


def register_reporting(page_class: type, place: str) -> None:
    """Let the foot of every page lead to where one reports that something on it is wrong.

    `place`: what follows the address of the site's page of this type, up to the address that is reported.
    """
    _reporting[:] = [(page_class, place)]


def reporting_url(children, path: str, url_of) -> str:
    """Return where readers of a site report what is wrong at an address, "" when the site has no such page."""
    for page_class, place in _reporting:
        key = ContentType.objects.get_for_model(page_class).pk
        found = next((child for child in children if child.content_type_id == key), None)
        if found is not None:
            return f"{url_of(found)}{place}{quote(path)}"
    return ""


def register_following(address: Callable[..., str], own: Callable[[], str]) -> None:
    """Let pages lead to where one begins to follow them: `address(subject, words="", site_id=0)`, "" for nothing.

    `own()`: where one asks for what one follows, and for one's data about it.
    """
    _following[:] = [(address, own)]


def following_url(subject, words: str = "", site_id: int = 0) -> str:
    """Return where readers begin to follow a page or record by mail, or a search for `words`; "" where they cannot."""
    return next((address(subject, words, site_id) for address, _own in _following), "")


def own_following_url() -> str:
    """Return where readers ask for what they follow by mail; "" where that is not offered."""
    return next((own() for _address, own in _following), "")


def register_open_data(address: Callable[[], str]) -> None:
    """Let every footer lead to the page on open data, whose `address()` is in the language of the page."""
    _open_data[:] = [address]


def open_data_url() -> str:
    """Return where the public data of the portal are offered to programs; "" where they are not."""
    return next((address() for address in _open_data), "")


def menu(children, page_path, url_of, order: Sequence[str] = ()) -> list[Group]:
    """Return the main menu of a site: groups with links to their sections, as `grouped` arranges them.

    `page_path` is the tree path of the page shown; `url_of(page)` gives an address.
    """
    return [_group(label, pages, page_path, url_of) for label, pages in grouped(children, order)]


def grouped(children, order: Sequence[str] = ()) -> list[tuple[str, list]]:
    """Return the sections of a menu by group, as (label, pages), in the order of `register_groups`.

    `children` are the live pages under the home page that menus show, in tree order. `order`: names in the address of
    sections as the site has ordered them; they come first in their group, and groups in the order of their first one.
    """
    places = {slug: place for place, slug in enumerate(order)}

    def place_of(page) -> int:
        return places.get(name_of(page.slug), len(places))

    by_slug = {name_of(child.slug): child for child in children}
    found = []
    for label, slugs in _groups:
        pages = [by_slug.pop(slug) for slug in slugs if slug in by_slug]
        if pages:
            found.append((label, pages))
    if by_slug:
        rest = list(by_slug.values())
        if not _groups and len(rest) <= MOST_GROUPS:
            found += [(page.title, [page]) for page in rest]
        elif len(found) < MOST_GROUPS:
            found.append((OTHER_GROUP, rest))
        else:
            found[-1] = (found[-1][0], [*found[-1][1], *rest])
    if not places:
        return found
    found = [(label, sorted(pages, key=place_of)) for label, pages in found]
    return sorted(found, key=lambda group: place_of(group[1][0]))


def footer_links(children, page_path, url_of) -> list[Link]:
    """Return the links to the standing pages that this site has, in the footer's order."""
    by_slug = {name_of(child.slug): child for child in children}
    return [_link(by_slug[slug], page_path, url_of) for slug in FOOTER_SLUGS if slug in by_slug]


def _group(label, pages, page_path, url_of):
    links = [_link(page, page_path, url_of) for page in pages]
    return Group(gettext(str(label)), links)


def _link(page, page_path, url_of):
    kind = ""
    if page_path == page.path:
        kind = "page"
    elif page_path.startswith(page.path):
        kind = "true"
    return Link(page.title, url_of(page), kind)
