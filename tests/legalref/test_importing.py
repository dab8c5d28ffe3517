"""Import and export of the register: the dry run, all or nothing, two persons, undo, and the way back."""

from legalref import seeding
from legalref.importing import batches
from legalref.models import LegalDocument
from tests.city import CityTestCase

from .tables_of_documents import checked, row, written


class ImportCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        cls.bodies = seeding.seed_issuers()

    def outcomes(self, batch) -> dict[str, int]:
        return {name: count for name, count in batches.counts(batch).items() if count}

    def problems(self, batch) -> list[tuple[int, str, str]]:
        return [
            (one.number, found["column"], found["message"])
            for one in batch.rows.order_by("number") for found in one.problems
        ]  # fmt: skip


class TheDryRun(ImportCase):
    def test_good_rows_would_be_new_and_nothing_stands_in_the_register(self):
        batch = checked(self.city, [row(1), row(2)])

        self.assertEqual(self.problems(batch), [])
        self.assertEqual(self.outcomes(batch), {"new": 2})
        self.assertFalse(LegalDocument.objects.exists())

    def test_a_batch_goes_all_the_way(self):
        batch = written(self.city, [row(1), row(2)])
        self.assertEqual(batch.state, "written")
        self.assertEqual(LegalDocument.objects.filter(live=False).count(), 2)
        batch = batches.approve(batch, by=self.cast.head)
        batch = batches.step(batch)
        self.assertEqual(batch.state, "published", list(batch.rows.values_list("remarks", flat=True)))
        self.assertEqual(LegalDocument.objects.filter(live=True).count(), 2)
