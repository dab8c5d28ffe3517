"""Publish again and again; how soon does the next anonymous reader of every server see it?

    python bench/freshness.py --servers http://127.0.0.1:8001 http://127.0.0.1:8002 --host localhost --times 30

The servers run with the page cache on the database named by the settings. Before each publication every server
is asked for the article and the section's list, so that it holds copies of both. Prints one line of result.
"""

import argparse
import statistics
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import build_content  # sets up Django: before any model

from base.models import PortalSite
from sections.models import ArticlePage, SectionIndexPage
from workflows.publishing.approval import publish_bundle

ASK_EVERY_SECONDS = 0.02
GIVE_UP_SECONDS = 5.0
WITHIN_SECONDS = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--servers", nargs="+", required=True)
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--times", type=int, default=30)
    options = parser.parse_args()
    city = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
    section = SectionIndexPage.objects.child_of(city.home_page()).get(section_key=build_content.SECTION)
    newest = ArticlePage.objects.child_of(section).live().order_by("-first_published_at", "-pk").first()
    paths = [page.get_url_parts()[2] for page in (newest, section)]
    readers = [(server, path) for server in options.servers for path in paths]
    delays, works = [], []
    with ThreadPoolExecutor(len(readers)) as pool:
        for number in range(options.times):
            list(pool.map(lambda reader: read(*reader, options.host), readers))
            title = f"Bài vừa sửa lần {number + 1} lúc {time.time():.3f}"
            began = time.perf_counter()
            publish(newest.pk, title, city)
            done = time.perf_counter()
            works.append(done - began)
            seen = list(pool.map(lambda reader: wait_for(*reader, options.host, title, done), readers))  # noqa: B023
            delays.append(max(seen))
    in_time = sum(delay <= WITHIN_SECONDS for delay in delays)
    print(
        f"Seen by the next anonymous reader of {len(options.servers)} servers, article and list, within "
        f"{WITHIN_SECONDS:g} s of the commit: {in_time} of {options.times} (median {statistics.median(delays):.2f} s, "
        f"longest {max(delays):.2f} s). Saving and publishing in process: median "
        f"{statistics.median(works) * 1000:.0f} ms."
    )


def publish(pk: int, title: str, city) -> None:
    """Give the article a new title, as its writer, and publish it, as the deputy head."""
    article = ArticlePage.objects.get(pk=pk)
    article.title = title
    writer, approver = build_content.holder("contributor", city), build_content.holder("deputy_head", city)
    article.save_revision(user=writer)
    publish_bundle([article], submitted_by=writer, by=approver, reason="Dữ liệu đo hiệu năng")


def read(server: str, path: str, host: str) -> str:
    request = urllib.request.Request(server + path, headers={"Host": host})
    with urllib.request.urlopen(request, timeout=GIVE_UP_SECONDS) as answer:
        return answer.read().decode()


def wait_for(server: str, path: str, host: str, title: str, since: float) -> float:
    """Return the seconds from `since` until the page shows `title`, infinity when it does not."""
    while True:
        shown = title in read(server, path, host)
        delay = time.perf_counter() - since
        if shown:
            return delay
        if delay > GIVE_UP_SECONDS:
            return float("inf")
        time.sleep(ASK_EVERY_SECONDS)


if __name__ == "__main__":
    main()
