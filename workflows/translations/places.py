"""Where a translation belongs in the tree: under the translation of what its source is under, also once that moves."""

from dataclasses import dataclass

from wagtail.models import Page

from base.public.translated.same import is_translation

from .sources import source_of


@dataclass(frozen=True)
class Follower:
    """A translation of a page that shall move, and where it goes with it.

    `place`: the translation of the new place; None where there is none, and the translation stays. `stays`: it goes
    nowhere, because there is no place or because it is there already.
    """

    page: Page
    place: Page | None

    @property
    def stays(self) -> bool:
        return self.place is None or self.page.get_parent().pk == self.place.pk


def followers(page, target) -> list[Follower]:
    """Return the translations of a page that shall move under `target`, public or not; of a translation none."""
    if is_translation(page):
        return []
    found = Page.objects.filter(translation_key=page.translation_key, alias_of=None).exclude(pk=page.pk)
    return [
        Follower(one.specific, target.get_translation_or_none(one.locale))
        for one in found.select_related("locale").order_by("pk")
    ]


def place_missed(page) -> Page | None:
    """Return the Vietnamese page under which the source of a translation stands, where the translation stands under
    another one; None where both are at the same place."""
    source = source_of(page)
    if source is None:
        return None
    above = source.get_parent()
    return above if above.translation_key != page.get_parent().translation_key else None
