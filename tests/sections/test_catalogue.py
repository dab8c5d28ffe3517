import re
from datetime import date

from django.apps import apps
from django.test import SimpleTestCase

from base.public.navigation import MOST_GROUPS
from sections import catalogue

TODAY = date(2020, 7, 1)


class CatalogueTests(SimpleTestCase):
    def test_keys_are_unique_and_can_stand_in_an_address(self):
        keys = [row.key for row in catalogue.SECTIONS]

        self.assertEqual(len(keys), len(set(keys)))
        for key in keys:
            self.assertRegex(key, r"^[a-z0-9-]+$")

    def test_english_addresses_are_unique_english_and_lead_back_to_the_key(self):
        known = catalogue.keys_by_address()

        self.assertEqual(len(known), len(catalogue.SECTIONS))
        self.assertEqual((known["about"], known["city-peoples-council"]), ("gioi-thieu", "hoi-dong-nhan-dan"))
        self.assertTrue(all(re.fullmatch(r"[a-z]+(-[a-z]+)*", address) for address in known))

    def test_every_row_of_decree_and_regulation_is_there_with_its_obligation(self):
        R, E, NA = catalogue.REQUIRED, catalogue.ENCOURAGED, catalogue.NOT_APPLICABLE
        table = {
            "gioi-thieu": (R, R),
            "tin-tuc": (R, R),
            "chi-dao-dieu-hanh": (R, R),
            "tuyen-truyen": (R, R),
            "quy-hoach": (R, E),
            "van-ban": (R, R),
            "cong-bao": (NA, NA),
            "du-an": (R, R),
            "gop-y": (R, R),
            "lien-he-can-bo": (R, R),
            "lien-he": (R, R),
            "lich": (E, E),
            "khoa-hoc": (R, E),
            "thong-ke": (R, E),
            "tieng-nuoc-ngoai": (E, E),
            "dich-vu-cong": (R, R),
            "hoi-dap": (R, R),
            "giai-thich": (R, E),
            "lien-ket": (R, R),
            "so-do": (R, R),
            "cong-khai": (R, R),
            "thanh-uy": (R, NA),
            "hoi-dong-nhan-dan": (R, NA),
        }

        self.assertEqual({row.key for row in catalogue.SECTIONS}, set(table))
        for key, (city, ward) in table.items():
            with self.subTest(key=key):
                row = catalogue.section(key)
                self.assertEqual((row.obligation("city", TODAY), row.obligation("ward", TODAY)), (city, ward))

    def test_required_follows_the_kind_of_site(self):
        city = {row.key for row in catalogue.required("city", TODAY)}
        ward = {row.key for row in catalogue.required("ward", TODAY)}

        self.assertIn("thong-ke", city)
        self.assertNotIn("thong-ke", ward)
        self.assertLess(ward, city)

    def test_an_obligation_begins_with_its_legal_basis(self):
        before, first_day = date(2020, 6, 14), date(2020, 6, 15)
        row = catalogue.section("giai-thich")

        self.assertEqual(row.obligation("city", before), "")
        self.assertEqual(row.obligation("city", first_day), "R")

    def test_the_regulation_keeps_sections_mandatory_after_the_decree_ended(self):
        self.assertEqual(catalogue.section("tin-tuc").obligation("ward", date(2023, 1, 1)), "R")

    def test_navigation_has_at_most_seven_groups_and_every_section_stands_in_one(self):
        groups = catalogue.menu_groups()

        self.assertLessEqual(len(groups), MOST_GROUPS)
        self.assertEqual(sum(len(rows) for _group, rows in groups), len(catalogue.SECTIONS))

    def test_navigation_leaves_out_groups_without_sections(self):
        groups = catalogue.menu_groups(["van-ban", "tin-tuc"])

        self.assertEqual([group.key for group, _rows in groups], ["tin-tuc", "van-ban"])

    def test_page_types_exist(self):
        for row in catalogue.SECTIONS:
            for label in filter(None, (row.page_type, *row.item_types)):
                with self.subTest(key=row.key, type=label):
                    self.assertIsNotNone(apps.get_model(label))

    def test_a_section_of_items_may_hold_every_type_its_row_names(self):
        allowed = {model._meta.label for model in apps.get_model(catalogue.INDEX).allowed_subpage_models()}

        for row in catalogue.SECTIONS:
            with self.subTest(key=row.key):
                self.assertLessEqual(set(row.item_types), allowed)

    def test_what_readers_are_told_of_a_section_is_short_and_not_the_wording_of_the_law(self):
        for row in catalogue.SECTIONS:
            if not row.page_type:
                continue
            with self.subTest(section=row.key):
                self.assertNotEqual(row.lead, row.contents)
                self.assertLessEqual(len(row.lead), 100)
                self.assertRegex(row.lead, r"^[A-ZĐ].+\.$")

    def test_an_unknown_key_is_a_section_of_everyday_content(self):
        self.assertIsNone(catalogue.section("chuyen-muc-rieng"))
        self.assertEqual(catalogue.item_types(""), catalogue.OTHER_ITEM_TYPES)
