"""The API for dossiers: what it takes and answers is what its description says; a token opens one site and no more."""

import json
import logging
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import mock

import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, SimpleTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from base.gate import Refused
from base.middleware.throttle import kind_of
from base.models import AuditEntry
from base.operations.throttle import Buckets, Rate
from servicecatalog.dossiers import api, openapi, tokens
from servicecatalog.dossiers import updates as dossier_updates
from servicecatalog.dossiers.updates import Wrong, read
from servicecatalog.models import DossierEvent, DossierSource, DossierSummary
from tests.city import CityTestCase
from tests.servicecatalog.dossier_cast import VIETNAM, at, code

PUSH, ONE = "/api/ho-so/v1/cap-nhat/", "/api/ho-so/v1/ho-so/{}/"
NOW = datetime(2020, 6, 30, 12, tzinfo=VIETNAM)
DESCRIPTION = openapi.description()
# (state, day of June 2020)
WAY = [(1, 1), (2, 2), (4, 3), (6, 4), (4, 8), (9, 9), (10, 10)]


def fits(schema: str, answer) -> list[str]:
    """What of an answer does not fit a schema of the description."""
    validator = Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": DESCRIPTION["components"]}
    )
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(answer)]


def told(status: int | None = 2, moment: datetime = NOW, key: str = "", number: int = 1, **more) -> dict:
    """One update as a program writes it."""
    said = {"key": key or f"k{status}", "code": code(number), "at": moment.isoformat(), **more}
    return said if status is None else {**said, "status": status}


class Api(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.token = cls.token_for(cls.city.my_long)

    @classmethod
    def token_for(cls, site, **more) -> str:
        with time_machine.travel(NOW, tick=False):
            given_to = {"name": "Một cửa thử", "expires_on": date(2020, 12, 31), **more}
            source, token = tokens.make(site=site, by=cls.cast.technical_admin, **given_to)
            tokens.confirm(source, by=cls.cast.standing_office)
        return token

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)
        travel = time_machine.travel(NOW, tick=True)
        travel.start()
        self.addCleanup(travel.stop)

    def push(self, *updates, status=200, token=None, **more):
        answer = self.client.post(
            PUSH,
            json.dumps({"updates": list(updates)}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token or self.token}"},
            **more,
        )
        self.assertEqual(answer.status_code, status, answer.content.decode()[:400])
        return answer.json()

    def ask(self, number=1, status=200, token=None, **headers):
        answer = self.client.get(
            ONE.format(code(number)), headers={"Authorization": f"Bearer {token or self.token}", **headers}
        )
        self.assertEqual(answer.status_code, status, answer.content.decode()[:400])
        return answer


class Described(CityTestCase):
    def test_description_is_served_to_everybody_and_kept_beside_the_documents(self):
        served = self.client.get("/api/ho-so/v1/openapi.json")

        self.assertEqual(served.json(), DESCRIPTION)
        kept = Path(__file__).resolve().parents[2] / "docs" / "dossier-api.json"
        self.assertEqual(json.loads(kept.read_text()), DESCRIPTION)

    def test_schemas_are_schemas(self):
        for name, schema in DESCRIPTION["components"]["schemas"].items():
            with self.subTest(name):
                Draft202012Validator.check_schema(schema)


