"""Duties that start by themselves in the demo: once, and marked as illustrations."""

from datetime import date

from django.utils import timezone

from faq.models import CompetentBody
from home.demo import duties
from legalref import seeding
from legalref.life import lifecycle
from legalref.models import PostingRule
from sections.models import FreshnessAmount
from tests.legalref.library import draft_document
from tests.legalref.test_posting import PostingCase
from workflows.deadlines.acting import FRESH_RULE
from workflows.models import Deadline


class Started(PostingCase):
    def test_rules_hold_for_what_the_demo_issues(self):
        PostingRule.objects.all().delete()
        seeding.seed_posting_rules(issued_from=date(2026, 6, 2))

        for _time in range(2):
            duties.prepare(date(2026, 6, 2))

        self.assertEqual(set(PostingRule.objects.values_list("issued_from", flat=True)), {date(2026, 5, 3)})

    def test_amounts_bodies_and_the_reason_of_a_late_posting_are_there_once(self):
        late = draft_document(
            self.city.site,
            by=self.cast.editor,
            symbol="40/2026/QĐ-UBND",
            issued_on=date(2026, 5, 18),
            is_illustrative=True,
        )
        lifecycle.start_duties(late)

        for _time in range(2):
            duties.start_all({late.symbol: late}, self.cast.standing_office, timezone.now())

        self.assertEqual(FreshnessAmount.objects.count(), len(duties.AMOUNTS))
        self.assertTrue(all(duties.MARK in row.legal_source for row in FreshnessAmount.objects.all()))
        self.assertEqual(CompetentBody.objects.filter(is_illustrative=True).count(), len(duties.BODIES))
        self.assertTrue(Deadline.objects.open().filter(rule__code=FRESH_RULE).exists())
        (deadline,) = Deadline.objects.for_subject(late).filter(rule__code="DL-DOC-OWN")
        self.assertEqual(deadline.late_reason, duties.LATE_REASON)
