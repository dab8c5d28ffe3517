"""The relations of a document as its page and its data show them."""

from dataclasses import dataclass, field
from datetime import date

from ..life.effect import (
    Status,
)
from ..models import DocumentRelation, LegalDocument


@dataclass
class Related:
    """A document on the other end of a relation; `acts`: the document of the page acts on it.

    `document` is None for one that is not public or not in the register.
    """

    row: DocumentRelation
    acts: bool
    document: LegalDocument | None
    name: str
    url: str = ""
    status: Status | None = None

    @property
    def subject(self) -> str:
        return self.document.subject if self.document else ""

    @property
    def effective_on(self) -> date | None:
        return self.row.effective_on

    @property
    def until(self) -> date | None:
        return self.row.until

    @property
    def scope(self) -> list[str]:
        return self.row.scope

    @property
    def stated_in(self) -> str:
        return self.row.stated_in if self.row.stated_in != self.name else ""

    @property
    def is_verified(self) -> bool:
        return self.row.is_verified


@dataclass
class Group:
    """The documents of one relation, as the page lists them; `more`: how many are left out."""

    label: str
    acts: bool
    items: list[Related] = field(default_factory=list)
    more: int = 0


@dataclass
class Relations:
    """What a document does to others and undergoes, on a day; `acting` are the rows that make its status."""

    acting: list[DocumentRelation]
    groups: list[Group]

    def items(self, *codes: int, acts: bool) -> list[Related]:
        """The documents of some relations, in one direction."""
        return [item for group in self.groups for item in group.items if item.row.code in codes and item.acts == acts]

    def lapsed(self, code: int) -> list[Related]:
        """Of the documents it rests on or refers to, those that no longer apply."""
        return [item for item in self.items(code, acts=True) if item.status and not item.status.applies]
