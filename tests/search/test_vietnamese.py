"""What people type, and what must be found for it: the same table for the public search and the page chooser."""

import unicodedata

from django.urls import reverse
from wagtail.models import Page

from search import updates
from search.models import SearchPage
from search.results import search
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once

# Key, title, body.
CORPUS = {
    "accented": ("Thủ tục đất đai tại bộ phận một cửa", ""),
    "decomposed": (unicodedata.normalize("NFD", "Thủ tục đất đai trực tuyến"), ""),
    "in body": ("Tin trong tuần", "Hướng dẫn thủ tục đất đai mới."),
    "bare": ("Thu tuc dat dai", ""),
    "attain": ("Học sinh đạt giải cao", ""),
    "place": ("Đặt hàng sản phẩm của làng nghề", ""),
    "clay": ("Làng nghề đất sét", ""),
    "road": ("Đường Trần Hưng Đạo", ""),
    "adjust": ("Điều chỉnh giờ làm việc", ""),
    "urban": ("Đô thị văn minh", ""),
    "contest": ("Cuộc thi tìm hiểu lịch sử", ""),
    "letter": ("Thư chúc mừng", ""),
    "old tone": ("Khánh thành cầu Mỹ Hoà", ""),
    "new tone": ("Họp dân Mỹ Hòa", ""),
    "decision": ("Quyết định 01/2020/QĐ-UBND", ""),
    "decree": ("Nghị định 43/2011/NĐ-CP", "Được nhắc đến tại Quyết định 01/2020/QĐ-UBND."),
    "proposal": ("Tờ trình về mẫu QĐ-UBND", "Theo Tờ trình số 308/TTr-VHTT."),
}
LAND = {"accented", "decomposed", "in body", "bare"}
HOA = {"old tone", "new tone"}
# What is typed, what stands first (spelt as typed), what may follow it (only folds to it).
TABLE = (
    ("thủ tục đất đai", LAND - {"bare"}, {"bare"}),
    ("thu tuc dat dai", LAND, set()),
    ("Đất đai", LAND - {"bare"}, {"bare"}),
    (unicodedata.normalize("NFD", "Đất đai"), LAND - {"bare"}, {"bare"}),
    ("dat", LAND | {"attain", "place", "clay"}, set()),
    ("duong", {"road"}, set()),
    ("dieu chinh", {"adjust"}, set()),
    ("do thi", {"urban"}, set()),
    ("thủ", LAND - {"bare"}, {"bare", "letter"}),
    ("Mỹ Hòa", HOA, set()),
    ("mỹ hoà", HOA, set()),
    ("my hoa", HOA, set()),
    ("01/2020/QĐ-UBND", {"decision", "decree"}, set()),
    ("01 /2020/QĐ-UBND", {"decision", "decree"}, set()),
    ("1/2020/qd-ubnd", {"decision", "decree"}, set()),
    ("01/2020/QD-UBND", {"decision", "decree"}, set()),
    ("43/2011/ND-CP", {"decree"}, set()),
    ("01/2020", {"decision", "decree"}, set()),
    ("2020", {"decision", "decree"}, set()),
    ("QĐ-UBND", {"decision", "decree", "proposal"}, set()),
    ("308/TTr-VHTT", {"proposal"}, set()),
)
# Words only begun, as in the boxes of the administration: titles alone are looked through.
BEGUN = (
    ("duon", {"road"}),
    ("qd", {"decision", "proposal"}),
    ("đườ", {"road"}),
    ("thủ t", {"accented", "decomposed", "bare", "letter"}),
)
ONLY_IN_BODY = {("01/2020/QĐ-UBND", "decree"), ("308/TTr-VHTT", "proposal")}


class Typed(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        section = cls.city.section(cls.city.site)
        cls.pages = {}
        for number, (key, (title, body)) in enumerate(CORPUS.items()):
            stream = [("paragraph", f"<p>{body}</p>")] if body else []
            page = draft(ArticlePage(title=title, slug=f"bai-{number}", summary="", body=stream), section)
            cls.pages[key] = publish_at_once(page)
        updates.index_saved()
        cls.keys = {page.get_url(): key for key, page in cls.pages.items()}
        home = cls.city.site.home_page()
        cls.search_page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)

    def found(self, hits) -> set[str]:
        """The keys of the corpus among what was found; the city's own sections are left out."""
        return {self.keys[hit.url] for hit in hits if hit.url in self.keys}

    def test_finds_what_is_meant_and_puts_first_what_is_spelt_so(self):
        for typed, exact, near in TABLE:
            with self.subTest(typed):
                found = search(self.search_page, {"q": typed})
                assert self.found(found.hits) == exact
                assert self.found(found.near_hits) == near

    def test_a_title_comes_before_a_mere_mention(self):
        found = search(self.search_page, {"q": "01/2020/qđ-ubnd"})

        assert [self.keys.get(hit.url) for hit in found.hits] == ["decision", "decree"]

    def test_a_word_only_begun_is_enough_in_the_administration(self):
        for typed, expected in BEGUN:
            with self.subTest(typed):
                keys = {page.pk: key for key, page in self.pages.items()}
                found = {keys.get(page.pk) for page in Page.objects.autocomplete(typed)}
                assert found - {None} == expected

    def test_the_page_chooser_finds_by_title_what_the_public_search_finds(self):
        self.client.force_login(self.cast.standing_office)
        for typed, exact, near in TABLE:
            with self.subTest(typed):
                answer = self.client.get(reverse("wagtailadmin_choose_page_search"), {"q": typed})
                body = answer.content.decode()
                shown = {
                    key for key, page in self.pages.items() if f'data-id="{page.pk}"' in body or f"/{page.pk}/" in body
                }
                expected = {key for key in exact | near if self.is_in_title(key, typed)}
                assert answer.status_code == 200 and shown == expected

    @staticmethod
    def is_in_title(key: str, typed: str) -> bool:
        return (
            key != "in body"
            and not (key == "decree" and "2020" in typed)
            and not (key == "decree" and "UBND" in typed)
            and not (key == "proposal" and "308" in typed)
        )
