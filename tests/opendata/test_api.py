"""The read API of open data: what it says is what its description says, and nothing that is not public."""

from datetime import UTC, datetime, timedelta
from datetime import timezone as zones
from urllib.parse import urlsplit

import time_machine
from django.db import connection
from django.test import RequestFactory, SimpleTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from alerts.models import Alert
from base.middleware.throttle import kind_of
from base.models import PublicItem
from opendata import openapi, paging
from opendata.reading import gone
from opendata.reading.asked import Asked, Place
from opendata.sets import SETS
from tests.alerts.standing import stand
from tests.city import CityTestCase, publish
from tests.opendata.data import one_of_each, public_article, sealed_article
from workflows.models import TakeDown
from workflows.publishing import takedown

ROOT = "/api/du-lieu-mo/v1/"
DESCRIPTION = openapi.description()
MOST_QUERIES = 4
BEHIND = zones(timedelta(hours=-12))


def problems(answer, schema: str) -> list[str]:
    """What of an answer does not fit a schema of the description."""
    validator = Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": DESCRIPTION["components"]},
        format_checker=FormatChecker(),
    )
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(answer)]


class Api(CityTestCase):
    def ask(self, path="", status=200, **parameters):
        response = self.client.get(f"{ROOT}{path}", parameters)
        self.assertEqual(response.status_code, status, response.content.decode()[:300])
        return response.json()

    def ids(self, path, **parameters) -> list[int]:
        return [row["id"] for row in self.ask(path, **parameters)["rows"]]

    def walk(self, path, **parameters) -> list[dict]:
        """All rows of a set, page after page by the address that each answer names."""
        answer = self.ask(path, **parameters)
        rows = answer["rows"]
        while answer["next"]:
            address = urlsplit(answer["next"])
            answer = self.client.get(f"{address.path}?{address.query}").json()
            rows += answer["rows"]
        return rows


