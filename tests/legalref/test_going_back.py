"""Back to the release that knew no second person for relations, and forward again."""

from datetime import date

from legalref import seeding
from legalref.life import lifecycle
from legalref.life.effect import AMENDS, DETAILS, GUIDES
from legalref.models import DocumentRelation
from tests.migrating import GoingBack

from .library import public_document, related

BEFORE = [("legalref", "0009_document_territory")]


class Relations(GoingBack):
    app = "legalref"

    def setUp(self):
        super().setUp()
        seeding.seed_types()
        self.old = public_document(self.city.site, by=self.cast.editor)
        self.new = public_document(self.city.site, by=self.cast.editor, symbol="20/2021/QĐ-UBND")
        self.counting = related(self.new, DETAILS, self.old, by=self.cast.head)
        self.waiting = lifecycle.relate(
            None, GUIDES, self.old, by=self.cast.editor, stated_in="Điều 1", source_text="Thông báo chưa ai xem"
        )
        self.ahead = lifecycle.relate(
            self.new, AMENDS, self.old, by=self.cast.standing_office, effective_on=date(2026, 8, 1)
        )

    def test_what_waits_is_never_shown_and_waits_again_afterwards(self):
        older = self.migrate(BEFORE).get_model("legalref", "DocumentRelation").objects

        self.assertEqual([row.pk for row in older.filter(revoked_at=None)], [self.counting.pk])

        self.migrate(self.newest)
        self.assertEqual([row.pk for row in DocumentRelation.objects.valid()], [self.counting.pk])
        waiting = DocumentRelation.objects.waiting().order_by("pk")
        self.assertEqual([row.pk for row in waiting], [self.waiting.pk, self.ahead.pk])
        self.assertEqual({(row.revoked_reason, row.agreed_by) for row in waiting}, {("", None)})

    def test_what_was_recorded_anew_meanwhile_stands_and_the_older_note_stays_taken_back(self):
        older = self.migrate(BEFORE).get_model("legalref", "DocumentRelation").objects
        again = older.get(pk=self.ahead.pk)
        again.pk, again.revoked_at, again.revoked_reason = None, None, ""
        again.save()

        self.migrate(self.newest)

        self.assertEqual([row.pk for row in DocumentRelation.objects.waiting()], [self.waiting.pk])
        self.assertEqual({row.pk for row in DocumentRelation.objects.valid()}, {self.counting.pk, again.pk})
