"""Words typed in Vietnamese on a keyboard that was not switched to it: keys of Telex and VNI left in the text.

Telex: aa ee oo â ê ô, aw ă, ow uw ơ ư (w alone for ư), dd đ; s f r x j for sắc huyền hỏi ngã nặng. VNI: 6 for the hat,
7 for the horn, 8 for the breve, 9 for đ; 1 to 5 for the tones in the same order. A key counts wherever it stands behind
its letter, as the methods of typing allow: "phuwowngf", "phuongwf", "dduwowngf", "su73a", "duong972".
"""

import re

from .text import is_syllable, nfc, split_tone, unify_tone_placement

TELEX_TONES = dict(zip("sfrxj", "\u0301\u0300\u0309\u0303\u0323", strict=True))
VNI_TONES = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
HATS = {"a": "â", "e": "ê", "o": "ô"}
HORNS = {"o": "ơ", "u": "ư"}
BREVES = {"a": "ă"}
VOWELS = frozenset("aăâeêioôơuưy")
LONGEST = 14
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")


def decode(word: str) -> str:
    """Return the syllable that a word spells in keys of Telex or VNI, in small letters; "" when it spells none.

    Letters that have their marks already keep them: "phươngf" -> "phường". "" too for a word without such keys.
    """
    typed = nfc(word).lower()
    if not 1 < len(typed) <= LONGEST or not _WORD.fullmatch(typed):
        return ""
    take = _vni if _DIGIT.search(typed) else _telex
    letters: list[str] = []
    tone = ""
    for sign in typed:
        bare, own = split_tone(sign)
        tone = take(letters, bare) or own or tone
    if not letters:
        return ""
    place = next((place for place, letter in enumerate(letters) if letter in VOWELS), None)
    if place is not None:
        letters[place] += tone
    spelt = unify_tone_placement(nfc("".join(letters)))
    return spelt if spelt != unify_tone_placement(typed) and is_syllable(spelt) else ""


def _telex(letters: list[str], key: str) -> str:
    """Take one key in: change the letters so far, or add one; return the tone that the key stands for, or ""."""
    if key in TELEX_TONES and any(letter in VOWELS for letter in letters):
        return TELEX_TONES[key]
    if key == "w":
        if not (_mark(letters, HORNS | BREVES, both=True)):
            letters.append("ư")
    elif key == "d" and letters and letters[0] == "d":
        letters[0] = "đ"
    elif not (key in HATS and _mark(letters, {key: HATS[key]})):
        letters.append(key)
    return ""


def _vni(letters: list[str], key: str) -> str:
    if key in VNI_TONES:
        return VNI_TONES[key]
    if key == "9" and letters and letters[0] == "d":
        letters[0] = "đ"
    elif not (key in _VNI_SHAPES and _mark(letters, _VNI_SHAPES[key], both=key == "7")):
        letters.append(key)
    return ""


_VNI_SHAPES = {"6": HATS, "7": HORNS, "8": BREVES}


def _mark(letters: list[str], shapes: dict[str, str], *, both: bool = False) -> bool:
    """Give the last letter that can have it its shape; `both`: "uo" gets two horns. Tell whether there was one."""
    for place in range(len(letters) - 1, -1, -1):
        if letters[place] in shapes:
            letters[place] = shapes[letters[place]]
            if both and letters[place] == "ơ" and place and letters[place - 1] == "u":
                letters[place - 1] = "ư"
            return True
    return False
