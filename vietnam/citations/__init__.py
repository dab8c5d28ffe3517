"""Legal citations in running text: what is cited, which articles of it, and where in the text it stands.

1. The text is read as composed letters with plain spaces and hyphens; every place in it leads back to the original.
2. Looked for are numbers ("43/2011/NĐ-CP", "NĐ 43/2011"), laws by their name ("Luật Công nghệ thông tin được Quốc hội
   thông qua ngày …"), standards ("TCVN 6909: 2001") and the text itself ("Điều 9 của Quy chế này").
3. Each includes the words that belong to it: type, articles, date, issuer.

All patterns are bounded, so that the time grows with the length of the text and nothing else.
"""

from .found import (
    ATTACHED,
    BASIS,
    LAW,
    MASTHEAD,
    NUMBERED,
    OWN,
    POINTS,
    PROPOSAL,
    RECIPIENTS,
    REFERENCE,
    STANDARD,
    Citation,
    Unit,
)
from .reading import find
from .words import initials

__all__ = [
    "ATTACHED",
    "BASIS",
    "Citation",
    "LAW",
    "MASTHEAD",
    "NUMBERED",
    "OWN",
    "POINTS",
    "PROPOSAL",
    "RECIPIENTS",
    "REFERENCE",
    "STANDARD",
    "Unit",
    "find",
    "initials",
]
