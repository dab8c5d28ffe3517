"""Plain words: the field's standard terms instead of pictures, in docstrings, comments, names and pages of the project.

`docs/glossary.md` has the terms. What stands in backticks is a name or a value and is not read; a legal term keeps its
word. Templates and Vietnamese texts are not meant.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import rooms
from django.test import SimpleTestCase

ROOT = Path(__file__).resolve().parent.parent
# What is not said -> what is said instead.
SAY = {
    r"shel(?:f|ves)": "facet index",
    r"desks?": "dashboard, work queue",
    r"piles?": "groups",
    r"knocks?": "may open",
    r"capped": "sandbox",
    r"mend(?:s|ed|ing)?": "fix, normalise, correct",
    r"hand(?:s|ed|ing)? (?:it |them )?in": "send, submit; submission",
    r"la(?:ys?|id) (?:it |them )?(?:out|before)|dress(?:es|ed)?": "build, annotate, submit",
    r"bears?|borne": "has, carries",
    r"stands? in": "is in",
    r"(?:no|some|any|every)body|whoever|whomever": "no user, a user, the user who",
    r"spelt as typed|near match(?:es)?": "exact, fuzzy",
    r"takes? along|taken along|took along|leads? on": "include, redirect to the successor",
    r"at the most|for ever|so many": "at most, permanently, n",
    r"lets? go|let \w+ go": "release, delete",
    r"sweeps?|forgets?|forgotten|forgot": "purge, leave out",
    r"settles?|settled|settling": "decode, meet, apply",
    r"stands? still": "is paused",
    r"kept (?:pages?|copies|copy|answers?|forms?|files?)": "cached page, saved form, draft file",
    r"clocks?": "deadline",
    r"verbs?": "action",
    r"faults": "violations",
    r"in words": "as text, described",
    r"he|his|him|himself|she|her|herself": "they",
}
# The same of names: parts of a name between underscores or capitals.
NAMES = re.compile(
    r"shel(?:f|ves)|desks?|piles?|capped|mend(?:s|ed|ing)?|handed_in|lay_out|la(?:ys?|id)_before|dress(?:ed)?"
    r"|(?:no|some|any)body|whoever|take_along|leads?_on|let_go|sweeps?|forget|forgotten|settled?|verbs?|faults?"
    r"|told|said|in_words|kept|keep|keeping|keeper|unkept|forgets|unsettled|heads|bears?|course|doors?"
)
# Names that the word is the right one for: what a library calls so, and Vietnamese terms of the law.
RIGHT_NAMES = {
    "keep_blank_values": "an argument of `urllib`",
    "keep_links": "an argument of Wagtail's",
    "keep_live": "an argument of Wagtail's",
    "keep": "what a form field is called in a request: «giữ lại»",
}
LISTED = re.compile("|".join(rf"\b(?P<w{place}>{pattern})\b" for place, pattern in enumerate(SAY)), re.IGNORECASE)
QUOTED = re.compile(r"`[^`]*`|«[^»]*»|\"[^\"\n]*\"|https?://\S+")
# A clock on the wall or of the machine is one.
REAL_CLOCKS = re.compile(
    r"\b(?:wall|system|monotonic|machine'?s|phone'?s|telephone'?s|server'?s|browser'?s|own) clocks?\b"
)
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/operations.md",
    "docs/security.md",
    "docs/glossary.md",
    "docs/permissions.md",
    "docs/abuse-cases.md",
)


def listed_in(text: str) -> Iterator[str]:
    """Yield what a text says that it should not, with the words to say instead."""
    text = QUOTED.sub("", REAL_CLOCKS.sub("", text))
    for found in LISTED.finditer(text):
        instead = list(SAY.values())[int(found.lastgroup[1:])]
        yield f"«{found[0]}», say: {instead}"


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every docstring and comment of a module."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            for offset, line in enumerate(ast.get_docstring(node, clean=False).split("\n")):
                yield node.body[0].lineno + offset, line
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def modules() -> Iterator[Path]:
    """Yield the modules of the product, migrations left out."""
    for room in (*rooms.ROOMS, "config", "tools"):
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts)


def names_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of every name of a module that holds a listed word."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.NAME and token.string not in RIGHT_NAMES and is_listed_name(token.string):
            yield token.start[0], token.string


def is_listed_name(name: str) -> bool:
    """Tell whether a listed word is a part of a name."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return bool(re.search(rf"(?:^|_)(?:{NAMES.pattern})(?:_|$)", parts))


class Words(SimpleTestCase):
    def test_names_use_the_terms_of_the_field(self):
        found = [f"{path.relative_to(ROOT)}:{line}: {name}" for path in modules() for line, name in names_in(path)]
        found += [str(path.relative_to(ROOT)) for path in modules() if is_listed_name(path.stem)]

        self.assertEqual(found, [])

    def test_docstrings_and_comments_use_the_terms_of_the_field(self):
        found = [
            f"{path.relative_to(ROOT)}:{line}: {word}"
            for path in modules()
            for line, text in prose(path)
            for word in listed_in(text)
        ]

        self.assertEqual(found, [])

    def test_pages_of_the_project_use_them_too(self):
        found = [
            f"{page}:{number}: {word}"
            for page in PAGES
            for number, line in enumerate((ROOT / page).read_text(encoding="utf-8").split("\n"), 1)
            for word in listed_in(line)
        ]

        self.assertEqual(found, [])

    def test_a_listed_word_is_found_and_a_name_is_not(self):
        self.assertEqual(
            list(listed_in("Nobody mends it for ever.")),
            [
                "«Nobody», say: no user, a user, the user who",
                "«mends», say: fix, normalise, correct",
                "«for ever», say: at most, permanently, n",
            ],
        )
        self.assertEqual(list(listed_in("`mend_texts` asks the system clock.")), [])
        self.assertEqual(
            [name for name in ("mend_texts", "KeptFile", "KEY", "BOARD_HEAD") if is_listed_name(name)],
            ["mend_texts", "KeptFile"],
        )
