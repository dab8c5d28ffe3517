"""What the check before submission reads of a page: what people typed, and nothing that the tree writes into it."""

from base.preflight import preflight_content
from tests import factories
from tests.city import CityTestCase


class WhatLooksPersonal(CityTestCase):
    def said(self, page) -> list[str]:
        return [finding.field for finding in preflight_content(page) if "số căn cước" in finding.message]

    def test_is_no_place_in_the_tree(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.city.cast.contributor)
        page.path = "000100010002"

        self.assertEqual(self.said(page), [])

    def test_is_what_somebody_typed(self):
        page = factories.article(
            self.city.section(self.city.my_long), by=self.city.cast.contributor, summary="Số 089012345678."
        )

        self.assertEqual(self.said(page), ["summary"])
