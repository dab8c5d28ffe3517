"""What a citation may come to, and the bounds of what is read."""

from dataclasses import dataclass, field

from vietnam import citations, text

from ...models import Citation, LegalDocument

State, Outcome = Citation.State, Citation.Outcome
LAW_TYPES = ("Luật", "Bộ luật", "Pháp lệnh", "Hiến pháp")
# More documents than this never have the same number in one year.
MOST_CANDIDATES = 200
MOST_NAMES = 50
LONGEST_LABEL, LONGEST_WRITTEN = 300, 600
# Two local authorities may have the same symbol, so an issuer that is named must match.
LOCAL = ("ubnd", "hdnd", "ubmttq", "hđnd")
SAME_WORDS = (
    ("uy ban nhan dan", "ubnd"),
    ("hoi dong nhan dan", "hdnd"),
    ("chu tich ubnd", "ubnd"),
    ("tp.", "thanh pho"),
    ("tp ", "thanh pho "),
    ("bo truong ", ""),
    ("giam doc ", ""),
    ("truong phong", "phong"),
)


@dataclass
class Suggestion:
    """A citation of a text with the documents it may mean, the best first; `row` holds what was decided, if anything.

    `is_certain`: there is one candidate, and nothing speaks against it.
    """

    citation: citations.Citation
    written: str
    count: int = 1
    candidates: list[LegalDocument] = field(default_factory=list)
    is_certain: bool = False
    row: Citation | None = None
    # Anchor of the provision by the document's key, and whether the document lacks the provision.
    places: dict[int, tuple[str, bool]] = field(default_factory=dict)

    @property
    def document(self) -> LegalDocument | None:
        """The one document meant, or None."""
        return self.candidates[0] if self.is_certain else None

    @property
    def outcome(self) -> str:
        if self.is_certain:
            return Outcome.ONE
        return Outcome.SEVERAL if self.candidates else Outcome.NONE

    @property
    def label(self) -> str:
        """What is cited, as a list of documents names it."""
        return label_of(self.citation)


def label_of(citation: citations.Citation) -> str:
    """Name what is cited: "Quyết định 03/2017/QĐ-UBND (UBND tỉnh An Giang)", "Luật Đất đai (2024)"."""
    if citation.kind == citations.OWN:
        return "Chính văn bản này"
    if citation.number:
        name = f"{citation.type_name} {citation.number}".strip()
        is_local = any(letters in text.fold(str(citation.number)) for letters in LOCAL)
        return (f"{name} ({citation.issuer})" if citation.issuer and is_local else name)[:LONGEST_LABEL]
    when = citation.dated.strftime("%d/%m/%Y") if citation.dated else citation.year or ""
    return f"{citation.type_name} {citation.title}{f' ({when})' if when else ''}"[:LONGEST_LABEL]
