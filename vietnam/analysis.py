"""Vietnamese text as plain tokens, the same for what is indexed and for what is asked.

Each text gives three streams of ASCII tokens: exact ("đất" -> "dat169": letters, then the marks as VNI digits in
order, so that "hoà" and "hòa" agree), folded ("dat"), and numbers of documents ("01/2020/QĐ-UBND" ->
"n1x2020xqdxubnd" and every run inside it). A word typed with marks asks for the exact or the folded token, a word
without marks for the folded one, a number for its one token.
"""

import re
import unicodedata
from functools import lru_cache

from . import text as vietnamese

# VNI: sắc, huyền, hỏi, ngã, nặng, mũ, móc, trăng; đ is 9.
MARKS = dict(zip("\u0301\u0300\u0309\u0303\u0323\u0302\u031b\u0306", "12345678", strict=True))
DYET = "9"
WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(
    r"\d{1,2}/\d{1,2}/\d{4}"  # 05/06/2020
    r"|\d+(?:\s?/\s?\d{4})?\s?/\s?[^\W\d_]+(?:\s?-\s?[^\W_]+)*"  # 01 /2020/QĐ-UBND, 308/TTr-VHTT
    r"|\d+\s?/\s?\d{4}"  # 01/2020
    r"|(?<!\w)[^\W\d_]{1,6}(?:-[^\W\d_]{2,8})+"  # QĐ-UBND
)
# Places of a text that are compared for its excerpt.
MOST_PLACES = 40
LONGEST_QUERY = 200
MOST_TERMS = 12


@lru_cache(maxsize=20_000)
def split(word: str) -> tuple[str, str]:
    """Return the base letters of a word and its marks, sorted: "đất" -> ("dat", "169")."""
    base, marks = [], []
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in MARKS:
            marks.append(MARKS[char])
        elif char == "đ":
            base.append("d")
            marks.append(DYET)
        elif not unicodedata.combining(char):
            base.append(char)
    return "".join(base), "".join(sorted(marks))


def index_text(text: str) -> str:
    """Return the three streams of a text, a line each."""
    text = vietnamese.normalise_letters(text)
    pairs = [split(word) for word in WORD.findall(text)]
    exact = [base + marks for base, marks in pairs]
    folded = [base for base, _marks in pairs]
    numbers = sorted(_numbers(text))
    return "\n".join([" ".join(exact), " ".join(folded) if folded != exact else "", " ".join(numbers)])


def tokens(text: str) -> set[str]:
    """Return the tokens of a text, each once: those of all three streams."""
    text = vietnamese.normalise_letters(text)
    found = _numbers(text)
    for word in set(WORD.findall(text)):
        base, marks = split(word)
        found |= {base + marks, base}
    return found - {""}


def split_words(text: str) -> list[tuple[str, str]]:
    """Return the words of a text in order, each as it is spelt and without marks: "đất" -> ("dat169", "dat")."""
    pairs = [split(word) for word in WORD.findall(vietnamese.normalise_letters(text))]
    return [(base + marks, base) for base, marks in pairs]


def _numbers(text: str) -> set[str]:
    numbers = set()
    for match in NUMBER.finditer(text):
        key = _number_key(match.group())
        numbers |= {"n" + "x".join(key[i:j]) for i in range(len(key)) for j in range(i + 2, len(key) + 1)}
    return numbers


def query_terms(text: str) -> list[list[str]]:
    """Return one list of alternatives a term, the exact form first: AND between terms, OR inside one.

    Control characters count as blanks; at most MOST_TERMS terms of the first LONGEST_QUERY characters.
    """
    return [alternatives for _typed, alternatives in typed_terms(text)]


def typed_terms(text: str) -> list[tuple[str, list[str]]]:
    """Return the terms of a query as `query_terms` does, each behind the piece of the text that it was made of."""
    text = vietnamese.normalise_letters(clean(text))
    terms, position = [], 0
    for start, end in [match.span() for match in NUMBER.finditer(text)] + [(len(text), len(text))]:
        for word in WORD.findall(text[position:start]):
            base, marks = split(word)
            if base:
                terms.append((word, [base + marks, base] if marks else [base]))
        key = _number_key(text[start:end])
        if key:
            terms.append((text[start:end], ["n" + "x".join(key)] if len(key) > 1 else key))
        position = end
    return terms[:MOST_TERMS]


def spans(shown: str, query: str) -> list[tuple[int, int]]:
    """Return where a composed (NFC) text has the words of a query: pairs of first character and the one after.

    A word typed with marks is found spelt so or without any mark, a word typed without is found however it is spelt:
    ("đất đạt dat", "đất") -> [(0, 3), (8, 11)].
    """
    exact, folded, bare = _looked_for(query)
    found = []
    for match in WORD.finditer(shown):
        base, marks = split(match.group())
        if base in folded or base + marks in exact or (not marks and base in bare):
            found.append(match.span())
    return found


# Only the last one: what people look for is not kept.
@lru_cache(maxsize=1)
def _looked_for(query: str) -> tuple[set[str], set[str], set[str]]:
    """The words of a query: those with marks, those without, and the letters of those with marks."""
    typed = [split(word) for word in WORD.findall(vietnamese.nfc(query))]
    return (
        {base + marks for base, marks in typed if marks},
        {base for base, marks in typed if not marks},
        {base for base, marks in typed if marks},
    )


def excerpt(text: str, query: str, longest: int = 240) -> str:
    """Return the piece of a composed (NFC) text where most words of a query stand together, "" where none does.

    At most `longest` letters, cut between words, with "…" where something is left out.
    """
    words = {split(word)[0] for word in WORD.findall(vietnamese.nfc(query))} - {""}
    if not words:
        return ""
    any_word = "|".join("".join(_ANY_MARKS.get(letter, re.escape(letter)) for letter in word) for word in sorted(words))
    found = re.finditer(rf"(?<![^\W_])(?:{any_word})(?![^\W_])", text, re.IGNORECASE)
    places = [
        (match.start(), split(match.group())[0]) for match, _number in zip(found, range(MOST_PLACES), strict=False)
    ]
    if not places:
        return ""
    near, behind = [], 0
    for number, (start, _word) in enumerate(places):
        while behind < len(places) and places[behind][0] < start + longest // 2:
            behind += 1
        near.append(len({word for _at, word in places[number:behind]}))
    start = max(0, places[near.index(max(near))][0] - longest // 4)
    end = min(len(text), start + longest)
    piece = text[start:end]
    if start:
        piece = "… " + piece.partition(" ")[2]
    if end < len(text):
        piece = piece.rpartition(" ")[0] + " …"
    return " ".join(piece.split())


def clean(text: str) -> str:
    """Return a typed query without control characters and doubled blanks, cut to LONGEST_QUERY characters."""
    printable = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text[: LONGEST_QUERY * 2])
    return " ".join(printable.split())[:LONGEST_QUERY]


def _number_key(text: str) -> list[str]:
    return [split(part)[0].lstrip("0") or "0" for part in re.split(r"[\s/-]+", text) if part]


def _any_marks() -> dict[str, str]:
    """For each base letter the class of letters that have it, whatever their marks: "a" -> "[aàáảãạăằ…]"."""
    classes: dict[str, str] = {}
    for letter in map(chr, [*range(0x61, 0x7B), *range(0xE0, 0x1B1), *range(0x1EA0, 0x1EFA)]):
        if letter.islower():
            base = split(letter)[0]
            classes[base] = classes.get(base, "") + letter
    return {base: f"[{letters}]" for base, letters in classes.items() if len(base) == 1 and len(letters) > 1}


_ANY_MARKS = _any_marks()
