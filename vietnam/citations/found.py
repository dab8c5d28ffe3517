"""What is found in a text: a citation, with the parts of a document that it names."""

from dataclasses import dataclass
from datetime import date

from vietnam.document_numbers import DocumentNumber

# The letters of points, in their order: no f, j, w, z.
POINTS = "abcdđeghiklmnopqrstuvxy"
# What is cited: a document by its number, a law by its name, a standard, or the text itself.
NUMBERED, LAW, STANDARD, OWN = "numbered", "law", "standard", "own"
# What for.
MASTHEAD, BASIS, PROPOSAL, ATTACHED, RECIPIENTS, REFERENCE = (
    "masthead",
    "basis",
    "proposal",
    "attached",
    "recipients",
    "reference",
)


@dataclass(frozen=True)
class Unit:
    """A part of a document that is cited: article with clause and point, or chapter, section, appendix; "" when not."""

    article: str = ""
    clause: str = ""
    point: str = ""
    chapter: str = ""
    section: str = ""
    appendix: str = ""

    def __str__(self) -> str:
        named = (
            ("điểm", self.point),
            ("khoản", self.clause),
            ("Điều", self.article),
            ("Mục", self.section),
            ("Chương", self.chapter),
            ("Phụ lục", self.appendix),
        )
        return " ".join(f"{word} {value}" for word, value in named if value)


@dataclass(frozen=True)
class Citation:
    """One citation. `text[start:end]` of the original text is `written`.

    kind: NUMBERED, LAW, STANDARD or OWN. number: of a numbered one; without issuers when only number and year stand
    there ("NĐ 43/2011"). type_name: as in `DOCUMENT_TYPES`. title: of a law. year: beside a law's name, or in a number.
    issuer: its words. units: the parts cited, in order. part: the attached instrument they belong to ("Quy chế").
    has_conflict: type word and letters say different things, so that a person should look.
    """

    start: int
    end: int
    written: str
    kind: str
    role: str = REFERENCE
    number: DocumentNumber | None = None
    type_name: str = ""
    title: str = ""
    dated: date | None = None
    year: int | None = None
    issuer: str = ""
    units: tuple[Unit, ...] = ()
    part: str = ""
    has_conflict: bool = False

    @property
    def symbol(self) -> str:
        """The number as it is printed: "43/2011/NĐ-CP"; that of a standard; "" for a law by its name."""
        return str(self.number) if self.number else self.title if self.kind == STANDARD else ""

    @property
    def provision(self) -> str:
        """The first part cited, as text: "điểm đ khoản 1 Điều 10"."""
        return str(self.units[0]) if self.units else ""
