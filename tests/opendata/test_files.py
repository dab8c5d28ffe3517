"""A whole set of data as a file: the same rows as the API gives, sent in pieces, as CSV without formulas."""

import csv
import gc
import io
import json
from threading import BoundedSemaphore
from unittest import mock

from django.core.signals import request_finished

from opendata import files, openapi
from opendata.sets import SETS
from tests.alerts.standing import stand
from tests.opendata.data import one_of_each, public_article
from tests.opendata.test_api import ROOT, Api, problems


class Files(Api):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        one_of_each(cls.city)
        stand(cls.cast.head)

    def fetch(self, name: str):
        response = self.client.get(f"{ROOT}tai-ve/{name}")
        self.assertEqual(response.status_code, 200)
        return response, response.getvalue()

    def table(self, name: str) -> list[dict]:
        return list(csv.DictReader(io.StringIO(self.fetch(f"{name}.csv")[1].decode("utf-8-sig"))))

    def test_each_set_is_whole_in_both(self):
        for name, found in SETS.items():
            with self.subTest(name):
                rows, data = self.walk(f"{name}/"), json.loads(self.fetch(f"{name}.json")[1])
                self.assertEqual(problems(data, f"{openapi.schema_of(found)}File"), [])
                self.assertEqual(data["rows"], rows)
                self.assertEqual([column["name"] for column in data["columns"]], [one.name for one in found.columns])
                self.assertEqual(len(self.table(name)), len(rows))

    def test_it_says_what_it_is_and_whose(self):
        response, body = self.fetch("trang.json")
        data = json.loads(body)

        self.assertIn('rel="license"', response["Link"])
        self.assertIn('rel="describedby"', response["Link"])
        self.assertRegex(response["Content-Disposition"], r"trang-\d{4}-\d{2}-\d{2}\.json")
        self.assertIn("#giay-phep", data["licence"]["url"])
        self.assertEqual(data["publisher"], self.city.site.unit.full_name)

    def test_no_cell_is_a_formula_and_lists_are_one_cell(self):
        public_article(self.city, title="=HYPERLINK(1)", summary="-1+1")

        row = next(row for row in self.table("trang") if "HYPERLINK" in row["title"])
        alert = self.table("canh-bao")[0]

        self.assertEqual((row["title"], row["summary"]), ("'=HYPERLINK(1)", "'-1+1"))
        self.assertEqual((alert["everywhere"], alert["sites"]), ("true", ""))

    def test_it_is_read_and_sent_in_pieces(self):
        with mock.patch.object(files, "ROWS_AT_ONCE", 2):
            whole = json.loads(self.fetch("trang.json")[1])["rows"]

        self.assertEqual(whole, self.walk("trang/"))
        response = self.client.get(f"{ROOT}tai-ve/trang.csv")
        self.assertTrue(response.streaming and response.getvalue())

    def test_two_are_sent_at_once_and_the_next_when_one_has_ended_also_unread(self):
        self.enterContext(mock.patch.object(files, "PLACES", BoundedSemaphore(files.MOST_AT_ONCE)))
        address = f"{ROOT}tai-ve/trang.csv"
        first, second = self.client.get(address), self.client.get(address)
        third = self.client.get(address)
        self.assertEqual((third.status_code, third["Retry-After"]), (503, "30"))
        self.assertEqual(third["Content-Type"].partition(";")[0], "application/problem+json")

        # The end of a request closes the connection of a test's transaction as well.
        with mock.patch.object(request_finished, "send"):
            first.close()
            first.close()
        again = self.client.get(address)

        self.assertEqual((again.status_code, self.client.get(address).status_code), (200, 503))
        for one in (second, again):
            self.assertIn(b"translation_key", one.getvalue())
        self.fetch("trang.json")

    def test_one_that_is_thrown_away_gives_its_place_back(self):
        places = BoundedSemaphore(1)
        with mock.patch.object(files, "PLACES", places):
            places.acquire()
            sent = files._Sent(iter([b""]))
        del sent
        gc.collect()

        self.assertTrue(places.acquire(blocking=False))

    def test_who_asks_for_the_head_is_sent_nothing(self):
        address = f"{ROOT}tai-ve/trang.csv"
        with mock.patch.object(files, "PLACES", BoundedSemaphore(1)) as places:
            answers = [self.client.head(address) for _ in range(3)]

        self.assertEqual([answer.status_code for answer in answers], [200] * 3)
        self.assertIn("trang-", answers[0]["Content-Disposition"])
        self.assertEqual([answer.getvalue() for answer in answers], [b""] * 3)
        self.assertTrue(places.acquire(blocking=False))

    def test_nothing_of_who_asked_and_who_signed_is_in_any_file(self):
        for name in SETS:
            for ending in ("csv", "json"):
                body = self.fetch(f"{name}.{ending}")[1].decode()
                with self.subTest(name, ending=ending):
                    self.assertNotIn("Người hỏi mẫu", body)
                    self.assertNotIn("Cán bộ mẫu", body)
