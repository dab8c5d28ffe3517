"""Published answers like a question that is being typed: an asker who finds the answer need not ask and wait.

Looked for in the index by the words that say something, any of them; shown are those that share enough of them.
"""

import re
from dataclasses import dataclass

from base.public.index import searching
from base.public.index.addresses import Addresses
from base.public.index.words import language_mark
from base.queries import sql
from vietnam.text import fold

from ..models import FaqPage

MOST_SHOWN = 5
# Of the words that were typed, an answer must have at least this part, and at least this many.
LEAST_SHARED, LEAST_WORDS = 0.4, 2
MOST_WORDS, LOOKED_AT = 24, 200
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
    """Return answers like a text, in the language of `page` and on all sites, those of its site first; at most five.

    Two queries.
    """
    words = _telling(text)
    if not words:
        return []
    where = searching.Where([[language_mark(page.locale.language_code)]], " AND i.kind = %s", [FaqPage._meta.label])
    keys = searching.holding_any(sorted(words), where, LOOKED_AT)
    if not keys:
        return []
    rows = sql.read(
        "SELECT p.id, p.path, p.title, p.url_path, f.question_text FROM faq_faqpage f "
        f"JOIN wagtailcore_page p ON p.id = f.page_ptr_id WHERE p.id IN {sql.places(keys)}",
        keys,
    )
    addresses, places = Addresses(request), {key: place for place, key in enumerate(keys)}
    rated = []
    for key, path, title, url_path, question in rows:
        shared = words & set(_words(f"{title} {question}"))
        if len(shared) >= min(LEAST_WORDS, len(words)) and len(shared) >= LEAST_SHARED * len(words):
            rated.append((not path.startswith(page.path), -len(shared), places[key], title, url_path))
    return [Similar(title, addresses.of(url_path)) for *_rank, title, url_path in sorted(rated)[:MOST_SHOWN]]


def _telling(text: str) -> set[str]:
    found = [word for word in _words(text) if word not in COMMON and len(word) > 1]
    return set(list(dict.fromkeys(found))[:MOST_WORDS])


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))
