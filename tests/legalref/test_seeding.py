"""The register's first filling, and the status of each of its documents on two days."""

from datetime import date

import time_machine

from legalref import seeding
from legalref.life import lifecycle
from legalref.life.effect import StatusCode
from legalref.models import DocumentRelation, LegalDocument, SiteDocument
from tests.city import CityTestCase, publish
from workflows.models import Deadline

from .library import seed_public

ON_ISSUE = date(2020, 6, 5)
TODAY = date(2026, 11, 25)


class Register(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel("2026-11-25 09:00 +07:00"):
            cls.documents = seed_public(cls.cast.standing_office)

    def status(self, key, on):
        return lifecycle.status(self.documents[key], on)

    def test_status_of_each_cited_document_on_the_day_of_the_decision_and_today(self):
        s = StatusCode
        table = {
            "l-77-2015": (s.IN_FORCE, s.LAPSED),
            "l-80-2015": (s.IN_FORCE, s.LAPSED),
            "l-67-2006": (s.IN_FORCE, s.UNKNOWN),
            "nd-64-2007": (s.IN_FORCE, s.LAPSED),
            "nd-43-2011": (s.IN_FORCE, s.LAPSED),
            "nd-72-2013": (s.PARTLY_LAPSED, s.LAPSED),  # in force, amended by 27/2018/NĐ-CP
            "nd-72-2015": (s.IN_FORCE, s.UNKNOWN),
            "qd-03-2017-ag": (s.IN_FORCE, s.UNKNOWN),
            "qd-72-2002": (s.IN_FORCE, s.UNKNOWN),
            "tt-22-2013": (s.LAPSED, s.LAPSED),
            "qd-01-2020": (s.NOT_YET, s.IN_FORCE),
            "nd-42-2022": (s.NOT_YET, s.LAPSED),
            "nd-224-2026": (s.NOT_YET, s.IN_FORCE),
            "l-64-2025": (s.NOT_YET, s.PARTLY_LAPSED),
        }
        for key, (then, now) in table.items():
            with self.subTest(key):
                self.assertEqual(self.status(key, ON_ISSUE).code, then)
                self.assertEqual(self.status(key, TODAY).code, now)

    def test_reason_names_the_replacing_document_and_the_day(self):
        status = self.status("nd-43-2011", TODAY)

        self.assertEqual(status.by_document, self.documents["nd-42-2022"])
        self.assertEqual(status.since, date(2022, 8, 15))
        self.assertIn("Nghị định 42/2022/NĐ-CP", status.reason)
        self.assertIn("15/08/2022", status.reason)

    def test_unverified_relation_says_so(self):
        self.assertIn("chưa đối chiếu với bản gốc", self.status("nd-72-2013", TODAY).reason)

    def test_decision_is_not_called_repealed_because_its_issuer_ended(self):
        status = self.status("qd-01-2020", TODAY)

        self.assertEqual(status.code, StatusCode.IN_FORCE)
        self.assertIn("30/06/2025", status.reason)
        self.assertIn("chưa tìm thấy văn bản bãi bỏ", status.reason)

    def test_decision_comes_into_force_on_its_day(self):
        self.assertEqual(self.status("qd-01-2020", date(2020, 6, 14)).code, StatusCode.NOT_YET)
        self.assertEqual(self.status("qd-01-2020", date(2020, 6, 15)).code, StatusCode.IN_FORCE)

    def test_loading_again_adds_nothing(self):
        counts = LegalDocument.objects.count(), DocumentRelation.objects.count(), SiteDocument.objects.count()

        drafts = seeding.load_register(by=self.cast.standing_office)

        self.assertEqual(drafts, [])
        self.assertEqual(
            (LegalDocument.objects.count(), DocumentRelation.objects.count(), SiteDocument.objects.count()), counts
        )

    def test_decision_carries_its_text_in_articles(self):
        decision = self.documents["qd-01-2020"]

        self.assertEqual(decision.provisions.filter(kind="article", part="quy-che").count(), 24)
        self.assertEqual(decision.provisions.filter(kind="article", part="quyet-dinh").count(), 3)
        self.assertEqual(decision.parts, ["quyet-dinh", "quy-che"])
        self.assertEqual(decision.symbol, "01/2020/QĐ-UBND")
        self.assertEqual(decision.symbol_as_printed, "01 /2020/QĐ-UBND")

    def test_decision_has_the_deadline_of_its_issuer(self):
        deadline = Deadline.objects.for_subject(self.documents["qd-01-2020"]).get()

        self.assertEqual(deadline.rule.code, "DL-DOC-OWN")
        self.assertEqual(deadline.started_on, ON_ISSUE)
        self.assertEqual(deadline.due_on, date(2020, 6, 9))

    def test_refresh_at_midnight_changes_what_the_day_changes(self):
        lifecycle.refresh_status(on=date(2020, 6, 14))

        changed = lifecycle.refresh_status(on=date(2020, 6, 15))

        self.assertEqual(changed, 1)
        self.assertEqual(self.documents["qd-01-2020"].stored_status.code, StatusCode.IN_FORCE)
        self.assertEqual(lifecycle.refresh_status(on=date(2020, 6, 15)), 0)


class ApprovedRoad(CityTestCase):
    def test_drafts_go_public_by_approval_with_status_and_sealed_copy(self):
        drafts = seeding.load_register(by=self.cast.standing_office)
        decision = next(draft for draft in drafts if draft.number == "01")
        self.assertFalse(decision.live)

        public = publish(decision, by=self.cast.standing_office, approver=self.cast.head)

        self.assertTrue(public.live)
        self.assertEqual(public.stored_status.code, StatusCode.IN_FORCE)
        self.assertIsNotNone(Deadline.objects.for_subject(public).get(rule__code="DL-DOC-OWN").met_on)
        self.assertEqual(public.provisions.filter(kind="article").count(), 27)
