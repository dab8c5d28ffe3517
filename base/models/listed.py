"""What lists, feeds, the sitemap and the search know of a page (`base/public/index/`)."""

from datetime import date

from ..public.index.items import OwnFacts
from ..queries.aliases import aliases_of
from .file_text import kinds_shown_by


class Listed:
    """A page that readers find in lists; a type says what it adds there."""

    # The search of the administration follows by a job (`search/updates.py`), not within the request that saves.
    search_auto_update = False
    # Whether readers find it in lists, the sitemap and the search.
    is_listed = True
    # Among what the search looks for it: pages, or what a room above finds in its own way.
    search_group = "pages"
    # What kind of thing the search calls it; empty: the name of its type.
    search_kind = ""
    # Fields by which a page of the city is shown in the lists of other sites; who has some fills `shown_also_on`.
    reach_fields: tuple[str, ...] = ()
    # Whether a ward may leave it off all the same (`PlaceRefusal`).
    wards_may_refuse = True

    def own_facts(self) -> OwnFacts:
        """Return what lists know of the page besides its title, dates and unit; a type adds what it shows there."""
        return OwnFacts()

    def shown_also_on(self) -> list[int]:
        """Return the keys of the other sites whose lists show the page, or `places.EVERY_WARD` for all of wards."""
        return []

    @classmethod
    def labels(cls, own: OwnFacts, on: date) -> tuple[str, str]:
        """Return what a list calls a page with these facts on a local day, and what it says of its state; or ""."""
        return "", ""

    def attached_kinds(self) -> str:
        """Return the kinds of the files on the page, "pdf word", for the filter of the search."""
        return kinds_shown_by(self)

    @property
    def listed_summary(self) -> str:
        """The text under its title in lists and results, "" for none."""
        return self.summary

    def update_aliases(self, *, revision=None, _content=None, _updated_ids=None):
        """Follow only aliases that are public already: a mirrored tree must not publish itself."""
        aliases = aliases_of([self.pk])
        if any(aliases.values()):
            left = [*(_updated_ids or []), *(key for key, is_live in aliases.items() if not is_live)]
            super().update_aliases(revision=revision, _content=_content, _updated_ids=left)