class Described(Api):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.things = one_of_each(cls.city)
        cls.things["canh-bao"] = stand(cls.cast.head, sites=[cls.city.my_long, cls.city.my_xuyen])
        cls.things["don-vi"] = cls.city.my_long.unit

    def test_description_is_served_to_everybody_and_its_schemas_are_schemas(self):
        response = self.client.get(f"{ROOT}openapi.json")

        self.assertEqual(response.json(), DESCRIPTION)
        self.assertEqual(response["Access-Control-Allow-Origin"], "*")
        for name, schema in DESCRIPTION["components"]["schemas"].items():
            with self.subTest(name):
                Draft202012Validator.check_schema(schema)

    def test_each_set_and_each_thing_fit_the_description(self):
        self.assertEqual(problems(self.ask(), "Sets"), [])
        for name, found in SETS.items():
            with self.subTest(name):
                answer, schema = self.ask(f"{name}/"), openapi.schema_of(found)
                self.assertEqual(problems(answer, f"{schema}Rows"), [])
                if name in self.things:
                    one = self.ask(f"{name}/{self.things[name].pk}/")
                    self.assertEqual(problems(one, schema), [])
                    self.assertIn(one, answer["rows"])

    def test_what_the_rows_say(self):
        page, answer = self.things["trang"], self.things["tra-loi"]
        rows = {name: self.ask(f"{name}/{thing.pk}/") for name, thing in self.things.items()}

        self.assertEqual(rows["trang"]["title"], "Hội chợ «xuân» 2021")
        self.assertEqual((rows["trang"]["kind"], rows["trang"]["url"]), ("article", page.full_url))
        self.assertEqual((rows["trang"]["section"], rows["trang"]["site"]), (page.get_parent().title, "long-xuyen"))
        self.assertEqual((rows["van-ban"]["symbol"], rows["van-ban"]["status"]), ("12/2021/QĐ-UBND", "in_force"))
        self.assertEqual(rows["van-ban"]["url"], self.things["van-ban"].full_url)
        self.assertEqual((rows["dich-vu"]["site"], rows["dich-vu"]["level_name"]), ("my-long", "Một phần"))
        self.assertEqual(rows["tra-loi"]["answer"], "Gọi phòng Quản lý đô thị.")
        self.assertEqual(rows["don-vi"]["kind_name"], "Phường")
        self.assertEqual(rows["canh-bao"]["sites"], ["my-long", "my-xuyen"])
        self.assertNotIn(answer.asker_shown, str(rows))
        self.assertNotIn(answer.signer_name, str(rows))

    def test_a_set_holds_only_what_is_its_own(self):
        kinds = {row["kind"] for row in self.walk("trang/")}

        self.assertTrue({"article", "section-index", "city-home"} <= kinds)
        self.assertFalse({"faq", "service-offering"} & kinds)

    def test_filters_narrow_a_set(self):
        ward = public_article(self.city, self.city.my_long, title="Tin phường")
        units = self.ids("don-vi/", **{"don-vi": "my-long"})
        cases = [
            ("trang/", {"don-vi": "my-long", "loai": "article"}, [ward.pk]),
            ("van-ban/", {"loai": "quyet-dinh"}, [self.things["van-ban"].pk]),
            ("van-ban/", {"loai": "nghi-dinh"}, []),
            ("dich-vu/", {"loai": "ho-tich", "don-vi": "my-long"}, [self.things["dich-vu"].pk]),
            ("dich-vu/", {"don-vi": "my-xuyen"}, []),
            ("tra-loi/", {"loai": self.things["tra-loi"].topic.slug}, [self.things["tra-loi"].pk]),
            ("canh-bao/", {"don-vi": "my-xuyen", "loai": "warning"}, [self.things["canh-bao"].pk]),
            ("canh-bao/", {"don-vi": "dong-xuyen"}, []),
            ("canh-bao/", {"loai": "emergency"}, []),
        ]
        for path, parameters, wanted in cases:
            with self.subTest(path, **parameters):
                self.assertEqual(self.ids(path, **parameters), wanted)
        self.assertEqual(units, [self.city.my_long.unit.pk])

    def test_lists_take_few_queries(self):
        for name in SETS:
            self.ask(f"{name}/")
            with self.subTest(name), CaptureQueriesContext(connection) as queries:
                self.ask(f"{name}/")
            self.assertLessEqual(len(queries), MOST_QUERIES, [query["sql"][:120] for query in queries])

    def test_an_answer_says_how_to_go_on_and_what_it_is(self):
        response = self.client.get(f"{ROOT}trang/")
        again = self.client.get(f"{ROOT}trang/", headers={"if-none-match": response["ETag"]})
        one = self.client.get(f"{ROOT}trang/{self.things['trang'].pk}/")
        since = one["Last-Modified"]
        not_changed = self.client.get(f"{ROOT}trang/{self.things['trang'].pk}/", headers={"if-modified-since": since})

        self.assertIn('rel="license"', response["Link"])
        self.assertEqual(response["Access-Control-Allow-Origin"], "*")
        self.assertNotIn("Access-Control-Allow-Credentials", response.headers)
        self.assertEqual((again.status_code, not_changed.status_code), (304, 304))

    def test_what_is_asked_often_is_cached_and_places_are_not(self):
        response = self.client.get(f"{ROOT}trang/")

        self.assertEqual(response["X-Portal-Cache"], "public")
        self.assertEqual(response["X-Portal-Vary-Params"], "!,don-vi,loai")


