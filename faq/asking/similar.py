"""Published answers like a question that is being typed: an asker who finds the answer need not ask and wait.

Looked for in the index by the words that say something, any of them; shown are those that share enough of them.
"""

import re
from dataclasses import dataclass

from vietnam.text import fold

from ..models import FaqPage

MOST_SHOWN = 5
# Of the words that were typed, an answer must have at least this part, and at least this many.
LEAST_SHARED, LEAST_WORDS = 0.4, 2
MOST_WORDS, LOOKED_AT = 24, 40
WORD = re.compile(r"\w+")
# Words of every question, without their marks.
COMMON = frozenset(
    "toi anh chi ong ba em chau con minh chung ban xin cho hoi duoc khong co la thi ma va hay hoac neu nhu the nao gi "
    "bao nhieu lau khi luc o dau tai ve de den tu trong ngoai voi cua cac nhung mot nay do kia day rang se da dang can "
    "phai lam biet giup xem cam on kinh thua quy nha vui long ai sao vi nen cung chua roi ra vao len xuong theo boi "
    "the a an of to in on for and or is are how what where when who i my we our you your do does can please".split()
)


@dataclass(frozen=True)
class Similar:
    """An answered question: title and address."""

    title: str
    url: str


def answered(page, text: str, request=None) -> list[Similar]:
    """Return answers like a text, in the language of `page` and on all sites, those of its site first; at most five."""
    words = _telling(text)
    if not words:
        return []
    pages = FaqPage.objects.live().filter(locale_id=page.locale_id)
    found = pages.search(" ".join(words), operator="or", fields=["title", "question_text"])[:LOOKED_AT]
    rated = []
    for place, item in enumerate(found):
        shared = words & set(_words(f"{item.title} {item.question_text}"))
        if len(shared) >= min(LEAST_WORDS, len(words)) and len(shared) >= LEAST_SHARED * len(words):
            rated.append((not item.path.startswith(page.path), -len(shared), place, item))
    rated.sort(key=lambda row: row[:3])
    return [Similar(item.title, item.get_url(request) or "") for *_rank, item in rated[:MOST_SHOWN]]


def _telling(text: str) -> set[str]:
    found = [word for word in _words(text) if word not in COMMON and len(word) > 1]
    return set(list(dict.fromkeys(found))[:MOST_WORDS])


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))
