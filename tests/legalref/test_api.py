"""The read API: what it says is what its description says, and nothing that is not public."""

from datetime import date
from unittest import mock

from django.db import connection
from django.test import RequestFactory, SimpleTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator, FormatChecker

from base.middleware.throttle import kind_of
from base.models import PortalSite
from base.operations.throttle import Buckets, Rate
from base.public.api import METHODS
from legalref.life.effect import DETAILS
from legalref.register import openapi
from tests.legalref.library import related
from workflows.publishing import takedown

from .library import draft_document, public_document
from .test_library import Registers

LIST = "/api/v1/van-ban/"
DESCRIPTION = openapi.description()


def problems(answer, schema) -> list[str]:
    """What of an answer does not fit a schema of the description."""
    validator = Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": DESCRIPTION["components"]},
        format_checker=FormatChecker(),
    )
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(answer)]


class Api(Registers):
    def ask(self, path="", status=200, **parameters):
        response = self.client.get(f"{LIST}{path}", parameters)
        self.assertEqual(response.status_code, status, response.content.decode()[:300])
        return response.json()

    def one(self, key, **parameters):
        return self.ask(f"{self.documents[key].slug}/", **parameters)


class Described(Api):
    def test_description_is_served_to_everybody(self):
        response = self.client.get("/api/v1/openapi.json")

        self.assertEqual(response.json(), DESCRIPTION)
        self.assertEqual(response["Access-Control-Allow-Origin"], "*")

    def test_schemas_are_schemas(self):
        for name, schema in DESCRIPTION["components"]["schemas"].items():
            with self.subTest(name):
                Draft202012Validator.check_schema(schema)

    def test_lists_fit_the_description_whatever_is_asked(self):
        for parameters in (
            {},
            {"trang": 2},
            {"q": "thông tin điện tử"},
            {"q": "43/2011"},
            {"q": "%_\\ khong co"},
            {"loai": "nghi-dinh"},
            {"co-quan": "chinh-phu", "nam": "2011"},
            {"tinh-trang": "lapsed", "sap-xep": "moi-nhat"},
            {"linh-vuc": "thong-tin-dien-tu"},
            {"ngay": "2020-06-05"},
            {"don-vi": "my-long"},
            {"loai": "khong-co"},
        ):
            with self.subTest(parameters):
                self.assertEqual(problems(self.ask(**parameters), "DocumentList"), [])

    def test_each_document_fits_the_description_on_every_day(self):
        parent = self.documents["nd-43-2011"]
        related(None, 1, parent, by=self.cast.standing_office, effective_on=date(2026, 1, 1), source_text="Mẫu")
        for key in self.documents:
            for day in ({}, {"ngay": "2020-06-05"}):
                with self.subTest(key, **day):
                    self.assertEqual(problems(self.one(key, **day), "Document"), [])

    def test_wrong_questions_get_the_described_problem_naming_the_parameter(self):
        for parameters, named in (
            ({"loai": "' OR 1=1"}, "loai"),
            ({"nam": "hai nghìn"}, "nam"),
            ({"nam": "٢٠٢٠"}, "nam"),
            ({"trang": "0"}, "trang"),
            ({"trang": "x"}, "trang"),
            ({"tinh-trang": "la"}, "tinh-trang"),
            ({"sap-xep": "la"}, "sap-xep"),
            ({"ngay": "2021-02-30"}, "2021-02-30"),
            ({"don-vi": " "}, "don-vi"),
            ({"la": "1"}, "la"),
            ({"nam": ["2011", "2012"]}, "nam"),
            ({"q": "a" * 201}, "q"),
            ({"ngay": ""}, "ngay"),
        ):
            with self.subTest(parameters):
                answer = self.ask(status=400, **parameters)

                self.assertEqual(problems(answer, "Problem"), [])
                self.assertIn(named, answer["detail"])

    def test_status_of_another_day_is_a_filter_by_the_status_of_that_day(self):
        slug = self.documents["nd-43-2011"].slug
        for day, status, is_listed in (
            ("2021-01-01", "in-force", True),
            ("2021-01-01", "lapsed", False),
            ("2026-11-25", "lapsed", True),
        ):
            with self.subTest(day, status=status):
                answer = self.ask(**{"tinh-trang": status, "ngay": day})

                self.assertEqual(problems(answer, "DocumentList"), [])
                self.assertEqual(slug in {row["slug"] for row in answer["documents"]}, is_listed)
                self.assertEqual(
                    {row["status"]["code"] for row in answer["documents"]} - {status.replace("-", "_")}, set()
                )

    def test_every_described_parameter_is_read_and_no_other_is(self):
        described = {entry["name"] for entry in DESCRIPTION["paths"][LIST]["get"]["parameters"]}
        listed = self.ask(status=400, **{"khong-co": "1"})["detail"].partition("tham số: ")[2].rstrip(".").split(", ")

        self.assertEqual(set(listed), described)

    def test_missing_is_a_problem_too(self):
        for path, parameters in (("khong-co/", {}), ("", {"don-vi": "khong-co"}), ("", {"trang": "99"})):
            self.assertEqual(problems(self.ask(path, status=404, **parameters), "Problem"), [])
        response = self.client.get("/api/v2/")
        self.assertEqual(
            (response.status_code, response["Content-Type"]), (404, "application/problem+json; charset=utf-8")
        )
        self.assertEqual(problems(response.json(), "Problem"), [])


