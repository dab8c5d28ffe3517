"""The editors' guide (`docs/editors/*.md`) inside the administration: one page a task, by role, with a search.

1. `pages` reads the folder once: the head of a page says for which roles it is, in which group and place it stands.
2. `rendered` turns one into HTML: no HTML of its own, links between pages become addresses of the administration,
headings get anchors. 3. `search` finds pages by their words, marks or no marks. Pictures come from `docs/editors/anh/`,
which `make screenshots` takes afresh; only names that a page uses are answered.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from vietnam.text import fold, slug

FOLDER = Path(settings.BASE_DIR) / "docs" / "editors"
PICTURES = FOLDER / "anh"
# The order in which groups are listed; what belongs to none stands last.
GROUPS = ("Bắt đầu", "Viết và đăng", "Duyệt", "Văn bản", "Người dân", "Dịch vụ công", "Trang và phường, xã", "Quản trị")
OTHERS = "Việc khác"
EVERYBODY = "moi-nguoi"
SNIPPET = 160
_FRONT_MATTER = re.compile(r"\A---\n(?P<head>.*?)\n---\n", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\(anh/(?P<name>[^)\s]+)\)")
_MARKS = re.compile(r"[*_`#>|]|!?\[([^\]]*)\]\([^)]*\)|^---.*?^---", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class GuidePage:
    """One page: `roles` keys of the roles whose work it is (none: all), `text` in Markdown without its front matter."""

    slug: str
    title: str
    group: str
    place: int
    roles: frozenset[str]
    text: str

    @property
    def words(self) -> str:
        """The text without marks of Markdown."""
        return " ".join(_MARKS.sub(lambda match: match[1] or "", self.text).split())

    @property
    def pictures(self) -> list[str]:
        """The names of its pictures, in order."""
        return [match["name"] for match in _PICTURE.finditer(self.text)]

    def is_for(self, roles: Iterable[str]) -> bool:
        """Tell whether it is the work of a user with these roles."""
        return not self.roles or bool(self.roles & set(roles))


@dataclass(frozen=True)
class Found:
    """A page that a search found, and the words around the place."""

    page: GuidePage
    snippet: str


_roles_of: list[Callable[[object], frozenset[str]]] = []
_links: dict[str, str] = {}


def register_link(label: str, screen: str) -> None:
    """Let a room put a way to one of its screens, by the name of its address, at the end of the list."""
    _links[label] = screen


def links() -> list[tuple[str, str]]:
    """Return (label, address) of these ways."""
    return [(label, reverse(screen)) for label, screen in _links.items()]


def register_roles(find: Callable[[object], frozenset[str]]) -> None:
    """Register `find(user)`: the keys of the roles that a person holds."""
    _roles_of[:] = [find]


def roles_of(user) -> frozenset[str]:
    """Return the keys of a person's roles."""
    return _roles_of[0](user) if _roles_of else frozenset()


# --- Pages -------------------------------------------------------------------------------------------


@cache
def pages() -> dict[str, GuidePage]:
    """Return every page of the guide by its slug, in the order of the list; read once a process."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.md")) if path.stem != "README"]
    order = {name: place for place, name in enumerate(GROUPS)}
    found.sort(key=lambda item: (order.get(item.group, len(GROUPS)), item.place, item.title))
    return {item.slug: item for item in found}


def page(name: str) -> GuidePage | None:
    """Return a page by its slug."""
    return pages().get(name)


def _read(path: Path) -> GuidePage:
    source = path.read_text(encoding="utf-8")
    front_matter, text = {}, source
    if match := _FRONT_MATTER.match(source):
        front_matter = dict(line.split(":", 1) for line in match["head"].splitlines() if ":" in line)
        text = source[match.end() :]
    front_matter = {name.strip(): value.strip() for name, value in front_matter.items()}
    title = next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), path.stem)
    roles = frozenset(front_matter.get("vai-tro", "").split()) - {EVERYBODY}
    group = front_matter.get("nhom", OTHERS)
    return GuidePage(path.stem, title, group, int(front_matter.get("thu-tu", "99")), roles, text)


def grouped(listed: Iterable[GuidePage]) -> list[tuple[str, list[GuidePage]]]:
    """Return pages by group, in the order of the list."""
    groups: dict[str, list[GuidePage]] = {}
    for item in listed:
        groups.setdefault(item.group, []).append(item)
    return list(groups.items())


# --- As HTML -----------------------------------------------------------------------------------------


def rendered(item: GuidePage) -> SafeString:
    """Return a page as HTML, without its title. Raw HTML in it is shown as text."""
    return _rendered(item)


@cache
def _rendered(item: GuidePage) -> SafeString:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(item.text)
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            # The screen has the title in its head.
            tokens[place + 1].children = []
            token.attrSet("hidden", "hidden")
        elif token.type == "heading_open":
            token.attrSet("id", slug(tokens[place + 1].content))
        elif token.type == "table_open":
            token.attrSet("class", "listing")
        for child in token.children or []:
            if child.type == "link_open":
                child.attrSet("href", _address(child.attrGet("href") or ""))
            elif child.type == "image":
                name = str(child.attrGet("src") or "").removeprefix("anh/")
                child.attrSet("src", reverse("base_guide_picture", args=[name]))
                child.attrSet("loading", "lazy")
    html = markdown.renderer.render(tokens, markdown.options, {})
    # Made by the renderer, which writes what people typed as text only.
    return mark_safe(html)


def _address(href: str) -> str:
    """The address of a link of a page: another page of the guide by its file, anything else as it is."""
    name, _hash, anchor = href.partition("#")
    if name.endswith(".md") and "/" not in name:
        stem = name.removesuffix(".md")
        at = reverse("base_guide") if stem == "README" else reverse("base_guide_page", args=[stem])
        return f"{at}#{anchor}" if anchor else at
    return href


# --- Search ------------------------------------------------------------------------------------------


def search(words: str, listed: Iterable[GuidePage]) -> list[Found]:
    """Return the pages in which every word stands, in the title first; marks need not be typed."""
    wanted = fold(words).split()
    if not wanted:
        return []
    found = []
    for item in listed:
        text = fold(f"{item.title} {item.words}")
        if all(word in text for word in wanted):
            found.append((not all(word in fold(item.title) for word in wanted), Found(item, _snippet(item, wanted))))
    return [hit for _in_text, hit in sorted(found, key=lambda pair: pair[0])]


def _snippet(item: GuidePage, wanted: list[str]) -> str:
    words = item.words.removeprefix(item.title).split()
    folded = [fold(word) for word in words]
    at = next((place for place, word in enumerate(folded) if any(want in word for want in wanted)), 0)
    text = " ".join(words[max(0, at - 8) : at + 24])
    return f"{'… ' if at > 8 else ''}{text[:SNIPPET]}…"
