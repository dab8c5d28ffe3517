"""The status of a document on a day, as a table."""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from unittest import TestCase

from django.utils import translation

from legalref.life.effect import AMENDS, BASED_ON, PAUSES, REPEALS, REPLACES, SUSPENDS, StatusCode, status_on, timeline

DAY = date(2022, 1, 1)


@dataclass
class Relation:
    code: int
    effective_on: date = date(2021, 6, 1)
    scope: list = field(default_factory=list)
    until: date | None = None
    source: object = None
    source_text: str = "Quyết định mẫu"
    stated_in: str = ""
    is_verified: bool = True


def document(**values):
    fields = {
        "issued_on": date(2021, 1, 1),
        "effective_from": date(2021, 1, 15),
        "effective_to": None,
        "lapses_latest_on": None,
        "lapses_latest_by": "",
        "territory": "",
        "checked_until": None,
        "not_suitable_from": None,
        "not_suitable_reason": "",
        "takes_effect_at_once": False,
        "issuer_closed_on": None,
    }
    return SimpleNamespace(**{**fields, **values})


class StatusOnADay(TestCase):
    def test_table(self):
        s = StatusCode
        table = [
            ("in force", document(), [], s.IN_FORCE),
            ("not yet", document(effective_from=date(2022, 1, 2)), [], s.NOT_YET),
            ("first day counts", document(effective_from=DAY), [], s.IN_FORCE),
            ("no date", document(effective_from=None), [], s.UNKNOWN),
            ("at once", document(effective_from=None, takes_effect_at_once=True), [], s.IN_FORCE),
            ("seen in force", document(effective_from=None, checked_until=DAY), [], s.IN_FORCE),
            ("term ended", document(effective_to=DAY), [], s.LAPSED),
            ("last day of its term", document(effective_to=date(2022, 1, 2)), [], s.IN_FORCE),
            ("replaced", document(), [Relation(REPLACES)], s.LAPSED),
            ("repealed later", document(), [Relation(REPEALS, effective_on=date(2022, 1, 2))], s.IN_FORCE),
            ("repealed in part", document(), [Relation(REPEALS, scope=["Điều 3"])], s.PARTLY_LAPSED),
            ("amended", document(), [Relation(AMENDS)], s.PARTLY_LAPSED),
            ("amended, then replaced", document(), [Relation(AMENDS), Relation(REPLACES)], s.LAPSED),
            ("suspended", document(), [Relation(SUSPENDS)], s.SUSPENDED),
            ("suspension over", document(), [Relation(SUSPENDS, until=DAY)], s.IN_FORCE),
            ("paused in part", document(), [Relation(PAUSES, scope=["Điều 1"])], s.PARTLY_SUSPENDED),
            ("cited only", document(), [Relation(BASED_ON)], s.IN_FORCE),
            ("unsuitable", document(not_suitable_from=DAY, not_suitable_reason="Trái"), [], s.NOT_SUITABLE),
            ("not checked since", document(checked_until=date(2021, 12, 31)), [], s.UNKNOWN),
            (
                "ended although unchecked",
                document(checked_until=date(2021, 2, 1)),
                [Relation(REPLACES)],
                s.LAPSED,
            ),
        ]
        for name, subject, relations, expected in table:
            with self.subTest(name):
                self.assertEqual(status_on(subject, DAY, relations).code, expected)

    def test_earliest_end_counts(self):
        relations = [Relation(REPEALS, effective_on=date(2021, 9, 1)), Relation(REPLACES)]

        self.assertEqual(status_on(document(), DAY, relations).since, date(2021, 6, 1))

    def test_reason_names_act_part_and_day(self):
        reason = status_on(document(), DAY, [Relation(REPEALS, scope=["Điều 3", "Điều 4"])]).reason

        self.assertEqual(reason, "Bị bãi bỏ bởi Quyết định mẫu (Điều 3, Điều 4) từ ngày 01/06/2021.")

    def test_a_reason_without_a_document_is_said_as_a_reason_and_not_as_what_did_it(self):
        for name, relation in (
            ("as noted now", Relation(REPEALS, source_text="", stated_in="Không còn phù hợp.")),
            (
                "as noted once",
                Relation(REPEALS, source=None, source_text="Không còn phù hợp.", stated_in="Không còn phù hợp."),
            ),
        ):
            with self.subTest(name):
                self.assertEqual(
                    status_on(document(), DAY, [relation]).reason,
                    "Bị bãi bỏ từ ngày 01/06/2021; lý do: Không còn phù hợp.",
                )
        with translation.override("en"):
            self.assertEqual(
                status_on(document(), DAY, [relation]).reason, "Repealed from 01/06/2021; reason: Không còn phù hợp."
            )

    def test_a_document_that_is_not_in_the_register_is_what_did_it(self):
        relation = Relation(
            REPEALS, source=None, source_text="Quyết định 9/2021/QĐ-UBND của tỉnh", stated_in="Không còn phù hợp."
        )

        self.assertEqual(
            status_on(document(), DAY, [relation]).reason,
            "Bị bãi bỏ bởi Quyết định 9/2021/QĐ-UBND của tỉnh từ ngày 01/06/2021.",
        )

    def test_end_of_the_issuer_alone_ends_nothing(self):
        status = status_on(document(issuer_closed_on=date(2021, 6, 30)), DAY)

        self.assertEqual(status.code, StatusCode.IN_FORCE)
        self.assertIn("chưa tìm thấy văn bản bãi bỏ", status.reason)


class LatestEnd(TestCase):
    """An act of a dissolved district: in its old territory, and until a day that another act sets at the latest."""

    OLD = {
        "lapses_latest_on": date(2027, 3, 1),
        "lapses_latest_by": "Nghị quyết mẫu",
        "territory": "thành phố cũ",
    }

    def test_lapses_on_the_latest_day_unless_something_ended_it_before(self):
        early = Relation(REPEALS, effective_on=date(2026, 1, 1))
        late = Relation(REPEALS, effective_on=date(2028, 1, 1))
        for day, rows, code, words in (
            (date(2027, 2, 28), [], StatusCode.IN_FORCE, "Áp dụng trong địa bàn thành phố cũ."),
            (date(2027, 2, 28), [], StatusCode.IN_FORCE, "chậm nhất từ ngày 01/03/2027 theo Nghị quyết mẫu"),
            (date(2027, 3, 1), [], StatusCode.LAPSED, "chậm nhất từ ngày 01/03/2027 theo Nghị quyết mẫu"),
            (date(2028, 2, 1), [late], StatusCode.LAPSED, "chậm nhất từ ngày 01/03/2027"),
            (date(2027, 3, 1), [early], StatusCode.LAPSED, "Quyết định mẫu từ ngày 01/01/2026"),
        ):
            with self.subTest(day=day, rows=rows):
                found = status_on(document(**self.OLD), day, rows)
                self.assertEqual(found.code, code)
                self.assertIn(words, found.reason)

    def test_of_its_own_term_and_the_latest_day_the_earlier_counts(self):
        found = status_on(document(effective_to=date(2026, 1, 1), **self.OLD), date(2027, 4, 1))

        self.assertEqual((found.since, found.reason), (date(2026, 1, 1), "Hết thời hạn hiệu lực từ ngày 01/01/2026."))

    def test_the_timeline_turns_on_that_day(self):
        turns = timeline(document(**self.OLD))

        self.assertEqual((turns[-1].on, turns[-1].status.code), (date(2027, 3, 1), StatusCode.LAPSED))
