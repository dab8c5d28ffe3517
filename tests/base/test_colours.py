"""Whether letters can be read on the colours of a site, in both themes."""

import re
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from base.models import SiteLook
from base.public.look import contrast, stylesheet

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


class Contrast(SimpleTestCase):
    def test_is_what_the_guidelines_say(self):
        for one, other, wanted in (("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#777777", "#ffffff", 4.48)):
            with self.subTest(one=one, other=other):
                self.assertAlmostEqual(contrast.ratio(one, other), wanted, places=2)
                self.assertAlmostEqual(contrast.ratio(other, one), wanted, places=2)

    def test_the_colours_of_the_portal_pass(self):
        for field, colour in (("accent", "#8a1b1f"), ("dark_accent", "#6c1519"), ("dark_text", "#f0b89a")):
            with self.subTest(field=field):
                assert contrast.problem(field, colour) == "" and contrast.nearest(field, colour) == colour

    def test_what_stands_beside_them_is_what_the_style_sheet_has(self):
        tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
        for pairs in contrast.PAIRS.values():
            for beside in pairs:
                with self.subTest(beside=beside.name):
                    assert beside.colour in tokens

    @given(COLOURS, st.sampled_from(sorted(contrast.PAIRS)))
    def test_what_is_proposed_instead_can_always_be_read(self, colour, field):
        assert contrast.failing(field, contrast.nearest(field, colour)) == []

    @given(COLOURS)
    def test_the_colours_for_dark_follow_from_any_that_can_be_read_on_light(self, colour):
        look = SiteLook(accent=contrast.nearest("accent", colour))
        for field, made in look.colours.items():
            assert contrast.failing(field, made) == []


class StyleSheet(SimpleTestCase):
    def test_sets_the_colours_of_both_themes_and_leaves_high_contrast_alone(self):
        text = stylesheet.sheet("#0b4f78", "#0b4f78", "#93caee")
        assert text.startswith("@layer tokens") and "prefers-contrast: no-preference" in text
        assert len(re.findall("--red: #0b4f78", text)) == 3 and text.count("--red-text: #93caee") == 2
        assert text.count("{") == text.count("}")

    def test_its_address_says_the_colours(self):
        assert stylesheet.address("#0b4f78", "#0b4f78", "#93caee") == "/giao-dien/0b4f78-0b4f78-93caee.css"
