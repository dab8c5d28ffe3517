"""The style sheet as readers get it: one file, everything in it, within the budget."""

import gzip
import re
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import SimpleTestCase, override_settings

from base.public.static_files import merge_imports

FIRST_VIEW_BYTES = 100_000


class MergedImports(SimpleTestCase):
    def test_stand_in_their_layer(self):
        merged = merge_imports('@import url("base.css") layer(base);\n', {"base.css": "p { margin: 0 }\n"}.get)

        self.assertEqual(merged, "@layer base {\np { margin: 0 }\n}\n\n")

    def test_point_to_the_right_pictures_from_the_folder_above(self):
        files = {"components/hero.css": 'a { background: url("../../img/x.svg") }'}

        merged = merge_imports('@import url("components/hero.css") layer(components);', files.get)

        self.assertIn('url("../img/x.svg")', merged)


class StyleSheet(SimpleTestCase):
    folder = Path(settings.BASE_DIR) / "static" / "css"

    def test_imports_every_component(self):
        imported = set(re.findall(r'url\("([^"]+)"\)', (self.folder / "portal.css").read_text()))
        present = {f"components/{path.name}" for path in (self.folder / "components").glob("*.css")}

        self.assertEqual({name for name in imported if "/" in name}, present)

    def test_takes_colours_from_the_tokens_only(self):
        for path in (self.folder / "components").glob("*.css"):
            with self.subTest(path=path.name):
                self.assertNotRegex(path.read_text(), r"#[0-9a-fA-F]{3,8}\b")

    def test_and_scripts_and_fonts_stay_within_the_first_view_budget(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            override_settings(
                STATIC_ROOT=folder,
                STORAGES={
                    **settings.STORAGES,
                    "staticfiles": {"BACKEND": "base.public.static_files.PortalStaticFilesStorage"},
                },
            ),
        ):
            call_command("collectstatic", interactive=False, verbosity=0, ignore=["wagtail*", "admin*", "rest*"])
            sheet = (Path(folder) / "css" / "portal.css").read_text()

        self.assertNotIn("@import", sheet)
        scripts = "".join(
            Path(finders.find(f"js/{name}.js")).read_text() for name in ("preferences", "menu", "page_tools")
        )
        fonts = sum(path.stat().st_size for path in (Path(settings.BASE_DIR) / "static" / "fonts").glob("*.woff2"))
        total = len(gzip.compress(sheet.encode())) + len(gzip.compress(scripts.encode())) + fonts
        self.assertLessEqual(total, FIRST_VIEW_BYTES)


class Fonts(SimpleTestCase):
    def test_carry_their_licence(self):
        self.assertIn("SIL Open Font License", (Path(settings.BASE_DIR) / "static/fonts/OFL.txt").read_text())
