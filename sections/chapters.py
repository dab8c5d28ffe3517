"""A publication in chapters: a standing page with standing pages right under it, read one by one or as a whole.

1. `chapters_of`: the public chapters of a page, in the order of the tree.
2. `around`: the publication that a chapter belongs to, its number, the chapter before and the one after.
3. `whole`: the text of all chapters, to be read or printed as one.
"""

from dataclasses import dataclass

from base.blocks import outline
from base.public.index.addresses import Addresses

MOST_CHAPTERS = 60


@dataclass(frozen=True)
class Chapter:
    """A chapter as the table of contents names it; `number` counts from one."""

    number: int
    pk: int
    title: str
    url: str


@dataclass(frozen=True)
class Around:
    """Where a chapter stands: title and address of its publication, all chapters, which one it is."""

    title: str
    url: str
    chapters: list[Chapter]
    place: int

    @property
    def number(self) -> int:
        return self.place + 1

    @property
    def before(self) -> Chapter | None:
        return self.chapters[self.place - 1] if self.place else None

    @property
    def after(self) -> Chapter | None:
        return self.chapters[self.place + 1] if self.place + 1 < len(self.chapters) else None


def chapters_of(page, request=None) -> list[Chapter]:
    """Return the public chapters of a page, at most 60; one query."""
    return _numbered(type(page).objects.child_of(page), Addresses(request))


def around(page, request=None) -> Around | None:
    """Return where a page stands among the chapters of the standing page above it; None where it is no chapter."""
    if not page.path or page.is_root():
        return None
    above = (
        type(page).objects.filter(path=page.path[: -page.steplen], live=True).values_list("title", "url_path").first()
    )
    if above is None:
        return None
    addresses = Addresses(request)
    found = _numbered(type(page).objects.sibling_of(page), addresses)
    place = next((place for place, chapter in enumerate(found) if chapter.pk == page.pk), None)
    if place is None:
        return None
    title, url_path = above
    return Around(title, addresses.of(url_path), found, place)


def whole(page) -> list[tuple[Chapter, object]]:
    """Return (chapter, its text) of all public chapters, each heading with an anchor that no other chapter has."""
    found = list(type(page).objects.child_of(page).live().order_by("path")[:MOST_CHAPTERS])
    for number, chapter in enumerate(found, 1):
        outline(chapter.body)
        for part in chapter.body:
            if part.block_type == "heading":
                part.value._anchor = f"chuong-{number}-{part.value.anchor}"
    return [(Chapter(number, chapter.pk, chapter.title, ""), chapter.body) for number, chapter in enumerate(found, 1)]


def _numbered(pages, addresses: Addresses) -> list[Chapter]:
    rows = pages.live().order_by("path").values_list("pk", "title", "url_path")[:MOST_CHAPTERS]
    return [Chapter(number, pk, title, addresses.of(path)) for number, (pk, title, path) in enumerate(rows, 1)]
