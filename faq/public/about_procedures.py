"""Answered questions about a public service, for its page: handed to `servicecatalog.catalogue.service_page`.

A question belongs to a service when it says what people call it: the procedure's name, with or without its first words
("Đăng ký"), or one of the words that the office keeps for it. Those of the service's own site come first.
"""

import re

from wagtail.models import Locale, Page

from vietnam.text import fold

from ..asking.similar import Similar
from ..models import FaqPage

MOST_SHOWN = 5
LOOKED_AT = 40
# How names of procedures begin; what follows is what people ask about.
BEGINNINGS = re.compile(r"^(?:dang ky lai|dang ky|cap lai|cap doi|cap|chung thuc|thu tuc|xac nhan|cong nhan)\s+")
FEWEST_LETTERS = 5


def answered(offering, request=None) -> list[Similar]:
    """Return published answers about a service in the language of the page, at most five; two queries."""
    phrases = phrases_of(offering.procedure)
    words = sorted({word for phrase in phrases for word in phrase.split()})
    if not words:
        return []
    pages = FaqPage.objects.live().filter(locale=Locale.get_active()).select_related("locale")
    found = pages.search(" ".join(words), operator="or", fields=["title", "question_text"])[:LOOKED_AT]
    home = offering.path[: -2 * Page.steplen]
    about = [
        (not page.path.startswith(home), place, page)
        for place, page in enumerate(found)
        if is_about(f"{page.title} {page.question_text}", phrases)
    ]
    about.sort(key=lambda row: row[:2])
    return [Similar(page.title, page.get_url(request) or "") for *_order, page in about[:MOST_SHOWN]]


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
