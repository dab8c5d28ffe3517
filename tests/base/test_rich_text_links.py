"""Which addresses a link in rich text keeps."""

import json

from django.test import SimpleTestCase
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter


def stored(url: str) -> str:
    """What is stored of one linked word."""
    block = {
        "key": "a",
        "text": "xem",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": 3, "key": 0}],
    }
    content = {"blocks": [block], "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": url}}}}
    return ContentstateConverter(features=["link"]).to_database_format(json.dumps(content))


class Links(SimpleTestCase):
    def test_to_the_web_a_mailbox_a_telephone_and_places_stay(self):
        for url in (
            "https://angiang.gov.vn/a?b=1",
            "HTTP://example.org",
            "mailto:a@example.org",
            "tel:+84296000000",
            "#phan-2",
            "/tin-tuc/",
            "tin-tuc/bai/",
            "?trang=2",
        ):
            with self.subTest(url):
                self.assertIn(f'href="{url}"', stored(url))

    def test_to_shares_other_machines_and_programs_only_the_words_stay(self):
        for url in (
            "\\\\may\\chung",
            " \\\\may",
            "//evil.invalid/",
            "/\\evil.invalid",
            "file:///C:/a.exe",
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "ms-word:ofe|u|x",
            "",
        ):
            with self.subTest(url):
                html = stored(url)
                self.assertNotIn("href", html)
                self.assertIn("xem", html)
