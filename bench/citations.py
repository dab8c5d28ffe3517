"""How many citations of real legal texts are read right: laws by their bare name, dated, with a number, and numbers.

    python bench/citations.py FOLDER --report bench/results/citations.md

FOLDER holds texts of legal documents (.txt, .md), such as the codified law; none is kept here. What is right is told by
the texts themselves: the names that stand beside a number of the National Assembly anywhere in them ("Luật số
67/2006/QH11 Công nghệ thông tin ngày …", "Luật Dữ liệu số 60/2024/QH15") are the names that there are, and the longest
of them that begins at a place is the one that is cited there. Numbers are those that a plain pattern finds.

The exit code is 1 below the goals (97 % of bare names, 99.5 % of numbers), or with fewer than 200 texts.
"""

import argparse
import bisect
import random
import re
import sys
import time
import unicodedata
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from vietnam import citations  # noqa: E402
from vietnam.law_names import LawNames  # noqa: E402
from vietnam.text import fold  # noqa: E402

LONGEST_TEXT = 120_000
GOALS = {"bare": 97.0, "number": 99.5}
TEXTS = 200
_KIND = r"(?:Bộ luật|Luật|Pháp lệnh)"
_BEFORE_NAME = re.compile(
    rf"{_KIND} (?:số )?\d+/\d{{4}}/(?:QH|UBTVQH)\d+ ([^()\n;:]{{3,160}}?)"
    r" (?:ban hành )?ngày \d{1,2}/\d{1,2}/\d{4}"
)
_AFTER_NAME = re.compile(rf"{_KIND} ([^()\n;:./\d*]{{3,160}}?) (?:số )?\d+/\d{{4}}/(?:QH|UBTVQH)\d+")
_NO_NAME = re.compile(r"sửa đổi|bổ sung|hiệu lực|quy định|luật|pháp lệnh|nghị định|thông tư|căn cứ|của|các luật", re.I)
_HEAD = re.compile(rf"(?<!\w)(?:{_KIND}) (?=[A-ZĐÀ-Ỹ])")
_NO_LAW = re.compile(r"(?:học|Khoa|khoa|Trường|trường|Phòng|phòng|ngành|Hội|Ngày) $")
_NUMBER = re.compile(r"(?<![\w/.])\d{1,4}/(?:19|20)\d\d/[A-ZĐ]{2,6}\d{0,2}(?:[-/&][A-ZĐ]{1,9}[a-z]?)*(?![\w/&-])")


def main() -> int:
    """Read the texts, compare, print; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--report", default="")
    chosen = options.parse_args()
    texts = [read(path) for path in sorted(chosen.folder.rglob("*")) if path.suffix in (".txt", ".md")]
    texts = [text for text in texts if len(text) > 1000]
    names = LawNames(names_in(texts))
    right, wrong, began = Counter(), [], time.monotonic()
    for text in texts:
        compare(text[:LONGEST_TEXT], names, right, wrong)
    report = lines(texts, right, wrong, time.monotonic() - began)
    sys.stdout.write(report)
    if chosen.report:
        Path(chosen.report).write_text(report)
    return int(len(texts) < TEXTS or any(share(right, kind) < goal for kind, goal in GOALS.items()))


def read(path: Path) -> str:
    """Return a text as one is typed: without the marks of Markdown."""
    text = unicodedata.normalize("NFC", path.read_text(errors="ignore")).replace("**", "").replace("\u00ad", "")
    return re.sub(r"[ \u00a0]+", " ", text)


def names_in(texts: list[str]) -> set[str]:
    """Return the names of laws that stand beside a number in the texts, each more than once, whatever its case."""
    found: Counter = Counter()
    for text in texts:
        for match in (*_BEFORE_NAME.finditer(text), *_AFTER_NAME.finditer(text)):
            name = re.sub(rf"^{_KIND}\s+", "", " ".join(match[1].split()).strip(" ,"), flags=re.I).lower()
            if not _NO_NAME.search(name) or name == "luật sư":
                found[name] += 1
    names = {name for name, count in found.items() if count > 1 and not re.search(r"[,;] ?(?:nghị|số)", name)}
    # "Luật Hải quan số số 54": a slip, unless the name is there with "số" only.
    return {name for name in names if name.removesuffix(" số") == name or name.removesuffix(" số") not in names}


def compare(text: str, names: LawNames, right: Counter, wrong: list[str]) -> None:
    """Count what is read right in one text; `wrong` takes what is not, with its place."""
    found = [item for item in citations.find(text) if item.kind in (citations.LAW, citations.NUMBERED)]
    starts = [item.start for item in found]

    def at(place: int):
        number = bisect.bisect_right(starts, place) - 1
        return found[number] if number >= 0 and found[number].end > place else None

    for head in _HEAD.finditer(text):
        end = names.end_at(text, head.end())
        if end is None or _NO_LAW.search(text[max(0, head.start() - 9) : head.start()]):
            continue
        item = at(head.start())
        if item is not None and item.start < head.start() and "ửa đổi" in text[item.start : head.start()]:
            continue  # the name of a law that amends this one
        after = text[end : end + 60]
        kind = "bare"
        if re.match(r"\s*,?\s*(?:số\s*:?\s*)?\d+/\d{4}/", after):
            kind = "with a number"
        elif re.match(r"\s*(?:được .{3,60}thông qua |ngày|năm)", after):
            kind = "dated"
        name = text[head.end() : end]
        # Some texts write "Luật Hải quan số số 54/2014/QH13": then "số" is taken for a part of the name.
        name = name.removesuffix(" số") if kind == "with a number" and name.removesuffix(" số") in names else name
        count(kind, item is not None and same(item.title, name), text, head.start(), name, item, right, wrong)
    for match in _NUMBER.finditer(text):
        item = at(match.start())
        is_right = item is not None and item.number is not None and same(str(item.number), match[0])
        count("number", is_right, text, match.start(), match[0], item, right, wrong)


def count(kind, is_right, text, place, wanted, item, right, wrong) -> None:
    """Count one place."""
    right[kind, is_right] += 1
    if not is_right:
        where = " ".join(text[max(0, place - 30) : place + 90].split())
        read_as = f"{item.title} {item.symbol}".strip() if item else "nothing"
        wrong.append(f"{kind}: «{' '.join(wanted.split())}» read as «{read_as}»: … {where} …")


def same(one: str, other: str) -> bool:
    """Whether two say the same but for case, marks and signs."""
    return re.sub(r"[\W_]", "", fold(one)) == re.sub(r"[\W_]", "", fold(other))


def share(right: Counter, kind: str) -> float:
    """Return the share read right, in per cent."""
    return 100 * right[kind, True] / max(1, right[kind, True] + right[kind, False])


def lines(texts: list[str], right: Counter, wrong: list[str], seconds: float) -> str:
    """Return the figures as Markdown, with some of what is wrong."""
    rows = [
        f"| {kind} | {right[kind, True] + right[kind, False]} | {share(right, kind):.2f} % |"
        for kind in ("bare", "dated", "with a number", "number")
    ]
    letters = sum(min(len(text), LONGEST_TEXT) for text in texts)
    some = random.Random(1).sample(wrong, min(30, len(wrong)))
    head = ["# Citations read in real texts", "", f"{len(texts)} texts, {letters:,} letters, {seconds:.1f} s.", ""]
    table = ["| What is cited | places | read right |", "|---|---|---|", *rows]
    return (
        "\n".join([*head, *table, "", "Some of what was read otherwise:", "", *(f"* {text}" for text in some)]) + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
