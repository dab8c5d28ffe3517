"""The addresses that titles in Vietnamese get on the server, whatever their letters are and whoever makes the page.

The editor's script does the same while the title is typed; `tests/browser/test_word_story.py` sees it.
"""

import unicodedata

from django.urls import reverse

from sections.models import ArticlePage
from sections.word_import import drafting, uploads
from tests import factories
from tests.city import CityTestCase
from tests.forms import send
from tests.sections.test_word_import import PLAIN, uploaded

TITLES = {
    "Đường Trần Hưng Đạo": "duong-tran-hung-dao",
    "đ Đ ơ Ơ ư Ư ă Ă â Â ê Ê ô Ô": "d-d-o-o-u-u-a-a-a-a-e-e-o-o",
    "Phường Mỹ Quý: thưởng, phạt – năm 2026": "phuong-my-quy-thuong-phat-nam-2026",
    "QÐ 01/2020/QÐ-UBND": "qd-01-2020-qd-ubnd",
}


class TheAddressOfATitle(CityTestCase):
    def setUp(self):
        self.by = self.cast.contributor
        self.client.force_login(self.by)

    def in_code(self, section, title: str) -> ArticlePage:
        page = ArticlePage(title=title, live=False)
        section.add_child(instance=page)
        return page

    def copied(self, section, title: str) -> ArticlePage:
        return factories.article(section).copy(update_attrs={"title": title, "slug": ""})

    def from_word(self, section, title: str) -> ArticlePage:
        upload = uploads.take_in(section, uploaded(PLAIN), by=self.by)
        return drafting.make_draft(upload, by=self.by, page_type=ArticlePage, title=title)

    def by_form(self, section, title: str) -> ArticlePage:
        send(
            self.client,
            reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk]),
            ArticlePage,
            title=title,
            slug="",
        )
        return ArticlePage.objects.child_of(section).latest("pk")

    def test_composed_or_not_it_is_readable_whoever_makes_the_page(self):
        ways = (self.in_code, self.copied, self.from_word, self.by_form)
        titles = [(title, slug, form) for title, slug in TITLES.items() for form in ("NFC", "NFD")]
        for number, way in enumerate(ways, 1):
            for title, slug, form in titles:
                section = self.city.section(self.city.my_long, "tin-tuc" if form == "NFC" else "chi-dao-dieu-hanh")
                with self.subTest(way=way.__name__, title=title, form=form):
                    page = way(section, unicodedata.normalize(form, title))
                    # The pages of the ways before bear the address already.
                    self.assertEqual(page.slug, slug if number == 1 else f"{slug}-{number}")
                    self.assertEqual(page.title, unicodedata.normalize("NFC", title))
