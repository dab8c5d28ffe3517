"""Answered questions about a public service, for its page: handed to `servicecatalog.catalogue.service_page`.

A question belongs to a service when it says what people call it: the procedure's name, with or without its first words
("Đăng ký"), or one of the words that the office keeps for it. Those of the service's own site come first.
"""

import re

from django.utils.translation import get_language
from wagtail.models import Page

from base.public.index import searching
from base.public.index.addresses import Addresses
from base.public.index.words import language_mark
from base.public.site_cache import remembered
from base.queries import sql
from vietnam.text import fold

from ..asking.similar import Similar
from ..models import FaqPage

MOST_SHOWN = 5
LOOKED_AT = 40
# How names of procedures begin; what follows is what people ask about.
BEGINNINGS = re.compile(r"^(?:dang ky lai|dang ky|cap lai|cap doi|cap|chung thuc|thu tuc|xac nhan|cong nhan)\s+")
FEWEST_LETTERS = 5


def answered(offering, request=None) -> list[Similar]:
    """Return published answers about a service in the language of the page, at most five.

    Two queries, none until a site changes: all sites that offer a procedure share what is known of it.
    """
    procedure = offering.procedure
    found = remembered(request, ("answers about", procedure.pk, get_language()), lambda: _about(procedure))
    addresses, home = Addresses(request), offering.path[: -2 * Page.steplen]
    about = [(not path.startswith(home), place, title, url_path) for place, path, title, url_path in found]
    return [Similar(title, addresses.of(url_path)) for *_order, title, url_path in sorted(about)[:MOST_SHOWN]]


def _about(procedure) -> list[tuple[int, str, str, str]]:
    """Return the published answers about a procedure: (place, path in the tree, title, address in the tree)."""
    phrases = phrases_of(procedure)
    where = searching.Where([[language_mark(get_language())]], " AND i.kind = %s", [FaqPage._meta.label])
    keys = searching.holding_any(phrases, where, LOOKED_AT)
    if not keys:
        return []
    rows = sql.read(
        "SELECT p.id, p.path, p.title, p.url_path, f.question_text FROM faq_faqpage f "
        f"JOIN wagtailcore_page p ON p.id = f.page_ptr_id WHERE p.id IN {sql.places(keys)}",
        keys,
    )
    places = {key: place for place, key in enumerate(keys)}
    return [
        (places[key], path, title, url_path)
        for key, path, title, url_path, question in rows
        if is_about(f"{title} {question}", phrases)
    ]


def phrases_of(procedure) -> list[str]:
    """Return what people call a procedure, without marks: its name, what follows its first words, its own words.

    Example: "Đăng ký khai sinh" -> ["dang ky khai sinh", "khai sinh"].
    """
    name = fold(procedure.name)
    found = [name, BEGINNINGS.sub("", name), *(fold(line) for line in procedure.keywords.splitlines())]
    return list(dict.fromkeys(phrase for phrase in found if len(phrase) >= FEWEST_LETTERS))


def is_about(question_text: str, phrases: list[str]) -> bool:
    """Answer whether a text says one of the phrases, as whole words."""
    folded = f" {' '.join(re.findall(r'[a-z0-9]+', fold(question_text)))} "
    return any(f" {' '.join(re.findall(r'[a-z0-9]+', phrase))} " in folded for phrase in phrases)