class Content(Api):
    def test_what_was_replaced_ends_on_that_day_for_machines_too(self):
        decree = self.one("nd-43-2011")
        listed = next(row for row in self.ask(q="43/2011")["documents"] if row["slug"] == decree["slug"])

        self.assertEqual((decree["effective_to"], decree["status"]["since"]), ("2022-08-15", "2022-08-15"))
        self.assertEqual(listed["effective_to"], "2022-08-15")
        self.assertIsNone(self.one("nd-43-2011", ngay="2020-06-05")["effective_to"])

    def test_a_reason_without_a_document_is_no_document_that_acts(self):
        parent = self.documents["nd-43-2011"]
        related(
            None, 1, parent, by=self.cast.standing_office, effective_on=date(2021, 1, 1), stated_in="Không còn phù hợp"
        )

        found = next(row for row in self.one("nd-43-2011")["relations"] if row["effective_on"] == "2021-01-01")

        self.assertEqual((found["label"], found["name"]), ("Bị bãi bỏ", "Lý do: Không còn phù hợp"))

    def test_document_says_status_reason_relations_and_provisions(self):
        decree, decision = self.one("nd-43-2011"), self.one("qd-01-2020")

        self.assertEqual(decree["status"]["code"], "lapsed")
        self.assertEqual(decree["status"]["reason"], "Được thay thế bởi Nghị định 42/2022/NĐ-CP từ ngày 15/08/2022.")
        self.assertEqual(decree["status"]["by"]["name"], "Nghị định 42/2022/NĐ-CP")
        self.assertEqual(self.client.get(decree["status"]["by"]["data_url"]).json()["symbol"], "42/2022/NĐ-CP")
        self.assertEqual(len([row for row in decision["provisions"] if row["kind"] == "article"]), 27)
        self.assertEqual(
            {row["name"] for row in decision["lapsed_bases"]},
            {
                "Luật 77/2015/QH13",
                "Luật 80/2015/QH13",
                "Nghị định 64/2007/NĐ-CP",
                "Nghị định 43/2011/NĐ-CP",
                "Nghị định 72/2013/NĐ-CP",
            },
        )
        relation = next(row for row in decision["relations"] if row["code"] == 4 and row["scope"])
        self.assertTrue(relation["acts"])
        self.assertEqual(self.client.get(decision["provisions"][0]["url"].partition("#")[0]).status_code, 200)

    def test_as_of_a_day_nothing_later_is_told(self):
        decree = self.one("nd-43-2011", ngay="2021-01-01")

        self.assertEqual((decree["date"], decree["status"]["code"]), ("2021-01-01", "in_force"))
        self.assertNotIn(12, {row["code"] for row in decree["relations"]})
        rows = {row["slug"]: row["status"]["code"] for row in self.ask(ngay="2021-01-01")["documents"]}
        self.assertEqual(rows[decree["slug"]], "in_force")
        self.assertNotIn(self.documents["nd-42-2022"].slug, rows, "issued after that day")

    def test_filters_are_those_of_the_register_and_their_counts_add_up(self):
        whole = self.ask()

        for entry in whole["filters"]:
            with self.subTest(entry["name"]):
                self.assertEqual(sum(value["count"] for value in entry["values"]), whole["total"])
        for value in whole["filters"][0]["values"]:
            self.assertEqual(self.ask(loai=value["value"])["total"], value["count"])
        self.assertEqual(self.ask(**{"tinh-trang": "suspended"})["total"], 0)

    def test_pages_lead_to_each_other_and_hold_every_document_once(self):
        slugs, address = [], LIST
        while address:
            answer = self.client.get(address).json()
            slugs += [row["slug"] for row in answer["documents"]]
            address = answer["next"]

        self.assertEqual(sorted(slugs), sorted(document.slug for document in self.documents.values()))
        self.assertEqual(self.client.get(answer["previous"]).json()["page"], answer["page"] - 1)

    def test_number_of_queries_does_not_grow(self):
        few = self.count_queries()
        for number in range(12):
            public_document(self.city.site, by=self.cast.editor, symbol=f"{200 + number}/2021/QĐ-UBND")

        self.assertEqual(self.count_queries(), few)

    def count_queries(self):
        self.ask()
        with CaptureQueriesContext(connection) as caught:
            self.ask()
        return len(caught.captured_queries)