class Pushing(Api):
    def test_tells_what_became_of_each_update(self):
        answer = self.push(
            told(2, at(1), "a", procedure="1.001193", channel="online", promised_on="2020-06-10"),
            told(9, at(2), "b"),
            told(4, at(3), "c"),
        )

        self.assertEqual(fits("Results", answer), [])
        self.assertEqual([row["result"] for row in answer["results"]], ["applied", "set_aside", "applied"])
        self.assertIn("không chuyển thẳng", answer["results"][1]["reason"])
        found = DossierSummary.objects.get()
        self.assertEqual((found.owner_site, found.status, found.due_on), (self.city.my_long, 4, date(2020, 6, 10)))

    def test_takes_a_batch_again_without_any_effect(self):
        batch = [told(2, at(1), "a"), told(4, at(3), "c")]
        self.push(*batch)
        again = self.push(*batch)

        self.assertEqual([row["is_repeated"] for row in again["results"]], [True, True])
        self.assertEqual(DossierEvent.objects.count(), 2)

    def test_ends_in_the_same_state_as_ordered_single_delivery(self):
        told_all = [
            told(status, at(day), f"u{place}", number)
            for number in range(1, 7)
            for place, (status, day) in enumerate(WAY[: number + 1])
        ]
        for item in told_all:
            self.push(item)
        wanted = [self.ask(number).json() for number in range(1, 7)]
        DossierSummary.objects.all().delete()
        chance = random.Random(7)
        mixed = [*told_all, *chance.sample(told_all, 12)]
        chance.shuffle(mixed)
        while mixed:
            size = chance.randint(1, 5)
            batch, mixed = mixed[:size], mixed[size:]
            for _try in range(chance.choice([1, 1, 2])):
                self.push(*batch)

        self.assertEqual([self.ask(number).json() for number in range(1, 7)], wanted)
        self.assertEqual({fits("Dossier", row)[0] if fits("Dossier", row) else "" for row in wanted}, {""})

    def test_refuses_all_for_one_wrong_field_and_names_it(self):
        good = told(2, at(1), "a")
        for wrong, field in (
            (told(11), "status"),
            (told(True), "status"),
            (told(2, key="có dấu"), "key"),
            ({**told(2), "code": "H01.24.07-200605-1"}, "code"),
            ({**told(2), "code": "h01.24.07-200605-0001"}, "code"),
            ({**told(2), "at": "2020-06-05T08:30:00"}, "at"),
            ({**told(2), "at": "2020-02-30T08:30:00+07:00"}, "at"),
            (told(2, NOW + timedelta(hours=1)), "at"),
            (told(2, channel="fax"), "channel"),
            (told(2, procedure="1.19"), "procedure"),
            (told(2, promised_on="10/06/2020"), "promised_on"),
            (told(2, promised_on="2099-01-01"), "promised_on"),
            (told(2, sequence=-1), "sequence"),
            (told(None), "status"),
            (told(2, reappointed_on="2020-07-02"), "status"),
            ("x", ""),
            (None, ""),
        ):
            with self.subTest(field, wrong=str(wrong)[:60]):
                answer = self.push(good, wrong, status=422)
                self.assertEqual(fits("ProblemWithErrors", answer), [])
                self.assertEqual((answer["errors"][0]["index"], answer["errors"][0]["field"]), (1, field))
        self.assertEqual(DossierEvent.objects.count(), 0)

    def test_refuses_whatever_could_tell_who_handed_a_dossier_in_and_keeps_none_of_it(self):
        seen = []
        handler = logging.Handler()
        handler.emit = lambda line: seen.append(line.getMessage())
        logging.getLogger().addHandler(handler)
        self.addCleanup(logging.getLogger().removeHandler, handler)
        secret = "NGUYEN THI MAU 351000000"
        with CaptureQueriesContext(connection) as queries:
            answer = self.push(told(2, nguoi_nop=secret, cccd=secret), status=422)

        self.assertEqual([error["field"] for error in answer["errors"]], ["nguoi_nop", "cccd"])
        self.assertIn("không nhận dữ liệu nào về người nộp", answer["errors"][0]["detail"])
        for text in (json.dumps(answer), *seen, *(query["sql"] for query in queries)):
            self.assertNotIn(secret, text)
        self.assertFalse(DossierEvent.objects.exists())
        self.assertFalse(any(secret in str(entry.detail) for entry in AuditEntry.objects.all()))

    def test_refuses_what_is_no_batch(self):
        bearer = {"Authorization": f"Bearer {self.token}"}
        for body, kind, status in (
            (b"{", "application/json", 400),
            (b"[]", "application/json", 422),
            (b'{"updates": []}', "application/json", 422),
            (b'{"updates": [1], "x": 1}', "application/json", 422),
            (b'{"updates": [1e999]}', "application/json", 400),
            (b"\xff\xfe", "application/json", 400),
            (b"updates=1", "application/x-www-form-urlencoded", 415),
            (b"x", "text/plain", 415),
            (b'{"updates": [' + b'{"a":1},' * 100 + b'{"a":1}]}', "application/json", 422),
            (b"[" * 5000 + b"]" * 5000, "application/json", 400),
            (b" " * 70_000, "application/json", 413),
        ):
            with self.subTest(body[:30]):
                answer = self.client.post(PUSH, body, content_type=kind, headers=bearer)
                self.assertEqual(answer.status_code, status, answer.content.decode()[:300])
                self.assertEqual(answer["Content-Type"], "application/problem+json; charset=utf-8")

    def test_refuses_a_key_that_meant_something_else(self):
        self.push(told(2, at(1), "a"))
        answer = self.push(told(4, at(2), "b"), told(2, at(2), "a"), status=409)

        self.assertEqual([(error["index"], error["field"]) for error in answer["errors"]], [(1, "key")])
        self.assertEqual(DossierEvent.objects.count(), 1)

    def test_takes_a_letter_of_apology(self):
        self.push(told(2, at(1), "a", promised_on="2020-06-05"))
        self.push(told(None, at(4), "thu", reappointed_on="2020-06-12"))

        self.assertEqual(self.ask().json()["reappointed_on"], "2020-06-12")


