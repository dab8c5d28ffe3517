"""Levels of services: the label of a day, in the scheme that was law then."""

from datetime import date

from servicecatalog import seeding
from servicecatalog.catalogue import levels
from servicecatalog.models import OfferingLevel, ProcedureLevel, ServiceLevel
from tests.city import CityTestCase
from tests.servicecatalog.cast import a_procedure, an_offering

LAW_OF_2020, LAW_OF_2023, LAW_OF_2026 = date(2020, 6, 5), date(2023, 1, 1), date(2026, 11, 25)


class Levels(CityTestCase):
    def label(self, offering, day):
        return levels.level_on(offering, day).label

    def test_follow_the_scheme_of_the_day(self):
        for decided, then, later, now in (
            ("muc-do-1", "Mức độ 1", "Cung cấp thông tin", "Cung cấp thông tin"),
            ("muc-do-2", "Mức độ 2", "Cung cấp thông tin", "Cung cấp thông tin"),
            ("muc-do-3", "Mức độ 3", "Một phần", "Một phần"),
            ("muc-do-4", "Mức độ 4", "Toàn trình", "Toàn trình"),
        ):
            offering = an_offering(self.city.my_long, a_procedure(self.city, level=decided))
            with self.subTest(level=decided):
                self.assertEqual(self.label(offering, LAW_OF_2020), then)
                self.assertEqual(self.label(offering, LAW_OF_2023), later)
                self.assertEqual(self.label(offering, LAW_OF_2026), now)

    def test_are_flagged_where_the_mapping_is_only_near(self):
        near = an_offering(self.city.my_long, a_procedure(self.city, level="muc-do-3"))
        exact = an_offering(self.city.my_long, a_procedure(self.city, level="muc-do-4"))

        self.assertFalse(levels.level_on(near, LAW_OF_2020).needs_review)
        self.assertTrue(levels.level_on(near, LAW_OF_2023).needs_review)
        self.assertTrue(levels.level_on(near, LAW_OF_2026).is_mapped)
        self.assertFalse(levels.level_on(exact, LAW_OF_2023).needs_review)

    def test_are_those_of_the_site_where_it_has_its_own(self):
        procedure = a_procedure(self.city, level="muc-do-3")
        whole = ServiceLevel.objects.get(scheme__code="nd224", code="toan-trinh")
        own = an_offering(self.city.my_long, procedure)
        own.levels.add(OfferingLevel(level=whole, valid_from=date(2026, 9, 1)))
        other = an_offering(self.city.my_xuyen, procedure)

        self.assertEqual(self.label(own, date(2026, 8, 31)), "Một phần")
        self.assertEqual(self.label(own, date(2026, 9, 1)), "Toàn trình")
        self.assertEqual(self.label(other, date(2026, 9, 1)), "Một phần")

    def test_decided_anew_are_no_longer_flagged(self):
        procedure = a_procedure(self.city, level="muc-do-3")
        part = ServiceLevel.objects.get(scheme__code="nd224", code="mot-phan")
        procedure.levels.add(ProcedureLevel(level=part, reason="Phải ký trước mặt công chức."))

        shown = levels.level_of(procedure, LAW_OF_2026)

        self.assertEqual(
            (shown.label, shown.needs_review, shown.reason), ("Một phần", False, "Phải ký trước mặt công chức.")
        )
        self.assertTrue(levels.level_of(procedure, LAW_OF_2023).needs_review)

    def test_are_none_before_the_first_scheme_and_without_a_decision(self):
        self.assertIsNone(levels.level_of(a_procedure(self.city), date(2011, 9, 30)))
        self.assertIsNone(levels.level_of(a_procedure(self.city, level=""), LAW_OF_2026))

    def test_lists_are_loaded_once(self):
        seeding.load_lists()

        self.assertEqual(seeding.load_lists(), 0)