class Public(Api):
    def texts(self):
        yield self.client.get(LIST, {"q": "bí ẩn"}).content.decode()
        yield self.client.get(LIST).content.decode()
        yield self.client.get(LIST, {"trang": 2}).content.decode()
        yield self.client.get(LIST, {"ngay": "2022-01-01"}).content.decode()
        for key in self.documents:
            yield self.client.get(f"{LIST}{self.documents[key].slug}/").content.decode()

    def test_drafts_are_in_no_answer(self):
        hidden = draft_document(self.city.site, by=self.cast.editor, symbol="77/2021/QĐ-UBND", subject="Việc bí ẩn")
        related(hidden, DETAILS, self.documents["nd-43-2011"], by=self.cast.standing_office)

        self.ask(f"{hidden.slug}/", status=404)
        for text in self.texts():
            self.assertNotIn("Việc bí ẩn", text)
            self.assertNotIn(hidden.slug, text)

    def test_newer_draft_version_of_a_public_document_is_in_no_answer(self):
        newest = self.documents["nd-43-2011"].get_latest_revision_as_object()
        newest.subject = "Việc bí ẩn"
        newest.save_revision()

        for text in self.texts():
            self.assertNotIn("Việc bí ẩn", text)

    def test_what_was_taken_down_is_gone(self):
        document = public_document(self.city.site, by=self.cast.editor, symbol="78/2021/QĐ-UBND", subject="Việc bí ẩn")
        self.ask(f"{document.slug}/")
        takedown.take_down_records(
            [document], proposed_by=self.cast.standing_office, by=self.cast.head, reason="Đăng nhầm"
        )

        self.ask(f"{document.slug}/", status=404)
        self.assertEqual(self.client.get(f"/vb/{document.pk}/").status_code, 404)
        for text in self.texts():
            self.assertNotIn("Việc bí ẩn", text)

    def test_site_without_a_public_register_is_as_if_it_were_not_there(self):
        hidden = public_document(
            self.city.dong_xuyen, by=self.cast.editor, symbol="79/2021/QĐ-UBND", subject="Việc bí ẩn"
        )
        with mock.patch("legalref.register.addresses.Registers.page", return_value=None):
            self.ask(f"{hidden.slug}/", status=404)
            unknown = self.ask(status=404, **{"don-vi": "khong-co"})["detail"]
            self.assertEqual(self.ask(status=404, **{"don-vi": "dong-xuyen"})["detail"], unknown)

    def test_ward_s_own_documents_stand_in_its_register_only(self):
        own = public_document(self.city.my_long, by=self.cast.contributor, symbol="7/2021/QĐ-UBND")

        self.assertEqual(self.ask(q="7/2021")["total"], 0)
        self.assertEqual([row["id"] for row in self.ask(q="7/2021", **{"don-vi": "my-long"})["documents"]], [own.pk])
        self.assertIn("my-long", self.ask(f"{own.slug}/")["url"])

    def test_host_of_a_ward_means_its_register(self):
        site = PortalSite.objects.get(pk=self.city.my_long.pk)

        answer = self.client.get(LIST, HTTP_HOST=f"{site.wagtail_site.hostname}").json()

        self.assertEqual(answer["site"]["slug"], "my-long")

    def test_nobody_s_session_changes_an_answer(self):
        plain = self.client.get(LIST).content
        self.client.force_login(self.cast.head)

        self.assertEqual(self.client.get(LIST).content, plain)


