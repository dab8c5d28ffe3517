"""The articles, clauses and points of a citation, ranges filled in."""

import re

from .found import POINTS, Unit


def units_in(run: list[re.Match], plain: str) -> tuple[Unit, ...]:
    """Put points to their clauses and clauses to their articles: "khoản 1, 2 Điều 3 và điểm đ khoản 1 Điều 10"."""
    found: list[Unit] = []
    points: list[str] = []
    clauses: list[tuple[str, list[str]]] = []
    section = ""
    for match in run:
        if match["kind1"]:
            points += _spread(match["points"].lower(), POINTS)
        elif match["kind2"] and match["kind2"].lower() == "khoản":
            for clause in _spread(match["numbers"]):
                clauses.append((clause, points))
                points = []
        elif match["kind2"]:
            articles = _spread(match["numbers"])
            _fill_range(found, articles, plain, match)
            for article in articles:
                found += _parts_of(article, clauses, points)
                points, clauses = [], []
        elif match["kind3"].lower().startswith("m"):
            section = match["romans"]
        elif match["kind3"].lower().startswith("c"):
            found.append(Unit(chapter=match["romans"], section=section))
            section = ""
        else:
            found.append(Unit(appendix=match["romans"]))
    if section:
        found.append(Unit(section=section))
    if points and clauses and not clauses[-1][1]:
        # The older order: "Điều 10 khoản 1 điểm d".
        clauses[-1], points = (clauses[-1][0], points), []
    if points or clauses:
        last = found.pop() if found and found[-1].article and not found[-1].clause else Unit()
        found += _parts_of(last.article, clauses, points)
    return tuple(found[:MOST_UNITS])


MOST_UNITS = 200


def _fill_range(found: list[Unit], articles: list[str], plain: str, match: re.Match) -> None:
    """Fill in what lies between "Điều 5" and "đến Điều 9"."""
    if not found or not found[-1].article.isdecimal() or not articles or not articles[0].isdecimal():
        return
    if re.search(r"đến[ \n]{1,2}$", plain[max(0, match.start() - 7) : match.start()]):
        first, last = int(found[-1].article), int(articles[0])
        found += [Unit(article=str(number)) for number in range(first + 1, min(last, first + MOST_UNITS))]


def _parts_of(article: str, clauses: list[tuple[str, list[str]]], points: list[str]) -> list[Unit]:
    article, dot, inner = article.partition(".")
    if dot:
        clause, _dot, point = inner.partition(".")
        return [Unit(article=article, clause=clause, point=point)]
    found = []
    for clause, of_clause in clauses:
        found += [Unit(article=article, clause=clause, point=point) for point in of_clause] or [
            Unit(article=article, clause=clause)
        ]
    found += [Unit(article=article, point=point) for point in points]
    return found or [Unit(article=article)]


def _spread(written: str, letters: str = "") -> list[str]:
    """The values of a list or range: "1, 2 và 5" -> 1, 2, 5; "a đến d" -> a, b, c, d."""
    values: list[str] = []
    for item in re.split(r"[ ]?,[ \n]{0,2}(?:(?:và|hoặc)[ \n]{1,2})?|[ \n]{1,2}(?:và|hoặc)[ \n]{1,2}", written):
        first, to, last = (part.strip() for part in re.sub(r"[ \n]+đến[ \n]+", "|", item).partition("|"))
        if not to:
            values.append(first)
        elif letters and first in letters and last in letters:
            values += letters[letters.index(first) : letters.index(last) + 1]
        elif first.isdecimal() and last.isdecimal():
            values += [str(number) for number in range(int(first), min(int(last), int(first) + MOST_UNITS) + 1)]
        else:
            values += [first, last]
    return values
