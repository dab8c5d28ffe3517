"""What each kind of public page costs when it is made afresh, in one process: processor time and queries.

    python bench/pages.py [--only PART] [--rounds 15] [--slow | --json]

Asks the database named by the settings (`bench/run.py` says how to make one with 2,000 articles) through Django alone:
no server, no page cache, no throttle. Two figures a page: as most pages are made, and right after a publication on a
ward, when what workers keep between requests is out of date. Fails when an answer is not 200. `--slow` prints the
queries; `--json` prints the figures for `run.py`.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

os.environ["PORTAL_THROTTLE"] = "false"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import translation  # noqa: E402

from base.models import PortalSite  # noqa: E402
from base.public.index import readers_see_changed  # noqa: E402
from base.public.sitemap import PAGES_PER_FILE  # noqa: E402
from base.queries import sql  # noqa: E402
from faq.models import FaqPage, QuestionsPage  # noqa: E402
from home.models import CityHomePage, WardHomePage  # noqa: E402
from legalref.models import LegalDocument, RegisterPage  # noqa: E402
from legalref.register.addresses import Registers  # noqa: E402
from sections.listing import ITEMS_A_PAGE  # noqa: E402
from sections.models import ArticlePage, SectionIndexPage  # noqa: E402
from servicecatalog.models import CataloguePage, ServiceOffering  # noqa: E402


def addresses() -> dict[str, str]:
    """Return {kind of page: path} of one page of each kind, of the city where there is one."""
    city = CityHomePage.objects.filter(locale__language_code="vi").live().get()
    own = {"path__startswith": city.path, "depth": city.depth + 1}
    news = SectionIndexPage.objects.child_of(city).get(section_key="tin-tuc")
    catalogue, register = CataloguePage.objects.live().filter(**own).get(), RegisterPage.objects.live().get(**own)
    document = LegalDocument.objects.public().filter(owner_site__kind="city").order_by("-issued_on", "-pk")[0]
    pages = {
        "city home": city,
        "ward home": WardHomePage.objects.child_of(city).live().first(),
        "section list": news,
        "article": ArticlePage.objects.child_of(news).live().order_by("-pk").first(),
        "register": register,
        "service list": catalogue,
        "service": ServiceOffering.objects.live().child_of(catalogue).first(),
        "answer list": QuestionsPage.objects.live().filter(**own).get(),
        "answer": FaqPage.objects.live().first(),
    }
    # Under the city's host, whatever hosts the wards have.
    found = {name: f"/{page.url_path.removeprefix(city.url_path)}" for name, page in pages.items()}
    last = -(-ArticlePage.objects.child_of(news).live().count() // ITEMS_A_PAGE)
    found["section list, far page"] = f"{found['section list']}?trang={min(40, last)}"
    found["section list, a year"] = f"{found['section list']}?nam={time.localtime().tm_year}"
    found["document"] = urlsplit(Registers().url(document)).path
    for name, query in [
        ("few words", "chong+sat+lo"),
        ("common words", "thanh+pho"),
        ("with marks", "s%E1%BA%A1t+l%E1%BB%9F"),
        ("nothing", "zqxj"),
    ]:
        found[f"search, {name}"] = f"/tim-kiem/?q={query}"
    # With more addresses than one file holds, the first part has the pages that are there in several languages.
    (count,) = sql.read("SELECT COUNT(*) FROM base_publicitem")[0]
    sitemap = "/sitemap.xml" if count <= PAGES_PER_FILE else "/sitemap-2.xml"
    return found | {"feed": "/rss/", "section feed": f"{found['section list']}rss/", "sitemap": sitemap}


def articles() -> list[str]:
    """Return the paths of the newest articles of the city."""
    city = CityHomePage.objects.filter(locale__language_code="vi").live().get()
    found = ArticlePage.objects.live().filter(path__startswith=city.path, depth=city.depth + 2).order_by("-pk")
    return [f"/{path.removeprefix(city.url_path)}" for path in found.values_list("url_path", flat=True)[:1_000]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", default="", help="only pages whose name holds this")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--slow", action="store_true", help="print the queries of each page")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--addresses", action="store_true", help="only print name, tab, path of each page")
    parser.add_argument("--articles", action="store_true", help="only print the paths of the newest articles")
    options = parser.parse_args()
    if options.addresses or options.articles:
        with translation.override("vi"):
            lines = articles() if options.articles else [f"{name}\t{path}" for name, path in addresses().items()]
        print("\n".join(lines))
        return
    client = Client(SERVER_NAME=settings.PORTAL_HOST, SERVER_PORT=str(settings.PORTAL_PORT))
    ward = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, state=PortalSite.State.OPEN).first()
    with translation.override("vi"):
        asked = {name: path for name, path in addresses().items() if options.only in name}
    if options.json:
        print(json.dumps({name: measure(client, path, ward, options.rounds)[0] for name, path in asked.items()}))
        return
    print(f"{connection.vendor}, {ArticlePage.objects.live().count()} articles\n")
    print("| Page | CPU-ms | wall ms | queries | after a publication elsewhere | bytes |\n|---|--:|--:|--:|--:|--:|")
    for name, path in asked.items():
        cost, queries = measure(client, path, ward, options.rounds)
        print(
            f"| {name} | {cost['cpu']:.1f} | {cost['wall']:.1f} | {cost['queries']} | {cost['after']:.1f} "
            f"| {cost['bytes']:,} |",
            flush=True,
        )
        if options.slow:
            for query in queries:
                print(f"    {query['time']} {query['sql'][:300]}")


def measure(client, path: str, ward, rounds: int) -> tuple[dict, list[dict]]:
    """Return what one page costs, and its queries.

    The costs: "cpu" and "wall" of a request in milliseconds, "after": "cpu" right after a publication on the ward,
    numbers of "queries", "bytes" and, of a sitemap, "rows".
    """
    for _ in range(3):
        body = ask(client, path)
    with CaptureQueriesContext(connection) as queries:
        ask(client, path)
    queries = queries.captured_queries
    cpu, wall = [], []
    for _ in range(rounds):
        begun, began = time.process_time(), time.perf_counter()
        ask(client, path)
        cpu.append((time.process_time() - begun) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    first = []
    for _ in range(5):
        readers_see_changed(sites=[ward])
        begun = time.process_time()
        ask(client, path)
        first.append((time.process_time() - begun) * 1000)
    middle = {name: statistics.median(each) for name, each in [("cpu", cpu), ("wall", wall), ("after", first)]}
    return middle | {"queries": len(queries), "bytes": len(body), "rows": body.count(b"<url>")}, queries


def ask(client, path: str) -> bytes:
    """Return the body of an answer. Ends the run when it is not 200."""
    response = client.get(path)
    if response.status_code != 200:
        sys.exit(f"{path} answered {response.status_code}")
    return b"".join(response.streaming_content) if response.streaming else response.content


if __name__ == "__main__":
    main()
