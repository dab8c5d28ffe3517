"""Vietnamese text: normal form, search folding, slugs, sorting, tone placement, encodings before Unicode.

TCVN 6909:2001 allows composed and combining letters; everything stored here is composed (NFC).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, count

LEGACY_SCHEMES = ("tcvn3", "vni", "viqr")

# Letters that look like Đ and đ but are other characters; NFC does not unify them.
LOOK_ALIKES = {"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"}
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries
SHAPES = "\u0302\u0306\u031b"  # mũ, trăng, móc

# Cyrillic and Greek letters that read as Latin ones: in a document's symbol they are slips of the keyboard.
FOREIGN_LOOK_ALIKES = {
    **dict(zip("АВСДЕНІЈКМОРЅТХУавсдеіјорѕхуқ", "ABCĐEHIJKMOPSTXYaBcđeijopsxyq", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True)),
}

_LOOK_ALIKE_TABLE = str.maketrans(LOOK_ALIKES)
_FOREIGN_TABLE = str.maketrans(FOREIGN_LOOK_ALIKES)
_FORMAT_CHARACTERS = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def nfc(text: str) -> str:
    """Compose letters and marks (TCVN 6909:2001 allows both forms; the portal stores this one)."""
    return unicodedata.normalize("NFC", text)


def normalise_letters(text: str) -> str:
    """Compose the text and replace the four look-alikes of Đ/đ: "QÐ-UBND" -> "QĐ-UBND".

    Text in TCVN3 comes back as it was, because there "Ð" is the letter é: ask detect_legacy first.
    """
    text = nfc(text)
    if "Ð" in text and detect_legacy(text) == "tcvn3":
        return text
    return text.translate(_LOOK_ALIKE_TABLE)


def unify_look_alikes(text: str) -> str:
    """Write letters and digits that only look like ours with ours, for numbers and symbols of documents.

    Full-width and other compatibility forms, Cyrillic and Greek letters that read as Latin ones, Д for Đ, invisible
    characters, digits of other scripts: "０1/2020/QД‑UВND" -> "01/2020/QĐ-UBND". Not for running text, where such
    letters may be meant.
    """
    text = unicodedata.normalize("NFKC", text.translate(_FORMAT_CHARACTERS))
    text = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text)
    return nfc(text.translate(_FOREIGN_TABLE).translate(_LOOK_ALIKE_TABLE))


def has_diacritics(text: str) -> bool:
    """Answer whether the writer typed any Vietnamese mark or đ: True for "phố", False for "pho"."""
    decomposed = unicodedata.normalize("NFD", text.translate(_LOOK_ALIKE_TABLE))
    return any(char in "Đđ" or char in TONES or char in SHAPES for char in decomposed)


def fold(text: str) -> str:
    """Reduce text to its search key: "Ủy ban  Đông Xuyên" -> "uy ban dong xuyen".

    Look-alikes of Đ first, then case and every mark dropped, đ to d, white space collapsed. Different words
    may fold alike (bàn, bán, bản): rank exact matches before folded ones. Folding twice changes nothing.
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_LOOK_ALIKE_TABLE).translate(_FORMAT_CHARACTERS))
    lowered = unicodedata.normalize("NFD", decomposed.casefold()).replace("đ", "d")
    return " ".join("".join(char for char in lowered if not unicodedata.combining(char)).split())


def slug(text: str, max_length: int = 100) -> str:
    """Make the address of a Vietnamese title: "Phường Mỹ Long – giới thiệu" -> "phuong-my-long-gioi-thieu".

    ASCII lower-case letters, digits and single hyphens; cut between words at max_length characters (a single
    longer word is cut hard). Empty when the title holds no Latin letter or digit: the caller chooses what to
    do.
    """
    folded = fold(unicodedata.normalize("NFKD", text))
    whole = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if len(whole) <= max_length:
        return whole
    cut = whole[: max_length + 1].rpartition("-")[0]
    return cut or whole[:max_length]


