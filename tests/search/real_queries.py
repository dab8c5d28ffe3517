"""Queries from real needs, as they are typed on telephones, with what is meant in the demo city.

`real_queries.csv` has a query a row: what is typed, what kind of query it is, and what would be right, several with a
stroke between: `thu-tuc:` the code of a procedure, `trang:` the beginning of the last part of a page's address,
`van-ban:` the number of a document, `don-vi:` a unit on the organisation chart, `nguoi:` the name of a person. The
first 120 were written before the search was made to find them, the others when something else stood first.
"""

import csv
import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

TABLE = Path(__file__).with_name("real_queries.csv")
TAG = re.compile(r"<[^>]+>")
PROCEDURES = Path(settings.BASE_DIR) / "home" / "demo" / "procedures.json"
FIRST_FEW = 5


def places(find: Callable) -> Iterator[tuple[str, int | None, list[str]]]:
    """Yield (what is typed, the place of the first right hit, the titles found) of every query.

    `find`: returns what the search page shows for a text.
    """
    tables = json.loads(PROCEDURES.read_text(encoding="utf-8")).values()
    rows = next(table for table in tables if isinstance(table, list))
    names = {row["code"]: " ".join(row["name"].split()) for row in rows}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = find(row["typed"])
            hits = [*found.hits, *found.near_hits]
            right = [expected.split(":", 1) for expected in row["expected"].split("|")]
            place = next((at for at, hit in enumerate(hits, 1) if any(_is(hit, *one, names) for one in right)), None)
            yield row["typed"], place, [_plain(hit.title) for hit in hits]


def _is(hit, kind: str, key: str, names: dict[str, str]) -> bool:
    if kind == "thu-tuc":
        return _plain(hit.title) == names[key]
    if kind == "van-ban":
        return hit.document is not None and hit.document.symbol == key
    if kind == "don-vi":
        return hit.url.endswith(f"#don-vi-{key}") and "," not in _plain(hit.title)
    if kind == "nguoi":
        return _plain(hit.title).startswith(f"{key},")
    return hit.url.rstrip("/").rpartition("/")[2].startswith(key)


def _plain(title: str) -> str:
    return html.unescape(TAG.sub("", title))
