"""Uses of services in the database: which pages are counted, in how many statements, and many processes at once."""

from datetime import date

from django.db import connection, transaction
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext

from base.models import VisitCount
from base.public.usage.counting import Usage, write_counts
from servicecatalog.models import ServiceGuidePage, UsageCount
from tests.city import CityTestCase, build_city, draft, publish_at_once
from tests.factories import article
from tests.servicecatalog.cast import a_procedure, an_offering
from tests.side_by_side import at_once


class Rows(CityTestCase):
    def test_are_added_to_in_one_statement_a_table_and_only_for_public_pages(self):
        service = an_offering(self.city.my_long, a_procedure(self.city))
        hidden = an_offering(self.city.my_long, a_procedure(self.city), public=False)
        guide = publish_at_once(
            draft(ServiceGuidePage(title="Hướng dẫn", slug="huong-dan-thu"), service.get_parent().specific)
        )
        other = publish_at_once(article(self.city.section(self.city.my_long)))
        day, next_day = date(2026, 11, 25), date(2026, 11, 26)
        counts = {
            (service.pk, day, "view"): 3,
            (service.pk, next_day, "view"): 1,
            (service.pk, day, "download"): 2,
            (guide.pk, day, "guide"): 5,
            (guide.pk, day, "view"): 9,
            (hidden.pk, day, "view"): 9,
            (other.pk, day, "view"): 9,
            (999_999_999, day, "view"): 9,
        }

        with CaptureQueriesContext(connection) as queries:
            write_counts(counts)
        write_counts({(service.pk, day, "view"): 4})

        # One for the uses of services, one for the visits of all pages.
        self.assertEqual(sum("INSERT" in query["sql"] for query in queries), 2)
        self.assertCountEqual(
            UsageCount.objects.values_list("page_id", "day", "kind", "count"),
            [
                (service.pk, day, "view", 7),
                (service.pk, next_day, "view", 1),
                (service.pk, day, "download", 2),
                (guide.pk, day, "guide", 5),
            ],
        )
        self.assertCountEqual(
            VisitCount.objects.values_list("page_id", "day", "count"),
            [(service.pk, day, 7), (service.pk, next_day, 1), (guide.pk, day, 9), (other.pk, day, 9)],
        )


class ManyProcesses(TransactionTestCase):
    def test_that_write_at_the_same_moment_lose_nothing_and_wait_in_no_circle(self):
        with transaction.atomic():
            city = build_city()
            services = [an_offering(city.my_long, a_procedure(city, code=f"8.00000{n}")) for n in range(3)]
        processes = [Usage() for _ in range(6)]
        for number, process in enumerate(processes):
            # Each in another order.
            for service in services[number % 3 :] + services[: number % 3]:
                for _ in range(5):
                    process.add(service.pk, "view")

        written = at_once([process.flush for process in processes])

        self.assertEqual(written, [True] * 6)
        self.assertCountEqual(
            UsageCount.objects.values_list("page_id", "kind", "count"), [(one.pk, "view", 30) for one in services]
        )