class Http(Api):
    def test_answers_may_be_read_from_anywhere_without_credentials(self):
        for path in (LIST, f"{LIST}{self.documents['nd-43-2011'].slug}/", f"{LIST}khong-co/"):
            response = self.client.get(path, HTTP_ORIGIN="https://example.invalid")
            self.assertEqual(response["Access-Control-Allow-Origin"], "*")
            self.assertNotIn("Access-Control-Allow-Credentials", response)
            self.assertFalse(response.cookies)

    def test_browser_asking_first_is_told_what_it_may(self):
        response = self.client.options(
            LIST, HTTP_ORIGIN="https://example.invalid", HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET"
        )

        self.assertEqual(response.status_code, 204)
        self.assertEqual(response["Access-Control-Allow-Methods"], METHODS)

    def test_nothing_but_reading_is_taken(self):
        for method in ("post", "put", "patch", "delete"):
            response = getattr(self.client, method)(LIST)
            self.assertEqual((method, response.status_code, response["Allow"]), (method, 405, METHODS))
            strict = self.client_class(enforce_csrf_checks=True)
            self.assertEqual(getattr(strict, method)(LIST).status_code, 405)

    def test_what_has_not_changed_is_not_sent_again(self):
        first = self.client.get(LIST)
        again = self.client.get(LIST, HTTP_IF_NONE_MATCH=first["ETag"])
        self.assertEqual((again.status_code, again.content), (304, b""))

        public_document(self.city.site, by=self.cast.editor, symbol="33/2021/QĐ-UBND")

        self.assertEqual(self.client.get(LIST, HTTP_IF_NONE_MATCH=first["ETag"]).status_code, 200)

    def test_answers_may_be_kept_until_a_site_changes(self):
        response = self.client.get(LIST)

        self.assertEqual(response["X-Portal-Cache"], "public")
        self.assertEqual(
            set(response["X-Portal-Sites"].split(",")),
            {str(pk) for pk in PortalSite.objects.values_list("pk", flat=True)},
        )

    def test_flood_is_turned_away_with_a_problem(self):
        buckets = Buckets({kind: Rate(1, 0.5) for kind in ("api", "missing", "noted")})
        with (
            override_settings(PORTAL_THROTTLE=True),
            mock.patch("base.middleware.throttle.Buckets", return_value=buckets),
        ):
            # A client of its own: the middleware is made with its first request.
            answers = [self.client_class(raise_request_exception=False)] * 2
            responses = [client.get(LIST) for client in answers]

        self.assertEqual([response.status_code for response in responses], [200, 429])
        self.assertEqual(problems(responses[1].json(), "Problem"), [])
        self.assertEqual(responses[1]["Retry-After"], "2")


class Throttled(SimpleTestCase):
    def test_api_is_counted_apart_and_its_searches_with_all_searches(self):
        ask = RequestFactory().get

        self.assertEqual(kind_of(ask(LIST)), "api")
        self.assertEqual(kind_of(ask(LIST, {"q": "43/2011"})), "search")
        self.assertEqual(kind_of(ask("/van-ban/")), "page")