class Asking(Api):
    def test_answers_what_the_look_up_shows_with_an_etag(self):
        self.push(told(2, at(1), "a", promised_on="2020-06-26"), told(9, at(2), "b"))
        first = self.ask()
        again = self.ask(status=304, **{"If-None-Match": first["ETag"]})

        self.assertEqual(fits("Dossier", first.json()), [])
        self.assertEqual((first.json()["days_left"], first.json()["is_late"]), (-2, True))
        self.assertEqual([row["key"] for row in first.json()["set_aside"]], ["b"])
        self.assertEqual((again.content, first["Cache-Control"]), (b"", "private, no-cache"))

    def test_knows_nothing_of_a_code_that_is_none_or_unknown(self):
        self.ask(status=404)
        answer = self.client.get(ONE.format("khong-phai"), headers={"Authorization": f"Bearer {self.token}"})
        self.assertEqual((answer.status_code, fits("Problem", answer.json())), (404, []))


class Tokens(Api):
    def source(self, **more):
        given_to = {"name": "Thử", "site": self.city.my_xuyen, "expires_on": date(2020, 7, 31), **more}
        return tokens.make(by=self.cast.technical_admin, **given_to)

    def test_are_kept_as_a_hash_alone(self):
        source, token = self.source()

        self.assertNotIn(token, str(vars(source)))
        self.assertEqual(len(source.token_digest), 64)
        self.assertTrue(token.endswith(source.token_hint))
        self.assertGreater(len(token), 40)

    def test_work_after_a_second_person_has_confirmed_and_until_they_end(self):
        source, token = self.source()
        self.push(told(2), status=401, token=token)
        with self.assertRaises(Refused):
            tokens.confirm(source, by=self.cast.technical_admin)
        tokens.confirm(source, by=self.cast.standing_office)
        self.push(told(2, at(1)), token=token)
        with time_machine.travel(datetime(2020, 7, 31, 23, 59, tzinfo=VIETNAM), tick=False):
            self.push(told(4, at(2)), token=token)
        with time_machine.travel(datetime(2020, 8, 1, 0, 0, tzinfo=VIETNAM), tick=False):
            self.push(told(4, at(3)), status=401, token=token)
        tokens.revoke(source, by=self.cast.standing_office)
        self.push(told(4, at(3)), status=401, token=token)

    def test_are_made_confirmed_and_revoked_by_those_who_may(self):
        for person in (self.cast.head, self.cast.unit_head, self.cast.contributor, self.cast.standing_office):
            with self.subTest(person.username), self.assertRaises(Refused):
                tokens.make(name="Thử", site=self.city.my_long, by=person, expires_on=date(2020, 12, 1))
        source, _token = self.source()
        for person in (self.cast.head, self.cast.unit_head):
            with self.subTest(person.username), self.assertRaises(Refused):
                tokens.confirm(source, by=person)
            with self.subTest(person.username), self.assertRaises(Refused):
                tokens.revoke(source, by=person)

    def test_leave_a_line_in_the_audit_trail_without_the_token(self):
        source, token = self.source()
        tokens.confirm(source, by=self.cast.standing_office)
        tokens.revoke(source, by=self.cast.technical_admin)

        entries = AuditEntry.objects.filter(action__startswith="portal.dossier_source")
        self.assertEqual(
            sorted(entry.action.rsplit(".", 1)[1] for entry in entries),
            ["confirm", "confirm", "make", "make", "revoke"],
        )
        self.assertFalse(any(token in str(entry.detail) for entry in entries))

    def test_name_what_is_wrong_with_the_form(self):
        for more, field in (
            ({"name": " "}, "name"),
            ({"unit_codes": "Mỹ Long"}, "unit_codes"),
            ({"expires_on": None}, "expires_on"),
            ({"expires_on": date(2030, 1, 1)}, "expires_on"),
        ):
            with self.subTest(field), self.assertRaises(ValidationError) as caught:
                self.source(**more)
            self.assertEqual(list(caught.exception.message_dict), [field])

    def test_of_another_site_reach_nothing_of_this_one(self):
        self.push(told(2, at(1), "a"))
        foreign = self.token_for(self.city.my_xuyen)

        unknown = self.ask(2, status=404, token=foreign).json()
        self.assertEqual(self.ask(1, status=404, token=foreign).json(), unknown)
        answer = self.push(told(4, at(2), "b"), status=409, token=foreign)
        self.assertEqual(answer["errors"][0]["field"], "code")
        self.assertEqual(DossierSummary.objects.get().status, 2)

    def test_bound_to_codes_of_a_unit_push_no_others(self):
        token = self.token_for(self.city.my_long, unit_codes="H01.24.08")

        answer = self.push(told(2, at(1)), status=422, token=token)

        self.assertEqual(answer["errors"][0]["field"], "code")

    def test_that_are_none_are_refused_alike(self):
        answers = set()
        for written in (
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Basic abc",
            f"Bearer {self.token}x",
            "Bearer lxhs_" + "ơ",
            "Bearer " + "lxhs_" * 1000,
        ):
            answer = self.client.post(
                PUSH,
                "{}",
                content_type="application/json",
                headers={"Authorization": written.encode().decode("latin-1")},
            )
            self.assertEqual((answer.status_code, answer["WWW-Authenticate"]), (401, 'Bearer realm="ho-so"'))
            answers.add(answer.content)
        self.assertEqual(len(answers), 1)

    def test_tell_when_they_were_used_last_at_most_once_a_minute(self):
        self.push(told(2, at(1), "a"))
        with CaptureQueriesContext(connection) as queries:
            self.push(told(4, at(2), "b"))

        self.assertIsNotNone(DossierSource.objects.get().last_used_at)
        written = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
        self.assertFalse([sql for sql in written if "last_used_at" in sql])

    def test_are_slowed_each_by_itself(self):
        other = self.token_for(self.city.my_long)
        with (
            override_settings(PORTAL_THROTTLE=True),
            mock.patch.object(api, "_buckets", Buckets({"token": Rate(2, 0.1)}, lambda: 1.0)),
        ):
            self.ask(status=404)
            self.ask(status=404)
            slowed = self.ask(status=429)
            self.ask(status=404, token=other)

        self.assertEqual((slowed["Retry-After"], fits("Problem", slowed.json())), ("10", []))

    def test_pushes_are_counted_apart_from_the_forms_of_people(self):
        request = self.client.post(PUSH, "{}", content_type="application/json").wsgi_request

        self.assertEqual(kind_of(request), "push")


