"""Ask the search of the demo city for words of citizens' life: how often the service that is meant stands first.

    python bench/search_words.py
    python bench/search_words.py --base http://localhost:8000

1. A demo city of its own (`own_portal.py`, SQLite), or a portal that runs already and shows the demo city (`--base`).
2. Each of the words below is asked on the city's search page, as somebody would; the services that would be right
   stand beside it, by code. Words that the demo city has no service for are not among them.
3. The place of the first right service among the hits, and what stands first; a table into `results/`.

Loopback only; ends by itself.
"""

import argparse
import contextlib
import html
import json
import re
import time
from datetime import datetime

import requests
from own_portal import ROOT, own_portal

RESULTS = ROOT / "bench" / "results"
HIT = re.compile(r'<p class="listing__title"><a href="[^"]*">(.*?)</a>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
# What somebody types, and the codes of the procedures (`home/demo/procedures.json`) that would be right.
WORDS = (
    ("khai sinh", "1.001193 1.004884"),
    ("giấy khai sinh", "1.001193 1.004884"),
    ("làm giấy khai sinh", "1.001193"),
    ("đăng ký khai sinh", "1.001193"),
    ("khai sinh cho con", "1.001193"),
    ("giay khai sinh", "1.001193 1.004884"),
    ("mất giấy khai sinh", "1.004884"),
    ("làm lại khai sinh", "1.004884"),
    ("sửa giấy khai sinh", "1.004859"),
    ("bản sao khai sinh", "2.000635"),
    ("trích lục", "2.000635"),
    ("trích lục kết hôn", "2.000635"),
    ("kết hôn", "1.000894"),
    ("đăng ký kết hôn", "1.000894"),
    ("dang ky ket hon", "1.000894"),
    ("giấy kết hôn", "1.000894"),
    ("cưới", "1.000894"),
    ("độc thân", "1.004873"),
    ("giấy xác nhận độc thân", "1.004873"),
    ("tình trạng hôn nhân", "1.004873"),
    ("khai tử", "1.000656"),
    ("báo tử", "1.000656"),
    ("giấy chứng tử", "1.000656"),
    ("nhận con", "1.001022 2.001263"),
    ("nhận cha con", "1.001022"),
    ("con nuôi", "2.001263"),
    ("nhận con nuôi", "2.001263"),
    ("giám hộ", "1.004837"),
    ("đổi tên", "1.004859"),
    ("cải chính hộ tịch", "1.004859"),
    ("hộ tịch", "1.004859 2.000635"),
    ("sao y", "2.000815"),
    ("chứng thực", "2.000815 2.000884 2.001035 2.001019"),
    ("chứng thực bản sao", "2.000815"),
    ("công chứng", "2.000815 2.001035"),
    ("photo công chứng", "2.000815"),
    ("chứng thực chữ ký", "2.000884"),
    ("sơ yếu lý lịch", "2.000884"),
    ("mua bán đất", "2.001035"),
    ("mua bán xe", "2.001035"),
    ("di chúc", "2.001019"),
    ("tranh chấp đất đai", "1.003554"),
    ("hòa giải đất đai", "1.003554"),
    ("tranh chấp đất", "1.003554"),
    ("hộ kinh doanh", "1.001612 2.000720"),
    ("giấy phép kinh doanh", "1.001612 2.000720"),
    ("mở quán", "1.001612"),
    ("đăng ký kinh doanh", "1.001612 2.000720"),
    ("giấy phép xây dựng", "1.009994"),
    ("xin phép xây nhà", "1.009994"),
    ("giấy phép xây nhà", "1.009994"),
    ("trợ cấp người già", "1.001776"),
    ("trợ cấp xã hội", "1.001776"),
    ("trợ cấp", "1.001776"),
    ("mai táng", "1.001731"),
    ("tiền mai táng", "1.001731"),
    ("khuyết tật", "1.001699 1.001776"),
    ("giấy khuyết tật", "1.001699"),
    ("hộ nghèo", "1.011607"),
    ("sổ hộ nghèo", "1.011607"),
)


def names() -> dict[str, str]:
    """Return the names of the procedures of the demo city by their codes."""
    read = json.loads((ROOT / "home" / "demo" / "procedures.json").read_text(encoding="utf-8"))
    rows = next(value for value in read.values() if isinstance(value, list))
    return {row["code"]: " ".join(row["name"].split()) for row in rows}


def hits(base: str, query: str) -> list[str]:
    """Return the titles of the first page of what the search finds."""
    answer = requests.get(f"{base}/tim-kiem/", params={"q": query}, timeout=60)
    while answer.status_code == 429:
        # One reader who asks so much waits as anybody else.
        time.sleep(int(answer.headers.get("Retry-After", 10)))
        answer = requests.get(f"{base}/tim-kiem/", params={"q": query}, timeout=60)
    answer.raise_for_status()
    return [" ".join(html.unescape(TAG.sub("", found)).split()) for found in HIT.findall(answer.text)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--base", default="", help="a portal that shows the demo city already")
    parser.add_argument("--port", type=int, default=8791)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        base = options.base.rstrip("/")
        if not base:
            portal = stack.enter_context(own_portal(port=options.port, database="sqlite"))
            stack.enter_context(portal.serving(workers=1))
            base = portal.base
        write([(typed, codes.split(), hits(base, typed)) for typed, codes in WORDS])


def write(asked: list[tuple[str, list[str], list[str]]]) -> None:
    """Write the table into bench/results/ and print it."""
    known, places, rows = names(), [], []
    for typed, codes, found in asked:
        right = {known[code] for code in codes}
        place = next((number for number, title in enumerate(found, 1) if title in right), None)
        places.append(place)
        rows.append(f"| {typed} | {place or '–'} | {found[0] if found else '(không có kết quả)'} |")
    first, page = sum(place == 1 for place in places), sum(place is not None for place in places)
    now = datetime.now().astimezone()
    text = [
        f"# {now:%Y-%m-%d}, search for words of citizens' life",
        "",
        f"`python bench/search_words.py`: {len(asked)} words on the search page of the demo city (dữ liệu minh họa), "
        f"whole city. The service that is meant stands **first for {first} of {len(asked)}**, on the first page of "
        f"hits for {page}.",
        "",
        "| Typed | place of the service | what stands first |",
        "|---|--:|---|",
        *rows,
        "",
    ]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{now:%Y-%m-%d}-search-words.md").write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
