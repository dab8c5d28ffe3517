"""Templates of Wagtail that the portal mends: each is needed until Wagtail's own is as it should be."""

from pathlib import Path

import wagtail.images
from django.template.loader import get_template
from django.test import SimpleTestCase

PANEL = 'data-w-tabs-target="panel"'
DUPLICATE = "wagtailimages/chooser/confirm_duplicate_upload.html"


class ThePictureThatIsThereAlready(SimpleTestCase):
    """Pressed in `tests/browser/test_choosers.py`."""

    def test_is_the_panel_of_its_tab_as_the_script_of_tabs_demands(self):
        self.assertIn(PANEL, get_template(DUPLICATE).template.source)

    def test_needs_the_mend_as_long_as_wagtail_leaves_it_out(self):
        own = Path(wagtail.images.__file__).parent / "templates" / DUPLICATE

        self.assertNotIn(PANEL, own.read_text(), "Wagtail marks the panel itself: remove the template of base")