class OtherSites(Api):
    def test_have_scripts_that_may_read_neither_answers_nor_refusals(self):
        self.push(told())
        bearer, kind = {"Authorization": f"Bearer {self.token}"}, "application/json"
        answers = [
            self.ask(),
            self.ask(number=9, status=404),
            self.client.get(PUSH),
            self.client.post(PUSH),
            self.client.post(PUSH, "x", content_type="text/plain", headers=bearer),
            self.client.post(PUSH, "[" * 99_999, content_type=kind, headers=bearer),
        ]

        self.assertEqual([answer.status_code for answer in answers], [200, 404, 405, 401, 415, 413])
        for answer in answers:
            self.assertFalse([name for name in answer.headers if name.lower().startswith("access-control")])
            self.assertNotEqual(answer.headers.get("Cross-Origin-Resource-Policy"), "cross-origin")


class OtherMethods(Api):
    def test_are_refused_by_name(self):
        bearer = {"Authorization": f"Bearer {self.token}"}
        one = ONE.format(code(1))
        for path, method in ((PUSH, "get"), (PUSH, "put"), (one, "post"), (one, "delete")):
            with self.subTest(path, method=method):
                answer = getattr(self.client, method)(path, headers=bearer)
                self.assertEqual(answer.status_code, 405)
                self.assertIn(answer["Allow"], ("GET", "POST"))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
NEAR = st.fixed_dictionaries(
    {},
    optional={
        name: ANYTHING | st.sampled_from([told()["at"], code(1), 2, "online", "2020-07-02"])
        for name in dossier_updates.NAMES
    }
    | {"la": ANYTHING},
)


class AnyInput(SimpleTestCase):
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(NEAR)
    def test_is_read_or_refused_with_words_for_each_field(self, raw):
        try:
            found = read(raw, now=NOW)
        except Wrong as wrong:
            self.assertTrue(all(said for _field, said in wrong.problems))
        else:
            self.assertEqual(fits("Batch", {"updates": [{k: v for k, v in raw.items() if v is not None}]}), [])
            self.assertEqual(found.code, raw["code"])


class AnyRequest(Api):
    def test_is_answered_without_a_server_error(self):
        chance = random.Random(11)
        words = [
            None,
            True,
            0,
            -1,
            2,
            10**12,
            1.5,
            "",
            "x" * 500,
            "\ud800",
            "\x00",
            "٢",
            [],
            {},
            [[]],
            told()["at"],
            code(1),
        ]
        bearer = {"Authorization": f"Bearer {self.token}"}
        for _time in range(120):
            update = {name: chance.choice(words) for name in chance.sample(dossier_updates.NAMES, chance.randint(0, 9))}
            body = json.dumps(chance.choice([{"updates": [update] * chance.randint(0, 3)}, update, [update]]))
            answer = self.client.post(PUSH, body, content_type="application/json", headers=bearer)
            self.assertLess(answer.status_code, 500, body)
            self.assertIn(answer.status_code, (200, 400, 409, 422))
        for typed in ("%00", "%ff", "..", "H01-200605-0001%0a", "x" * 300, "H01.24.07-209999-0001"):
            self.assertLess(self.client.get(ONE.format(typed), headers=bearer).status_code, 500)
