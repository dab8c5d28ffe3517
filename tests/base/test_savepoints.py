"""An action makes no savepoints, and none of it stays when a part of it fails."""

from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from base.models import OrganisationUnit
from base.queries.savepoints import savepoints_left_out, savepoints_made
from tests.city import CityTestCase


def add(slug: str) -> None:
    """Add a unit in a block of its own."""
    with transaction.atomic():
        OrganisationUnit.objects.create(name=slug, slug=slug, kind="office")


def fail(slug: str) -> None:
    with transaction.atomic():
        add(slug)
        raise LookupError(slug)


class Savepoints(CityTestCase):
    def there(self) -> set[str]:
        return set(OrganisationUnit.objects.filter(slug__in=["mot", "hai", "ba"]).values_list("slug", flat=True))

    def test_are_left_out_inside_and_made_outside(self):
        with CaptureQueriesContext(connection) as inside, savepoints_left_out():
            with savepoints_left_out():
                add("mot")
            add("hai")
        with CaptureQueriesContext(connection) as outside:
            add("ba")

        self.assertEqual((len(inside), len(outside)), (2, 3))
        self.assertEqual(self.there(), {"mot", "hai", "ba"})

    def test_left_out_take_the_whole_back_when_a_part_fails(self):
        with self.assertRaises(LookupError), transaction.atomic(), savepoints_left_out():
            add("mot")
            fail("hai")

        self.assertEqual(self.there(), set())

    def test_left_out_let_no_error_of_a_part_be_caught_and_the_rest_be_reported_as_done(self):
        with self.assertRaises(TransactionManagementError), transaction.atomic(), savepoints_left_out():
            add("mot")
            try:
                fail("hai")
            except LookupError:
                pass

        self.assertEqual(self.there(), set())

    def test_made_again_let_an_error_of_the_database_be_caught(self):
        with transaction.atomic(), savepoints_left_out():
            add("mot")
            try:
                with savepoints_made():
                    add("mot")
            except DatabaseError:
                add("hai")

        self.assertEqual(self.there(), {"mot", "hai"})
