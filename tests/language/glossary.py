"""The words of the administration (`docs/glossary.md`, "Từ của màn hình quản trị") against the catalogues."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tests.language.catalogues import DOMAINS, own, vietnamese

GLOSSARY = Path(settings.BASE_DIR) / "docs" / "glossary.md"
HEADING, VERBS = "## Từ của màn hình quản trị", "«Verbs», where a text begins with them:"
EXCEPTIONS = Path(__file__).parent / "glossary_exceptions.csv"
NOT_SPEECH = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^<>]+>")


@dataclass(frozen=True)
class Term:
    """An English word of the screens, its Vietnamese, and short forms that will do."""

    english: str
    vietnamese: str
    also: tuple[str, ...]
    at_the_start: bool

    @property
    def pattern(self) -> re.Pattern:
        """The term as whole words, in the singular or the plural."""
        start = "^" if self.at_the_start else r"(?<![\w-])"
        return re.compile(rf"{start}{re.escape(self.english)}(?:s|es)?(?![\w-])", re.I)

    def is_said_in(self, text: str) -> bool:
        """Tell whether a Vietnamese text has the translation or a short form of it."""
        return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.I) for form in (self.vietnamese, *self.also))


def terms() -> list[Term]:
    """The terms of the glossary, those of more letters first."""
    section = GLOSSARY.read_text(encoding="utf-8").split(HEADING, 1)[1].split("\n## ", 1)[0]
    found = []
    for part, at_the_start in zip(section.split(VERBS), (False, True), strict=True):
        for english, translation, also in re.findall(r"^\| ([^|]+) \| ([^|]+) \|([^|]*)\|$", part, re.M):
            if english == "English":
                continue
            short = tuple(form.strip() for form in also.split(",") if form.strip())
            found += [Term(word.strip(), translation.strip(), short, at_the_start) for word in english.split(",")]
    return sorted(found, key=lambda term: -len(term.english))


def exceptions() -> dict[tuple[str, str], str]:
    """(term, English text) → why it is said otherwise there."""
    with EXCEPTIONS.open(encoding="utf-8", newline="") as table:
        return {(row["term"], row["text"]): row["reason"] for row in csv.DictReader(table)}


def said_otherwise() -> list[tuple[str, str, str]]:
    """(term, English text, Vietnamese text) of every entry that translates a term otherwise than the glossary."""
    patterns = [(term, term.pattern) for term in terms()]
    found = []
    for domain in DOMAINS:
        for entry in own(domain):
            english, text = NOT_SPEECH.sub(" ", entry.msgid).strip(), vietnamese(entry)
            for term, pattern in patterns:
                if pattern.search(english):
                    # What a longer term has explained is not looked at by a shorter one.
                    english = english if term.at_the_start else pattern.sub(" ", english)
                    if not term.is_said_in(text):
                        found.append((term.english, " ".join(entry.msgid.split()), " ".join(text.split())))
                    if term.at_the_start:
                        english = f" {english}"
    return found
