"""What a browser fetches before it shows the front page: style sheet, scripts and fonts, 100 kB at most."""

import gzip
import re
from pathlib import Path

from django.conf import settings

from base.public.static_files import STYLE_SHEET, merge_imports
from tests.city import CityTestCase

STATIC = Path(settings.BASE_DIR) / "static"
MOST_BYTES = 100_000
FETCHED = re.compile(r'(?:href|src)="/static/((?:css|js)/[\w./-]+\.(?:css|js))"')


class FirstView(CityTestCase):
    def bytes_of(self, name: str) -> int:
        """How many bytes of a file travel, packed as `whitenoise` packs it."""
        text = (STATIC / name).read_text(encoding="utf-8")
        if name == STYLE_SHEET:
            text = merge_imports(text, lambda part: (STATIC / "css" / part).read_text(encoding="utf-8"))
        return len(gzip.compress(text.encode()))

    def test_is_small_on_the_wire(self):
        fetched = set(FETCHED.findall(self.client.get("/", headers={"host": "localhost"}).content.decode()))
        fonts = list((STATIC / "fonts").glob("*.woff2"))
        self.assertIn(STYLE_SHEET, fetched)
        self.assertGreater(len(fetched), 3)
        self.assertEqual(len(fonts), 4)

        weight = sum(map(self.bytes_of, fetched)) + sum(font.stat().st_size for font in fonts)

        self.assertLessEqual(weight, MOST_BYTES, sorted(fetched))
