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


def themes() -> list[dict[str, str]]:
    """The colours by name of light, and of each other theme laid over it."""
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    blocks = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r"{([^{}]*)}", tokens)]
    light, *others = [block for block in blocks if "paper" in block]
    return [light, *(light | other for other in others)]


class FocusRing(SimpleTestCase):
    """The ring around what has the focus: 3 to 1 against what is beside it (WCAG 2.2, 1.4.11)."""

    PAIRS = (
        *(("focus", ground) for ground in ("paper", "surface", "sunken")),
        *(("focus-on-red", ground) for ground in ("red", "red-deep")),
    )

    def test_stands_out_on_every_ground_in_every_theme(self):
        for theme in themes():
            for ring, ground in self.PAIRS:
                with self.subTest(ring=ring, ground=ground, paper=theme["paper"]):
                    self.assertGreaterEqual(contrast.ratio(theme[ring], theme[ground]), 3)


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


class Grey(SimpleTestCase):
    """On a day of mourning the page is drawn through `filter: grayscale(1)`: what can be read stays so."""

    # What stands on what: letters, and the ground.
    PAIRS = (
        *(
            (name, ground)
            for name in ("ink", "muted", "link", "link-hover", "visited", "red-text")
            for ground in ("paper", "surface", "sunken")
        ),
        *((name, f"{name}-soft") for name in ("good", "warn", "bad", "calm", "grey")),
        *(("on-red", ground) for ground in ("red", "red-deep")),
    )

    def grey(self, colour: str) -> str:
        """What the filter makes of a colour (Filter Effects Module Level 1, `grayscale`)."""
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        level = round(0.2126 * red + 0.7152 * green + 0.0722 * blue)
        return f"#{level:02x}{level:02x}{level:02x}"

    def test_keeps_the_contrast_that_letters_need(self):
        found = themes()
        assert len(found) > 3
        for theme in found:
            for letters, ground in self.PAIRS:
                with self.subTest(letters=letters, ground=ground, paper=theme["paper"]):
                    shown = contrast.ratio(self.grey(theme[letters]), self.grey(theme[ground]))
                    assert shown >= 4.5, f"{shown:.2f}"


class StyleSheet(SimpleTestCase):
    def test_sets_the_colours_of_both_themes_and_leaves_high_contrast_alone(self):
        text = stylesheet.sheet("#0b4f78", "#0b4f78", "#93caee")
        assert text.startswith("@layer tokens") and "prefers-contrast: no-preference" in text
        assert len(re.findall("--red: #0b4f78", text)) == 3 and text.count("--red-text: #93caee") == 2
        assert text.count("{") == text.count("}")

    def test_its_address_says_the_colours(self):
        assert stylesheet.address("#0b4f78", "#0b4f78", "#93caee") == "/giao-dien/0b4f78-0b4f78-93caee.css"