def free_slug(wanted: str, taken: Iterable[str], *, other: str = "") -> str:
    """Return an address that is not taken: the wanted one, else `other`, else the last of them with a number from 2.

    Example: ("van-hoa", {"van-hoa", "van-hoa-2"}) -> "van-hoa-3".
    """
    used, last = set(taken), other or wanted
    candidates = chain((wanted, last), (f"{last}-{number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate not in used)


def host_label(text: str) -> str:
    """Make the joined host label of a unit's name: "Mỹ Long" -> "mylong" (at most 63 characters)."""
    return slug(text).replace("-", "")[:63]


# The same names of units and sections are put in order on every page.
@lru_cache(maxsize=2_000)
def sort_key(text: str) -> tuple:
    """Return a key that sorts as a Vietnamese dictionary does (the ICU collation `vi`).

    Letters a ă â b c d đ e ê … ư v x y first over the whole text; among equals the tones ngang, huyền, hỏi,
    ngã, sắc, nặng; then lower case before upper case. Spaces come before digits, digits before letters.
    """
    letters, tones, cases = [], [], []
    for char in nfc(" ".join(text.translate(_LOOK_ALIKE_TABLE).split())):
        bare, tone = split_tone(char)
        lowered = bare.casefold()
        if lowered in ALPHABET:
            letters.append((3, ALPHABET.index(lowered), ""))
        elif char.isdigit():
            letters.append((2, unicodedata.digit(char, 0), ""))
        elif char == " ":
            letters.append((0, 0, ""))
        elif char.isalpha():
            letters.append((4, 0, lowered))
        else:
            letters.append((1, 0, char))
        tones.append(0 if not tone else TONES.index(tone) + 1)
        cases.append(bare != lowered)
    return tuple(letters), tuple(tones), tuple(cases), text


# ---------------------------------------------------------------- syllables and tone placement

_ONSET = (
    r"(?:ngh|ng|nh|gh|gi(?=[aăâeêioôơuưy])|g|kh|k|ch|c|th|tr|t|ph|p|qu(?=[aăâeêiơoôy])"
    r"|b|d|đ|h|l|m|n|r|s|v|x)?"
)
_SYLLABLE = re.compile(rf"(?P<onset>{_ONSET})(?P<vowels>[aăâeêioôơuưy]+)(?P<coda>ng|nh|ch|c|m|n|p|t|k)?")
_WORD = re.compile(r"[^\W\d_]+")
# Every rhyme of standard Vietnamese, without its tone.
_RHYMES = frozenset(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en "
    "eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc "
    "oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo "
    "oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên "
    "uênh uơ uôc uôi uôm uôn uông uôt uy uya uych uyn uynh uyt uyu uyp uyên uyêt ư ưa ưc ưi ưm ưn ưng ưt "
    "ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu ych ynh yt".split()
)


def unify_tone_placement(text: str) -> str:
    """Write each tone where the traditional style puts it, for search keys: "hoà", "Qúy" -> "hòa", "Quý".

    Only words that have the shape of one Vietnamese syllable with one tone change; the result is NFC. Never
    applied to stored prose, where the author's spelling stays.
    """
    return _WORD.sub(lambda match: _place_tone(match.group()), nfc(text))


def _place_tone(word: str) -> str:
    bare, tones = zip(*map(split_tone, word), strict=True)
    marked = [index for index, tone in enumerate(tones) if tone]
    syllable = _SYLLABLE.fullmatch("".join(bare).lower())
    if len(marked) != 1 or not syllable:
        return word
    place = syllable.start("vowels") + _tone_position(syllable["vowels"], bool(syllable["coda"]))
    letters = list(bare)
    letters[place] += tones[marked[0]]
    return nfc("".join(letters))


def _tone_position(vowels: str, closed: bool) -> int:
    """Index of the vowel that carries the tone: one with a hat or hook first, else the traditional place."""
    shaped = [index for index, vowel in enumerate(vowels) if vowel in "ăâêôơư"]
    if shaped:
        return shaped[-1]
    if len(vowels) == 1:
        return 0
    return 1 if closed or len(vowels) > 2 else 0


def split_tone(char: str) -> tuple[str, str]:
    """Split one letter into the letter without its tone and the tone mark: "ộ" -> ("ô", nặng)."""
    decomposed = unicodedata.normalize("NFD", char)
    tone = next((mark for mark in decomposed if mark in TONES), "")
    return (nfc(decomposed.replace(tone, "", 1)), tone) if tone else (char, "")


def is_syllable(word: str) -> bool:
    """Answer whether the word is a well-formed Vietnamese syllable, with at most one tone in place."""
    bare, tones = zip(*map(split_tone, word), strict=True)
    letters, marks = "".join(bare).lower(), "".join(tones)
    syllable = _SYLLABLE.fullmatch(letters)
    if not syllable or len(marks) > 1:
        return False
    coda = syllable["coda"] or ""
    if coda in ("c", "ch", "p", "t", "k") and marks and marks not in "\u0301\u0323":
        return False  # a stopped syllable has only sắc or nặng
    if syllable["vowels"] + coda not in _RHYMES:
        return False
    if not marks:
        return True
    vowels, place = syllable["vowels"], tones.index(marks) - syllable.start("vowels")
    return 0 <= place < len(vowels) and (vowels.isascii() or place == _tone_position(vowels, bool(coda)))


# What joins Vietnamese names in an English sentence, and no word of a Vietnamese one.
_ENGLISH_JOINTS = frozenset("and are as by for from is of or under until was with".split())
# What may stand between two words of one phrase; a sign of another kind ends the phrase.
_WITHIN = re.compile(r"[\s,/\d–-]+")
# Numbers, abbreviations and capital words that belong to the name before them: "Luật 77/2015/QH13", "Mỹ Long".
_NAME_END = re.compile(
    r"(?P<number>[-/]\w+| ?(?=[/-]*\d)[\d/-]+(?:[A-ZĐ]+\d*)?(?![\w-]))| (?P<word>[A-ZĐ][^\W\d_]*)\d*(?![\w-])"
)
_MOST_FOREIGN = 2


def is_vietnamese(text: str) -> bool:
    """Answer whether a text is Vietnamese by its letters: words with marks outnumber words that no syllable can be.

    Abbreviations in capitals speak for no language. A text without marks is not recognised ("Trang tin"), nor is one in
    another language that names a Vietnamese place.

    Example: "Quyết định 12/2021/QĐ-UBND" is; "Birth registration", "Long Xuyên City" and "Café" are not.
    """
    kinds = [_kind(word) for word in _WORD.findall(nfc(text))]
    return kinds.count("marked") > kinds.count("foreign")


def vietnamese_runs(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each Vietnamese phrase in a text of any language, from its first marked word to its last.

    A phrase bridges words without marks and two foreign ones at most ("dịch vụ Internet và"), no English joint and no
    end of a sentence; the number of a document belongs to it. Without a foreign word elsewhere the text is one phrase.

    Example: in "Replaced by Nghị định 42/2022/NĐ-CP from 2022" it is "Nghị định 42/2022/NĐ-CP".
    """
    if text.isascii():
        return []
    runs: list[list[int]] = []
    foreign, last, strangers = 0, None, []
    for match in _WORD.finditer(text):
        kind = _kind(nfc(match.group()))
        if last is not None and not _WITHIN.fullmatch(text[last : match.start()]):
            foreign = _MOST_FOREIGN + 1
        if kind == "foreign":
            strangers.append(match.start())
            foreign += _MOST_FOREIGN + 1 if match.group().lower() in _ENGLISH_JOINTS else 1
        elif kind == "marked":
            if runs and foreign <= _MOST_FOREIGN:
                runs[-1][1] = match.end()
            else:
                runs.append([match.start(), match.end()])
            foreign = 0
        last = match.end()
    for run in runs:
        while (more := _NAME_END.match(text, run[1])) and (more["number"] or not _kind(more["word"])):
            run[1] = more.end()
    if runs and all(any(start < place < end for start, end in runs) for place in strangers):
        return [(len(text) - len(text.lstrip()), len(text.rstrip()))]
    return [(start, end) for start, end in runs]


# Pages repeat their words: a word is looked at once.
@lru_cache(maxsize=20_000)
def _kind(word: str) -> str:
    """Say what a word tells of its language: "marked" as Vietnamese only is, "foreign" as no syllable is, or ""."""
    if not (word.isupper() or is_syllable(word)):
        return "foreign"
    return "marked" if has_diacritics(word) else ""


# ---------------------------------------------------------------- encodings before Unicode

# One byte per letter, as seen when the bytes are read as Windows-1252 or Latin-1 (TCVN 5712-1, upper half).
_TCVN3_HEX = (
    "á=B8 à=B5 ả=B6 ã=B7 ạ=B9 ă=A8 ắ=BE ằ=BB ẳ=BC ẵ=BD ặ=C6 â=A9 ấ=CA ầ=C7 ẩ=C8 ẫ=C9 ậ=CB é=D0 è=CC ẻ=CE "
    "ẽ=CF ẹ=D1 ê=AA ế=D5 ề=D2 ể=D3 ễ=D4 ệ=D6 í=DD ì=D7 ỉ=D8 ĩ=DC ị=DE ó=E3 ò=DF ỏ=E1 õ=E2 ọ=E4 ô=AB ố=E8 "
    "ồ=E5 ổ=E6 ỗ=E7 ộ=E9 ơ=AC ớ=ED ờ=EA ở=EB ỡ=EC ợ=EE ú=F3 ù=EF ủ=F1 ũ=F2 ụ=F4 ư=AD ứ=F8 ừ=F5 ử=F6 ữ=F7 "
    "ự=F9 ý=FD ỳ=FA ỷ=FB ỹ=FC ỵ=FE đ=AE Ă=A1 Â=A2 Ê=A3 Ô=A4 Ơ=A5 Ư=A6 Đ=A7"
)
TCVN3 = {chr(int(code, 16)): letter for letter, code in (pair.split("=") for pair in _TCVN3_HEX.split())}


def _vni_table() -> dict[str, str]:
    """Base letter and mark byte of the VNI Windows fonts -> letter; a capital carries a capital mark."""
    sac, huyen, hoi, nga, nang = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
    tones = dict(zip("ùøûõï", (sac, huyen, hoi, nga, nang), strict=True))
    hat = {"â": "\u0302"} | {m: "\u0302" + t for m, t in zip("áàåãä", tones.values(), strict=True)}
    breve = {"ê": "\u0306"} | {m: "\u0306" + t for m, t in zip("éèúüë", tones.values(), strict=True)}
    marks = {"a": tones | hat | breve, "e": tones | hat, "o": tones | hat, "u": tones, "y": tones}
    table = {base + mark: nfc(base + add) for base, adds in marks.items() for mark, add in adds.items()}
    for single, letter in {"ô": "ơ", "ö": "ư"}.items():
        table[single] = letter
        table |= {single + mark: nfc(letter + tone) for mark, tone in tones.items()}
    table |= dict(zip("íìæóòîñ", "íìỉĩịỵđ", strict=True))
    capitals = {code[0].upper() + code[1:]: letter.upper() for code, letter in table.items()}
    return table | capitals | {code.upper(): letter.upper() for code, letter in table.items()}


def _viqr_table() -> dict[str, str]:
    """Typed letters and signs of VIQR (RFC 1456) -> letter; a shape may stand before or after the tone."""
    tones = dict(zip("'`?~.", "\u0301\u0300\u0309\u0303\u0323", strict=True))
    shapes = {"^": ("\u0302", "aeo"), "(": ("\u0306", "a"), "+": ("\u031b", "ou")}
    table = {"dd": "đ", "Dd": "Đ", "DD": "Đ", "dD": "đ"}
    for base in "aeiouyAEIOUY":
        table |= {base + sign: nfc(base + tone) for sign, tone in tones.items()}
        for shape, (mark, bases) in shapes.items():
            if base.lower() in bases:
                table[base + shape] = nfc(base + mark)
                for sign, tone in tones.items():
                    table[base + shape + sign] = table[base + sign + shape] = nfc(base + mark + tone)
    return table


VNI = _vni_table()
VIQR = _viqr_table()


def _longest_first(table: dict[str, str]) -> re.Pattern:
    return re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True))))


_VNI_CODES = _longest_first(VNI)
_VIQR_CODES = re.compile(r"\\(.)|(" + _longest_first(VIQR).pattern + ")", re.DOTALL)
_TCVN3_TABLE = str.maketrans(TCVN3)
# Letters that exist in no code page before Unicode: text that holds one is Unicode already.
_UNICODE_ONLY = re.compile("[\u1ea0-\u1ef9ăĂđĐơƠưƯ]")
# A hat, horn, breve, stroke or tone sign inside a word, not where punctuation stands.
_VIQR_EVIDENCE = re.compile(r"[aeo]\^|a\(|[ou]\+|[aeiouy]['`?~.](?=[a-z])|dd(?=[aeiouy])|[aeiouy][`~]", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[\s,;:!?\"/\[\]{}<>|=*\u2013\u2014-]+|\.(?=\s|$)")


def detect_legacy(text: str) -> str | None:
    """Name the encoding before Unicode that the text was typed in: "tcvn3", "vni", "viqr" or None.

    A scheme is named when converting by it turns unreadable words into well-formed Vietnamese syllables, and
    spoils fewer than it corrects. None for Unicode text, also when it happens to hold only letters of
    Windows-1252 ("Thông báo", "élève"), and for undecidable scraps. Convert only after a person has
    confirmed.
    """
    text = nfc(text)
    if _UNICODE_ONLY.search(text):
        return None
    gains = {scheme: _readability_gain(text, scheme) for scheme in LEGACY_SCHEMES}
    best = max(gains, key=gains.get)
    return best if gains[best] > 0 else None


def convert_legacy(text: str, scheme: str) -> str:
    """Convert text of an encoding before Unicode to NFC: ("Quyeát ñònh", "vni") -> "Quyết định".

    Accepts bytes read as Windows-1252 or as Latin-1. TCVN3 has no accented capitals except Ă Â Ê Ô Ơ Ư Đ:
    text set in the capital font .VnTimeH comes out in small letters. Text that already holds letters of
    Unicode alone (ạ, ơ, đ …) comes back as it was, so converting twice does no harm. ValueError for an
    unknown scheme.
    """
    if scheme not in LEGACY_SCHEMES:
        raise ValueError(f"Không biết bảng mã “{scheme}”. Các bảng mã chuyển được: {', '.join(LEGACY_SCHEMES)}.")
    text = nfc(text)
    if _UNICODE_ONLY.search(text):
        return text
    if scheme == "tcvn3":
        return nfc(text.translate(_TCVN3_TABLE))
    if scheme == "vni":
        return nfc(_VNI_CODES.sub(lambda match: VNI[match.group()], text))
    return nfc(_VIQR_CODES.sub(lambda match: match[1] or VIQR[match[2]], text))


def _readability_gain(text: str, scheme: str) -> int:
    """Words that become readable less twice those that stop being so; 0 when too many stay unreadable."""
    gained = lost = unreadable = 0
    for word in set(_NOT_A_WORD.split(text)):
        word = word if scheme == "viqr" else word.strip("()'.…“”‘’")
        if not re.search("[A-Za-z]", word):
            continue
        if scheme == "viqr" and not _VIQR_EVIDENCE.search(word):
            continue
        converted = convert_legacy(word, scheme)
        if converted == word:
            continue
        before, after = is_syllable(word), is_syllable(converted)
        gained += after and not before
        lost += before and not after
        unreadable += not before and not after
    if scheme == "viqr" and gained < 2:
        return 0  # one odd English word is no evidence
    return gained - 2 * lost if gained > unreadable else 0