class Refusals(Api):
    def test_what_makes_no_sense_is_refused_with_the_way_out(self):
        good = paging.cursor_of(Place(timezone.now(), 7))
        cases = [
            ("khong-co/", {}, 404, "các tập: trang"),
            ("trang/", {"trang": "2"}, 400, "Không có tham số «trang»"),
            ("trang/", {"loai": ""}, 400, "có giá trị"),
            ("trang/", {"loai": "x"}, 400, "phải là một trong: "),
            ("van-ban/", {"loai": "A B"}, 400, "không đúng dạng"),
            ("trang/", {"don-vi": "khong-co"}, 404, "không ứng với trang nào"),
            ("trang/", {"doi-tu": "hôm qua"}, 400, "2026-11-30"),
            ("trang/", {"doi-tu": "9999-12-31T23:59:59-12:00"}, 400, "2026-11-30"),
            ("trang/", {"doi-tu": "0001-01-01"}, 400, "2026-11-30"),
            ("don-vi/", {"doi-tu": "2026-11-30"}, 400, "không ghi lúc thay đổi"),
            ("trang/", {"sau": "x"}, 400, "«next»"),
            ("trang/", {"sau": "x" * 200}, 400, "«next»"),
            ("trang/", {"sau": paging.cursor_of(Place(None, 7))}, 400, "«next»"),
            ("trang/", {"sau": paging.cursor_of(Place(datetime.max.replace(tzinfo=BEHIND), 7))}, 400, "«next»"),
            ("trang/", {"sau": paging.cursor_of(Place(timezone.now(), "page:7"))}, 400, "«next»"),
            ("trang/", {"sau": paging.cursor_of(Place(timezone.now(), 2**70))}, 400, "«next»"),
            ("da-go/", {"sau": good}, 400, "«next»"),
            ("da-go/", {"loai": "don-vi"}, 400, "phải là một trong"),
            ("trang/0/", {}, 404, "mang số này"),
            ("da-go/1/", {}, 404, "mang số này"),
            ("tai-ve/trang.exe", {}, 404, "csv, json"),
            ("tai-ve/khong-co.csv", {}, 404, "các tập"),
            ("tai-ve/trang.csv", {"loai": "article"}, 400, "không có tham số"),
            ("danh-muc.ttl", {"x": "1"}, 400, "không có tham số"),
        ]
        for path, parameters, status, words in cases:
            with self.subTest(path, **parameters):
                response = self.client.get(f"{ROOT}{path}", parameters)
                self.assertEqual(response.status_code, status)
                self.assertEqual(response["Content-Type"], "application/problem+json; charset=utf-8")
                self.assertEqual(problems(response.json(), "Problem"), [])
                self.assertIn(words, response.json()["detail"])

    def test_it_is_only_read(self):
        self.assertEqual(self.client.post(f"{ROOT}trang/").status_code, 405)
        self.assertEqual(self.client.options(f"{ROOT}trang/")["Access-Control-Allow-Methods"], "GET, HEAD, OPTIONS")


