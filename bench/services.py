"""Count what the catalogue and the page of a service cost: queries, CPU-ms and bytes of a page that is not kept.

    python bench/services.py --services 100 --rounds 20

1. A database of its own (SQLite in memory) with the small city of the tests; so many services in Mỹ Long, half of
   them in Mỹ Xuyên and in the city as well.
2. Each page is answered in this process, without the page cache: a kept page costs none of this.
3. The median of the rounds, after two to warm up.

Loopback only; ends by itself.
"""

import argparse
import gzip
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ.setdefault("PORTAL_VAR", tempfile.mkdtemp(prefix="portal-bench-"))

import django  # noqa: E402

django.setup(set_prefix=False)

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

from servicecatalog.catalogue import listing  # noqa: E402
from tests.city import build_city  # noqa: E402
from tests.servicecatalog.cast import a_procedure, an_offering  # noqa: E402

WORDS = ("khai sinh", "kết hôn", "khai tử", "chứng thực bản sao", "hộ kinh doanh", "trợ cấp xã hội", "giấy phép")


def build(services: int) -> str:
    """Make the city with its services; return the code of one that wards and the city offer."""
    city = build_city(english=True)
    for number in range(services):
        procedure = a_procedure(city, name=f"Đăng ký {WORDS[number % len(WORDS)]} trường hợp {number}")
        sites = (city.my_long, city.my_xuyen, city.site) if number % 2 == 0 else (city.my_long,)
        for site in sites:
            an_offering(site, procedure, slug=f"dich-vu-{number}")
        code = procedure.code
    return code


def measure(client: Client, path: str, rounds: int) -> tuple[int, float, int, int]:
    """Return (queries, CPU-ms, bytes, bytes compressed) of an answer."""
    for _ in range(2):
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    # The next request forgets them.
    queries = len(caught)
    costs = []
    for _ in range(rounds):
        before = time.process_time()
        answer = client.get(path)
        costs.append(1000 * (time.process_time() - before))
    body = answer.content
    return queries, statistics.median(costs), len(body), len(gzip.compress(body, 6))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    code = build(options.services)
    client = Client(headers={"host": "localhost"})
    print(f"{options.services} dịch vụ, {connection.vendor}, {options.rounds} lượt, không có bộ nhớ trang")
    print("| Trang | Truy vấn | CPU, ms | Byte | Byte nén |\n|---|---|---|---|---|")
    for name, path in (
        ("Danh mục của thành phố", "/dich-vu-cong/"),
        ("Danh mục của phường", "/my-long/dich-vu-cong/"),
        ("Tìm «khai sinh»", "/my-long/dich-vu-cong/?q=khai+sinh"),
        ("Danh mục tiếng Anh", "/en/my-long/online-public-services/"),
        ("Một thủ tục, chọn phường", f"/dich-vu-cong/{listing.place_of(code)}"),
        ("Một dịch vụ", "/my-long/dich-vu-cong/dich-vu-0/"),
        ("Danh mục giấy tờ để in", "/my-long/dich-vu-cong/dich-vu-0/?in=1"),
    ):
        queries, cost, size, packed = measure(client, path, options.rounds)
        print(f"| {name} | {queries} | {cost:.1f} | {size:,} | {packed:,} |")


if __name__ == "__main__":
    main()
