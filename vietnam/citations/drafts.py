"""Citations while they are put together; of those that share letters one is kept."""

from dataclasses import dataclass, field


@dataclass
class Draft:
    """A citation while it is put together; places are those of the text as read."""

    start: int
    end: int
    kind: str
    values: dict = field(default_factory=dict)
    # Where the document itself begins, without the articles before it.
    type_at: int = 0


class Taken:
    """Tells whether a place lies within one of the spans taken already."""

    def __init__(self, drafts: list[Draft]):
        self.starts: set[int] = set()
        for draft in drafts:
            self.starts.update(range(draft.start, draft.end))

    def holds(self, place: int) -> bool:
        return place in self.starts


def without_overlaps(drafts: list[Draft]) -> list[Draft]:
    """Keep the first, and of those that begin together the longest, of drafts that share letters."""
    chosen: list[Draft] = []
    for draft in sorted(drafts, key=lambda found: (found.start, -found.end)):
        if not chosen or draft.start >= chosen[-1].end:
            chosen.append(draft)
    return chosen