class Walking(Api):
    def test_page_after_page_gives_each_thing_once_in_the_order_of_its_change(self):
        section = self.city.section(self.city.site)
        first = public_article(self.city)
        now = timezone.now()
        PublicItem.objects.bulk_create(
            PublicItem(
                key=f"thu:{number}",
                language="vi",
                kind="sections.ArticlePage",
                page_id=first.pk,
                site=self.city.site,
                section_id=section.pk,
                title=f"Bài {number}",
                # Three of one moment each.
                published_at=now,
                updated_at=now + timedelta(seconds=number // 3),
            )
            for number in range(230)
        )

        rows = self.walk("trang/", loai="article", **{"don-vi": "long-xuyen"})

        titles = [row["title"] for row in rows]
        self.assertEqual(len(titles), len(set(titles)))
        self.assertEqual([title for title in titles if title.startswith("Bài ")], [f"Bài {n}" for n in range(230)])
        self.assertEqual(len(self.ask("trang/")["rows"]), 100)

    def test_what_changed_since_is_found_to_the_moment(self):
        with time_machine.travel("2026-11-20 08:00 +07:00", tick=False):
            public_article(self.city, title="Cũ")
        with time_machine.travel("2026-11-25 08:00 +07:00", tick=False):
            new = public_article(self.city, title="Mới")

        with time_machine.travel("2026-11-26 08:00 +07:00", tick=False):
            for since in (
                "2026-11-21",
                "2026-11-25T08:00:00+07:00",
                "2026-11-25T01:00:00Z",
                "2026-11-25T08:00:00 07:00",
            ):
                with self.subTest(since):
                    self.assertEqual(self.ids("trang/", loai="article", **{"doi-tu": since}), [new.pk])
            self.assertEqual(self.ids("trang/", loai="article", **{"doi-tu": "2026-11-25T08:00:01+07:00"}), [])

    def test_all_units_come_by_their_numbers(self):
        found = SETS["don-vi"].read(Asked(most=2))
        rest = SETS["don-vi"].read(Asked(most=100, after=found[-1].place))

        self.assertEqual([row.place.key for row in [*found, *rest]], self.ids("don-vi/"))


class Withdrawn(Api):
    def take_down(self, page):
        (row,) = takedown.propose(page, TakeDown.Ground.PERSONAL_DATA, by=page.owner, explanation="Lộ số căn cước.")
        takedown.decide(row, "take_down", by=self.cast.head, note="Đồng ý gỡ.")

    def test_what_was_taken_down_is_gone_at_once_and_named_by_its_number_alone(self):
        page = sealed_article(self.city, title="Danh sách có zqkin")
        self.assertIn(page.pk, self.ids("trang/", loai="article"))

        self.take_down(page)

        self.assertNotIn(page.pk, self.ids("trang/", loai="article"))
        answer = self.ask(f"trang/{page.pk}/", status=410)
        gone = self.ask("da-go/", loai="trang")["rows"]
        self.assertEqual([(row["set"], row["id"], row["site"]) for row in gone], [("trang", page.pk, "long-xuyen")])
        self.assertEqual(problems(gone[0], "DaGo"), [])
        for name in (
            "",
            *(f"{one}/" for one in SETS),
            *(f"tai-ve/{one}.{end}" for one in SETS for end in ("csv", "json")),
        ):
            response = self.client.get(f"{ROOT}{name}")
            body = response.getvalue() if response.streaming else response.content
            with self.subTest(name):
                self.assertNotIn("zqkin", body.decode())
        self.assertNotIn("zqkin", str(answer))

    def test_what_is_public_again_is_withdrawn_no_more(self):
        page = sealed_article(self.city)
        self.take_down(page)
        self.assertEqual(self.ids("da-go/"), [page.pk])

        (row,) = TakeDown.objects.filter(page=page)
        takedown.restore(row, by=page.owner, reason="Đã che số căn cước.")
        publish_again(page, by=page.owner)

        self.assertEqual(self.ids("da-go/"), [])
        self.assertIn(page.pk, self.ids("trang/", loai="article"))

    def test_a_closed_site_leaves_with_all_that_it_shows(self):
        page = public_article(self.city, self.city.my_xuyen, title="zqkin")
        self.assertIn(page.pk, self.ids("trang/", loai="article"))

        self.city.my_xuyen.state = "closed"
        self.city.my_xuyen.save()

        self.assertNotIn("zqkin", str(self.walk("trang/")))
        self.ask(f"trang/{page.pk}/", status=404)

    def test_an_alert_that_is_over_is_withdrawn_too(self):
        alert = stand(self.cast.head)
        with time_machine.travel(alert.ends_at + timedelta(minutes=1), tick=False):
            self.assertEqual(self.ids("canh-bao/"), [])
            self.ask(f"canh-bao/{alert.pk}/", status=410)
            self.assertEqual(self.ids("da-go/", loai="canh-bao"), [alert.pk])
            self.assertEqual(self.ids("da-go/", **{"doi-tu": alert.ends_at.isoformat()}), [alert.pk])
            self.assertEqual(self.ids("da-go/", **{"don-vi": "my-long"}), [])

    def test_alerts_that_went_are_read_some_at_a_time_in_the_order_of_their_numbers(self):
        over = datetime(2019, 11, 30, 1, 2, 3, 4, tzinfo=UTC)
        for number in (1009, 1010, 1011):
            facts = {"level": "info", "title": "Cũ", "starts_at": over - timedelta(1), "ends_at": over}
            Alert.objects.create(pk=number, owner_site=self.city.site, **facts)

        def read(after=None):
            return gone.read(Asked(most=1, kind=gone.ALERTS, after=after))

        walked, after = [], None
        while found := read(after):
            walked.append(found[0].values["id"])
            after = found[0].place
        self.assertEqual(walked, [1009, 1010, 1011])
        for key in ("page:1", f"alert:{10**30}", "alert:"):
            with self.subTest(key):
                self.assertEqual(read(Place(over, key)), [])

    def test_no_site_is_known_by_its_name_before_it_opens(self):
        site = self.city.my_xuyen
        for state, status in (("prepared", 404), ("discarded", 404), ("open", 200), ("closed", 200)):
            with self.subTest(state):
                type(site).objects.filter(pk=site.pk).update(state=state)
                self.ask("trang/", status=status, **{"don-vi": site.slug})

    def test_an_alert_for_later_is_not_there_before_its_hour(self):
        starts = timezone.now() + timedelta(hours=2)
        alert = stand(self.cast.head, starts_at=starts)

        self.assertEqual(self.ids("canh-bao/"), [])
        with time_machine.travel(starts + timedelta(minutes=1), tick=False):
            self.assertEqual(self.ids("canh-bao/"), [alert.pk])


def publish_again(page, *, by):
    """Submit and approve the newest version of a page that was given back for work."""
    return publish(type(page).objects.get(pk=page.pk), by=by)


class Limits(SimpleTestCase):
    def test_programs_have_buckets_of_their_own_and_whole_files_a_narrow_one(self):
        kinds = [
            kind_of(RequestFactory().get(f"{ROOT}{path}")) for path in ("trang/", "tai-ve/trang.csv", "danh-muc.ttl")
        ]

        self.assertEqual(kinds, ["api", "bulk", "api"])
