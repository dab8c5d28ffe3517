"""Trích dẫn: from the words of a text to the documents of the register, and what people decide about it.

1. `suggestions`: what a text cites, and which documents of the register that may be.
2. `extract`: what the public text of a page or document cites becomes rows; at publication, at night, by command.
3. `propose`: an editor accepts, rejects for good, chooses among several, adds a note: a new version, which takes effect
   once a second person has approved it.
4. `note_published`: the new text and the decisions approved with it; a new document resolves what waited for it.
5. `wanted`: what is cited and is not in the register.

A document is linked when there is just one that it can be. Several are asked about, none goes on the list.
"""

from .deciding import Decision, decision_of, findings, may_decide, propose
from .extracting import extract, extract_everything, extract_now, note_published, renew
from .suggesting import suggestions
from .terms import Suggestion

__all__ = [
    "Decision",
    "Suggestion",
    "decision_of",
    "extract",
    "extract_everything",
    "extract_now",
    "findings",
    "may_decide",
    "note_published",
    "propose",
    "renew",
    "suggestions",
]
